"""What was counted in the days before: ledgers in the middle of their window, some of them nearly full."""

from cti.core.calling import CampaignConfig, ConductDemand
from cti.core.config import SiteConfig
from cti.core.ledger import DAYS_KEPT, MILLION, Ledger, day_of
from cti.core.zone import UTC
from cti.sim.nature import Nature

SHARES_PPM = (0, 500_000, 900_000, 990_000, 1_000_000)
"""How much of what a ceiling allows was used up."""


def ledger_id_of(campaign: CampaignConfig) -> str:
    """One for all campaigns of a seller's programme: its rule binds all calls there."""
    return f"{campaign.seller}/{campaign.purpose}/US"


def past_of(nature: Nature, config: SiteConfig) -> tuple[Ledger, ...]:
    """What was counted before today; nothing of some."""
    found = []
    demands = (rule.demand for rule in config.calling.rules)
    ceiling_ppm = next(demand.abandoned_ppm_max for demand in demands if isinstance(demand, ConductDemand))
    today = day_of(nature.began_at, UTC)
    for ledger_id in sorted({ledger_id_of(campaign) for campaign in config.calling.campaigns.values()}):
        days = []
        for day in sorted({today - nature.between(1, DAYS_KEPT) for _ in range(nature.pick((0, 2, 8)))}):
            answers = nature.pick((3, 40, 200))
            abandoned = answers * ceiling_ppm * nature.pick(SHARES_PPM) // MILLION // MILLION
            days.append((day, answers, abandoned))
        if days:
            found.append(Ledger(ledger_id=ledger_id, days=tuple(days)))
    return tuple(found)
