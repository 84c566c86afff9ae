"""`<Gather>`: a menu. It prompts, listens, and asks its action what to do with the keys."""

import asyncio
from typing import NamedTuple
from xml.etree.ElementTree import Element

from cti.fakecarrier.legs.digits import DIGITS
from cti.fakecarrier.legs.leg import Leg, Link
from cti.fakecarrier.twiml.document import DocumentFailed
from cti.fakecarrier.twiml.perform import perform_verb
from cti.fakecarrier.twiml.stage import GoTo, Outcome, Stage

SPEECH_TIMEOUT_S = 5


class _Rules(NamedTuple):
    """When a Gather has heard enough."""

    takes_digits: bool
    timeout_s: int
    finish_keys: frozenset[str]
    digits_max: int | None
    ask_when_empty: bool


class _Listening:
    """The keys of one Gather. `touched` is done at the first key, `changed` at the next one, whichever it is."""

    def __init__(self, rules: _Rules, leg: Leg) -> None:
        self._rules = rules
        self._leg = leg
        loop = asyncio.get_running_loop()
        self.touched: asyncio.Future[None] = loop.create_future()
        self.changed: asyncio.Future[None] = loop.create_future()
        self.digits = ""
        self.finished_by: str | None = None
        self.complete = False
        self.open = True
        leg.situation.enter("menu")

    def press(self, digit: str) -> bool:
        """Take a key, unless this Gather listens to speech only."""
        if not self._rules.takes_digits:
            return True
        if digit in self._rules.finish_keys:
            self.finished_by, self.complete = digit, True
        else:
            self.digits += digit
            self.complete = len(self.digits) == self._rules.digits_max
        for future in (self.touched, self.changed):
            if not future.done():
                future.set_result(None)
        if self.complete:
            self.close()
        return not self.complete

    def close(self) -> None:
        """The menu is over: at once, so that whoever presses a key sees that this menu took it."""
        if self.open:
            self.open = False
            self._leg.situation.leave("menu")

    async def next_key(self, timeout_s: float) -> bool:
        """Wait for one more key; False if none came in time."""
        if self.changed.done():
            self.changed = asyncio.get_running_loop().create_future()
        done, _ = await asyncio.wait({self.changed}, timeout=timeout_s)
        return bool(done)


async def gather(stage: Stage, verb: Element) -> Outcome:
    """Prompt until the first key, then listen; without a key fall through to the next verb, asking nobody."""
    stage.answer()
    rules = _rules(stage, verb)
    leg = stage.leg
    listening = _Listening(rules, leg)
    leg.cover("menu")
    leg.digits.attach(listening)  # keys typed ahead count, and silence the prompt before it begins
    try:
        await _prompt(stage, verb, listening)
        while not listening.complete and await listening.next_key(rules.timeout_s):
            pass
    finally:
        leg.digits.detach(listening)
        listening.close()
        leg.cover(None)
    if not listening.digits and not rules.ask_when_empty:
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
    return _Rules(
        takes_digits="dtmf" in attributes.text("input", "dtmf").split(),
        timeout_s=SPEECH_TIMEOUT_S if timeout == "auto" else attributes.whole("timeout", 5, 13313),
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
    if listening.finished_by is not None:
        parameters["FinishedOnKey"] = listening.finished_by
    return GoTo(link, "gather", parameters)
