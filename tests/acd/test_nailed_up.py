"""Nailed-up agents: one leg from sign-in to sign-out; callers come to it, and no conversation's end hangs it up."""

import pytest

from cti.acd.nailed_up import AGAIN_MS, LINE_FAILED, MOVE_MS, NO_LINE
from cti.core import events as e
from cti.core.apply.agents import LINE_MAX_MS
from cti.core.commands import HangUpLeg, KeepCall, MuteLeg, Originate, RedirectLeg
from cti.core.plan import Collect, Door, HangUp, Join, Park, Say
from cti.core.states import AgentState, ContactState, EndCause, LegState, TransferKind
from tests.centre import agent, centre, queue
from tests.site import Site

PHONE = "tel:+12025550170"


def nailed(agent_id, **fields):
    return agent(agent_id, nailed_up=True, **{"endpoint": PHONE, **fields})


def site_with(*agents, up=True, **fields) -> Site:
    agents = agents or (nailed("anna"), agent("ben"))
    site = Site(centre(*agents, dial_prefixes=("+1202",), queues=(queue(wrap_up_s=0),), **fields))
    for each in agents:
        site.sign_in(each.agent_id)
        if each.nailed_up and up:
            site.nail_up(each.agent_id)
    return site


def line(site, agent_id="anna"):
    return site.state.legs[site.state.agents[agent_id].leg_id]


def connect(site, agent_id="anna") -> str:
    """A caller comes to a nailed-up agent."""
    caller = site.call()
    assert site.offered(agent_id).leg_id == caller
    site.accept(agent_id)
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED
    return caller


def asked(site, kind) -> list:
    return [command for command in site.asked if isinstance(command, kind)]


def test_the_leg_comes_up_with_the_agent_and_only_then_calls_are_offered():
    site = site_with(nailed("anna"), up=False)
    [command] = asked(site, Originate)
    assert (command.endpoint, command.screened, command.call_id) == (PHONE, True, "")
    assert site.ever(e.DialRequested)[0].purpose == "nailed_up"
    caller = site.call()
    assert site.ever(e.OfferMade) == []
    assert site.agent_is("anna") is AgentState.NOT_READY
    assert site.state.agents["anna"].reason == NO_LINE
    site.nail_up("anna")
    assert site.happened(e.AgentLegNailedUp)
    assert site.agent_is("anna") is AgentState.RESERVED
    assert site.offered("anna").leg_id == caller


def test_a_caller_is_brought_to_the_agent_at_once_and_nothing_is_dialled():
    site = site_with()
    room = line(site).call_id
    caller = site.call()
    dialled = len(asked(site, Originate))
    site.accept("anna")
    assert site.happened(e.BridgeRequested)
    assert site.heard(caller) == (Join(call_id=room, ends_call=False, beep=True),)
    site.join(caller)
    assert site.contact(caller).state is ContactState.CONNECTED
    assert site.contact(caller).call_id == room
    assert len(asked(site, Originate)) == dialled


def test_the_leg_outlives_conversations():
    site = site_with(nailed("anna"))
    leg_id = line(site).leg_id
    for _ in range(3):
        caller = connect(site)
        site.leave(caller)
        site.end(caller)
        assert site.is_gone(caller)
        assert site.agent_is("anna") is AgentState.READY
    assert line(site).leg_id == leg_id
    assert asked(site, HangUpLeg) == []
    site.everybody_goes()


def test_hanging_up_at_the_desk_ends_the_callers_leg_alone():
    site = site_with()
    caller = connect(site)
    site.press_hang_up("anna", caller)
    assert [command.leg_id for command in asked(site, HangUpLeg)] == [caller]
    site.end(caller)
    assert site.closed(caller).cause is EndCause.AGENT_HUNG_UP
    assert site.agent_is("anna") is AgentState.READY


