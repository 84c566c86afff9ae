"""Writes the tables of docs/reference/zones.md: `python tools/make_zones.py`.

phonenumbers' own zones and its geocoder are the independent judges here. Wherever they and the tables say different
things, the table's line must say why, and the page lists it.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.geodata import GEOCODE_DATA
from phonenumbers.phonemetadata import PhoneMetadata
from phonenumbers.tzdata import TIMEZONE_DATA
from pydantic import TypeAdapter

from cti.configuration import document
from cti.configuration.numbering import zone_names
from cti.configuration.written.numbering import NanpWritten, PlacesWritten, PostcodesWritten
from cti.configuration.zones import data_version

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "zones.md"
COMPARED_DAYS = 2 * 366
FOLDER = ROOT / "config" / "calling_rules" / "numbering"

NAMES = {
    line.rpartition(" ")[0].strip(): line.rpartition(" ")[2]
    for line in """\
Alabama AL;Alaska AK;Arizona AZ;Arkansas AR;California CA;Colorado CO;Connecticut CT;Delaware DE;Washington D.C. DC;
Florida FL;Georgia GA;Hawaii HI;Idaho ID;Illinois IL;Indiana IN;Iowa IA;Kansas KS;Kentucky KY;Louisiana LA;Maine ME;
Maryland MD;Massachusetts MA;Michigan MI;Minnesota MN;Mississippi MS;Missouri MO;Montana MT;Nebraska NE;Nevada NV;
New Hampshire NH;New Jersey NJ;New Mexico NM;New York NY;North Carolina NC;North Dakota ND;Ohio OH;Oklahoma OK;
Oregon OR;Pennsylvania PA;Rhode Island RI;South Carolina SC;South Dakota SD;Tennessee TN;Texas TX;Utah UT;Vermont VT;
Virginia VA;Washington State WA;West Virginia WV;Wisconsin WI;Wyoming WY;Alberta AB;British Columbia BC;
British Colombia BC;Manitoba MB;New Brunswick NB;Newfoundland and Labrador NL;Ontario ON;Quebec QC;Saskatchewan SK
""".replace("\n", "").split(";")
}
SEVERAL = {
    "Nova Scotia/Prince Edward Island": {"NS", "PE"},
    "Northwest Territories/Nunavut/Yukon": {"NT", "NU", "YT"},
}

BEGINS, ENDS = "<!-- made by tools/make_zones.py: begins -->\n", "<!-- made by tools/make_zones.py: ends -->\n"


class Row(NamedTuple):
    """One difference."""

    key: str
    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    why: str


def written(name: str, shape: Any) -> Any:
    """A file of the shipped tables, as its model."""
    root, mistakes = document.parse((FOLDER / name).read_text("utf-8"), name)
    assert root is not None, mistakes
    return TypeAdapter(shape).validate_python(root.plain())


def tables() -> tuple[NanpWritten, PostcodesWritten, PlacesWritten]:
    """All three."""
    return (
        written("nanp.yaml", NanpWritten),
        written("us_postcodes.yaml", PostcodesWritten),
        written("zones.yaml", PlacesWritten),
    )


def first_year() -> int:
    """Clocks are compared from the year after the data's."""
    return int(data_version().partition(".")[0]) + 1


@lru_cache
def clock(name: str) -> tuple[tuple[int, timedelta | None], ...]:
    """What it shows, over two years: day by day, each offset where it begins."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        zone = ZoneInfo.from_file(file, key=name)
    noon = datetime(first_year(), 1, 1, 12, tzinfo=UTC)
    offsets = [(noon + timedelta(days=day)).astimezone(zone).utcoffset() for day in range(COMPARED_DAYS)]
    return tuple((day, offset) for day, offset in enumerate(offsets) if day == 0 or offsets[day - 1] != offset)


def differ(ours: Iterable[str], theirs: Iterable[str]) -> bool:
    """Whether the two sets of zones show different times."""
    return {clock(name) for name in ours} != {clock(name) for name in theirs}


def known(prefixes: str) -> tuple[str, ...]:
    """Phonenumbers' zones of all prefixes that begin so, by the names used here."""
    found = {zone for prefix, zones in TIMEZONE_DATA.items() if re.match(prefixes, prefix) for zone in zones}
    return tuple(sorted(zone_names()[zone] for zone in found))


