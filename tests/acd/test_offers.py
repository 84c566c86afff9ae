"""An offer: held out to one agent, who takes it, leaves it, or does not react. The caller never pays for it."""

from cti.acd.offers import ACKNOWLEDGE_MS
from cti.core import events as e
from cti.core.apply.contacts import SPARED_MS
from cti.core.apply.dialling import CONNECT_MS
from cti.core.commands import HangUpLeg, Originate
from cti.core.states import AgentState, ContactState, EndCause, WithdrawReason
from tests.centre import agent, centre, queue
from tests.site import Site

CARRIER_ADDS_S = 5


def place_of(site, leg):
    """The caller's place in line, as the announcement would tell it."""
    site.go_on_waiting(leg)
    return site.happened(e.PositionTold)[0].position


def withdrawn(site):
    return [event.reason for event in site.ever(e.OfferWithdrawn)]


def test_an_offer_comes_with_the_call_and_must_be_acknowledged():
    site = Site()
    site.sign_in("anna")
    site.call()
    [offer] = site.happened(e.OfferMade)
    assert (offer.agent_id, offer.ack_by, offer.waited_ms) == ("anna", site.at + ACKNOWLEDGE_MS, 0)
    assert site.agent_is("anna") is AgentState.RESERVED


def test_the_ring_begins_when_the_desktop_shows_it():
    site = Site(centre(queues=(queue(ring_s=20),)))
    site.sign_in("anna")
    site.call()
    site.wait(1_500)
    site.acknowledge("anna")
    assert site.happened(e.OfferAlerting)[0].expires_at == site.at + 20_000
    site.acknowledge("anna")
    assert site.names() == []


def test_accepting_asks_for_the_agents_leg_and_moves_nobody():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    [command] = site.commands
    assert isinstance(command, Originate)
    assert (command.leg_id, command.endpoint, command.caller_id) == (agent_leg, "client:anna", "+15550101")
    assert site.contact(caller).state.value == "QUEUED"
    assert place_of(site, caller) == 1


def test_accepting_twice_asks_for_one_leg():
    site = Site()
    site.sign_in("anna")
    site.call()
    site.accept("anna")
    assert site.accept("anna") == ""
    assert site.commands == ()
    assert site.names() == ["RequestAccepted"]


def test_an_agent_who_does_not_answer_missed_the_call_and_the_caller_goes_on():
    site = Site(centre(queues=(queue(ring_s=20),)))
    site.sign_in("anna", "ben")
    first, second = site.call(), site.call()
    assert site.offered("anna").leg_id == first
    site.acknowledge("anna")
    site.acknowledge("ben")
    site.decline("ben")
    site.wait(20_000)
    assert site.agent_is("anna") is AgentState.NOT_READY
    assert site.state.agents["anna"].reason == "missed"
    assert site.contact(first).offers_missed == 1
    # Ben had passed the second caller; the first one is new to him, and comes first.
    assert site.offered("ben").leg_id == first
    assert place_of(site, first) == 1
    assert place_of(site, second) == 2


def test_who_declines_stays_ready_for_others_and_is_spared_this_caller_for_a_while():
    site = Site()
    site.sign_in("anna")
    first = site.call()
    site.acknowledge("anna")
    site.decline("anna", reason="lunch in a minute")
    declined_at = site.at
    assert site.happened(e.OfferDeclined)[0].reason == "lunch in a minute"
    assert site.agent_is("anna") is AgentState.READY
    second = site.call()
    assert site.offered("anna").leg_id == second
    site.acknowledge("anna")
    site.decline("anna")
    site.wait_until(declined_at + SPARED_MS - 1)
    assert site.offered("anna") is None
    site.wait_until(declined_at + SPARED_MS)
    assert site.offered("anna").leg_id == first


def test_a_desktop_that_does_not_acknowledge_is_suspected_and_nobody_missed_a_call():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    site.wait(ACKNOWLEDGE_MS)
    assert withdrawn(site) == [WithdrawReason.NOT_ACKNOWLEDGED]
    assert site.offered("ben").leg_id == caller
    assert site.state.agents["anna"].ready
    assert site.agent_is("anna") is AgentState.NOT_READY
    assert site.contact(caller).offers_missed == 0
    assert site.ever(e.AgentNotReady) == []


def test_a_suspected_desktop_that_answers_the_probe_gets_offers_again():
    site = Site()
    site.sign_in("anna")
    site.call()
    site.wait(ACKNOWLEDGE_MS)
    second = site.call()
    assert site.offered("anna") is None
    site.take(e.ProbeAnswered(agent_id="anna"))
    assert site.names()[0] == "DeviceProven"
    assert site.offered("anna").leg_id == second
    site.take(e.ProbeAnswered(agent_id="anna"))
    assert site.names() == []


def test_one_caller_who_is_passed_on_keeps_the_place_before_those_who_came_later():
    site = Site()
    site.sign_in("anna", "ben")
    first = site.call()
    site.wait(500)
    waiting = [site.call() for _ in range(3)]
    site.decline("anna")
    site.wait(3_000)  # Ben's desktop does not acknowledge, Anna's not the next one
    assert [place_of(site, leg) for leg in (first, *waiting)] == [1, 2, 3, 4]
    assert site.contact(first).queued_at < site.contact(waiting[0]).queued_at


