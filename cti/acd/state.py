"""The distributor's indexes: who waits, and who is free, by queue and by required skills.

Both are views of the core's rows: `place_contact` and `place_agent` compare what a row says with what is indexed, so
every event needs only the name of the row it touched, and a restart builds them anew.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from cti.core import events as e
from cti.core.agent import Agent, agent_state, is_available
from cti.core.base import Moment
from cti.core.config import AgentConfig, SkillRequirement, qualifies
from cti.core.contact import Contact
from cti.core.state import State
from cti.core.states import AgentState, ContactState, Presence
from cti.core.tables import Entry, SortedIndex, Table, Undo

Skills = tuple[SkillRequirement, ...]
Line = tuple[str, Skills]

NO_SKILLS: tuple[Skills, ...] = ((),)


def order_of(contact: Contact) -> Entry:
    """Callers are served by priority, then by how long they wait."""
    return (-contact.priority, contact.queued_at, contact.queued_seq, contact.contact_id)


class AcdState:
    """`queued` holds a queue's callers in order; `waiting` those not on offer, by skills; `idle` the free agents, by
    the skills that were ever asked for and always by none. Of agents who work at a desktop and are not signed out,
    `connected` are those who have one, `gone` those whose last one vanished, by when."""

    APPLY: ClassVar[dict[type, Callable[[State, Any, Moment], None]]] = {}

    def __init__(self, undo: Undo) -> None:
        self._undo = undo
        self.queued: Table[str, SortedIndex] = Table(undo)
        self.waiting: Table[Line, SortedIndex] = Table(undo)
        self.idle: Table[Line, SortedIndex] = Table(undo)
        self.skill_sets: Table[str, tuple[Skills, ...]] = Table(undo)
        self.counts: Table[tuple[str, AgentState], int] = Table(undo)
        self.connected = SortedIndex(undo)
        self.gone = SortedIndex(undo)
        self._contact_places: Table[str, tuple[str, Skills, Entry, bool]] = Table(undo)
        self._agent_places: Table[str, tuple[tuple[Line, Entry], ...]] = Table(undo)
        self._agent_counted: Table[str, tuple[AgentState, tuple[str, ...]]] = Table(undo)
        self._agent_desks: Table[str, tuple[SortedIndex, Entry]] = Table(undo)

    def index(self, table: Table[Any, SortedIndex], key: Any) -> SortedIndex:
        """The index under `key`; an empty one is made where there is none, and the turn can take that back."""
        found = table.get(key)
        if found is None:
            found = SortedIndex(self._undo)
            table.put(key, found)
        return found

    def place_contact(self, state: State, contact_id: str) -> None:
        """Bring the contact's places in line with its row."""
        contact = state.contacts.get(contact_id)
        wanted = None
        if contact and contact.state is ContactState.QUEUED:
            wanted = (contact.queue_id, contact.skills, order_of(contact), contact.offer is None)
        placed = self._contact_places.get(contact_id)
        if wanted == placed:
            return
        if placed:
            queue_id, skills, entry, waiting = placed
            self.queued[queue_id].remove(entry)
            if waiting:
                self.waiting[(queue_id, skills)].remove(entry)
            self._contact_places.drop(contact_id)
        if wanted:
            queue_id, skills, entry, waiting = wanted
            self.know_skills(state, queue_id, skills)
            self.index(self.queued, queue_id).add(entry)
            if waiting:
                self.index(self.waiting, (queue_id, skills)).add(entry)
            self._contact_places.put(contact_id, wanted)

    def know_skills(self, state: State, queue_id: str, skills: Skills) -> None:
        """The first caller with these skills in this queue makes an index of the agents who have them."""
        known = self.skill_sets.get(queue_id) or NO_SKILLS
        if skills in known:
            return
        self.skill_sets.put(queue_id, (*known, skills))
        for agent_id in sorted(state.agents.rows):
            self.place_agent(state, agent_id)

    def place_agent(self, state: State, agent_id: str) -> None:
        """Bring the agent's places among the free ones, and the counts by state, in line with its row."""
        agent = state.agents.get(agent_id)
        config = state.config.agents.get(agent_id)
        self._count(agent_id, agent, config)
        self._place_desk(agent_id, agent, config)
        wanted: tuple[tuple[Line, Entry], ...] = ()
        if agent and config and is_available(agent, config):
            wanted = tuple(
                ((membership.queue_id, skills), (membership.rank, agent.idle_since, agent_id))
                for membership in config.memberships
                for skills in self.skill_sets.get(membership.queue_id) or NO_SKILLS
                if qualifies(config, skills)
            )
        placed = self._agent_places.get(agent_id) or ()
        if wanted == placed:
            return
        for line, entry in placed:
            self.idle[line].remove(entry)
        for line, entry in wanted:
            self.index(self.idle, line).add(entry)
        self._agent_places.put(agent_id, wanted)

    def _count(self, agent_id: str, agent: Agent | None, config: AgentConfig | None) -> None:
        counted = self._agent_counted.get(agent_id)
        wanted = None
        if agent and config:
            wanted = (agent_state(agent), tuple(membership.queue_id for membership in config.memberships))
        if wanted == counted:
            return
        for step, counting in ((-1, counted), (1, wanted)):
            if counting:
                for queue_id in counting[1]:
                    key = (queue_id, counting[0])
                    self.counts.put(key, (self.counts.get(key) or 0) + step)
        if wanted:
            self._agent_counted.put(agent_id, wanted)
        else:
            self._agent_counted.drop(agent_id)

    def _place_desk(self, agent_id: str, agent: Agent | None, config: AgentConfig | None) -> None:
        """Among those whose desktop is connected, or gone: when many vanish at once, each is asked about all."""
        wanted: tuple[SortedIndex, Entry] | None = None
        if agent and agent.presence is not Presence.SIGNED_OUT and (config is None or config.desk):
            if agent.sockets:
                wanted = (self.connected, (agent_id,))
            elif agent.vanished_at:
                wanted = (self.gone, (agent.vanished_at, agent_id))
        placed = self._agent_desks.get(agent_id)
        if wanted == placed:
            return
        if placed:
            placed[0].remove(placed[1])
            self._agent_desks.drop(agent_id)
        if wanted:
            wanted[0].add(wanted[1])
            self._agent_desks.put(agent_id, wanted)

    def place_all(self, state: State) -> None:
        """After a change of configuration, or from nothing after a restart."""
        placed = (self._agent_places.rows, self._agent_counted.rows, self._agent_desks.rows)
        for agent_id in sorted({agent_id for rows in (state.agents.rows, *placed) for agent_id in rows}):
            self.place_agent(state, agent_id)
        for contact in state.contacts.in_order():
            self.place_contact(state, contact.contact_id)


