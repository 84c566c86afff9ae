"""A whole server but for the carrier: the real driver on a journal in memory, the real sockets on a free port."""

import asyncio
import contextlib
import hashlib
import itertools
from collections.abc import AsyncIterator, Callable

import msgspec
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect

from cti import engine
from cti.api.board import LiveBoard
from cti.api.publishing import publish_record
from cti.api.routes import api_routes, wall_clock
from cti.api.sockets import Sockets
from cti.core import events as e
from cti.core.config import SiteConfig
from cti.core.plan import Door
from cti.core.record import Batch, TurnRecord
from cti.core.states import LeaveResult
from cti.fanout.memory import MemoryFanout
from cti.journal.memory import MemoryJournal
from cti.runtime.clock import Clock
from cti.runtime.driver import Driver
from cti.runtime.failpoints import Failpoints
from cti.runtime.gate import Gate
from cti.runtime.note import Note
from cti.views import frames as f
from tests.centre import CALLER, DIRECT, agent, centre, queue
from tests.runtime.owner import new_decider
from tests.views.watching import pop_of

CENTRE = centre(agent("anna"), agent("ben"), queues=(queue(wrap_up_s=30, dispositions=("sold", "lost")),))

AGENT_PATH = "/api/v1/agent/socket"
SUPERVISOR_PATH = "/api/v1/supervisor/socket"


class SlowJournal(MemoryJournal):
    """Commits wait while `may_commit` is not set; `asked` is set when one does."""

    def __init__(self, site: str) -> None:
        super().__init__(site)
        self.asked = asyncio.Event()
        self.may_commit = asyncio.Event()
        self.may_commit.set()

    async def append(self, batch: Batch) -> None:
        self.asked.set()
        await self.may_commit.wait()
        await super().append(batch)