def test_an_answer_to_an_offer_that_is_over_is_refused():
    site = Site()
    site.sign_in("anna")
    site.call()
    site.wait(ACKNOWLEDGE_MS)
    for ask in (site.acknowledge, site.accept, site.decline):
        ask("anna")
        assert site.refused() == "offer_gone"
    site.take(e.AcceptRequested(agent_id="anna", offer_id="main-o1", request_id="r7"))
    assert site.happened(e.RequestRefused)[0].request_id == "r7"


def test_declining_after_accepting_is_refused():
    site = Site()
    site.sign_in("anna")
    site.call()
    site.accept("anna")
    site.decline("anna")
    assert site.refused() == "offer_gone"


def test_another_agents_offer_cannot_be_taken():
    site = Site()
    site.sign_in("anna", "ben")
    site.call()
    site.take(e.AcceptRequested(agent_id="ben", offer_id=site.offer_id("anna")))
    assert site.refused() == "offer_gone"
    assert site.offered("anna")


def test_the_caller_hangs_up_while_offered():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.acknowledge("anna")
    site.hang_up(caller)
    assert withdrawn(site) == [WithdrawReason.CALLER_LEFT]
    assert site.agent_is("anna") is AgentState.READY
    assert site.closed(caller).outcome == "abandoned_in_queue"


def test_the_caller_hangs_up_while_the_agents_leg_rings():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.place(agent_leg)
    site.alert(agent_leg)
    site.hang_up(caller)
    assert [type(command) for command in site.commands] == [HangUpLeg]
    assert site.closed(caller).outcome == "abandoned_in_queue"
    assert site.agent_is("anna") is AgentState.READY
    site.end(agent_leg, EndCause.CANCELLED)
    site.everybody_goes()


def test_the_caller_hangs_up_before_the_agents_leg_is_placed():
    """There is nothing to hang up yet; the moment it has a name it is."""
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.hang_up(caller)
    assert site.commands == ()
    site.place(agent_leg)
    assert site.commands == (HangUpLeg(leg_id=agent_leg, provider_ref=site.ref(agent_leg)),)
    site.end(agent_leg, EndCause.CANCELLED)
    site.everybody_goes()


def test_a_leg_given_up_is_hung_up_also_when_its_ringing_is_the_first_word_of_it():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.hang_up(caller)
    site.alert(agent_leg)
    assert [type(command) for command in site.commands] == [HangUpLeg]
    site.everybody_goes()


def test_an_agents_leg_that_is_not_there_in_time_gives_the_caller_to_the_next():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.place(agent_leg)
    site.wait(CONNECT_MS)
    assert site.offered("ben").leg_id == caller
    assert site.state.agents["anna"].suspected
    assert site.state.legs[agent_leg].released


def test_who_answers_in_the_seconds_that_the_carrier_adds_to_the_ringing_still_gets_the_caller():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    agent_leg = site.accept("anna")
    [dial] = [command for command in site.commands if isinstance(command, Originate)]
    site.place(agent_leg)
    site.alert(agent_leg)
    site.wait((dial.timeout_s + CARRIER_ADDS_S) * 1_000 - 1)
    assert site.offered("ben") is None
    site.answer(agent_leg)
    site.join(agent_leg)
    site.join(caller)
    assert site.contact(caller).agent_id == "anna"
    assert site.contact(caller).state is ContactState.CONNECTED


def test_a_leg_the_carrier_refuses_gives_the_caller_to_the_next_at_once():
    site = Site()
    site.sign_in("anna", "ben")
    caller = site.call()
    agent_leg = site.accept("anna")
    site.refuse(agent_leg)
    assert site.offered("ben").leg_id == caller
    assert withdrawn(site) == [WithdrawReason.LEG_FAILED]
    assert agent_leg not in site.state.legs


def test_a_phone_that_is_busy_or_does_not_answer_makes_its_agent_not_ready():
    for cause in (EndCause.BUSY, EndCause.NO_ANSWER, EndCause.REJECTED):
        site = Site()
        site.sign_in("anna", "ben")
        caller = site.call()
        agent_leg = site.accept("anna")
        site.place(agent_leg)
        site.end(agent_leg, cause)
        assert site.state.agents["anna"].reason == "no_answer"
        assert not site.state.agents["anna"].suspected
        assert site.offered("ben").leg_id == caller


def test_the_explanation_counts_who_could_have_had_the_call_and_what_kept_the_others():
    everybody = [agent(name) for name in ("anna", "ben", "carl", "dora", "emil")]
    site = Site(centre(*everybody))
    site.sign_in("anna", "ben", "carl")
    site.sign_in("dora", ready=False)
    site.call()
    [offer] = site.happened(e.OfferMade)
    assert offer.candidates == 3
    assert {each.rule: (each.agents, each.nearest) for each in offer.exclusions} == {
        "signed_out": (1, ()),
        "not_ready": (1, ()),
        "order": (2, ("ben", "carl")),
    }
    site.decline("anna")
    [offer] = site.happened(e.OfferMade)
    found = {each.rule: (each.agents, each.nearest) for each in offer.exclusions}
    assert found["passed"] == (1, ("anna",))
    assert found["order"] == (1, ("carl",))


def test_an_agent_removed_from_the_configuration_cannot_accept():
    site = Site(centre(agent("anna"), agent("ben")))
    site.sign_in("anna")
    site.call()
    site.apply(centre(agent("ben")))
    site.accept("anna")
    assert site.refused() == "offer_gone"
