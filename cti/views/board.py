"""The wallboard's rows, with what is counted from them, and which of them changed since when."""

from collections import Counter, OrderedDict
from heapq import heappop, heappush

from cti.core.agent import Agent, agent_state
from cti.core.config import SiteConfig
from cti.core.dial import gap_us
from cti.core.state import NO_CONFIG
from cti.core.states import AgentState, ContactState
from cti.views.board_frames import AgentRow, ContactRow, Dials, QueueRow, Rows

CHANGES_MAX = 20_000
"""How many changed rows are remembered; who is further behind is sent the whole board."""

QUEUE, AGENT, CONTACT = "queue", "agent", "contact"
WAITS = (ContactState.QUEUED, ContactState.CONNECTING)


class Board:
    """`version` counts the changes. Counts are kept as rows come and go, so no crowd is ever walked through."""

    def __init__(self) -> None:
        self.version = 0
        self.contacts: dict[str, ContactRow] = {}
        self.agents: dict[str, Agent] = {}
        self._agent_rows: dict[str, AgentRow] = {}
        self.config: SiteConfig = NO_CONFIG
        self._agents_by_state: Counter[tuple[str, AgentState]] = Counter()
        self._contacts_by_place: Counter[tuple[str, str]] = Counter()
        self._lines: dict[str, list[tuple[int, str]]] = {}
        self._changed: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._forgotten = 0
        self._dials: dict[str, int] = {}
        self._stopped = False

    def whole(self) -> Rows:
        """Every row, in the order of their ids."""
        return Rows(
            queues=tuple([self.queue_row(queue_id) for queue_id in sorted(self.config.queues)]),
            agents=tuple([self._agent_rows[agent_id] for agent_id in sorted(self._agent_rows)]),
            contacts=tuple([self.contacts[contact_id] for contact_id in sorted(self.contacts)]),
        )

    def since(self, version: int) -> Rows | None:
        """The rows that changed after `version`; None when that is too long ago."""
        ids = self.changed_since(version)
        if ids is None:
            return None
        queues, agents, contacts = ids[QUEUE], ids[AGENT], ids[CONTACT]
        return Rows(
            queues=tuple([self.queue_row(row_id) for row_id in queues if row_id in self.config.queues]),
            agents=tuple([self._agent_rows[row_id] for row_id in agents if row_id in self._agent_rows]),
            contacts=tuple([self.contacts[row_id] for row_id in contacts if row_id in self.contacts]),
            queues_gone=tuple([row_id for row_id in queues if row_id not in self.config.queues]),
            agents_gone=tuple([row_id for row_id in agents if row_id not in self._agent_rows]),
            contacts_gone=tuple([row_id for row_id in contacts if row_id not in self.contacts]),
        )

    def changed_since(self, version: int) -> dict[str, list[str]] | None:
        """The ids of the rows that changed, or went, after `version`, by kind; None when that is too long ago."""
        if version < self._forgotten:
            return None
        ids: dict[str, list[str]] = {QUEUE: [], AGENT: [], CONTACT: []}
        for (kind, row_id), changed_at in reversed(self._changed.items()):
            if changed_at <= version:
                break
            ids[kind].append(row_id)
        return ids

    @property
    def dials(self) -> Dials:
        """The queue for the carrier's rate."""
        waiting = len(self._dials)
        return Dials(
            waiting=waiting,
            oldest_asked_at=next(iter(self._dials.values()), 0),
            wait_ms=waiting * gap_us(self.config.calls_per_second) // 1_000,
            stopped=self._stopped,
        )

    def begin_dials(self, waiting: dict[str, int]) -> None:
        """These wait, oldest first, and no others."""
        self._dials = waiting
        self.version += 1

    def put_dial(self, dial_id: str, at: int) -> None:
        """A leg waits for the rate, since `at` (ms)."""
        self._dials[dial_id] = at
        self.version += 1

    def drop_dial(self, dial_id: str) -> None:
        """It waits no more, if it did."""
        if self._dials.pop(dial_id, None) is not None:
            self.version += 1

    def stop_dials(self, *, stopped: bool) -> None:
        """The alarm rings, or is over."""
        self._stopped = stopped
        self.version += 1

    def put_contact(self, row: ContactRow) -> None:
        """A new row, or one that has changed."""
        before = self.contacts.get(row.contact_id)
        if row == before:
            return
        self.contacts[row.contact_id] = row
        self._mark(CONTACT, row.contact_id)
        self._place(before, -1)
        self._place(row, 1)
        stood = (before.queue_id, before.queued_at) if before and before.state in WAITS else None
        if row.state in WAITS and stood != (row.queue_id, row.queued_at):
            heappush(self._lines.setdefault(row.queue_id, []), (row.queued_at, row.contact_id))

    def drop_contact(self, contact_id: str) -> None:
        """The contact is over."""
        row = self.contacts.pop(contact_id, None)
        if row:
            self._place(row, -1)
            self._mark(CONTACT, contact_id)

    def put_agent(self, agent: Agent, at: int) -> None:
        """An agent as of `at` (ms). Who is no longer named, signed out and free leaves the board."""
        if is_gone(agent, self.config):
            if agent.agent_id in self._agent_rows:
                self._drop_agent(agent.agent_id)
            return
        before = self._agent_rows.get(agent.agent_id)
        state = agent_state(agent)
        same = before is not None and (before.state, before.reason) == (state, agent.reason)
        config = self.config.agents.get(agent.agent_id)
        row = AgentRow(
            agent_id=agent.agent_id,
            name=config.name if config else "",
            state=state,
            reason=agent.reason,
            suspected=agent.suspected,
            since=before.since if before and same else at,
            contact_ids=tuple([held.contact_id for held in agent.assignments]),
        )
        self.agents[agent.agent_id] = agent
        if row != before:
            self._count_agent(agent.agent_id, -1)
            self._agent_rows[agent.agent_id] = row
            self._count_agent(agent.agent_id, 1)
            self._mark(AGENT, agent.agent_id)

    def configure(self, config: SiteConfig, at: int) -> None:
        """Other queues, members and names. Agents who are no longer named leave once they are signed out and free."""
        for queue_id in {**self.config.queues, **config.queues}:
            self._mark(QUEUE, queue_id)
        rows = dict(self._agent_rows)
        agents = {**self.agents, **{name: Agent(agent_id=name) for name in config.agents if name not in self.agents}}
        for agent_id in rows:
            self._drop_agent(agent_id)
        self.config = config
        for agent_id, agent in agents.items():
            self.put_agent(agent, rows[agent_id].since if agent_id in rows else at)

    def _drop_agent(self, agent_id: str) -> None:
        self._count_agent(agent_id, -1)
        del self.agents[agent_id]
        del self._agent_rows[agent_id]
        self._mark(AGENT, agent_id)

    def _count_agent(self, agent_id: str, step: int) -> None:
        row, config = self._agent_rows.get(agent_id), self.config.agents.get(agent_id)
        if row and config:
            for membership in config.memberships:
                self._agents_by_state[membership.queue_id, row.state] += step
                self._mark(QUEUE, membership.queue_id)

    def _place(self, row: ContactRow | None, step: int) -> None:
        place = _place_of(row) if row else ""
        if row and place:
            self._contacts_by_place[row.queue_id, place] += step
            self._mark(QUEUE, row.queue_id)

    def _mark(self, kind: str, row_id: str) -> None:
        self.version += 1
        self._changed[kind, row_id] = self.version
        self._changed.move_to_end((kind, row_id))
        if len(self._changed) > CHANGES_MAX:
            _, self._forgotten = self._changed.popitem(last=False)

    def agent_row(self, agent_id: str) -> AgentRow:
        """Raises `KeyError` for who is not on the board."""
        return self._agent_rows[agent_id]

    def queue_row(self, queue_id: str) -> QueueRow:
        """Raises `KeyError` for a queue that is none."""
        places = self._contacts_by_place
        return QueueRow(
            queue_id=queue_id,
            name=self.config.queues[queue_id].name,
            waiting=places[queue_id, "waiting"],
            offered=places[queue_id, "offered"],
            connected=places[queue_id, "connected"],
            oldest_queued_at=self._oldest(queue_id),
            agents={state: count for state in AgentState if (count := self._agents_by_state[queue_id, state])},
        )

    def _oldest(self, queue_id: str) -> int:
        """Since when the first in line waits; those who left the line are taken out on the way."""
        line = self._lines.get(queue_id, [])
        while line:
            queued_at, contact_id = line[0]
            row = self.contacts.get(contact_id)
            if row and row.state in WAITS and (row.queue_id, row.queued_at) == (queue_id, queued_at):
                return queued_at
            heappop(line)
        return 0


def _place_of(row: ContactRow) -> str:
    """Which of its queue's numbers the contact belongs to; empty for none."""
    if row.state is ContactState.QUEUED:
        return "offered" if row.agent_id else "waiting"
    return {ContactState.CONNECTING: "offered", ContactState.CONNECTED: "connected"}.get(row.state, "")


def is_gone(agent: Agent, config: SiteConfig) -> bool:
    """No longer named in the configuration, signed out and free: nothing there is to show."""
    named = agent.agent_id in config.agents
    return not named and not agent.assignments and agent_state(agent) is AgentState.SIGNED_OUT
