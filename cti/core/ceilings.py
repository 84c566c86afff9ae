"""The ceilings on abandoned calls that may bind a campaign: its own, and those of the rules where it calls."""

from collections.abc import Iterator
from typing import NamedTuple

from cti.core.calling import CallingConfig, CallingRule, CampaignConfig, ConductDemand
from cti.core.campaign_config import LedgerBound
from cti.core.ledgers import OWN, bounds_by, own_bounds


class Ceiling(NamedTuple):
    """Of the live answers that count in a ledger; `rule_id` says so, or the campaign itself (`OWN`). Those of the same
    purpose that are not called for its `programme` do not count."""

    rule_id: str
    bound: LedgerBound
    programme: str = ""

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.rule_id} for {self.programme}" if self.programme else self.rule_id


def ceilings_of(config: CallingConfig, campaign: CampaignConfig) -> Iterator[Ceiling]:
    """Its own first. None where nobody can be abandoned, or nothing is dialled."""
    if campaign.dialling is None or campaign.mode == "broadcast":
        return
    yield from (Ceiling(OWN, own) for own in own_bounds(config, campaign))
    for rule in config.rules:
        demand = rule.demand
        if isinstance(demand, ConductDemand) and demand.abandoned_ppm_max >= 0 and _may_bind(rule, campaign):
            every, *parts = bounds_by(config, campaign, rule, demand)
            yield Ceiling(rule.rule_id, every)
            yield from (Ceiling(rule.rule_id, part, campaign.programme) for part in parts)


def _may_bind(rule: CallingRule, campaign: CampaignConfig) -> bool:
    """Some of its calls: where nobody is called, nothing binds."""
    country = rule.jurisdiction.partition("-")[0]
    wanted = ((rule.purposes, campaign.purpose), (rule.parties, campaign.party), (rule.modes, campaign.mode))
    named = all(not words or word in words for words, word in wanted)
    return named and country in ("*", *campaign.countries) and not (rule.unless_opted_in and campaign.opted_in)
