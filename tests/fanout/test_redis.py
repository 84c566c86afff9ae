"""Redis may be killed, emptied, stalled, full, or somebody else's: nothing waits, and who missed something is told."""

import asyncio
import contextlib
import signal

from redis.asyncio import Redis
from structlog.testing import capture_logs

from cti.core.ports import GAP
from cti.fanout import link
from cti.fanout import redis as fanout_redis
from cti.fanout.memory import after_turn
from cti.fanout.window import Window
from tests.fanout.conftest import PATIENCE_S, listening, taken, telling, until

STREAM = "cti:main:frames"
ACL = "~cti:* +xadd +xread +xinfo +expire +select"


def well(*fanouts):
    return lambda: not any(fanout.trouble for fanout in fanouts)


async def heard(subscription, upto: bytes) -> list[tuple[str, bytes]]:
    """Everything until that frame."""
    found: list[tuple[str, bytes]] = []
    async with asyncio.timeout(PATIENCE_S):
        while not found or found[-1][1] != upto:
            delivery = await subscription.next()
            found.append((delivery.topic, delivery.frame))
    return found


def publish(fanout, *seqs: int) -> None:
    for seq in seqs:
        fanout.publish("a", seq, b"%d" % seq)


def expected(*seqs: int) -> list[tuple[str, bytes]]:
    return [("a", b"%d" % seq) for seq in seqs]


@contextlib.asynccontextmanager
async def both(url: str, **options):
    async with telling(url, **options) as owner, listening(url) as here:
        await until(well(owner, here))
        yield owner, here, here.subscribe("a")


async def test_who_comes_later_starts_at_the_newest_turn(redis_url):
    async with telling(redis_url) as owner:
        publish(owner, 7, 8)
        await until(well(owner))
        async with listening(redis_url) as here:
            await until(lambda: here.head == 8)
            assert (here.since, here.after((8, 0), "a"), here.after((7, 0), "a")) == (8, None, None)
            assert here.after(after_turn(8), "a") == []
            subscription = here.subscribe("a")
            publish(owner, 9)
            assert await heard(subscription, b"9") == expected(9)


async def test_a_turn_published_in_two_goes_arrives_as_both(redis_url):
    async with both(redis_url) as (owner, _, subscription):
        owner.publish("a", 1, b"first", 0)
        assert await heard(subscription, b"first") == [("a", b"first")]
        owner.publish("a", 1, b"second", 1)
        publish(owner, 2)
        assert await heard(subscription, b"2") == [("a", b"second"), ("a", b"2")]


async def test_a_new_owner_goes_on_where_the_old_one_ended(redis_url):
    async with both(redis_url) as (owner, here, subscription):
        publish(owner, 1, 2)
        assert await heard(subscription, b"2") == expected(1, 2)
        async with telling(redis_url) as new:
            publish(new, 3)
            assert await heard(subscription, b"3") == expected(3)
            assert here.gaps == 0


async def test_what_an_owner_took_to_its_grave_is_a_gap(redis_url):
    async with both(redis_url) as (owner, here, subscription):
        publish(owner, 1, 2)
        await heard(subscription, b"2")
        async with telling(redis_url) as new:
            publish(new, 5)
            assert await heard(subscription, b"5") == [(GAP, b""), *expected(5)]
            assert (here.since, here.gaps, here.head) == (4, 1, 5)


async def test_what_was_published_when_the_process_ends_still_leaves(redis_url):
    async with listening(redis_url) as here:
        subscription = here.subscribe("a")
        async with telling(redis_url) as owner:
            await until(well(owner))
            publish(owner, *range(1, 500))
        assert await heard(subscription, b"499") == expected(*range(1, 500))


