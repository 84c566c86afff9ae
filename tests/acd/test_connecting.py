"""From an accepted offer to a conversation, and out of it: whatever fails on the way, the caller keeps the place."""

import pytest

from cti.acd.connecting import BRIDGE_MS, BRIDGE_TRIES_MAX, REPORT_MS
from cti.core import events as e
from cti.core.commands import CheckLeg, HangUpLeg, RedirectLeg
from cti.core.plan import HangUp, Join, Park, Say
from cti.core.prompts import SPOKEN_CHARACTER_MS
from cti.core.states import AgentState, ContactState, EndCause, LeaveResult, WithdrawReason
from tests.centre import agent, centre, queue
from tests.site import Site


@pytest.fixture
def site():
    site = Site()
    site.sign_in("anna")
    return site


def connecting(site):
    """A caller on the way to Anna: her leg is in the room, the caller was sent there."""
    caller = site.call()
    return caller, site.bring_agent("anna")


def talking(site):
    caller = site.call()
    return caller, site.talk(caller, "anna")


def test_the_caller_is_moved_only_when_the_agents_leg_is_in_the_room(site):
    caller = site.call()
    agent_leg = site.accept("anna")
    site.place(agent_leg)
    site.alert(agent_leg)
    site.answer(agent_leg)
    assert site.contact(caller).state is ContactState.QUEUED
    assert isinstance(site.heard(caller)[-1], Park)
    site.join(agent_leg)
    room = site.contact(caller).call_id
    assert site.contact(caller).state is ContactState.CONNECTING
    [command] = site.commands
    assert isinstance(command, RedirectLeg)
    assert command.plan.verbs == (Join(call_id=room, ends_call=True),)
    assert site.contact(caller).connected_at == 0


def test_connected_is_who_is_in_the_room_with_the_agent(site):
    caller, agent_leg = connecting(site)
    site.join(caller)
    assert site.names() == ["LegsBridged", "ContactConnected"]
    assert site.happened(e.LegsBridged)[0].leg_ids == (caller, agent_leg)
    assert site.agent_is("anna") is AgentState.BUSY


def test_a_room_the_caller_was_not_sent_to_connects_nobody(site):
    caller, _ = connecting(site)
    site.take(e.CallJoined(call_id="main-r1", leg_id=caller))
    assert site.ignored() == "call is gone"


def test_the_caller_left_the_waiting_room_by_our_redirect_and_needs_no_plan(site):
    caller, _ = connecting(site)
    nonce = site.state.legs[caller].nonce
    site.leave_waiting_room(caller, LeaveResult.REDIRECTED)
    assert [reply.plan.verbs for reply in site.outcome.replies] == [()]
    assert site.state.legs[caller].nonce == nonce


# The way into the room fails


def test_a_caller_who_does_not_arrive_is_looked_for_sent_again_then_given_back(site):
    caller, agent_leg = connecting(site)
    room = site.contact(caller).call_id
    for tries in range(2, BRIDGE_TRIES_MAX + 1):
        site.wait(REPORT_MS)
        site.check(caller, sought=room, nonce=site.commands[0].nonce)
        assert site.names() == [], "it may still be on its way"
        site.wait(BRIDGE_MS - REPORT_MS)
        nonce = site.state.legs[caller].nonce
        assert site.commands == (CheckLeg(leg_id=caller, provider_ref="CA1", call_id=room, nonce=nonce),)
        site.check(caller, sought=room)
        assert site.happened(e.BridgeRequested)[0].tries == tries
        assert isinstance(site.commands[0], RedirectLeg)
    site.wait(BRIDGE_MS)
    site.check(caller, sought=room)
    assert site.happened(e.ContactRequeued)[0].reason == "bridge_failed"
    assert isinstance(site.heard(caller)[-1], Park)
    assert site.state.legs[agent_leg].released
    assert site.agent_is("anna") is AgentState.READY
    assert site.contact(caller).state is ContactState.QUEUED
    assert site.contact(caller).passed_over[0][0] == "anna"


def test_a_caller_who_arrived_though_nobody_said_so_is_found_and_not_sent_again(site):
    caller, _ = connecting(site)
    room = site.contact(caller).call_id
    site.wait(REPORT_MS)
    site.check(caller, call_id=room, sought=room, nonce=site.commands[0].nonce)
    assert site.contact(caller).state is ContactState.CONNECTED
    assert site.commands == ()


def test_the_carrier_is_asked_again_until_it_says_something(site):
    caller, _ = connecting(site)
    asked = []
    for _ in range(3):
        site.wait(BRIDGE_MS)
        asked.append(site.commands)
    assert [len(commands) for commands in asked] == [1, 1, 1]
    assert site.contact(caller).state is ContactState.CONNECTING


def test_the_answer_about_another_room_sends_nobody_again(site):
    caller, _ = connecting(site)
    site.wait(BRIDGE_MS)
    site.check(caller, sought="main-r1")
    assert site.names() == []


