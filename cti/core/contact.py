"""A contact: one customer's stay with us. Its record, and the table of every way it can move."""

from cti.core.base import Record
from cti.core.config import SkillRequirement
from cti.core.events import (
    AnyEvent,
    BridgeOverdue,
    BridgeRequested,
    CallbackDue,
    CallbackScheduled,
    ConferenceStarted,
    ConsultEnded,
    ConsultStarted,
    ContactConnected,
    ContactEnded,
    ContactQuarantined,
    ContactQueued,
    ContactRequeued,
    ContactTransferred,
    Customer,
    FlowEnded,
    OfferAccepted,
    OfferAlerting,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    QueueRefused,
    StepEntered,
)
from cti.core.states import ContactState, Direction, EndCause, OfferState


class Offer(Record):
    """A contact offered to an agent. Times are ms, 0 when not promised."""

    offer_id: str
    agent_id: str
    state: OfferState
    made_at: int
    ack_by: int = 0
    expires_at: int = 0
    connect_by: int = 0
    leg_id: str = ""


class Contact(Record):
    """`offer` is the running one. `passed_over` names agents who declined, until when (ms) they are spared."""

    contact_id: str
    direction: Direction
    state: ContactState
    leg_id: str
    to_number: str
    arrived_at: int
    from_number: str = ""
    config_hash: str = ""
    flow_id: str = ""
    step_id: str = ""
    tries: int = 0
    look_up: str = "none"
    look_up_by: int = 0
    customers: tuple[Customer, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    queue_id: str = ""
    priority: int = 0
    skills: tuple[SkillRequirement, ...] = ()
    queued_at: int = 0
    queued_seq: int = 0
    queue_refused: str = ""
    offer: Offer | None = None
    offers: int = 0
    offers_missed: int = 0
    offers_declined: int = 0
    passed_over: tuple[tuple[str, int], ...] = ()
    call_id: str = ""
    bridge_by: int = 0
    bridge_tries: int = 0
    agent_id: str = ""
    agent_ids: tuple[str, ...] = ()
    connected_at: int = 0
    hung_up_by: str = ""
    ended_at: int = 0
    cause: EndCause = EndCause.NORMAL
    outcome: str = ""
    disposition: str = ""
    not_before: int = 0
    quarantined: bool = False


_S = ContactState

CONTACT_TRANSITIONS: dict[ContactState, dict[type[AnyEvent], ContactState]] = {
    _S.SCHEDULED: {
        CallbackDue: _S.QUEUED,
        ContactEnded: _S.ENDED,
    },
    _S.IN_FLOW: {
        StepEntered: _S.IN_FLOW,
        FlowEnded: _S.IN_FLOW,
        QueueRefused: _S.IN_FLOW,
        OfferWithdrawn: _S.IN_FLOW,
        ContactQueued: _S.QUEUED,
        CallbackScheduled: _S.SCHEDULED,
        ContactQuarantined: _S.IN_FLOW,
        ContactEnded: _S.ENDED,
    },
    _S.QUEUED: {
        QueueRefused: _S.QUEUED,
        StepEntered: _S.IN_FLOW,
        FlowEnded: _S.IN_FLOW,
        ContactQueued: _S.QUEUED,
        OfferMade: _S.QUEUED,
        OfferAlerting: _S.QUEUED,
        OfferAccepted: _S.QUEUED,
        OfferDeclined: _S.QUEUED,
        OfferExpired: _S.QUEUED,
        OfferWithdrawn: _S.QUEUED,
        BridgeRequested: _S.CONNECTING,
        CallbackScheduled: _S.SCHEDULED,
        ContactQuarantined: _S.IN_FLOW,
        ContactEnded: _S.ENDED,
    },
    _S.CONNECTING: {
        BridgeRequested: _S.CONNECTING,
        BridgeOverdue: _S.CONNECTING,
        ContactConnected: _S.CONNECTED,
        ContactRequeued: _S.QUEUED,
        ContactQuarantined: _S.IN_FLOW,
        ContactEnded: _S.ENDED,
    },
    _S.CONNECTED: {
        ContactTransferred: _S.QUEUED,
        ConsultStarted: _S.CONNECTED,
        ConsultEnded: _S.CONNECTED,
        ConferenceStarted: _S.CONNECTED,
        ContactQuarantined: _S.CONNECTED,
        ContactEnded: _S.ENDED,
    },
    _S.ENDED: {},
}
"""From a state, by an event, to a state. What is not here cannot happen."""
