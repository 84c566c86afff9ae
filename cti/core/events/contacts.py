"""What happens to a contact: flow, queue, offer, talk, end."""

from typing import ClassVar

from cti.core.base import Record
from cti.core.config import SkillRequirement
from cti.core.events.base import Event
from cti.core.states import Direction, EndCause, WithdrawReason


class Customer(Record):
    """A person found by number. `customer_id` and `segment` are what rules use; the rest is for people's eyes."""

    customer_id: str
    segment: str = ""
    name: str = ""
    account: str = ""


class ContactStarted(Event):
    """`from_number` is the customer's, whoever rang whom, `to_number` ours. One that a campaign called belongs to the
    attempt `attempt_id`. With `agent_id` nobody has been called yet: this agent does so, for `queue_id`."""

    personal: ClassVar[tuple[str, ...]] = ("from_number",)
    contact_id: str
    direction: Direction
    leg_id: str
    to_number: str
    flow_id: str = ""
    from_number: str = ""
    campaign_id: str = ""
    attempt_id: str = ""
    agent_id: str = ""
    queue_id: str = ""


class StepEntered(Event):
    """The caller is at `step_id` of the flow. `tries` counts silent or wrong answers here."""

    contact_id: str
    step_id: str
    tries: int = 0


class AttributeSet(Event):
    """A value collected on the way. A secret one is a reference; the value itself is in memory only."""

    personal: ClassVar[tuple[str, ...]] = ("value",)
    contact_id: str
    name: str
    value: str = ""
    secret: bool = False


class FlowEnded(Event):
    contact_id: str
    step_id: str


class QueueRequested(Event):
    """A flow asks for a place in a queue, or `agent_id` who gives the contact away, perhaps to `wanted_agent_id`."""

    contact_id: str
    queue_id: str
    priority: int = 0
    skills: tuple[SkillRequirement, ...] = ()
    agent_id: str = ""
    wanted_agent_id: str = ""
    request_id: str = ""


class ContactQueued(Event):
    """In line. `agent_id` gave it away; `wanted_agent_id` is offered it first."""

    contact_id: str
    queue_id: str
    priority: int
    skills: tuple[SkillRequirement, ...] = ()
    agent_id: str = ""
    wanted_agent_id: str = ""


class QueueRefused(Event):
    """`reason` is `full` or `unknown`. The rest repeats who asked."""

    contact_id: str
    queue_id: str
    reason: str
    agent_id: str = ""
    request_id: str = ""


class PositionAsked(Event):
    contact_id: str


class PositionTold(Event):
    """`position` counts from 1. `estimate_s` is a forecast of the wait, -1 when there is none."""

    contact_id: str
    position: int
    estimate_s: int = -1


class Exclusion(Record):
    """How many agents a rule kept from an offer, and the nearest of them."""

    rule: str
    agents: int
    nearest: tuple[str, ...] = ()


class OfferMade(Event):
    """A contact is offered to an agent, whose desktop must acknowledge by `ack_by`; or the agent's telephone rings, and
    `leg_id` is the offer. The rest says why this one. With a `campaign_id` the agent calls the customer;
    a customer `called_for` a campaign was called by the server, and has answered. With a `party_id` the agent is asked
    into a conversation by `asked_by`, who has it. `before` talked to the customer."""

    personal: ClassVar[tuple[str, ...]] = ("from_number",)
    offer_id: str
    contact_id: str
    agent_id: str
    queue_id: str
    ack_by: int
    waited_ms: int
    candidates: int
    idle_ms: int
    exclusions: tuple[Exclusion, ...] = ()
    from_number: str = ""
    party_id: str = ""
    asked_by: str = ""
    before: tuple[str, ...] = ()
    leg_id: str = ""
    campaign_id: str = ""
    called_for: str = ""


class OfferAlerting(Event):
    """The desktop rings, until `expires_at`."""

    offer_id: str
    contact_id: str
    agent_id: str
    expires_at: int
    party_id: str = ""


class OfferTaken(Event):
    """Who is asked into a conversation would come, and waits until the customer is on hold, who else would overhear it;
    until `hold_by` at most."""

    offer_id: str
    contact_id: str
    agent_id: str
    hold_by: int
    party_id: str


class OfferAccepted(Event):
    """The agent's leg is asked for, and must be in the room by `connect_by` (ms); 0: the time begins when it may be
    rung, at `DialCleared`."""

    offer_id: str
    contact_id: str
    agent_id: str
    connect_by: int
    leg_id: str
    call_id: str
    party_id: str = ""


class OfferDeclined(Event):
    offer_id: str
    contact_id: str
    agent_id: str
    reason: str = ""
    party_id: str = ""


class OfferExpired(Event):
    offer_id: str
    contact_id: str
    agent_id: str
    party_id: str = ""


