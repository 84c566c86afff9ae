"""How a campaign stands: its lines, its leads, its agents, and how near it is to each ceiling."""

from cti.core.agent import Agent, agent_state
from cti.core.air import Air
from cti.core.apply.campaigns import run_of
from cti.core.base import Record
from cti.core.campaign import Line, Today
from cti.core.campaign_config import CampaignDialling, Setting
from cti.core.ledger import day_of
from cti.core.line_time import line_ms
from cti.core.pools import PoolConfig, pools_of
from cti.core.state import State
from cti.core.states import AgentState
from cti.core.tuning import in_words, tuned_campaign
from cti.core.zone import UTC, offset_s, site_zone
from cti.views.campaign_ceilings import BoundsOf, LedgerStand, bounds_waiting, every_bound, ledgers_of
from cti.views.campaign_obstacles import Obstacle, obstacles_of
from cti.views.detection import Detection, detection_within

DETECTION_DAYS = 30
"""Of so many days it is said how the carrier told people from machines."""


class Lines(Record):
    """Calls in the air: asked for and not yet cleared, being rung, answered and waiting for an agent, with one, and
    with nobody's (a message, a machine)."""

    asked: int
    ringing: int
    waiting: int
    talking: int
    others: int


class Agents(Record):
    """Of those who serve the campaigns that share them: free, with somebody, in wrap-up, and not there. Of the free
    ones lines in the air count on `kept`. All of them were on their lines for `line_ms` today."""

    free: int
    talking: int
    wrapping: int
    away: int
    kept: int = 0
    line_ms: int = 0


class Paced(Record):
    """What the pacing found at `at` (ms): how many lines it `wanted`, the risk of one more, how much risk it may take,
    and how many agents and answers it expects by the time at which a line that is begun now is answered; the last four
    in millionths, and 0 where it does not dial ahead."""

    at: int
    method: str
    wanted: int
    risk_ppm: int = 0
    theta_ppm: int = 0
    free_ppm: int = 0
    answers_ppm: int = 0


class Tuned(Record):
    """In place of what is `written` in the campaign's file, in words as people read them, since `at` (ms), by whom."""

    key: str
    value: str
    written: str
    by: str
    at: int


class CampaignStand(Record):
    """`since` (ms) it has had its `status`, by whom, or else `why`. `begun` lines since it was started first; `held`
    leads wait here, `left` in the store beside them when it was asked last; it is asked again at `claim_after` (ms; 0:
    when they run low). `exposure`: how many lines could find nobody now, at worst, of all campaigns of the pool, whose
    `peers` they are. `today` is this campaign's; `pool_connects` are those of all of them. `obstacles`, in words, are
    what keeps it from beginning a line, the first one first; without any it dials. `detection` is of the last 30 days.
    The site's clocks, those of its `zone`, are
    `offset_s` ahead of UTC."""

    campaign_id: str
    name: str
    mode: str
    dialled: bool
    status: str
    since: int
    by: str
    why: str
    begun: int
    held: int
    left: int
    claim_after: int
    lines: Lines
    agents: Agents
    ledgers: tuple[LedgerStand, ...]
    pool_id: str
    exposure: int
    detection: Detection
    tuned: tuple[Tuned, ...] = ()
    lists: tuple[str, ...] = ()
    lines_max: int = 0
    agents_kept: int = 0
    certain: bool = True
    peers: tuple[str, ...] = ()
    today: Today = Today()
    pool_connects: int = 0
    paced: Paced | None = None
    obstacles: tuple[Obstacle, ...] = ()
    at: int = 0
    offset_s: int = 0
    zone: str = UTC.name


