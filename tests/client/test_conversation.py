"""Programs in conversations, and as supervisors: every method asks for what it says, over lost connections too."""

import asyncio
import contextlib

import pytest

from cti import client as sdk
from cti.client import events
from cti.core import events as e
from cti.core.config import SupervisorConfig
from tests.api.house import open_house
from tests.centre import agent, centre, queue
from tests.patience import PATIENCE_S

SUE = SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue")
CENTRE = centre(
    agent("anna"),
    agent("ben"),
    queues=(queue(wrap_up_s=30, recording="on_request"), queue("help")),
    dial_prefixes=("+1202",),
    supervisors={"sue": SUE},
)


@pytest.fixture
async def house():
    async with open_house(CENTRE) as house:
        yield house


async def next_event(client, kind):
    async for event in client.events():
        if isinstance(event, kind):
            return event
    raise AssertionError("the client was closed")


@contextlib.asynccontextmanager
async def talking(house):
    """Anna talks to a customer; Ben is free."""
    async with (
        sdk.AgentClient(house.url, await house.issue("anna")) as anna,
        sdk.AgentClient(house.url, await house.issue("ben")) as ben,
    ):
        await anna.sign_in()
        await anna.ready()
        contact_id = await house.call()
        await anna.accept((await next_event(anna, sdk.Offer)).offer_id)
        await house.bridge(contact_id)
        await next_event(anna, sdk.Connected)
        await ben.sign_in()
        await ben.ready()
        yield contact_id, anna, ben


async def test_the_walk_of_a_consultation(house):
    async with talking(house) as (contact_id, anna, ben):
        assert anna.desk.contacts[0].talk == sdk.DeskTalk(agent_id="anna")
        await anna.consult(contact_id, "agent:ben")
        await house.held(house.state.contacts[contact_id].leg_id)
        offer = await next_event(ben, sdk.Offer)
        assert (offer.asked_by, offer.before) == ("anna", ("anna",))
        await ben.accept(offer.offer_id)
        await house.bring(contact_id, "ben")
        await next_event(ben, sdk.Joined)
        await next_event(anna, sdk.ConsultAnswered)
        await ben.mute(contact_id)
        await anna.conference(contact_id)
        await house.held(house.state.contacts[contact_id].leg_id, held=False)
        assert (await next_event(ben, sdk.ConferenceStarted)).agent_ids == ("anna", "ben")
        await anna.transfer(contact_id)
        transferred = await next_event(anna, sdk.Transferred)
        assert (transferred.kind, transferred.to_agent_id) == ("ATTENDED", "ben")
        assert anna.desk.contacts[0].phase == "WRAP_UP"
        while ben.desk.contacts[0].talk.agent_id != "ben":
            await next_event(ben, sdk.TalkChanged)


async def test_every_request_of_a_conversation_reaches_the_rules(house):
    async with talking(house) as (contact_id, anna, _):
        await anna.hold(contact_id)
        await anna.retrieve(contact_id)
        await anna.mute(contact_id)
        await anna.unmute(contact_id)
        await anna.digits(contact_id, "1#")
        await anna.record(contact_id, "START")
        for ask, code in (
            (anna.hold(contact_id, "main-p9"), "not_there"),
            (anna.retrieve(contact_id, "main-p9"), "not_there"),
            (anna.digits(contact_id, "1", "main-p9"), "not_there"),
            (anna.end_consult(contact_id, "main-p9"), "not_there"),
            (anna.conference(contact_id), "nobody_consulted"),
            (anna.transfer(contact_id), "nobody_consulted"),
            (anna.transfer(contact_id, "queue:none"), "queue_unknown"),
            (anna.consult(contact_id, "number:+4930111"), "not_allowed"),
            (anna.record(contact_id, "ERASE"), "malformed"),
        ):
            with pytest.raises(sdk.Refused) as refused:
                await ask
            assert refused.value.code == code
    muted = [event.muted for event in await house.inputs(e.MuteRequested)]
    assert muted == [True, False]


async def test_the_directory_is_kept_over_a_lost_connection(house):
    async with (
        sdk.AgentClient(house.url, await house.issue("anna"), backoff=lambda attempt: 0.01) as anna,
        sdk.AgentClient(house.url, await house.issue("ben")) as ben,
    ):
        assert anna.directory is None
        directory = await anna.open_directory()
        assert sorted(directory.agents) == ["anna", "ben"]
        assert directory.agents["ben"].state == "SIGNED_OUT"
        anna.reconnect()
        await ben.sign_in()
        await ben.ready()
        await house.call()
        while directory.agents["ben"].state != "RESERVED" or directory.queues["sales"].waiting != 1:
            await next_event(anna, (sdk.DirectoryChanged, events.Directory))
        await anna.close_directory()
        assert anna.directory is None


async def test_a_supervisor_asks(house):
    async with talking(house) as (contact_id, anna, _):
        async with sdk.SupervisorClient(house.url, await house.issue("sue", "supervisor")) as sue:
            await sue.supervise(contact_id, "MONITOR")
            await sue.supervise(contact_id, "WHISPER")
            while not (row := sue.wallboard.contacts[contact_id]).supervisions:
                await next_event(sue, sdk.BoardChanged)
            assert row.supervisions[0].supervisor_id == "sue"
            await sue.end_supervision(contact_id)
            with pytest.raises(sdk.Refused, match="in_conversation"):
                await sue.force_state("anna", "signed_out")
            await sue.force_state("anna", "not_ready", "lunch")
            await sue.force_state("ben", "signed_out")
        assert (anna.desk.ready, anna.desk.reason) == (False, "lunch")
    assert house.state.agents["ben"].presence == "SIGNED_OUT"


async def test_a_supervisors_request_outlives_a_restart_of_the_server(house, at_once):
    async with sdk.SupervisorClient(house.url, await house.issue("sue", "supervisor"), backoff=at_once) as sue:
        await house.stop()
        asking = asyncio.create_task(sue.force_state("anna", "signed_out"))
        await asyncio.sleep(0)
        assert not asking.done()
        await house.start()
        await asyncio.wait_for(asking, PATIENCE_S)
    assert len(await house.inputs(e.StateForced)) == 1


async def test_what_is_refused_later_is_an_event(house):
    async with sdk.AgentClient(house.url, await house.issue("anna")) as anna:
        await house.post(e.RequestRefused(agent_id="anna", code="not_allowed", detail="Not at night."))
        refused = await next_event(anna, sdk.RequestRefused)
        assert (refused.code, refused.detail, refused.request_id) == ("not_allowed", "Not at night.", "")
