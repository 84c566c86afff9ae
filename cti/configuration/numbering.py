"""The numbering tables as the rules read them: ranges spelled out, every name of a zone with the one that is used."""

import hashlib
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


def zones_of(numbering: Numbering) -> tuple[str, ...]:
    """Every zone that a number or an address may turn out to have, a stated one aside."""
    tables = (
        *(area.zones for area in numbering.areas.values()),
        *(area.zones for area in numbering.postcodes.values()),
        *numbering.states.values(),
        *numbering.countries.values(),
        *TIMEZONE_DATA.values(),
    )
    used = {numbering.zones.get(zone, "") for zone in chain.from_iterable(tables)}
    return tuple(sorted(used - {""}))


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
