"""All the rows of a configuration, made ready: which of them bind a call, found once for calls of one kind."""

from collections.abc import Mapping
from typing import NamedTuple

from cti.core.calling import (
    CONSENTS,
    CallFacts,
    CallingConfig,
    CallingRule,
    CampaignConfig,
    ConductDemand,
    HoursDemand,
    RegistryDemand,
    rules_version,
)
from cti.core.times import ZoneTable
from cti.core.zone import day_of
from cti.dialer.calling.demands import EVER, Ask, hours, ready
from cti.dialer.calling.moment import Instant
from cti.dialer.calling.open_times import DAY_MS

KINDS_MAX = 10_000
EVERYWHERE = "*"
_MAY_BE = {"fixed_or_mobile": ("fixed_or_mobile", "fixed", "mobile"), "unknown": ("unknown", "fixed", "mobile")}
"""Lines of which nobody can say what they are count as all that they may be."""


class Row(NamedTuple):
    """A rule that is ready to be asked. Its dates are days since 1970-01-01."""

    rule: CallingRule
    ask: Ask
    first_day: int
    end_day: int
    is_dated: bool
    """Whether it was not, or will not be, in force for ever."""

    def is_in_force(self, now: Instant) -> bool:
        """On the local date of any zone."""
        days = now.days
        return days[-1] >= self.first_day and days[0] < self.end_day

    def exempts(self, facts: CallFacts, at: int) -> bool:
        """Whether something frees this call of the rule."""
        rule = self.rule
        if rule.unless_consent and CONSENTS.index(facts.consent) >= CONSENTS.index(rule.unless_consent):
            return True
        if rule.unless_customer_days and 0 < facts.customer_at <= at <= facts.customer_at + (
            rule.unless_customer_days * DAY_MS
        ):
            return True
        return (rule.unless_opted_in and facts.opted_in) or (rule.unless_guaranteed and facts.guaranteed)


class Binding(NamedTuple):
    """The rows that bind calls of one kind, those that say no most cheaply first; what is missing; and the registries
    that they ask for."""

    rows: tuple[Row, ...]
    without_rules: tuple[str, ...]
    registry_ids: tuple[str, ...] = ()


class Rulebook:
    """A configuration's calling rules. Made once for each configuration; asking changes nothing that shows."""

    def __init__(self, config: CallingConfig, zones: Mapping[str, ZoneTable]) -> None:
        self.config = config
        self.zones = zones
        self._rows: dict[str, list[Row]] = {}
        for rule in config.rules:
            ask = ready(rule.demand, config.calendars)
            first = day_of(rule.effective_from) if rule.effective_from else -EVER
            end = day_of(rule.effective_to) if rule.effective_to else EVER
            row = Row(rule, ask, first, end, first > -EVER or end < EVER)
            self._rows.setdefault(rule.jurisdiction, []).append(row)
        self._countries = {jurisdiction.partition("-")[0] for jurisdiction in self._rows}
        self._own_hours = {
            key: hours(HoursDemand(spans=campaign.spans), {})
            for key, campaign in config.campaigns.items()
            if campaign.spans
        }
        self._own_caps = {
            key: tuple(ready(demand, {}) for demand in campaign.caps) for key, campaign in config.campaigns.items()
        }
        self._bindings: dict[tuple[str | tuple[str, ...], ...], Binding] = {}
        self.version = rules_version(config, zones)

    def binding(self, facts: CallFacts) -> Binding:
        """What binds this kind of call."""
        key = (facts.jurisdictions, facts.purpose, facts.party, facts.mode, facts.line)
        found = self._bindings.get(key)
        if found is None:
            if len(self._bindings) >= KINDS_MAX:
                self._bindings.clear()
            found = self._bindings[key] = self._bind(facts)
        return found

    def ring_s_min(self, campaign: CampaignConfig) -> int:
        """For how long (s) at least a call of this campaign that nobody answers has to ring, wherever that is."""
        demands = [
            row.rule.demand
            for rows in self._rows.values()
            for row in rows
            if row.rule.jurisdiction.partition("-")[0] in (EVERYWHERE, *campaign.countries)
            and _is_for(row.rule, campaign.purpose, campaign.party, campaign.mode)
        ]
        return max((each.ring_s_min for each in demands if isinstance(each, ConductDemand)), default=0)

    def own_hours(self, campaign: CampaignConfig) -> Ask | None:
        """The campaign's own hours, if it has any."""
        return self._own_hours.get(campaign.campaign_id)

    def own_caps(self, campaign: CampaignConfig) -> tuple[Ask, ...]:
        """The campaign's own caps."""
        return self._own_caps.get(campaign.campaign_id, ())

    def _bind(self, facts: CallFacts) -> Binding:
        rows = [
            row
            for jurisdiction in (EVERYWHERE, *dict.fromkeys(facts.jurisdictions))
            for row in self._rows.get(jurisdiction, ())
            if _binds(row.rule, facts)
        ]
        countries = dict.fromkeys(jurisdiction.partition("-")[0] for jurisdiction in facts.jurisdictions)
        without = tuple(country for country in countries if country not in self._countries)
        demands = [row.rule.demand for row in rows]
        asked = dict.fromkeys(demand.registry_id for demand in demands if isinstance(demand, RegistryDemand))
        return Binding(tuple(rows), without, tuple(asked))


def _binds(rule: CallingRule, facts: CallFacts) -> bool:
    if rule.lines and not any(line in _MAY_BE.get(facts.line, (facts.line,)) for line in rule.lines):
        return False
    return _is_for(rule, facts.purpose, facts.party, facts.mode)


def _is_for(rule: CallingRule, purpose: str, party: str, mode: str) -> bool:
    return (
        (not rule.purposes or purpose in rule.purposes)
        and (not rule.parties or party in rule.parties)
        and (not rule.modes or mode in rule.modes)
    )
