"""`GET /api/v1/agent/socket`: an agent's desktop. Frames of the record in order, each once; requests, each answered."""

import asyncio
from uuid import uuid4

import msgspec
from aiohttp import WSCloseCode, web

from cti.api.asking import Asker
from cti.api.auth import authenticate
from cti.api.catch_up import CatchUp
from cti.api.cursor import after_turn, parse_cursor
from cti.api.directory import LiveDirectory
from cti.api.parsing import Unusable
from cti.api.ports import Clock, Fanout, Position, SiteView
from cti.api.requests import CloseDirectory, OpenDirectory, parse_request, to_event
from cti.api.session import Session
from cti.api.sockets import Sockets
from cti.api.topics import EVERYONE, agent_topic
from cti.core.base import changed
from cti.core.errors import JournalUnavailable
from cti.core.events import AnyEvent, DesktopConnected, DesktopDisconnected
from cti.core.ports import GAP
from cti.views import frames as f

_answers = msgspec.json.Decoder(f.Done | f.Refused)


class AgentDoor:
    """Opens connections for agents' desktops."""

    def __init__(
        self,
        site: SiteView,
        fanout: Fanout,
        catch_up: CatchUp,
        directory: LiveDirectory,
        sockets: Sockets,
        clock: Clock,
        version: str,
    ) -> None:
        self.site = site
        self.fanout = fanout
        self.catch_up = catch_up
        self.directory = directory
        self.sockets = sockets
        self.clock = clock
        self.version = version

    async def open(self, request: web.Request) -> web.StreamResponse:
        """The handler of the route."""
        token = authenticate(request, self.site, "agent", self.clock())
        cursor = parse_cursor(request.query.get("cursor", ""))
        topics = (agent_topic(token.subject), EVERYONE)
        session = Session(request, token, self.fanout, self.sockets, self.clock, *topics)
        return await Connection(self, session, token.subject).run(cursor)


class Connection:
    """One desktop, from its hello to its end."""

    def __init__(self, door: AgentDoor, session: Session, agent_id: str) -> None:
        self._door = door
        self._session = session
        self._agent_id = agent_id
        self._socket_id = uuid4().hex
        self._start: Position = (0, 0)
        self._told: Position | None = None
        self._live = asyncio.Event()
        self._asker = Asker(
            door.site,
            door.fanout,
            f"agent:{agent_id}",
            topic=agent_topic(agent_id),
            answers=_answers,
            repeat=self._repeat,
            refuse=self._refuse,
        )

    async def run(self, cursor: Position | None) -> web.StreamResponse:
        """Until either side ends it."""
        try:
            return await self._session.run(self._tell(cursor), self._listen())
        finally:
            self._door.directory.close(self._socket_id)
            if self._live.is_set():
                self._post_own(DesktopDisconnected(agent_id=self._agent_id, socket_id=self._socket_id), "disconnected")

    # What the desktop is told

    async def _tell(self, cursor: Position | None) -> None:
        send = self._session.socket.send
        await send(self._hello())
        self._told = cursor
        if not await self._catch_up():
            return
        await send(f.encode(f.Live(seq=self._start[0] - 1, index=0, at=self._door.clock())))
        self._go_live()
        async for delivery in self._session.deliveries():
            if delivery.topic == GAP:
                if not (self._session.in_force(self._door.site.state) and await self._catch_up()):
                    return
            elif delivery.position == (0, 0):
                await send(delivery.frame)
            elif delivery.position > self._start:
                await send(delivery.frame)
                self._told = delivery.position

    async def _catch_up(self) -> bool:
        """Tell what came after what was told last. False when the agent is gone."""
        try:
            start = await self._door.catch_up.start(self._agent_id, self._told)
        except KeyError:
            self._end("there is no such agent now")
            return False
        for frame in start.frames:
            await self._session.socket.send(frame)
        self._told = self._start = after_turn(start.seq)
        return True

    def _hello(self) -> bytes:
        config = self._door.site.state.config
        agent = config.agents.get(self._agent_id)
        return f.encode(
            f.Hello(
                seq=0,
                index=0,
                at=self._door.clock(),
                agent_id=self._agent_id,
                name=agent.name if agent else "",
                site=self._door.site.state.site,
                version=self._door.version,
            )
        )

    def _go_live(self) -> None:
        """From here on this desktop can be offered contacts."""
        self._live.set()
        agent = self._door.site.state.agents.get(self._agent_id)
        if agent and agent.suspected:
            self._say(f.Probe(seq=0, index=0, at=self._door.clock()))
        self._post_own(DesktopConnected(agent_id=self._agent_id, socket_id=self._socket_id), "connected")

    def _post_own(self, event: AnyEvent, what: str) -> None:
        """A desktop that cannot be noted as connected would never be offered anything: it has to come again."""
        if self._agent_id not in self._door.site.state.agents:
            return
        try:
            answer = self._asker.post(event, f"desktop:{self._socket_id}:{what}")
        except JournalUnavailable as error:
            self._end(str(error))
        else:
            answer.add_done_callback(self._own_recorded)

    def _own_recorded(self, answer: "asyncio.Future[str]") -> None:
        if not answer.cancelled() and answer.exception():
            self._end(str(answer.exception()))

    def _end(self, why: str) -> None:
        self._session.socket.end(WSCloseCode.TRY_AGAIN_LATER, why)

    # What the desktop asks for

    async def _listen(self) -> None:
        """Nothing is taken before the desktop knows where it stands, so that it misses no answer."""
        await self._live.wait()
        async for text in self._session.socket.messages(self._refuse):
            self._take(text)

    def _take(self, text: str) -> None:
        try:
            request = parse_request(text)
        except Unusable as unusable:
            self._refuse(unusable.code, str(unusable), unusable.request_id)
            return
        request_id, site = request.request_id, self._door.site
        if isinstance(request, OpenDirectory | CloseDirectory):
            self._turn_directory(request)
        elif self._agent_id in site.state.agents:
            self._asker.ask(to_event(request, self._agent_id), request_id)
        elif site.holding:
            self._asker.refuse_holding(site.holding, request_id)
        else:
            self._refuse("unknown_agent", "There is no such agent here any more.", request_id)

    def _turn_directory(self, request: OpenDirectory | CloseDirectory) -> None:
        """For this connection only: nothing of it is recorded."""
        if isinstance(request, OpenDirectory):
            self._door.directory.open(self._socket_id, self._session.say)
        else:
            self._door.directory.close(self._socket_id)
        self._say(f.Done(seq=0, index=0, at=self._door.clock(), request_id=request.request_id))

    def _repeat(self, answer: f.Done | f.Refused) -> None:
        self._say(changed(answer, seq=0, index=0))

    def _refuse(self, code: str, detail: str, request_id: str = "") -> None:
        at = self._door.clock()
        self._say(f.Refused(seq=0, index=0, at=at, code=code, detail=detail, request_id=request_id))

    def _say(self, frame: f.AgentFrame) -> None:
        self._session.say(f.encode(frame))
