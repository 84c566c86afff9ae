"""Giving a caller away: to a queue, an agent, a number, a party. Nobody is sent to where nobody answers."""

import pytest

from cti.conversation.transfer import GONE_MS, OUT_MS
from cti.core import events as e
from cti.core.commands import CheckLeg, EndCall, RedirectLeg
from cti.core.config import EnqueueStep, HangUpStep, SkillRequirement
from cti.core.plan import Door, Forward, HangUp, Park
from cti.core.states import AgentState, ContactState, EndCause, LeaveResult, TransferKind
from cti.core.wanted import still_wanted
from tests.centre import agent, centre, flow, queue, straight_to
from tests.conversation.talking import FORBIDDEN, FRIEND, Talking, talkative
from tests.site import Site


def test_to_a_queue():
    site = Talking()
    site.transfer("queue:help")
    [given] = site.happened(e.ContactTransferred)
    assert (given.from_agent_id, given.queue_id, given.party_id) == ("anna", "help", "")
    assert site.heard(site.caller) == (Park(),)
    assert (site.now.state, site.now.queue_id, site.now.agent_id) == (ContactState.QUEUED, "help", "")
    assert site.hung_up() == {site.own}
    assert site.agent_is("anna") is AgentState.WRAP_UP
    assert len(site.state.calls) == 0
    site.end(site.own, EndCause.CANCELLED)
    assert site.own not in site.state.legs


def test_to_a_queue_is_a_new_wait_and_another_talk():
    site = Talking()
    site.wait(5_000)
    site.transfer("queue:sales")
    offered_at = site.at
    [offer] = site.happened(e.OfferMade)
    assert (offer.agent_id, offer.waited_ms, offer.before) == ("ben", 0, ("anna",))
    bens = site.bring_agent("ben")
    site.join(site.caller)
    [connected] = site.happened(e.ContactConnected)
    assert connected.waited_ms == site.at - offered_at
    site.wait(1_000)
    site.part(site.caller, bens)
    for each in ("anna", "ben"):
        site.dispose(each, site.caller)
    closed = site.closed(site.caller)
    assert 0 < closed.connected_at - closed.queued_at < 200, "the wait for the first talk"
    assert closed.agent_ids == ("anna", "ben")
    assert closed.outcome == "connected"
    assert 6_000 <= closed.talk_ms < 6_200
    site.everybody_goes()


@pytest.mark.parametrize("line", ["queue:help", "number:+12025550111", "agent:ben"])
def test_a_party_goes_with_the_agent_who_asked(line):
    site = Talking()
    bens = site.bring("carl")
    site.transfer(line)
    assert site.hung_up() == {site.own, bens}
    assert [event.reason for event in site.happened(e.ConsultEnded)] == ["contact_left"]
    assert site.agent_is("carl") is AgentState.WRAP_UP
    assert site.now.parties == ()
    site.everybody_goes()


@pytest.mark.parametrize(("to", "code"), [("queue:full", "queue_full"), ("queue:none", "queue_unknown")])
def test_a_queue_that_does_not_take_it_leaves_the_talk_alone(to, code):
    site = Talking()
    queues = (queue(), queue("full", contacts_max=1))
    site.apply(centre(agent("anna"), queues=queues, flows=(straight_to("full"),), numbers={"+1777": "to_full"}))
    site.call(to="+1777")
    site.transfer(to)
    assert site.refused() == code
    assert site.now.state is ContactState.CONNECTED
    assert site.hung_up() == set()


def test_to_an_agent_is_a_wish_that_comes_first():
    site = Talking()
    site.transfer("agent:dora")
    [offer] = site.happened(e.OfferMade)
    assert (offer.agent_id, offer.party_id) == ("dora", "")
    assert site.now.wanted_agent_id == "dora"
    doras = site.bring_agent("dora")
    site.join(site.caller)
    assert (site.now.agent_id, site.now.wanted_agent_id) == ("dora", "")
    site.part(site.caller, doras)


