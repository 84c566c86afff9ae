"""The ceilings on abandoned calls that may bind a campaign: its own, and those of the rules where it calls."""

from collections.abc import Iterator
from typing import NamedTuple

from cti.core.calling import CallingConfig, CallingRule, CampaignConfig, ConductDemand
from cti.core.ledgers import OWN


class Ceiling(NamedTuple):
    """At most `ppm` millionths of the live answers within `days` may be abandoned; `rule_id` says so, or the campaign
    itself (`OWN`)."""

    rule_id: str
    ppm: int
    days: int


def ceilings_of(config: CallingConfig, campaign: CampaignConfig) -> Iterator[Ceiling]:
    """Its own first. None where nobody can be abandoned, or nothing is dialled."""
    if campaign.dialling is None or campaign.mode == "broadcast":
        return
    if campaign.dialling.pacing.ceiling_ppm >= 0:
        yield Ceiling(OWN, campaign.dialling.pacing.ceiling_ppm, campaign.dialling.pacing.days)
    for rule in config.rules:
        demand = rule.demand
        if isinstance(demand, ConductDemand) and demand.abandoned_ppm_max >= 0 and _may_bind(rule, campaign):
            yield Ceiling(rule.rule_id, demand.abandoned_ppm_max, max(1, demand.abandoned_days))


def _may_bind(rule: CallingRule, campaign: CampaignConfig) -> bool:
    """Some of its calls: where nobody is called, nothing binds."""
    country = rule.jurisdiction.partition("-")[0]
    wanted = ((rule.purposes, campaign.purpose), (rule.parties, campaign.party), (rule.modes, campaign.mode))
    named = all(not words or word in words for words, word in wanted)
    return named and country in ("*", *campaign.countries) and not (rule.unless_opted_in and campaign.opted_in)
