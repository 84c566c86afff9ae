"""When to try a lead again: at the hour at which leads like it answered best, of those at which it may be called."""

from cti.core.apply.campaigns import pool_of
from cti.core.base import changed
from cti.core.calling import CampaignConfig, Clearance
from cti.core.campaign import Line
from cti.core.dialling_hours import dials_at
from cti.core.events import ClaimedLead
from cti.core.learning import factor_ppm
from cti.core.state import State
from cti.dialer.clearance import ready_for
from cti.dialer.foreseeing import foreseen
from cti.dialer.traits import HOUR, HOUR_MS, traits_of

HOURS_AHEAD = 24
"""How much later than it could be a call is made at most."""


def best_time(
    state: State, campaign: CampaignConfig, line: Line, lead: ClaimedLead, number_index: int, earliest: int
) -> int:
    """From `earliest` (ms) on, within a day: the best hour that rules and campaign allow, and the first of equals.
    `earliest` itself, where nothing was learnt of hours or none is allowed."""
    how = campaign.dialling
    if how is None or not how.best_hour:
        return earliest
    lead = changed(lead, number_index=number_index)
    number = lead.numbers[number_index].number
    place = ready_for(state).place(number, lead.address)
    knowledge = pool_of(state, line.pool_id).knowledge
    found = []
    for hours in range(HOURS_AHEAD):
        at = earliest + hours * HOUR_MS
        hour = next(trait for trait in traits_of(state, lead, place, at) if trait.startswith(HOUR))
        found.append((-factor_ppm(knowledge, hour), at))
    if len({factor for factor, _ in found}) == 1:
        return earliest
    for _, at in sorted(found):
        if dials_at(how, state.config, at) and _may_be(foreseen(state, lead, number, campaign, at)):
            return at
    return earliest


def _may_be(proof: Clearance | str) -> bool:
    return isinstance(proof, Clearance) and not proof.blocks