@pytest.mark.parametrize("how", ["declined", "missed", "not acknowledged", "left"])
def test_an_agent_who_does_not_take_it_leaves_it_to_the_others(how):
    site = Talking()
    site.transfer("agent:dora")
    match how:
        case "declined":
            site.decline("dora")
        case "missed":
            site.acknowledge("dora")
            site.wait(20_000)
        case "not acknowledged":
            site.wait(2_000)
        case _:
            site.disconnect("dora")
    assert site.offered("ben").leg_id == site.caller
    assert site.now.wanted_agent_id == ""


def test_who_needs_a_skill_still_does_when_the_wanted_agent_declines():
    skills = (SkillRequirement(skill="es", level=3),)
    site = Site(
        centre(
            agent("anna", skills={"es": 5}),
            agent("ben"),
            agent("carl", "help"),
            agent("dora", skills={"es": 3}),
            queues=(queue(), queue("help")),
            flows=(
                flow("es", "line", line=EnqueueStep(queue_id="sales", full="bye", skills=skills), bye=HangUpStep()),
            ),
            numbers={"+1777": "es"},
        )
    )
    site.sign_in("anna")
    caller = site.call(to="+1777")
    site.talk(caller, "anna")
    site.sign_in("ben", "carl", "dora")
    transfer = e.TransferRequested(
        contact_id=site.contact(caller).contact_id, agent_id="anna", kind=TransferKind.BLIND, destination="agent:carl"
    )
    site.take(transfer)
    assert site.offered("carl").leg_id == caller
    site.decline("carl")
    assert site.offered("dora").leg_id == caller


def test_to_a_number_the_caller_is_sent_on_and_the_agent_is_free():
    site = Talking()
    site.transfer(f"number:{FRIEND}")
    [verb] = site.heard(site.caller)
    assert isinstance(verb, Forward)
    assert site.state.legs[site.caller].endpoint == f"tel:{FRIEND}"
    assert (site.now.state, site.now.agent_id) == (ContactState.FORWARDED, "")
    assert site.hung_up() == {site.own}
    assert site.agent_is("anna") is AgentState.WRAP_UP
    site.dispose("anna", site.caller)
    site.ask(site.caller, Door.FORWARDED, result=LeaveResult.BRIDGED)
    assert isinstance(site.heard(site.caller)[-1], HangUp)
    site.end(site.caller)
    closed = site.closed(site.caller)
    assert (closed.cause, closed.outcome) == (EndCause.TRANSFERRED, "connected")
    site.everybody_goes()


@pytest.mark.parametrize("result", [LeaveResult.NO_ANSWER, LeaveResult.BUSY, LeaveResult.FAILED, LeaveResult.LEFT])
def test_nobody_answers_there_and_the_caller_is_first_in_line(result):
    site = Talking()
    site.not_ready("ben")
    site.not_ready("carl")
    site.not_ready("dora")
    waiting = site.call()
    site.transfer(f"number:{FRIEND}")
    site.ask(site.caller, Door.FORWARDED, result=result)
    assert site.is_next()
    assert site.heard(site.caller) == (Park(),)
    assert [event.reason for event in site.happened(e.ContactRequeued)] == ["not_reached"]
    site.ready("dora")
    assert site.offered("dora").leg_id == site.caller
    assert site.contact(waiting).offer is None
    assert site.happened(e.OfferMade)[0].waited_ms < 100


def test_the_caller_hangs_up_while_it_rings_there():
    site = Talking()
    site.transfer(f"number:{FRIEND}")
    site.dispose("anna", site.caller)
    site.end(site.caller)
    assert site.closed(site.caller).cause is EndCause.CALLER_HUNG_UP
    assert site.ever(e.ContactAbandoned) == []


