"""When results leave: each at once, or those of a span of time together. A restart changes none of it."""

from cti.core.campaign_config import ResultsTarget
from cti.core.times import ZoneTable
from cti.core.zone import local_day, local_instant

FOR_EVER = 2**62

WAIT_S_MAX = 600.0


def due_before(target: ResultsTarget, now: int, zone: ZoneTable) -> int:
    """Results from before this instant (ms) are due. `zone` is the site's."""
    if target.every_ms:
        return now // target.every_ms * target.every_ms
    if target.daily_at >= 0:
        today = local_day(zone, now)
        at = local_instant(zone, today, target.daily_at)
        return at if at <= now else local_instant(zone, today - 1, target.daily_at)
    return FOR_EVER


def wait_s(tries: int, first_s: float) -> float:
    """How long to wait after so many tries in a row that failed."""
    return min(first_s * 2.0 ** min(tries - 1, 20), WAIT_S_MAX)
