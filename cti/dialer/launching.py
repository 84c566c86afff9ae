"""Lines are begun: as many as the pacing wants, as far as the ceilings, the hours and the leads allow."""

from typing import NamedTuple

from cti.core.air import CEILING, KEPT, Air
from cti.core.apply.campaigns import pool_of, run_of
from cti.core.callers import callers_first
from cti.core.calling import CampaignConfig
from cti.core.campaign import CampaignRun, HeldLead, Line, RunStatus
from cti.core.campaign_config import CampaignDialling, LedgerBound
from cti.core.dialling_hours import dials_at
from cti.core.events import DialRefused, DialRequested, LeadTaken, LinesPaced, PacingComputed, PoolBegun
from cti.core.ids import LEG
from cti.core.learning import answer_ppm
from cti.core.ledgers import programme_of
from cti.core.placing import start_leg
from cti.core.pools import PoolConfig, pools_of
from cti.core.state import State
from cti.core.states import PartyRole
from cti.core.tuning import tuned_campaign
from cti.core.turn import Turn
from cti.dialer.bounds import Bounds
from cti.dialer.claims import ask_for_leads
from cti.dialer.clearance import ready_for
from cti.dialer.compliance import stopped_by_spend
from cti.dialer.foreseeing import refusal
from cti.dialer.recycling import not_called
from cti.dialer.state import DialerState
from cti.dialer.traits import traits_of

LINES_MAX = 50
"""How many lines one turn begins at most."""

PUT_BY_MOST = 40
"""How many leads at most turn out to be called later, in one turn: their hour has not come, say."""

LEADS_TRIED = 10
"""How many leads are looked at when the first are under a ceiling that has been reached."""

SHARE_UNIT = 1_000_000

CEILING_MOST = 30_000
"""No pool begins as if more of the answers might be abandoned (millionths)."""

NO_LEADS, STOPPED = "no_leads", "stopped"
"""What may be in the way of a line, beside what `cti.core.air` says: nobody is left to be called, it is not their
hour, or callers come first; the site has spent what it may."""


OF_BOUNDS = (CEILING, KEPT)
"""What may be in the way of a lead, and not in that of one whose call counts elsewhere. To dare more is of no use."""


class Dialling(NamedTuple):
    """A campaign that may begin a line, as it is tuned."""

    run: CampaignRun
    campaign: CampaignConfig
    how: CampaignDialling


class Chosen(NamedTuple):
    """The next line."""

    dialling: Dialling
    held: HeldLead
    bounds: Bounds


def decide_paced(turn: Turn, event: PacingComputed) -> None:
    """Each line is looked at in the state that the one before it left."""
    state = turn.state
    pool = pools_of(state).by_campaign.get(event.campaign_id)
    if pool is None or pool.pool_id != event.campaign_id:
        return
    if pool.pool_id not in state.pools:
        _begin_pool(turn, pool)
    air = Air(state, pool, turn.now.at)
    wanted, begun, put_by = min(event.calls_now, LINES_MAX), 0, 0
    reason = STOPPED if stopped_by_spend(state) else ""
    while begun < wanted and put_by < PUT_BY_MOST and not reason:
        chosen = _choose(state, pool, air, turn.now.at)
        if not isinstance(chosen, Chosen):
            reason = chosen
        elif not_yet := _not_yet(state, chosen, turn.now.at):
            turn.emit(not_called(chosen.held, not_yet, turn.now.at))
            put_by += 1
        else:
            air.add(_begin(turn, pool, chosen))
            begun += 1
    turn.emit(
        LinesPaced(
            pool_id=pool.pool_id,
            wanted=wanted,
            begun=begun,
            exposure=air.exposure,
            slack=air.slack,
            blocked=reason in OF_BOUNDS,
            reason=reason,
        )
    )
    for campaign_id in pool.campaign_ids:
        ask_for_leads(turn, campaign_id)


def _begin_pool(turn: Turn, pool: PoolConfig) -> None:
    """With what one of its campaigns has learnt, where it was in a pool of another name."""
    state, ceilings = turn.state, [CEILING_MOST]
    for campaign_id in pool.campaign_ids:
        for held in first_leads(state, campaign_id, 1):
            bounds = bounds_for(state, held)
            ceilings += [] if bounds.refused else [bound.ceiling_ppm for bound in bounds.ledgers]
    known = next((campaign_id for campaign_id in pool.campaign_ids if campaign_id in state.pools), "")
    turn.emit(PoolBegun(pool_id=pool.pool_id, agents=len(pool.agent_ids), ceiling_ppm=min(ceilings), learnt_from=known))