def test_a_number_that_may_not_be_rung_leaves_the_talk_alone():
    site = Talking()
    site.transfer(f"number:{FORBIDDEN}")
    assert site.refused() == "not_allowed"
    assert (site.now.state, site.now.agent_id) == (ContactState.CONNECTED, "anna")


def test_a_caller_whose_room_ended_first_asks_and_is_sent_on_all_the_same():
    """The agent's leg and the caller's are told side by side: whichever is quicker."""
    for destination, verb in (("queue:help", Park), (f"number:{FRIEND}", Forward)):
        site = Talking()
        nonce = site.state.legs[site.caller].nonce
        site.transfer(destination)
        state = site.now.state
        site.come_back(site.caller, nonce=nonce)
        [reply] = site.outcome.replies
        assert isinstance(reply.plan.verbs[-1], verb)
        assert reply.endpoint == ("" if verb is Park else f"tel:{FRIEND}")
        assert site.now.state is state


def test_to_a_number_the_caller_is_sent_by_the_answer_alone():
    """What is pushed might be carried out late, or beside the answer: then the number would be rung twice."""
    site = Talking()
    nonce = site.state.legs[site.caller].nonce
    site.transfer(f"number:{FRIEND}")
    assert site.asked_to(RedirectLeg) == []
    site.come_back(site.caller, nonce=nonce)
    [reply] = site.outcome.replies
    assert isinstance(reply.plan.verbs[-1], Forward)
    assert site.state.legs[site.caller].nonce == reply.nonce


def test_who_is_to_be_sent_on_and_is_thrown_out_of_the_waiting_room_is_sent_to_the_number():
    """The answer was lost, and the caller led through the first ones again; the waiting room turns them away."""
    site = Talking()
    nonce = site.state.legs[site.caller].nonce
    site.transfer(f"number:{FRIEND}")
    site.come_back(site.caller, nonce=nonce)
    site.leave(site.caller)
    site.ask(site.caller, Door.PARKED, nonce=nonce, result=LeaveResult.FULL)
    [reply] = site.outcome.replies
    assert isinstance(reply.plan.verbs[-1], Forward)
    assert reply.endpoint == f"tel:{FRIEND}"


def test_who_is_to_be_sent_on_and_stays_in_the_room_is_looked_for_and_the_room_ended():
    site = Talking()
    room = site.now.call_id
    site.transfer(f"number:{FRIEND}")
    site.wait(OUT_MS)
    [look] = site.asked_to(CheckLeg)
    assert (look.leg_id, look.call_id) == (site.caller, room)
    site.check(site.caller, call_id=room, sought=room)
    [end] = site.asked_to(EndCall)
    assert end.call_id == room
    assert still_wanted(site.state, end)
    site.wait(OUT_MS)
    assert site.asked_to(CheckLeg), "and once more"
    site.check(site.caller, sought=room)
    assert site.asked_to(EndCall) == []


def test_a_room_that_the_agents_leaving_did_not_end_is_ended_soon():
    """The carrier may never have been told that it was to end with this agent."""
    site = Talking()
    room, own = site.now.call_id, site.own
    site.transfer(f"number:{FRIEND}")
    site.end(own)
    site.wait(GONE_MS)
    [look] = site.asked_to(CheckLeg)
    assert look.leg_id == site.caller
    site.check(site.caller, call_id=room, sought=room)
    assert [end.call_id for end in site.asked_to(EndCall)] == [room]


def test_who_is_talking_outside_is_left_alone_by_the_look():
    site = Talking()
    room, nonce = site.now.call_id, site.state.legs[site.caller].nonce
    site.transfer(f"number:{FRIEND}")
    site.come_back(site.caller, nonce=nonce)
    site.wait(OUT_MS)
    site.check(site.caller, sought=room)
    assert site.commands == ()
    assert site.now.state is ContactState.FORWARDED


