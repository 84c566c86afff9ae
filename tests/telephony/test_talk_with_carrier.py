"""What happens while somebody talks, over HTTP with the fake carrier: recording, messages, keys, supervisors."""

import pytest

from cti.core.commands import CoachLeg, Originate, RecordLeg, SendDigits
from cti.core.events import (
    CallJoined,
    LegEnded,
    PlanRequested,
    RecordingEnded,
    RecordingPaused,
    RecordingResumed,
    RecordingStarted,
)
from cti.core.plan import Door, HangUp, Plan, Record, Say
from cti.core.states import RecordingAction
from tests.telephony.carrier_world import IN_THE_MENU, talking
from tests.telephony.small_centre import AGENT_LEG, CALL, CALLER_LEG

BYE = Plan((Say(text="Good bye.", language="en-US"), HangUp()))


def recording(centre, action, recording_id=""):
    return RecordLeg(leg_id=CALLER_LEG, provider_ref=centre.refs[CALLER_LEG], action=action, recording_id=recording_id)


async def test_a_talk_is_recorded_once_and_paused_in_between(make_world):
    world = await make_world()
    centre = world.centre
    await talking(world)
    started = await centre.do(recording(centre, RecordingAction.START))
    again = await centre.do(recording(centre, RecordingAction.START))
    assert started == again
    recording_id = started.events[0].recording_id
    whose = {"leg_id": CALLER_LEG, "recording_id": recording_id}
    assert started.events == (RecordingStarted(**whose),)
    paused = await centre.do(recording(centre, RecordingAction.PAUSE, recording_id))
    assert paused.events == (RecordingPaused(**whose),)
    resumed = await centre.do(recording(centre, RecordingAction.RESUME))
    assert resumed.events == (RecordingResumed(**whose),)
    assert (await centre.do(recording(centre, RecordingAction.STOP, recording_id))).status == "done"
    ended = await centre.happened(RecordingEnded, recording_id=recording_id)
    assert (ended.leg_id, ended.kind) == (CALLER_LEG, "conversation")
    assert (await centre.do(recording(centre, RecordingAction.STOP, recording_id))).status == "done"
    await centre.do(centre.hang_up(CALLER_LEG))
    await centre.do(centre.hang_up(AGENT_LEG))
    await world.all_is_well(contacts=1, connected=1)


@pytest.mark.parametrize("lost", ["server_error", "lost_reply"])
async def test_a_recording_whose_beginning_is_in_doubt_is_not_begun_again(make_world, lost):
    world = await make_world()
    centre = world.centre
    await talking(world)
    once = {"path": "/Recordings.json$", "method": "POST", "times": 1, lost: 1}
    await world.control("POST", "faults", {"rest": [once]})
    assert (await centre.do(recording(centre, RecordingAction.START))).status == "retry"
    started = await centre.do(recording(centre, RecordingAction.START))
    await centre.do(centre.hang_up(CALLER_LEG))
    await centre.do(centre.hang_up(AGENT_LEG))
    ended = await centre.happened(RecordingEnded)
    assert ended.recording_id == started.events[0].recording_id
    await world.all_is_well(contacts=1, connected=1)
    assert len([event for event in centre.events if isinstance(event, RecordingEnded)]) == 1


async def test_a_caller_leaves_a_message(make_world):
    plans = {Door.DIGITS: Plan((Record(seconds_max=1, silence_s=1), HangUp())), Door.RECORDED: BYE}
    world = await make_world(plans=plans)
    centre = world.centre
    await world.call(*IN_THE_MENU, {"wait": "record"}, {"say": "Please call me back. " * 200}, {"press": "#"})
    asked = await centre.happened(PlanRequested, door=Door.RECORDED)
    ended = await centre.happened(RecordingEnded, recording_id=asked.recording_id)
    assert (ended.leg_id, ended.kind, ended.absent) == (CALLER_LEG, "voicemail", False)
    await world.all_is_well(contacts=1)


async def test_keys_are_pressed_for_one_who_is_in_the_room(make_world):
    world = await make_world()
    centre = world.centre
    await talking(world)
    keys = SendDigits(leg_id=CALLER_LEG, provider_ref=centre.refs[CALLER_LEG], call_id=CALL, digits="12#")
    assert (await centre.do(keys)).status == "done"
    await centre.do(centre.hang_up(CALLER_LEG))
    await centre.do(centre.hang_up(AGENT_LEG))
    debugger = await world.all_is_well(contacts=1, connected=1)
    assert debugger == []


async def test_a_supervisor_listens_whispers_and_barges_in(make_world):
    world = await make_world()
    centre = world.centre
    await talking(world)
    customer, agent = centre.refs[CALLER_LEG], centre.refs[AGENT_LEG]

    async def hears():
        return (await world.control("GET", "rooms"))[CALL]["hears"]

    def coach(**part):
        return CoachLeg(leg_id="main-l2", provider_ref=supervisor, call_id=CALL, **part)

    placed = await centre.do(
        Originate(
            leg_id="main-l2", call_id=CALL, caller_id="+12025550100", timeout_s=5, endpoint="client:zoe", muted=True
        )
    )
    supervisor = placed.events[0].provider_ref
    await centre.happened(CallJoined, leg_id="main-l2")
    heard = await hears()
    assert supervisor not in heard[customer] + heard[agent]
    assert (await centre.do(coach(muted=False, coaches=agent))).status == "done"
    heard = await hears()
    assert (supervisor in heard[agent], supervisor in heard[customer]) == (True, False)
    assert (await centre.do(coach(muted=False))).status == "done"
    heard = await hears()
    assert (supervisor in heard[agent], supervisor in heard[customer]) == (True, True)
    for leg_id, sid in (("main-l2", supervisor), (AGENT_LEG, agent), (CALLER_LEG, customer)):
        centre.refs[leg_id] = sid
        await centre.do(centre.hang_up(leg_id))
    await centre.happened(LegEnded, leg_id="main-l2")
    await world.all_is_well(contacts=1, connected=1)
