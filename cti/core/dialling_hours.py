"""When a campaign dials, by its own calendar: in the site's zone, whatever the hours where people are called."""

from cti.core.campaign_config import CampaignDialling
from cti.core.config import SiteConfig
from cti.core.holidays import holiday_of
from cti.core.ledger import MILLION
from cti.core.opening import DAY_MIN, is_open
from cti.core.zone import DAY_S, date_of, day_of, local_day, local_instant, offset_s, site_zone, weekday_of

DAYS_LOOKED = 60
"""A week begins anew after seven days; holidays, and a change of the clocks, may put its first opening off."""


def dials_at(how: CampaignDialling, config: SiteConfig, at: int) -> bool:
    """Within its dates, and within its week if it has one, on no day on which it is closed."""
    zone = site_zone(config)
    today = date_of(local_day(zone, at))
    if (how.from_date and today < how.from_date) or (how.until_date and today > how.until_date):
        return False
    days = [local_day(zone, at) - days_back for days_back in (0, 1)]
    closed = tuple(date_of(day) for day in days if closed_for(how, config, day))
    return is_open(how.spans, zone, at, closed) if how.spans else today not in closed


def dials_on(how: CampaignDialling, config: SiteConfig, day: int) -> bool:
    """Whether it begins to dial on this day of the site, at some time or other."""
    today, weekday = date_of(day), weekday_of(day)
    if (how.from_date and today < how.from_date) or (how.until_date and today > how.until_date):
        return False
    begins = not how.spans or any(span.weekday == weekday for span in how.spans)
    return begins and not closed_for(how, config, day)


def closed_for(how: CampaignDialling, config: SiteConfig, day: int) -> str:
    """Why it does not dial on this day of the site: `2026-12-25 is Christmas Day, calendar US`. Else nothing. Of a year
    that a calendar does not know it may be any day."""
    if not how.closed_on:
        return ""
    calendars = config.calling.calendars
    return holiday_of([calendars[each] for each in how.closed_on if each in calendars], day)


def dials_next_at(how: CampaignDialling, config: SiteConfig, at: int) -> int:
    """The first instant (ms) after `at` at which it dials, where it does not now; 0: never."""
    zone = site_zone(config)
    today = local_day(zone, at)
    first = max(today, day_of(how.from_date)) if how.from_date else today
    opens = {span.opens for span in how.spans} | {0}
    instants = (
        local_instant(zone, day, minute) for day in range(first, first + DAYS_LOOKED) for minute in sorted(opens)
    )
    return next((each for each in instants if each > at and dials_at(how, config, each)), 0)


def day_gone_ppm(how: CampaignDialling, config: SiteConfig, at: int) -> int | None:
    """How much of the day's hours is gone, in millionths. None where the campaign has none that day: nobody knows then
    when it stops, since until when people may be called says nothing of when agents go home. What reaches past midnight
    is the next day's."""
    zone = site_zone(config)
    today, second = divmod(at // 1_000 + offset_s(zone, at), DAY_S)
    total_s = gone_s = 0
    for days_back in (0, 1):
        weekday, before = weekday_of(today - days_back), days_back * DAY_MIN
        for span in how.spans:
            if span.weekday == weekday and not closed_for(how, config, today - days_back):
                opens_s = 60 * max(0, span.opens - before)
                closes_s = 60 * min(DAY_MIN, span.closes - before)
                total_s += max(0, closes_s - opens_s)
                gone_s += max(0, min(second, closes_s) - opens_s)
    return gone_s * MILLION // total_s if total_s else None
