"""`GET /api/v1/supervisor/socket`: the wallboard as it changes, contacts that are closed; requests, each answered."""

import asyncio

import msgspec
from aiohttp import web

from cti.api.asking import Asker
from cti.api.auth import authenticate, in_force
from cti.api.board import LiveBoard
from cti.api.cursor import after_turn
from cti.api.parsing import Unusable
from cti.api.ports import Clock, Fanout, SiteView
from cti.api.problems import problem
from cti.api.session import Session
from cti.api.sockets import Sockets
from cti.api.supervisor_requests import parse_supervisor_request, supervisor_event
from cti.api.topics import CONTACTS, supervisor_topic
from cti.core.base import changed
from cti.core.ports import GAP
from cti.core.state import Token
from cti.views.board_frames import AnyBoardFrame, BoardDone, BoardHello, BoardRefused

EVERY_S = 0.25
"""How often the board is sent at most."""

encode = msgspec.json.Encoder().encode
_answers = msgspec.json.Decoder(BoardDone | BoardRefused)


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
        topic = supervisor_topic(token.subject)
        session = Session(request, token, self.fanout, self.sockets, self.clock, CONTACTS, topic)
        return await Connection(self, session, token).run()


class Connection:
    """One supervisor's connection. The board is sent as it is at that moment, so a slow reader gets less, not late."""

    def __init__(self, door: SupervisorDoor, session: Session, token: Token) -> None:
        self._door = door
        self._session = session
        self._token = token
        self._supervisor_id = token.subject
        self._asker = Asker(
            door.site,
            door.fanout,
            f"supervisor:{token.subject}",
            topic=supervisor_topic(token.subject),
            answers=_answers,
            repeat=self._repeat,
            refuse=self._refuse,
        )
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
        """Nothing is taken before the board was sent, so that no answer is missed."""
        await asyncio.shield(self._begun)
        async for text in self._session.socket.messages(self._refuse):
            self._take(text)

    def _take(self, text: str) -> None:
        """Who asks is whose token it is; that it is a supervisor's is looked up again each time."""
        try:
            request = parse_supervisor_request(text)
        except Unusable as unusable:
            self._refuse(unusable.code, str(unusable), unusable.request_id)
            return
        request_id, site = request.request_id, self._door.site
        if in_force(site, self._token, self._door.clock()):
            self._asker.ask(supervisor_event(request, self._supervisor_id), request_id)
        elif site.holding:
            self._asker.refuse_holding(site.holding, request_id)
        else:
            self._refuse("not_allowed", "Your token is no longer a supervisor's: ask for a new one.", request_id)

    def _repeat(self, answer: BoardDone | BoardRefused) -> None:
        self._session.say(encode(changed(answer, seq=0)))

    def _refuse(self, code: str, detail: str, request_id: str = "") -> None:
        self._session.say(encode(BoardRefused(seq=0, code=code, detail=detail, request_id=request_id)))

    async def _send(self, frame: AnyBoardFrame) -> None:
        await self._session.socket.send(encode(frame))
