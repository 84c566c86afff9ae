"""pydantic's errors as mistakes: with the place in the file, in words for the person who wrote it."""

from collections.abc import Callable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic_core import ErrorDetails

from cti.configuration.document import Node, kind_of
from cti.configuration.mistake import Mistake, printable, suggest
from cti.configuration.written.base import Location
from cti.configuration.written.flow import KINDS, kinds
from cti.configuration.written.values import with_plus

KEY = "[key]"

Words = tuple[str, str]


def translate(errors: list[ErrorDetails], file: str, root: Node, kind: Any) -> Iterator[Mistake]:
    """The mistakes of a file that was to be a `kind`."""
    for error in errors:
        node, path, place = locate(root, error["loc"], at_key=error["type"] == "extra_forbidden")
        if error["type"] == "extra_forbidden":
            fields = _fields(kind, error["loc"][:-1])
            what, remedy = "unknown key", suggest(str(error["loc"][-1]), fields, f"write {' or '.join(fields)}")
        else:
            what, remedy = _words(error, node)
        yield Mistake(file, *place, f"{path}: {what}" if path else what, remedy)


def locate(root: Node, loc: Location, *, at_key: bool = False) -> tuple[Node, str, tuple[int, int]]:
    """The node at `loc`, its path in words, and where it stands (`at_key`, or after `[key]`: where its key stands).

    What stands nowhere in the file is passed over: the names of union members, the parts of values that the file
    writes in short. A key that is missing is placed at the key of what it is missing from.
    """
    node, path = root, ""
    value_place = key_place = (root.line, root.column)
    for part in loc:
        if isinstance(node.children, dict) and isinstance(part, str) and part in node.children:
            key_place, node = node.keys[part], node.children[part]
            value_place = (node.line, node.column)
            path = f"{path}.{printable(part)}" if path else printable(part)
        elif isinstance(node.children, list) and isinstance(part, int) and part < len(node.children):
            node = node.children[part]
            value_place = key_place = (node.line, node.column)
            path = f"{path}[{part + 1}]"
        elif part == KEY or (isinstance(node.children, dict) and isinstance(part, str) and part[:1] != "<"):
            at_key = True
    return node, path, key_place if at_key else value_place


def _words(error: ErrorDetails, node: Node) -> Words:
    context = error.get("ctx", {})
    match error["type"]:
        case "mistake":
            return context["what"], context["remedy"]
        case "missing":
            return f"the key {error['loc'][-1]} is missing", "add it"
        case "greater_than_equal":
            return f"{_shown(node)} is too small", f"write {context['ge']} or more"
        case "less_than_equal":
            return f"{_shown(node)} is too large", f"write {context['le']} or less"
        case "string_too_long":
            return f"the text has {len(error['input'])} characters", f"write at most {context['max_length']}"
        case "too_long":
            return "there is too much of it", f"write at most {context['max_length']}"
        case "too_short":
            return "there is nothing in it", "write at least one"
        case "string_type" if error["loc"][-1:] == ("caller_id",) and node.text.isdigit() and node.text[0] != "0":
            number = with_plus(node.text)
            remedy = f'write "{number}"' if number else 'write it with + and the country code, such as "+12025550100"'
            return f"{_shown(node)} is read as a number", remedy
        case "literal_error":
            return _word(error["input"], node, context["expected"])
        case kind if kind in WORDS:
            return WORDS[kind](node)
        case _:
            return error["msg"][:1].lower() + error["msg"][1:], "see the reference of the configuration"


def _shown(node: Node) -> str:
    return printable(node.text or str(node.scalar)) if node.children is None else kind_of(node.children)


def _word(value: object, node: Node, expected: str) -> Words:
    """`value` may be the key before the node. `expected` is pydantic's list of the words: each in single quotes."""
    listed = expected.replace("'", "")
    if not isinstance(value, str):
        return f"{_shown(node)} is not possible here", f"write {listed}"
    remedy = suggest(value, listed.replace(" or ", ", ").split(", "), f"write {listed}")
    return f'"{printable(value)}" is not possible here', remedy


def _text(node: Node) -> Words:
    if node.children is not None:
        return f"{kind_of(node.children)} stands where a text should", "put quotes around a text with { or ["
    if not node.text:
        return "there is no text", "write one, in quotes if it begins with #, or take the key out"
    return (
        f"{printable(node.text)} is read as {kind_of(node.scalar)}",
        f'put quotes around it: "{printable(node.text)}"',
    )


def _whole_number(node: Node) -> Words:
    if isinstance(node.scalar, str):
        digits = node.scalar.replace("_", "").replace(",", "")
        if digits.lstrip("+-").isascii() and digits.lstrip("+-").isdigit():
            return f"{_shown(node)} is read as a text", f"write {printable(digits)}"
    return f"{_shown(node)} is not a whole number", "write one, without quotes"


def _truth(node: Node) -> Words:
    word = str(node.scalar).lower()
    remedy = "write true or false, without quotes"
    if word in ("yes", "y", "on", "true", "1"):
        remedy = "write true"
    elif word in ("no", "n", "off", "false", "0"):
        remedy = "write false"
    return f"{_shown(node)} is neither true nor false", remedy


def _list(node: Node) -> Words:
    remedy = f"write [{printable(node.text)}]" if node.text else "write a list, such as [a, b]"
    return f"{_shown(node)} stands where a list should", remedy


def _entries(node: Node) -> Words:
    return f"{_shown(node)} stands where keys and values should", "write them as key: value"


def _step(node: Node) -> Words:
    found = kinds(node.plain())
    if len(found) > 1:
        return f"this step is both {' and '.join(found)}", "make a step of each"
    if not isinstance(node.children, dict):
        return f"{_shown(node)} stands where a step should", "write keys, such as play: and next:"
    return "the step does not say what it does", _meant(node, KINDS, f"write one of the keys {', '.join(KINDS)}")


def _meant(node: Node, known: tuple[str, ...], otherwise: str) -> str:
    meant = [remedy for key in node.children or () if isinstance(key, str) and (remedy := suggest(key, known, ""))]
    return meant[0] if meant else otherwise


def _prompt_part(node: Node) -> Words:
    remedy = "write a text, {play: a file} or {pause: 2s}"
    return f"{_shown(node)} cannot be heard by callers", _meant(node, ("say", "play", "pause"), remedy)


def _membership(node: Node) -> Words:
    return f"{_shown(node)} is not a queue", "write its name, or name: rank"


WORDS: dict[str, Callable[[Node], Words]] = {
    "string_type": _text,
    "int_type": _whole_number,
    "int_from_float": _whole_number,
    "bool_type": _truth,
    "list_type": _list,
    "dict_type": _entries,
    "model_type": _entries,
    "step_kind": _step,
    "prompt_part": _prompt_part,
    "membership": _membership,
}


def _fields(kind: Any, loc: Location) -> tuple[str, ...]:
    """The keys of the model that stands at `loc` below a `kind`."""
    for part in loc:
        kind = _inside(_bare(kind), part)
    model = _bare(kind)
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inside(kind: Any, part: int | str) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = {field.alias or name: field for name, field in kind.model_fields.items()}
        return fields[str(part)].annotation if str(part) in fields else None
    members = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return next((member for member in members if Tag(str(part)) in get_args(member)[1:]), None)
    return members[-1] if members else None


def _bare(kind: Any) -> Any:
    """Without the annotations around it, and without a None beside it."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind):
            kind = next(member for member in get_args(kind) if member is not NoneType)
        else:
            return kind