@pytest.mark.parametrize("way", ["reply", "push"])
def test_a_plan_for_the_waiting_room_that_was_given_as_an_answer_is_not_pushed_again(way):
    site = Talking()
    nonce = site.state.legs[site.caller].nonce
    site.transfer("queue:help")
    [pushed] = site.asked_to(RedirectLeg)
    if way == "reply":
        site.come_back(site.caller, nonce=nonce)
        assert site.outcome.replies[0].plan == pushed.plan
    assert still_wanted(site.state, pushed) is (way == "push")


# To a party


@pytest.mark.parametrize("conference", [False, True])
def test_attended_to_an_agent(conference):
    site = Talking(talkative(recording="always"))
    bens = site.bring("ben")
    if conference:
        site.confer()
    site.attended()
    [given] = site.happened(e.ContactTransferred)
    assert (given.from_agent_id, given.to_agent_id) == ("anna", "ben")
    assert site.hung_up() == {site.own}
    assert site.held_or_not() == {site.caller: False, bens: False}
    assert (site.now.state, site.now.agent_id, site.now.parties) == (ContactState.CONNECTED, "ben", ())
    assert site.agent_is("anna") is AgentState.WRAP_UP
    assert site.ends_with() == {bens}, "with Ben's leg the room ends again"
    site.end(site.own)
    assert site.own not in site.state.legs
    assert site.now.state is ContactState.CONNECTED
    site.transfer("queue:help", "ben")
    assert site.now.state is ContactState.QUEUED


def test_attended_to_a_number_leaves_the_two_alone_until_one_hangs_up():
    site = Talking()
    friends = site.bring(FRIEND)
    site.attended()
    assert (site.now.agent_id, [party.leg_id for party in site.now.parties]) == ("", [friends])
    assert site.ends_with() >= {friends}
    site.end(site.own)
    site.take(e.LegRetrieved(leg_id=site.caller))
    site.leave(friends)
    assert site.now.cause is EndCause.TRANSFERRED
    assert site.hung_up() == {friends, site.caller}
    site.dispose("anna", site.caller)
    site.everybody_goes()


def test_a_party_on_hold_hears_the_caller_once_it_has_it():
    site = Talking()
    bens = site.bring("ben")
    site.ask_for(e.HoldRequested, party_id=site.party.party_id)
    site.take(e.LegHeld(leg_id=bens))
    site.attended()
    assert site.held_or_not() == {site.caller: False, bens: False}


def test_of_a_number_and_an_agent_the_agent_has_the_caller():
    """A number can ask for nothing, whoever came last."""
    site = Talking()
    site.bring("ben")
    site.bring(FRIEND)
    site.attended()
    assert site.now.agent_id == "ben"
    assert [party.agent_id for party in site.now.parties] == [""]


def test_who_is_still_being_asked_comes_to_an_agent_and_not_to_a_number():
    for who, left in (("ben", 1), (FRIEND, 0)):
        site = Talking()
        site.bring(who)
        site.consult("agent:carl")
        site.attended()
        assert len([party for party in site.now.parties if not party.present]) == left
        assert site.agent_is("carl") is (AgentState.RESERVED if left else AgentState.READY)
        site.everybody_goes()


def test_who_wraps_up_a_talk_is_not_offered_the_same_caller_beside_it():
    site = Site(centre(agent("anna", capacity=2), agent("ben")))
    site.sign_in("anna")
    caller = site.call()
    own = site.talk(caller, "anna")
    contact_id = site.contact(caller).contact_id
    transfer = e.TransferRequested(
        contact_id=contact_id, agent_id="anna", kind=TransferKind.BLIND, destination="queue:sales"
    )
    site.take(transfer)
    site.end(own, EndCause.CANCELLED)
    site.wait(25_000)
    assert site.contact(caller).offer is None
    other = site.call()
    assert site.offered("anna").leg_id == other, "another caller may come beside the wrap-up"
    site.decline("anna")
    site.dispose("anna", caller)
    assert site.offered("anna").leg_id == caller