@pytest.mark.parametrize("report", ["ended", "left", "room", "customer_put_out", "customer_asks"])
def test_when_the_leg_is_lost_the_caller_is_first_in_line_and_the_agent_is_back_with_the_leg(report):
    site = site_with(nailed("anna"))
    caller = connect(site)
    waiting = site.call()
    leg_id = line(site).leg_id
    room = line(site).call_id
    match report:
        case "ended":
            site.end(leg_id)
        case "left":
            site.leave(leg_id)
        case "room":
            site.take(e.CallEnded(call_id=room))
        case "customer_put_out":
            site.leave(caller, EndCause.CANCELLED)
        case "customer_asks":
            site.come_back(caller)
    assert site.contact(caller).state is ContactState.QUEUED
    assert site.heard(caller) == (Park(),)
    if leg_id in site.state.legs:
        site.end(leg_id)
    assert site.state.agents["anna"].reason == NO_LINE
    assert site.agent_is("anna") is AgentState.NOT_READY
    site.wait(AGAIN_MS)
    assert line(site).leg_id != leg_id
    site.nail_up("anna")
    site.wait(20_000)  # she is spared the one she just had, for a while
    assert site.contact(caller).priority > site.contact(waiting).priority
    assert site.ever(e.ContactRequeued)[-1].first
    site.everybody_goes()


def test_who_does_not_answer_is_not_rung_again_until_asked():
    site = site_with(nailed("anna"), up=False)
    leg_id = line(site).leg_id
    site.place(leg_id)
    site.end(leg_id, EndCause.NO_ANSWER)
    assert site.state.agents["anna"].reason == LINE_FAILED
    site.wait(600_000)
    assert len(asked(site, Originate)) == 1
    site.ready("anna")
    assert len(asked(site, Originate)) == 2
    site.nail_up("anna")
    assert site.agent_is("anna") is AgentState.READY


@pytest.mark.parametrize("answer", ["says nothing", "presses 2", "hangs up", "is silent for ever"])
def test_a_voicemail_that_answers_is_no_agent_and_gets_no_caller(answer):
    site = site_with(nailed("anna", desk=False), up=False)
    caller, leg_id = site.call(), line(site).leg_id
    site.place(leg_id)
    site.answer(leg_id)
    site.ask(leg_id, Door.SCREEN)
    assert isinstance(site.heard(leg_id)[0], Collect)
    match answer:
        case "says nothing":
            site.ask(leg_id, Door.NEXT)
        case "presses 2":
            site.press(leg_id, "2")
    if answer in ("says nothing", "presses 2"):
        assert site.heard(leg_id) == (HangUp(),)
    if answer == "is silent for ever":
        site.wait(MOVE_MS)
        assert leg_id in [command.leg_id for command in asked(site, HangUpLeg)]
    site.end(leg_id)
    site.wait(600_000)
    assert site.ever(e.OfferMade) == []
    assert site.contact(caller).state is ContactState.QUEUED
    assert site.state.agents["anna"].reason == LINE_FAILED
    assert len(asked(site, Originate)) == 1


def test_nothing_that_happens_meanwhile_brings_a_caller_to_who_has_not_pressed():
    site = site_with(nailed("anna"), up=False)
    leg_id = line(site).leg_id
    site.place(leg_id)
    site.answer(leg_id)
    site.apply(site.state.config)
    site.restart()
    site.ready("anna")
    assert site.state.legs[leg_id].bound_for == ""
    site.ask(leg_id, Door.SCREEN)
    site.press(leg_id, "1")
    site.join(leg_id)
    assert site.agent_is("anna") is AgentState.READY


def test_a_line_at_a_destination_nobody_allowed_is_refused():
    site = site_with(nailed("anna", endpoint="tel:+4930123456"), up=False)
    assert site.ever(e.DialRefused)[0].rule == "destination"
    assert site.state.agents["anna"].leg_id == ""
    assert site.state.agents["anna"].reason == NO_LINE or site.state.agents["anna"].reason == LINE_FAILED
    site.everybody_goes()


def test_signing_out_hangs_the_leg_up():
    site = site_with()
    leg_id = line(site).leg_id
    site.sign_out("anna")
    assert [command.leg_id for command in asked(site, HangUpLeg)] == [leg_id]
    site.end(leg_id)
    site.wait(600_000)
    assert site.state.legs.rows == {}
    assert site.state.calls.rows == {}


