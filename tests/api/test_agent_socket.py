"""An agent's desktop over the wire: where it starts, what it hears, what it may ask."""

import asyncio

import msgspec

from cti.core import events as e
from cti.core.states import AgentState
from cti.views import frames as f
from cti.views.apply_frame import apply_frame
from cti.views.desk import Phase
from cti.views.desktop import snapshot_of
from tests.centre import CALLER, agent, centre
from tests.views.watching import pop_of


async def test_a_first_connection_is_greeted_and_sent_the_whole_desk(house):
    async with house.connect(await house.issue("anna")) as websocket:
        hello = msgspec.json.decode(await websocket.recv(), type=f.AgentFrame)
        resync = msgspec.json.decode(await websocket.recv(), type=f.AgentFrame)
        live = msgspec.json.decode(await websocket.recv(), type=f.AgentFrame)
    assert (hello.agent_id, hello.name, hello.site, hello.version) == ("anna", "Anna", "main", "test")
    assert (resync.why, resync.desk.state) == ("no_cursor", AgentState.SIGNED_OUT)
    assert resync.desk.settings.queues[0].dispositions == ("sold", "lost")
    assert live.seq == resync.seq


async def test_the_walk_of_a_call(house):
    async with house.desktop(await house.issue("anna")) as anna:
        await anna.work()
        contact_id = await house.call()
        offer = await anna.until(f.Offer)
        assert (offer.contact_id, offer.from_number) == (contact_id, CALLER)
        assert isinstance(await anna.receive(), f.Pop)
        assert isinstance(await anna.ask("acknowledge", offer_id=offer.offer_id), f.Done)
        assert isinstance(await anna.ask("accept", offer_id=offer.offer_id), f.Done)
        await house.bridge(contact_id)
        await anna.until(f.Connected, contact_id=contact_id)
        assert isinstance(await anna.ask("hang_up", contact_id=contact_id), f.Done)
        await house.part(contact_id)
        ended = await anna.until(f.Ended)
        assert ended.cause == "AGENT_HUNG_UP"
        await anna.until(f.WrapUp)
        refused = await anna.ask("dispose", contact_id=contact_id, disposition="nonsense")
        assert (refused.code, refused.detail) == ("unknown_disposition", "Choose one of: sold, lost.")
        assert isinstance(await anna.ask("dispose", contact_id=contact_id, disposition="sold", note="hm"), f.Done)
        assert [type(frame) for frame in anna.frames[-3:]] == [f.Disposed, f.WrapUpOver, f.Done]
    given = (await house.inputs(e.DispositionGiven))[-1]
    assert (given.disposition, given.note) == ("sold", "hm")
    assert contact_id not in house.state.contacts


async def test_what_desktops_ask_is_recorded_in_the_agents_name(house):
    async with house.desktop(await house.issue("anna")) as anna:
        await anna.ask("sign_in", request_id="my-id")
    records = [record async for record in house.gate.read(0)]
    [record] = [record for record in records if isinstance(record.input, e.SignInRequested)]
    assert (record.actor, record.source_key) == ("agent:anna", "agent:anna:my-id")


async def test_desktops_are_noted_as_they_come_and_go(house):
    token = await house.issue("anna")
    async with house.desktop(token) as one, house.desktop(token) as two:
        await one.ask("sign_in")
        await two.ask("ready")
        assert len(house.state.agents["anna"].sockets) == 2
    await house.until(lambda: not house.state.agents["anna"].sockets)
    connected = [event.socket_id for event in await house.inputs(e.DesktopConnected)]
    disconnected = [event.socket_id for event in await house.inputs(e.DesktopDisconnected)]
    assert sorted(connected) == sorted(disconnected)
    assert len(set(connected)) == 2


