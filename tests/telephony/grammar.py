"""What TwiML allows, read out of the official builder: which element may stand in which, with which attributes."""

import inspect
from xml.etree import ElementTree as ET

from twilio.twiml import TwiML, voice_response

Grammar = dict[str, tuple[set[str], set[str]]]


def grammar() -> Grammar:
    """Per element, its attributes and the elements that it may hold."""
    found: Grammar = {"Response": (set(), set())}
    for kind in vars(voice_response).values():
        if not (inspect.isclass(kind) and issubclass(kind, TwiML) and kind is not TwiML):
            continue
        parent = kind(**dict.fromkeys(_names(kind.__init__), "x"))
        _, children = found.setdefault(parent.name, (set(), set()))
        for method in vars(kind).values():
            if inspect.isfunction(method) and not method.__name__.startswith("_"):
                child = method(parent, **dict.fromkeys(_names(method), "x"))
                attributes, _ = found.setdefault(child.name, (set(), set()))
                attributes |= set(child.attrs)
                children.add(child.name)
    return found


def _names(function) -> list[str]:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return [one.name for one in parameters if one.kind is not inspect.Parameter.VAR_KEYWORD]


GRAMMAR = grammar()


def offences(document: str) -> list[str]:
    """What the grammar does not know in a document. Raises when it is no XML at all."""
    root = ET.fromstring(document.encode())
    if root.tag != "Response":
        return [f"{root.tag} is no document"]
    found = []
    for parent in root.iter():
        attributes, children = GRAMMAR[parent.tag]
        found += [f"{parent.tag} has no attribute {name}" for name in parent.attrib if name not in attributes]
        found += [f"{parent.tag} cannot hold {child.tag}" for child in parent if child.tag not in children]
    return found
