"""What the pacing is told of a pool of agents: taken from the state between turns, computed with outside of them."""

from cti.core.agent import Agent
from cti.core.apply.campaigns import pool_of
from cti.core.base import Record
from cti.core.campaign import HeldLead
from cti.core.exposure import exposed_lines, is_at_work, is_free
from cti.core.learning import Knowledge, answer_ppm
from cti.core.ledger import MILLION
from cti.core.pools import PoolConfig
from cti.core.state import State
from cti.core.states import AssignmentState
from cti.core.theta import Theta
from cti.dialer.clearance import ready_for
from cti.dialer.hasting import haste_of
from cti.dialer.launching import Dialling, bounds_for, first_leads, may_dial_now
from cti.dialer.pacing.observation import Observation
from cti.dialer.traits import traits_of

LOOKED_AHEAD = 24
"""How many lines are begun at most after one look: there is another one soon."""

RATE_WAITS_MAX = 2
"""So many seconds' worth of lines may wait for the carrier's rate: what is decided too early is decided badly."""


class Question(Record):
    """How many lines now? As of record `as_of_seq`. `ahead`: the mode is one that dials ahead of its agents; where
    nobody is `attended` to, none are needed."""

    pool_id: str
    as_of_seq: int
    ahead: bool
    observation: Observation
    knowledge: Knowledge
    theta: Theta
    haste_ppm: int = MILLION
    attended: bool = True


def observe(state: State, pool: PoolConfig, at: int) -> Question | None:
    """None where nobody is to be called now."""
    able = [found for campaign_id in pool.campaign_ids if (found := may_dial_now(state, campaign_id, at))]
    held = [lead for each in able for lead in first_leads(state, each.run.campaign_id, LOOKED_AHEAD)]
    if not held:
        return None
    learnt = pool_of(state, pool.pool_id)
    kept = max(each.how.agents_kept for each in able)
    idle = 0
    talking: list[int] = []
    wrapping: list[int] = []
    agents, configs = state.agents, state.config.agents
    for agent_id in pool.agent_ids:
        agent, config = agents.get(agent_id), configs.get(agent_id)
        if agent is None or config is None or not is_at_work(agent):
            continue
        if is_free(agent, config):
            idle += 1
        elif busy_since := _busy_since(agent):
            (wrapping if busy_since[1] else talking).append(at - busy_since[0])
    lines = exposed_lines(state, pool)
    lines_max = _room(state)
    ringing = [(at - (line.dialled_at or at), line.chance_ppm) for line in lines if not line.answered_at]
    return Question(
        pool_id=pool.pool_id,
        as_of_seq=state.last.seq,
        ahead=any(each.campaign.mode == "predictive" for each in able),
        attended=any(each.campaign.mode != "broadcast" for each in able),
        observation=Observation(
            at=at,
            idle=max(0, idle - kept),
            waiting=len(lines) - len(ringing),
            talking_ms=tuple(talking),
            wrapping_ms=tuple(wrapping),
            lines=tuple(ringing),
            next_ppm=_chances(state, learnt.knowledge, held[:lines_max], at),
            lines_max=lines_max,
        ),
        knowledge=learnt.knowledge,
        theta=learnt.theta,
        haste_ppm=min(_hastes(state, able, learnt.theta, idle + len(talking) + len(wrapping), at), default=MILLION),
    )


def _hastes(state: State, able: list[Dialling], theta: Theta, agents: int, at: int) -> list[int]:
    """Of each campaign, by the ledgers that its next lead would count in."""
    found = []
    for each in able:
        for held in first_leads(state, each.run.campaign_id, 1):
            bounds = bounds_for(state, held)
            if not bounds.refused:
                found.append(haste_of(state, each.campaign, bounds.ledgers, theta, agents, at).haste_ppm)
    return found


def _chances(state: State, knowledge: Knowledge, leads: list[HeldLead], at: int) -> tuple[int, ...]:
    """How likely each of them is to answer: most are of the same few kinds."""
    place = ready_for(state).place
    by_kind: dict[tuple[str, ...], int] = {}
    found = []
    for held in leads:
        lead = held.lead
        kind = traits_of(state, lead, place(lead.numbers[lead.number_index].number, lead.address), at)
        if kind not in by_kind:
            by_kind[kind] = answer_ppm(knowledge, kind)
        found.append(by_kind[kind])
    return tuple(found)


def _busy_since(agent: Agent) -> tuple[int, bool] | None:
    """Since when, and whether with nothing but what follows a conversation. Who is being offered a contact talks."""
    if not agent.assignments:
        return None
    since, after = 0, True
    for held in agent.assignments:
        since, after = max(since, held.since), after and held.state is AssignmentState.WRAP_UP
    return since, after


def _room(state: State) -> int:
    """How many lines the carrier takes now, without keeping them."""
    rate = state.config.calls_per_second
    if not rate:
        return LOOKED_AHEAD
    return max(0, min(LOOKED_AHEAD, rate * RATE_WAITS_MAX - len(state.dials) - len(state.gathering)))