def area_codes(nanp: NanpWritten) -> Iterator[Row]:
    """Zones of area codes."""
    for code, area in nanp.areas.items():
        theirs = known(f"1{code}")
        if differ(area.zones, theirs):
            yield Row(code, theirs, tuple(area.zones), area.source or "")


def area_code_states(nanp: NanpWritten) -> Iterator[Row]:
    """States of area codes, by the places that phonenumbers' geocoder knows."""
    named: dict[str, set[str]] = {}
    for prefix, places in GEOCODE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= 4 and "en" in places:
            named.setdefault(prefix[1:4], set()).update(_states(places["en"]))
    for code, area in nanp.areas.items():
        ours = {state.partition("-")[2] for state in area.states}
        if named.get(code, set()) - ours:
            yield Row(code, tuple(sorted(named[code])), tuple(sorted(ours)), area.source or "")


def _states(place: str) -> set[str]:
    last = place.rpartition(", ")[2]
    if last in SEVERAL:
        return SEVERAL[last]
    if last in NAMES:
        return {NAMES[last]}
    return {last} if last in NAMES.values() else set()


def prefixes(places: PlacesWritten) -> Iterator[Row]:
    """Zones by the first digits of numbers elsewhere."""
    for prefix, row in places.prefixes.items():
        theirs = known(prefix) or _longest(prefix)
        if differ(row.zones, theirs):
            yield Row(f"+{prefix}", theirs, tuple(row.zones), row.source or "")


def _longest(digits: str) -> tuple[str, ...]:
    found = next((digits[:end] for end in range(len(digits), 0, -1) if digits[:end] in TIMEZONE_DATA), "")
    return tuple(sorted(zone_names()[zone] for zone in TIMEZONE_DATA.get(found, ())))


def countries(places: PlacesWritten) -> Iterator[Row]:
    """All zones of a country, which are those of its mobiles."""
    for country, row in places.countries.items():
        code = phonenumbers.country_code_for_region(country)
        if code == 1:
            metadata = PhoneMetadata.metadata_for_region(country, None)
            assert metadata is not None
            theirs = known(f"1(?:{metadata.leading_digits})")
        else:
            theirs = _longest(str(code))
        if differ(row.zones, theirs):
            yield Row(country, theirs, tuple(row.zones), row.source or "")


def page() -> str:
    """The page as it stands, with its tables made anew."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGINS)
    _, _, after = rest.partition(ENDS)
    return f"{before}{BEGINS}\n{differences()}{ENDS}{after}"


def differences() -> str:
    """All of them, and what they were found by."""
    nanp, _, places = tables()
    found_by = (
        f"phonenumbers {phonenumbers.__version__}, by the clocks of tzdata {data_version()} from {first_year()} on"
    )
    left_out = "\n".join(f"- `{zone}`: {why}" for zone, why in places.left_out.items())
    return "".join(
        [
            f"Compared with {found_by}.\n\n",
            _section("Area codes: zones", "Area code", area_codes(nanp)),
            _section("Area codes: states, by phonenumbers' geocoder", "Area code", area_code_states(nanp)),
            _section("First digits of other numbers", "Numbers", prefixes(places)),
            _section("Countries as a whole, as for mobiles", "Country", countries(places)),
            f"### Zones that no state or country here has\n\n{left_out}\n\n",
        ]
    )


def _section(title: str, key: str, rows: Iterable[Row]) -> str:
    lines = [f"| {row.key} | {_list(row.theirs)} | {_list(row.ours)} | {row.why} |" for row in rows]
    return "\n".join([f"### {title}\n", f"| {key} | phonenumbers | here | why |", "|---|---|---|---|", *lines, "", ""])


def _list(names: Iterable[str]) -> str:
    return ", ".join(name.removeprefix("America/") for name in sorted(names)) or "nothing"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} written\n")
