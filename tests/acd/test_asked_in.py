"""Who is asked into a conversation comes once the customer is on hold, who shall not overhear it: nailed-up agents
without a desk, who take whatever comes; telephones, when 1 is pressed; desks, when the offer is accepted."""

import pytest

from cti.acd.offers import HOLD_MS
from cti.core import events as e
from cti.core.commands import HangUpLeg, HoldLeg, Originate, RedirectLeg
from cti.core.plan import Door, GoOn, HangUp, Join, Say
from cti.core.states import AgentState, ContactState
from tests.centre import agent, centre, queue
from tests.site import Site


def with_ben_and_zoe() -> tuple[Site, str]:
    """Ben talks to a caller; Zoe is free, nailed up, and has no desk."""
    zoe = agent("zoe", endpoint="tel:+12025550170", nailed_up=True, desk=False, skills={})
    site = Site(centre(agent("ben"), zoe, dial_prefixes=("+1202",), queues=(queue(wrap_up_s=0),)))
    site.sign_in("ben", "zoe")
    site.nail_up("zoe")
    site.disconnect("zoe")
    caller = site.call()
    site.talk(caller, "ben")
    return site, caller


def consult(site: Site, caller: str, who: str = "zoe") -> None:
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="ben", destination=f"agent:{who}", request_id="r"))
    assert site.refused() == ""


def accepted(site: Site) -> list[str]:
    return [each.agent_id for each in site.ever(e.OfferAccepted)]


def asked(site: Site, kind: type) -> list:
    return [command for command in site.asked if isinstance(command, kind)]


def test_who_takes_all_comes_only_when_the_customer_does_not_overhear_it():
    site, caller = with_ben_and_zoe()
    consult(site, caller)
    room, moves = site.contact(caller).call_id, len(asked(site, RedirectLeg))
    assert [command.leg_id for command in asked(site, HoldLeg)] == [caller]
    assert accepted(site) == ["ben"]
    site.take(e.LegHeld(leg_id=caller))
    assert accepted(site) == ["ben", "zoe"]
    [move] = asked(site, RedirectLeg)[moves:]
    assert move.plan.verbs == (Join(call_id=room),)
    site.take(e.LegHeld(leg_id=caller))  # told twice
    assert len(asked(site, RedirectLeg)) == moves + 1
    site.join(site.state.agents["zoe"].leg_id)
    assert site.contact(caller).parties[0].present
    site.everybody_goes()


def test_who_takes_all_is_not_asked_in_for_ever():
    site, caller = with_ben_and_zoe()
    consult(site, caller)
    site.wait(5_000)  # the carrier never says that the customer is on hold
    assert site.contact(caller).parties == ()
    assert site.agent_is("zoe") is AgentState.READY
    assert site.contact(caller).state is ContactState.CONNECTED
    site.everybody_goes()


def test_who_takes_all_comes_at_once_to_a_customer_who_is_on_hold():
    site, caller = with_ben_and_zoe()
    site.take(e.LegHeld(leg_id=caller))
    consult(site, caller)
    assert accepted(site) == ["ben", "zoe"]
    site.everybody_goes()


# Telephones


def with_ben_and_yan() -> tuple[Site, str, str]:
    """Ben talks to a caller and consults Yan, whose telephone rings and is answered; no hold is reported."""
    yan = agent("yan", endpoint="tel:+12025550171", desk=False, skills={})
    site = Site(centre(agent("ben"), yan, dial_prefixes=("+1202",), queues=(queue(wrap_up_s=0),)))
    site.sign_in("ben")
    caller = site.call()
    site.talk(caller, "ben")
    site.take(e.SignInRequested(agent_id="yan"))
    site.ready("yan")
    consult(site, caller, "yan")
    return site, caller, site.answer_phone("yan")


def waits(site: Site, leg_id: str) -> bool:
    verbs = site.heard(leg_id)
    return isinstance(verbs[0], Say) and verbs[-1] == GoOn(door=Door.NEXT)


@pytest.mark.parametrize("restarts", [False, True])
def test_who_presses_1_too_early_waits_a_moment_and_comes_when_the_customer_is_on_hold(restarts):
    site, caller, yans = with_ben_and_yan()
    room = site.contact(caller).call_id
    site.press(yans, "1")
    assert waits(site, yans)
    assert [command.held for command in site.commands if isinstance(command, HoldLeg)] == [True], "asked for again"
    assert accepted(site) == ["ben"]
    site.stay_silent(yans)
    assert waits(site, yans)
    if restarts:
        site.restart()
    site.take(e.LegHeld(leg_id=caller))
    site.stay_silent(yans)
    assert site.heard(yans) == (Join(call_id=room),)
    site.join(yans)
    assert site.contact(caller).parties[0].present
    site.everybody_goes()


def test_who_presses_1_when_the_customer_is_on_hold_comes_at_once():
    site, caller, yans = with_ben_and_yan()
    site.take(e.LegHeld(leg_id=caller))
    site.press(yans, "1")
    assert site.heard(yans) == (Join(call_id=site.contact(caller).call_id),)


