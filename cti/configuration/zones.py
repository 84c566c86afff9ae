"""Time zones as tables of changes, taken from the installed `tzdata` package and never from the machine.

Which changes a table holds depends on the version of the data alone, so one tree gives one configuration on any day.
"""

from bisect import bisect_left
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.metadata import distribution, version
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from cti.core.times import ZoneTable

YEARS_BEFORE = 1
YEARS_AFTER = 15
DAY_S = 86_400


def data_version() -> str:
    """The version of the zone data, such as `2026.6` for the sixth release after the year's first."""
    return version("tzdata")


def years() -> tuple[int, int]:
    """The first and the last year whose changes the tables hold."""
    year = int(data_version().partition(".")[0])
    return year - YEARS_BEFORE, year + YEARS_AFTER - 1


def data_known_since() -> date:
    """The first day on which the data may have been the newest: that of its installation, but no day before its year,
    for some installers set the files' times to nothing."""
    installed = distribution("tzdata").locate_file("tzdata/zones")
    at = datetime.fromtimestamp(Path(str(installed)).stat().st_mtime, UTC).date()
    return max(at, date(int(data_version().partition(".")[0]), 1, 1))


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Every zone there is."""
    return tuple(files("tzdata").joinpath("zones").read_text("ascii").split())


@lru_cache(maxsize=600)
def table(name: str) -> ZoneTable:
    """The zone's changes from the year before its data to fifteen years after; before that, its offset then.

    The name is one of `names()`.
    """
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        zone = ZoneInfo.from_file(file, key=name)
    first_year, last_year = years()
    first = int(datetime(first_year, 1, 1, tzinfo=UTC).timestamp())
    last = int(datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp())
    starts_at, offsets_s = [0], [_offset_s(zone, first)]
    for day in range(first, last, DAY_S):
        # Zones change at most once a day, so looking at midnights finds every change, and halving finds its second.
        after = _offset_s(zone, day + DAY_S)
        if after != offsets_s[-1]:
            before = offsets_s[-1]
            moment = bisect_left(range(day, day + DAY_S), True, key=lambda at: _offset_s(zone, at) != before)
            starts_at.append((day + moment) * 1_000)
            offsets_s.append(after)
    return ZoneTable(name=name, starts_at=tuple(starts_at), offsets_s=tuple(offsets_s))


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
