"""Agents on telephones: the ringing is the offer, and only a pressed 1 takes it."""

import pytest

from cti.core import events as e
from cti.core.apply.dialling import CONNECT_MS
from cti.core.commands import HangUpLeg, Originate
from cti.core.plan import Collect, Door, GoOn, HangUp, Join, Say
from cti.core.states import AgentState, ContactState, EndCause, OfferState
from tests.centre import agent, centre, queue, say
from tests.site import Site

NUMBER = "+12025550170"
PHONE = agent("anna", endpoint=f"tel:{NUMBER}", desk=False)
DESK_AND_PHONE = agent("anna", endpoint=f"tel:{NUMBER}")


def site_with(*agents, **fields) -> Site:
    agents = agents or (PHONE,)
    fields = {"dial_prefixes": ("+1202",), **fields}
    site = Site(centre(*agents, **fields))
    for each in agents:
        if each.desk:
            site.sign_in(each.agent_id)
        else:
            site.take(e.SignInRequested(agent_id=each.agent_id))
            site.ready(each.agent_id)
    return site


def hung_up(site) -> list[str]:
    return [command.leg_id for command in site.asked if isinstance(command, HangUpLeg)]


def test_the_ringing_leg_is_the_offer_and_needs_no_desktop():
    site = site_with()
    caller = site.call()
    [offer] = site.happened(e.OfferMade)
    [command] = site.commands[-1:]
    assert isinstance(command, Originate)
    assert (command.leg_id, command.endpoint, command.screened, command.call_id) == (
        offer.leg_id,
        f"tel:{NUMBER}",
        True,
        "",
    )
    assert command.timeout_s == 20
    site.wait(10_000)
    assert site.offered("anna").leg_id == caller
    assert site.agent_is("anna") is AgentState.RESERVED
    leg_id = site.answer_phone("anna")
    listen, then = site.heard(leg_id)
    assert isinstance(listen, Collect)
    assert "Sales" in listen.prompts[0].text
    assert then == GoOn(door=Door.NEXT)
    assert site.contact(caller).state is ContactState.QUEUED
    site.press(leg_id, "1")
    room = site.contact(caller).call_id
    assert site.heard(leg_id) == (Join(call_id=room, ends_call=True),)
    site.join(leg_id)
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED
    site.part(caller, leg_id)
    site.everybody_goes()


def test_the_queue_says_what_is_whispered():
    site = site_with(queues=(queue(whisper=say("Sales!")),))
    site.call()
    assert site.heard(site.answer_phone("anna"))[0].prompts == say("Sales!")


@pytest.mark.parametrize("endpoint", ["sip:anna@pbx.example", "sips:anna@pbx.example"])
def test_a_sip_telephone_is_a_telephone(endpoint):
    site = site_with(agent("anna", endpoint=endpoint, desk=False), dial_prefixes=())
    caller = site.call()
    site.take_phone("anna")
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED


def test_the_time_to_ring_begins_when_it_rings():
    site = site_with()
    site.call()
    leg_id = site.ringing("anna")
    site.place(leg_id)
    assert site.ever(e.OfferAlerting) == []
    site.wait(5_000)
    site.alert(leg_id)
    assert site.happened(e.OfferAlerting)[0].expires_at == site.at + 20_000


def test_who_does_not_answer_missed_it_and_the_caller_goes_on():
    site = site_with(PHONE, agent("ben"))
    caller = site.call()
    leg_id = site.ringing("anna")
    site.place(leg_id)
    site.alert(leg_id)
    site.wait(20_000)
    assert site.ever(e.OfferExpired)[0].agent_id == "anna"
    assert site.state.agents["anna"].reason == "missed"
    assert hung_up(site) == [leg_id]
    assert site.offered("ben").leg_id == caller


def ends(cause):
    return lambda site, leg_id: site.end(leg_id, cause)


def presses(digits):
    return lambda site, leg_id: site.press(leg_id, digits)


