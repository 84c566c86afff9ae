"""`cti serve` as it runs: real processes, real sockets, requests as the carrier signs them."""

import asyncio
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import wave
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiohttp import web

from cti.client import AgentClient, ClientError, Offer
from cti.core.codec import decode
from cti.core.events import CallArrived, CustomersFound, PlanRequested, ReportIgnored
from cti.journal.sql import SqlJournal
from tests.patience import PATIENCE_S
from tests.serving import ACCOUNT, CONFIG, Server, command, lines, parties, serving

HOLD = "<Redirect"
EXAMPLE = Path(__file__).parents[2] / "config"
SMALL_BYTES = 4_096
"""Less than any database grows by."""


@contextlib.asynccontextmanager
async def journal_of(server: Server) -> AsyncIterator[SqlJournal]:
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{server.data_dir}/journal.db", "main", read_only=True)
    yield journal
    await journal.close()


def holds_the_caller(answer: tuple[int, str]) -> bool:
    """Something to hear, and then the same question again."""
    status, document = answer
    return status == 200 and ("<Say" in document or "<Play" in document) and HOLD in document


@pytest.fixture
async def carrier(aiohttp_server):
    """Where a server sends its requests: it notes them, and refuses each."""
    asked: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def take(request: web.Request) -> web.Response:
        asked.put_nowait((request.method, request.path))
        return web.json_response({"code": 20404, "message": "not here"}, status=404)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", take)
    running = await aiohttp_server(application)
    return str(running.make_url("")).rstrip("/"), asked


async def test_without_a_usable_configuration_callers_hear_an_apology(tmp_path):
    broken = {**CONFIG, "site.yaml": "name: [\n", "queues.yaml": "sales: {}\n"}
    async with serving(tmp_path, broken) as server:
        await server.until("ready")
        for status, document in (
            await server.call(1),
            await server.post(
                "/twilio/fallback", **parties(2), ErrorCode="11200", ErrorUrl=f"{server.url}/twilio/voice"
            ),
        ):
            assert status == 200
            assert "sorry" in document
            assert "<Hangup" in document
        mistakes = lines(server, "configuration_unusable")[0]["mistakes"]
        assert "config/site.yaml:" in mistakes
        assert "config/queues.yaml:1:" in mistakes


@contextlib.asynccontextmanager
async def agent_who_accepts(server: Server) -> AsyncIterator[None]:
    """Anna, signed in and ready; she takes every call."""
    _, token, _ = await command(server.data_dir.parent, "token", "issue", "--agent", "anna")
    async with AgentClient(server.url, token.strip()) as desk:
        await desk.sign_in()
        await desk.ready()

        async def take_offers() -> None:
            async for event in desk.events():
                if isinstance(event, Offer):
                    with contextlib.suppress(ClientError):
                        await desk.accept(event.offer_id)

        taking = asyncio.create_task(take_offers())
        yield
        taking.cancel()


async def test_a_full_disk_holds_callers_dials_nothing_and_says_why(tmp_path, carrier):
    carrier_url, asked = carrier
    async with serving(tmp_path, CTI_TWILIO_API_URL=carrier_url) as server:
        await server.until("ready")
        async with agent_who_accepts(server):
            _, menu = await server.call(1)
            server.limit_files(SMALL_BYTES)
            # Whether it comes before, while or after the worker gives up: each of these is held.
            assert holds_the_caller(await server.go_on(1, menu, Digits="1"))
            assert holds_the_caller(await server.call(2))
            health = await server.until("holding")
            assert "journal cannot be written" in health["why"]  # what the disk said is in the log
            assert holds_the_caller(await server.call(2))
            status, held = await server.go_on(1, menu, Digits="1")
            assert holds_the_caller((status, held))
            status, again = await server.post(
                "/twilio/fallback", **parties(1), ErrorCode="11200", ErrorUrl=f"{server.url}/twilio/voice"
            )
            assert holds_the_caller((status, again))
            assert asked.empty()
            server.limit_files(resource.RLIM_INFINITY)
            await server.until("ready")
            # The held caller comes back with what was pressed, and now the agent is rung.
            status, document = await server.go_on(1, held, "Redirect")
            assert status == 200
            assert "<Enqueue" in document
            while "/Participants" not in (await asyncio.wait_for(asked.get(), PATIENCE_S))[1]:
                pass
    assert any("disk" in line["why"] for line in [*lines(server, "holding"), *lines(server, "journal_failed")])


