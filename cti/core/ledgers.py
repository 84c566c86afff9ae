"""In which ledgers the answers to a campaign's calls count. They are named by what counts in them, not by who counts: a
campaign that is copied or renamed, and a rule that is renamed or succeeded by another, go on in the same one."""

from cti.core.base import changed
from cti.core.calling import CallingConfig, CallingRule, CampaignConfig, ConductDemand
from cti.core.campaign_config import LedgerBound
from cti.core.ledger import MILLION, Ledger, together
from cti.core.state import State

OWN = "own"
"""Instead of a rule: the campaign's own ceiling."""

MAIN = "main"
"""The programme of campaigns whose files name none."""


def programme_of(campaign: CampaignConfig) -> str:
    """What it calls for: its purpose, and the part of it that its file names."""
    return campaign.purpose if campaign.programme == MAIN else f"{campaign.purpose}/{campaign.programme}"


def bounds_by(
    config: CallingConfig, campaign: CampaignConfig, rule: CallingRule, demand: ConductDemand
) -> tuple[LedgerBound, ...]:
    """The ceiling of a rule, which demands one, over all that the seller calls for with this purpose; and, where the
    campaign names a programme, over that as well. So no name that a file gives itself loosens anything. A window of no
    days is the calendar day. Ledgers went by their rules' names once; a rule that is named like the calls of another
    one, `US-NY` say, has that one's ledger there."""
    taken = any(each.jurisdiction == rule.rule_id for each in config.rules)
    every = LedgerBound(
        ledger_id=f"{campaign.seller}/{campaign.purpose}/{_kind(rule)}",
        ceiling_ppm=demand.abandoned_ppm_max,
        days=max(1, demand.abandoned_days),
        formerly="" if taken else f"{campaign.seller}/{campaign.purpose}/{rule.rule_id}",
    )
    if campaign.programme == MAIN:
        return (every,)
    part = changed(every, ledger_id=f"{campaign.seller}/{programme_of(campaign)}/{_kind(rule)}", formerly="")
    return (every, part)


def own_bounds(config: CallingConfig, campaign: CampaignConfig) -> tuple[LedgerBound, ...]:
    """The campaign's own ceiling, if it has one, and those of the other campaigns of its programme. They count
    together, so each line has to keep what any of them promises: for each window the strictest."""
    if _own_ppm(campaign) < 0:
        return ()
    ledger_id, strictest = _own_ledger(campaign), dict[int, int]()
    for each in config.campaigns.values():
        if each.dialling and _own_ppm(each) >= 0 and _own_ledger(each) == ledger_id:
            days = each.dialling.pacing.days
            strictest[days] = min(_own_ppm(each), strictest.get(days, MILLION))
    return tuple(
        LedgerBound(ledger_id=ledger_id, ceiling_ppm=ppm, days=days) for days, ppm in sorted(strictest.items())
    )


def _own_ppm(campaign: CampaignConfig) -> int:
    """-1 where there is none."""
    return campaign.dialling.pacing.ceiling_ppm if campaign.dialling else -1


def _own_ledger(campaign: CampaignConfig) -> str:
    return f"{campaign.seller}/{programme_of(campaign)}/{OWN}"


def _kind(rule: CallingRule) -> str:
    """Which calls of a purpose it binds: where, and of what kind. How many may be abandoned within how many days, and
    since when, is nothing that sets its calls apart."""
    words = [rule.jurisdiction, *rule.parties, *rule.modes, *(f"{line} lines" for line in rule.lines)]
    if rule.unless_opted_in:
        words.append("not opted in")
    return ", ".join(words)


def ledger_of(state: State, bound: LedgerBound) -> Ledger:
    """With what counted under the name that it had before; empty where nothing did."""
    ledger = state.ledgers.get(bound.ledger_id) or Ledger(ledger_id=bound.ledger_id)
    before = state.ledgers.get(bound.formerly) if bound.formerly else None
    return together(ledger, before) if before else ledger