def test_an_answer_to_a_question_asked_before_the_caller_was_sent_again_is_too_old(site):
    caller, _ = connecting(site)
    room, nonce = site.contact(caller).call_id, site.state.legs[caller].nonce
    site.wait(BRIDGE_MS)
    site.check(caller, sought=room)
    assert site.happened(e.BridgeRequested)[0].tries == 2
    site.take(e.LegChecked(leg_id=caller, alive=True, sought=room, nonce=nonce))
    assert site.names() == []


def test_a_caller_in_a_room_of_the_same_name_that_the_agent_is_not_in_is_sent_back(site):
    """The agent left, the room ended, and the caller opened another one; only that is reported so far."""
    site.sign_in("ben")
    caller = site.call()
    agent_leg = site.accept("anna")
    room = site.state.legs[agent_leg].bound_for
    site.take(e.CallJoined(call_id=room, leg_id=agent_leg, provider_ref="CB1", room_ref="CF1"))
    site.take(e.CallJoined(call_id=room, leg_id=caller, provider_ref="CA1", room_ref="CF2"))
    assert site.happened(e.ContactRequeued)[0].reason == "agent_left"
    assert site.happened(e.ContactConnected) == []
    assert site.offered("ben").leg_id == caller


def test_an_agent_gets_the_next_caller_only_when_the_leg_that_is_let_go_is_gone(site):
    """Else two legs of one agent could be up at once."""
    caller = site.call()
    agent_leg = site.accept("anna")
    site.alert(agent_leg)
    site.hang_up(caller)
    waiting = site.call()
    assert site.agent_is("anna") is AgentState.READY
    assert site.offered("anna") is None
    site.end(agent_leg, EndCause.CANCELLED)
    assert site.offered("anna").leg_id == waiting


def test_the_place_in_line_survives_a_failed_bridge(site):
    caller, agent_leg = connecting(site)
    later = site.call()
    site.end(agent_leg)
    assert site.contact(caller).state is ContactState.QUEUED
    site.go_on_waiting(later)
    assert site.happened(e.PositionTold)[0].position == 2
    site.sign_in("ben")
    assert site.offered("ben").leg_id == caller


@pytest.mark.parametrize("how", ["ends", "leaves", "room ends"])
def test_an_agent_who_goes_while_the_caller_is_on_the_way_gives_the_caller_back(site, how):
    caller, agent_leg = connecting(site)
    room = site.contact(caller).call_id
    match how:
        case "ends":
            site.end(agent_leg)
        case "leaves":
            site.leave(agent_leg)
        case _:
            site.take(e.CallEnded(call_id=room))
    assert site.names()[0] in ("DeviceSuspected", "ContactRequeued")
    assert site.contact(caller).state is ContactState.QUEUED
    assert isinstance(site.heard(caller)[-1], Park)
    site.everybody_goes()


def test_a_caller_who_arrives_after_the_agent_left_is_sent_back(site):
    caller, agent_leg = connecting(site)
    site.leave(agent_leg)
    redirect = site.commands[0]
    site.take(e.CallJoined(call_id=site.state.legs[caller].bound_for, leg_id=caller))
    assert site.ignored() == "call is gone"
    assert isinstance(redirect, RedirectLeg)
    assert isinstance(redirect.plan.verbs[-1], Park)


def test_a_caller_whom_the_room_would_not_take_waits_on(site):
    caller, agent_leg = connecting(site)
    site.come_back(caller, LeaveResult.FAILED)
    assert site.happened(e.ContactRequeued)[0].reason == "room_ended"
    assert isinstance(site.outcome.replies[0].plan.verbs[-1], Park)
    assert site.state.legs[agent_leg].released


def test_a_caller_whom_the_waiting_room_threw_out_waits_without_it(site):
    caller = site.call()
    site.decline("anna")
    for result in (LeaveResult.FULL, LeaveResult.FAILED, LeaveResult.LEFT, ""):
        site.leave_waiting_room(caller, result)
        assert site.outcome.replies[0].plan.verbs[-1].door == "wait"
        site.go_on_waiting(caller)
        assert site.happened(e.PositionTold)


# Hanging up before there is a conversation


def test_the_caller_hangs_up_on_the_way(site):
    caller, agent_leg = connecting(site)
    site.leave_waiting_room(caller, LeaveResult.HUNG_UP)
    assert site.closed(caller).outcome == "abandoned_in_queue"
    assert site.closed(caller).cause is EndCause.CALLER_HUNG_UP
    assert HangUpLeg(leg_id=agent_leg, provider_ref=site.ref(agent_leg)) in site.commands
    assert site.agent_is("anna") is AgentState.READY
    assert [reply.plan.verbs for reply in site.outcome.replies] == [()]


@pytest.mark.parametrize("at", ["leg rings", "connecting"])
def test_the_agent_hangs_up_before_the_caller_is_there_and_nobody_is_lost(site, at):
    site.sign_in("ben")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.place(agent_leg)
    if at == "connecting":
        site.join(agent_leg)
    site.press_hang_up("anna", caller)
    assert site.ever(e.OfferWithdrawn)[0].reason is WithdrawReason.AGENT_HUNG_UP
    assert site.state.legs[agent_leg].released
    assert not site.state.legs[caller].released
    assert not site.state.agents["anna"].suspected
    assert site.offered("ben").leg_id == caller