async def test_a_dial_that_left_and_was_not_answered_is_asked_about_and_not_made_again(tmp_path, carrier):
    """The worker dies when the carrier has carried the dial out, and before it knows."""
    carrier_url, asked = carrier
    async with serving(tmp_path, CTI_TWILIO_API_URL=carrier_url, CTI_FAILPOINTS="unanswered=kill") as server:
        await server.until("ready")
        async with agent_who_accepts(server):
            _, menu = await server.call(1)
            await server.go_on(1, menu, Digits="1")
            seen = []
            while not seen or "/Participants" not in seen[-1][1]:
                seen.append(await asyncio.wait_for(asked.get(), PATIENCE_S))
            assert seen[-1][0] == "POST"
            method, path = await asyncio.wait_for(asked.get(), PATIENCE_S)
            assert (method, path.rpartition("/")[2]) == ("GET", "Conferences.json")
        assert [line["status"] for line in lines(server, "worker_died")] == [-9]


async def test_who_is_on_hold_hears_the_beginning_of_the_sites_music_and_comes_back_soon(tmp_path):
    """It is there from the start, and needs no disk."""
    prompts = tmp_path / "config" / "prompts"
    prompts.mkdir(parents=True)
    shutil.copy(EXAMPLE / "prompts" / "music-20s.wav", prompts)
    async with serving(tmp_path, file_bytes_max=SMALL_BYTES) as server:
        status, document = await server.call(1)
        (prompts / "music-20s.wav").unlink()
        assert holds_the_caller((status, document))
        assert "<Say" not in document
        assert "<Pause" not in document
        [url] = re.findall(r"<Play>([^<]+)</Play>", document)
        async with server.session.get(url) as response:
            assert (response.status, response.content_type) == (200, "audio/wav")
            with wave.open(BytesIO(await response.read())) as music:
                assert music.getnframes() / music.getframerate() == 7


async def test_who_calls_is_looked_up_where_the_settings_say(tmp_path, aiohttp_server):
    asked: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def find(request: web.Request) -> web.Response:
        asked.put_nowait((request.query["number"], request.headers["Authorization"]))
        return web.json_response([{"customer_id": "k1", "name": "Kim Lee"}])

    application = web.Application()
    application.router.add_get("/find", find)
    crm = await aiohttp_server(application)
    url = f"{str(crm.make_url('')).rstrip('/')}/find?number={{number}}"
    async with serving(tmp_path, CTI_DIRECTORY_URL=url, CTI_DIRECTORY_TOKEN="hush") as server:
        await server.until("ready")
        await server.call(1)
        assert await asyncio.wait_for(asked.get(), PATIENCE_S) == (parties(1)["From"], "Bearer hush")
        found = await recorded(server, CustomersFound)
        assert [(match.customer_id, match.name) for match in found.matches] == [("k1", "Kim Lee")]
    assert "hush" not in "\n".join(server.log)


async def recorded(server: Server, kind: type[Any]) -> Any:
    """The first input of this kind, once the journal has it. No event tells of it: the server is another process."""
    async with asyncio.timeout(PATIENCE_S), journal_of(server) as journal:
        while True:
            async for row in journal.read(0):
                if type(event := decode(row).input) is kind:
                    return event
            await asyncio.sleep(0.05)


