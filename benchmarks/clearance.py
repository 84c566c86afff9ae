"""What it costs to judge a call in the turn in which it leaves: facts gathered, zones resolved, nothing in the way."""

import time
from statistics import median

from benchmarks.figure import Figure
from cti import engine
from cti.configuration.zones import names, table
from cti.core.base import Moment
from cti.core.calling import (
    AttemptFact,
    CallingConfig,
    CallingRule,
    CampaignConfig,
    CapDemand,
    Clearance,
    ConductDemand,
    ConsentDemand,
    HoursDemand,
    Registry,
    RegistryDemand,
    Subject,
)
from cti.core.config import SiteConfig
from cti.core.dial import GatheredFacts
from cti.core.events import ConfigApplied, DialRequested, RegistrySwitchRequested
from cti.core.numbering import Place
from cti.core.times import OpeningSpan
from cti.dialer.clearance import campaign_of, clear, ready_for

NOON = 1_790_006_400_000
"""2026-09-21 16:00 UTC, a Monday: noon in Florida, morning on the west coast."""

DAY_MS = 86_400_000
CALLS = 2_000
MANY_ZONES = 42


def _days(opens: int, closes: int) -> tuple[OpeningSpan, ...]:
    return tuple(OpeningSpan(weekday=day, opens=opens * 60, closes=closes * 60) for day in range(7))


def _row(rule_id: str, demand: object, jurisdiction: str = "US", **fields: object) -> CallingRule:
    return CallingRule(
        **{"rule_id": rule_id, "jurisdiction": jurisdiction, "title": rule_id, "demand": demand, **fields}  # type: ignore[arg-type]
    )


RULES = (
    _row("US-HOURS", HoursDemand(spans=_days(0, 24))),
    _row("US-DNC", RegistryDemand(registry_id="us_national", days=31), purposes=("sales",), unless_consent="written"),
    _row("US-RING", ConductDemand(ring_s_min=15)),
    _row("US-CALLER-ID", ConductDemand(caller_id=True)),
    _row("US-ABANDONED", ConductDemand(abandoned_ppm_max=30_000, connect_ms=2_000)),
    _row("US-MESSAGE", ConductDemand(message=("seller", "number", "opt_out"))),
    _row("US-RECORDS", ConductDemand(keep_years=5)),
    _row("US-MOBILE", ConsentDemand(consent="express"), lines=("mobile",)),
    _row("US-SEVEN", CapDemand(most=7, per="debt", days=7), purposes=("collections",)),
    _row("US-FL-HOURS", HoursDemand(spans=_days(0, 24)), "US-FL", effective_from="2021-07-01"),
    _row("US-FL-CAP", CapDemand(most=3, per="person", hours=24), "US-FL", effective_from="2021-07-01"),
    _row("US-FL-DNC", RegistryDemand(registry_id="us_fl", days=92), "US-FL"),
    _row("US-AL-HOURS", HoursDemand(spans=_days(0, 24)), "US-AL"),
)


def _config() -> SiteConfig:
    campaign = CampaignConfig(
        campaign_id="spring",
        name="Spring",
        seller="harbour",
        purpose="sales",
        countries=("US",),
        consent="express",
        caller_id="+12025550100",
        message=("seller", "number", "opt_out"),
    )
    registries = {name: Registry(registry_id=name, name=name, jurisdiction="US") for name in ("us_national", "us_fl")}
    zones = {name: table(name) for name in (*_many(), "America/New_York", "America/Chicago")}
    calling = CallingConfig(rules=RULES, campaigns={"spring": campaign}, registries=registries)
    return SiteConfig(name="Benchmark", zone="UTC", zones=zones, calling=calling)


def _many() -> list[str]:
    return [name for name in names() if name.startswith("America/")][:MANY_ZONES]


def _measured(zones: tuple[str, ...]) -> float:
    """The median of many calls, each with another number, in microseconds."""
    state = engine.new_state("bench")
    engine.advance(state, ConfigApplied(config_hash="bench", config=_config()), Moment(1, NOON - DAY_MS))
    for place, name in enumerate(("us_national", "us_fl"), 2):
        switched = RegistrySwitchRequested(
            registry_id=name, version="v1", count=10, added=10, removed=0, as_of=NOON - 5 * DAY_MS, by="bench"
        )
        engine.advance(state, switched, Moment(place, NOON - DAY_MS))
    attempts = tuple(
        AttemptFact(at=NOON - days * DAY_MS, same=("number", "person"), told=("answers",), attempt_id=f"a{days}")
        for days in (2, 4, 6)
    )
    versions = (("us_national", "v1"), ("us_fl", "v1"))
    gathered = GatheredFacts(as_of_seq=3, registries=versions, attempts=attempts)
    where = Place(country="US", jurisdictions=("US", "US-FL"), zones=zones, line="fixed_or_mobile")
    book, spent = ready_for(state).book, []
    for call in range(CALLS):
        asked = DialRequested(
            dial_id=f"d{call}",
            purpose="campaign",
            leg_id=f"d{call}",
            number=f"+1305{call:07d}",
            campaign_id="spring",
            subject=Subject(person_id=f"p{call}"),
        )
        campaign = campaign_of(state, asked)
        assert campaign is not None
        began = time.perf_counter_ns()
        proof = clear(state, book, asked, campaign, where, gathered, NOON)
        spent.append(time.perf_counter_ns() - began)
        assert isinstance(proof, Clearance), proof
        assert proof.blocks == (), proof.blocks
    return median(spent) / 1_000


def measure(quick: bool) -> list[Figure]:
    """`clearance_us_p50` for a number of one zone under federal and state rows, and the same with 42 zones."""
    runs = 1 if quick else 3
    one = median(_measured(("America/New_York",)) for _ in range(runs))
    many = median(_measured(tuple(_many())) for _ in range(runs))
    detail = f"{len(RULES)} rows, 3 earlier calls; median of {CALLS} calls"
    return [
        Figure(name="clearance_us_p50", value=round(one, 1), unit="us", goal=50, runs=runs, detail=detail),
        Figure(name="clearance_42_zones_us_p50", value=round(many, 1), unit="us", goal=500, runs=runs, detail=detail),
    ]
