"""What keeps a campaign from beginning a line just now, in plain words: the same questions that the dialer asks, in its
order."""

from collections.abc import Iterator, Sequence
from itertools import chain

from cti.core.agent import agent_state
from cti.core.air import AGENTS, KEPT, LINES, Air, Barrier
from cti.core.apply.campaigns import run_of
from cti.core.base import Record
from cti.core.callers import callers_first
from cti.core.calling import CampaignConfig
from cti.core.campaign import CampaignRun, RunStatus
from cti.core.campaign_config import CampaignDialling, LedgerBound
from cti.core.ceilings import ceilings_of
from cti.core.dialling_hours import closed_for, dials_at, dials_next_at
from cti.core.ledgers import OWN
from cti.core.pools import PACED, PoolConfig, pools_of
from cti.core.state import State
from cti.core.states import AgentState
from cti.core.zone import UTC, clock, date_of, local_day, site_zone, weekday_of
from cti.views.campaign_ceilings import Waiting

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Obstacle(Record):
    """`code` is for programs; `until` (ms) is when it will be gone, 0 where no clock says so."""

    code: str
    words: str
    until: int = 0


def obstacles_of(state: State, campaign: CampaignConfig, at: int, waiting: Waiting = ()) -> Iterator[Obstacle]:
    """Of a campaign as it is tuned, whose next lead would count in one of the `waiting` sets of ledgers. What is there
    before anything else is asked ends the list."""
    run, how = run_of(state, campaign.campaign_id), campaign.dialling
    if how is None:
        yield Obstacle(code="by_hand", words="agents dial for it: its file says nothing about dialling")
    elif run.status is not RunStatus.RUNNING:
        yield _status(state, run)
    else:
        yield from _site(state)
        yield from _calendar(state, how, at)
        if campaign.mode in PACED:
            yield from _leads(state, run)
        pool = pools_of(state).by_campaign.get(campaign.campaign_id)
        if pool:
            yield from _callers(state, campaign, at)
            yield from _pool(state, campaign, how, pool, Air(state, pool, at), waiting)
        elif campaign.mode == "preview":
            yield from _nobody_there(state, how, _serving(state, how.queue_id))


def _status(state: State, run: CampaignRun) -> Obstacle:
    by = f" by {run.by}" if run.by else ""
    since = f" since {_clock(state, run.since)}" if run.since else ""
    if run.status is RunStatus.DRAINING:
        lines = sum(1 for line in state.lines.rows.values() if line.campaign_id == run.campaign_id)
        return Obstacle(code="draining", words=f"drained{by}{since}: it stops after the calls that go on ({lines})")
    if run.status is RunStatus.PAUSED:
        why = f": {run.why}" if run.why else ""
        return Obstacle(code="paused", words=f"paused{by}{since}{why}")
    return Obstacle(code="stopped", words=f"stopped{by}{since}" if run.since else "nobody has started it yet")


def _clock(state: State, at: int) -> str:
    """As the site's clocks show it, with their zone: what else is told of a campaign may be in UTC."""
    zone = site_zone(state.config)
    return clock(zone, at) if zone.name == UTC.name else f"{clock(zone, at)} {zone.name}"


def _site(state: State) -> Iterator[Obstacle]:
    site = state.dial_counts.get("")
    if site and site.stopped and site.rule:
        words = f"outside calls are stopped by the cap {site.rule}: `cti watch` resumes them"
        yield Obstacle(code="site_stopped", words=words)
    rate = state.config.calls_per_second
    waiting = len(state.dials) + len(state.gathering)
    if rate and waiting >= 2 * rate:
        yield Obstacle(code="rate", words=f"the carrier's rate: {waiting} calls wait to leave, {rate} do each second")


def _calendar(state: State, how: CampaignDialling, at: int) -> Iterator[Obstacle]:
    if dials_at(how, state.config, at):
        return
    zone = site_zone(state.config)
    opens_at = dials_next_at(how, state.config, at)
    if not opens_at:
        last = f"its last date was {how.until_date}" if how.until_date else ""
        yield Obstacle(code="over", words=last or closed_for(how, state.config, local_day(zone, at)) or "never open")
        return
    day = local_day(zone, opens_at)
    when = _clock(state, opens_at)
    if day != local_day(zone, at):
        near = day - local_day(zone, at) < len(DAYS)
        when = f"{DAYS[weekday_of(day)] if near else date_of(day)} {when}"
    why = closed_for(how, state.config, local_day(zone, at)) or "outside its hours"
    yield Obstacle(code="hours", words=f"{why}: it dials again {when}", until=opens_at)


