"""When to try a lead again: at an hour at which it was not missed before, and leads like it answered best, of those at
which it may be called."""

from cti.core.apply.campaigns import pool_of
from cti.core.calling import CampaignConfig, Clearance
from cti.core.campaign import Line
from cti.core.dialling_hours import dials_at
from cti.core.events import ClaimedLead
from cti.core.learning import factor_ppm
from cti.core.state import State
from cti.dialer.clearance import ready_for
from cti.dialer.foreseeing import foreseen
from cti.dialer.traits import HOUR_MS, hour_of, hour_trait

HOURS_AHEAD = 24
"""How much later than it could be a call is made at most."""


def best_time(state: State, campaign: CampaignConfig, line: Line, lead: ClaimedLead, earliest: int) -> int:
    """From `earliest` (ms) on, within a day, of the hours that rules and campaign allow: one at which this lead was
    missed least often, of those the best for leads like it, and the first of equals. `earliest` itself, where nothing
    sets hours apart or none is allowed. The lead is to be called on the number at its `number_index`."""
    how = campaign.dialling
    if how is None or not how.best_hour:
        return earliest
    number = lead.numbers[lead.number_index].number
    place = ready_for(state).place(number, lead.address)
    knowledge, missed = pool_of(state, line.pool_id).knowledge, dict(lead.past.missed)
    found = []
    for hours in range(HOURS_AHEAD):
        at = earliest + hours * HOUR_MS
        trait = hour_trait(state, place, at)
        found.append((missed.get(hour_of([trait]) or 0, 0), -factor_ppm(knowledge, trait), at))
    if len({each[:2] for each in found}) == 1:
        return earliest
    for *_, at in sorted(found):
        if dials_at(how, state.config, at) and _may_be(foreseen(state, lead, number, campaign, at)):
            return at
    return earliest


def _may_be(proof: Clearance | str) -> bool:
    return isinstance(proof, Clearance) and not proof.blocks
