"""What an agent's client is told, as types. Fields that a newer server adds are ignored; its new events are `Unknown`.

Times are ms since 1970. `seq` and `index` say where the event stands in the server's record.
"""

import re
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


def tag_of(name: str) -> str:
    """`OfferOver` is called `offer_over` on the wire."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """A known person with the caller's number."""

    customer_id: str
    segment: str = ""
    name: str = ""
    account: str = ""


class ScreenPop(msgspec.Struct, frozen=True, kw_only=True):
    """Who is calling. `match` is `none`, `one`, `several`, `pending`, `withheld` or `failed`; `url` is where your own
    system shows the customer."""

    match: str
    queue_id: str
    to_number: str
    from_number: str = ""
    waited_ms: int = 0
    customers: tuple[Customer, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    url: str = ""


class DeskParty(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked into a conversation: an agent, or an outside `number`. `state` is ASKED, RINGING or HERE."""

    party_id: str
    agent_id: str = ""
    number: str = ""
    state: str = "ASKED"
    on_hold: bool = False
    muted: bool = False


class DeskTalk(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation. `agent_id` has the customer (empty: an outside party has), who may be `on_hold`; `muted` are you.
    You take part in it as `party_id`, which is empty if the customer is yours. `recording` is OFF, ASKED, ON or
    PAUSED. `unwanted`: they asked not to be called while they were; say sorry, and end it."""

    agent_id: str
    party_id: str = ""
    on_hold: bool = False
    muted: bool = False
    recording: str = "OFF"
    parties: tuple[DeskParty, ...] = ()
    unwanted: bool = False


class DeskContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact on the desk. `phase` is OFFERED, ALERTING, CONNECTING, CONNECTED or WRAP_UP; it ends by itself at
    `until`, if that is not 0. `asked_by` is the agent who asks you into a conversation, `before` are those who talked
    to the customer when it was offered; `talk` is there while CONNECTED. `cause` says how the conversation ended. With
    `campaign_id` you call the customer, or did; `stage` is how far that is: see `DialProgress`. A customer
    `called_for` a campaign was called by the server, or by others."""

    contact_id: str
    queue_id: str
    phase: str
    since: int
    until: int
    offer_id: str
    from_number: str
    queued_at: int
    pop: ScreenPop | None = None
    asked_by: str = ""
    before: tuple[str, ...] = ()
    talk: DeskTalk | None = None
    cause: str = ""
    disposition: str = ""
    campaign_id: str = ""
    stage: str = ""
    called_for: str = ""


class DeskLate(msgspec.Struct, frozen=True, kw_only=True):
    """A contact that has left the desk after its wrap-up, of which a disposition is still taken until `until` (ms)."""

    contact_id: str
    queue_id: str
    from_number: str
    until: int


class QueueSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know of a queue. `wrap_up_s` is 0 where there is none. Of `disposition_kinds`, disposition and
    kind, a `success` may have an amount, a `callback` needs a time, `again` may have one."""

    queue_id: str
    name: str
    wrap_up_s: int
    dispositions: tuple[str, ...]
    disposition_kinds: tuple[tuple[str, str], ...] = ()


class CampaignSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign for which customers are called, by hand as well."""

    campaign_id: str
    name: str
    mode: str


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent can choose from."""

    site: str
    not_ready_reasons: tuple[str, ...]
    queues: tuple[QueueSettings, ...]
    campaigns: tuple[CampaignSettings, ...] = ()
    speed_dials: tuple[tuple[str, str], ...] = ()


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """How things stand. `state` is SIGNED_OUT, NOT_READY, READY, RESERVED, BUSY or WRAP_UP; `suspected`: the server
    offers nothing until a probe is answered; `leaving`: why not ready any more, once calls that count on the agent are
    over; of `late` something may still be said."""

    agent_id: str
    presence: str
    ready: bool
    reason: str
    suspected: bool
    state: str
    contacts: tuple[DeskContact, ...]
    settings: Settings
    leaving: str = ""
    late: DeskLate | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=tag_of):
    """`at` is when it happened."""

    seq: int = 0
    index: int = 0
    at: int = 0


class Hello(Event, frozen=True, kw_only=True):
    """The first word of every connection."""

    agent_id: str
    name: str
    site: str
    version: str


class Resync(Event, frozen=True, kw_only=True):
    """The desk as a whole, in place of what it was: at the first connection, and after a long absence."""

    why: str
    desk: Desk


class Live(Event, frozen=True, kw_only=True):
    """Everything up to `seq` has been told; what follows happens now."""


class Offer(Event, frozen=True, kw_only=True):
    """A contact is offered. It must be acknowledged by `ack_by`. With `asked_by` that agent asks you into a
    conversation; `before` are the agents who talked to this customer already. With `campaign_id` the customer is
    one whom you call: accept to do so, decline to leave it for later. A customer `called_for` a campaign was called by
    the server, and has answered."""

    offer_id: str
    contact_id: str
    queue_id: str
    ack_by: int
    waited_ms: int
    from_number: str
    asked_by: str = ""
    before: tuple[str, ...] = ()
    campaign_id: str = ""
    called_for: str = ""


class Pop(Event, frozen=True, kw_only=True):
    """Who is calling. Comes with the offer."""

    offer_id: str
    contact_id: str
    pop: ScreenPop | None = None


class PopUpdated(Event, frozen=True, kw_only=True):
    """More is known of who is calling."""

    offer_id: str
    contact_id: str
    pop: ScreenPop | None = None


class Alerting(Event, frozen=True, kw_only=True):
    """It rings, until `expires_at`."""

    offer_id: str
    contact_id: str
    expires_at: int


class OfferOver(Event, frozen=True, kw_only=True):
    """The offer is gone: `declined`, `expired`, or why it was withdrawn."""

    offer_id: str
    contact_id: str
    reason: str


class Connecting(Event, frozen=True, kw_only=True):
    """The offer was accepted; the agent's leg is being rung, at once or when the customer is on hold."""

    offer_id: str
    contact_id: str


class DialProgress(Event, frozen=True, kw_only=True):
    """How far the call is that you wait for: `asked`, `dialled`, `ringing`; or, where nobody was reached, `refused`,
    `cancelled`, `busy`, `no_answer`, `invalid`, `failed`, `blocked` or `unknown`."""

    contact_id: str
    stage: str


class Connected(Event, frozen=True, kw_only=True):
    """Agent and customer hear each other."""

    contact_id: str
    queue_id: str
    waited_ms: int


class Joined(Event, frozen=True, kw_only=True):
    """You are in a conversation that another agent has. A `TalkChanged` follows."""

    contact_id: str
    party_id: str


class TalkChanged(Event, frozen=True, kw_only=True, tag="talk"):
    """The conversation is like this now: who is in it or asked, who is on hold or mute, whether it is recorded."""

    contact_id: str
    talk: DeskTalk


class ConsultStarted(Event, frozen=True, kw_only=True):
    """You asked somebody into the conversation; `with_agent_id` is empty for an outside number."""

    contact_id: str
    party_id: str
    with_agent_id: str


class ConsultAnswered(Event, frozen=True, kw_only=True):
    """Whom you asked is there."""

    contact_id: str
    party_id: str
    with_agent_id: str


class ConsultEnded(Event, frozen=True, kw_only=True):
    """Whom you asked is out of it, or never came: `left`, `ended`, `declined`, `expired`, `not_reached`,
    `not_held` (the customer would have overheard it), `refused` or `contact_left`."""

    contact_id: str
    party_id: str
    with_agent_id: str
    reason: str


class ConferenceStarted(Event, frozen=True, kw_only=True):
    """Customer and parties hear each other."""

    contact_id: str
    agent_ids: tuple[str, ...]


class Transferred(Event, frozen=True, kw_only=True):
    """`from_agent_id` gave the contact away: to `party_id`, who talks to the customer now, or to the line of
    `queue_id`. `to_agent_id` is the agent who has it, or is asked first. `kind` is BLIND or ATTENDED."""

    contact_id: str
    from_agent_id: str
    kind: str
    party_id: str
    to_agent_id: str
    queue_id: str


class Forwarded(Event, frozen=True, kw_only=True):
    """You sent the customer on to an outside number."""

    contact_id: str


class Requeued(Event, frozen=True, kw_only=True):
    """You lost the customer, who is first in line again: `agent_lost` or `room_ended`."""

    contact_id: str
    queue_id: str
    reason: str


class Ended(Event, frozen=True, kw_only=True):
    """The customer's side is over."""

    contact_id: str
    cause: str
    talk_ms: int


class WrapUp(Event, frozen=True, kw_only=True):
    """Time for notes and a disposition, until `ends_at`."""

    contact_id: str
    queue_id: str
    ends_at: int


class WrapUpOver(Event, frozen=True, kw_only=True):
    """`done`, `timeout` or `signed_out`. A disposition is taken until `late_until` (ms; 0: no more), unless the next
    contact is over sooner."""

    contact_id: str
    reason: str
    late_until: int = 0


class LateOver(Event, frozen=True, kw_only=True):
    """Of a contact that has left the desk nothing more can be said."""

    contact_id: str


class Released(Event, frozen=True, kw_only=True):
    """The contact is over without wrap-up."""

    contact_id: str


class Disposed(Event, frozen=True, kw_only=True):
    """What the agent said became of it."""

    contact_id: str
    disposition: str


class State(Event, frozen=True, kw_only=True):
    """What changed of presence and work mode; what is UNSET is as it was."""

    presence: str | UnsetType = UNSET
    ready: bool | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    suspected: bool | UnsetType = UNSET
    leaving: str | UnsetType = UNSET


class SettingsChanged(Event, frozen=True, kw_only=True, tag="settings"):
    """A supervisor changed what can be chosen from."""

    settings: Settings


class Probe(Event, frozen=True, kw_only=True):
    """The server wants to know whether this desktop works."""


class DirectoryAgent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody to ask or to transfer to: only who is READY can be. `since` is when state or reason changed."""

    agent_id: str
    name: str = ""
    state: str = ""
    reason: str = ""
    since: int = 0
    queue_ids: tuple[str, ...] = ()


class DirectoryQueue(msgspec.Struct, frozen=True, kw_only=True):
    """Where a customer can be sent. `waiting` are in line, `ready` are the agents who are free."""

    queue_id: str
    name: str = ""
    waiting: int = 0
    ready: int = 0


class Directory(Event, frozen=True, kw_only=True):
    """The directory as a whole: whenever it is opened, and after a lost connection."""

    agents: tuple[DirectoryAgent, ...] = ()
    queues: tuple[DirectoryQueue, ...] = ()


class DirectoryChanged(Event, frozen=True, kw_only=True):
    """Rows of the directory that are new or have changed, and the ids of those that are gone."""

    agents: tuple[DirectoryAgent, ...] = ()
    queues: tuple[DirectoryQueue, ...] = ()
    agents_gone: tuple[str, ...] = ()
    queues_gone: tuple[str, ...] = ()


class Done(Event, frozen=True, kw_only=True):
    """A request was done."""

    request_id: str


class RequestRefused(Event, frozen=True, kw_only=True, tag="refused"):
    """A request was not done. Without a `request_id`: something that was asked for earlier, and begun, turned out not
    to be allowed. Where a `rule` of calling forbids it, it does so until `next_allowed_at` (-1: nobody knows)."""

    code: str
    detail: str
    request_id: str = ""
    rule: str = ""
    next_allowed_at: int = 0


class Unknown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that this version of the client does not know. `data` is all that was said."""

    type: str
    seq: int
    index: int
    data: dict[str, Any]


AnyEvent = (
    Hello
    | Resync
    | Live
    | Offer
    | Pop
    | PopUpdated
    | Alerting
    | OfferOver
    | Connecting
    | DialProgress
    | Connected
    | Joined
    | TalkChanged
    | ConsultStarted
    | ConsultAnswered
    | ConsultEnded
    | ConferenceStarted
    | Transferred
    | Forwarded
    | Requeued
    | Ended
    | WrapUp
    | WrapUpOver
    | LateOver
    | Released
    | Disposed
    | State
    | SettingsChanged
    | Probe
    | Directory
    | DirectoryChanged
    | Done
    | RequestRefused
)

_decoder = msgspec.json.Decoder(AnyEvent)


def decode(frame: bytes) -> AnyEvent | Unknown:
    """Raises `msgspec.DecodeError` for what is not JSON at all."""
    try:
        event: AnyEvent = _decoder.decode(frame)
        return event
    except msgspec.ValidationError:
        data: dict[str, Any] = msgspec.json.decode(frame, type=dict[str, Any])
        place = {name: value if isinstance(value := data.get(name), int) else 0 for name in ("seq", "index")}
        return Unknown(type=str(data.get("type", "")), data=data, **place)
