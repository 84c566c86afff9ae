"""Conversations over the wire: what agents ask for in them, and what each desktop is told of it."""

import contextlib

import pytest

from cti.core import events as e
from cti.core.commands import HoldLeg, SendDigits
from cti.core.states import ContactState, PartyState, RecordingState
from cti.views import frames as f
from cti.views.apply_frame import apply_frame
from cti.views.desk import Phase
from cti.views.desktop import snapshot_of
from tests.api.house import open_house
from tests.centre import agent, centre, queue
from tests.views.watching import pop_of

TWO_QUEUES = centre(
    agent("anna"),
    agent("ben"),
    queues=(queue(wrap_up_s=30, recording="on_request"), queue("help")),
    dial_prefixes=("+1202",),
)


@contextlib.asynccontextmanager
async def talking(house):
    """Anna talks to a customer; Ben is ready, and free. Yields the contact and both desktops."""
    async with house.desktop(await house.issue("anna")) as anna, house.desktop(await house.issue("ben")) as ben:
        await anna.work()
        contact_id = await house.call()
        offer = await anna.until(f.Offer)
        await anna.ask("accept", offer_id=offer.offer_id)
        await house.bridge(contact_id)
        await anna.until(f.Connected)
        await ben.work()
        yield contact_id, anna, ben


@pytest.fixture
async def centre_house():
    async with open_house(TWO_QUEUES) as house:
        yield house


async def consulted(house, contact_id, anna, ben):
    """Ben is asked in, and comes. Returns the party's id."""
    assert isinstance(await anna.ask("consult", contact_id=contact_id, destination="agent:ben"), f.Done)
    offer = await ben.until(f.Offer)
    assert (offer.asked_by, offer.before, offer.contact_id) == ("anna", ("anna",), contact_id)
    await ben.ask("accept", offer_id=offer.offer_id)
    await house.held(house.state.contacts[contact_id].leg_id)
    await house.bring(contact_id, "ben")
    joined = await ben.until(f.Joined)
    return joined.party_id


async def desk_of(house, desktop, agent_id):
    """The frames that came over the wire make the desk of the server."""
    await desktop.ask("probe_answered")  # what happened before is told before
    desk = next(frame.desk for frame in desktop.frames if isinstance(frame, f.Resync))
    for frame in desktop.frames:
        desk = apply_frame(desk, frame)
    assert desk == snapshot_of(house.state, agent_id, pop_of)
    return desk


async def commands(house, kind):
    return [each async for record in house.gate.read(0) for each in record.commands if isinstance(each, kind)]


async def test_hold_is_told_when_the_carrier_says_so_and_not_before(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, _):
        leg_id = house.state.contacts[contact_id].leg_id
        assert isinstance(await anna.ask("hold", contact_id=contact_id), f.Done)
        assert [frame for frame in anna.frames if isinstance(frame, f.TalkChanged)] == []
        await house.held(leg_id)
        assert (await anna.until(f.TalkChanged)).talk.on_hold
        assert (await desk_of(house, anna, "anna")).contacts[0].talk.on_hold
        await anna.ask("retrieve", contact_id=contact_id)
        await house.held(leg_id, held=False)
        assert not (await anna.until(f.TalkChanged)).talk.on_hold
    assert [command.held for command in await commands(house, HoldLeg)] == [True, False]


async def test_a_report_that_comes_twice_is_told_once(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, _):
        leg_id = house.state.contacts[contact_id].leg_id
        await house.held(leg_id)
        await house.held(leg_id)
        await anna.ask("probe_answered")
        assert len([frame for frame in anna.frames if isinstance(frame, f.TalkChanged)]) == 1


