"""`<Play>`: audio from a URL, which is not fetched: its file name says how long it lasts."""

import re
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from cti.fakecarrier.twiml.document import words
from cti.fakecarrier.twiml.stage import Outcome, Stage
from cti.fakecarrier.twiml.verbs.say import LOOPS_MAX

TONE_S = 0.5
_LENGTH = re.compile(r"-(\d+(?:\.\d+)?)s(?:\.\w+)?$")


async def play(stage: Stage, verb: Element) -> Outcome:
    """Answer and play the audio, or the tones of `digits`; loop 0 means for ever."""
    stage.answer()
    attributes = stage.attributes(verb)
    loops = attributes.whole("loop", 1, 13410) or LOOPS_MAX
    tones = attributes.text("digits")
    if tones:
        seconds = len(tones) * TONE_S
        stage.leg.play_tones(tones * loops)
    else:
        stage.document.resolve(words(verb))
        seconds = audio_seconds(words(verb), stage.carrier.options.play_s)
    with stage.leg.situation.during("music"):
        await stage.sound("music", seconds * loops)
    return None


def audio_seconds(url: str, default_s: float) -> float:
    """The length of the audio at the URL: `music-20s.mp3` lasts 20 s, `beep-0.3s.wav` 0.3 s."""
    named = _LENGTH.search(urlsplit(url).path)
    return float(named[1]) if named else default_s
