"""What a desktop may ask for, as it comes over the wire, and the event that each request becomes."""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, get_args

import msgspec

from cti.api.parsing import (
    Currency,
    Id,
    Instant,
    LocalTime,
    Millionths,
    Note,
    OptionalId,
    Parser,
    Request,
    Span,
    Word,
)
from cti.core import events as e
from cti.core.states import RecordingAction, TransferKind


class SignIn(Request):
    """Start work. The agent is not ready yet."""


class SignOut(Request):
    """Stop work. Not in a conversation."""


class Ready(Request):
    """Take contacts from now on."""


class NotReady(Request):
    """Take none, for one of the configured reasons. What is going on is finished first."""

    reason: Word


class Acknowledge(Request):
    """The offer is on the screen. Due by its `ack_by`."""

    offer_id: Id


class Accept(Request):
    """Take the offer: the agent's endpoint is rung, then the caller is brought in."""

    offer_id: Id


class Decline(Request):
    """Leave the offer to somebody else."""

    offer_id: Id
    reason: Word = ""


class HangUp(Request):
    """End the conversation."""

    contact_id: Id


class Dispose(Request):
    """Say what became of it. In wrap-up this also ends the wrap-up. By its kind, see the queue's settings, more may be
    said: the `amount` of a success in millionths of the `currency`; when a callback is promised for, in ms or by the
    clock where the customer is, and whether you will make it; after how many seconds to try again."""

    contact_id: Id
    disposition: Word
    note: Note = ""
    amount: Millionths = 0
    currency: Currency = ""
    callback_at: Instant = 0
    callback_local: LocalTime = ""
    callback_for: Literal["", "me"] = ""
    again_s: Span = 0


class EndWrapUp(Request):
    """Done with the contact."""

    contact_id: Id


class NextLead(Request):
    """Be shown somebody to call, who comes as an `offer` with a `campaign_id`: of this campaign, or of any of yours."""

    campaign_id: OptionalId = ""


class DialLead(Request):
    """Call the lead that is shown. What comes of it is told as `dial_progress`, and `connected`."""

    contact_id: Id


class SkipLead(Request):
    """Leave the lead that is shown for later."""

    contact_id: Id
    reason: Word = ""


class DialNumber(Request):
    """Call a number, the number of a short name, or with `redial` the last one again, under the rules of a campaign."""

    campaign_id: OptionalId = ""
    number: Word = ""
    speed: OptionalId = ""
    redial: bool = False


class ProbeAnswered(Request):
    """The desktop works: the answer to a probe."""


class Hold(Request):
    """Music for the customer, or for a party in the conversation. The `talk` says when it is so."""

    contact_id: Id
    party_id: OptionalId = ""


class Retrieve(Request):
    """Back into the conversation."""

    contact_id: Id
    party_id: OptionalId = ""


class Mute(Request):
    """Hear, and not be heard."""

    contact_id: Id


class Unmute(Request):
    """Be heard again."""

    contact_id: Id


class Digits(Request):
    """Tones for the customer's side, or for a party's: up to 32 of `0-9`, `*`, `#`, and `w` for half a second."""

    contact_id: Id
    digits: Word
    party_id: OptionalId = ""


class Transfer(Request):
    """Give the contact away. BLIND: to `destination`, which is `agent:NAME`, `queue:NAME` or `number:+49301234567`.
    ATTENDED: to whom you consulted."""

    contact_id: Id
    kind: TransferKind
    destination: Word = ""


class Consult(Request):
    """Ask `agent:NAME` or `number:+49301234567` into the conversation. The customer waits on hold."""

    contact_id: Id
    destination: Word


class EndConsult(Request):
    """Go on without that party, whether or not it has answered."""

    contact_id: Id
    party_id: Id


class Conference(Request):
    """Everybody off hold."""

    contact_id: Id


class Record(Request):
    """Start, pause, resume or stop the recording, as far as the queue's rule leaves that to agents."""

    contact_id: Id
    action: RecordingAction


class OpenDirectory(Request):
    """Be shown who is free and where how many wait, for as long as this connection lasts."""


class CloseDirectory(Request):
    """No more of it."""


AnyRequest = (
    SignIn
    | SignOut
    | Ready
    | NotReady
    | Acknowledge
    | Accept
    | Decline
    | HangUp
    | Hold
    | Retrieve
    | Mute
    | Unmute
    | Digits
    | Transfer
    | Consult
    | EndConsult
    | Conference
    | Record
    | Dispose
    | EndWrapUp
    | NextLead
    | DialLead
    | SkipLead
    | DialNumber
    | ProbeAnswered
    | OpenDirectory
    | CloseDirectory
)

_EVENTS: dict[type[Request], Callable[..., Any]] = {
    SignIn: e.SignInRequested,
    SignOut: e.SignOutRequested,
    Ready: e.ReadyRequested,
    NotReady: e.NotReadyRequested,
    Acknowledge: e.OfferAcknowledged,
    Accept: e.AcceptRequested,
    Decline: e.DeclineRequested,
    HangUp: e.HangUpRequested,
    Hold: e.HoldRequested,
    Retrieve: e.RetrieveRequested,
    Mute: partial(e.MuteRequested, muted=True),
    Unmute: partial(e.MuteRequested, muted=False),
    Digits: e.DigitsRequested,
    Transfer: e.TransferRequested,
    Consult: e.ConsultRequested,
    EndConsult: e.ConsultEndRequested,
    Conference: e.ConferenceRequested,
    Record: e.RecordingRequested,
    Dispose: e.DispositionGiven,
    EndWrapUp: e.WrapUpEndRequested,
    NextLead: e.NextLeadRequested,
    DialLead: e.LeadDialRequested,
    SkipLead: e.LeadSkipRequested,
    DialNumber: e.NumberDialRequested,
    ProbeAnswered: e.ProbeAnswered,
}
"""A request and its event have the same fields; the event says whose it is. What only this connection is told is no
event: the directory."""

_parser: Parser[Any] = Parser(AnyRequest, get_args(AnyRequest))
KNOWN = _parser.known


def parse_request(text: str) -> AnyRequest:
    """The request that a text frame holds. Raises `Unusable`."""
    request: AnyRequest = _parser.parse(text)
    return request


def to_event(request: AnyRequest, agent_id: str) -> e.AnyEvent:
    """The event that the request is to the rules."""
    event: e.AnyEvent = _EVENTS[type(request)](agent_id=agent_id, **msgspec.structs.asdict(request))
    return event
