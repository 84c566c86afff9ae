"""An agent's desktop: keeps the desk from frames, and its requests until they are answered."""

from collections.abc import Callable

from cti.core.codec import decode
from cti.core.events import AnyEvent, DesktopConnected, DesktopDisconnected
from cti.journal.memory import MemoryJournal
from cti.sim.checks.desks import Cursor, DeskChecks
from cti.sim.checks.violation import Violation
from cti.sim.edge import Edge
from cti.sim.nature import Nature
from cti.sim.stepping import step
from cti.views.apply_frame import apply_frame
from cti.views.desk import Desk
from cti.views.desktop import EVERYONE, Told, frames_of, request_key
from cti.views.frames import AgentFrame, Done, Refused

Seen = Callable[[AgentFrame], None]


class Desktop:
    """`seen` is told of each frame once the desk shows it. `away` keeps it from connecting. `name` tells an agent's
    desktops apart."""

    def __init__(
        self,
        nature: Nature,
        edge: Edge,
        journal: MemoryJournal,
        checks: DeskChecks,
        agent_id: str,
        seen: Seen,
        name: str = "q",
    ) -> None:
        self.agent_id = agent_id
        self._name = name
        self.socket_id = ""
        self.away = True
        self.desk: Desk | None = None
        self._nature = nature
        self._edge = edge
        self._journal = journal
        self._checks = checks
        self._seen = seen
        self._cursor: Cursor = (0, 0)
        self._sent: Cursor = (0, 0)
        """The last frame that the server sent on this connection, or knows to be shown."""
        self._connections = 0
        self._requests = 0
        self._pending: dict[str, AnyEvent] = {}
        self._arrived_at = 0

    def unanswered(self) -> tuple[str, ...]:
        """Requests that it waits for, while it is connected."""
        return tuple(self._pending) if self.socket_id else ()

    # Connections

    def come(self) -> None:
        """Connect, as soon as there is somebody to connect to, and stay."""
        self.away = False
        self._connect()

    def leave(self) -> None:
        """The machine is switched off, or its network is gone."""
        self.away = True
        self.drop()

    def drop(self) -> None:
        """The connection breaks; the server notices by and by."""
        if self.socket_id:
            socket_id, self.socket_id = self.socket_id, ""
            gone = DesktopDisconnected(agent_id=self.agent_id, socket_id=socket_id)
            self._nature.after(
                10, 4_000, lambda: self._edge.report(gone, f"socket:{socket_id}:down", f"agent:{self.agent_id}")
            )
            self._connect_soon()

    def cut(self) -> None:
        """The server's end is gone."""
        self.socket_id = ""
        self._connect_soon()

    def _connect_soon(self) -> None:
        self._nature.after(100, 3_000, self._connect)

    def _connect(self) -> None:
        if self.away or self.socket_id:
            return
        owner = self._edge.owner
        if owner is None or owner.asleep or self.agent_id not in self._checks.desks:
            self._connect_soon()
            return
        self._connections += 1
        self.socket_id = f"{self.agent_id}-{self._name}{self._connections}"
        connected = DesktopConnected(agent_id=self.agent_id, socket_id=self.socket_id)
        self._edge.report(connected, f"socket:{self.socket_id}:up", f"agent:{self.agent_id}")
        if self.desk is None:
            self.desk = self._checks.desks[self.agent_id]
            self._cursor = self._sent = self._checks.cursors.get(self.agent_id, (0, 0))
        else:
            self._sent = self._cursor
            step(self._catch_up())
        for request_id in list(self._pending):
            self._transmit(request_id)

    async def _catch_up(self) -> None:
        """What was missed comes from the journal."""
        seq, _ = self._cursor
        async for row in self._journal.read(seq - 1):
            self.tell(frames_of(decode(row)))

    # Frames

    def tell(self, told: list[Told]) -> None:
        """The server sends what is for this desktop; it arrives in order."""
        mine = [
            frame
            for agent_id, frame in told
            if agent_id in (self.agent_id, EVERYONE) and (frame.seq, frame.index) > self._sent
        ]
        if not mine or not self.socket_id:
            return
        self._sent = (mine[-1].seq, mine[-1].index)
        if self._nature.strikes("socket_cut"):
            self.drop()
            return
        socket_id = self.socket_id
        self._arrived_at = max(self._arrived_at, self._nature.now + self._nature.between(5, 80))
        self._nature.timeline.at(self._arrived_at, lambda: self._take(socket_id, mine))

    def _take(self, socket_id: str, frames: list[AgentFrame]) -> None:
        for frame in frames:
            if socket_id != self.socket_id or self.desk is None:
                return
            cursor = (frame.seq, frame.index)
            if cursor <= self._cursor:
                raise Violation("E", f"{self.agent_id} is told {cursor} after {self._cursor}", self.agent_id)
            self._cursor = cursor
            self.desk = apply_frame(self.desk, frame)
            expected = self._checks.desks.get(self.agent_id)
            if expected and cursor == self._checks.cursors[self.agent_id] and self.desk != expected:
                raise Violation("E", f"the desktop of {self.agent_id} shows another desk", self.agent_id)
            if isinstance(frame, (Done, Refused)):
                self._pending.pop(frame.request_id, None)
            self._seen(frame)

    # Requests

    def new_request(self) -> str:
        """A name for the next request."""
        self._requests += 1
        return f"{self._name}{self._requests}"

    def ask(self, request_id: str, event: AnyEvent) -> None:
        """Ask the server, again and again over new connections, until it answers."""
        self._pending[request_id] = event
        self._transmit(request_id)

    def repeat(self, request_id: str, event: AnyEvent) -> None:
        """Send a request once more that was sent before, answered or not."""
        if self.socket_id:
            self._send(request_id, event)

    def _transmit(self, request_id: str) -> None:
        if self.socket_id:
            self._send(request_id, self._pending[request_id])

    def _send(self, request_id: str, event: AnyEvent) -> None:
        socket_id = self.socket_id

        def arrive() -> None:
            if self.socket_id == socket_id:
                self._edge.report(event, request_key(self.agent_id, request_id), f"agent:{self.agent_id}")

        self._nature.after(5, 80, arrive)
