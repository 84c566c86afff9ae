"""Local times: zones as tables of their changes, and spans of a week.

Times of day are minutes after local midnight, week days 0 (Monday) to 6. Zone data is part of the configuration, so
that a journal replays the same on a machine with other zone tables.
"""

from cti.core.base import Record


class ZoneTable(Record):
    """A time zone as its changes: at `starts_at[i]` (ms UTC, ascending) the offset becomes `offsets_s[i]` (s, east)."""

    name: str
    starts_at: tuple[int, ...]
    offsets_s: tuple[int, ...]


class OpeningSpan(Record):
    """Open on `weekday` from `opens` to `closes` (minutes). `closes` up to 2880 reaches into the next day."""

    weekday: int
    opens: int
    closes: int
