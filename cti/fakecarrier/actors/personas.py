"""Personas: the kinds of people who call, as scripts."""

import random
from typing import Literal

import msgspec

from cti.fakecarrier.actors.script import Step
from cti.fakecarrier.spans import Range, check_ranges, draw

Persona = Literal[
    "talks_until_agent_hangs_up",
    "talks_then_hangs_up",
    "hangs_up_in_menu",
    "hangs_up_in_queue",
    "presses_wrong_then_right",
    "presses_nothing",
    "calls_after_hours",
    "odd_caller_id",
]

ODD_CALLER_IDS = (
    "anonymous",
    "restricted",
    "unavailable",
    "+266696687",
    "7378742883",
    "unknown",
    "sip:bob@example.com",
    "",
)
"""What real carriers put where a number should be when the caller withholds it or a switch mangles it."""

OUTSTAYED_MS = 600_000.0


class Habits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the personas talk, wait and think, and which keys they press. `patience_s` is how long a caller waits
    for an agent, `impatience_s` how long the one who means to hang up in the queue does.
    """

    talk_s: Range = (2.0, 6.0)
    patience_s: Range = (60.0, 120.0)
    impatience_s: Range = (1.0, 3.0)
    think_ms: Range = (200, 800)
    menu_digits: tuple[str, ...] = ("1",)
    wrong_digits: tuple[str, ...] = ("9",)

    def __post_init__(self) -> None:
        """Refuse ranges that make no sense, and a caller without keys."""
        check_ranges(talk_s=self.talk_s, patience_s=self.patience_s)
        check_ranges(impatience_s=self.impatience_s, think_ms=self.think_ms)
        if not self.menu_digits or not self.wrong_digits:
            raise ValueError("menu_digits and wrong_digits need at least one key each")


def script_of(persona: Persona, habits: Habits, source: random.Random) -> list[Step]:
    """A fresh script for one caller of this kind."""
    think = Step(after_ms=habits.think_ms)
    talk = Step(after_ms=draw(source, habits.talk_s) * 1000)
    hang_up = Step(hang_up=True)
    navigate = Step(navigate=habits.menu_digits, think_ms=habits.think_ms)
    patience_ms = draw(source, habits.patience_s) * 1000
    reach_agent = [navigate, Step(wait="bridged", timeout_ms=patience_ms)]
    stay = Step(wait="end", timeout_ms=OUTSTAYED_MS)
    match persona:
        case "talks_until_agent_hangs_up":
            return [*reach_agent, stay]
        case "talks_then_hangs_up" | "odd_caller_id":
            return [*reach_agent, talk, hang_up]
        case "hangs_up_in_menu":
            return [Step(wait="menu"), think, hang_up]
        case "hangs_up_in_queue":
            impatience_ms = draw(source, habits.impatience_s) * 1000
            return [navigate, Step(wait="bridged", timeout_ms=impatience_ms), talk, hang_up]
        case "presses_wrong_then_right":
            wrong = Step(press=source.choice(habits.wrong_digits))
            return [Step(wait="menu"), think, wrong, *reach_agent, talk, hang_up]
        case "presses_nothing":
            return [Step(wait="menu"), Step(wait="bridged", timeout_ms=patience_ms * 3), talk, hang_up]
        case "calls_after_hours":
            return [stay]