def test_who_pressed_1_and_whose_customer_is_never_on_hold_hears_so_and_is_out():
    site, caller, yans = with_ben_and_yan()
    site.press(yans, "1")
    for _ in range(HOLD_MS // 2_000):
        if site.state.legs[yans].released:
            break
        site.wait(2_000)
        site.stay_silent(yans)
    sorry, then = site.heard(yans)
    assert "could not be put on hold" in sorry.text
    assert then == HangUp()
    assert not [command for command in site.commands if isinstance(command, HangUpLeg)], "it hears that to the end"
    assert [event.reason for event in site.ever(e.ConsultEnded)] == ["not_held"]
    assert site.contact(caller).state is ContactState.CONNECTED
    site.end(yans)
    assert site.agent_is("yan") is AgentState.READY
    site.everybody_goes()


def test_who_pressed_1_and_asks_no_more_is_out_too():
    site, _, yans = with_ben_and_yan()
    site.press(yans, "1")
    site.wait(HOLD_MS)
    assert [event.reason for event in site.ever(e.ConsultEnded)] == ["not_held"]
    assert asked(site, HangUpLeg)[-1].leg_id == yans
    assert not site.state.agents["yan"].reason
    site.everybody_goes()


# Desks


def with_ben_and_carl(**fields) -> tuple[Site, str]:
    """Ben talks to a caller and consults Carl, whose desk shows it; no hold is reported."""
    site = Site(centre(agent("ben"), agent("carl", skills={}, **fields), queues=(queue(wrap_up_s=0),)))
    site.sign_in("ben")
    caller = site.call()
    site.talk(caller, "ben")
    site.sign_in("carl")
    if fields:
        site.nail_up("carl")
    consult(site, caller, "carl")
    accept(site)
    return site, caller


def accept(site: Site) -> None:
    offer_id = [each for each in site.ever(e.OfferMade) if each.agent_id == "carl"][-1].offer_id
    site.take(e.OfferAcknowledged(agent_id="carl", offer_id=offer_id))
    site.take(e.AcceptRequested(agent_id="carl", offer_id=offer_id, request_id="r"))


@pytest.mark.parametrize("restarts", [False, True])
def test_who_accepts_at_the_desk_is_rung_once_the_customer_is_on_hold(restarts):
    site, caller = with_ben_and_carl()
    assert "RequestAccepted" in site.names()
    accept(site)  # pressed again
    assert site.names() == ["RequestAccepted"]
    assert len(asked(site, Originate)) == 1, "Ben's"
    if restarts:
        site.restart()
        site.connect("carl")
    site.take(e.LegHeld(leg_id=caller))
    site.take(e.LegHeld(leg_id=caller))  # told twice
    assert accepted(site) == ["ben", "carl"]
    assert [command.endpoint for command in asked(site, Originate)] == ["client:ben", "client:carl"]
    leg_id = site.contact(caller).parties[0].leg_id
    site.place(leg_id)
    site.join(leg_id)
    assert site.contact(caller).parties[0].present
    site.everybody_goes()


def test_who_accepts_and_hangs_up_before_the_customer_is_on_hold_does_not_come():
    site, caller = with_ben_and_carl()
    site.press_hang_up("carl", caller)
    assert not site.refused()
    assert [event.reason for event in site.ever(e.ConsultEnded)] == ["not_reached"]
    site.take(e.LegHeld(leg_id=caller))
    assert accepted(site) == ["ben"]
    assert site.agent_is("carl") is AgentState.READY
    site.everybody_goes()


def test_who_is_nailed_up_and_accepts_is_moved_once_the_customer_is_on_hold():
    site, caller = with_ben_and_carl(nailed_up=True)
    moves = len(asked(site, RedirectLeg))
    site.take(e.LegHeld(leg_id=caller))
    assert len(asked(site, RedirectLeg)) == moves + 1
    site.everybody_goes()


def test_who_accepts_and_whose_customer_is_never_on_hold_is_free_again_and_not_to_blame():
    site, caller = with_ben_and_carl()
    site.wait(HOLD_MS)
    assert [event.reason for event in site.ever(e.ConsultEnded)] == ["not_held"]
    assert site.agent_is("carl") is AgentState.READY
    assert not site.state.agents["carl"].suspected
    assert len(asked(site, Originate)) == 1
    assert site.contact(caller).state is ContactState.CONNECTED
    site.everybody_goes()


def test_a_customer_whom_the_agent_took_back_goes_on_hold_again_before_anybody_comes():
    site = Site(centre(agent("ben"), agent("carl", skills={})))
    site.sign_in("ben")
    caller = site.call()
    site.talk(caller, "ben")
    site.sign_in("carl")
    consult(site, caller, "carl")
    site.take(e.LegHeld(leg_id=caller))
    site.take(e.RetrieveRequested(contact_id=site.contact(caller).contact_id, agent_id="ben"))
    site.take(e.LegRetrieved(leg_id=caller))
    accept(site)
    assert [command.held for command in site.commands if isinstance(command, HoldLeg)] == [True]
    assert accepted(site) == ["ben"]
    site.take(e.LegHeld(leg_id=caller))
    assert accepted(site) == ["ben", "carl"]