async def test_a_redis_that_is_killed_and_comes_back_empty_costs_nothing(own_redis):
    with own_redis.running() as first:
        async with both(own_redis.url) as (owner, here, subscription):
            own = owner.subscribe("a")
            publish(owner, 1, 2)
            await heard(subscription, b"2")
            with capture_logs() as logs:
                first.kill()
                first.wait()
                publish(owner, 3)
                assert await heard(own, b"3") == expected(1, 2, 3)  # at once
                await until(lambda: owner.trouble and here.trouble)
                publish(owner, 4)
                with own_redis.running():
                    assert await heard(subscription, b"4") == expected(3, 4)
                    await until(well(owner, here))
                    publish(owner, 5)
                    assert await heard(subscription, b"5") == expected(5)
            assert here.gaps == 0
    for event in ("redis_away", "redis_connected"):
        assert len([line for line in logs if line["event"] == event]) == 2  # one at each end
    [away, _] = [line for line in logs if line["event"] == "redis_away"]
    assert "CTI_REDIS_URL" in away["remedy"]


async def test_while_redis_is_gone_for_long_memory_is_bounded_and_the_loss_is_told(own_redis):
    window = Window(turns_max=50, bytes_max=100_000)
    with own_redis.running() as first:
        async with both(own_redis.url, window=window) as (owner, here, subscription):
            publish(owner, 1)
            await heard(subscription, b"1")
            first.kill()
            first.wait()
            publish(owner, *range(2, 1_000))
            assert len(window._entries) == 50  # noqa: SLF001 - what it holds is what is asked
            owner.publish("big", 1_000, b"x" * 99_000)
            assert len(window._entries) < 10  # noqa: SLF001
            publish(owner, 1_001)
            with own_redis.running():
                found = await heard(subscription, b"1001")
                assert found[0] == (GAP, b"")
                assert found[1:] == expected(*range(here.since + 1, 1_000), 1_001)
                assert here.gaps == 1


async def test_nobody_waits_for_a_redis_that_stands_still(own_redis):
    with own_redis.running() as process:
        async with both(own_redis.url) as (owner, here, subscription):
            own = owner.subscribe("a")
            publish(owner, 1)
            await heard(subscription, b"1")
            await taken(own, 1)
            process.send_signal(signal.SIGSTOP)
            publish(owner, 2)
            assert await taken(own, 1) == [b"2"]
            assert not owner.trouble  # it came before anybody had waited for Redis in vain
            for seq in range(3, 502):
                publish(owner, seq)
                assert await taken(own, 1) == [b"%d" % seq]
                await asyncio.sleep(0)
            await until(lambda: owner.trouble and here.trouble)
            assert "Timeout" in owner.trouble
            process.send_signal(signal.SIGCONT)
            assert await heard(subscription, b"501") == expected(*range(2, 502))
            assert here.gaps == 0


async def test_a_redis_that_was_emptied_is_filled_again(own_redis, monkeypatch):
    monkeypatch.setattr(fanout_redis, "BEAT_S", 0.1)
    with own_redis.running():
        async with both(own_redis.url) as (owner, here, subscription), Redis.from_url(own_redis.url) as redis:
            publish(owner, 1, 2, 3)
            await heard(subscription, b"3")
            await redis.flushall()
            async with asyncio.timeout(PATIENCE_S):
                while await redis.xlen(STREAM) < 3:
                    await asyncio.sleep(0.01)
            publish(owner, 4)
            assert await heard(subscription, b"4") == expected(4)
            assert here.gaps == 0
            assert 0 < await redis.ttl(STREAM) <= fanout_redis.KEEP_S


async def test_the_stream_does_not_grow_for_ever(redis_url):
    async with telling(redis_url) as owner, Redis.from_url(redis_url) as redis:
        for first in range(1, 6_000, 500):
            publish(owner, *range(first, first + 500))
            await until(owner._sent.is_set)  # noqa: SLF001 - or more would be dropped than sent
        assert await redis.xlen(STREAM) <= fanout_redis.STREAM_MAX + 100


async def test_a_redis_without_memory_is_said_and_tried_again(own_redis):
    with own_redis.running():
        async with both(own_redis.url) as (owner, here, subscription), Redis.from_url(own_redis.url) as redis:
            publish(owner, 1)
            await heard(subscription, b"1")
            with capture_logs() as logs:
                await redis.config_set("maxmemory", 1)
                publish(owner, 2)
                await until(lambda: owner.trouble)
                assert not here.trouble
                await asyncio.sleep(0.5)  # several tries
                await redis.config_set("maxmemory", 0)
                assert await heard(subscription, b"2") == expected(2)
                await until(well(owner))
    assert [line["event"] for line in logs] == ["redis_away", "redis_connected"]
    assert "more memory" in logs[0]["remedy"]


