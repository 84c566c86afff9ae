"""`<Record>`: a message after the beep. It ends at a key, at silence, at its full length, or with the call."""

import asyncio
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.digits import DIGITS
from cti.fakecarrier.legs.leg import Link
from cti.fakecarrier.recordings.library import Recording, seconds_text
from cti.fakecarrier.twiml.document import DocumentFailed
from cti.fakecarrier.twiml.fetch import document_request
from cti.fakecarrier.twiml.recording_order import recording_order
from cti.fakecarrier.twiml.stage import GoTo, Outcome, Stage

BEEP_S = 0.3
ANY_KEY = "1234567890*#"
LENGTH_S_MAX = 3600
TIMEOUT_S = 5


class _Message:
    """What is being recorded: whether anything was said, and when it is over."""

    def __init__(self, stage: Stage, recording: Recording, finish_keys: frozenset[str]) -> None:
        self._clock = stage.carrier.clock
        self._recording = recording
        self._finish_keys = finish_keys
        self._changed = asyncio.Event()
        self.speaking = False
        self.key: str | None = None
        recording.empty = True

    def press(self, digit: str) -> bool:
        """A key that ends it, or just a sound."""
        if digit not in self._finish_keys:
            return True
        self.key = digit
        self._changed.set()
        return False

    def speech_began(self) -> None:
        """The party speaks: there is something to keep, and silence begins anew afterwards."""
        self.speaking = True
        self._recording.empty = False
        self._recording.trimmed_to_ms = None
        self._changed.set()

    def speech_ended(self, _words: str) -> None:
        """The party is silent again."""
        self.speaking = False
        self._recording.trimmed_to_ms = self._clock.now_ms()
        self._changed.set()

    async def until_over(self, silence_s: float, length_s: float) -> None:
        """Return at a key, after so much silence, or at the full length."""
        try:
            async with self._clock.timeout(length_s):
                while self.key is None:
                    self._changed.clear()
                    async with self._clock.timeout(None if self.speaking else silence_s):
                        await self._changed.wait()
        except TimeoutError:
            return


async def record(stage: Stage, verb: Element) -> Outcome:
    """Record, then ask the action; a message without a word asks nobody and falls through to the next verb."""
    stage.answer()
    attributes, leg = stage.attributes(verb), stage.leg
    finish_keys = frozenset(attributes.text("finishOnKey", ANY_KEY)) & DIGITS
    silence_s = attributes.whole("timeout", TIMEOUT_S, 13612, least=1)
    length_s = attributes.whole("maxLength", LENGTH_S_MAX, 13613, least=1)
    action = _action(stage, verb)
    if attributes.flag("playBeep", 13615, default=True):
        await stage.sound("music", BEEP_S)
    recording = stage.carrier.recordings.start(recording_order(stage, verb, "RecordVerb"), call_sid=leg.sid)
    message = _Message(stage, recording, finish_keys)
    leg.cover("menu")  # it listens
    leg.digits.attach(message)
    try:
        with leg.voice.heard_by(message), leg.situation.during("record"):
            await message.until_over(silence_s, length_s)
    except asyncio.CancelledError:
        stage.carrier.recordings.stop(recording)
        if stage.run.interruption == "ended" and not recording.empty:
            _tell_action(stage, action, recording)
        raise
    finally:
        leg.digits.detach(message)
        leg.cover(None)
    if attributes.choice("trim", ("trim-silence", "do-not-trim"), "trim-silence") == "do-not-trim":
        recording.trimmed_to_ms = None
    stage.carrier.recordings.stop(recording)
    if recording.empty:
        return None
    return GoTo(action, "record", _parameters(stage, recording, message.key or ""))


def _action(stage: Stage, verb: Element) -> Link:
    """Whom to ask, by default for the current document again."""
    attributes = stage.attributes(verb)
    if not attributes.text("action") and stage.document.source is None:
        raise DocumentFailed(11100, "a <Record> of an inline document needs an action")
    return Link(stage.document.resolve(attributes.text("action")), attributes.method("method", 13610))


def _tell_action(stage: Stage, action: Link, recording: Recording) -> None:
    """The caller has hung up: the action is told all the same, its answer is ignored."""
    parameters = _parameters(stage, recording, "hangup")
    stage.carrier.sender.tell(document_request(stage.carrier, stage.leg, action, "record", parameters))


def _parameters(stage: Stage, recording: Recording, key: str) -> dict[str, str]:
    return {
        "RecordingUrl": stage.carrier.recordings.url(recording.sid),
        "RecordingDuration": seconds_text(recording.record.duration_ms or 0),
        "Digits": key,
    }
