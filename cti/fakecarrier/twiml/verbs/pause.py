"""`<Pause>`: nothing is heard, and nothing is answered."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.twiml.stage import Outcome, Stage


async def pause(stage: Stage, verb: Element) -> Outcome:
    """Wait; a call that is still ringing goes on ringing."""
    seconds = stage.attributes(verb).whole("length", 1, 13910)
    await stage.sound("ringing" if stage.leg.status == "ringing" else "silence", seconds)
    return None
