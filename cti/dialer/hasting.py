"""How much of the risk that a pool has learnt to take it takes now, by what its ledgers have in hand."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig
from cti.core.campaign_config import LedgerBound
from cti.core.ledger import MILLION, Ledger, day_of, headroom, window
from cti.core.state import State
from cti.core.theta import Theta, haste_of_day, haste_of_room
from cti.core.zone import site_zone


class Haste(NamedTuple):
    """By how many millionths theta is taken; and of how many millionths of the answers abandoned pacing learns that it
    was right."""

    haste_ppm: int
    aim_ppm: int


NO_HASTE = Haste(MILLION, 0)
"""Where nothing is abandoned, as no rule binds or nobody dials ahead."""


def haste_of(
    state: State, campaign: CampaignConfig, bounds: tuple[LedgerBound, ...], theta: Theta, agents: int, at: int
) -> Haste:
    """The most careful of what its ledgers say. With a certificate it is the room under the ceiling that counts;
    without one, or where a campaign says what it aims at, how the day has gone so far."""
    pacing = campaign.dialling.pacing if campaign.dialling else None
    if pacing is None or campaign.mode != "predictive" or not bounds:
        return NO_HASTE
    day = day_of(at, site_zone(state.config))
    found = []
    for bound in bounds:
        ledger = state.ledgers.get(bound.ledger_id) or Ledger(ledger_id=bound.ledger_id)
        aim = bound.ceiling_ppm if pacing.target_ppm < 0 else min(bound.ceiling_ppm, pacing.target_ppm)
        hastes = []
        if pacing.certain:
            room = headroom(ledger, day, ceiling_ppm=bound.ceiling_ppm, days=bound.days)
            hastes.append(haste_of_room(theta, room))
        if not pacing.certain or pacing.target_ppm >= 0:
            hastes.append(haste_of_day(*window(ledger, day, 1), ceiling_ppm=aim, agents=agents))
        haste = min(hastes)
        found.append((haste, aim * haste // MILLION))
    return Haste(min(haste for haste, _ in found), min(aim for _, aim in found))
