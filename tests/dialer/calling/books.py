"""Rulebooks, calls and instants for tests, written as one would say them."""

from datetime import datetime

from cti.configuration import zones
from cti.core.calling import (
    SETUP_MS,
    AnyDemand,
    AttemptFact,
    Calendar,
    CallFacts,
    CallingConfig,
    CallingRule,
    CampaignConfig,
)
from cti.core.times import OpeningSpan
from cti.dialer.calling.judge import judge, next_allowed_at
from cti.dialer.calling.rulebook import Rulebook

RING_S = 25
LENGTH_MS = RING_S * 1_000 + SETUP_MS
DAYS = "mon tue wed thu fri sat sun".split()
NEW_YORK, CHICAGO, DENVER, LOS_ANGELES = (f"America/{city}" for city in "New_York Chicago Denver Los_Angeles".split())


def ms(iso: str) -> int:
    """An instant, such as 2026-11-24T20:59:30-05:00, in ms UTC."""
    return round(datetime.fromisoformat(iso).timestamp() * 1_000)


def spans(**days: str) -> tuple[OpeningSpan, ...]:
    """`spans(mon_fri="08:00-20:00", sat="09:00-12:00 13:00-16:00")`."""
    found = []
    for written, times in days.items():
        first, _, last = written.partition("_")
        for weekday in range(DAYS.index(first), DAYS.index(last or first) + 1):
            for span in times.split():
                opens, closes = ((60 * int(clock[:2]) + int(clock[3:])) for clock in span.split("-"))
                found.append(OpeningSpan(weekday=weekday, opens=opens, closes=closes))
    return tuple(found)


def rule(demand: AnyDemand, rule_id: str = "US-RULE", **fields) -> CallingRule:
    fields.setdefault("jurisdiction", rule_id.partition("-")[0])
    return CallingRule(rule_id=rule_id, demand=demand, title=fields.pop("title", rule_id.lower()), **fields)


def calendar(*dates: str, calendar_id: str = "closed", first: int = 2025, last: int = 2040) -> Calendar:
    return Calendar(calendar_id=calendar_id, name="its holidays", first=first, last=last, dates=tuple(sorted(dates)))


def attempt(at: str, *told: str, same: str = "number person household lead debt seller campaign", **fields):
    return AttemptFact(at=ms(at), same=tuple(same.split()), told=told, **fields)


class Call:
    """One call under some rules, asked about at different instants."""

    def __init__(self, *rules: CallingRule, calendars=(), campaign=None, known=None, **facts) -> None:
        self.campaign = campaign or CampaignConfig(
            campaign_id="sale", name="Sale", seller="us", purpose="sales", countries=("US",), ring_s=RING_S
        )
        config = CallingConfig(
            rules=rules,
            calendars={each.calendar_id: each for each in calendars},
            campaigns={self.campaign.campaign_id: self.campaign},
            **known or {},
        )
        usual = {"purpose": self.campaign.purpose, "party": "consumer", "mode": "progressive"}
        usual |= {"zones": (NEW_YORK,), "country": "US", "jurisdictions": ("US",), "line": "fixed_or_mobile"}
        self.facts = CallFacts(campaign_id="sale", **usual | facts)
        names = {*self.facts.zones} - {"nowhere"}
        self.book = Rulebook(config, {name: zones.table(name) for name in names})

    def blocks(self, at: int | str):
        return judge(self.book, self.facts, self.campaign, ms(at) if isinstance(at, str) else at)

    def rules(self, at: int | str) -> list[str]:
        """Who says no."""
        return [block.rule for block in self.blocks(at)]

    def is_allowed(self, at: int | str) -> bool:
        return not self.blocks(at)

    def next(self, at: int | str) -> int:
        return next_allowed_at(self.book, self.facts, self.campaign, ms(at) if isinstance(at, str) else at)
