"""Cases of dialing that only real processes show: a carrier that is silent, slow or wants nothing of our number, a
server that dies or stands still, a disk that is full. See docs/reference/dialer-cases.md."""

import asyncio
import contextlib
import json
import os
import resource
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from cti.core import events as e
from cti.core.states import Outcome
from tests.patience import PATIENCE_S
from tests.serving import command
from tests.telephony.campaign_books import books_agree, outcomes, report_agrees
from tests.telephony.campaign_centre import CAMPAIGNS, OURS, CampaignCentre, numbers, open_centre

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.chaos]

TALKS = {"on_ring": "answer", "after_ms": 100, "talk_s": 0.4}
DIAL = {"path": "/Calls.json", "method": "POST"}
SMALL_BYTES = 4_096
"""Less than any database grows by."""

NAMES = ("silent", "stranger", "undone", "still", "full")
PROGRESSIVE = {name: CAMPAIGNS["nobody"].replace("[nobody]", f"[{name}]") for name in NAMES}
PROGRESSIVE["stranger"] = PROGRESSIVE["stranger"].replace(OURS, "+12025550199")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory) -> AsyncIterator[CampaignCentre]:
    folder = tmp_path_factory.mktemp("cases")
    dies = {"CTI_FAILPOINTS": f"unanswered=kill;when={folder / 'die'}"}
    async with open_centre(folder, PROGRESSIVE, dies) as running:
        yield running


def processes(centre: CampaignCentre) -> list[int]:
    """The server's, the parent first."""
    parent = centre.centre.server_pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


