"""`GET /api/v1/supervisor/socket`: the wallboard as it changes, and every contact that is closed."""

import asyncio

import msgspec
from aiohttp import web

from cti.api.auth import authenticate
from cti.api.board import LiveBoard
from cti.api.cursor import after_turn
from cti.api.ports import Clock, Fanout, SiteView
from cti.api.problems import problem
from cti.api.session import Session
from cti.api.sockets import Sockets
from cti.api.topics import CONTACTS
from cti.core.ports import GAP
from cti.views.board_frames import AnyBoardFrame, BoardHello, BoardRefused

EVERY_S = 0.25
"""How often the board is sent at most."""

encode = msgspec.json.Encoder().encode


class SupervisorDoor:
    """Opens connections for supervisors' consoles and wallboards."""

    def __init__(
        self, site: SiteView, fanout: Fanout, board: LiveBoard, sockets: Sockets, clock: Clock, version: str
    ) -> None:
        self.site = site
        self.fanout = fanout
        self.board = board
        self.sockets = sockets
        self.clock = clock
        self.version = version

    async def open(self, request: web.Request) -> web.StreamResponse:
        """The handler of the route."""
        token = authenticate(request, self.site, "supervisor", self.clock())
        if self.site.busy:
            raise problem(503, "overloaded", f"Calls come first: {self.site.busy}.", {"Retry-After": "2"})
        session = Session(request, token, self.fanout, self.sockets, self.clock, CONTACTS)
        return await Connection(self, session, token.subject).run()


class Connection:
    """One supervisor's connection. The board is sent as it is at that moment, so a slow reader gets less, not late."""

    def __init__(self, door: SupervisorDoor, session: Session, supervisor_id: str) -> None:
        self._door = door
        self._session = session
        self._supervisor_id = supervisor_id
        self._begun: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self) -> web.StreamResponse:
        """Until either side ends it."""
        return await self._session.run(self._tell(), self._tell_board(), self._listen())

    async def _tell(self) -> None:
        """The board as it is, then the contacts that close: those before that turn are on the board."""
        site = self._door.site.state.site
        await self._send(BoardHello(seq=0, supervisor_id=self._supervisor_id, site=site, version=self._door.version))
        whole, version = self._door.board.whole()
        await self._send(whole)
        self._begun.set_result(version)
        start = after_turn(whole.seq)
        async for delivery in self._session.deliveries():
            if delivery.topic == GAP:
                if not self._session.in_force(self._door.site.state):
                    return
                whole, _ = self._door.board.whole()
                await self._send(whole)
                start = after_turn(whole.seq)
            elif delivery.position == (0, 0) or delivery.position > start:
                await self._session.socket.send(delivery.frame)

    async def _tell_board(self) -> None:
        version = await self._begun
        while True:
            await asyncio.sleep(EVERY_S)
            await self._door.board.newer_than(version)
            frame, version = self._door.board.since(version)
            await self._send(frame)

    async def _listen(self) -> None:
        async for _ in self._session.socket.messages(self._refuse):
            self._refuse("read_only", "This socket only tells; changes are made elsewhere.")

    def _refuse(self, code: str, detail: str) -> None:
        self._session.say(encode(BoardRefused(seq=0, code=code, detail=detail)))

    async def _send(self, frame: AnyBoardFrame) -> None:
        await self._session.socket.send(encode(frame))
