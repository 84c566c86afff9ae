"""What sets leads apart in how likely they answer: what is learnt of one is expected of others like it."""

from collections.abc import Iterable

from cti.core.events import ClaimedLead
from cti.core.numbering import Place
from cti.core.state import State
from cti.core.zone import UTC, offset_s

HOUR_MS = 3_600_000
HOURS_APIECE = 2

HOUR = "hour:"
"""How the trait of a time of day begins."""

TRIES_APART = 4
"""From so many calls on, leads are alike in that."""


def traits_of(state: State, lead: ClaimedLead, place: Place, at: int) -> tuple[str, ...]:
    """The list, the time of day where they are, how often they were called, what came of it last, and which of their
    numbers it is."""
    kind = lead.numbers[lead.number_index].kind or "number"
    return (
        f"list:{lead.list_id}",
        hour_trait(state, place, at),
        f"tries:{min(lead.attempts, TRIES_APART)}",
        f"last:{lead.last_outcome or 'none'}",
        f"kind:{kind}",
    )


def hour_trait(state: State, place: Place, at: int) -> str:
    """The time of day there."""
    zone = state.config.zones.get(place.zones[0], UTC) if place.zones else UTC
    hour = (at + 1_000 * offset_s(zone, at)) // HOUR_MS % 24 // HOURS_APIECE * HOURS_APIECE
    return f"{HOUR}{hour}"


def hour_of(traits: Iterable[str]) -> int | None:
    """The even hour that a time of day begins with; None where none is among them."""
    return next((int(each.removeprefix(HOUR)) for each in traits if each.startswith(HOUR)), None)
