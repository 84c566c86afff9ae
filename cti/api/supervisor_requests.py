"""What a supervisor may ask for, and the event that each request becomes."""

from typing import Any, Literal, get_args

import msgspec

from cti.api.parsing import Id, Parser, Request, Word
from cti.core import events as e
from cti.core.states import SupervisorMode


class Supervise(Request):
    """Hear a conversation on your own phone: MONITOR (nobody hears you), WHISPER (the agent does) or BARGE (everybody
    does). Asked again with another mode it changes the mode."""

    contact_id: Id
    mode: SupervisorMode


class EndSupervision(Request):
    """Out of it again; hanging up does the same."""

    contact_id: Id


class ForceState(Request):
    """Put an agent into a state. `reason`, one of the configured ones, is for `not_ready`. Signing out is refused in a
    conversation."""

    agent_id: Id
    state: Literal["ready", "not_ready", "signed_out"]
    reason: Word = ""


class ResumeDials(Request):
    """Outside numbers may be rung again, and are counted anew, after the alarm that the site rang too many."""


AnySupervisorRequest = Supervise | EndSupervision | ForceState | ResumeDials

_EVENTS: dict[type[Request], type[e.Event]] = {
    Supervise: e.SupervisionRequested,
    EndSupervision: e.SupervisionEndRequested,
    ForceState: e.StateForced,
    ResumeDials: e.DialsResumeRequested,
}
"""A request and its event have the same fields; the event says who asks."""

_parser: Parser[Any] = Parser(AnySupervisorRequest, get_args(AnySupervisorRequest))


def parse_supervisor_request(text: str) -> AnySupervisorRequest:
    """The request that a text frame holds. Raises `Unusable`."""
    request: AnySupervisorRequest = _parser.parse(text)
    return request


def supervisor_event(request: AnySupervisorRequest, supervisor_id: str) -> e.AnyEvent:
    """The event that the request is to the rules."""
    fields = msgspec.structs.asdict(request)
    return _EVENTS[type(request)](supervisor_id=supervisor_id, **fields)  # type: ignore[return-value] # see the table
