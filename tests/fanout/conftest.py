"""The fan-out as those see it who listen: in one process, beside whoever publishes to Redis, and behind Redis."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from redis.asyncio import Redis

from cti.fanout.memory import MemoryFanout
from cti.fanout.redis import RedisFanout
from tests.patience import PATIENCE_S


class World:
    """`owner` publishes, `here` is listened to."""

    def __init__(self, owner: MemoryFanout, here: MemoryFanout) -> None:
        self.owner = owner
        self.here = here

    def publish(self, topic: str, seq: int, frame: bytes, index: int = 0) -> None:
        self.owner.publish(topic, seq, frame, index)

    async def settled(self) -> None:
        """Until everything is here."""
        await until(lambda: self.here.head == self.owner.head)


async def until(condition) -> None:
    """Until it is so. Redis is another process, so nobody tells of it."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.005)


async def taken(subscription, count: int) -> list[bytes]:
    async with asyncio.timeout(PATIENCE_S):
        return [(await subscription.next()).frame for _ in range(count)]


@contextlib.asynccontextmanager
async def listening(url: str, **options) -> AsyncIterator[RedisFanout]:
    """Another process's end of the fan-out."""
    fanout = RedisFanout(url, "main", **options)
    async with fanout.listening():
        yield fanout


@contextlib.asynccontextmanager
async def telling(url: str, **options) -> AsyncIterator[RedisFanout]:
    """The owner's end."""
    fanout = RedisFanout(url, "main", **options)
    async with fanout.telling():
        yield fanout


@pytest.fixture(params=["memory", "beside redis", "behind redis"])
async def open_world(request):
    """Makes a world whose memory has the given bounds."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(**memory: int) -> World:
            if request.param == "memory":
                fanout = MemoryFanout(**memory)
                return World(fanout, fanout)
            url = request.getfixturevalue("redis_server")
            await empty(url)
            owner = await stack.enter_async_context(telling(url, **memory))
            if request.param == "beside redis":
                return World(owner, owner)
            here = await stack.enter_async_context(listening(url, **memory))
            await until(lambda: here.trouble == "" and owner.trouble == "")
            return World(owner, here)

        yield make


@pytest.fixture
async def world(open_world) -> World:
    return await open_world()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[str, str, str]:
    """Files for TLS on `localhost`: who vouches (the certificate itself), certificate, key."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(chain), str(chain), str(secret)


async def empty(url: str) -> None:
    async with Redis.from_url(url) as redis:
        await redis.flushdb()