def test_hanging_up_what_is_not_ones_own_is_refused(site):
    site.sign_in("ben")
    caller, _ = talking(site)
    site.press_hang_up("ben", caller)
    assert site.refused() == "not_connected"
    site.press_hang_up("ben", "main-l1")
    assert site.refused() == "not_connected"
    assert site.contact(caller).hung_up_by == ""


def test_an_offer_not_accepted_cannot_be_hung_up(site):
    caller = site.call()
    site.press_hang_up("anna", caller)
    assert site.refused() == "not_connected"


# The end of a conversation


def test_the_caller_hangs_up(site):
    caller, agent_leg = talking(site)
    site.wait(5_000)
    site.leave(caller)
    assert site.names()[:2] == ["LegsParted", "ContactEnded"]
    assert site.happened(e.ContactEnded)[0].cause is EndCause.CALLER_HUNG_UP
    assert site.happened(e.ContactEnded)[0].talk_ms == 5_010
    site.end(caller)
    site.end(agent_leg)
    site.dispose("anna", caller)
    assert (site.closed(caller).outcome, site.closed(caller).agent_ids) == ("connected", ("anna",))


def test_the_agent_hangs_up_at_the_desk(site):
    caller, agent_leg = talking(site)
    site.press_hang_up("anna", caller)
    assert site.commands == (HangUpLeg(leg_id=caller, provider_ref="CA1"),)
    assert site.contact(caller).state is ContactState.CONNECTED
    site.part(caller, agent_leg)
    site.dispose("anna", caller)
    assert site.closed(caller).cause is EndCause.AGENT_HUNG_UP


def test_the_agent_hangs_up_the_phone(site):
    caller, agent_leg = talking(site)
    site.leave(agent_leg)
    assert site.happened(e.ContactEnded)[0].cause is EndCause.AGENT_HUNG_UP
    assert site.commands == (HangUpLeg(leg_id=caller, provider_ref="CA1"),)
    assert site.agent_is("anna") is AgentState.WRAP_UP


def test_an_agent_whom_the_rooms_end_put_out_did_not_hang_up(site):
    """The reports of who left come in any order: the one about the agent may come before the one about the caller."""
    _, agent_leg = talking(site)
    site.leave(agent_leg, EndCause.CANCELLED)
    assert site.happened(e.ContactEnded)[0].cause is EndCause.CALLER_HUNG_UP


def test_the_rooms_end_ends_the_conversation(site):
    caller, _ = talking(site)
    site.take(e.CallEnded(call_id=site.contact(caller).call_id))
    assert site.happened(e.ContactEnded)[0].cause is EndCause.CALLER_HUNG_UP
    site.everybody_goes()


@pytest.mark.parametrize(
    ("result", "cause"),
    [(LeaveResult.HUNG_UP, EndCause.CALLER_HUNG_UP), (LeaveResult.BRIDGED, EndCause.AGENT_HUNG_UP)],
)
def test_a_caller_out_of_the_room_tells_who_hung_up(site, result, cause):
    caller, _ = talking(site)
    site.come_back(caller, result)
    assert site.happened(e.ContactEnded)[0].cause is cause
    expected = () if result is LeaveResult.HUNG_UP else (HangUp(),)
    assert [reply.plan.verbs for reply in site.outcome.replies] == [expected]
    site.everybody_goes()


def test_a_caller_who_asks_while_we_hang_it_up_is_told_to_hang_up(site):
    caller, _ = talking(site)
    site.press_hang_up("anna", caller)
    site.go_on_waiting(caller)
    assert [reply.plan.verbs for reply in site.outcome.replies] == [(HangUp(),)]


def test_every_conversation_that_began_ends_with_an_event(site):
    for end in ("leave", "end"):
        caller, _ = talking(site)
        getattr(site, end)(caller)
        assert site.names()[0] == "LegsParted"
        site.everybody_goes()
        site.ready("anna")


NOTICE = (Say(text="Recorded. " * 20, language="en"),)


@pytest.mark.parametrize("event", ["failed", "thrown out"])
def test_who_was_not_moved_after_all_is_not_given_the_time_to_hear_what_came_first(event):
    site = Site(centre(agent("anna"), queues=(queue(recording="always", recording_notice=NOTICE),)))
    caller = site.call()
    site.sign_in("anna")
    site.bring_agent("anna")
    allowed_ms = site.contact(caller).arrives_by - site.at
    assert allowed_ms == BRIDGE_MS + SPOKEN_CHARACTER_MS * len(NOTICE[0].text)
    if event == "failed":
        site.take(e.CommandFailed(command_id="5.0", leg_id=caller, code="GONE"))
    else:
        site.leave_waiting_room(caller, LeaveResult.FULL)
    assert site.contact(caller).arrives_by - site.at == BRIDGE_MS
    site.wait(BRIDGE_MS)
    [look] = [command for command in site.commands if isinstance(command, CheckLeg)]
    assert look.leg_id == caller
    site.check(caller, sought=site.contact(caller).call_id)
    assert isinstance(site.heard(caller)[-1], Join)
