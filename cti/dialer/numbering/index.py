"""The numbering tables, made ready to be asked: what every area code of North America says is worked out once."""

import re
from collections import deque
from collections.abc import Iterable

from cti.core.numbering import Area, Numbering, Place
from cti.dialer.numbering.plan import NUMBER

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
NORTH_AMERICA = "1"
AREA_CODE = slice(1, 5)  # of +12025550100: 1202
EXCHANGE = slice(5, 8)
INDEXES_MAX = 4

# Of the United States by law, though they have country codes of their own.
TERRITORIES = {"AS": "US-AS", "GU": "US-GU", "MP": "US-MP", "PR": "US-PR", "VI": "US-VI"}

# Central office codes that no subscriber has: they begin with 0 or 1, are service codes, or are kept for carriers.
EXCHANGES = {
    **{f"{code:03d}": f"no number has the exchange {code:03d}" for code in range(200)},
    **{f"{first}11": f"{first}11 is a service code, not an exchange" for first in range(2, 10)},
    **dict.fromkeys(("950", "958", "959"), "its exchange is kept for carriers and tests"),
    "976": "premium numbers are never rung",
}
DIRECTORY = "5551212"


class Index:
    """One numbering's answers. Zones are sorted by name, so that they do not depend on the order of the tables."""

    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.lengths = sorted({len(prefix) for prefix in numbering.areas}, reverse=True)
        siblings: dict[str, set[str]] = {}
        for complex_ in numbering.overlays:
            for code in complex_:
                siblings.setdefault(code, {code}).update(complex_)
        self.places = {
            prefix: self._place(prefix, sorted(siblings.get(prefix, {prefix})))
            for prefix, area in numbering.areas.items()
            if prefix.startswith(NORTH_AMERICA) and area.states
        }

    def _place(self, prefix: str, codes: list[str]) -> Place:
        areas = [self.numbering.areas[code] for code in codes if code in self.numbering.areas]
        states = union(*(area.states for area in [self.numbering.areas[prefix], *areas]))
        countries = union(state.partition("-")[0] for state in states)
        return Place(
            country=countries[0],
            jurisdictions=(*countries, *states),
            zones=self.used(zone for area in areas for zone in area.zones),
            line="fixed_or_mobile",
        )

    def north_american(self, number: str) -> Place | None:
        """What the area code says; None when the tables do not have it."""
        place = self.places.get(number[AREA_CODE]) if len(number) == len("+12025550100") else None
        if place is None:
            return None
        barred = EXCHANGES.get(number[EXCHANGE]) or ("it is directory assistance" if number[5:] == DIRECTORY else "")
        if not barred:
            return place
        line = "premium" if number[EXCHANGE] == "976" else place.line
        return Place(
            country=place.country,
            jurisdictions=place.jurisdictions,
            zones=place.zones,
            line=line,
            reason=f"{NUMBER}: {barred}",
        )

    def area(self, number: str) -> Area | None:
        """The longest prefix of the tables that the number, in E.164, begins with."""
        for length in self.lengths:
            area = self.numbering.areas.get(number[1 : 1 + length])
            if area is not None:
                return area
        return None

    def used(self, zones: Iterable[str]) -> tuple[str, ...]:
        """The zones by the names that are used, those that are not known as they are."""
        return tuple(sorted({self.numbering.zones.get(zone, zone) for zone in zones}))


def union(*several: Iterable[str]) -> tuple[str, ...]:
    """Every name once, in the order in which they come."""
    return tuple(dict.fromkeys(name for names in several for name in names))


_indexes: deque[Index] = deque(maxlen=INDEXES_MAX)


def index_of(numbering: Numbering) -> Index:
    """The numbering's index, made when it is first asked for. The last few are kept."""
    for index in tuple(_indexes):  # another thread may be adding one
        if index.numbering is numbering:
            return index
    _indexes.append(Index(numbering))
    return _indexes[-1]
