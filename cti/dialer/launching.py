"""Lines are begun: as many as the pacing wants, as far as the ceilings, the hours and the leads allow."""

from typing import NamedTuple

from cti.core.apply.campaigns import pool_of, run_of
from cti.core.calling import CampaignConfig
from cti.core.campaign import CampaignRun, HeldLead, Line, RunStatus
from cti.core.campaign_config import CampaignDialling, LedgerBound
from cti.core.events import DialRequested, LeadTaken, LinesPaced, PacingComputed, PoolBegun
from cti.core.exposure import exposed_lines, free_agents
from cti.core.ids import LEG
from cti.core.learning import answer_ppm
from cti.core.ledger import Ledger, day_of, headroom
from cti.core.placing import start_leg
from cti.core.pools import PoolConfig, pools_of
from cti.core.state import State
from cti.core.states import PartyRole
from cti.core.turn import Turn
from cti.core.zone import site_zone
from cti.dialer.bounds import Bounds
from cti.dialer.claims import ask_for_leads
from cti.dialer.clearance import ready_for
from cti.dialer.compliance import stopped_by_spend
from cti.dialer.hours import dials_at
from cti.dialer.state import DialerState
from cti.dialer.traits import traits_of

LINES_MAX = 50
"""How many lines one turn begins at most."""

LEADS_TRIED = 10
"""How many leads are looked at when the first are under a ceiling that has been reached."""

SHARE_UNIT = 1_000_000

CEILING_MOST = 30_000
"""No pool begins as if more of the answers might be abandoned (millionths)."""

NO_END = 1_000_000
"""More lines than there ever are: any of them may be abandoned, as far as rules go."""

NO_LEADS, LINES, AGENTS, CEILING, STOPPED = "no_leads", "lines_max", "no_agent", "ceiling", "stopped"
"""What may be in the way of a line: nobody is left to be called, or it is not their hour; the campaign has as many
lines as it may; nobody is free, in a mode that waits for that; too many answers were abandoned; the site has spent what
it may."""


class Dialling(NamedTuple):
    """A campaign that may begin a line."""

    run: CampaignRun
    campaign: CampaignConfig
    how: CampaignDialling


class Chosen(NamedTuple):
    """The next line."""

    dialling: Dialling
    held: HeldLead
    bounds: Bounds


class Air(NamedTuple):
    """What is in the air for a pool, and who is free, while lines are begun: agents change nothing in that turn."""

    lines: list[Line]
    free: dict[str, int]
    day: int

    def exposure(self, more: int = 0) -> int:
        """What could be abandoned at worst, with so many lines more."""
        return len(self.lines) + more - self.free[""]


def decide_paced(turn: Turn, event: PacingComputed) -> None:
    """Each line is looked at in the state that the one before it left."""
    state = turn.state
    pool = pools_of(state).by_campaign.get(event.campaign_id)
    if pool is None or pool.pool_id != event.campaign_id:
        return
    if pool.pool_id not in state.pools:
        _begin_pool(turn, pool)
    air = _air(state, pool, turn.now.at)
    wanted, begun = min(event.calls_now, LINES_MAX), 0
    reason = STOPPED if stopped_by_spend(state) else ""
    while begun < wanted and not reason:
        chosen = _choose(state, pool, air, turn.now.at)
        if isinstance(chosen, Chosen):
            air.lines.append(_begin(turn, pool, chosen))
            begun += 1
        else:
            reason = chosen
    turn.emit(
        LinesPaced(
            pool_id=pool.pool_id,
            wanted=wanted,
            begun=begun,
            exposure=air.exposure(),
            slack=_slack(state, air),
            blocked=reason == CEILING,
            reason=reason,
        )
    )
    for campaign_id in pool.campaign_ids:
        ask_for_leads(turn, campaign_id)


def _begin_pool(turn: Turn, pool: PoolConfig) -> None:
    state, ceilings = turn.state, [CEILING_MOST]
    for campaign_id in pool.campaign_ids:
        for held in first_leads(state, campaign_id, 1):
            campaign = state.config.calling.campaigns[campaign_id]
            ceilings += [bound.ceiling_ppm for bound in bounds_for(state, campaign, held).ledgers]
    turn.emit(PoolBegun(pool_id=pool.pool_id, agents=len(pool.agent_ids), ceiling_ppm=min(ceilings)))