@pytest.mark.parametrize(
    ("does", "kind", "reason"),
    [
        (presses("2"), e.OfferDeclined, ""),
        (presses("#"), e.OfferDeclined, ""),
        (ends(EndCause.NORMAL), e.OfferDeclined, ""),
        (ends(EndCause.REJECTED), e.OfferDeclined, ""),
        (lambda site, leg_id: site.stay_silent(leg_id), e.OfferExpired, "missed"),
        (ends(EndCause.NO_ANSWER), e.OfferExpired, "missed"),
        (ends(EndCause.BUSY), e.OfferWithdrawn, "no_answer"),
        (ends(EndCause.FAILED), e.OfferWithdrawn, "unreachable"),
    ],
)
def test_nothing_but_a_pressed_1_takes_it(does, kind, reason):
    site = site_with(PHONE, agent("ben"))
    caller = site.call()
    leg_id = site.answer_phone("anna")
    does(site, leg_id)
    assert site.happened(kind)[0].agent_id == "anna"
    assert site.state.agents["anna"].reason == reason
    assert site.offered("ben").leg_id == caller
    assert not site.happened(e.DeviceSuspected)
    if leg_id in site.state.legs:
        assert isinstance(site.heard(leg_id)[-1], HangUp)
        site.end(leg_id)
    assert leg_id not in site.state.legs


def test_a_voicemail_that_talks_through_it_gets_no_caller():
    site = site_with()
    caller = site.call()
    leg_id = site.answer_phone("anna")
    site.ask(leg_id, Door.DIGITS, digits="")
    assert site.contact(caller).offer is None
    assert site.ever(e.BridgeRequested) == []


def test_one_that_is_asked_of_the_carrier_and_never_rings_is_given_up():
    site = site_with(PHONE, agent("ben"))
    caller = site.call()
    site.wait(CONNECT_MS)
    assert site.state.agents["anna"].reason == "unreachable"
    assert site.offered("ben").leg_id == caller


def test_the_desktop_shows_it_and_may_decline_but_not_accept():
    site = site_with(DESK_AND_PHONE, agent("ben"))
    caller = site.call()
    assert site.ever(e.ScreenPopped)[0].agent_id == "anna"
    leg_id = site.ringing("anna")
    site.place(leg_id)
    site.acknowledge("anna")
    assert site.ever(e.OfferAlerting) == []
    site.accept("anna")
    assert site.refused() == "press_1"
    site.decline("anna")
    assert hung_up(site) == [leg_id]
    assert site.offered("ben").leg_id == caller


def test_who_needs_a_desk_is_offered_nothing_without_one():
    site = site_with(DESK_AND_PHONE)
    site.disconnect("anna")
    site.call()
    assert site.ever(e.OfferMade) == []


def test_a_caller_who_hangs_up_stops_the_ringing():
    site = site_with()
    caller = site.call()
    leg_id = site.answer_phone("anna")
    site.hang_up(caller)
    assert hung_up(site) == [leg_id]
    site.press(leg_id, "1")
    assert site.heard(leg_id) == (HangUp(),)
    site.end(leg_id)
    assert site.agent_is("anna") is AgentState.READY
    site.everybody_goes()


def test_a_phone_that_comes_out_of_its_room_is_not_rung_again_before_it_is_gone():
    """It outlives the room, to ask what next; the next call would find it busy."""
    site = site_with(queues=(queue(wrap_up_s=0),))
    caller = site.call()
    leg_id = site.answer_phone("anna")
    site.press(leg_id, "1")
    site.join(leg_id)
    site.join(caller)
    waiting = site.call()
    site.hang_up(caller)
    assert hung_up(site) == [leg_id]
    assert site.contact(waiting).offer is None
    site.end(leg_id)
    assert site.offered("anna").leg_id == waiting


def test_the_carrier_asking_twice_hears_the_same_and_accepts_once():
    site = site_with()
    site.call()
    leg_id = site.answer_phone("anna")
    heard = site.heard(leg_id)
    site.ask(leg_id, Door.SCREEN, 0)
    assert site.outcome.replies[0].plan.verbs == heard
    nonce = site.state.legs[leg_id].nonce
    site.press(leg_id, "1")
    joins = site.heard(leg_id)
    site.ask(leg_id, Door.DIGITS, nonce, digits="1")
    assert site.outcome.replies[0].plan.verbs == joins
    assert len(site.ever(e.OfferAccepted)) == 1


def test_the_carriers_reports_may_come_after_its_question():
    site = site_with()
    caller = site.call()
    leg_id = site.ringing("anna")
    site.ask(leg_id, Door.SCREEN, 0)
    assert site.happened(e.OfferAlerting)
    site.place(leg_id)
    site.alert(leg_id)
    site.press(leg_id, "1")
    site.answer(leg_id)
    site.join(leg_id)
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED


