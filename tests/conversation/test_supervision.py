"""Supervisors listen, whisper, and talk to all; the mode follows them, and they go with the conversation."""

import pytest

from cti.core import events as e
from cti.core.commands import CoachLeg, Originate
from cti.core.states import ContactState, EndCause, SupervisorMode
from tests.conversation.talking import FRIEND, Talking

MONITOR, WHISPER, BARGE = SupervisorMode.MONITOR, SupervisorMode.WHISPER, SupervisorMode.BARGE


def modes(site: Talking) -> list[SupervisorMode]:
    return [each.mode for each in site.now.supervisions]


@pytest.mark.parametrize(
    ("mode", "muted", "whispers"), [(MONITOR, True, False), (WHISPER, False, True), (BARGE, False, False)]
)
def test_a_supervisor_comes_in_the_mode_that_was_asked_for(mode, muted, whispers):
    site = Talking()
    leg_id = site.supervise(mode)
    [originate] = site.asked_to(Originate)
    ear = site.ref(site.own) if whispers else ""
    assert (originate.endpoint, originate.call_id) == ("client:sue", site.now.call_id)
    assert (originate.muted, originate.coaches, originate.ends_call) == (not whispers, ear, False)
    site.place(leg_id)
    site.join(leg_id)
    [told] = site.asked_to(CoachLeg)
    assert (told.leg_id, told.muted, told.coaches) == (leg_id, muted, ear)
    assert site.ends_with() == {site.own}
    site.leave(leg_id)
    assert site.names()[0] == "ReleaseRequested"
    assert site.happened(e.SupervisionEnded)
    assert modes(site) == []
    site.end(leg_id)
    assert leg_id not in site.state.legs
    assert site.now.state is ContactState.CONNECTED


def test_a_supervisor_whose_telephone_is_still_in_the_last_conversation_is_not_rung_again():
    site = Talking()
    leg_id = site.listen()
    site.take(e.SupervisionEndRequested(supervisor_id="sue", contact_id=site.contact_id, request_id="r"))
    assert site.supervise(SupervisorMode.BARGE) == ""
    assert site.refusal()[0] == "busy"
    site.end(leg_id)
    assert site.supervise(SupervisorMode.BARGE) != ""


def test_the_mode_is_changed_in_the_conversation():
    site = Talking()
    leg_id = site.listen(MONITOR)
    for mode, muted, ear in ((WHISPER, False, site.ref(site.own)), (BARGE, False, ""), (MONITOR, True, "")):
        assert site.supervise(mode) == ""
        [told] = site.asked_to(CoachLeg)
        assert (told.leg_id, told.muted, told.coaches) == (leg_id, muted, ear)
        assert modes(site) == [mode]
    site.supervise(MONITOR)
    assert site.commands == ()
    assert [event.supervisor_id for event in site.happened(e.RequestAccepted)] == ["sue"]


def test_a_mode_changed_while_it_rings_is_told_when_the_leg_is_there():
    site = Talking()
    leg_id = site.supervise(MONITOR)
    site.supervise(BARGE)
    assert site.asked_to(CoachLeg) == []
    site.place(leg_id)
    site.join(leg_id)
    assert [(each.muted, each.coaches) for each in site.asked_to(CoachLeg)] == [(False, "")]


def test_two_supervisors_and_no_second_conversation_for_one():
    site = Talking()
    site.listen(MONITOR, "sue")
    site.listen(BARGE, "tom")
    assert modes(site) == [MONITOR, BARGE]
    other = site.call()
    site.talk(other, "ben")
    asked = e.SupervisionRequested(
        supervisor_id="sue", contact_id=site.contact(other).contact_id, mode=MONITOR, request_id="r"
    )
    site.take(asked)
    assert site.refusal() == ("busy", "You hear another conversation: leave that first.")


def test_who_ends_it_and_who_was_never_there():
    site = Talking()
    leg_id = site.listen()
    ended = e.SupervisionEndRequested(supervisor_id="sue", contact_id=site.contact_id, request_id="r")
    site.take(ended)
    assert site.hung_up() == {leg_id}
    site.take(ended)
    assert site.refused() == "not_there"
    site.end(leg_id)
    assert leg_id not in site.state.legs
    assert site.listen() != ""


def test_what_cannot_be_heard():
    site = Talking()
    site.supervise(MONITOR, "nobody")
    code, detail = site.refusal()
    assert code == "no_endpoint"
    assert "site.yaml" in detail
    site.supervise(MONITOR, "uwe")
    assert site.refused() == "not_allowed"
    assert site.happened(e.RequestRefused)[0].supervisor_id == "uwe"
    assert modes(site) == []
    waiting = site.call()
    asked = e.SupervisionRequested(
        supervisor_id="sue", contact_id=site.contact(waiting).contact_id, mode=MONITOR, request_id="r"
    )
    site.take(asked)
    assert site.refused() == "not_connected"


@pytest.mark.parametrize("cause", [EndCause.NO_ANSWER, EndCause.BUSY, EndCause.FAILED])
def test_a_supervisor_who_does_not_answer(cause):
    site = Talking()
    leg_id = site.supervise(MONITOR)
    site.place(leg_id)
    site.end(leg_id, cause)
    assert site.happened(e.SupervisionEnded)
    assert leg_id not in site.state.legs


def test_given_up_before_it_rang():
    site = Talking()
    leg_id = site.supervise(MONITOR)
    site.take(e.SupervisionEndRequested(supervisor_id="sue", contact_id=site.contact_id, request_id="r"))
    site.place(leg_id)
    assert site.hung_up() == {leg_id}
    site.join(leg_id)
    assert site.hung_up() == {leg_id}
    site.end(leg_id)
    assert leg_id not in site.state.legs


@pytest.mark.parametrize("how", ["caller", "queue:help", f"number:{FRIEND}", "lost"])
def test_when_the_conversation_is_over_there_is_nothing_to_hear(how):
    site = Talking()
    leg_id = site.listen()
    if how == "caller":
        site.leave(site.caller)
    elif how == "lost":
        site.end(site.own, EndCause.FAILED)
    else:
        site.transfer(how)
    assert site.happened(e.SupervisionEnded)
    assert leg_id in site.hung_up()
    assert modes(site) == []
    site.everybody_goes()


def test_a_whisper_follows_the_caller_to_the_next_agent():
    site = Talking()
    bens = site.bring("ben")
    leg_id = site.listen(WHISPER)
    site.attended()
    assert [(each.leg_id, each.coaches) for each in site.asked_to(CoachLeg)] == [(leg_id, site.ref(bens))]
    assert modes(site) == [WHISPER]


def test_a_whisper_to_nobody_is_heard_by_nobody():
    """Least of all by the caller and a stranger, once no agent of ours is with them."""
    site = Talking()
    site.bring(FRIEND)
    site.listen(WHISPER)
    site.attended()
    assert [(each.muted, each.coaches) for each in site.asked_to(CoachLeg)] == [(True, "")]
    leg_id = site.supervise(WHISPER, "tom")
    assert [(each.muted, each.coaches) for each in site.asked_to(Originate)] == [(True, "")]
    site.place(leg_id)
    site.join(leg_id)
    assert [(each.muted, each.coaches) for each in site.asked_to(CoachLeg)] == [(True, "")]
    site.everybody_goes()


def test_a_supervisor_keeps_no_conversation_alive():
    site = Talking()
    site.listen(BARGE)
    site.ask_for(e.HangUpRequested)
    assert site.hung_up() == {site.caller}
    site.leave(site.caller)
    assert site.now.state is ContactState.ENDED
    site.everybody_goes()
