"""When a campaign dials, by its own calendar: in the site's zone, whatever the hours where people are called."""

from cti.core.campaign_config import CampaignDialling
from cti.core.config import SiteConfig
from cti.core.opening import is_open
from cti.core.zone import date_of, day_of, local_day, local_instant, site_zone

DAYS_LOOKED = 8
"""A week begins anew after seven days; a change of the clocks may put its first opening off."""


def dials_at(how: CampaignDialling, config: SiteConfig, at: int) -> bool:
    """Within its dates, and within its week if it has one."""
    zone = site_zone(config)
    today = date_of(local_day(zone, at))
    if (how.from_date and today < how.from_date) or (how.until_date and today > how.until_date):
        return False
    return not how.spans or is_open(how.spans, zone, at)


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
