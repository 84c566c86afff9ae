"""The numbering tables as the rules read them: ranges spelled out, every name of a zone with the one that is used."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from itertools import chain

import msgspec
import phonenumbers
from phonenumbers.tzdata import TIMEZONE_DATA

from cti.configuration.written.numbering import AreaWritten, NanpWritten, PlacesWritten, PostcodesWritten, beginnings
from cti.configuration.zones import by_country, names
from cti.core.base import changed
from cti.core.numbering import Area, Numbering

FILES = {"nanp.yaml": NanpWritten, "us_postcodes.yaml": PostcodesWritten, "zones.yaml": PlacesWritten}
"""What each file of calling_rules/numbering holds. None may be missing when another is there."""

NORTH_AMERICA = "1"
BY_STATES = ("US", "CA")
PLACEHOLDERS = ("Factory",)

_canonical = msgspec.json.Encoder(order="deterministic")


def resolve(nanp: NanpWritten, postcodes: PostcodesWritten, places: PlacesWritten) -> Numbering:
    """The tables of the three files, with a version that says which they are and which phonenumbers goes with them."""
    areas = {f"{NORTH_AMERICA}{code}": _area(area) for code, area in nanp.areas.items()}
    areas |= {
        prefix: Area(states=(), zones=tuple(sorted(found.zones)), source=(found.source or "").strip())
        for prefix, found in places.prefixes.items()
    }
    by_code = {key: _area(area) for written, area in postcodes.postcodes.items() for key in beginnings(written)}
    by_code |= {letter: _area(area) for letter, area in places.canadian_postcodes.items()}
    states = {code: tuple(sorted(found.zones)) for code, found in sorted(places.states.items())}
    numbering = Numbering(
        version="",
        areas=dict(sorted(areas.items())),
        states=states,
        countries=_countries(places, states),
        postcodes=dict(sorted(by_code.items())),
        overlays=tuple(
            sorted(tuple(f"{NORTH_AMERICA}{code}" for code in sorted(row.split())) for row in nanp.overlays)
        ),
        zones=zone_names(),
    )
    digest = hashlib.sha256(_canonical.encode(numbering)).hexdigest()
    return changed(numbering, version=f"{digest[:16]}+phonenumbers-{phonenumbers.__version__}")


def zones_of(numbering: Numbering, countries: Iterable[str]) -> tuple[str, ...]:
    """Every zone that a number or an address of these countries may turn out to have, a stated one aside."""
    asked = set(countries)
    codes = {str(phonenumbers.country_code_for_region(country)) for country in asked}
    asked.update(*(_sharing(code) for code in codes))
    tables = (
        *(zones for country, zones in numbering.countries.items() if country in asked),
        *(zones for state, zones in numbering.states.items() if state[:2] in asked),
        *(area.zones for area in numbering.postcodes.values() if _lies_in(area, asked)),
        *(area.zones for prefix, area in numbering.areas.items() if _lies_in(area, asked) or _begins(prefix, codes)),
        *(zones for prefix, zones in TIMEZONE_DATA.items() if _begins(prefix, codes)),
    )
    used = {numbering.zones.get(zone, "") for zone in chain.from_iterable(tables)}
    return tuple(sorted(used - {""}))


def _sharing(code: str) -> tuple[str, ...]:
    """The other territories of the calling code. North America's are told apart by their area codes."""
    return () if code == NORTH_AMERICA else phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())


def _lies_in(area: Area, countries: set[str]) -> bool:
    return any(state.partition("-")[0] in countries for state in area.states)


def _begins(prefix: str, codes: set[str]) -> bool:
    """No calling code begins another, and none has more than three digits."""
    return prefix[0] != NORTH_AMERICA and any(prefix[:length] in codes for length in (1, 2, 3))


@lru_cache(maxsize=1)
def zone_names() -> dict[str, str]:
    """Every zone of the installed data with the name that is used for it: its own where the list of countries' zones
    has it (`Europe/Oslo`), otherwise that of the zone it is another name for (`Asia/Kolkata` for `Asia/Calcutta`)."""
    folder = files("tzdata").joinpath("zoneinfo")
    kept = set(chain.from_iterable(by_country().values()))
    links = [
        row.split() for row in folder.joinpath("tzdata.zi").read_text("utf-8").splitlines() if row.startswith("L ")
    ]
    targets = {name: target for _, target, name in links}
    return {name: _used(name, kept, targets) for name in sorted(names()) if name not in PLACEHOLDERS}


def _used(name: str, kept: set[str], targets: dict[str, str]) -> str:
    while name not in kept and name in targets:
        name = targets[name]
    return name


def _area(written: AreaWritten) -> Area:
    return Area(states=tuple(written.states), zones=tuple(sorted(written.zones)), source=(written.source or "").strip())


def _countries(places: PlacesWritten, states: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found = {country: tuple(sorted(row.zones)) for country, row in places.countries.items()}
    for country in BY_STATES:
        inside = chain.from_iterable(zones for code, zones in states.items() if code.startswith(f"{country}-"))
        found[country] = tuple(sorted(set(inside)))
    return dict(sorted(found.items()))