@pytest.mark.parametrize("prefixes", [(), ("+44",), ("+12025550171",)])
def test_a_phone_at_a_destination_nobody_allowed_is_not_rung(prefixes):
    site = site_with(PHONE, agent("ben"), dial_prefixes=prefixes)
    caller = site.call()
    assert not any(isinstance(command, Originate) for command in site.commands)
    assert site.happened(e.DialRefused)[0].rule == "destination"
    assert site.happened(e.LegRefused)[0].code == "NOT_ALLOWED"
    assert site.offered("ben").leg_id == caller
    site.everybody_goes()


def test_phones_wait_for_the_carriers_rate_and_ring_one_by_one():
    agents = [agent(f"a{n}", endpoint=f"tel:+1202555018{n}", desk=False) for n in range(4)]
    site = site_with(*agents, calls_per_second=1)
    callers = [site.call() for _ in agents]
    rung = [command.leg_id for command in site.asked if isinstance(command, Originate)]
    assert len(rung) == 1
    site.hang_up(callers[2])
    site.wait(10_000)
    rung = [command.leg_id for command in site.asked if isinstance(command, Originate)]
    assert len(rung) == 3
    assert all(site.contact(caller).offer for caller in (callers[0], callers[1], callers[3]))


def test_who_is_asked_into_a_conversation_is_rung_and_presses_1():
    site = site_with(agent("ben"), PHONE)
    caller = site.call()
    site.talk(caller, "ben")
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="ben", destination="agent:anna", request_id="r"))
    assert site.refused() == ""
    [dial] = site.happened(e.DialRequested)
    assert dial.purpose == "consult_agent"
    site.take(e.LegHeld(leg_id=caller))
    leg_id = site.take_phone("anna")
    [party] = site.contact(caller).parties
    assert party.present
    assert party.offer.state is OfferState.ACCEPTED
    assert site.state.legs[leg_id].call_id == site.contact(caller).call_id
    site.everybody_goes()


def test_who_is_asked_into_a_conversation_and_declines_leaves_it_as_it_was():
    site = site_with(agent("ben"), PHONE)
    caller = site.call()
    site.talk(caller, "ben")
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="ben", destination="agent:anna", request_id="r"))
    leg_id = site.answer_phone("anna")
    site.press(leg_id, "9")
    assert site.happened(e.ConsultEnded)[0].reason == "declined"
    assert site.contact(caller).state is ContactState.CONNECTED
    site.end(leg_id)
    assert site.agent_is("anna") is AgentState.READY


def test_a_restart_while_it_rings_changes_nothing():
    site = site_with()
    caller = site.call()
    leg_id = site.answer_phone("anna")
    site.restart()
    site.press(leg_id, "1")
    site.join(leg_id)
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED


def test_a_nailed_up_agent_without_a_desk_takes_every_call_and_hears_it_come():
    site = site_with(agent("anna", endpoint=f"tel:{NUMBER}", nailed_up=True, desk=False))
    site.nail_up("anna")
    caller = site.call()
    assert site.happened(e.OfferAccepted)
    assert site.heard(caller)[-1].beep
    assert isinstance(site.heard(caller)[-1], Join)
    assert not any(isinstance(verb, Say) for verb in site.heard(caller))
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED


@pytest.mark.parametrize("ends", ["fails", "never_comes"])
def test_a_phone_that_took_it_and_does_not_come_is_nobodys_device_to_prove(ends):
    site = site_with(PHONE, agent("ben"))
    caller = site.call()
    leg_id = site.answer_phone("anna")
    site.press(leg_id, "1")
    if ends == "fails":
        site.end(leg_id, EndCause.FAILED)
    else:
        site.wait(CONNECT_MS)
    assert not site.state.agents["anna"].suspected
    assert site.state.agents["anna"].reason == "unreachable"
    assert site.offered("ben").leg_id == caller


def test_whoever_answers_while_the_question_is_lost_is_asked_by_the_carriers_fallback():
    """It comes as a call that we have. With music, and silence after it, the agent would have missed the call."""
    site = site_with()
    caller = site.call()
    leg_id = site.ringing("anna")
    site.place(leg_id)
    site.alert(leg_id)
    site.answer(leg_id)
    site.take(e.CallArrived(provider="test", provider_ref=site.ref(leg_id), to_number=""))
    assert isinstance(site.heard(leg_id)[0], Collect)
    site.press(leg_id, "1")
    assert site.heard(leg_id) == (Join(call_id=site.contact(caller).call_id, ends_call=True),)