async def test_a_database_that_is_not_there_is_said_once_and_with_a_remedy(tmp_path):
    """Somebody who hangs up on whoever connects counts how often it was tried."""
    tried: asyncio.Queue[None] = asyncio.Queue()

    def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        tried.put_nowait(None)

    database = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = database.sockets[0].getsockname()[1]
    async with database, serving(tmp_path, CTI_DATABASE_URL=f"postgresql://cti@127.0.0.1:{port}/cti") as server:
        await server.until("holding")
        for _ in range(20):
            await asyncio.wait_for(tried.get(), PATIENCE_S)
        assert holds_the_caller(await server.call(1))
    for event in ("holding", "nothing_to_follow_yet"):
        causes = [line["why"] for line in lines(server, event)]
        assert len(causes) == len(set(causes)) in (1, 2)  # the connection is closed or reset, as it happens
        assert all(line["remedy"] for line in lines(server, event))
    assert "CTI_DATABASE_URL" in lines(server, "holding")[0]["remedy"]


async def test_a_disk_that_is_full_from_the_start(tmp_path):
    async with serving(tmp_path, file_bytes_max=SMALL_BYTES) as server:
        assert holds_the_caller(await server.call(1))
        health = await server.until("holding")
        assert "journal cannot be written" in health["why"]  # what the disk said is in the log
        server.limit_files(resource.RLIM_INFINITY)
        await server.until("ready")
        status, document = await server.call(1)
        assert status == 200
        assert "<Gather" in document


