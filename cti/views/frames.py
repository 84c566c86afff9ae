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
from cti.core.states import EndCause, Presence
from cti.views.desk import Desk, Settings


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
    """A contact is offered. Acknowledge it by `ack_by`, or it goes to somebody else."""

    offer_id: str
    contact_id: str
    queue_id: str
    ack_by: int
    waited_ms: int
    from_number: str


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
    """The offer was accepted; the agent's leg is being rung."""

    offer_id: str
    contact_id: str


class Connected(Frame):
    """Agent and customer hear each other."""

    contact_id: str
    queue_id: str
    waited_ms: int


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
    """`reason` is `done`, `timeout` or `signed_out`. The contact leaves the desk."""

    contact_id: str
    reason: str


class Released(Frame):
    """The contact leaves the desk without wrap-up."""

    contact_id: str


class Disposed(Frame):
    """What the agent said became of it."""

    contact_id: str
    disposition: str


class State(Frame):
    """What changed of presence and work mode; a field that is not there is as it was."""

    presence: Presence | UnsetType = UNSET
    ready: bool | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    suspected: bool | UnsetType = UNSET


class SettingsChanged(Frame, tag="settings"):
    """A supervisor changed what can be chosen from."""

    settings: Settings


class Probe(Frame):
    """Answer `probe_answered` to show that this desktop works: until then nothing is offered."""


class Done(Frame):
    """What was asked for was done, or was so already."""

    request_id: str


class Refused(Frame):
    """What was asked for was not done. `code` is stable, `detail` says what to do instead."""

    code: str
    detail: str
    request_id: str = ""


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
    | Connected
    | Ended
    | WrapUp
    | WrapUpOver
    | Released
    | Disposed
    | State
    | SettingsChanged
    | Probe
    | Done
    | Refused
)

encode = msgspec.json.Encoder().encode
