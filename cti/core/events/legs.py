"""What happens to legs, rooms and the requests of the carrier."""

from typing import ClassVar

from cti.core.events.base import Event
from cti.core.plan import Door, Plan
from cti.core.states import EndCause, Outcome, PartyRole


class CallArrived(Event):
    """The carrier asks what to do with a new inbound call. Numbers are as received; they may be words or empty. A
    softphone may have dialled anybody, so `to_number` is personal, too; which of ours a caller rang is in
    `ContactStarted`. Older records have it in the body, where it stays."""

    personal: ClassVar[tuple[str, ...]] = ("from_number", "caller_name", "to_number")
    provider: str
    provider_ref: str
    to_number: str = ""
    from_number: str = ""
    caller_name: str = ""


class PlanRequested(Event):
    """A known leg came back to `door` with the nonce of the plan it was given. `result` is why it left a waiting
    room or a call, in the words of `LeaveResult`; `answered_by` is what the carrier made out to have answered, and who
    had said hello `quiet_ms` before. It may have waited `waited_ms` to be read."""

    personal: ClassVar[tuple[str, ...]] = ("digits",)
    leg_id: str
    door: Door
    nonce: int
    digits: str = ""
    result: str = ""
    recording_id: str = ""
    duration_s: int = 0
    answered_by: Outcome | None = None
    quiet_ms: int = 0
    waited_ms: int = 0


class ReplyOverdue(Event):
    """The carrier has waited long for a plan for this leg; a filler goes out."""

    leg_id: str
    nonce: int


class LegStarted(Event):
    """A leg exists: an inbound one with its call, an outbound one before it is asked for, with whom it shall ring."""

    personal: ClassVar[tuple[str, ...]] = ("endpoint",)
    leg_id: str
    role: PartyRole
    endpoint_kind: str
    contact_id: str = ""
    agent_id: str = ""
    call_id: str = ""
    provider_ref: str = ""
    endpoint: str = ""


class LegPlanned(Event):
    """What the leg shall do now. The plan's nonce is the record's sequence number. `replied` plans answer a request
    of the carrier; others are pushed to a leg that is busy with an older plan. `endpoint` is where a plan that forwards
    it leads."""

    personal: ClassVar[tuple[str, ...]] = ("endpoint",)
    leg_id: str
    plan: Plan
    replied: bool
    endpoint: str = ""


class LegPlaced(Event):
    """The carrier accepted our request for an outbound leg."""

    leg_id: str
    provider_ref: str


class LegRefused(Event):
    """The carrier refused our request for an outbound leg, or never had it (`ABSENT`). `detail` is in its words, which
    may repeat a number."""

    personal: ClassVar[tuple[str, ...]] = ("detail",)
    leg_id: str
    code: str
    detail: str = ""


class LegAlerting(Event):
    leg_id: str
    provider_ref: str = ""
    sequence: int = -1


class LegAnswered(Event):
    """The report may have waited `waited_ms` to be read."""

    leg_id: str
    provider_ref: str = ""
    sequence: int = -1
    waited_ms: int = 0


class LegEnded(Event):
    """`sip_code` and `provider_status` are kept as received, for reports."""

    leg_id: str
    cause: EndCause
    provider_ref: str = ""
    sequence: int = -1
    provider_status: str = ""
    sip_code: int = 0


class LegChecked(Event):
    """What the carrier answered when asked about a leg: alive, in `call_id` or nowhere. It was looked for in the room
    `sought`; if it was looked for in none, an empty `call_id` says nothing. `nonce` is of the plan it had then."""

    leg_id: str
    alive: bool
    cause: EndCause = EndCause.LOST_SIGHT
    call_id: str = ""
    sought: str = ""
    nonce: int = 0
    room_ref: str = ""


class LegWatched(Event):
    """The leg was looked at; the next look is at `check_at` (ms)."""

    leg_id: str
    check_at: int


class LegHeld(Event):
    """The leg hears music, and nobody hears it, in the room `call_id`: who has left it is neither held nor muted any
    more. Empty in older records: then it is the room that the leg is in."""

    leg_id: str
    provider_ref: str = ""
    sequence: int = -1
    call_id: str = ""


class LegRetrieved(Event):
    """The leg is no longer on hold in this room; see `LegHeld`."""

    leg_id: str
    provider_ref: str = ""
    sequence: int = -1
    call_id: str = ""


class LegMuted(Event):
    """Whether nobody hears the leg in this room; see `LegHeld`."""

    leg_id: str
    muted: bool
    provider_ref: str = ""
    sequence: int = -1
    call_id: str = ""


class LegDiverted(Event):
    personal: ClassVar[tuple[str, ...]] = ("endpoint",)
    leg_id: str
    endpoint: str = ""


class CallStarted(Event):
    """A room was set apart for a contact, or for an agent's nailed-up leg."""

    call_id: str
    contact_id: str = ""
    agent_id: str = ""


class CallJoined(Event):
    """A leg is in the room. The carrier's report names the leg by our label, or by its own reference. `room_ref` is
    what the carrier calls the room: once it was empty, the next to enter is in another one, whatever its name."""

    call_id: str
    leg_id: str = ""
    provider_ref: str = ""
    sequence: int = -1
    room_ref: str = ""


class CallLeft(Event):
    """A leg left the room, which the carrier calls `room_ref`; empty in older records."""

    call_id: str
    leg_id: str = ""
    provider_ref: str = ""
    cause: EndCause = EndCause.NORMAL
    sequence: int = -1
    room_ref: str = ""


class LegCameAgain(Event):
    """A leg that we have in the room joined it: so it had left, and nobody has told. What is told of its leaving with a
    lower number than this `sequence` of the room is over."""

    leg_id: str
    room_ref: str
    sequence: int


class LegsBridged(Event):
    """Customer and agent hear each other."""

    call_id: str
    contact_id: str
    agent_id: str
    leg_ids: tuple[str, ...]


class LegsParted(Event):
    call_id: str
    contact_id: str
    leg_ids: tuple[str, ...]


class CallEnded(Event):
    """The room is over. `leg_id` is the leg that ended it by leaving, if the carrier says so."""

    call_id: str
    sequence: int = -1
    leg_id: str = ""


class ReleaseRequested(Event):
    """We want this leg gone, and asked the carrier so."""

    leg_id: str


class CommandFailed(Event):
    """A command on an existing leg did not work, finally. `code` is ours: GONE, REFUSED, UNREACHABLE."""

    personal: ClassVar[tuple[str, ...]] = ("detail",)
    command_id: str
    leg_id: str
    code: str
    detail: str = ""


class ReportIgnored(Event):
    """A report that does not fit the state it met: late, doubled or for something unknown."""

    about: str
    reason: str
