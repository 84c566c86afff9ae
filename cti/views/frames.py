"""What is said on an agent's socket. A frame tells one change of the desk; `cti.views.apply_frame` makes that change.

Frames of the record carry where they stand in it: `seq` counts the site's turns, `index` the frames of one turn. The
two are a desktop's cursor. A frame with `seq` 0 is said by the connection itself and moves no cursor.
"""

import re
from typing import TypedDict

import msgspec
from msgspec import UNSET, UnsetType

from cti.core.base import FrozenMeta
from cti.core.events import ScreenPop
from cti.core.states import EndCause, Presence, TransferKind
from cti.views.desk import Desk, DeskTalk, Settings
from cti.views.directory_rows import DirectoryAgent, DirectoryQueue


def tag_of(name: str) -> str:
    """`OfferOver` is called `offer_over` on the wire."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Stamp(TypedDict):
    """What every frame begins with."""

    seq: int
    index: int
    at: int


class Frame(msgspec.Struct, metaclass=FrozenMeta, tag_field="type", tag=tag_of):
    """`at` is when it happened, in ms."""

    seq: int
    index: int
    at: int


class Offer(Frame):
    """A contact is offered. Acknowledge it by `ack_by`, or it goes to somebody else. With `asked_by` another agent asks
    you into a conversation; `before` are the agents who talked to this customer already. With `campaign_id` it is a
    customer whom you call: accept, or `dial_lead`, to do so; decline, or `skip_lead`, to leave it for later. A
    customer `called_for` a campaign was called by the server, and has answered."""

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


class Pop(Frame):
    """Who is calling. Comes with the offer, before the ring."""

    offer_id: str
    contact_id: str
    pop: ScreenPop | None


class PopUpdated(Frame):
    """More is known of who is calling: this replaces the pop."""

    offer_id: str
    contact_id: str
    pop: ScreenPop | None


class Alerting(Frame):
    """The offer was acknowledged in time: it rings until `expires_at`."""

    offer_id: str
    contact_id: str
    expires_at: int


class OfferOver(Frame):
    """The offer is gone. `reason` is `declined`, `expired`, or why it was withdrawn."""

    offer_id: str
    contact_id: str
    reason: str


class Connecting(Frame):
    """The offer was accepted; the agent's leg is being rung, at once or when the customer is on hold."""

    offer_id: str
    contact_id: str


class DialProgress(Frame):
    """How far the call is that you wait for: `asked`, `dialled`, `ringing`; or, where nobody was reached, `refused`,
    `cancelled`, `busy`, `no_answer`, `invalid`, `failed`, `blocked` or `unknown`."""

    contact_id: str
    stage: str


class Connected(Frame):
    """Agent and customer hear each other."""

    contact_id: str
    queue_id: str
    waited_ms: int


class Joined(Frame):
    """You are in a conversation that another agent has. A `talk` follows."""

    contact_id: str
    party_id: str


class TalkChanged(Frame, tag="talk"):
    """The conversation is like this now: who is in it or asked, who is on hold or mute, whether it is recorded."""

    contact_id: str
    talk: DeskTalk


class ConsultStarted(Frame):
    """You asked somebody into the conversation; `with_agent_id` is empty for an outside number."""

    contact_id: str
    party_id: str
    with_agent_id: str


class ConsultAnswered(Frame):
    """Whom you asked is there."""

    contact_id: str
    party_id: str
    with_agent_id: str


class ConsultEnded(Frame):
    """Whom you asked is out of it, or never came. `reason` is `left`, `ended`, `declined`, `expired`, `not_reached`,
    `not_held` (the customer would have overheard it), `refused` or `contact_left`."""

    contact_id: str
    party_id: str
    with_agent_id: str
    reason: str


class ConferenceStarted(Frame):
    """Customer and parties hear each other."""

    contact_id: str
    agent_ids: tuple[str, ...]


class Transferred(Frame):
    """`from_agent_id` gave the contact away: to `party_id`, who talks to the customer now, or to the line of
    `queue_id`. `to_agent_id` is the agent who has it, or is asked first. Said to who gave it, and to who has it now."""

    contact_id: str
    from_agent_id: str
    kind: TransferKind
    party_id: str
    to_agent_id: str
    queue_id: str


class Forwarded(Frame):
    """You sent the customer on to an outside number."""

    contact_id: str


class Requeued(Frame):
    """You lost the customer, who is first in line again. `reason` is `agent_lost` or `room_ended`."""

    contact_id: str
    queue_id: str
    reason: str


class Ended(Frame):
    """The customer's side is over. What the agent still has to do comes as `wrap_up` or `released`."""

    contact_id: str
    cause: EndCause
    talk_ms: int


class WrapUp(Frame):
    """Time for notes and a disposition, until `ends_at`."""

    contact_id: str
    queue_id: str
    ends_at: int


class WrapUpOver(Frame):
    """`reason` is `done`, `timeout` or `signed_out`. The contact leaves the desk; a disposition of it is taken until
    `late_until` (ms; 0: no more), unless your next contact is over sooner."""

    contact_id: str
    reason: str
    late_until: int = 0


class LateOver(Frame):
    """Of a contact that has left the desk nothing more can be said: something was, the time is over, or your next
    contact is."""

    contact_id: str


class Released(Frame):
    """The contact leaves the desk without wrap-up."""

    contact_id: str


class Disposed(Frame):
    """What the agent said became of it."""

    contact_id: str
    disposition: str


class State(Frame):
    """What changed of presence and work mode; a field that is not there is as it was. `leaving` is why the agent will
    not be ready once calls that count on them are over, some seconds later: a reason, or `signing_out`; empty: it is
    taken back, or done."""

    presence: Presence | UnsetType = UNSET
    ready: bool | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    suspected: bool | UnsetType = UNSET
    leaving: str | UnsetType = UNSET


class SettingsChanged(Frame, tag="settings"):
    """A supervisor changed what can be chosen from."""

    settings: Settings


class Probe(Frame):
    """Answer `probe_answered` to show that this desktop works: until then nothing is offered."""


class Directory(Frame):
    """Whom you can ask or transfer to, as a whole: the answer to `open_directory`. Not of the record."""

    agents: tuple[DirectoryAgent, ...]
    queues: tuple[DirectoryQueue, ...]


class DirectoryChanged(Frame):
    """Rows of the directory that are new or have changed, and the ids of those that are gone. At most one a second."""

    agents: tuple[DirectoryAgent, ...]
    queues: tuple[DirectoryQueue, ...]
    agents_gone: tuple[str, ...] = ()
    queues_gone: tuple[str, ...] = ()


class Done(Frame):
    """What was asked for was done, or was so already."""

    request_id: str


class Refused(Frame):
    """What was asked for was not done. `code` is stable, `detail` says what to do instead. Without a `request_id` it is
    about something that was asked for earlier, and begun, and turned out not to be allowed. Where a `rule` of calling
    forbids it, it does so until `next_allowed_at` (-1: nobody knows)."""

    code: str
    detail: str
    request_id: str = ""
    rule: str = ""
    next_allowed_at: int = 0


class Hello(Frame):
    """The first frame of every connection."""

    agent_id: str
    name: str
    site: str
    version: str


class Resync(Frame):
    """The whole desk as of `seq`: it replaces what the desktop had. `why` is `no_cursor`, `too_old` or `unknown`."""

    why: str
    desk: Desk


class Live(Frame):
    """Everything up to `seq` has been said; what follows happens now."""


AgentFrame = (
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
    | Refused
)

encode = msgspec.json.Encoder().encode