class OfferWithdrawn(Event):
    offer_id: str
    contact_id: str
    agent_id: str
    reason: WithdrawReason
    party_id: str = ""


class BridgeRequested(Event):
    """The agent's leg is in the room; the caller is sent there. If nobody has reported it there by `bridge_by`, the
    carrier is asked; until `arrives_by` it may still be on its way, or hear what must be said before."""

    contact_id: str
    call_id: str
    agent_id: str
    bridge_by: int
    tries: int = 1
    arrives_by: int = 0


class BridgeOverdue(Event):
    """Nobody has reported the caller in the room: the carrier is asked, and asked again by `bridge_by`. `arrives_by` is
    until when it may still be on its way; 0: as long as was said before."""

    contact_id: str
    bridge_by: int
    arrives_by: int = 0


class ContactConnected(Event):
    contact_id: str
    agent_id: str
    queue_id: str
    waited_ms: int


class ContactRequeued(Event):
    """Back in line with its old place and clock; `first`: before everybody else. `agent_id` had it until now."""

    contact_id: str
    queue_id: str
    reason: str
    agent_id: str = ""
    first: bool = False


class ContactAbandoned(Event):
    """The caller left before talking to anybody. `place` is `flow` or `queue`."""

    contact_id: str
    place: str
    waited_ms: int
    queue_id: str = ""


class ContactEnded(Event):
    """The customer's side is over. `agent_ids` are those it was with."""

    contact_id: str
    cause: EndCause
    agent_ids: tuple[str, ...] = ()
    talk_ms: int = 0


class CauseCorrected(Event):
    """A report that was overtaken says who really ended it. The record tells it so; desktops were told before."""

    contact_id: str
    cause: EndCause


class DispositionRecorded(Event):
    """`kind` is what it means to the dialer, as the queue says: `success` (of `amount` millionths of `currency`),
    `refused`, `callback` (at `callback_at`, ms, by `callback_for` or by anybody), `wrong_number`, `again` (`again_ms`
    later), `machine` (one answered), `done`; empty: nothing."""

    personal: ClassVar[tuple[str, ...]] = ("note",)
    contact_id: str
    agent_id: str
    disposition: str
    note: str = ""
    kind: str = ""
    amount: int = 0
    currency: str = ""
    callback_at: int = 0
    callback_for: str = ""
    again_ms: int = 0


class ContactClosed(Event):
    """Nothing more will happen to it: legs ended, wrap-up over. The core forgets it after this. `connected_at` is when
    somebody first talked to it, `talk_ms` for how long anybody did."""

    contact_id: str
    direction: Direction
    cause: EndCause
    outcome: str  # connected, not_reached, abandoned_in_flow, abandoned_in_queue, flow_ended, voicemail, quarantined
    arrived_at: int
    ended_at: int
    flow_id: str = ""
    last_step: str = ""
    queue_id: str = ""
    queued_at: int = 0
    connected_at: int = 0
    agent_ids: tuple[str, ...] = ()
    offers: int = 0
    disposition: str = ""
    queue_refused: str = ""
    offers_missed: int = 0
    offers_declined: int = 0
    talk_ms: int = 0
    attempt_id: str = ""


class CustomerLookUpRequested(Event):
    contact_id: str


class LookUpAwaited(Event):
    """The flow waits for the look-up, at most until `until`."""

    contact_id: str
    until: int


class CustomersFound(Event):
    """The answer of the directory: none, one or several. `error` when it could not say."""

    personal: ClassVar[tuple[str, ...]] = ("matches",)
    contact_id: str
    matches: tuple[Customer, ...] = ()
    count: int = 0
    error: str = ""


class ScreenPop(Record):
    """What the agent sees before the ring. `match` is `none`, `one`, `several`, `pending`, `withheld` or `failed`."""

    match: str
    queue_id: str
    to_number: str
    from_number: str = ""
    waited_ms: int = 0
    customers: tuple[Customer, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    url: str = ""


class ScreenPopped(Event):
    personal: ClassVar[tuple[str, ...]] = ("pop",)
    contact_id: str
    agent_id: str
    offer_id: str
    pop: ScreenPop | None = None


class ScreenPopUpdated(Event):
    personal: ClassVar[tuple[str, ...]] = ("pop",)
    contact_id: str
    agent_id: str
    offer_id: str
    pop: ScreenPop | None = None


class ContactQuarantined(Event):
    """An input about this contact made the rules fail; it gets an apology, nobody else notices."""

    contact_id: str
    leg_id: str
    reason: str


class CallbackScheduled(Event):
    """A contact that starts later. Keeps its place when it came out of a queue."""

    personal: ClassVar[tuple[str, ...]] = ("number",)
    contact_id: str
    queue_id: str
    not_before: int
    agent_id: str = ""
    number: str = ""


class CallbackDue(Event):
    contact_id: str
