"""Legs and calls. A leg is one endpoint's attachment; a call is the room in which legs hear each other."""

from cti.core.base import Record
from cti.core.events import (
    AnyEvent,
    CallJoined,
    CallLeft,
    LegAlerting,
    LegAnswered,
    LegChecked,
    LegDiverted,
    LegEnded,
    LegHeld,
    LegMuted,
    LegPlaced,
    LegRefused,
    LegRetrieved,
    PlanRequested,
    ReplyOverdue,
)
from cti.core.plan import Door, Plan
from cti.core.states import EndCause, LegState, PartyRole


class Leg(Record):
    """`nonce` is the number of its plan. `awaiting`: the carrier waits for a reply. `call_id`: the room it is in;
    `bound_for`: the room it was sent to. `released`: we want it gone, the carrier has yet to say so. `nailed_up`: an
    agent's leg that stays up from one conversation to the next. `endpoint`: whom it rings, or is forwarded to.
    `seen_at`: when it was last heard of (ms), 0 when the carrier does not show it. `joined`: the carrier's name
    for the room that it joined last, and the number of that report; see `LegCameAgain`."""

    leg_id: str
    role: PartyRole
    state: LegState
    endpoint_kind: str
    started_at: int
    endpoint: str = ""
    contact_id: str = ""
    agent_id: str = ""
    provider_ref: str = ""
    call_id: str = ""
    bound_for: str = ""
    plan: Plan | None = None
    nonce: int = 0
    awaiting: bool = False
    released: bool = False
    muted: bool = False
    nailed_up: bool = False
    seen_at: int = 0
    check_at: int = 0
    cause: EndCause = EndCause.NORMAL
    joined: tuple[str, int] = ("", 0)


class Call(Record):
    """A room. `leg_ids` are in it now, in order of joining. `ended_at` is ms, 0 while it is open. `room_ref` is what
    the carrier calls it."""

    call_id: str
    started_at: int
    contact_id: str = ""
    agent_id: str = ""
    leg_ids: tuple[str, ...] = ()
    ended_at: int = 0
    room_ref: str = ""


_S = LegState


def is_answer(leg: Leg, event: PlanRequested) -> bool:
    """Somebody whom we called is there, and the carrier asks what they shall hear. Where that request was lost, the
    next one comes by the door of a document that ran out, and names no plan: there was none."""
    called = leg.role is PartyRole.CUSTOMER and leg.endpoint != ""
    return event.door is Door.ANSWERED or (called and event.door is Door.NEXT and event.nonce == 0)


def first_door(leg: Leg) -> Door | None:
    """Where a leg that we placed asks what to do once somebody answers it. None for one that came to us, or that was
    sent into a room with its dial."""
    if not leg.endpoint or leg.bound_for:
        return None
    return Door.ANSWERED if leg.role is PartyRole.CUSTOMER else Door.SCREEN


LEG_TRANSITIONS: dict[LegState, dict[type[AnyEvent], LegState]] = {
    _S.INITIATED: {
        LegPlaced: _S.INITIATED,
        PlanRequested: _S.CONNECTED,
        LegAlerting: _S.ALERTING,
        LegAnswered: _S.CONNECTED,
        CallJoined: _S.CONNECTED,
        LegDiverted: _S.INITIATED,
        LegRefused: _S.ENDED,
        LegEnded: _S.ENDED,
        CallLeft: _S.INITIATED,
        LegChecked: _S.INITIATED,
    },
    _S.ALERTING: {
        PlanRequested: _S.CONNECTED,
        LegPlaced: _S.ALERTING,
        LegAnswered: _S.CONNECTED,
        CallJoined: _S.CONNECTED,
        LegDiverted: _S.ALERTING,
        LegEnded: _S.ENDED,
        CallLeft: _S.ALERTING,
        LegChecked: _S.ALERTING,
    },
    _S.CONNECTED: {
        LegPlaced: _S.CONNECTED,
        PlanRequested: _S.CONNECTED,
        ReplyOverdue: _S.CONNECTED,
        CallJoined: _S.CONNECTED,
        CallLeft: _S.CONNECTED,
        LegHeld: _S.HELD,
        LegRetrieved: _S.CONNECTED,
        LegMuted: _S.CONNECTED,
        LegEnded: _S.ENDED,
        LegChecked: _S.CONNECTED,
    },
    _S.HELD: {
        LegPlaced: _S.HELD,
        PlanRequested: _S.CONNECTED,
        ReplyOverdue: _S.HELD,
        LegHeld: _S.HELD,
        LegRetrieved: _S.CONNECTED,
        LegMuted: _S.HELD,
        CallJoined: _S.CONNECTED,
        CallLeft: _S.CONNECTED,
        LegEnded: _S.ENDED,
        LegChecked: _S.HELD,
    },
    _S.ENDED: {},
}
"""From a state, by a report, to a state. A report that is not here is stale: it is noted and has no effect."""
