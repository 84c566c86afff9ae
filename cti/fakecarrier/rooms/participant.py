"""A participant: a leg that is in a conference, or is being called into one, on certain terms."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from cti.fakecarrier.legs.leg import Leg, Link, Subscription
from cti.fakecarrier.recordings.order import RecordingOrder

MEMBERS_MAX = 250

LeaveReason = Literal[
    "participant_hung_up",
    "participant_updated_via_api",
    "participant_add_failed",
    "moderator_ended_conference",
    "conference_ended_via_api",
]


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """On what terms a leg joins. `wait` is what it hears before the start: a link, None for music, "" for silence.

    Who coaches (`coach` is the call that is coached) hears everybody and is heard by that one alone. `recording` is how
    the conference is recorded from its start, if this one asks for it.
    """

    label: str | None = None
    muted: bool = False
    start_on_enter: bool = True
    end_on_exit: bool = False
    wait: Link | Literal[""] | None = None
    members_max: int = MEMBERS_MAX
    subscription: Subscription | None = None
    coach: str | None = None
    recording: RecordingOrder | None = None


class Speech:
    """Hears when a participant begins and stops to speak, and tells."""

    def __init__(self, tell: Callable[[Literal["start", "stop"]], None]) -> None:
        self._tell = tell

    def speech_began(self) -> None:
        """Pass it on."""
        self._tell("start")

    def speech_ended(self, words: str) -> None:
        """Pass it on; what was said is nobody's concern."""
        self._tell("stop")


class Participant:
    """A leg and what may change about it while it is in a room."""

    def __init__(self, leg: Leg, terms: Terms, now_ms: int) -> None:
        self.leg = leg
        self.terms = terms
        self.muted = terms.muted
        self.hold = False
        self.coach = terms.coach
        self.spoke_up = not terms.muted
        self.end_on_exit = terms.end_on_exit
        self.created_at = now_ms
        self.updated_at = now_ms
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.speech: Speech | None = None
        self.sounding: asyncio.Task[Any] | None = None

    @property
    def sid(self) -> str:
        """The identifier of its leg."""
        return self.leg.sid

    @property
    def label(self) -> str | None:
        """What the server calls it."""
        return self.terms.label

    @property
    def is_audible_side(self) -> bool:
        """True if it takes part in the talk: not on hold, and its media has not vanished."""
        return not self.hold and not self.leg.vanished

    @property
    def takes_part(self) -> bool:
        """True if it talks with the others; a coach does not, nor does who has been muted ever since joining."""
        return self.is_audible_side and self.coach is None and self.spoke_up

    def hush(self) -> None:
        """Stop its waiting or holding document."""
        if self.sounding is not None:
            self.sounding.cancel()
            self.sounding = None


def label_mistake(label: str) -> str | None:
    """What is wrong with a label, if anything: 128 characters at most, no slash, not like a call's identifier."""
    if len(label) > 128:
        return "a label has at most 128 characters"
    if "/" in label or "%2f" in label.lower():
        return "a label must not contain '/'"
    if len(label) == 34 and label.startswith("CA"):
        return "a label must not look like a CallSid"
    return None


def flag_word(*, flag: bool) -> str:
    """`true` or `false`, as the carrier writes them."""
    return "true" if flag else "false"
