"""Why a number may not be rung, for the person who wants to ring it."""

from cti.core.events import DialRefused
from cti.core.state import State
from cti.core.zone import UTC, clock, date_of, local_day


def why_not(state: State, refused: DialRefused) -> str:
    """The rule, what it says, and from when on it will not, by the clock where the person is."""
    said = refused.detail.rstrip(".")
    words = f"{refused.rule}: {said}."
    if refused.next_allowed_at < 0:
        return words
    return f"{words} It may be rung from {when(state, refused.next_allowed_at, zone_of(refused))} on."


def zone_of(refused: DialRefused) -> str:
    """The first zone in which the person may be."""
    zones = refused.clearance.facts.zones if refused.clearance else ()
    return zones[0] if zones else ""


def when(state: State, at: int, zone_name: str) -> str:
    """The instant, by the clock there; by the site's where that is not known."""
    name = zone_name if zone_name in state.config.zones else state.config.zone
    zone = state.config.zones.get(name, UTC)
    return f"{date_of(local_day(zone, at))} {clock(zone, at)} ({name})"
