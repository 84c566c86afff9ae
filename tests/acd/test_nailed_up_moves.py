"""Nailed-up legs between rooms: nobody meets the caller before, and a leg that does not come is looked for."""

import pytest

from cti.acd.nailed_up import AGAIN_MS, MOVE_LOOKS_MAX, MOVE_MS
from cti.core import events as e
from cti.core.commands import CheckLeg, HangUpLeg, RedirectLeg
from cti.core.plan import Door, Join, Park
from cti.core.states import ContactState, EndCause, LeaveResult, TransferKind
from tests.acd.test_nailed_up import accept_consult, asked, connect, consult, line, nailed, site_with
from tests.centre import agent, centre, queue
from tests.site import Site


def give_to(site, caller, destination):
    contact_id = site.contact(caller).contact_id
    transfer = {"kind": TransferKind.BLIND, "destination": destination, "request_id": "r"}
    site.take(e.TransferRequested(contact_id=contact_id, agent_id="anna", **transfer))


@pytest.mark.parametrize("destination", ["queue:sales", "agent:ben", "number:+12025550111"])
def test_who_gives_the_caller_away_goes_to_a_fresh_room_and_only_then_has_the_next_one(destination):
    """Until the carrier has moved it, the caller is still in the old one."""
    site = site_with()
    caller = connect(site)
    room, leg_id = site.contact(caller).call_id, line(site).leg_id
    site.not_ready("ben") if destination == "queue:sales" else None
    give_to(site, caller, destination)
    [move] = [command for command in site.commands if isinstance(command, RedirectLeg) and command.leg_id == leg_id]
    fresh = move.plan.verbs[0].call_id
    assert fresh != room
    assert move.plan.verbs == (Join(call_id=fresh, ends_call=True),)
    assert not site.state.agents["anna"].nailed
    site.not_ready("ben")
    waiting = site.call()
    assert site.offered("anna") is None
    site.join(leg_id, fresh)
    assert site.state.agents["anna"].nailed
    assert site.offered("anna").leg_id == waiting
    assert leg_id not in [command.leg_id for command in asked(site, HangUpLeg)]


def test_the_next_caller_does_not_meet_whoever_may_still_be_in_the_room():
    site = site_with(nailed("anna"), agent("ben"))
    caller = connect(site)
    room = site.contact(caller).call_id
    consult(site, caller, "anna", "ben")
    site.end(caller)
    assert line(site).bound_for != room


def test_nor_whoever_was_asked_to_go_and_may_not_have_gone_yet():
    site = site_with(nailed("anna"), agent("ben"))
    caller = connect(site)
    contact_id, room = site.contact(caller).contact_id, site.contact(caller).call_id
    party_id = consult(site, caller, "anna", "ben")
    bens = accept_consult(site, "ben")
    site.join(bens, room)
    site.take(e.ConsultEndRequested(contact_id=contact_id, agent_id="anna", party_id=party_id))
    assert not site.contact(caller).parties
    site.end(caller)
    assert line(site).bound_for != room


def test_a_caller_who_did_not_come_in_time_is_not_met_by_the_next_one():
    site = site_with(nailed("anna"), agent("ben"))
    caller = site.call()
    site.accept("anna")
    room = site.contact(caller).call_id
    site.press_hang_up("anna", caller)
    assert site.contact(caller).state is ContactState.QUEUED
    assert line(site).bound_for != room


def test_who_comes_out_of_a_room_that_is_over_is_not_sent_for_besides():
    """The request could arrive when the caller is with the next agent, and take them out again."""
    site = site_with(nailed("anna"), agent("ben"))
    caller = connect(site)
    before = len(asked(site, RedirectLeg))
    site.not_ready("ben")
    site.take(e.CallEnded(call_id=site.contact(caller).call_id, leg_id=line(site).leg_id))
    assert site.contact(caller).state is ContactState.QUEUED
    assert caller not in [command.leg_id for command in asked(site, RedirectLeg)[before:]]
    site.ask(caller, Door.JOINED, result=LeaveResult.BRIDGED)
    assert site.plans[caller] == (Park(),)


def on_the_way_home() -> tuple[Site, str]:
    """Zoe was asked into a conversation, and sent home; nobody says that she came."""
    site = site_with(agent("ben"), nailed("zoe"))
    caller = site.call()
    site.talk(caller, "ben")
    party_id = consult(site, caller, "ben", "zoe")
    accept_consult(site, "zoe")
    zoe = line(site, "zoe").leg_id
    site.join(zoe)
    site.take(e.ConsultEndRequested(contact_id=site.contact(caller).contact_id, agent_id="ben", party_id=party_id))
    return site, zoe