def _leads(state: State, run: CampaignRun) -> Iterator[Obstacle]:
    """Whom an agent promised to call is kept for that agent."""
    held = (each for each in state.leads.rows.values() if each.campaign_id == run.campaign_id)
    if any(not each.leg_id and not each.kept_for for each in held):
        return
    if run.claim_id:
        yield Obstacle(code="claiming", words="leads are being fetched")
    else:
        again = run.claim_after
        yield Obstacle(code="no_leads", words="nobody on its lists may be called just now", until=again)


def _callers(state: State, campaign: CampaignConfig, at: int) -> Iterator[Obstacle]:
    longest = callers_first(state, campaign, at)
    if longest and campaign.dialling:
        seconds, most = (at - longest.since) // 1_000, campaign.dialling.callers_wait_ms // 1_000
        words = f"callers come first: one has waited {seconds} s in {longest.queue_id}, more than {most} s"
        yield Obstacle(code="callers", words=words)


def _pool(
    state: State,
    campaign: CampaignConfig,
    how: CampaignDialling,
    pool: PoolConfig,
    air: Air,
    waiting: Waiting,
) -> Iterator[Obstacle]:
    """Lines of all campaigns that share the agents are in the way of each of them."""
    alone = () if campaign.mode == "broadcast" else tuple(_nobody_there(state, how, pool.agent_ids))
    if alone:
        yield from alone
        return
    ceilings = {each.bound: each.name for each in ceilings_of(state.config.calling, campaign)}
    for barrier in _barriers(air, campaign, waiting):
        if barrier.code == LINES:
            lines = air.lines_of(campaign.campaign_id)
            are = "1 line is" if lines == 1 else f"{lines} lines are"
            words = f"{are} in the air, and it may have {how.pacing.lines_max}"
            yield Obstacle(code="lines_max", words=words)
        elif barrier.code in (AGENTS, KEPT):
            yield Obstacle(code="no_agent_free", words=_nobody_free(air.free_for(how.queue_id), air.lines, how))
        elif barrier.bound:
            yield Obstacle(code="ceiling", words=_in_words(barrier, barrier.bound, ceilings.get(barrier.bound, "")))


def _nobody_there(state: State, how: CampaignDialling, agent_ids: Sequence[str]) -> Iterator[Obstacle]:
    """Nothing where one of these agents could talk."""
    if any(_is_there(state, agent_id) for agent_id in agent_ids):
        return
    who = "the only one is" if len(agent_ids) == 1 else f"all {len(agent_ids)} are"
    away = f"no agent is there: {who} signed out, on a break or not on a line yet"
    yield Obstacle(code="no_agents", words=away if agent_ids else f"nobody serves the queue {how.queue_id}")


def _serving(state: State, queue_id: str) -> tuple[str, ...]:
    """Of a preview, which shares its agents with nobody: those who serve its queue on a line that stays up."""
    return tuple(
        agent.agent_id
        for agent in state.config.agents.values()
        if agent.nailed_up and any(each.queue_id == queue_id for each in agent.memberships)
    )


def _barriers(air: Air, campaign: CampaignConfig, waiting: Waiting) -> tuple[Barrier, ...]:
    """None as long as a lead waits that nothing is in the way of: it is called before the others. Without any lead
    what is in everybody's way counts."""
    found = [tuple(air.barriers(campaign, bounds)) for bounds in waiting or ((),)]
    return tuple(dict.fromkeys(chain.from_iterable(found))) if all(found) else ()


def _is_there(state: State, agent_id: str) -> bool:
    agent = state.agents.get(agent_id)
    busy = (AgentState.READY, AgentState.RESERVED, AgentState.BUSY, AgentState.WRAP_UP)
    return agent is not None and agent.nailed and agent_state(agent) in busy


def _nobody_free(free: int, lines: int, how: CampaignDialling) -> str:
    if not free:
        return "no agent is free"
    taken = [f"{lines} of them for lines in the air"] if lines else []
    taken += (
        [f"{how.agents_kept} {'is' if how.agents_kept == 1 else 'are'} left for callers"] if how.agents_kept else []
    )
    return f"no agent is free for another line: {free} free, {', '.join(taken)}"


def _in_words(barrier: Barrier, bound: LedgerBound, name: str) -> str:
    """A line more could be one abandoned call too many, if every line were answered and no agent got free: under a
    ceiling of its own, or of lines that want the same agents."""
    who = f"the ceiling of {name}" if name else f"the ceiling {bound.ledger_id} of lines beside its own"
    who = "its own ceiling" if name == OWN else who
    return (
        f"{who}: with another line {barrier.exposed} could find nobody, and {barrier.room} may until answers make up"
        " for it"
    )