async def test_mute_and_digits(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, _):
        await anna.ask("mute", contact_id=contact_id)
        own = house.state.contacts[contact_id].offer.leg_id
        await house.post(e.LegMuted(leg_id=own, muted=True))
        assert (await anna.until(f.TalkChanged)).talk.muted
        await anna.ask("unmute", contact_id=contact_id)
        await house.post(e.LegMuted(leg_id=own, muted=False))
        assert not (await anna.until(f.TalkChanged)).talk.muted
        assert isinstance(await anna.ask("digits", contact_id=contact_id, digits="12w#"), f.Done)
        assert (await anna.ask("digits", contact_id=contact_id, digits="call me")).code == "bad_digits"
    assert [command.digits for command in await commands(house, SendDigits)] == ["12w#"]


async def test_a_consultation_becomes_a_conference_and_then_the_other_agents(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, ben):
        party_id = await consulted(house, contact_id, anna, ben)
        answered = await anna.until(f.ConsultAnswered)
        assert (answered.party_id, answered.with_agent_id) == (party_id, "ben")
        talk = (await ben.until(f.TalkChanged)).talk
        assert (talk.agent_id, talk.party_id, talk.on_hold) == ("anna", party_id, True)
        assert [(party.agent_id, party.state) for party in talk.parties] == [("ben", PartyState.HERE)]
        await desk_of(house, anna, "anna")

        await anna.ask("conference", contact_id=contact_id)
        await house.held(house.state.contacts[contact_id].leg_id, held=False)
        for desktop in (anna, ben):
            assert (await desktop.until(f.ConferenceStarted)).agent_ids == ("anna", "ben")

        assert (await ben.ask("transfer", contact_id=contact_id, kind="ATTENDED")).code == "not_yours"
        assert isinstance(await anna.ask("transfer", contact_id=contact_id, kind="ATTENDED"), f.Done)
        transferred = await ben.until(f.Transferred)
        assert (transferred.from_agent_id, transferred.to_agent_id) == ("anna", "ben")
        assert (await ben.until(f.TalkChanged)).talk.agent_id == "ben"
        kinds = [type(frame) for frame in anna.frames]
        assert kinds.index(f.Transferred) < kinds.index(f.WrapUp)
        assert (await desk_of(house, anna, "anna")).contacts[0].phase is Phase.WRAP_UP
        desk = await desk_of(house, ben, "ben")
        assert (desk.contacts[0].talk.party_id, desk.contacts[0].talk.parties) == ("", ())
        # Anna's own words do not show on Ben's desk.
        await anna.ask("dispose", contact_id=contact_id, disposition="handed over")
        assert (await desk_of(house, ben, "ben")).contacts[0].disposition == ""


async def test_a_party_that_declines_and_one_that_is_not_wanted_any_more(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, ben):
        await anna.ask("consult", contact_id=contact_id, destination="agent:ben")
        await ben.ask("decline", offer_id=(await ben.until(f.Offer)).offer_id)
        ended = await anna.until(f.ConsultEnded)
        assert (ended.reason, ended.with_agent_id) == ("declined", "ben")
        assert (await anna.ask("consult", contact_id=contact_id, destination="agent:nobody")).code == "agent_not_free"
        await anna.ask("consult", contact_id=contact_id, destination="agent:ben")
        started = [frame for frame in anna.frames if isinstance(frame, f.ConsultStarted)][-1]
        await anna.ask("end_consult", contact_id=contact_id, party_id=started.party_id)
        assert (await ben.until(f.OfferOver, reason="not_wanted")).contact_id == contact_id
        assert (await desk_of(house, anna, "anna")).contacts[0].talk.parties == ()
        assert (await desk_of(house, ben, "ben")).contacts == ()


async def test_an_outside_party_is_shown_by_number_to_those_who_talk(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, _):
        await anna.ask("consult", contact_id=contact_id, destination="number:+12025550100")
        [leg_id] = [party.leg_id for party in house.state.contacts[contact_id].parties]
        await house.post(e.LegPlaced(leg_id=leg_id, provider_ref="CX1"))
        await house.post(e.LegAlerting(leg_id=leg_id, provider_ref="CX1"))
        await anna.ask("probe_answered")
        [party] = (await desk_of(house, anna, "anna")).contacts[0].talk.parties
        assert (party.number, party.state) == ("+12025550100", PartyState.RINGING)
        await house.post(e.LegEnded(leg_id=leg_id, cause="BUSY"))
        assert (await anna.until(f.ConsultEnded)).reason == "not_reached"