def test_a_leg_that_comes_up_after_signing_out_is_hung_up():
    site = site_with(nailed("anna"), up=False)
    leg_id = line(site).leg_id
    site.sign_out("anna")
    site.place(leg_id)
    assert [command.leg_id for command in asked(site, HangUpLeg)] == [leg_id]
    site.end(leg_id)
    assert site.state.legs.rows == {}


def test_before_the_carrier_ends_it_the_leg_is_rung_anew_while_nobody_talks():
    site = site_with(nailed("anna"))
    first = line(site).leg_id
    caller = connect(site)
    site.wait(LINE_MAX_MS + 1_000)
    assert line(site).leg_id == first
    site.leave(caller)
    site.end(caller)
    site.wait(60_000)
    assert [command.leg_id for command in asked(site, HangUpLeg)][-1] == first
    assert site.agent_is("anna") is AgentState.NOT_READY
    site.end(first)
    site.wait(AGAIN_MS)
    site.nail_up("anna")
    assert line(site).leg_id != first
    assert site.agent_is("anna") is AgentState.READY


def test_a_softphone_dials_in_and_stays():
    site = site_with(nailed("anna", endpoint="client:anna"), up=False)
    assert asked(site, Originate) == []
    leg_id = site.dial_in("anna")
    room = site.state.agents["anna"].call_id
    assert site.heard(leg_id) == (Join(call_id=room, ends_call=True),)
    site.join(leg_id)
    connect(site)


def test_a_softphone_that_dials_in_again_takes_the_place_of_the_one_before():
    site = site_with(nailed("anna", endpoint="client:anna"))
    first = line(site).leg_id
    second = site.dial_in("anna")
    assert [command.leg_id for command in asked(site, HangUpLeg)] == [first]
    site.join(second)
    site.end(first)
    assert line(site).leg_id == second
    assert site.agent_is("anna") is AgentState.READY


@pytest.mark.parametrize("who", ["ben", "stranger", "signed_out"])
def test_other_softphones_are_turned_away_politely(who):
    site = site_with(nailed("signed_out", endpoint="client:signed_out"), agent("ben"), up=False)
    site.sign_out("signed_out")
    assert site.dial_in(who) == ""
    [reply] = site.outcome.replies
    assert [type(verb) for verb in reply.plan.verbs] == [Say, HangUp]
    assert site.state.contacts.rows == {}


def test_a_vanished_browser_takes_its_line_with_it():
    site = site_with(nailed("anna", endpoint="client:anna"))
    leg_id = line(site).leg_id
    site.disconnect("anna")
    site.wait(60_000)
    assert [command.leg_id for command in asked(site, HangUpLeg)] == [leg_id]
    assert site.state.agents["anna"].leg_id == ""


def consult(site, caller, agent_id, who):
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id=agent_id, destination=f"agent:{who}", request_id="r"))
    assert site.refused() == ""
    site.take(e.LegHeld(leg_id=caller))
    return site.contact(caller).parties[-1].party_id


def accept_consult(site, who):
    offer = [each for each in site.ever(e.OfferMade) if each.agent_id == who][-1]
    return site.accept(who, offer.offer_id)


def test_who_is_asked_in_and_nailed_up_is_moved_and_goes_home_to_a_fresh_room():
    site = site_with(agent("ben"), nailed("zoe", skills={}))
    caller = site.call()
    site.talk(caller, "ben")
    dialled = len(asked(site, Originate))
    room, first_home = site.contact(caller).call_id, line(site, "zoe").call_id
    party_id = consult(site, caller, "ben", "zoe")
    assert accept_consult(site, "zoe") == ""
    assert len(asked(site, Originate)) == dialled
    assert asked(site, RedirectLeg)[-1].plan.verbs == (Join(call_id=room),)
    zoe = line(site, "zoe").leg_id
    site.take(e.CallLeft(call_id=first_home, leg_id=zoe, provider_ref=site.ref(zoe)))
    site.join(zoe)
    assert site.contact(caller).parties[0].present
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultEndRequested(contact_id=contact_id, agent_id="ben", party_id=party_id))
    home = site.state.agents["zoe"].call_id
    assert home not in (room, first_home)
    assert asked(site, RedirectLeg)[-1].plan.verbs == (Join(call_id=home, ends_call=True),)
    assert zoe not in [command.leg_id for command in asked(site, HangUpLeg)]
    assert not site.state.agents["zoe"].nailed
    site.take(e.CallLeft(call_id=room, leg_id=zoe, provider_ref=site.ref(zoe)))
    site.join(zoe)
    assert site.state.agents["zoe"].nailed
    assert site.agent_is("zoe") is AgentState.READY
    assert site.contact(caller).state is ContactState.CONNECTED
    site.everybody_goes()


