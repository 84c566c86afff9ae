"""Documents given inline in a REST request: their own limits, checked before anything happens."""

from urllib.parse import urlsplit

from cti.fakecarrier.rest.errors import Refusal
from cti.fakecarrier.twiml.document import DocumentFailed, parse_verbs
from cti.fakecarrier.twiml.stage import Inline

CHARACTERS_MAX = 4000


def inline_document(twiml: str) -> Inline:
    """The document, refused if it is too long (32018) or has an action that is not absolute (15004).

    What else is wrong with it is found, and told to the debugger, when it is performed.
    """
    if len(twiml) > CHARACTERS_MAX:
        raise Refusal(400, 32018, f"Twiml has {len(twiml)} characters, at most {CHARACTERS_MAX} are allowed")
    try:
        verbs = parse_verbs(twiml, _not_yet)
    except DocumentFailed:
        verbs = ()
    for verb in verbs:
        action = verb.get("action")
        if action and urlsplit(action).scheme not in {"http", "https"}:
            raise Refusal(400, 15004, f"action {action!r} of <{verb.tag}> must be an absolute URL in inline TwiML")
    return Inline(twiml)


def _not_yet(_code: int, _message: str) -> None:
    """Warnings are given when the document is performed."""
