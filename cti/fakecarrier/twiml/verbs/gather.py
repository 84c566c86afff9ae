"""`<Gather>`: a menu. It prompts, listens, and asks its action what to do with the keys."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.digits import DIGITS
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.twiml.document import DocumentFailed
from cti.fakecarrier.twiml.fetch import document_request
from cti.fakecarrier.twiml.perform import perform_verb
from cti.fakecarrier.twiml.stage import GoTo, Outcome, Stage

SPEECH_TIMEOUT_S = 5
AUTO_SPEECH_TIMEOUT_S = 1
"""How long the carrier waits for another word if it is left to it."""
CONFIDENCE = "0.91"


class _Rules(NamedTuple):
    """When a Gather has heard enough."""

    takes_digits: bool
    takes_speech: bool
    speech_timeout_s: float
    barges_in: bool
    timeout_s: int
    finish_keys: frozenset[str]
    digits_max: int | None
    ask_when_empty: bool


class _Listening:
    """The keys or the words of one Gather, whichever come first. `touched` is done at the first sign that stops the
    prompt, `changed` at the next one, whichever it is.
    """

    def __init__(self, rules: _Rules, leg: Leg, partial: Callable[[str], None]) -> None:
        self._rules = rules
        self._leg = leg
        loop = asyncio.get_running_loop()
        self.touched: asyncio.Future[None] = loop.create_future()
        self.changed: asyncio.Future[None] = loop.create_future()
        self.digits = ""
        self.words: list[str] = []
        self.speaking = False
        self._partial = partial
        self.finished_by: str | None = None
        self.complete = False
        self.open = True
        leg.situation.enter("menu")

    def press(self, digit: str) -> bool:
        """Take a key, unless this Gather listens to speech only, or has heard speech before."""
        if not self._rules.takes_digits or self.speaking or self.words:
            return True
        if digit in self._rules.finish_keys:
            self.finished_by, self.complete = digit, True
        else:
            self.digits += digit
            self.complete = len(self.digits) == self._rules.digits_max
        self._notice(self.touched, self.changed)
        if self.complete:
            self.close()
        return not self.complete

    def speech_began(self) -> None:
        """The party speaks; after a key has been pressed nobody listens to that."""
        if self._rules.takes_speech and not self.digits and not self.complete:
            self.speaking = True
            self._notice(*([self.touched] if self._rules.barges_in else []), self.changed)

    def speech_ended(self, words: str) -> None:
        """The party has spoken."""
        if self.speaking:
            self.speaking = False
            self.words.append(words)
            self._partial(" ".join(self.words))
            self._notice(self.touched, self.changed)

    def _notice(self, *futures: "asyncio.Future[None]") -> None:
        for future in futures:
            if not future.done():
                future.set_result(None)

    def close(self) -> None:
        """The menu is over: at once, so that whoever presses a key sees that this menu took it."""
        if self.open:
            self.open = False
            self._leg.situation.leave("menu")

    async def next_sign(self) -> bool:
        """Wait for one more key or word; False if none came in time."""
        timeout_s: float | None = self._rules.speech_timeout_s if self.words else self._rules.timeout_s
        if self.speaking:
            timeout_s = None
        if self.changed.done():
            self.changed = asyncio.get_running_loop().create_future()
        done, _ = await asyncio.wait(
            {self.changed}, timeout=timeout_s if timeout_s is None else self._leg.clock.wall_s(timeout_s)
        )
        return bool(done)


async def gather(stage: Stage, verb: Element) -> Outcome:
    """Prompt until the first key, then listen; without a key fall through to the next verb, asking nobody."""
    stage.answer()
    rules = _rules(stage, verb)
    leg = stage.leg
    listening = _Listening(rules, leg, partial(_tell_partial_result, stage, verb))
    leg.cover("menu")
    leg.digits.attach(listening)  # keys typed ahead count, and silence the prompt before it begins
    try:
        with leg.voice.heard_by(listening):
            await _prompt(stage, verb, listening)
            while not listening.complete and await listening.next_sign():
                pass
    finally:
        leg.digits.detach(listening)
        listening.close()
        leg.cover(None)
    if not listening.digits and not listening.words and not rules.ask_when_empty:
        return None
    return _ask(stage, verb, listening)


async def _prompt(stage: Stage, verb: Element, listening: _Listening) -> None:
    """The nested verbs, until the first key. The time-out starts after them."""
    prompt = stage.within(stage.scope)
    prompt.hush = listening.touched
    for nested in verb:
        if listening.touched.done():
            break
        await perform_verb(prompt, nested)
    stage.leg.hear("silence")


def _rules(stage: Stage, verb: Element) -> _Rules:
    attributes = stage.attributes(verb)
    finish_keys = frozenset(attributes.text("finishOnKey", "#"))
    if finish_keys - DIGITS:
        stage.warn(13310, f"finishOnKey={attributes.text('finishOnKey')!r} has keys that no telephone has")
    timeout = attributes.given("timeout")
    kinds = attributes.text("input", "dtmf").split()
    timeout_s = SPEECH_TIMEOUT_S if timeout == "auto" else attributes.whole("timeout", 5, 13313)
    speech_timeout = attributes.text("speechTimeout", str(timeout_s))
    return _Rules(
        takes_digits="dtmf" in kinds,
        takes_speech="speech" in kinds,
        speech_timeout_s=float(speech_timeout) if speech_timeout.isdecimal() else AUTO_SPEECH_TIMEOUT_S,
        barges_in=attributes.flag("bargeIn", 12200, default=True),
        timeout_s=timeout_s,
        finish_keys=finish_keys,
        digits_max=attributes.whole("numDigits", 0, 13314, least=1) or None,
        ask_when_empty=attributes.flag("actionOnEmptyResult", 12200, default=False),
    )


def _ask(stage: Stage, verb: Element, listening: _Listening) -> GoTo:
    """Ask the action, by default the current document again."""
    attributes = stage.attributes(verb)
    if not attributes.text("action") and stage.document.source is None:
        raise DocumentFailed(11100, "a <Gather> of an inline document needs an action")
    link = Link(stage.document.resolve(attributes.text("action")), attributes.method("method", 13312))
    parameters = {"Digits": listening.digits, "msg": "Gather End"}
    if listening.words:
        parameters = {"SpeechResult": " ".join(listening.words), "Confidence": CONFIDENCE}
    if listening.finished_by is not None:
        parameters["FinishedOnKey"] = listening.finished_by
    return GoTo(link, "gather", parameters)


def _tell_partial_result(stage: Stage, verb: Element, words: str) -> None:
    """What was understood so far goes to the partial result's callback, whose answer is ignored."""
    attributes = stage.attributes(verb)
    url = attributes.text("partialResultCallback")
    if url:
        link = Link(stage.document.resolve(url), attributes.method("partialResultCallbackMethod", 12200))
        parameters = {"UnstableSpeechResult": words, "Stability": "0.8"}
        stage.carrier.sender.tell(document_request(stage.carrier, stage.leg, link, "partial", parameters))