class House:
    """One worker at a time, on the same port and journal."""

    def __init__(self, config: SiteConfig, fanout: dict[str, int]) -> None:
        self.journal = SlowJournal("main")
        self.port = 0
        self._config = config
        self._fanout_options = fanout
        self._keys = itertools.count()
        self._calls = itertools.count(1)
        self._epoch = 0
        self._news = asyncio.Event()

    # A worker's life

    async def start(self) -> None:
        self._epoch += 1
        self.gate, self.fanout, self.sockets = Gate("main"), MemoryFanout(**self._fanout_options), Sockets()
        self.board = LiveBoard(self.gate)
        await self._open_doors()
        decider = await new_decider(self.journal)
        self.driver = Driver(decider, self.journal, Clock(), Failpoints(""), Note.nowhere())
        self.driver.committed += [self._publish, self.board.take, lambda record: self._news.set()]
        self._driving = asyncio.create_task(self.driver.run())
        await self.post(e.ServerStarted(epoch=self._epoch, logic=engine.LOGIC))
        if not decider.state.config_hash:
            await self.apply(self._config)
        self.gate.open(self.driver, self.journal)

    async def _open_doors(self) -> None:
        application = web.Application()
        routes = api_routes(self.gate, self.fanout, self.board, self.sockets, pop_of=pop_of, version="test")
        application.add_routes(routes)
        application.on_shutdown.append(self.sockets.close)
        self.runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True, backlog=1_024)
        await site.start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        await self.runner.cleanup()
        self._driving.cancel()
        await asyncio.gather(self._driving, return_exceptions=True)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    # What happens to it

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self):
        return self.driver.decider.state

    async def post(self, event: e.AnyEvent) -> str:
        return await self.driver.post(event, key=f"test:{self._epoch}:{next(self._keys)}", actor="test")

    async def until(self, condition: Callable[[], bool]) -> None:
        """Until a record has made it so."""
        while not condition():
            self._news.clear()
            await self._news.wait()

    def _publish(self, record: TurnRecord) -> None:
        publish_record(self.fanout, record)

    async def apply(self, config: SiteConfig) -> None:
        config_hash = hashlib.sha256(msgspec.json.encode(config)).hexdigest()[:12]
        await self.post(e.ConfigApplied(config_hash=config_hash, config=config))

    async def issue(self, subject: str, scope: str = "agent", expires_at: int = 0) -> str:
        token = f"token-of-{subject}-{next(self._keys)}"
        event = e.TokenIssued(token_hash=hash_of(token), scope=scope, subject=subject, expires_at=expires_at)
        await self.post(event)
        return token

    async def revoke(self, token: str) -> None:
        await self.post(e.TokenRevoked(token_hash=hash_of(token)))

    async def call(self) -> str:
        """Somebody calls and waits in the queue `sales`. Returns the contact."""
        ref = f"CA{next(self._calls)}-{self._epoch}"
        event = e.CallArrived(provider="test", provider_ref=ref, to_number=DIRECT, from_number=CALLER)
        await self.post(event)
        return self.state.legs[self.state.leg_by_ref[ref]].contact_id

    async def bridge(self, contact_id: str) -> None:
        """The carrier does what was asked of it: the agent's leg, then the caller, come into the room."""
        contact = self.state.contacts[contact_id]
        leg_id, agent_leg = contact.leg_id, contact.offer.leg_id
        await self.post(e.LegPlaced(leg_id=agent_leg, provider_ref=f"CB-{agent_leg}"))
        await self.post(e.CallJoined(call_id=contact.call_id, leg_id=agent_leg))
        nonce, left = self.state.legs[leg_id].nonce, LeaveResult.REDIRECTED
        await self.post(e.PlanRequested(leg_id=leg_id, door=Door.PARKED, nonce=nonce, result=left))
        await self.post(e.CallJoined(call_id=contact.call_id, leg_id=leg_id))

    async def bring(self, contact_id: str, agent_id: str) -> None:
        """Another agent, who accepted to be asked in, comes into the room."""
        contact = self.state.contacts[contact_id]
        [leg_id] = [party.leg_id for party in contact.parties if party.agent_id == agent_id]
        await self.post(e.LegPlaced(leg_id=leg_id, provider_ref=f"CB-{leg_id}"))
        await self.post(e.CallJoined(call_id=contact.call_id, leg_id=leg_id))

    async def held(self, leg_id: str, *, held: bool = True) -> None:
        """The carrier says that the leg is on hold, or is no longer."""
        ref = self.state.legs[leg_id].provider_ref
        await self.post((e.LegHeld if held else e.LegRetrieved)(leg_id=leg_id, provider_ref=ref))

    async def part(self, contact_id: str) -> None:
        """The caller hangs up."""
        contact = self.state.contacts[contact_id]
        agent_leg = contact.offer.leg_id if contact.offer else ""
        await self.post(e.LegEnded(leg_id=contact.leg_id, cause="NORMAL"))
        if agent_leg in self.state.legs:
            await self.post(e.LegEnded(leg_id=agent_leg, cause="NORMAL"))

    async def inputs(self, kind: type) -> list:
        """The recorded inputs of a kind, oldest first."""
        return [record.input async for record in self.gate.read(0) if isinstance(record.input, kind)]

    def connect(self, token: str, cursor: str = "", path: str = AGENT_PATH, **options) -> connect:
        """A websocket to the server, as another library speaks it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        query = f"?cursor={cursor}" if cursor else ""
        address = f"ws://127.0.0.1:{self.port}{path}{query}"
        return connect(address, additional_headers=headers, compression=None, proxy=None, **options)

    @contextlib.asynccontextmanager
    async def desktop(self, token: str, cursor: str = "", **options) -> "AsyncIterator[Desktop]":
        """A raw desktop that has come as far as `live`."""
        async with self.connect(token, cursor, **options) as websocket:
            desktop = Desktop(websocket)
            await desktop.until(f.Live)
            yield desktop


class Desktop:
    """A client of the wire: keeps every frame, and can ask."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self.frames: list[f.AgentFrame] = []
        self._ids = (f"{websocket.id.hex}-{number}" for number in itertools.count(1))

    async def receive(self) -> f.AgentFrame:
        frame = decoder.decode(await self.websocket.recv())
        self.frames.append(frame)
        return frame

    async def until(self, kind: type, **fields: object) -> f.AgentFrame:
        """The next frame of a kind, with these values."""
        while True:
            frame = await self.receive()
            if isinstance(frame, kind) and all(getattr(frame, name) == value for name, value in fields.items()):
                return frame

    async def say(self, kind: str, /, request_id: str = "", **fields: object) -> str:
        """Send a request without waiting for its answer. Returns its id."""
        request_id = request_id or next(self._ids)
        await self.websocket.send(msgspec.json.encode({"type": kind, "request_id": request_id, **fields}).decode())
        return request_id

    async def ask(self, kind: str, /, request_id: str = "", **fields: object) -> f.Done | f.Refused:
        """Send a request and wait for its answer."""
        return await self.until(f.Done | f.Refused, request_id=await self.say(kind, request_id, **fields))

    async def work(self) -> None:
        """Sign in and take contacts."""
        await self.ask("sign_in")
        await self.ask("ready")

    @property
    def cursor(self) -> str:
        """Where the last frame stands."""
        last = self.frames[-1]
        return str(last.seq) if isinstance(last, f.Resync | f.Live) else f"{last.seq}.{last.index}"

    def of_the_record(self) -> list[tuple[int, int]]:
        """The places of all frames that have one."""
        return [(frame.seq, frame.index) for frame in self.frames if frame.seq and not is_about_all(frame)]


decoder = msgspec.json.Decoder(f.AgentFrame)


def is_about_all(frame: f.AgentFrame) -> bool:
    return isinstance(frame, f.Hello | f.Resync | f.Live)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@contextlib.asynccontextmanager
async def open_house(config: SiteConfig = CENTRE, **fanout: int) -> AsyncIterator[House]:
    """A running server, until the block ends."""
    house = House(config, fanout)
    await house.start()
    try:
        yield house
    finally:
        house.journal.may_commit.set()
        await house.stop()


__all__ = [
    "AGENT_PATH",
    "CENTRE",
    "SUPERVISOR_PATH",
    "Desktop",
    "House",
    "hash_of",
    "open_house",
    "wall_clock",
]
