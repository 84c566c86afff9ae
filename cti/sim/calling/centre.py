"""The site that calls: one country, three zones, one of which changes its clock in the week in which worlds live."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from cti.core.calling import (
    CallingConfig,
    CallingRule,
    CampaignConfig,
    CapDemand,
    HoursDemand,
    Registry,
    RegistryDemand,
)
from cti.core.config import SiteConfig
from cti.core.numbering import Area, Numbering
from cti.core.times import OpeningSpan, ZoneTable
from cti.sim.nature import MONDAY_AT, Nature

NEW_YORK, LOS_ANGELES, PHOENIX = "America/New_York", "America/Los_Angeles", "America/Phoenix"
NUMBERS = {
    "+12125550123": NEW_YORK,
    "+12125550124": NEW_YORK,
    "+17185550131": NEW_YORK,
    "+12135550125": LOS_ANGELES,
    "+12135550126": LOS_ANGELES,
    "+14155550132": LOS_ANGELES,
    "+16025550127": PHOENIX,
    "+16025550128": PHOENIX,
}
"""Who may be called, and where they are."""

STATES = {"1212": "US-NY", "1718": "US-NY", "1213": "US-CA", "1415": "US-CA", "1602": "US-AZ"}
"""By area code."""

OPENS, CLOSES = 8, 20
"""Hours of the day between which anybody may be called."""

CALLS_MAX, CALLS_WITHIN_H = 4, 24
"""How often a number may be called within so many hours."""

RING_S = 20
REGISTRY = "us_national"
SERVICE, SALES = "service", "sales"
"""Campaigns, by what they call for: only the second is bound by the registry."""

WEEK_MS = 8 * 86_400_000
HOUR_MS = 3_600_000


@cache
def zone_table(name: str) -> ZoneTable:
    """The zone's clock in the week of all worlds."""
    zone = ZoneInfo(name)
    starts_at, offsets_s = [0], [_offset_s(zone, MONDAY_AT)]
    for at in range(MONDAY_AT, MONDAY_AT + 2 * WEEK_MS, HOUR_MS):
        offset_s = _offset_s(zone, at)
        if offset_s != offsets_s[-1]:
            starts_at.append(at)
            offsets_s.append(offset_s)
    return ZoneTable(name=name, starts_at=tuple(starts_at), offsets_s=tuple(offsets_s))


def _offset_s(zone: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at / 1_000, zone).utcoffset() or timedelta()
    return int(offset.total_seconds())


def calling_centre(nature: Nature) -> SiteConfig:
    """The configuration of a seed."""
    span = tuple(OpeningSpan(weekday=day, opens=OPENS * 60, closes=CLOSES * 60) for day in range(7))
    rules = (
        CallingRule(rule_id="HOURS", jurisdiction="US", title="By day", demand=HoursDemand(spans=span)),
        CallingRule(
            rule_id="CAP",
            jurisdiction="US",
            title="Not too often",
            demand=CapDemand(most=CALLS_MAX, hours=CALLS_WITHIN_H),
        ),
        CallingRule(
            rule_id="DNC",
            jurisdiction="US",
            title="The registry",
            demand=RegistryDemand(registry_id=REGISTRY, days=31),
            purposes=(SALES,),
        ),
    )
    campaigns = {
        name: CampaignConfig(
            campaign_id=name,
            name=name.title(),
            seller="harbour",
            purpose=name,
            countries=("US",),
            ring_s=RING_S,
            caller_id="+12025550100",
        )
        for name in (SERVICE, SALES)
    }
    registries = {REGISTRY: Registry(registry_id=REGISTRY, name="Registry", jurisdiction="US")}
    zones = {name: zone_table(name) for name in (NEW_YORK, LOS_ANGELES, PHOENIX)}
    return SiteConfig(
        name="Simulated campaigns",
        zone="UTC",
        zones=zones,
        calls_per_second=nature.pick((0, 1, 1)),
        dials_per_hour=0,
        calling=CallingConfig(rules=rules, campaigns=campaigns, registries=registries, numbering=numbering()),
    )


def numbering() -> Numbering:
    """Where the numbers are."""
    zone_of = {number[1:5]: zone for number, zone in NUMBERS.items()}
    zones = {zone: zone for zone in zone_of.values()}
    return Numbering(
        version="simulated",
        areas={code: Area(states=(STATES[code],), zones=(zone,)) for code, zone in zone_of.items()},
        states={STATES[code]: (zone,) for code, zone in zone_of.items()},
        countries={"US": tuple(zones)},
        zones=zones,
    )


def boundary_after(at: int, zone_name: str, hour: int) -> int:
    """When it is next that hour there (ms UTC)."""
    zone = ZoneInfo(zone_name)
    local = datetime.fromtimestamp(at / 1_000, zone)
    day = local.date() if local.hour < hour else local.date() + timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
    return int(moment.astimezone(UTC).timestamp() * 1_000)
