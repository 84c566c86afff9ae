"""What events say about an agent's presence and work mode, in the fields of `cti.core.agent.Agent`."""

from collections.abc import Callable
from typing import Any, TypedDict

from cti.core import events as e
from cti.core.states import Presence


class Changes(TypedDict, total=False):
    """Fields that are not there stay as they were."""

    presence: Presence
    ready: bool
    reason: str
    suspected: bool
    leaving: str


def changes_of(event: Any) -> Changes | None:
    """What the event changes; None for events about something else."""
    function = _TABLE.get(type(event))
    return function(event) if function else None


def _signed_in(event: e.AgentSignedIn) -> Changes:
    return {"presence": Presence.SIGNED_IN, "ready": False, "reason": "signed_in", "suspected": False}


def _signed_out(event: e.AgentSignedOut) -> Changes:
    return {"presence": Presence.SIGNED_OUT, "ready": False, "reason": "", "suspected": False}


def _absent(event: e.AgentAbsent) -> Changes:
    return {"presence": Presence.ABSENT, "ready": False, "reason": "absent", "leaving": ""}


def _returned(event: e.AgentReturned) -> Changes:
    return {"presence": Presence.SIGNED_IN}


def _ready(event: e.AgentReady) -> Changes:
    return {"ready": True, "reason": "", "leaving": ""}


def _not_ready(event: e.AgentNotReady) -> Changes:
    return {"ready": False, "reason": event.reason, "leaving": ""}


def _put_off(event: e.LeavePutOff) -> Changes:
    return {"leaving": event.reason}


def _suspected(event: e.DeviceSuspected) -> Changes:
    return {"suspected": True}


def _proven(event: e.DeviceProven) -> Changes:
    return {"suspected": False}


_TABLE: dict[type, Callable[[Any], Changes]] = {
    e.AgentSignedIn: _signed_in,
    e.AgentSignedOut: _signed_out,
    e.AgentAbsent: _absent,
    e.AgentReturned: _returned,
    e.AgentReady: _ready,
    e.AgentNotReady: _not_ready,
    e.LeavePutOff: _put_off,
    e.DeviceSuspected: _suspected,
    e.DeviceProven: _proven,
}
