"""`<Say>`: speech, 60 ms a character at normal speed."""

from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.voice import CHARACTER_S
from cti.fakecarrier.twiml.document import words
from cti.fakecarrier.twiml.stage import Outcome, Stage

LOOPS_MAX = 1000


async def say(stage: Stage, verb: Element) -> Outcome:
    """Answer and speak; loop 0 means for ever, which for the carrier is a thousand times."""
    stage.answer()
    loops = stage.attributes(verb).whole("loop", 1, 13510) or LOOPS_MAX
    seconds = len(words(verb)) * CHARACTER_S * loops / stage.carrier.options.speech_speed
    with stage.leg.situation.during("speech"):
        await stage.sound("speech", seconds)
    return None
