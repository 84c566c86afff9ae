"""Local time from a zone's table, for instants in milliseconds UTC."""

from bisect import bisect_right
from datetime import date

from cti.core.config import SiteConfig
from cti.core.times import ZoneTable

DAY_S = 24 * 60 * 60
DAYS_FROM_MONDAY = 3  # 1970-01-01 was a Thursday
EPOCH = date(1970, 1, 1).toordinal()

UTC = ZoneTable(name="UTC", starts_at=(0,), offsets_s=(0,))


def offset_s(zone: ZoneTable, at: int) -> int:
    """Seconds east of UTC at `at`; before the table's first change, the first offset."""
    return zone.offsets_s[max(0, bisect_right(zone.starts_at, at) - 1)]


def site_zone(config: SiteConfig) -> ZoneTable:
    """The zone in which the site counts its days."""
    return config.zones.get(config.zone, UTC)


def local_day(zone: ZoneTable, at: int) -> int:
    """Which day it is there, counted from 1970-01-01."""
    return (at // 1_000 + offset_s(zone, at)) // DAY_S


def date_of(day: int) -> str:
    """The ISO date of a day counted from 1970-01-01."""
    return date.fromordinal(EPOCH + day).isoformat()


def day_of(iso: str) -> int:
    """The day, counted from 1970-01-01, of an ISO date."""
    return date.fromisoformat(iso).toordinal() - EPOCH


def weekday_of(day: int) -> int:
    """0 for a Monday, of a day counted from 1970-01-01."""
    return (day + DAYS_FROM_MONDAY) % 7


def day_starts_at(zone: ZoneTable, day: int) -> int:
    """The first instant (ms UTC) at which it is that day there, or a later one."""
    midnight_s = day * DAY_S
    index = max(0, bisect_right(zone.starts_at, (midnight_s - 2 * DAY_S) * 1_000) - 1)
    for ends in zone.starts_at[index + 1 :]:
        begins = max(zone.starts_at[index], (midnight_s - zone.offsets_s[index]) * 1_000)
        if begins < ends:
            return begins
        index += 1
    return max(zone.starts_at[index], (midnight_s - zone.offsets_s[index]) * 1_000)


def local_instant(zone: ZoneTable, day: int, minutes: int) -> int:
    """The instant (ms UTC) at which the clock there shows so many minutes after midnight: the first of two, and a later
    one where the clock was put on past it."""
    local_s = day * DAY_S + 60 * minutes
    before = offset_s(zone, (local_s - DAY_S) * 1_000)
    after = offset_s(zone, (local_s - before) * 1_000)
    changed_at = 1_000 * (local_s - after)
    return changed_at if offset_s(zone, changed_at) == after else 1_000 * (local_s - before)


def day_ends_at(zone: ZoneTable, at: int) -> int:
    """When the next day begins there (ms UTC)."""
    return day_starts_at(zone, local_day(zone, at) + 1)


def clock(zone: ZoneTable, at: int) -> str:
    """The time of day there, as `14:05`."""
    minutes = (at // 1_000 + offset_s(zone, at)) % DAY_S // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