def may_dial_now(state: State, campaign_id: str, at: int) -> Dialling | None:
    """The campaign, if it is running and within its hours, and no caller has waited for too long."""
    run, campaign = run_of(state, campaign_id), tuned_campaign(state, campaign_id)
    if campaign is None or campaign.dialling is None or run.status is not RunStatus.RUNNING:
        return None
    if not dials_at(campaign.dialling, state.config, at) or callers_first(state, campaign, at):
        return None
    return Dialling(run, campaign, campaign.dialling)


def _choose(state: State, pool: PoolConfig, air: Air, at: int) -> Chosen | str:
    """Whose turn it is: the first lead that may be called now, of the campaign that has begun the fewest lines for its
    share; or why nobody's."""
    reason = NO_LEADS
    for dialling in _able(state, pool, at):
        at_ceiling: list[tuple[LedgerBound, ...]] = []
        for held in first_leads(state, dialling.run.campaign_id, LEADS_TRIED):
            bounds = bounds_for(state, held)
            if bounds.ledgers in at_ceiling:
                continue
            barrier = next(air.barriers(dialling.campaign, bounds.ledgers), None)
            if barrier is None:
                return Chosen(dialling, held, bounds)
            reason = barrier.code
            if reason not in OF_BOUNDS:  # else the next lead may fall under another one
                break
            at_ceiling.append(bounds.ledgers)
    return reason


def _able(state: State, pool: PoolConfig, at: int) -> list[Dialling]:
    found = [may_dial_now(state, campaign_id, at) for campaign_id in pool.campaign_ids]
    able = [each for each in found if each]
    return sorted(able, key=lambda each: (each.run.served * SHARE_UNIT // each.how.share, each.run.campaign_id))


def first_leads(state: State, campaign_id: str, count: int) -> list[HeldLead]:
    """Whose turn is next, among a campaign's leads."""
    buffer = state.room(DialerState).buffers.get(campaign_id)
    return [state.leads[entry[-1]] for entry in buffer.entries[:count]] if buffer else []


def bounds_for(state: State, held: HeldLead) -> Bounds:
    """What the rules ask of a call to this lead, by the file of its campaign, however that is tuned."""
    ready, lead, campaign = ready_for(state), held.lead, state.config.calling.campaigns[held.campaign_id]
    return ready.bounds(campaign, ready.place(lead.numbers[lead.number_index].number, lead.address))


def _not_yet(state: State, chosen: Chosen, at: int) -> DialRefused | None:
    """What is in the way of a call that time alone makes right, of what is known without asking. Whom nobody may call
    at all is refused when the call is asked for, with the proof."""
    campaign = chosen.dialling.campaign
    refused = refusal(state, chosen.held, campaign, at, guaranteed=is_guaranteed(campaign))
    return refused if refused and refused.next_allowed_at > at else None


def is_guaranteed(campaign: CampaignConfig) -> bool:
    """Each of its lines is begun for an agent who is free, and keeps that agent."""
    return campaign.mode == "progressive"


def _begin(turn: Turn, pool: PoolConfig, chosen: Chosen) -> Line:
    """The lead is called on the number whose turn it is, if the rules allow it when the request leaves."""
    held, bounds = chosen.held, chosen.bounds
    lead, leg_id = held.lead, turn.new_id(LEG)
    number = lead.numbers[lead.number_index].number
    guaranteed = is_guaranteed(chosen.dialling.campaign)
    traits = traits_of(turn.state, lead, ready_for(turn.state).place(number, lead.address), turn.now.at)
    turn.emit(
        LeadTaken(
            leg_id=leg_id,
            campaign_id=held.campaign_id,
            pool_id=pool.pool_id,
            lead_key=held.key,
            number_index=lead.number_index,
            traits=traits,
            chance_ppm=answer_ppm(pool_of(turn.state, pool.pool_id).knowledge, traits),
            bounds=bounds.ledgers,
            connect_ms=bounds.connect_ms,
            after_greeting=bounds.after_greeting,
            programme=programme_of(chosen.dialling.campaign),
            guaranteed=guaranteed,
        )
    )
    start_leg(turn, leg_id, endpoint=f"tel:{number}", call_id="", role=PartyRole.CUSTOMER)
    turn.emit(
        DialRequested(
            dial_id=leg_id,
            purpose="campaign",
            leg_id=leg_id,
            number=number,
            campaign_id=held.campaign_id,
            subject=lead.subject,
            consent=lead.consent,
            customer_at=lead.customer_at,
            guaranteed=guaranteed,
            address=lead.address,
        )
    )
    return turn.state.lines[leg_id]
