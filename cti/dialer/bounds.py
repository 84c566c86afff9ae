"""What the rules ask of an automatic call once somebody answers: in how many cases nobody may be there, and how soon
somebody must be."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig, ConductDemand
from cti.core.campaign_config import LedgerBound
from cti.core.ledgers import OWN, ledger_id
from cti.core.numbering import Place
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.rulebook import Rulebook

CONNECT_MS = 2_000
"""Where no rule says so."""


class Bounds(NamedTuple):
    """The strictest of all rules that bind the call: within `connect_ms` of the answer, or of the greeting's end."""

    ledgers: tuple[LedgerBound, ...]
    connect_ms: int
    after_greeting: bool


def bounds_of(book: Rulebook, campaign: CampaignConfig, place: Place) -> Bounds:
    """A ledger for each rule with a rate, by seller and programme: a campaign that is copied counts in the same one. A
    window of no days is the calendar day."""
    demands = [
        (row.rule.rule_id, row.rule.demand)
        for row in book.binding(call_facts(campaign, place)).rows
        if isinstance(row.rule.demand, ConductDemand) and not (row.rule.unless_opted_in and campaign.opted_in)
    ]
    ledgers = [
        LedgerBound(
            ledger_id=ledger_id(campaign, rule_id),
            ceiling_ppm=demand.abandoned_ppm_max,
            days=max(1, demand.abandoned_days),
        )
        for rule_id, demand in demands
        if demand.abandoned_ppm_max >= 0
    ]
    pacing = campaign.dialling.pacing if campaign.dialling else None
    if pacing and pacing.ceiling_ppm >= 0:
        own = LedgerBound(ledger_id=ledger_id(campaign, OWN), ceiling_ppm=pacing.ceiling_ppm, days=pacing.days)
        ledgers.append(own)
    timed = [demand for _, demand in demands if demand.connect_ms]
    return Bounds(
        ledgers=tuple(ledgers),
        connect_ms=min([demand.connect_ms for demand in timed], default=CONNECT_MS),
        after_greeting=all(demand.connect_from == "greeting_end" for demand in timed),
    )