def _has_ended(pid: int) -> bool:
    """It is dead, and its parent has not looked yet."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


async def test_told_to_stop_once_or_often_it_ends_in_good_order_and_starts_nobody(tmp_path):
    async with serving(tmp_path) as server:
        await server.until("ready")
        await server.told('"role": "spare"')
        await server.told('"role": "follower"')
        parent, *children = server.pids()
        spare = next(json.loads(line)["pid"] for line in server.log if '"role": "spare"' in line)
        os.kill(parent, signal.SIGSTOP)
        os.kill(spare, signal.SIGKILL)
        while not _has_ended(spare):
            await asyncio.sleep(0.01)  # nobody tells of it: it is not our child
        os.kill(parent, signal.SIGTERM)  # which it hears together with the death of the spare
        os.kill(parent, signal.SIGCONT)
        while server.process.returncode is None:  # the others are told by whoever stops all of them, and by the parent
            for pid in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            await asyncio.sleep(0.001)
    started = [json.loads(line)["role"] for line in server.log if '"event": "started"' in line]
    assert sorted(started) == ["follower", "spare", "worker"]
    assert not [line for line in server.log if "Exception" in line or "Traceback" in line or "_died" in line]


async def test_a_log_that_cannot_be_written_costs_no_call(tmp_path):
    with Path("/dev/full").open("wb") as full:  # noqa: ASYNC230 - a device: opening it takes no time
        async with serving(tmp_path, log=full) as server:
            await server.until("ready")
            assert "<Gather" in (await server.call(1))[1]
            # Each of these is worth a line of the log.
            fields = {**parties(1), "ErrorCode": "11200", "ErrorUrl": f"{server.url}/twilio/voice"}
            assert "<Gather" in (await server.post("/twilio/fallback", **fields))[1]
            assert (await server.call(2, signature="forged"))[0] == 403
            server.limit_files(SMALL_BYTES)
            assert holds_the_caller(await server.call(2))
            await server.until("holding")
            assert holds_the_caller(await server.call(2))


async def test_nor_does_it_when_the_configuration_has_mistakes_to_tell_of(tmp_path):
    with Path("/dev/full").open("wb") as full:  # noqa: ASYNC230 - as above
        async with serving(tmp_path, {**CONFIG, "site.yaml": "name: [\n"}, log=full) as server:
            await server.until("ready")
            assert "sorry" in (await server.call(1))[1]


async def test_a_call_on_postgresql(tmp_path, postgres_url):
    async with serving(tmp_path, CTI_DATABASE_URL=postgres_url) as server:
        await server.until("ready")
        status, menu = await server.call(1)
        assert (status, "<Gather" in menu) == (200, True)
        status, queued = await server.go_on(1, menu, Digits="1")
        assert (status, "<Enqueue" in queued) == (200, True)
        status, music = await server.go_on(1, queued, "waitUrl")
        assert (status, "music-20s.wav" in music) == (200, True)
        assert not (server.data_dir / "journal.db").exists()
    journal = await SqlJournal.open(postgres_url, "main", read_only=True)
    assert [type(decode(row).input).__name__ async for row in journal.read(2)][:2] == ["CallArrived", "PlanRequested"]
    await journal.close()


async def test_bad_requests_get_the_right_status_and_change_nothing(tmp_path):
    stranger = parties(1)
    async with serving(tmp_path) as server:
        await server.until("ready")
        async with journal_of(server) as journal:
            before = await journal.tail()
            assert (await server.call(1, signature=""))[0] == 403
            assert (await server.call(1, signature="AAAAAAAAAAAAAAAAAAAAAAAAAAA="))[0] == 403
            assert (await server.post("/twilio/voice", **stranger, AccountSid="AC" + "b" * 32))[0] == 403
            assert (await server.post("/twilio/voice", From="+12025550001"))[0] == 400
            assert (await server.post("/twilio/voice", **stranger, CallerName="x" * 100_000))[0] == 413
            assert (await server.post("/twilio/digits?site=other&leg=main-l3&n=3", **stranger))[0] == 400
            assert (await server.post("/twilio/digits", **stranger))[0] == 400
            assert (await server.post("/twilio/nowhere", **stranger))[0] == 404
            assert await truncated(server) in (b"", b"HTTP/1.1 400")
            async with server.session.get(f"{server.url}/twilio/voice") as response:
                assert response.status == 405
            async with server.session.post(f"{server.url}/twilio/voice", json={"AccountSid": ACCOUNT}) as response:
                assert response.status == 403
            assert await journal.tail() == before

            status, document = await server.post("/twilio/next?site=main&leg=main-l99&n=99", **stranger)
            assert (status, "<Hangup" in document) == (200, True)
            [record] = [decode(row) async for row in journal.read(before.seq)]
            assert [type(event) for event in record.events] == [ReportIgnored]

        status, menu = await server.call(2, From="x" * 50_000)
        assert (status, "<Gather" in menu) == (200, True)
        status, again = await server.go_on(2, menu, Digits="*#9")
        assert (status, "<Gather" in again) == (200, True)
        status, document = await server.go_on(2, again, Digits="1")
        assert (status, "<Enqueue" in document) == (200, True)


async def test_a_replayed_request_gets_the_same_bytes_and_moves_nobody(tmp_path):
    async with serving(tmp_path) as server:
        await server.until("ready")
        _, menu = await server.call(1)
        answer = await server.go_on(1, menu, Digits="1")
        assert await server.go_on(1, menu, Digits="1") == answer
        assert await server.go_on(1, menu, Digits="2") == answer
        assert await server.call(1) == (200, menu)
        assert await server.go_on(1, answer[1], "waitUrl") == await server.go_on(1, answer[1], "waitUrl")
        async with journal_of(server) as journal:
            inputs = [type(decode(row).input) async for row in journal.read(0)]
        assert inputs.count(CallArrived) == 1
        assert inputs.count(PlanRequested) == 2


async def truncated(server: Server) -> bytes:
    """A request that ends in the middle of its body: the first bytes of the answer, none if there is no answer."""
    body = urlencode({"AccountSid": ACCOUNT, **parties(5)}).encode()
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /twilio/voice HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    writer.write(f"{head}Content-Length: {len(body) + 10}\r\n\r\n".encode() + body)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(12), PATIENCE_S)
    writer.close()
    return answer
