"""Scripts: what a caller does, step by step, while the call lasts."""

import asyncio
import random
from typing import TYPE_CHECKING, Literal

import msgspec

from cti.fakecarrier.legs.digits import DIGITS
from cti.fakecarrier.legs.leg import Leg
from cti.fakecarrier.spans import Range, check_ranges, draw

if TYPE_CHECKING:
    from cti.fakecarrier.carrier import Carrier

WaitFor = Literal["menu", "queue", "bridged", "speech", "music", "record", "held", "end"]


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One step; exactly one of its deeds is given.

    `wait` for a moment (with `timeout_ms`: hang up if it does not come), `after_ms` do nothing, `press` keys one after
    another, `say` words aloud, `navigate` press one of these at each menu until in a queue or talking, `hang_up`, or
    `vanish`.
    """

    wait: WaitFor | None = None
    timeout_ms: float | None = None
    after_ms: Range | None = None
    press: str | None = None
    say: str | None = None
    navigate: tuple[str, ...] | None = None
    think_ms: Range = 0
    hang_up: bool = False
    vanish: bool = False

    def __post_init__(self) -> None:
        """Refuse a step that says nothing, too much, or a key that no telephone has."""
        check_ranges(timeout_ms=self.timeout_ms, after_ms=self.after_ms, think_ms=self.think_ms)
        deeds = [
            self.wait,
            self.after_ms,
            self.press,
            self.say,
            self.navigate,
            self.hang_up or None,
            self.vanish or None,
        ]
        if sum(deed is not None for deed in deeds) != 1:
            raise ValueError(
                f"a step needs exactly one of wait, after_ms, press, say, navigate, hang_up, vanish: {self}"
            )
        for keys in [self.press or "", *(self.navigate or ())]:
            if not set(keys) <= DIGITS:
                raise ValueError(f"{keys!r} has keys that no telephone has")


async def follow(carrier: "Carrier", leg: Leg, script: list[Step], source: random.Random) -> None:
    """Do the steps; a wait that takes too long ends in a hang-up. Without steps left the caller just stays."""
    for step in script:
        if step.wait is not None:
            if not await _wait(leg, (step.wait,), step.timeout_ms):
                carrier.hang_up(leg, f"gave up waiting for {step.wait}")
                return
        elif step.after_ms is not None:
            await leg.clock.sleep(draw(source, step.after_ms) / 1000)
        elif step.press is not None:
            carrier.press(leg, step.press)
        elif step.say is not None:
            await carrier.say(leg, step.say)
        elif step.navigate is not None:
            await _navigate(carrier, leg, step, source)
        elif step.hang_up:
            carrier.hang_up(leg, "hung up")
        elif step.vanish:
            carrier.vanish(leg)


async def _wait(leg: Leg, moments: tuple[WaitFor, ...], timeout_ms: float | None) -> bool:
    try:
        async with leg.clock.timeout(None if timeout_ms is None else timeout_ms / 1000):
            await leg.situation.until(*moments)
    except TimeoutError:
        return False
    return True


async def _navigate(carrier: "Carrier", leg: Leg, step: Step, source: random.Random) -> None:
    """Answer menu after menu. A menu that is still there after a key was pressed gets another one."""
    assert step.navigate, "checked when the script came in"
    while await leg.situation.until("queue", "bridged", "menu") == "menu":
        await leg.clock.sleep(draw(source, step.think_ms) / 1000)
        if leg.situation.is_in("menu"):
            carrier.press(leg, source.choice(step.navigate))
            await asyncio.sleep(0)
