"""Time zones as tables of changes, taken from the installed `tzdata` package and never from the machine.

Which changes a table holds depends on the version of the data alone, so one tree gives one configuration on any day.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.metadata import distribution, version
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from cti.core.times import ZoneTable

FIRST_YEAR = 2003
"""The year from which the oldest of the calling rules that are shipped holds."""
YEARS_AFTER = 15
NONE = timedelta()
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - without a zone, as everything here


@lru_cache(maxsize=1)
def data_version() -> str:
    """The version of the zone data, such as `2026.6` for the sixth release after the year's first."""
    return version("tzdata")


def years() -> tuple[int, int]:
    """The first and the last year whose changes the tables hold."""
    return FIRST_YEAR, data_year() + YEARS_AFTER - 1


def data_year() -> int:
    """The year of the zone data."""
    return int(data_version().partition(".")[0])


def data_known_since() -> date:
    """The first day on which the data may have been the newest: that of its installation, but no day before its year,
    for some installers set the files' times to nothing."""
    installed = distribution("tzdata").locate_file("tzdata/zones")
    at = datetime.fromtimestamp(Path(str(installed)).stat().st_mtime, UTC).date()
    return max(at, date(data_year(), 1, 1))


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Every zone there is."""
    return tuple(files("tzdata").joinpath("zones").read_text("ascii").split())


@lru_cache(maxsize=1)
def by_country() -> dict[str, tuple[str, ...]]:
    """The zones of each country (ISO 3166-1), by the names that are used for them there."""
    rows = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines()
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if not row.startswith("#"):
            country, _, zone = row.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found


@lru_cache(maxsize=600)
def table(name: str) -> ZoneTable:
    """The zone's changes from `FIRST_YEAR` to fifteen years after its data; before that, its offset then.

    The name is one of `names()`.
    """
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        zone = ZoneInfo.from_file(file, key=name)
    first_year, last_year = years()
    first, last = (_seconds(datetime(year, 1, 1)) for year in (first_year, last_year + 1))  # noqa: DTZ001 - in UTC
    starts_at, offsets_s = [0], [_offset_s(zone, first)]
    # Zones change at most once a day, so looking at local midnights finds every change, and halving finds its second.
    midnights = _midnights(first_year - 1, last_year + 1)
    offsets = [zone.utcoffset(midnight) or NONE for midnight in midnights]
    for index, (before, after) in enumerate(pairwise(offsets)):
        if before != after:
            day = range(_seconds(midnights[index] - before), _seconds(midnights[index + 1] - after))
            moment = day.start + bisect_left(day, True, key=lambda at: _offset_s(zone, at) != before.total_seconds())
            if first < moment <= last:
                starts_at.append(moment * 1_000)
                offsets_s.append(int(after.total_seconds()))
    return ZoneTable(name=name, starts_at=tuple(starts_at), offsets_s=tuple(offsets_s))


@lru_cache(maxsize=1)
def _midnights(first_year: int, last_year: int) -> list[datetime]:
    """Of every day, as the clocks show it."""
    first = datetime(first_year, 1, 1)  # noqa: DTZ001 - a local time, whatever the zone
    return [first + timedelta(days=days) for days in range((datetime(last_year + 1, 1, 1) - first).days)]  # noqa: DTZ001


def _seconds(utc: datetime) -> int:
    return int((utc - EPOCH).total_seconds())


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
