"""Calls that we place: one door for all of them, and the dialer's attempts."""

from typing import ClassVar

from cti.core.calling import Clearance, Subject
from cti.core.events.base import Event
from cti.core.numbering import Address
from cti.core.states import Outcome


class DialRequested(Event):
    """Somebody wants a leg placed, or a leg forwarded: the one door for both. `number` is empty for a softphone, which
    is nobody outside. Who is called for a campaign, is so under its rules; `consent` and `customer_at` (ms) are what is
    known of this person beyond them, `guaranteed` that an agent will surely be there."""

    personal: ClassVar[tuple[str, ...]] = ("number", "subject", "address")
    dial_id: str
    purpose: str  # see cti.core.dial
    leg_id: str = ""
    contact_id: str = ""
    number: str = ""
    agent_id: str = ""
    request_id: str = ""
    campaign_id: str = ""
    subject: Subject | None = None
    consent: str = ""
    customer_at: int = 0
    guaranteed: bool = False
    address: Address | None = None


class DialCleared(Event):
    """It may be rung now, by `rules_version`. Who is called for a campaign is so if the request leaves by `leave_by`
    (ms), and the telephone rings until `ring_by` at most; `clearance` is the proof. The rest repeats what was asked."""

    personal: ClassVar[tuple[str, ...]] = ("number", "subject")
    dial_id: str
    rules_version: str
    purpose: str = ""
    leg_id: str = ""
    contact_id: str = ""
    number: str = ""
    agent_id: str = ""
    campaign_id: str = ""
    seller: str = ""
    subject: Subject | None = None
    clearance: Clearance | None = None
    leave_by: int = 0
    ring_by: int = 0


class DialQueued(Event):
    """It may be rung, but the carrier's rate leaves no room yet: it waits its turn. The least `importance` goes first,
    then the oldest. Who is called for a campaign waits first for what is to be known of the number. The rest repeats
    what was asked."""

    personal: ClassVar[tuple[str, ...]] = ("number", "subject", "address")
    dial_id: str
    importance: int
    purpose: str
    leg_id: str
    contact_id: str = ""
    number: str = ""
    agent_id: str = ""
    request_id: str = ""
    campaign_id: str = ""
    subject: Subject | None = None
    consent: str = ""
    customer_at: int = 0
    guaranteed: bool = False
    address: Address | None = None


class DialWithdrawn(Event):
    """Nobody wants it any more, and it was never sent."""

    dial_id: str
    leg_id: str = ""


class DialRefused(Event):
    """It may not, by `rule`: the first of those in `clearance`, the proof, where the calling rules were asked. Before
    `next_allowed_at` (ms) it will not be allowed; -1: time changes nothing, or, as `detail` says, nobody knows when.
    The rest repeats what was asked."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    dial_id: str
    rule: str
    detail: str
    next_allowed_at: int = -1
    purpose: str = ""
    leg_id: str = ""
    contact_id: str = ""
    agent_id: str = ""
    request_id: str = ""
    number: str = ""
    campaign_id: str = ""
    clearance: Clearance | None = None


class DialsStopped(Event):
    """An alarm: more outside numbers were rung within the hour than the site may ring, or, by the cap `rule`, more was
    spent on them. None is rung until a supervisor says so."""

    dials: int
    hour_began_at: int
    rule: str = ""


class SpendCommitted(Event):
    """An outside number may be rung: its first minute, at `price` (millionths of the site's currency), is counted.
    `key` is the leg, or the contact that is sent on; `rings`: it runs only once somebody answers."""

    key: str
    dial_id: str
    agent_id: str
    price: int
    rings: bool = False


class SpendRunning(Event):
    """Somebody answered: minutes are counted from now on."""

    key: str


class SpendMinuteBegan(Event):
    """Another minute is counted."""

    key: str


class SpendEnded(Event):
    """The call is over. `refunded`: nobody answered, so its first minute is not counted."""

    key: str
    refunded: bool = False


class SpendCapReached(Event):
    """An alarm: an agent, or the site (no `agent_id`), has spent what the cap `rule` allows. Amounts are in millionths;
    it is counted anew from `frees_at` (ms) on."""

    rule: str
    spent: int
    cap: int
    frees_at: int
    agent_id: str = ""


class DialsResumeRequested(Event):
    """A supervisor has looked into it."""

    supervisor_id: str
    request_id: str = ""


class DialsResumed(Event):
    """Outside numbers may be rung again, and are counted anew."""

    supervisor_id: str


class PacingComputed(Event):
    """How many lines the agents who share campaigns can do with now, as of record `as_of_seq`; `campaign_id` is the
    first of these campaigns, which names their pool. The rest is why, in millionths: the risk of the last line that it
    still wants, what would have been too much, and the free agents and answers it expects."""

    campaign_id: str
    calls_now: int
    method: str
    as_of_seq: int = 0
    risk_ppm: int = 0
    theta_ppm: int = 0
    free_ppm: int = 0
    answers_ppm: int = 0


class AttemptStarted(Event):
    """A campaign calls a lead, on the number at `number_index`: it was cleared, and counts from now on."""

    campaign_id: str
    attempt_id: str
    lead_id: str
    leg_id: str
    number_index: int = 0


class AttemptAnswered(Event):
    attempt_id: str


class AttemptClassified(Event):
    """What answered, as the carrier makes out. A person had said hello `quiet_ms` before (0: nobody knows)."""

    attempt_id: str
    outcome: Outcome
    quiet_ms: int = 0


class AttemptAbandoned(Event):
    """Nobody was there for `contact_id` in time. `late`: somebody is on the way, and comes all the same."""

    attempt_id: str
    contact_id: str = ""
    late: bool = False


class AttemptEnded(Event):
    attempt_id: str
    outcome: Outcome
