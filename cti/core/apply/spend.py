"""How the money spent on outside numbers is counted."""

from collections.abc import Callable
from typing import Any

from cti.core.base import Moment, changed
from cti.core.dial import HOUR_MS
from cti.core.events import SpendCapReached, SpendCommitted, SpendEnded, SpendMinuteBegan, SpendRunning
from cti.core.spend import AGENT_HOUR, MINUTE_MS, SITE_HOUR, Metered, Spend
from cti.core.state import State
from cti.core.zone import local_day, site_zone

MINUTE = "dial_minute"


def spend_of(state: State, agent_id: str, at: int) -> Spend:
    """What was spent by `at`, in the hour and on the day that it is then."""
    hour, day = at // HOUR_MS, local_day(site_zone(state.config), at)
    spend = state.spends.get(agent_id) or Spend(agent_id=agent_id, hour=hour, day=day)
    if spend.hour != hour:
        alarmed = tuple(rule for rule in spend.alarmed if rule not in (AGENT_HOUR, SITE_HOUR))
        spend = changed(spend, hour=hour, in_hour=0, alarmed=alarmed)
    if spend.day != day:
        spend = changed(spend, day=day, in_day=0, alarmed=())
    return spend


def _charge(state: State, agent_id: str, price: int, at: int) -> None:
    for whose in dict.fromkeys(("", agent_id)):
        spend = spend_of(state, whose, at)
        state.spends.put(whose, changed(spend, in_hour=spend.in_hour + price, in_day=spend.in_day + price))


def _give_back(state: State, metered: Metered, at: int) -> None:
    """To the hour and to the day, each if it is still the one in which it was counted."""
    zone, then = site_zone(state.config), metered.committed_at
    from_hour = metered.price if then // HOUR_MS == at // HOUR_MS else 0
    from_day = metered.price if local_day(zone, then) == local_day(zone, at) else 0
    for whose in dict.fromkeys(("", metered.agent_id)):
        spend = spend_of(state, whose, at)
        in_hour, in_day = max(0, spend.in_hour - from_hour), max(0, spend.in_day - from_day)
        state.spends.put(whose, changed(spend, in_hour=in_hour, in_day=in_day))


def apply_committed(state: State, event: SpendCommitted, now: Moment) -> None:
    """What has no leg of ours runs from the beginning, for all that we know."""
    _charge(state, event.agent_id, event.price, now.at)
    if event.key:
        metered = Metered(
            key=event.key,
            dial_id=event.dial_id,
            agent_id=event.agent_id,
            price=event.price,
            committed_at=now.at,
        )
        state.metered.put(event.key, metered)
        if not event.rings:
            _next_minute(state, metered, now.at + MINUTE_MS)


def apply_running(state: State, event: SpendRunning, now: Moment) -> None:
    _next_minute(state, state.metered[event.key], now.at + MINUTE_MS)


def apply_minute_began(state: State, event: SpendMinuteBegan, now: Moment) -> None:
    metered = state.metered[event.key]
    _charge(state, metered.agent_id, metered.price, now.at)
    _next_minute(state, metered, metered.minute_at + MINUTE_MS)


def _next_minute(state: State, metered: Metered, minute_at: int) -> None:
    state.metered.put(metered.key, changed(metered, minute_at=minute_at))
    state.deadlines.add(minute_at, MINUTE, metered.key)


def apply_ended(state: State, event: SpendEnded, now: Moment) -> None:
    """What nobody answered costs nothing."""
    metered = state.metered[event.key]
    state.metered.drop(event.key)
    if event.refunded:
        _give_back(state, metered, now.at)


def apply_cap_reached(state: State, event: SpendCapReached, now: Moment) -> None:
    spend = spend_of(state, event.agent_id, now.at)
    state.spends.put(event.agent_id, changed(spend, alarmed=(*spend.alarmed, event.rule)))


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    SpendCommitted: apply_committed,
    SpendRunning: apply_running,
    SpendMinuteBegan: apply_minute_began,
    SpendEnded: apply_ended,
    SpendCapReached: apply_cap_reached,
}
