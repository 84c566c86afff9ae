"""The site that calls: one country, three zones, one of which changes its clock in the week in which worlds live; three
sellers with five campaigns over the same people."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from cti.core.calling import (
    CallingConfig,
    CallingRule,
    CampaignConfig,
    CapDemand,
    ConsentDemand,
    HoursDemand,
    Registry,
    RegistryDemand,
)
from cti.core.config import SiteConfig
from cti.core.numbering import Area, Numbering
from cti.core.times import OpeningSpan, ZoneTable
from cti.sim.calling.population import STATES, ZONES
from cti.sim.nature import MONDAY_AT, Nature

OPENS, CLOSES = 8, 20
"""Hours of the day between which anybody may be called."""

SERVICE, SALES, OFFERS, DEBTS, CLAIMS = "service", "sales", "offers", "debts", "claims"
SELLERS = {SERVICE: "harbour", SALES: "harbour", OFFERS: "lumen", DEBTS: "quay", CLAIMS: "quay"}
"""Campaigns, with their sellers. The two of the last are about debts, and count them together."""

CAMPAIGNS = tuple(SELLERS)
LISTED = (SALES, OFFERS)
"""Those bound by the registry."""

OWN_OPENS, OWN_CLOSES = 9, 19
"""Stricter hours, of the sales campaign alone."""

NUMBER_CALLS_MAX, PERSON_CALLS_MAX, CALLS_WITHIN_H = 3, 3, 24
"""How often a number may be called within so many hours; and a person, by one seller."""

OFFERS_MAX = 1
"""How often a person may be called within so many hours for the offers."""

DEBT_CALLS_MAX, DEBT_WITHIN_H = 7, 168
"""How often about a debt; and as long nobody calls about it after a conversation."""

RING_S = 20
REGISTRY, REGISTRY_DAYS = "us_national", 31

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
    registries = {REGISTRY: Registry(registry_id=REGISTRY, name="Registry", jurisdiction="US")}
    return SiteConfig(
        name="Simulated campaigns",
        zone="UTC",
        zones={name: zone_table(name) for name in sorted(set(ZONES.values()))},
        calls_per_second=nature.pick((0, 1, 1)),
        dials_per_hour=0,
        calling=CallingConfig(rules=_rules(), campaigns=_campaigns(), registries=registries, numbering=numbering()),
    )


def _span(opens: int, closes: int, days: int = 7) -> tuple[OpeningSpan, ...]:
    return tuple(OpeningSpan(weekday=day, opens=opens * 60, closes=closes * 60) for day in range(days))


def _rules() -> tuple[CallingRule, ...]:
    by_number = CapDemand(most=NUMBER_CALLS_MAX, hours=CALLS_WITHIN_H)
    by_person = CapDemand(most=PERSON_CALLS_MAX, hours=CALLS_WITHIN_H, per="person", across="seller")
    by_debt = CapDemand(most=DEBT_CALLS_MAX, hours=DEBT_WITHIN_H, per="debt")
    rest = CapDemand(most=1, hours=DEBT_WITHIN_H, per="debt", of="conversations")
    registry = RegistryDemand(registry_id=REGISTRY, days=REGISTRY_DAYS)
    return (
        CallingRule(rule_id="HOURS", jurisdiction="US", title="By day", demand=HoursDemand(spans=_span(OPENS, CLOSES))),
        CallingRule(rule_id="CAP", jurisdiction="US", title="Not too often", demand=by_number),
        CallingRule(rule_id="PERSON-CAP", jurisdiction="US", title="Nor at other numbers", demand=by_person),
        CallingRule(
            rule_id="DNC", jurisdiction="US", title="The registry", demand=registry, purposes=("sales", "offers")
        ),
        CallingRule(
            rule_id="CONSENT",
            jurisdiction="US",
            title="Who agreed",
            demand=ConsentDemand(consent="express"),
            purposes=("offers",),
        ),
        CallingRule(rule_id="DEBT-CAP", jurisdiction="US", title="Seven", demand=by_debt, purposes=("debts",)),
        CallingRule(rule_id="DEBT-REST", jurisdiction="US", title="A week's rest", demand=rest, purposes=("debts",)),
    )


def _campaigns() -> dict[str, CampaignConfig]:
    purposes = {SERVICE: "service", SALES: "sales", OFFERS: "offers", DEBTS: "debts", CLAIMS: "debts"}
    own_cap = CapDemand(most=OFFERS_MAX, hours=CALLS_WITHIN_H, per="person", across="campaign")
    return {
        name: CampaignConfig(
            campaign_id=name,
            name=name.title(),
            seller=SELLERS[name],
            purpose=purposes[name],
            countries=("US",),
            consent="express" if name == OFFERS else "none",
            spans=_span(OWN_OPENS, OWN_CLOSES) if name == SALES else (),
            caps=(own_cap,) if name == OFFERS else (),
            ring_s=RING_S,
            caller_id="+12025550100",
        )
        for name in CAMPAIGNS
    }


def numbering() -> Numbering:
    """Where the numbers are."""
    zones = {zone: zone for zone in ZONES.values()}
    return Numbering(
        version="simulated",
        areas={code: Area(states=(STATES[code],), zones=(zone,)) for code, zone in ZONES.items()},
        states={STATES[code]: (zone,) for code, zone in ZONES.items()},
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
