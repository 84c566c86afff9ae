"""How a campaign stands: its lines, its leads, its agents, and how near it is to each ceiling."""

from collections.abc import Iterator

from cti.core.agent import Agent, agent_state
from cti.core.apply.campaigns import run_of
from cti.core.base import Record
from cti.core.calling import CampaignConfig
from cti.core.campaign import Line
from cti.core.campaign_config import Setting
from cti.core.ceilings import ceilings_of
from cti.core.exposure import exposed_lines, free_agents
from cti.core.ledger import Ledger, day_of, headroom, window
from cti.core.ledgers import ledger_id
from cti.core.pools import pools_of
from cti.core.state import State
from cti.core.states import AgentState
from cti.core.tuning import in_words
from cti.core.zone import site_zone
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
    """Of those who serve the campaigns that share them: free, with somebody, in wrap-up, and not there."""

    free: int
    talking: int
    wrapping: int
    away: int


class LedgerStand(Record):
    """Of `answers` within `days` so many were `abandoned`, and `ceiling_ppm` millionths may be. `room` more may be now,
    if nobody is there for them."""

    ledger_id: str
    rule_id: str
    ceiling_ppm: int
    days: int
    answers: int
    abandoned: int
    room: int


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
    when they run low). `exposure`: how many lines could find nobody now, at worst, of all campaigns of the pool.
    `detection` is of the last 30 days."""

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
    tuned: tuple[Tuned, ...]


def stand_of(state: State, campaign_id: str, at: int) -> CampaignStand:
    """Of a campaign of the configuration. Raises `KeyError`."""
    campaign, run = state.config.calling.campaigns[campaign_id], run_of(state, campaign_id)
    pool = pools_of(state).by_campaign.get(campaign_id)
    today = day_of(at, site_zone(state.config))
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
        lines=_lines(state, campaign_id),
        agents=_agents(state, pool.agent_ids if pool else ()),
        ledgers=tuple(_ledgers(state, campaign, at)),
        pool_id=pool.pool_id if pool else "",
        exposure=len(exposed_lines(state, pool.pool_id)) - free_agents(state, pool) if pool else 0,
        detection=detection_within(state, (campaign_id,), today - DETECTION_DAYS + 1, today),
        tuned=tuple(_tuned(each) for each in run.tuned),
    )


def _tuned(setting: Setting) -> Tuned:
    value, written = in_words(setting.key, setting.value), in_words(setting.key, setting.written)
    return Tuned(key=setting.key, value=value, written=written, by=setting.by, at=setting.at)


def _lines(state: State, campaign_id: str) -> Lines:
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


def _agents(state: State, agent_ids: tuple[str, ...]) -> Agents:
    counts = {"free": 0, "talking": 0, "wrapping": 0, "away": 0}
    for agent_id in agent_ids:
        agent = state.agents.get(agent_id)
        counts[_agent_phase(agent) if agent else "away"] += 1
    return Agents(**counts)


def _agent_phase(agent: Agent) -> str:
    """Who is ready but has no line yet cannot be given anybody."""
    stands = agent_state(agent)
    if stands is AgentState.READY:
        return "free" if agent.nailed else "away"
    return _PHASES.get(stands, "away")


def _ledgers(state: State, campaign: CampaignConfig, at: int) -> Iterator[LedgerStand]:
    """The campaign's own ceiling, and those of the rules that may bind its calls."""
    day = day_of(at, site_zone(state.config))
    for rule_id, ceiling_ppm, days in ceilings_of(state.config.calling, campaign):
        name = ledger_id(campaign, rule_id)
        ledger = state.ledgers.get(name) or Ledger(ledger_id=name)
        answers, abandoned = window(ledger, day, days)
        yield LedgerStand(
            ledger_id=name,
            rule_id=rule_id,
            ceiling_ppm=ceiling_ppm,
            days=days,
            answers=answers,
            abandoned=abandoned,
            room=headroom(ledger, day, ceiling_ppm=ceiling_ppm, days=days),
        )
