"""A fake carrier as a process, the official client for what only an owner sets, and a door before it that misleads."""

import asyncio
import json
import ssl
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twilio.rest import Client

from tests import forked
from tests.patience import PATIENCE_S
from tests.serving import ACCOUNT, TOKEN, environment

PASSED = ("Authorization", "Content-Type", "Host")
PUBLIC = "http://127.0.0.1:9"
"""Where no server is: what its numbers need is known all the same."""


def right(public: str = PUBLIC) -> dict[str, str]:
    """The webhooks of a number or an app of ours, as the fake carrier's control takes them."""
    doors = {"voice_url": "voice", "fallback_url": "fallback", "status_callback": "status"}
    return {name: f"{public}/twilio/{door}" for name, door in doors.items()}


class CarrierSide:
    """A fake carrier, and `cti twilio` pointed at it with the configuration in `folder`."""

    def __init__(self, url: str, folder: Path, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.folder = folder
        self._http = http
        self.client = Client(ACCOUNT, TOKEN)
        self.client.api.base_url = self.client.voice.base_url = url

    async def control(self, path: str, body: Any, status: int = 200) -> Any:
        """Say what there is at the carrier."""
        async with self._http.post(f"{self.url}/_control/{path}", json=body) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def number(self, phone_number: str) -> Any:
        """A number as the official client sees it."""
        found = await asyncio.to_thread(self.client.incoming_phone_numbers.list, phone_number=phone_number)
        return found[0]

    async def twilio(self, *arguments: str, answer: str = "", **more: str) -> tuple[int, str, str]:
        """Run `cti twilio ...`, with this answer to what it asks: exit status, output, errors."""
        ours = {**environment(self.folder, PUBLIC), "CTI_TWILIO_API_URL": self.url, **more}
        status, output, errors = await forked.run(self.folder, ["twilio", *arguments], ours, answer.encode())
        return status, output, errors

    async def check(self, *, exits: int, **more: str) -> list[dict[str, str]]:
        """What `cti twilio check --json` finds."""
        status, output, errors = await self.twilio("check", "--json", **more)
        assert (status, errors) == (exits, ""), output
        return [json.loads(line) for line in output.splitlines()]


@asynccontextmanager
async def carrier_side(folder: Path) -> AsyncIterator[CarrierSide]:
    """One that has nothing but its account."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti.fakecarrier", "--account-sid", ACCOUNT, "--auth-token", TOKEN, "--die-with-parent",
        stdin=PIPE, stdout=PIPE, stderr=DEVNULL,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ready = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
        async with aiohttp.ClientSession() as http:
            yield CarrierSide(f"http://127.0.0.1:{ready['port']}", folder, http)
    finally:
        process.kill()
        await process.communicate()


Answer = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


@asynccontextmanager
async def listening(
    handle: Callable[[web.Request], Awaitable[web.StreamResponse]], tls: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Answers every request so, at the address that is given."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def door(side: CarrierSide, answer: Answer, headers: dict[str, str] | None = None) -> AsyncIterator[str]:
    """The carrier's address by a door that answers itself where it wants to, and puts its own headers on the rest."""
    async with aiohttp.ClientSession() as http:

        async def handle(request: web.Request) -> web.StreamResponse:
            own = await answer(request)
            if own is not None:
                return own
            url, body = f"{side.url}{request.rel_url}", await request.read()
            passed = {name: value for name, value in request.headers.items() if name in PASSED}
            async with http.request(request.method, url, headers=passed, data=body) as response:
                return web.Response(status=response.status, body=await response.read(), headers=headers)

        async with listening(handle) as url:
            yield url


def vouched_for_by_nobody(folder: Path) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that signed itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = made.add_extension(names, critical=True).sign(key, hashes.SHA256())
    file, pem = folder / "certificate.pem", serialization.Encoding.PEM
    plain = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.private_bytes(*plain) + signed.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context


async def pass_on(request: web.Request) -> None:
    """A door that changes nothing."""


def refusal(status: int, code: int, message: str) -> web.Response:
    """The carrier's way to say no."""
    return web.json_response({"code": code, "message": message, "status": status}, status=status)