async def health(centre: CampaignCentre, status: str) -> None:
    """Wait until the server says so of itself."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with centre.centre.session.get(f"{centre.centre.url}/api/v1/health") as response:
                    if (await response.json())["status"] == status:
                        return
            await asyncio.sleep(0.05)


async def rung(centre: CampaignCentre, people: list[str]) -> list[str]:
    return [each["to"] for each in await centre.ledger("rung") if each["to"] in people]


async def test_d47_a_carrier_that_is_silent_or_slow_after_it_dialled_rings_nobody_twice(centre: CampaignCentre) -> None:
    """Its first answer comes after we have stopped to wait for it, and of that call it reports nothing; its next
    answers are late."""
    lost, *people = numbers(1_000, 4)
    await centre.call_list("silent", {lost: {"on_ring": "ignore"}} | dict.fromkeys(people, TALKS))
    async with centre.on_line("ann"):
        await centre.faults(
            rest=[{**DIAL, "slow_ms": 12_000, "times": 1}, {**DIAL, "slow_ms": 1_500, "times": 2}],
            webhooks=[{"door": "^/twilio/leg", "drop": 1, "times": 3}],
        )
        await centre.campaign("silent", "start")
        await centre.all_called("silent", [lost, *people])
        await centre.campaign("silent", "stop")
        await centre.faults()
    book = await books_agree(centre, "silent", [lost, *people])
    assert [bool(call.agents) for call in book.values()] == [number != lost for number in book]
    assert sorted(await rung(centre, [lost, *people])) == [lost, *people]
    assert (await outcomes(centre, "silent"))[lost] is Outcome.NO_ANSWER  # as the carrier says when it is asked


async def test_d49_a_carrier_that_does_not_take_our_caller_id_rings_nobody_and_the_campaign_says_so(
    centre: CampaignCentre,
) -> None:
    people = numbers(1_100, 5)
    await centre.centre.control("POST", "account", caller_ids_checked=True)
    await centre.call_list("stranger", dict.fromkeys(people, TALKS))
    async with centre.on_line("ann"):
        await centre.campaign("stranger", "start")
        async with asyncio.timeout(PATIENCE_S):
            while (stand := await centre.campaign("stranger"))["status"] == "RUNNING":
                await asyncio.sleep(0.05)
    assert stand["status"] == "PAUSED"
    assert "+12025550199" in stand["why"]
    status, output, _ = await command(centre.centre.data_dir.parent, "campaign", "show", "stranger")
    assert (status, "does not take the caller id +12025550199" in output) == (0, True)
    assert await rung(centre, people) == []
    scheduled = [each for each in await centre.told(e.LeadScheduled) if each.campaign_id == "stranger"]
    assert {each.attempts for each in scheduled} == {0}
    assert any(line.get("event") == "campaign_paused" for line in log_of(centre))
    await centre.centre.control("POST", "account", caller_ids_checked=False)


def log_of(centre: CampaignCentre) -> Iterator[dict[str, object]]:
    for line in (centre.centre.data_dir / "server.log").read_text(errors="replace").splitlines():
        with contextlib.suppress(ValueError):
            yield json.loads(line)


async def test_d53_a_worker_that_dies_between_dial_and_record_rings_nobody_twice(
    centre: CampaignCentre,
) -> None:
    """The carrier has carried the dial out, and the worker dies before it reads that."""
    people = numbers(1_200, 4)
    await centre.call_list("undone", {number: {**TALKS, "after_ms": 3_000} for number in people})
    died = len(list(deaths(centre)))
    async with centre.on_line("ann"):  # so that this dial is the only request on its way
        (centre.centre.data_dir.parent / "die").touch()
        await centre.campaign("undone", "start")
        await centre.all_called("undone", people)
        await centre.campaign("undone", "stop")
    assert len(list(deaths(centre))) == died + 1
    book = await books_agree(centre, "undone", people)
    assert all(call.answered for call in book.values())
    assert sorted(await rung(centre, people)) == sorted(people)
    await report_agrees(centre, "undone", people)


def deaths(centre: CampaignCentre) -> Iterator[object]:
    return (line for line in log_of(centre) if line.get("event") == "worker_died")


async def test_d56_who_answered_while_the_server_stood_still_counts_as_left_alone(centre: CampaignCentre) -> None:
    """The worker is stopped for longer than a greeting and the two seconds after it, and somebody answers meanwhile."""
    async with centre.on_line("ann"):
        await centre.campaign("still", "start")
        for number in numbers(1_300, 10):
            if await answered_in_a_stall(centre, number):
                break
        else:
            pytest.skip("this machine is too busy to stop a process while a telephone rings")
        await centre.campaign("still", "stop")
    ours = [each.attempt_id for each in await centre.told(e.AttemptStarted) if each.campaign_id == "still"]
    counted = [each for each in await centre.told(e.LiveAnswerCounted) if each.attempt_id == ours[-1]]
    assert [each.abandoned for each in counted] == [True]
    assert any(line.get("event") == "stalled" for line in log_of(centre))


async def answered_in_a_stall(centre: CampaignCentre, number: str) -> bool:
    """Call them, and stop the worker while it rings. Returns whether it was in time: before somebody answered."""
    await centre.call_list("still", {number: {**TALKS, "after_ms": 3_000, "talk_s": 8}})
    await centre.until("rung", to=number)
    centre.centre.tidings.read()
    worker = centre.centre.tidings.pids["worker"]
    os.kill(worker, signal.SIGSTOP)
    stopped_at = int(time.time() * 1_000)
    try:
        await answered(centre, number)
        await asyncio.sleep(5)  # it is for this long that they hear nothing
    finally:
        os.kill(worker, signal.SIGCONT)
    await centre.all_called("still", [number])
    return int((await centre.calls([number]))[number]["answered_at"]) > stopped_at


async def answered(centre: CampaignCentre, number: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not [leg for leg in await centre.ledger("legs") if leg["to"] == number and leg["answered_at"]]:
            await asyncio.sleep(0.03)


async def test_d57_while_the_ledger_cannot_be_written_nobody_is_dialled(centre: CampaignCentre) -> None:
    """The disk is full in the middle of a campaign. Then there is room again, and everybody is called once."""
    people = numbers(1_400, 12)
    await centre.call_list("full", {number: {**TALKS, "talk_s": 1} for number in people})
    async with centre.on_line("ann", "bob"):
        await centre.campaign("full", "start")
        await centre.until("rung", to=people[0])
        limit(centre, SMALL_BYTES)
        try:
            await health(centre, "holding")
            before = await rung(centre, people)
            await asyncio.sleep(3)  # long enough for several calls, if there were any
            assert await rung(centre, people) == before
        finally:
            limit(centre, resource.RLIM_INFINITY)
        await health(centre, "ready")
        await centre.all_called("full", people)
        await centre.campaign("full", "stop")
    assert len(before) < len(people)
    assert sorted(await rung(centre, people)) == sorted(people)
    status, output, _ = await command(centre.centre.data_dir.parent, "dialer", "audit", "--json")
    assert (status, json.loads(output)["calls"]["findings"]) == (0, [])


def limit(centre: CampaignCentre, bytes_max: int) -> None:
    """No process of the server can write a file beyond so many bytes: to them the disk is full."""
    for pid in processes(centre):
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (bytes_max, resource.RLIM_INFINITY))