def test_who_transfers_out_of_the_own_room_leaves_it_to_the_others():
    site = site_with(nailed("anna"), nailed("zoe", endpoint="tel:+12025550171"))
    caller = connect(site, "anna")
    room = site.contact(caller).call_id
    consult(site, caller, "anna", "zoe")
    accept_consult(site, "zoe")
    zoe, anna = line(site, "zoe").leg_id, line(site, "anna").leg_id
    site.join(zoe)
    contact_id = site.contact(caller).contact_id
    site.take(e.TransferRequested(contact_id=contact_id, agent_id="anna", kind=TransferKind.ATTENDED, request_id="r"))
    home = site.state.agents["anna"].call_id
    assert home not in ("", room)
    assert site.contact(caller).call_id == room
    assert asked(site, KeepCall)[0].ends_call is False
    site.take(e.CallLeft(call_id=room, leg_id=anna, provider_ref=site.ref(anna)))
    site.join(anna)
    assert site.contact(caller).agent_id == "zoe"
    assert site.agent_is("anna") is AgentState.READY
    assert asked(site, HangUpLeg) == []
    site.leave(caller)
    site.end(caller)
    assert site.state.agents["zoe"].call_id not in ("", room)
    site.join(zoe)
    assert site.agent_is("zoe") is AgentState.READY
    assert {call.agent_id for call in site.state.calls.rows.values()} == {"anna", "zoe"}
    site.everybody_goes()


def test_a_mute_does_not_outlive_the_conversation():
    site = site_with(nailed("anna"))
    caller = connect(site)
    site.take(e.LegMuted(leg_id=line(site).leg_id, muted=True))
    site.leave(caller)
    site.end(caller)
    site.call()
    site.accept("anna")
    assert asked(site, MuteLeg)[-1].muted is False


def test_a_leg_that_comes_out_of_its_room_and_asks_is_given_a_room_again():
    site = site_with(agent("ben"), nailed("zoe"))
    leg_id = line(site, "zoe").leg_id
    plan_nonce = site.state.legs[leg_id].nonce
    site.ask(leg_id, Door.JOINED, nonce=plan_nonce, result="bridged")
    home = site.state.agents["zoe"].call_id
    assert site.heard(leg_id) == (Join(call_id=home, ends_call=True),)
    site.join(leg_id)
    assert site.agent_is("zoe") is AgentState.READY


def test_a_restart_in_a_conversation_changes_nothing():
    site = site_with(nailed("anna"))
    caller = connect(site)
    site.restart()
    site.connect("anna")
    site.leave(caller)
    site.end(caller)
    assert site.agent_is("anna") is AgentState.READY
    assert line(site).state is LegState.CONNECTED


def test_an_agent_becomes_nailed_up_and_ceases_to_be_by_configuration():
    site = site_with(agent("anna", endpoint=PHONE), up=False)
    site.apply(centre(nailed("anna"), dial_prefixes=("+1202",)))
    site.nail_up("anna")
    leg_id = line(site).leg_id
    site.apply(centre(agent("anna", endpoint=PHONE), dial_prefixes=("+1202",)))
    assert [command.leg_id for command in asked(site, HangUpLeg)] == [leg_id]


def phones(count):
    return [agent(f"p{n:02}", endpoint=f"tel:+12025550{n:03}", desk=False) for n in range(count)]


def signed_in(site, agents):
    for each in agents:
        site.take(e.SignInRequested(agent_id=each.agent_id))
        site.ready(each.agent_id)


