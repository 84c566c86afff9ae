"""The instant of a call as the clocks on all the walls show it on which it may ring."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from cti.core.times import ZoneTable
from cti.core.zone import local_day
from cti.dialer.calling.open_times import DAY_MS, LocalTime


class Instant(NamedTuple):
    """`at` (ms UTC) in every zone. `locals` are the different clock times there; a zone whose clock is changed before
    `until` is not among them, but in `changing`."""

    at: int
    length_ms: int
    zones: tuple[ZoneTable, ...]
    locals: tuple[LocalTime, ...]
    changing: tuple[ZoneTable, ...]
    days: tuple[int, ...]
    """The local days on which it is, each once, in order."""


def instant(zones: Sequence[ZoneTable], at: int, length_ms: int) -> Instant:
    """What the clocks show at `at`; many zones share one."""
    offsets: dict[int, None] = {}
    changing: list[ZoneTable] = []
    for zone in zones:
        index = bisect_right(zone.starts_at, at)
        if index < len(zone.starts_at) and zone.starts_at[index] < at + length_ms:
            changing.append(zone)
        else:
            offsets[zone.offsets_s[max(0, index - 1)]] = None
    locals_ = [LocalTime(*divmod(at + offset_s * 1_000, DAY_MS)) for offset_s in offsets]
    days = {local.day for local in locals_}.union(local_day(zone, at) for zone in changing)
    return Instant(at, length_ms, tuple(zones), tuple(locals_), tuple(changing), tuple(sorted(days)))
