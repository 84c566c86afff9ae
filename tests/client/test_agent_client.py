"""A program as an agent: what it is told, what it asks, and that a bad network changes neither."""

import asyncio
import contextlib
import inspect
import random
import re

import pytest

from cti import client as sdk
from cti.client import events as events_module
from cti.client.link import jittered
from cti.core import events as core
from cti.views.desktop import frames_of, snapshot_of
from tests.api.house import House, open_house
from tests.patience import PATIENCE_S
from tests.views.watching import pop_of

ANSWERS = {"done", "refused"}


async def next_event(client, kind):
    """The next event of a kind."""
    async for event in client.events():
        if isinstance(event, kind):
            return event
    raise AssertionError("the client was closed")


async def told(house: House, agent_id: str = "anna") -> list[tuple[int, int]]:
    """The places of every event that the record holds for this agent's programs; answers go to who asked."""
    records = [record async for record in house.gate.read(0)]
    return [
        (frame.seq, frame.index)
        for record in records
        for to, frame in frames_of(record)
        if to in (agent_id, "") and frame.__struct_config__.tag not in ANSWERS
    ]


async def test_the_walk_of_a_call(house):
    async with sdk.AgentClient(house.url, await house.issue("anna")) as anna:
        await anna.sign_in()
        await anna.ready()
        assert anna.desk.state == "READY"
        contact_id = await house.call()
        offer = await next_event(anna, sdk.Offer)
        pop = await next_event(anna, sdk.Pop)
        assert pop.pop.from_number == offer.from_number
        await next_event(anna, sdk.Alerting)  # acknowledged by itself
        await anna.accept(offer.offer_id)
        assert anna.desk.contacts[0].phase == "CONNECTING"
        await house.bridge(contact_id)
        await next_event(anna, sdk.Connected)
        assert anna.desk.state == "BUSY"
        await anna.hang_up(contact_id)
        await house.part(contact_id)
        await next_event(anna, sdk.WrapUp)
        assert anna.desk.contacts[0].cause == "AGENT_HUNG_UP"
        await anna.dispose(contact_id, "sold", "a note")
        assert anna.desk.contacts == ()
        await anna.not_ready("break")
        assert (anna.desk.state, anna.desk.reason) == ("NOT_READY", "break")
        await anna.sign_out()
        assert anna.desk.state == "SIGNED_OUT"


@pytest.mark.parametrize("client", [sdk.AgentClient, sdk.SupervisorClient])
async def test_the_example_of_the_documentation_runs(house, client):
    lines = re.findall(r"^ *(?:>>>|\.\.\.) ?(.*)$", inspect.getdoc(client), re.MULTILINE)
    names: dict[str, object] = {}
    exec("\n".join(lines), names)
    example = names.get("work") or names["watch"]
    if client is sdk.SupervisorClient:
        await house.call()
        await asyncio.wait_for(example(house.url, await house.issue("boss", "supervisor")), PATIENCE_S)
        return
    working = asyncio.create_task(example(house.url, await house.issue("anna")))
    await house.until(lambda: bool(house.state.agents["anna"].ready))
    contact_id = await house.call()
    await house.until(lambda: bool(house.state.contacts[contact_id].offer.leg_id))
    await house.bridge(contact_id)
    await house.part(contact_id)
    await asyncio.wait_for(working, PATIENCE_S)
    [given] = await house.inputs(core.DispositionGiven)
    assert given.disposition == "sold"


async def test_what_the_server_refuses_is_raised(house):
    async with sdk.AgentClient(house.url, await house.issue("anna")) as anna:
        with pytest.raises(sdk.Refused) as refused:
            await anna.ready()
        assert (refused.value.code, refused.value.detail) == ("signed_out", "Sign in first.")
        for ask in (anna.accept, anna.acknowledge, anna.decline):
            with pytest.raises(sdk.Refused, match="offer_gone"):
                await ask("main-o1")
        with pytest.raises(sdk.Refused, match="not_in_wrap_up"):
            await anna.end_wrap_up("main-c1")
        await anna.probe_answered()


async def test_an_offer_that_nobody_acknowledges_goes_on_and_a_probe_makes_it_good(house):
    token = await house.issue("anna")
    async with sdk.AgentClient(house.url, token, auto_acknowledge=False, answer_probes=False) as anna:
        await anna.sign_in()
        await anna.ready()
        await house.call()
        over = await next_event(anna, sdk.OfferOver)
        assert over.reason == "not_acknowledged"
        assert anna.desk.suspected
        await anna.probe_answered()
        assert anna.desk.state == "READY"


async def test_probes_are_answered_by_themselves(house):
    async with sdk.AgentClient(house.url, await house.issue("anna")) as anna:
        await anna.sign_in()
        await house.post(core.DeviceSuspected(agent_id="anna"))
        await next_event(anna, sdk.Probe)
        await house.until(lambda: not house.state.agents["anna"].suspected)


async def test_every_event_once_and_in_order_through_fifty_lost_connections(at_once):
    async with open_house(ring_max=5_000) as house:
        dice = random.Random(2)
        async with sdk.AgentClient(house.url, await house.issue("anna"), backoff=at_once) as anna:
            first = int(anna.cursor)
            seen = []

            async def consume():
                async for event in anna.events():
                    assert not isinstance(event, sdk.Lost)
                    if not isinstance(event, sdk.Resync):
                        seen.append((event.seq, event.index))

            consuming = asyncio.create_task(consume())
            await anna.sign_in()
            for _ in range(50):
                for _ in range(dice.randint(1, 6)):
                    ask = anna.ready() if dice.random() < 0.5 else anna.not_ready("break")
                    if dice.random() < 0.5:
                        asking = asyncio.create_task(ask)
                        await asyncio.sleep(0)
                        anna.reconnect()
                        await asking
                    else:
                        await ask
                anna.reconnect()
            await anna.ready()
            assert anna.live
        await consuming
        assert seen == [place for place in await told(house) if place > (first + 1, -1)]
        asked = await house.inputs(core.ReadyRequested)
        assert len(asked) == len({event.request_id for event in asked})
        assert anna.desk.state == "READY"
        whole = snapshot_of(house.state, "anna", pop_of)
        assert [anna.desk.ready, anna.desk.presence] == [whole.ready, whole.presence]


