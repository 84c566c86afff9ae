"""`cti serve` with a Redis that dies, stalls and comes back empty: calls and desktops go on, and another process of the
site hears everything the journal says, once and in order, or that something was lost."""

import asyncio
import contextlib
import itertools
import signal
import time

from cti.client import AgentClient, Offer
from cti.core.codec import decode
from cti.core.ports import GAP
from cti.fanout.link import ANSWER_S
from cti.fanout.redis import RedisFanout
from cti.journal.sql import SqlJournal
from cti.views.desktop import frames_of
from tests.fanout.conftest import PATIENCE_S, until
from tests.serving import Server, command, lines, serving

SECRET = "s" * 32
BURST = 60
SOON_S = 0.9 * ANSWER_S
"""Less than anything would wait for Redis."""


class Listener:
    """Another process of the site, as far as fan-out goes."""

    def __init__(self, fanout: RedisFanout) -> None:
        self.fanout = fanout
        self.subscription = fanout.subscribe("agent:anna", "agents")
        self.places: list[tuple[int, int]] = []
        self.begins_after = fanout.head
        """Everything after this turn was heard."""

    async def run(self) -> None:
        while delivery := await self.subscription.next():
            if delivery.topic == GAP:
                self.places, self.begins_after = [], self.fanout.since
            else:
                self.places.append(delivery.position)

    async def has_heard_all(self, server: Server) -> None:
        journal = await SqlJournal.open(f"sqlite+aiosqlite:///{server.data_dir}/journal.db", "main", read_only=True)
        tail = (await journal.tail()).seq
        await until(lambda: self.fanout.head >= tail)
        records = [decode(row) async for row in journal.read(self.begins_after, tail)]
        await journal.close()
        told = [(frame.seq, frame.index) for record in records for to, frame in frames_of(record) if to in ("anna", "")]
        assert [place for place in self.places if place[0] <= tail] == told


@contextlib.asynccontextmanager
async def second_process(url: str):
    fanout = RedisFanout(url, "main", secret=SECRET)
    async with fanout.listening():
        await until(lambda: fanout.trouble == "")
        listener = Listener(fanout)
        task = asyncio.create_task(listener.run())
        yield listener
        task.cancel()


async def call_and_hear(server: Server, desk: AgentClient, number: int) -> float:
    """A caller chooses the queue, and the agent's desktop is offered the call: the seconds until it was."""
    began_s = time.perf_counter()
    _, menu = await server.call(number)
    await server.go_on(number, menu, Digits="1")
    async with asyncio.timeout(PATIENCE_S):
        async for event in desk.events():
            if isinstance(event, Offer):
                await desk.decline(event.offer_id)
                break
    took_s = time.perf_counter() - began_s
    await server.post("/twilio/status", CallSid=f"CA{number:032x}", CallStatus="completed")
    await desk.ready()
    return took_s


async def test_calls_and_desktops_go_on_whatever_redis_does(tmp_path, own_redis):
    environment = {"CTI_REDIS_URL": own_redis.url, "CTI_SECRET_KEY": SECRET}
    async with contextlib.AsyncExitStack() as stack, serving(tmp_path, **environment) as server:
        await server.until("ready")  # without any Redis
        assert (await server.health())["redis"].startswith("Redis is away")
        _, token, _ = await command(tmp_path, "token", "issue", "--agent", "anna")
        desk = await stack.enter_async_context(AgentClient(server.url, token.strip()))
        await desk.sign_in()
        await desk.ready()
        numbers = itertools.count(1)
        await call_and_hear(server, desk, next(numbers))
        with own_redis.running() as redis:
            await redis_is(server, "connected")
            listener = await stack.enter_async_context(second_process(own_redis.url))
            await call_and_hear(server, desk, next(numbers))
            await listener.has_heard_all(server)
            redis.send_signal(signal.SIGSTOP)
            while await call_and_hear(server, desk, next(numbers)) > SOON_S:
                redis.send_signal(signal.SIGCONT)  # Redis, or a slow machine? If Redis, then every time
                await redis_is(server, "connected")
                redis.send_signal(signal.SIGSTOP)
            await redis_is(server, "Redis is away: TimeoutError")
            while await call_and_hear(server, desk, next(numbers)) > SOON_S:
                pass
            redis.send_signal(signal.SIGCONT)
            await redis_is(server, "connected")
            await listener.has_heard_all(server)
            redis.kill()
            redis.wait()
            while await call_and_hear(server, desk, next(numbers)) > SOON_S:
                pass
            await redis_is(server, "Redis is away: ConnectionError")
        with own_redis.running():
            await redis_is(server, "connected")
            await listener.has_heard_all(server)
            gaps = listener.fanout.gaps
            await call_and_hear(server, desk, next(numbers))
            await listener.has_heard_all(server)
            assert listener.fanout.gaps == gaps
    assert len(lines(server, "redis_away")) == len(lines(server, "redis_connected")) >= 3
    assert all("CTI_REDIS_URL" in line["remedy"] for line in lines(server, "redis_away"))


async def test_a_burst_of_calls_while_redis_stands_still_is_answered_and_told_afterwards(tmp_path, own_redis):
    environment = {"CTI_REDIS_URL": own_redis.url, "CTI_SECRET_KEY": SECRET}
    async with contextlib.AsyncExitStack() as stack, serving(tmp_path, **environment) as server:
        await server.until("ready")
        redis = stack.enter_context(own_redis.running())
        await redis_is(server, "connected")
        _, token, _ = await command(tmp_path, "token", "issue", "--agent", "anna")
        desk = await stack.enter_async_context(AgentClient(server.url, token.strip()))
        await desk.sign_in()
        await desk.ready()
        listener = await stack.enter_async_context(second_process(own_redis.url))
        redis.send_signal(signal.SIGSTOP)
        numbers = range(1, BURST + 1)
        menus = await asyncio.gather(*(server.call(number) for number in numbers))
        answers = await asyncio.gather(
            *(server.go_on(number, menu, Digits="1") for number, (_, menu) in zip(numbers, menus, strict=True))
        )
        assert {status for status, _ in [*menus, *answers]} == {200}
        async with asyncio.timeout(PATIENCE_S):
            offer = await anext(event async for event in desk.events() if isinstance(event, Offer))
        await desk.decline(offer.offer_id)
        redis.send_signal(signal.SIGCONT)
        await redis_is(server, "connected")
        await listener.has_heard_all(server)


async def redis_is(server: Server, word: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while (await server.health())["redis"] != word:
            await asyncio.sleep(0.02)