async def test_a_redis_that_became_a_follower_is_said(own_redis):
    with own_redis.running():
        async with both(own_redis.url) as (owner, _, subscription), Redis.from_url(own_redis.url) as redis:
            await redis.replicaof("127.0.0.1", "1")
            with capture_logs() as logs:
                publish(owner, 1)
                await until(lambda: owner.trouble)
                await redis.replicaof("NO", "ONE")
                assert await heard(subscription, b"1") == expected(1)
    assert any("primary" in line["remedy"] for line in logs if line["event"] == "redis_away")


async def test_another_server_of_the_same_name_is_said_and_left_alone(redis_url):
    async with telling(redis_url) as theirs, Redis.from_url(redis_url) as redis:
        publish(theirs, 900)
        await until(theirs._sent.is_set)  # noqa: SLF001
        with capture_logs() as logs:
            async with telling(redis_url) as owner:
                publish(owner, 5)
                await until(lambda: "Ahead" in owner.trouble)
                assert [name for name, _ in await redis.xrange(STREAM)] == [b"900-0"]
                await redis.delete(STREAM)
                await until(well(owner))
    away = [line for line in logs if line["event"] == "redis_away"]
    assert "redis://host/1" in away[-1]["remedy"]


async def test_what_a_stranger_writes_is_refused_and_harms_nobody(redis_url):
    async with telling(redis_url, secret="s" * 32) as owner, listening(redis_url, secret="s" * 32) as here:
        subscription = here.subscribe("a")
        await until(well(owner, here))
        publish(owner, 1)
        await heard(subscription, b"1")
        with capture_logs() as logs:
            async with Redis.from_url(redis_url) as redis, telling(redis_url, secret="other" * 8) as forger:
                forger.publish("a", 2, b"forged")
                await until(lambda: logs)
                [(_, fields)] = await redis.xrevrange(STREAM, count=1)
                await redis.xadd(STREAM, {"nonsense": "x"}, id="3-0")
                await redis.xadd(STREAM, fields, id="4-0")  # a true one, under another name
                await redis.delete(STREAM)
            publish(owner, 2)
            assert await heard(subscription, b"2") == expected(2)
    refused = [line for line in logs if line["event"] == "frames_refused"]
    assert len(refused) == 1
    assert "CTI_SECRET_KEY" in refused[0]["remedy"]


async def test_a_password_and_tls(own_redis, certificate):
    port, (authority, chain, key) = str(own_redis.port), certificate
    secured = ("--port", "0", "--tls-port", port, "--tls-cert-file", chain, "--tls-key-file", key,
               "--tls-ca-cert-file", authority, "--tls-auth-clients", "no",
               "--user", "default", "off", "--user", "cti", "on", ">p%ss", *ACL.split())  # fmt: skip
    with own_redis.running(*secured):
        address = f"localhost:{port}/0?ssl_ca_certs={authority}"
        async with both(f"rediss://cti:p%25ss@{address}") as (owner, _, subscription):
            publish(owner, 1)
            assert await heard(subscription, b"1") == expected(1)
        for url, word in (
            (f"rediss://cti:wrong@{address}", "Authentication"),
            (f"rediss://cti:p%25ss@localhost:{port}/0", "Connection"),  # an authority nobody knows
            (f"redis://cti:p%25ss@localhost:{port}/0", "Connection"),
        ):
            with capture_logs() as logs:
                async with telling(url) as owner:
                    await until(lambda: logs)
                    assert word in owner.trouble
            assert "p%" not in str(logs)
            assert "wrong" not in str(logs)


async def test_the_end_does_not_wait_for_a_redis_that_stands_still(own_redis, monkeypatch):
    monkeypatch.setattr(link, "ANSWER_S", 3_600.0)
    with own_redis.running() as process:
        async with both(own_redis.url) as (owner, _, subscription):
            publish(owner, 1)
            await heard(subscription, b"1")
            process.send_signal(signal.SIGSTOP)
            publish(owner, 2)
        # Who waited for Redis here would be waiting for an hour.
