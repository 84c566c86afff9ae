"""How much of the risk that a pool has learnt to take it takes now, by what its ledgers have in hand."""

from typing import NamedTuple

from cti.core.calling import CampaignConfig
from cti.core.campaign_config import LedgerBound
from cti.core.dialling_hours import day_gone_ppm
from cti.core.guarding import guard_days
from cti.core.ledger import MILLION, day_of, headroom, window
from cti.core.ledgers import ledger_of
from cti.core.state import State
from cti.core.theta import Theta, haste_of_day, haste_of_hours, haste_of_room
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
    without one, or where a campaign says what it aims at, how the day has gone, and how much of it is to come."""
    how = campaign.dialling
    if how is None or campaign.mode != "predictive" or not bounds:
        return NO_HASTE
    pacing, day = how.pacing, day_of(at, site_zone(state.config))
    gone_ppm = day_gone_ppm(how, state.config, at)
    found = []
    for bound in bounds:
        ledger = ledger_of(state, bound)
        aim = bound.ceiling_ppm if pacing.target_ppm < 0 else min(bound.ceiling_ppm, pacing.target_ppm)
        hastes = []
        if pacing.certain:
            guard = guard_days(state, bound.ledger_id, day)
            room = headroom(ledger, day, ceiling_ppm=bound.ceiling_ppm, days=bound.days, guard_days=guard)
            hastes.append(haste_of_room(theta, room, agents=agents))
        if not pacing.certain or pacing.target_ppm >= 0:
            hastes.append(_of_day(window(ledger, day, 1), aim, agents, gone_ppm))
        haste = min(hastes)
        found.append((haste, aim * haste // MILLION))
    return Haste(min(haste for haste, _ in found), min(aim for _, aim in found))


def _of_day(today: tuple[int, int], aim_ppm: int, agents: int, gone_ppm: int | None) -> int:
    answers, abandoned = today
    if gone_ppm is None:
        return haste_of_day(answers, abandoned, ceiling_ppm=aim_ppm, agents=agents)
    return haste_of_hours(answers, abandoned, ceiling_ppm=aim_ppm, agents=agents, gone_ppm=gone_ppm)