def stand_of(
    state: State, campaign_id: str, at: int, paced: Paced | None = None, bounds_of: BoundsOf = every_bound
) -> CampaignStand:
    """Of a campaign of the configuration, as it is tuned; `bounds_of` a lead says in which ledgers it would count.
    Raises `KeyError`."""
    campaign, run = tuned_campaign(state, campaign_id), run_of(state, campaign_id)
    if campaign is None:
        raise KeyError(campaign_id)
    pool, how = pools_of(state).by_campaign.get(campaign_id), campaign.dialling or CampaignDialling()
    day, waiting = day_of(at, site_zone(state.config)), bounds_waiting(state, campaign_id, bounds_of)
    return CampaignStand(
        campaign_id=campaign_id,
        name=campaign.name,
        mode=campaign.mode,
        dialled=campaign.dialling is not None,
        status=run.status,
        since=run.since,
        by=run.by,
        why=run.why,
        begun=run.served,
        held=sum(1 for each in state.leads.rows.values() if each.campaign_id == campaign_id and not each.leg_id),
        left=run.left,
        claim_after=run.claim_after,
        lines=lines_of(state, campaign_id),
        agents=_agents(state, pool, at),
        ledgers=tuple(ledgers_of(state, campaign, at, waiting)),
        pool_id=pool.pool_id if pool else "",
        exposure=Air(state, pool, at).left_over if pool else 0,
        detection=detection_within(state, (campaign_id,), day - DETECTION_DAYS + 1, day),
        tuned=tuple(_tuned(each) for each in run.tuned),
        lists=how.claim.lists,
        lines_max=how.pacing.lines_max,
        agents_kept=how.agents_kept,
        certain=how.pacing.certain,
        peers=pool.campaign_ids if pool else (),
        today=_today(state, campaign_id, at),
        pool_connects=sum(_today(state, each, at).connects for each in (pool.campaign_ids if pool else ())),
        paced=paced,
        obstacles=tuple(obstacles_of(state, campaign, at, waiting)),
        at=at,
        offset_s=offset_s(site_zone(state.config), at),
        zone=site_zone(state.config).name,
    )


def _today(state: State, campaign_id: str, at: int) -> Today:
    today, day = run_of(state, campaign_id).today, day_of(at, site_zone(state.config))
    return today if today.day == day else Today(day=day)


def _tuned(setting: Setting) -> Tuned:
    value, written = in_words(setting.key, setting.value), in_words(setting.key, setting.written)
    return Tuned(key=setting.key, value=value, written=written, by=setting.by, at=setting.at)


def lines_of(state: State, campaign_id: str) -> Lines:
    """Of this campaign alone, by what has come of them so far."""
    counts = {"asked": 0, "ringing": 0, "waiting": 0, "talking": 0, "others": 0}
    for line in state.lines.rows.values():
        if line.campaign_id == campaign_id and not line.ended_at:
            counts[_phase(line)] += 1
    return Lines(**counts)


def _phase(line: Line) -> str:
    if not line.answered_at:
        return "ringing" if line.dialled_at else "asked"
    if line.connected_at:
        return "talking"
    return "waiting" if line.connect_by else "others"


_PHASES = {AgentState.BUSY: "talking", AgentState.RESERVED: "talking", AgentState.WRAP_UP: "wrapping"}


def _agents(state: State, pool: PoolConfig | None, at: int) -> Agents:
    counts = {"free": 0, "talking": 0, "wrapping": 0, "away": 0}
    if pool is None:
        return Agents(**counts)
    zone, on_line_ms = site_zone(state.config), 0
    for agent_id in pool.agent_ids:
        agent = state.agents.get(agent_id)
        counts[_agent_phase(agent) if agent else "away"] += 1
        on_line_ms += line_ms(agent, zone, at) if agent else 0
    air = Air(state, pool, at)
    kept = min(air.free, max(0, air.lines - air.slack))
    return Agents(**counts, kept=kept, line_ms=on_line_ms)


def _agent_phase(agent: Agent) -> str:
    """Who is ready but has no line yet cannot be given anybody."""
    stands = agent_state(agent)
    if stands is AgentState.READY:
        return "free" if agent.nailed else "away"
    return _PHASES.get(stands, "away")
