"""A contact: one customer's stay with us. Its record, and the table of every way it can move."""

from cti.core.base import Record
from cti.core.config import SkillRequirement
from cti.core.events import (
    AnyEvent,
    AttemptAbandoned,
    BridgeOverdue,
    BridgeRequested,
    CallbackDue,
    CallbackScheduled,
    ConferenceStarted,
    ConsultAnswered,
    ConsultEnded,
    ConsultStarted,
    ContactConnected,
    ContactEnded,
    ContactForwarded,
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
    OfferTaken,
    OfferWithdrawn,
    QueueRefused,
    StepEntered,
    Talk,
)
from cti.core.states import (
    ContactState,
    Direction,
    EndCause,
    OfferState,
    RecordingAction,
    RecordingState,
    SupervisorMode,
)

ACKNOWLEDGE_MS = 2_000
"""How long a desktop may take to say that it shows an offer."""


class Offer(Record):
    """A contact offered to an agent. Times are ms, 0 when not promised: until when a desktop must have acknowledged it,
    a telephone must ring, somebody must have taken it, the leg must be in the room; and until when whoever has taken it
    waits for the customer to be on hold."""

    offer_id: str
    agent_id: str
    state: OfferState
    made_at: int
    ack_by: int = 0
    ring_by: int = 0
    expires_at: int = 0
    connect_by: int = 0
    leg_id: str = ""
    hold_by: int = 0


class Party(Record):
    """Somebody asked into a conversation: an agent, by `offer`, or an outside number. `present`: in the room."""

    party_id: str
    by_agent_id: str
    agent_id: str = ""
    leg_id: str = ""
    offer: Offer | None = None
    present: bool = False


class Supervision(Record):
    """A supervisor who hears a conversation, or will once `leg_id` is in the room."""

    supervisor_id: str
    leg_id: str
    mode: SupervisorMode


class Contact(Record):
    """`offer` is the running one. `passed_over` names agents who declined, until when (ms) they are spared.
    `answered_at` is when somebody first talked to it, `waited_from` since when it had
    waited for that, `connected_at` since when somebody does; `talked_ms` is what came
    before that. `arrives_by` is until when (ms) it may take into the room it is sent to.
    `talk` is the conversation as those in it were last shown it. `stage`
    is how far a call is that its agent waits for: see `DialProgressed`. `cause_corrected` is for the record: what
    an overtaken report showed the cause to be, after desktops had been told `cause`. `recording_asked` is
    which of pause and resume an agent in the conversation asked for last."""

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
    waited_from: int = 0
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
    parties: tuple[Party, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    talk: Talk | None = None
    wanted_agent_id: str = ""
    answered_at: int = 0
    connected_at: int = 0
    talked_ms: int = 0
    recording: RecordingState = RecordingState.OFF
    recording_id: str = ""
    recording_asked: RecordingAction | None = None
    hung_up_by: str = ""
    ended_at: int = 0
    cause: EndCause = EndCause.NORMAL
    outcome: str = ""
    disposition: str = ""
    not_before: int = 0
    quarantined: bool = False
    notice_given: bool = False
    voicemail: str = ""
    message_by: int = 0
    cause_corrected: EndCause | None = None
    arrives_by: int = 0
    campaign_id: str = ""
    attempt_id: str = ""
    stage: str = ""


_S = ContactState

CONTACT_TRANSITIONS: dict[ContactState, dict[type[AnyEvent], ContactState]] = {
    _S.SCHEDULED: {
        CallbackDue: _S.QUEUED,
        ContactEnded: _S.ENDED,
    },
    _S.DIALLING: {
        OfferMade: _S.DIALLING,
        OfferAlerting: _S.DIALLING,
        OfferAccepted: _S.DIALLING,
        OfferDeclined: _S.DIALLING,
        OfferExpired: _S.DIALLING,
        OfferWithdrawn: _S.DIALLING,
        BridgeRequested: _S.CONNECTING,
        AttemptAbandoned: _S.IN_FLOW,  # the agent is gone: a recorded message
        ContactEnded: _S.ENDED,
    },
    _S.IN_FLOW: {
        StepEntered: _S.IN_FLOW,
        FlowEnded: _S.IN_FLOW,
        AttemptAbandoned: _S.IN_FLOW,  # the campaign that called was removed
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
        ConsultEnded: _S.QUEUED,
        AttemptAbandoned: _S.IN_FLOW,  # nobody was there in time: a recorded message
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
        OfferMade: _S.CONNECTED,  # to a party
        OfferAlerting: _S.CONNECTED,
        OfferTaken: _S.CONNECTED,
        OfferAccepted: _S.CONNECTED,
        OfferDeclined: _S.CONNECTED,
        OfferExpired: _S.CONNECTED,
        OfferWithdrawn: _S.CONNECTED,
        ConsultStarted: _S.CONNECTED,
        ConsultAnswered: _S.CONNECTED,
        ConsultEnded: _S.CONNECTED,
        ConferenceStarted: _S.CONNECTED,
        ContactTransferred: _S.CONNECTED,  # to a party
        ContactQueued: _S.QUEUED,
        ContactRequeued: _S.QUEUED,
        ContactForwarded: _S.FORWARDED,
        ContactQuarantined: _S.CONNECTED,
        ContactEnded: _S.ENDED,
    },
    _S.FORWARDED: {
        ContactRequeued: _S.QUEUED,
        ContactQuarantined: _S.FORWARDED,
        ContactEnded: _S.ENDED,
    },
    _S.ENDED: {},
}
"""From a state, by an event, to a state. What is not here cannot happen."""


def is_called(contact: Contact) -> bool:
    """We called for an agent to talk, and no agent has yet: it waits for seconds only. Who hears a flow, a message or a
    broadcast, waits as any caller does."""
    return contact.attempt_id != "" and not contact.flow_id and not contact.answered_at


def leg_ids_of(contact: Contact) -> tuple[str, ...]:
    """The legs that belong to it: the customer's, that of the agent it is offered to or talks with, parties',
    supervisors'. A leg of an offer that is over belongs to nobody, wherever it is."""
    offered = (contact.offer.leg_id,) if contact.offer and contact.offer.leg_id else ()
    asked = tuple(party.leg_id for party in contact.parties if party.leg_id)
    listening = tuple(supervision.leg_id for supervision in contact.supervisions)
    return (contact.leg_id, *offered, *asked, *listening)


def party_of_leg(contact: Contact, leg_id: str) -> Party | None:
    """Whose leg this is, among those asked into the conversation."""
    return next((party for party in contact.parties if party.leg_id == leg_id), None)


def offer_to(contact: Contact, agent_id: str) -> Offer | None:
    """The running offer of the contact to this agent: its own, or one to a party."""
    offers = (contact.offer, *(party.offer for party in contact.parties))
    return next((offer for offer in offers if offer and offer.agent_id == agent_id), None)


def party_named(contact: Contact, party_id: str) -> Party | None:
    return next((party for party in contact.parties if party.party_id == party_id), None)
