"""`<Leave>`: out of the queue, which then asks its action what comes next."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.twiml.stage import Left, Outcome, Stage


async def leave(_stage: Stage, _verb: Element) -> Outcome:
    """Stop waiting."""
    return Left()
