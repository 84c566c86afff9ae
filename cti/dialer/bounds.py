"""What the rules ask of an automatic call once somebody answers: in how many cases nobody may be there, and how soon
somebody must be."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig, ConductDemand
from cti.core.campaign_config import LedgerBound
from cti.core.ledgers import bounds_by, own_bounds
from cti.core.numbering import Place
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.judge import is_refused
from cti.dialer.calling.rulebook import Rulebook

CONNECT_MS = 2_000
"""Where no rule says so."""


class Bounds(NamedTuple):
    """The strictest of all rules that bind the call: within `connect_ms` of the answer, or of the greeting's end. A
    call that is `refused` whenever it is asked for is never made, and counts nowhere."""

    ledgers: tuple[LedgerBound, ...]
    connect_ms: int
    after_greeting: bool
    refused: bool = False


def bounds_of(book: Rulebook, campaign: CampaignConfig, place: Place) -> Bounds:
    """A ledger for each kind of calls of which a rule limits how many are abandoned, one more for the campaign's
    programme, and one for its own limit. Rules that bind the same calls share one."""
    facts = call_facts(campaign, place)
    demands = [
        (row.rule, row.rule.demand)
        for row in book.binding(facts).rows
        if isinstance(row.rule.demand, ConductDemand) and not (row.rule.unless_opted_in and campaign.opted_in)
    ]
    limits = [(rule, demand) for rule, demand in demands if demand.abandoned_ppm_max >= 0]
    ledgers = [bound for rule, demand in limits for bound in bounds_by(book.config, campaign, rule, demand)]
    timed = [demand for _, demand in demands if demand.connect_ms]
    return Bounds(
        ledgers=(*ledgers, *own_bounds(book.config, campaign)),
        connect_ms=min([demand.connect_ms for demand in timed], default=CONNECT_MS),
        after_greeting=all(demand.connect_from == "greeting_end" for demand in timed),
        refused=is_refused(book, facts, campaign),
    )
