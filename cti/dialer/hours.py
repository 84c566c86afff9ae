"""When a campaign dials, by its own calendar: in the site's zone, whatever the hours where people are called."""

from cti.core.campaign_config import CampaignDialling
from cti.core.config import SiteConfig
from cti.core.opening import is_open
from cti.core.zone import date_of, local_day, site_zone


def dials_at(how: CampaignDialling, config: SiteConfig, at: int) -> bool:
    """Within its dates, and within its week if it has one."""
    zone = site_zone(config)
    today = date_of(local_day(zone, at))
    if (how.from_date and today < how.from_date) or (how.until_date and today > how.until_date):
        return False
    return not how.spans or is_open(how.spans, zone, at)
