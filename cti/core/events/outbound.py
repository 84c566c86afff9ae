"""Calls that we place: one door for all of them, and the dialer's attempts."""

from typing import ClassVar

from cti.core.base import Record
from cti.core.events.base import Event
from cti.core.states import Outcome


class DialRequested(Event):
    """Somebody wants a leg placed, or a leg forwarded: the one door for both. `number` is empty for a softphone, which
    is nobody outside."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    dial_id: str
    purpose: str  # see cti.core.dial
    leg_id: str = ""
    contact_id: str = ""
    number: str = ""
    agent_id: str = ""
    request_id: str = ""


class DialCleared(Event):
    """It may be rung now, by `rules_version`. The rest repeats what was asked."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    dial_id: str
    rules_version: str
    purpose: str = ""
    leg_id: str = ""
    contact_id: str = ""
    number: str = ""
    agent_id: str = ""


class DialQueued(Event):
    """It may be rung, but the carrier's rate leaves no room yet: it waits its turn. The least `importance` goes first,
    then the oldest. The rest repeats what was asked."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    dial_id: str
    importance: int
    purpose: str
    leg_id: str
    contact_id: str = ""
    number: str = ""
    agent_id: str = ""
    request_id: str = ""


class DialWithdrawn(Event):
    """Nobody wants it any more, and it was never sent."""

    dial_id: str
    leg_id: str = ""


class DialRefused(Event):
    """It may not. The rest repeats what was asked."""

    dial_id: str
    rule: str
    detail: str
    next_allowed_at: int = -1
    purpose: str = ""
    leg_id: str = ""
    contact_id: str = ""
    agent_id: str = ""
    request_id: str = ""


class DialsStopped(Event):
    """An alarm: more outside numbers were rung within the hour than the site may ring. None is rung until a supervisor
    says so."""

    dials: int
    hour_began_at: int


class DialsResumeRequested(Event):
    """A supervisor has looked into it."""

    supervisor_id: str
    request_id: str = ""


class DialsResumed(Event):
    """Outside numbers may be rung again, and are counted anew."""

    supervisor_id: str


class ClaimedLead(Record):
    lead_id: str
    number: str
    facts: tuple[tuple[str, str], ...] = ()


class LeadsClaimed(Event):
    personal: ClassVar[tuple[str, ...]] = ("leads",)
    campaign_id: str
    claim_id: str
    as_of_seq: int
    leads: tuple[ClaimedLead, ...] = ()


class PacingComputed(Event):
    campaign_id: str
    calls_now: int
    method: str


class AttemptStarted(Event):
    campaign_id: str
    attempt_id: str
    lead_id: str
    leg_id: str


class AttemptAnswered(Event):
    attempt_id: str


class AttemptClassified(Event):
    attempt_id: str
    outcome: Outcome


class AttemptAbandoned(Event):
    attempt_id: str


class AttemptEnded(Event):
    attempt_id: str
    outcome: Outcome
