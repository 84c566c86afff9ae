"""What a desktop may ask for, as it comes over the wire, and the event that each request becomes."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from cti.core import events as e
from cti.core.base import FrozenMeta
from cti.views.frames import tag_of

REQUEST_BYTES_MAX = 16 * 1024

RequestId = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$", description="chosen by the client, new each time")]
Id = Annotated[str, Meta(min_length=1, max_length=128)]
Word = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=4_000)]


class Request(msgspec.Struct, metaclass=FrozenMeta, tag_field="type", tag=tag_of, forbid_unknown_fields=True):
    """The same `request_id` again is the same request: it has no second effect, and gets the first answer."""

    request_id: RequestId


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
    """Say what became of it. In wrap-up this also ends the wrap-up."""

    contact_id: Id
    disposition: Word
    note: Note = ""


class EndWrapUp(Request):
    """Done with the contact."""

    contact_id: Id


class ProbeAnswered(Request):
    """The desktop works: the answer to a probe."""


AnyRequest = (
    SignIn | SignOut | Ready | NotReady | Acknowledge | Accept | Decline | HangUp | Dispose | EndWrapUp | ProbeAnswered
)

_EVENTS: dict[type[Request], type[e.Event]] = {
    SignIn: e.SignInRequested,
    SignOut: e.SignOutRequested,
    Ready: e.ReadyRequested,
    NotReady: e.NotReadyRequested,
    Acknowledge: e.OfferAcknowledged,
    Accept: e.AcceptRequested,
    Decline: e.DeclineRequested,
    HangUp: e.HangUpRequested,
    Dispose: e.DispositionGiven,
    EndWrapUp: e.WrapUpEndRequested,
    ProbeAnswered: e.ProbeAnswered,
}
"""A request and its event have the same fields; the event says whose it is."""

_decode: Callable[[str], AnyRequest] = msgspec.json.Decoder(AnyRequest).decode

KNOWN = tuple(tag_of(kind.__name__) for kind in _EVENTS)


class Unusable(Exception):
    """Not a request. `code` is stable, the text says what to do instead."""

    def __init__(self, code: str, detail: str, request_id: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.request_id = request_id


class _Outline(msgspec.Struct):
    type: Any = None
    request_id: Any = None


def parse_request(text: str) -> AnyRequest:
    """The request that a text frame holds. Raises `Unusable`."""
    if len(text) > REQUEST_BYTES_MAX:
        raise Unusable("too_large", f"A request has at most {REQUEST_BYTES_MAX} characters; this has {len(text)}.")
    try:
        return _decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _unusable(text, str(error)) from error


def _unusable(text: str, why: str) -> Unusable:
    """Say what is wrong, by the name of the request if it gives one."""
    try:
        outline = msgspec.json.decode(text, type=_Outline)
    except (msgspec.MsgspecError, RecursionError):
        return Unusable("malformed", f"This is not a JSON object ({why}). Send one with `type` and `request_id`.")
    named = outline.request_id if isinstance(outline.request_id, str) else ""
    if outline.type not in KNOWN:
        return Unusable("unknown_request", f"`type` must be one of: {', '.join(KNOWN)}.", named[:64])
    return Unusable("malformed", f"{why}. See docs/asyncapi.json for what {outline.type} takes.", named[:64])


def to_event(request: AnyRequest, agent_id: str) -> e.AnyEvent:
    """The event that the request is to the rules."""
    fields = msgspec.structs.asdict(request)
    return _EVENTS[type(request)](agent_id=agent_id, **fields)  # type: ignore[return-value] # see the table