def _touch_agent(state: State, event: Any, now: Moment) -> None:
    state.room(AcdState).place_agent(state, event.agent_id)


def _touch_agent_of_leg(state: State, event: Any, now: Moment) -> None:
    agent_id = state.legs[event.leg_id].agent_id
    if agent_id:
        state.room(AcdState).place_agent(state, agent_id)


def _touch_line(state: State, event: Any, now: Moment) -> None:
    leg = state.find_leg(event.leg_id, event.provider_ref)
    if leg and leg.nailed_up:
        state.room(AcdState).place_agent(state, leg.agent_id)


def _touch_contact(state: State, event: Any, now: Moment) -> None:
    state.room(AcdState).place_contact(state, event.contact_id)


def _touch_both(state: State, event: Any, now: Moment) -> None:
    acd = state.room(AcdState)
    acd.place_contact(state, event.contact_id)
    acd.place_agent(state, event.agent_id)


def _touch_asked(state: State, event: Any, now: Moment) -> None:
    if event.with_agent_id:
        state.room(AcdState).place_agent(state, event.with_agent_id)


def _touch_all(state: State, event: Any, now: Moment) -> None:
    state.room(AcdState).place_all(state)


_TOUCHED: tuple[tuple[Callable[[State, Any, Moment], None], tuple[type, ...]], ...] = (
    (
        _touch_agent,
        (
            e.DesktopConnected,
            e.DesktopDisconnected,
            e.AgentSignedIn,
            e.AgentSignedOut,
            e.AgentReady,
            e.AgentNotReady,
            e.AgentAbsent,
            e.AgentReturned,
            e.DeviceSuspected,
            e.DeviceProven,
            e.WrapUpStarted,
            e.WrapUpEnded,
            e.AssignmentReleased,
            e.AgentLegGone,
            e.AgentLegNailedUp,
            e.AgentLegLost,
        ),
    ),
    (_touch_line, (e.CallJoined,)),
    (_touch_agent_of_leg, (e.ReleaseRequested, e.LegStarted, e.LegPlanned)),
    (
        _touch_contact,
        (
            e.ContactQueued,
            e.StepEntered,
            e.FlowEnded,
            e.ContactRequeued,
            e.ContactEnded,
            e.BridgeRequested,
            e.ContactQuarantined,
            e.ContactTransferred,
            e.ContactForwarded,
            e.AttemptAbandoned,
        ),
    ),
    (_touch_both, (e.OfferMade, e.OfferDeclined, e.OfferExpired, e.OfferWithdrawn, e.ContactConnected)),
    (_touch_asked, (e.ConsultAnswered,)),
    (_touch_all, (e.ServerStarted, e.ConfigApplied)),
)
for _function, _types in _TOUCHED:
    for _type in _types:
        AcdState.APPLY[_type] = _function
