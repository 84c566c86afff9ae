"""Who is served first when not all can be: what an input is about, in four ranks.

A call that is on already comes before one that is new: a caller who hears nothing hangs up, one who is held comes
again. A new call comes before what agents ask for, and that before what supervisors and administrators do. What has a
caller waiting for it counts as a live call, whoever says it: an agent's answer to an offer, or that a desktop is there.
"""

from enum import IntEnum

from cti.core.events import (
    AcceptRequested,
    AnyEvent,
    CallArrived,
    DeclineRequested,
    DesktopConnected,
    DesktopDisconnected,
    OfferAcknowledged,
    ProbeAnswered,
    SuppressionRequested,
)
from cti.core.state import State


class Rank(IntEnum):
    """The lowest number first."""

    LIVE_CALLS = 0
    NEW_CALLS = 1
    AGENTS = 2
    REPORTS = 3


_FOR_A_CALLER = {
    AcceptRequested,
    DeclineRequested,
    DesktopConnected,
    DesktopDisconnected,
    OfferAcknowledged,
    ProbeAnswered,
}


def rank_of(event: AnyEvent, actor: str, state: State) -> Rank:
    """The rank of an input. A call that arrives again, such as by the fallback, is a live one. Who does not want to be
    called any more is not kept waiting, whoever says so; unless it is one of a whole file."""
    kind = type(event)
    if isinstance(event, SuppressionRequested):
        return Rank.REPORTS if event.origin == "import" else Rank.LIVE_CALLS
    if kind is CallArrived:
        return Rank.LIVE_CALLS if event.provider_ref in state.leg_by_ref else Rank.NEW_CALLS  # type: ignore[union-attr]
    if actor in ("carrier", "clock", "server", "survey") or kind in _FOR_A_CALLER:
        return Rank.LIVE_CALLS
    if actor == "admin" or actor.startswith("supervisor:"):
        return Rank.REPORTS
    return Rank.AGENTS if actor.startswith("agent:") else Rank.LIVE_CALLS
