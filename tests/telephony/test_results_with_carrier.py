"""Results of a campaign reach another system, beside the fake carrier, while processes of the server are killed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cti.core import events as e
from tests.chaos.play import Play
from tests.patience import PATIENCE_S
from tests.results.receiver import SECRET, Receiver
from tests.serving import command
from tests.telephony.campaign_centre import TO_AGENTS, CampaignCentre, campaign, numbers, open_centre

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALKS = {"on_ring": "answer", "after_ms": 100, "talk_s": 0.4}
BUSY = {"on_ring": "busy"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    there = Receiver()
    await there.open()
    yield there
    await there.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory, receiver) -> AsyncIterator[CampaignCentre]:
    told = campaign("told", "progressive", TO_AGENTS) + f'results: {{url: "{receiver.url}", secret: "secret:CRM"}}\n'
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CTI_RESULTS_HOSTS", f"127.0.0.1:{receiver.port}")
        environment.setenv("CTI_SECRET_CRM", SECRET)
        async with open_centre(tmp_path_factory.mktemp("results"), {"told": told}) as running:
            yield running


async def test_every_call_is_told_of_whoever_dies_and_however_the_receiver_fails(
    centre: CampaignCentre, receiver: Receiver
) -> None:
    people = numbers(0, 12)
    busy = set(people[::3])
    await centre.call_list("told", {number: BUSY if number in busy else TALKS for number in people})
    play = Play(centre.centre)
    receiver.answer = lambda said: (503, "not yet")
    async with centre.on_line("bob", "cleo"):
        await centre.campaign("told", "start")
        await receiver.until(lambda: len(receiver.taken) >= 2)
        receiver.answer = lambda said: (422, "whose?") if said["data"]["id"] == people[0] else (204, "")
        receiver.holds = asyncio.Event()  # it has them, and does not say so
        await receiver.until(lambda: len(receiver.accepted) >= 1)
        await play.kill("follower")
        receiver.holds.set()
        receiver.holds = None
        await play.kill("worker")
        await centre.all_called("told", people)
        await centre.campaign("told", "stop")
    await receiver.until(lambda: {said["data"]["id"] for said in receiver.accepted} >= {*people[1:]})
    bodies: dict[str, bytes] = {}
    for each in receiver.taken:
        assert bodies.setdefault(each.id, each.body) == each.body
    outcomes = {each.said["data"]["number"]: each.said["data"]["outcome"] for each in receiver.taken}
    assert outcomes == {number: "busy" if number in busy else "human" for number in people}
    scheduled = [each for each in await centre.told(e.LeadScheduled) if each.last_at]
    assert len(bodies) == len(scheduled) == len(people)
    folder = centre.centre.data_dir.parent
    await shown(folder, f"told: results to {receiver.url}: 0 wait, {len(people) - 1} received lately, 1 refused")
    receiver.answer = lambda said: (204, "")
    status, output, _ = await command(folder, "leads", "results", "told", "--again")
    assert (status, output) == (0, "told: 1 result to be sent again\n")
    await receiver.until(lambda: people[0] in {said["data"]["id"] for said in receiver.accepted})


async def shown(folder: Path, words: str) -> None:
    """What the receiver has just answered is in the store a moment later."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            status, output, _ = await command(folder, "campaign", "show", "told")
            assert status == 0
            if words in output:
                return