def test_a_caller_who_waits_for_somebody_elses_phone_to_be_rung_is_taken_over():
    others = phones(4)
    site = Site(centre(*others, nailed("zoe"), calls_per_second=1, dial_prefixes=("+1202",)))
    signed_in(site, others)
    callers = [site.call() for _ in range(4)]
    assert [site.contact(caller).offer.agent_id for caller in callers] == ["p00", "p01", "p02", "p03"]
    site.sign_in("zoe")
    site.wait(3_000)  # her leg takes its turn after theirs
    site.wait(1_500)
    late = [site.call() for _ in range(2)]
    assert [site.contact(caller).offer for caller in late] == [None, None]
    site.nail_up("zoe")
    assert site.contact(late[0]).offer.agent_id == "zoe"


def test_who_needs_no_leg_is_first_while_others_wait_for_the_carriers_rate():
    others = phones(5)
    site = Site(centre(*others, nailed("zoe"), calls_per_second=1, dial_prefixes=("+1202",)))
    site.sign_in("zoe")
    site.nail_up("zoe")
    site.not_ready("zoe")
    signed_in(site, others)
    site.wait(2_000)
    first, second, third = site.call(), site.call(), site.call()
    assert [site.contact(caller).offer.agent_id for caller in (first, second, third)] == ["p00", "p01", "p02"]
    site.ready("zoe")
    assert site.happened(e.OfferWithdrawn)[0].reason == "SOONER"
    assert site.contact(second).offer.agent_id == "zoe"
    assert site.agent_is("p01") is AgentState.READY
    assert site.contact(second).passed_over == ()
    site.accept("zoe")
    site.join(second)
    assert site.contact(second).state is ContactState.CONNECTED
    fourth = site.call()
    assert site.contact(fourth).offer.agent_id.startswith("p")
    site.leave(second)
    site.end(second)
    site.wait(30_000)
    site.everybody_goes()


def test_a_softphone_that_dials_in_while_its_agent_talks_ends_the_leg_before_and_the_caller_is_first_in_line():
    site = site_with(nailed("anna", endpoint="client:anna"))
    caller = connect(site)
    first = line(site).leg_id
    assert site.dial_in("anna") == ""
    assert [command.leg_id for command in asked(site, HangUpLeg)] == [first]
    assert site.contact(caller).state is ContactState.CONNECTED
    site.end(first)
    assert site.contact(caller).state is ContactState.QUEUED
    assert site.ever(e.ContactRequeued)[-1].first
    site.join(site.dial_in("anna"))
    assert site.state.agents["anna"].nailed


@pytest.mark.parametrize("giver", [agent("anna"), nailed("anna", endpoint="client:anna")])
def test_who_is_given_away_and_taken_at_once_is_sent_there_once(giver):
    """The way to the waiting room would be another request: carried out late, it takes the caller out of the talk. So
    would any, when the room ends with the giver's leg: then the caller's asks by itself."""
    site = site_with(giver, nailed("ben", desk=False))
    site.not_ready("ben")
    caller = connect(site) if giver.nailed_up else site.call()
    if not giver.nailed_up:
        site.talk(caller, "anna")
    site.ready("ben")
    site.disconnect("ben")
    nonce = site.state.legs[caller].nonce
    site.take(
        e.TransferRequested(
            contact_id=site.contact(caller).contact_id,
            agent_id="anna",
            kind=TransferKind.BLIND,
            destination="queue:sales",
        )
    )
    assert site.happened(e.OfferAccepted)[0].agent_id == "ben"
    there = Join(call_id=line(site, "ben").call_id, ends_call=False, beep=True)
    ways = [command for command in site.commands if isinstance(command, RedirectLeg) and command.leg_id == caller]
    redirects = [way.plan.verbs[-1] for way in ways]
    if giver.nailed_up:
        assert redirects == [there]
    else:
        assert redirects == []
        site.ask(caller, Door.JOINED, nonce=nonce, result="bridged")
        assert site.outcome.replies[0].plan.verbs[-1] == there
    site.join(caller)
    assert (site.contact(caller).state, site.contact(caller).agent_id) == (ContactState.CONNECTED, "ben")
