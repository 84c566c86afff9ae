"""Who gets whom. Callers by priority, then by age; agents by rank, then by longest idle.

Both sides are kept in order by the skills that are asked for, so a match looks at the heads of a few lists, past those
who declined each other just now, however many agents are signed in and however many callers wait.
"""

from cti.acd.state import NO_SKILLS, AcdState, Line, Skills, order_of
from cti.core.agent import Agent, assignment_for, is_available
from cti.core.base import Record
from cti.core.config import qualifies
from cti.core.contact import Contact, is_called
from cti.core.events import Exclusion
from cti.core.kept import is_kept
from cti.core.state import State
from cti.core.states import AgentState, OfferState
from cti.core.tables import Entry

NEAREST_MAX = 3


class Match(Record):
    """The agent for a caller, and why: how many could have had it, and what kept the others from it."""

    agent_id: str
    candidates: int
    exclusions: tuple[Exclusion, ...]


def _spared(state: State, contact: Contact, agent_id: str, now: int) -> bool:
    """Who passed just now; whom lines in the air count on, for all but those whom these lines called; and who still
    wraps up an earlier talk with this very contact, so that the two are told apart."""
    if not is_called(contact) and is_kept(state, agent_id):
        return True
    if agent_id in contact.agent_ids and assignment_for(state.agents[agent_id], contact.contact_id):
        return True
    return any(spared_id == agent_id and until > now for spared_id, until in contact.passed_over)


def agent_for(state: State, contact: Contact, now: int) -> Match | None:
    """The agent the caller was promised, if free; else the free one with the best rank, then the longest idle, who has
    the skills and has not just passed. While legs wait for the carrier's rate, who needs none comes first; and for whom
    we called, for whom there is no time to ring anybody."""
    wanted = state.config.agents.get(contact.wanted_agent_id)
    agent = state.agents.get(contact.wanted_agent_id)
    if wanted and agent and is_available(agent, wanted) and not _spared(state, contact, wanted.agent_id, now):
        return Match(agent_id=wanted.agent_id, candidates=1, exclusions=())
    acd = state.room(AcdState)
    line: Line = (contact.queue_id, contact.skills)
    idle = acd.idle.get(line)
    if idle is None:
        return None
    spared: list[str] = []
    chosen = ""
    hurries = len(state.dials) > 0 or is_called(contact)
    for entry in idle.entries:
        agent_id: str = entry[-1]
        if _spared(state, contact, agent_id, now):
            spared.append(agent_id)
            continue
        chosen = chosen or agent_id
        if not hurries or state.agents[agent_id].nailed:
            chosen = agent_id
            break
    if not chosen:
        return None
    return Match(
        agent_id=chosen,
        candidates=len(idle) - len(spared),
        exclusions=_exclusions(acd, line, idle.entries, chosen, spared),
    )


def to_relieve(state: State, agent: Agent, now: int) -> Contact | None:
    """The caller this agent should have of those who wait only for the carrier to ring somebody else's telephone."""
    config = state.config.agents.get(agent.agent_id)
    queue_ids = [membership.queue_id for membership in config.memberships] if config else []
    found = [
        contact
        for dial in state.dials.rows.values()
        if (contact := state.contacts.get(dial.contact_id))
        if contact.offer and contact.offer.leg_id == dial.leg_id and contact.offer.state is OfferState.PENDING
        if contact.queue_id in queue_ids and not contact.wanted_agent_id
        if config and qualifies(config, contact.skills) and not _spared(state, contact, agent.agent_id, now)
    ]
    return min(found, key=order_of, default=None)


_COUNTED = (
    AgentState.SIGNED_OUT,
    AgentState.NOT_READY,
    AgentState.RESERVED,
    AgentState.BUSY,
    AgentState.WRAP_UP,
)


def _exclusions(acd: AcdState, line: Line, idle: list[Entry], chosen: str, spared: list[str]) -> tuple[Exclusion, ...]:
    """Counts a rule, from numbers that are kept anyway: explaining costs next to nothing."""
    queue_id, skills = line
    found = [
        Exclusion(rule=state.value.lower(), agents=agents)
        for state in _COUNTED
        if (agents := acd.counts.get((queue_id, state)) or 0)
    ]
    if skills:
        everyone = acd.idle.get((queue_id, ()))
        lacking = (len(everyone) if everyone else 0) - len(idle)
        if lacking > 0:
            found.append(Exclusion(rule="skills", agents=lacking))
    if spared:
        found.append(Exclusion(rule="passed", agents=len(spared), nearest=tuple(spared[:NEAREST_MAX])))
    behind = [entry[-1] for entry in idle[: NEAREST_MAX + 1 + len(spared)] if entry[-1] not in (chosen, *spared)]
    if behind:
        count = len(idle) - 1 - len(spared)
        found.append(Exclusion(rule="order", agents=count, nearest=tuple(behind[:NEAREST_MAX])))
    return tuple(found)


def contact_for(state: State, agent: Agent, now: int) -> str:
    """The caller this agent should have: highest priority, then best rank of the queue, then longest wait."""
    acd = state.room(AcdState)
    config = state.config.agents.get(agent.agent_id)
    best: Entry | None = None
    for membership in config.memberships if config else ():
        for skills in acd.skill_sets.get(membership.queue_id) or NO_SKILLS:
            entry = _first(state, acd, (membership.queue_id, skills), agent.agent_id, now)
            if entry is None or config is None or not qualifies(config, skills):
                continue
            ranked = (entry[0], membership.rank, *entry[1:])
            if best is None or ranked < best:
                best = ranked
    return best[-1] if best else ""


def _first(state: State, acd: AcdState, line: tuple[str, Skills], agent_id: str, now: int) -> Entry | None:
    waiting = acd.waiting.get(line)
    for entry in waiting.entries if waiting else ():
        if not _spared(state, state.contacts[entry[-1]], agent_id, now):
            return entry
    return None
