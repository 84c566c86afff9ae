"""`<Redirect>`: go on with another document; what follows in this one is never reached."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.leg import Link
from cti.fakecarrier.twiml.document import DocumentFailed, words
from cti.fakecarrier.twiml.stage import GoTo, Outcome, Stage


async def redirect(stage: Stage, verb: Element) -> Outcome:
    """Ask for the document at the URL; an empty one means this document again. A ringing call is not answered."""
    method = stage.attributes(verb).method("method", 12200)
    if not words(verb) and stage.document.source is None:
        raise DocumentFailed(11100, "an inline document cannot be asked for again")
    return GoTo(Link(stage.document.resolve(words(verb)), method), "redirect")