def _air(state: State, pool: PoolConfig, at: int) -> Air:
    campaigns = [state.config.calling.campaigns[campaign_id] for campaign_id in pool.campaign_ids]
    queue_ids = {"", *(each.dialling.queue_id for each in campaigns if each.dialling)}
    return Air(
        lines=exposed_lines(state, pool.pool_id),
        free={queue_id: free_agents(state, pool, queue_id) for queue_id in sorted(queue_ids)},
        day=day_of(at, site_zone(state.config)),
    )


def may_dial_now(state: State, campaign_id: str, at: int) -> Dialling | None:
    """The campaign, if it is running and within its hours."""
    run, campaign = run_of(state, campaign_id), state.config.calling.campaigns.get(campaign_id)
    if campaign is None or campaign.dialling is None or run.status is not RunStatus.RUNNING:
        return None
    return Dialling(run, campaign, campaign.dialling) if dials_at(campaign.dialling, state.config, at) else None


def _choose(state: State, pool: PoolConfig, air: Air, at: int) -> Chosen | str:
    """Whose turn it is: the first lead that may be called now, of the campaign that has begun the fewest lines for its
    share; or why nobody's."""
    reason = NO_LEADS
    for dialling in _able(state, pool, at):
        at_ceiling: list[tuple[LedgerBound, ...]] = []
        for held in first_leads(state, dialling.run.campaign_id, LEADS_TRIED):
            bounds = bounds_for(state, dialling.campaign, held)
            if bounds.ledgers in at_ceiling:
                continue
            reason = _obstacle(state, dialling, bounds, air)
            if not reason:
                return Chosen(dialling, held, bounds)
            if reason != CEILING:  # else the next lead may fall under another one
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


def bounds_for(state: State, campaign: CampaignConfig, held: HeldLead) -> Bounds:
    """What the rules ask of a call to this lead."""
    ready, lead = ready_for(state), held.lead
    return ready.bounds(campaign, ready.place(lead.numbers[lead.number_index].number, lead.address))


def _obstacle(state: State, chosen: Dialling, bounds: Bounds, air: Air) -> str:
    """Why the line may not begin now; empty when it may. At worst every line is answered by a person, and no agent
    becomes free: of one ledger no more than its own lines can be abandoned, and no more than all lines but for the free
    agents."""
    if len(air.lines) >= chosen.how.pacing.lines_max:
        return LINES
    if chosen.campaign.mode == "broadcast":
        return ""
    exposure = len(air.lines) + 1 + chosen.how.agents_kept - air.free[chosen.how.queue_id]
    if exposure <= 0:
        return ""
    if chosen.campaign.mode != "predictive":
        return AGENTS
    if not chosen.how.pacing.certain:
        return ""
    for bound in bounds.ledgers:
        own = sum(bound.ledger_id in _ledgers(line) for line in air.lines) + 1
        if min(exposure, own) > _headroom(state, bound, air.day):
            return CEILING
    return ""


def _slack(state: State, air: Air) -> int:
    """How many of the lines in the air may be abandoned, by the strictest of what they were begun under."""
    found = NO_END
    rooms: dict[str, int] = {}
    for line in air.lines:
        campaign = state.config.calling.campaigns.get(line.campaign_id)
        if campaign is None or campaign.dialling is None or campaign.mode == "broadcast":
            continue
        if campaign.mode != "predictive":
            return 0
        for bound in line.bounds if campaign.dialling.pacing.certain else ():
            if bound.ledger_id not in rooms:
                rooms[bound.ledger_id] = _headroom(state, bound, air.day)
    return min([found, *rooms.values()])


def _headroom(state: State, bound: LedgerBound, day: int) -> int:
    ledger = state.ledgers.get(bound.ledger_id) or Ledger(ledger_id=bound.ledger_id)
    return headroom(ledger, day, ceiling_ppm=bound.ceiling_ppm, days=bound.days)


def _ledgers(line: Line) -> list[str]:
    return [bound.ledger_id for bound in line.bounds]


def _begin(turn: Turn, pool: PoolConfig, chosen: Chosen) -> Line:
    """The lead is called on the number whose turn it is, if the rules allow it when the request leaves."""
    held, bounds = chosen.held, chosen.bounds
    lead, leg_id = held.lead, turn.new_id(LEG)
    number = lead.numbers[lead.number_index].number
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
            guaranteed=chosen.dialling.campaign.mode == "progressive",
            address=lead.address,
        )
    )
    return turn.state.lines[leg_id]