async def test_blind_transfers(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, ben):
        refusals = {
            "": "bad_destination",
            "queue:none": "queue_unknown",
            "agent:anna": "agent_not_free",
            "number:+4930111": "not_allowed",
        }
        for destination, code in refusals.items():
            refused = await anna.ask("transfer", contact_id=contact_id, kind="BLIND", destination=destination)
            assert refused.code == code
        assert (await desk_of(house, anna, "anna")).contacts[0].phase is Phase.CONNECTED
        done = await anna.ask("transfer", contact_id=contact_id, kind="BLIND", destination="agent:ben")
        assert isinstance(done, f.Done)
        [transferred] = [frame for frame in anna.frames if isinstance(frame, f.Transferred)]
        assert (transferred.to_agent_id, transferred.queue_id) == ("ben", "sales")
        offer = await ben.until(f.Offer)
        assert (offer.contact_id, offer.asked_by, offer.before) == (contact_id, "", ("anna",))
        assert not [frame for frame in ben.frames if isinstance(frame, f.Transferred)]
        await desk_of(house, anna, "anna")


async def test_a_customer_sent_on_to_a_number(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, _):
        await anna.ask("transfer", contact_id=contact_id, kind="BLIND", destination="number:+12025550100")
        assert [frame.contact_id for frame in anna.frames if isinstance(frame, f.Forwarded)] == [contact_id]
        assert house.state.contacts[contact_id].state is ContactState.FORWARDED
        assert (await desk_of(house, anna, "anna")).contacts[0].phase is Phase.WRAP_UP


async def test_a_recording_is_shown_as_the_carrier_reports_it(centre_house):
    house = centre_house
    async with talking(house) as (contact_id, anna, _):
        leg_id = house.state.contacts[contact_id].leg_id
        assert (await anna.ask("record", contact_id=contact_id, action="PAUSE")).code == "not_recording"
        await anna.ask("record", contact_id=contact_id, action="START")
        await house.post(e.RecordingStarted(leg_id=leg_id, recording_id="RE1"))
        assert (await anna.until(f.TalkChanged)).talk.recording is RecordingState.ON
        await anna.ask("record", contact_id=contact_id, action="PAUSE")
        await house.post(e.RecordingPaused(leg_id=leg_id, recording_id="RE1"))
        assert (await anna.until(f.TalkChanged)).talk.recording is RecordingState.PAUSED
        await house.post(e.RecordingEnded(leg_id=leg_id, recording_id="RE1", duration_s=3))
        assert (await anna.until(f.TalkChanged)).talk.recording is RecordingState.OFF
        shown = [frame.talk.recording for frame in anna.frames if isinstance(frame, f.TalkChanged)]
        assert shown == ["ASKED", "ON", "PAUSED", "OFF"]


async def test_a_desktop_that_was_away_is_told_what_it_missed(centre_house):
    house = centre_house
    token = await house.issue("anna")
    async with talking(house) as (contact_id, anna, ben):
        await consulted(house, contact_id, anna, ben)
        desk = await desk_of(house, anna, "anna")
        offer = next(frame for frame in anna.frames if isinstance(frame, f.Connected))
        cursor = f"{offer.seq}.{offer.index}"
        async with house.desktop(token, cursor) as again:
            missed = [frame for frame in again.frames if frame.seq and not isinstance(frame, f.Live)]
            told = [frame for frame in anna.frames if frame.seq and not isinstance(frame, f.Resync | f.Live)]
            assert missed == [frame for frame in told if (frame.seq, frame.index) > (offer.seq, offer.index)]
            assert f.ConsultAnswered in {type(frame) for frame in missed}
        async with house.desktop(token) as fresh:
            [resync] = [frame for frame in fresh.frames if isinstance(frame, f.Resync)]
            assert resync.desk == desk