async def test_a_request_outlives_a_restart_of_the_server(house, at_once):
    async with sdk.AgentClient(house.url, await house.issue("anna"), backoff=at_once) as anna:
        await house.stop()
        asking = asyncio.create_task(anna.sign_in())
        await asyncio.sleep(0)
        assert not asking.done()
        await house.start()
        await asyncio.wait_for(asking, PATIENCE_S)
        assert anna.desk.presence == "SIGNED_IN"


async def test_while_the_server_cannot_record_the_client_asks_again(house):
    async with sdk.AgentClient(house.url, await house.issue("anna")) as anna:
        house.gate.hold("the disk is full")
        asking = asyncio.create_task(anna.sign_in())
        await asyncio.wait([asking], timeout=0.2)
        assert not asking.done()
        house.gate.open(house.driver, house.journal)
        await asyncio.wait_for(asking, PATIENCE_S)


async def test_a_server_that_is_not_there_is_waited_for(house, at_once):
    token = await house.issue("anna")
    await house.stop()
    entering = asyncio.create_task(sdk.AgentClient(house.url, token, backoff=at_once).__aenter__())
    await asyncio.sleep(0.02)
    assert not entering.done()
    await house.start()
    anna = await asyncio.wait_for(entering, PATIENCE_S)
    assert anna.live
    await anna.close()


async def test_a_token_that_is_not_accepted_is_told_at_once(house):
    with pytest.raises(sdk.TokenRefused, match="never issued here"):
        await sdk.AgentClient(house.url, "guessed").__aenter__()
    with pytest.raises(sdk.TokenRefused, match="scope agent"):
        await sdk.AgentClient(house.url, await house.issue("boss", "supervisor")).__aenter__()


async def test_a_token_that_ends_ends_the_client(house, at_once):
    token = await house.issue("anna")
    async with sdk.AgentClient(house.url, token, backoff=at_once) as anna:
        await house.revoke(token)
        with pytest.raises(sdk.TokenRefused, match="revoked"):
            async for _ in anna.events():
                pass
        with pytest.raises(sdk.TokenRefused):
            await anna.sign_in()


async def test_a_client_that_is_closed_says_so(house):
    async with sdk.AgentClient(house.url, await house.issue("anna")) as anna:
        house.journal.may_commit.clear()
        asking = asyncio.create_task(anna.sign_in())
        await asyncio.sleep(0)
    with pytest.raises(sdk.Closed):
        await asking
    with pytest.raises(sdk.Closed):
        await anna.ready()
    assert [event async for event in anna.events() if not isinstance(event, sdk.Resync)] == []
    house.journal.may_commit.set()


async def test_two_programs_of_one_agent_do_not_disturb_each_other(house):
    token = await house.issue("anna")
    async with sdk.AgentClient(house.url, token) as one, sdk.AgentClient(house.url, token) as two:
        await one.sign_in()
        await next_event(two, sdk.State)
        await two.ready()
        await next_event(one, sdk.State)
        await asyncio.gather(one.not_ready("break"), two.not_ready("lunch"))
        await asyncio.gather(one.ready(), two.ready())
        assert one.desk.state == two.desk.state == "READY"


async def test_the_desk_is_there_from_the_first_moment(house):
    anna = sdk.AgentClient(house.url, await house.issue("anna"))
    with pytest.raises(sdk.ClientError, match="before the first connection"):
        _ = anna.desk
    async with anna:
        assert anna.desk.settings.not_ready_reasons == ("break", "lunch", "training")


@pytest.mark.parametrize("url", ["", "localhost:8080", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="no address of a server"):
        sdk.AgentClient(url, "token")


def test_waits_grow_and_are_spread():
    assert all(0 <= jittered(attempt) <= 5 for attempt in range(1, 1_000))
    assert len({jittered(20) for _ in range(20)}) == 20


async def test_nonsense_from_the_server_ends_the_client_with_the_reason(house, monkeypatch):
    async with sdk.AgentClient(house.url, await house.issue("anna")) as anna:
        monkeypatch.setattr(events_module, "decode", lambda frame: frame.no_such_thing)
        house.fanout.publish("agent:anna", house.fanout.head + 1, b"{}")
        with pytest.raises(sdk.ClientError, match="cannot be used"), contextlib.suppress(sdk.Closed):
            await next_event(anna, sdk.Probe)


async def test_who_waits_for_the_first_connection_is_told_why_once(at_once, caplog):
    tries = []

    def backoff(attempt):
        tries.append(attempt)
        return at_once(attempt)

    client = sdk.AgentClient("http://127.0.0.1:9", "secret", backoff=backoff)
    entering = asyncio.create_task(client.__aenter__())
    while len(tries) < 3:
        await asyncio.sleep(0.001)
    entering.cancel()
    await asyncio.gather(entering, return_exceptions=True)
    await client.__aexit__(None, None, None)
    [told] = [record for record in caplog.records if record.name == "cti.client.link"]
    assert told.levelname == "WARNING"
    assert "127.0.0.1:9" in told.getMessage()
    assert "secret" not in told.getMessage()
