"""A running server with nothing but the webhooks, behind it an intake that notes what it is given."""

import asyncio
import json
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
import msgspec
import pytest
import structlog
from aiohttp import web
from yarl import URL

from cti.telephony.twilio.account import Account
from cti.telephony.twilio.adapter import Adapter
from cti.telephony.twilio.addresses import Addresses
from cti.telephony.twilio.carrier import Carrier
from cti.telephony.twilio.memory import Memory
from cti.telephony.twilio.rest import Rest
from cti.telephony.twilio.shelf import Shelf
from cti.telephony.twilio.twiml import Documents
from cti.telephony.twilio.webhooks import routes
from tests.telephony.carrier_side import ACCOUNT, PUBLIC, RecordingIntake, payload, signed
from tests.telephony.carrier_world import ACCOUNT_SID, NUMBER, QUICK, TOKEN, World
from tests.telephony.rest_side import RestSide
from tests.telephony.small_centre import JOIN, SmallCentre


@dataclass
class Reply:
    status: int
    text: str
    content_type: str


@dataclass
class Centre:
    intake: RecordingIntake
    shelf: Shelf
    memory: Memory
    url: str
    session: aiohttp.ClientSession

    async def send(self, target, body=b"", headers=None, method="POST") -> Reply:
        url = URL(f"{self.url}{target}", encoded=True)
        async with self.session.request(method, url, data=body, headers=headers or {}) as response:
            return Reply(response.status, await response.text(), response.content_type)

    async def carrier(self, target, body, **more) -> Reply:
        """A request that the carrier signed."""
        return await self.send(target, body, signed(target, body, **more))

    async def replay(self, name, **more) -> Reply:
        """A captured request, signed."""
        return await self.carrier(*payload(name), **more)


@pytest.fixture(autouse=True)
def logs():
    """The log's lines, as data."""
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
async def make_centre(aiohttp_server):
    sessions = []

    async def make(account=ACCOUNT, **limits) -> Centre:
        intake, shelf, memory = RecordingIntake(), Shelf(), Memory()
        addresses = Addresses(PUBLIC, "main")
        app = web.Application()
        app.add_routes(routes(intake, account, addresses, Documents(addresses), shelf, memory, **limits))
        server = await aiohttp_server(app)
        session = aiohttp.ClientSession()
        sessions.append(session)
        return Centre(intake, shelf, memory, str(server.make_url("")).rstrip("/"), session)

    yield make
    for session in sessions:
        await session.close()


@pytest.fixture
async def centre(make_centre) -> Centre:
    return await make_centre()


@pytest.fixture
async def rest_side(aiohttp_server):
    side = RestSide()
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", side.handle)
    server = await aiohttp_server(app)
    side.url = str(server.make_url("")).rstrip("/")
    return side


@pytest.fixture
async def make_carrier():
    rests = []

    async def make(url, auth_tokens=ACCOUNT.auth_tokens, **limits):
        account = msgspec.structs.replace(ACCOUNT, api_url=url, auth_tokens=auth_tokens)
        rest = await Rest.open(account, **limits)
        rests.append(rest)
        addresses, shelf, memory = Addresses(PUBLIC, "main"), Shelf(), Memory()
        documents = Documents(addresses)
        port = Carrier(rest, addresses, documents, shelf, memory)
        return SimpleNamespace(port=port, rest=rest, documents=documents, shelf=shelf, memory=memory)

    yield make
    for rest in rests:
        await rest.close()


@pytest.fixture
async def carrier(make_carrier, rest_side):
    return (await make_carrier(rest_side.url, total_s=3.0)).port


@pytest.fixture
async def carrier_process():
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "cti.fakecarrier", "--listen", "127.0.0.1:0", "--die-with-parent", *QUICK],
        *["--account-sid", ACCOUNT_SID, "--auth-token", TOKEN],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    ready = json.loads(await process.stdout.readline())
    yield f"http://127.0.0.1:{ready['port']}"
    process.stdin.close()
    await process.wait()


@pytest.fixture
async def make_world(carrier_process, aiohttp_server, unused_tcp_port):
    closing = []

    async def make(join=JOIN, **other) -> World:
        public_url = f"http://127.0.0.1:{unused_tcp_port}"
        account = Account(
            site="main",
            account_sid=ACCOUNT_SID,
            auth_tokens=(TOKEN,),
            public_url=public_url,
            api_url=carrier_process,
        )
        centre = SmallCentre(join, **other)
        adapter = centre.adapter = await Adapter.open(account)
        app = web.Application()
        app.add_routes(adapter.routes(centre))
        await aiohttp_server(app, port=unused_tcp_port)
        http = aiohttp.ClientSession()
        closing.extend([adapter, http])
        world = World(centre, adapter, carrier_process, http)
        number = {name: f"{public_url}/twilio/{name.partition('_')[0]}" for name in ("voice_url", "fallback_url")}
        await world.control("POST", "numbers", {NUMBER: number | {"status_callback": f"{public_url}/twilio/status"}})
        return world

    yield make
    for one in closing:
        await one.close()