async def test_two_desktops_of_one_agent_see_the_same(house):
    token = await house.issue("anna")
    async with house.desktop(token) as one, house.desktop(token) as two:
        await one.work()
        contact_id = await house.call()
        offer = await one.until(f.Offer)
        await two.until(f.Offer, offer_id=offer.offer_id)
        await two.ask("acknowledge", offer_id=offer.offer_id)
        await one.until(f.Alerting)
        assert isinstance(await one.ask("accept", offer_id=offer.offer_id), f.Done)
        await two.until(f.Connecting, contact_id=contact_id)
        # Both press: the second press finds it done.
        assert isinstance(await two.ask("accept", offer_id=offer.offer_id), f.Done)
        last = two.frames[-1]
        await one.until(f.Done, request_id=last.request_id)
        both = set(one.of_the_record()) & set(two.of_the_record())
        assert both == set(two.of_the_record())


async def test_nobody_hears_what_is_for_somebody_else(house):
    async with house.desktop(await house.issue("anna")) as anna, house.desktop(await house.issue("ben")) as ben:
        await anna.work()
        await house.call()
        await anna.until(f.Pop)
        await ben.ask("sign_in")
        assert {type(frame) for frame in ben.frames} == {f.Hello, f.Resync, f.Live, f.State, f.Done}


async def test_a_suspected_desktop_is_asked_for_proof_when_it_comes_back(house):
    token = await house.issue("anna")
    async with house.desktop(token) as anna:
        await anna.work()
        await house.post(e.DeviceSuspected(agent_id="anna"))
        await anna.until(f.Probe)
        assert anna.frames[-1].seq
    async with house.desktop(token, anna.cursor) as anna:
        probe = await anna.until(f.Probe)
        assert probe.seq == 0
        await anna.ask("probe_answered")
        assert not house.state.agents["anna"].suspected


async def test_a_new_configuration_is_told_at_once(house):
    async with house.desktop(await house.issue("anna")) as anna:
        await house.apply(centre(agent("anna"), not_ready_reasons=("tea",)))
        changed = await anna.until(f.SettingsChanged)
        assert changed.settings.not_ready_reasons == ("tea",)
        await anna.ask("sign_in")
        assert isinstance(await anna.ask("not_ready", reason="tea"), f.Done)


async def test_an_agent_who_is_removed_is_told_so(house):
    async with house.desktop(await house.issue("anna")) as anna:
        await house.apply(centre(agent("ben")))
        refused = await anna.ask("sign_in")
        assert refused.code == "unknown_agent"


async def test_nothing_is_shown_before_it_is_durable(house):
    token = await house.issue("anna")
    house.journal.may_commit.clear()
    house.journal.asked.clear()
    signing_in = asyncio.ensure_future(house.post(e.SignInRequested(agent_id="anna")))
    await house.journal.asked.wait()
    assert house.state.agents["anna"].presence == "SIGNED_IN"
    async with house.connect(token) as websocket:
        hello = msgspec.json.decode(await websocket.recv(), type=f.AgentFrame)
        assert isinstance(hello, f.Hello)
        waiting = asyncio.ensure_future(websocket.recv())
        for _ in range(100):
            await asyncio.sleep(0)
        assert not waiting.done()
        house.journal.may_commit.set()
        resync = msgspec.json.decode(await waiting, type=f.AgentFrame)
        assert resync.desk.presence == "SIGNED_IN"
        assert resync.seq <= house.fanout.head
        live = msgspec.json.decode(await websocket.recv(), type=f.AgentFrame)
        assert isinstance(live, f.Live)
    await signing_in


async def test_the_frames_on_the_wire_make_the_desk_of_the_server(house):
    async with house.desktop(await house.issue("anna")) as anna:
        await anna.work()
        contact_id = await house.call()
        offer = await anna.until(f.Offer)
        await anna.ask("accept", offer_id=offer.offer_id)
        await house.bridge(contact_id)
        await anna.until(f.Connected)
        desk = next(frame.desk for frame in anna.frames if isinstance(frame, f.Resync))
        for frame in anna.frames:
            desk = apply_frame(desk, frame)
        assert desk == snapshot_of(house.state, "anna", pop_of)
        assert desk.contacts[0].phase is Phase.CONNECTED
