"""When more comes than can be decided in time: agents' requests and reports stand back, and are told so."""

import asyncio

import aiohttp
import pytest

from cti.client import AgentClient
from cti.core import events as e
from cti.runtime import inbox
from cti.runtime.ranks import Rank
from tests.api.house import SUPERVISOR_PATH, open_house
from tests.patience import PATIENCE_S


@pytest.fixture
async def house():
    async with open_house() as opened:
        yield opened


@pytest.fixture
def no_patience(monkeypatch):
    for rank in (Rank.NEW_CALLS, Rank.AGENTS, Rank.REPORTS):
        monkeypatch.setitem(inbox.PATIENCE_S, rank, 0.0)


async def stand_in_line(house, rank: Rank) -> list["asyncio.Future[str]"]:
    """The journal stops in the middle of a commit, and one input of this rank waits behind it."""
    house.journal.may_commit.clear()
    house.journal.asked.clear()
    actors = {Rank.AGENTS: "agent:ben", Rank.REPORTS: "admin", Rank.NEW_CALLS: "carrier", Rank.LIVE_CALLS: "carrier"}
    waiting = []
    for number, actor in enumerate(("carrier", actors[rank])):
        event = e.TokenRevoked(token_hash=f"none{number}")
        waiting.append(asyncio.ensure_future(house.gate.post(event, key=f"fill{number}", actor=actor)))
        await asyncio.wait_for(house.journal.asked.wait(), PATIENCE_S)
    return waiting


async def test_an_agents_request_is_refused_and_done_when_asked_again(house, no_patience):
    async with house.desktop(await house.issue("anna")) as anna:
        waiting = await stand_in_line(house, Rank.AGENTS)
        refused = await anna.ask("sign_in", "again")
        assert refused.code == "overloaded"
        assert "same request_id" in refused.detail
        house.journal.may_commit.set()
        await asyncio.gather(*waiting)
        assert type(await anna.ask("sign_in", "again")).__name__ == "Done"
    assert len(await house.inputs(e.SignInRequested)) == 1
    assert house.gate.load["refused"]["agents"] == 1


async def test_the_client_asks_again_by_itself_later_each_time(house, no_patience):
    async with AgentClient(house.url, await house.issue("anna")) as anna:
        waiting = await stand_in_line(house, Rank.AGENTS)
        signing_in = asyncio.create_task(anna.sign_in())
        async with asyncio.timeout(PATIENCE_S):
            while house.gate.load["refused"]["agents"] < 3:
                await asyncio.sleep(0.02)
        assert not signing_in.done()
        house.journal.may_commit.set()
        await asyncio.gather(*waiting)
        await asyncio.wait_for(signing_in, PATIENCE_S)
    assert len(await house.inputs(e.SignInRequested)) == 1


async def test_an_answer_to_an_offer_is_as_urgent_as_its_caller(house, no_patience):
    async with house.desktop(await house.issue("anna")) as anna:
        waiting = await stand_in_line(house, Rank.AGENTS)
        accepting = asyncio.create_task(anna.ask("accept", "mine", offer_id="gone"))
        while house.gate.load["waiting"]["live_calls"] == 0:
            await asyncio.sleep(0.01)
        house.journal.may_commit.set()
        assert (await accepting).code == "offer_gone"
        await asyncio.gather(*waiting)


async def test_a_wallboard_has_to_come_again_and_is_told_when(house, no_patience):
    token = await house.issue("eva", "supervisor")
    waiting = await stand_in_line(house, Rank.REPORTS)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession() as session, session.get(house.url + SUPERVISOR_PATH, headers=headers) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert (await answer.json())["code"] == "overloaded"
    house.journal.may_commit.set()
    await asyncio.gather(*waiting)