@pytest.mark.parametrize("kind", [e.LegHeld, e.LegRetrieved, e.LegMuted])
def test_what_is_told_late_of_the_room_before_changes_nothing_in_the_next_one(kind):
    """Zoe is at home by then, and not on hold, nor mute."""
    site, zoe = on_the_way_home()
    room = line(site, "zoe").call_id
    site.join(zoe, line(site, "zoe").bound_for)
    before = site.state.legs[zoe]
    said = {"muted": True} if kind is e.LegMuted else {}
    site.take(kind(leg_id=zoe, provider_ref=site.ref(zoe), call_id=room, **said))
    assert [event.reason for event in site.events if isinstance(event, e.ReportIgnored)] == ["leg is not in the call"]
    assert site.state.legs[zoe] == before
    site.take(kind(leg_id=zoe, provider_ref=site.ref(zoe), call_id=before.call_id, **said))
    assert not [event for event in site.events if isinstance(event, e.ReportIgnored)]


def test_a_leg_that_does_not_come_where_it_was_sent_is_looked_for_and_sent_again():
    site, zoe = on_the_way_home()
    home, nonce = line(site, "zoe").bound_for, line(site, "zoe").nonce
    site.wait(MOVE_MS)
    [look] = [command for command in site.commands if isinstance(command, CheckLeg)]
    assert (look.leg_id, look.call_id, look.nonce) == (zoe, home, nonce)
    site.check(zoe, sought=home)
    [again] = [command for command in site.commands if isinstance(command, RedirectLeg)]
    assert again.plan.verbs == (Join(call_id=home, ends_call=True),)
    assert again.nonce > nonce
    site.join(zoe, home)
    assert site.state.agents["zoe"].nailed
    site.wait(MOVE_MS)
    assert site.commands == ()


def test_a_leg_that_is_found_where_it_was_sent_is_there():
    site, zoe = on_the_way_home()
    home = line(site, "zoe").bound_for
    site.wait(MOVE_MS)
    site.check(zoe, call_id=home, sought=home)
    assert site.state.agents["zoe"].nailed


def test_a_leg_that_does_not_come_wherever_it_is_sent_is_given_up_and_rung_again():
    site, zoe = on_the_way_home()
    for _ in range(MOVE_LOOKS_MAX):
        site.wait(MOVE_MS)
        assert zoe not in [command.leg_id for command in asked(site, HangUpLeg)]
        site.check(zoe, sought=line(site, "zoe").bound_for)
    site.wait(MOVE_MS)
    assert zoe in [command.leg_id for command in asked(site, HangUpLeg)]
    site.end(zoe)
    site.wait(AGAIN_MS)
    assert line(site, "zoe").leg_id != zoe


def test_a_leg_in_another_room_is_not_mute_any_more():
    site, zoe = on_the_way_home()
    site.take(e.LegMuted(leg_id=zoe, muted=True))
    site.join(zoe, line(site, "zoe").bound_for)
    assert not line(site, "zoe").muted


def test_who_comes_out_of_a_lost_agents_room_asks_by_itself_where_to_go() -> None:
    """A request besides would take the customer out again from where the answer leads."""
    agents = [agent(agent_id, nailed_up=True, desk=False) for agent_id in ("anna", "ben")]
    site = Site(centre(*agents, queues=(queue(wrap_up_s=0),)))
    for each in agents:
        site.sign_in(each.agent_id)
        site.nail_up(each.agent_id)
        site.disconnect(each.agent_id)
    caller = site.call()
    site.join(caller)
    (first,) = (event.agent_id for event in site.ever(e.ContactConnected))
    other = "ben" if first == "anna" else "anna"
    before = site.state.legs[caller].nonce
    site.end(site.state.agents[first].leg_id, EndCause.FAILED)
    assert [event.agent_id for event in site.happened(e.OfferAccepted)] == [other]
    assert not [each for each in site.commands if isinstance(each, RedirectLeg) and each.leg_id == caller]
    site.come_back(caller, nonce=before)
    assert site.plans[caller] == (Join(call_id=site.state.agents[other].call_id, beep=True),)
