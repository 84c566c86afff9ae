"""How long a ceiling holds by itself: how many changes of the day a ledger must outlast without another answer, so that
the ceiling is not broken by days that the window forgets while nobody dials."""

from cti.core.calling import CampaignConfig
from cti.core.campaign import RunStatus
from cti.core.ceilings import ceilings_of
from cti.core.config import SiteConfig
from cti.core.dialling_hours import dials_on
from cti.core.ledger import GUARD_DAYS
from cti.core.state import State

LOST_DAYS = 1
"""So many days on which a campaign would dial may go by without a single line: nobody comes, since it snows."""

LOOKED_DAYS = 21
"""No closure that a calendar knows is longer, and yet one after which the same campaign goes on."""


def guard_days(state: State, ledger_id: str, day: int) -> int:
    """By the campaigns that count in the ledger and run: until each of them dials again, and one of its days more.
    Where any of them has no week of its own, or no such day to come, nobody knows: the guard is `GUARD_DAYS` then."""
    runs = state.runs
    known = [
        _changes_until_dialling(campaign, state.config, day)
        for campaign in state.derived("campaigns by ledger", _by_ledger).get(ledger_id, ())
        if (run := runs.get(campaign.campaign_id)) and run.status is RunStatus.RUNNING
    ]
    return max(known, default=GUARD_DAYS)


def _changes_until_dialling(campaign: CampaignConfig, config: SiteConfig, day: int) -> int:
    how, lost = campaign.dialling, 0
    if how is None or not how.spans:
        return GUARD_DAYS
    for change in range(1, LOOKED_DAYS + 1):
        if dials_on(how, config, day + change):
            if lost == LOST_DAYS:
                return change
            lost += 1
    return GUARD_DAYS


def _by_ledger(config: SiteConfig) -> dict[str, list[CampaignConfig]]:
    found: dict[str, list[CampaignConfig]] = {}
    for campaign in config.calling.campaigns.values():
        ledger_ids = dict.fromkeys(ceiling.bound.ledger_id for ceiling in ceilings_of(config.calling, campaign))
        for ledger_id in ledger_ids if campaign.mode == "predictive" else ():
            found.setdefault(ledger_id, []).append(campaign)
    return found
