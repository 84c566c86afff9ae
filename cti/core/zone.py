"""Local time from a zone's table, for instants in milliseconds UTC."""

from bisect import bisect_right

from cti.core.config import SiteConfig, ZoneTable

DAY_S = 24 * 60 * 60

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


def day_ends_at(zone: ZoneTable, at: int) -> int:
    """When the next day begins there (ms UTC)."""
    midnight_s = (local_day(zone, at) + 1) * DAY_S
    guess = 1_000 * (midnight_s - offset_s(zone, at))
    return 1_000 * (midnight_s - offset_s(zone, guess - 1))


def clock(zone: ZoneTable, at: int) -> str:
    """The time of day there, as `14:05`."""
    minutes = (at // 1_000 + offset_s(zone, at)) % DAY_S // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
