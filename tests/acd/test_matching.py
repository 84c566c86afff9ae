"""Who gets whom: callers by priority, then by age; agents by rank, then by longest idle, if they have the skills."""

import pytest

from cti.core import events as e
from cti.core.config import EnqueueStep, HangUpStep, Membership, SkillRequirement
from cti.core.states import AgentState
from tests.centre import DIRECT, agent, centre, flow, queue, straight_to
from tests.site import Site

URGENT, SUPPORT, SPANISH = "+15550110", "+15550111", "+15550112"


def skilled(skill, level=1):
    return (SkillRequirement(skill=skill, level=level),)


def spanish_centre(*agents, level=3):
    """A centre whose number SPANISH wants somebody who speaks it."""
    step = EnqueueStep(queue_id="sales", full="sorry", skills=skilled("es", level))
    return centre(*agents, flows=(flow("es", "line", line=step, sorry=HangUpStep()),), numbers={SPANISH: "es"})


def test_the_longest_idle_agent_gets_the_call():
    site = Site(centre(agent("anna"), agent("ben"), agent("carl")))
    site.sign_in("carl")
    site.sign_in("anna")
    site.sign_in("ben")
    legs = [site.call() for _ in range(3)]
    assert [site.contact(leg).offer.agent_id for leg in legs] == ["carl", "anna", "ben"]


def test_a_conversation_starts_the_idle_time_anew_also_without_wrap_up():
    site = Site(centre(queues=(queue(wrap_up_s=0),)))
    site.sign_in("anna")
    site.sign_in("ben")
    caller = site.call()
    site.part(caller, site.talk(caller, "anna"))
    assert site.agent_is("anna") is AgentState.READY
    site.call()
    assert site.offered("ben")


def test_a_break_does_not_count_as_idle():
    site = Site()
    site.sign_in("anna")
    site.sign_in("ben")
    site.not_ready("anna")
    site.ready("anna")
    site.call()
    assert site.offered("ben")


def test_a_better_rank_goes_before_a_longer_idle_time():
    first = Membership(queue_id="sales", rank=1)
    second = Membership(queue_id="sales", rank=2)
    site = Site(centre(agent("anna", second), agent("ben", first)))
    site.sign_in("anna")
    site.wait(60_000)
    site.sign_in("ben")
    site.call()
    assert site.offered("ben")
    site.call()
    assert site.offered("anna")


def test_the_caller_who_waits_longest_gets_the_agent():
    site = Site()
    legs = [site.call() for _ in range(3)]
    site.sign_in("anna")
    assert site.offered("anna").leg_id == legs[0]
    site.sign_in("ben")
    assert site.offered("ben").leg_id == legs[1]


def test_priority_goes_before_age_and_adds_to_the_queues():
    urgent = flow("urgent", "line", line=EnqueueStep(queue_id="sales", full="line", priority=10))
    site = Site(
        centre(
            agent("anna", "sales", "support"),
            queues=(queue("sales", priority=1), queue("support", priority=5)),
            flows=(straight_to("support"), urgent),
            numbers={SUPPORT: "to_support", URGENT: "urgent"},
        )
    )
    sales, support, urgent = site.call(), site.call(to=SUPPORT), site.call(to=URGENT)
    assert [site.contact(leg).priority for leg in (sales, support, urgent)] == [1, 5, 11]
    order = []
    site.sign_in("anna")
    for _ in range(3):
        order.append(site.offered("anna").leg_id)
        site.hang_up(order[-1])
    assert order == [urgent, support, sales]


def test_between_queues_of_equal_priority_the_agents_rank_decides_then_the_wait():
    memberships = (Membership(queue_id="sales", rank=2), Membership(queue_id="support", rank=1))
    site = Site(
        centre(
            agent("anna", *memberships),
            queues=(queue("sales"), queue("support")),
            flows=(straight_to("support"),),
            numbers={SUPPORT: "to_support"},
        )
    )
    older, newer = site.call(), site.call(to=SUPPORT)
    site.sign_in("anna")
    assert site.offered("anna").leg_id == newer
    site.hang_up(newer)
    assert site.offered("anna").leg_id == older


@pytest.mark.parametrize(("level", "chosen"), [(1, "anna"), (2, "anna"), (3, "ben"), (5, "carl")])
def test_only_who_has_the_skill_at_its_level_is_asked(level, chosen):
    agents = (
        agent("none"),
        agent("anna", skills={"es": 2}),
        agent("ben", skills={"es": 3}),
        agent("carl", skills={"es": 5}),
    )
    site = Site(spanish_centre(*agents, level=level))
    site.sign_in("none", "anna", "ben", "carl")
    site.call(to=SPANISH)
    [offer] = site.happened(e.OfferMade)
    assert offer.agent_id == chosen
    lacking = sum(each.skills.get("es", 0) < level for each in agents)
    assert [each.agents for each in offer.exclusions if each.rule == "skills"] == [lacking]


def test_all_skills_are_needed():
    needed = (*skilled("es", 2), *skilled("credit", 4))
    step = EnqueueStep(queue_id="sales", full="line", skills=needed)
    site = Site(
        centre(
            agent("anna", skills={"es": 5, "credit": 3}),
            agent("ben", skills={"es": 2, "credit": 4}),
            flows=(flow("both", "line", line=step),),
            numbers={SPANISH: "both"},
        )
    )
    site.sign_in("anna", "ben")
    site.call(to=SPANISH)
    assert site.offered("ben")


def test_a_caller_nobody_is_good_enough_for_waits_and_does_not_block_others():
    site = Site(spanish_centre(agent("anna"), agent("ben", skills={"es": 4})))
    site.sign_in("anna")
    spanish, other = site.call(to=SPANISH), site.call()
    assert site.offered("anna").leg_id == other
    site.sign_in("ben")
    assert site.offered("ben").leg_id == spanish


def test_an_agent_who_has_the_skill_also_serves_those_who_need_none():
    site = Site(spanish_centre(agent("anna", skills={"es": 4})))
    other, spanish = site.call(), site.call(to=SPANISH)
    site.sign_in("anna")
    assert site.offered("anna").leg_id == other
    site.hang_up(other)
    assert site.offered("anna").leg_id == spanish


def test_two_callers_in_the_same_millisecond_and_one_agent():
    site = Site()
    site.sign_in("anna")
    site.not_ready("anna")
    site.take(e.CallArrived(provider="t", provider_ref="X1", to_number=DIRECT), after_ms=0)
    first = f"main-l{site.state.last.seq}"
    site.take(e.CallArrived(provider="t", provider_ref="X2", to_number=DIRECT), after_ms=0)
    second = f"main-l{site.state.last.seq}"
    assert site.contact(first).queued_at == site.contact(second).queued_at
    site.take(e.ReadyRequested(agent_id="anna"), after_ms=0)
    assert site.offered("anna").leg_id == first
    assert site.contact(second).offer is None


def test_a_caller_whose_first_choice_is_another_agent_does_not_keep_this_one_from_the_next():
    """Ben signs in and passes the first caller: he is offered the second, though Anna has been idle for longer."""
    site = Site(centre(agent("anna"), agent("ben")))
    site.sign_in("anna")
    first = site.call()
    site.decline("anna")
    site.wait(5_000)
    second = site.call()
    site.decline("anna")
    site.sign_in("ben")
    assert site.offered("ben").leg_id == first
    assert site.contact(second).offer is None
    site.decline("ben")
    assert site.offered("ben").leg_id == second


def test_many_agents_who_passed_are_looked_past():
    names = [f"a{number:02}" for number in range(30)]
    site = Site(centre(*[agent(name) for name in names]))
    site.sign_in(*names)
    caller = site.call()
    for name in names[:28]:
        site.decline(name)
    assert site.contact(caller).offer.agent_id == "a28"


def test_nobody_is_offered_a_second_conversation_even_with_room_for_two():
    site = Site(centre(agent("anna", capacity=2)))
    site.sign_in("anna")
    first = site.call()
    site.call()
    assert site.contact(first).offer
    assert sum(contact.offer is not None for contact in site.state.contacts.in_order()) == 1
    agent_leg = site.talk(first, "anna")
    assert site.agent_is("anna") is AgentState.BUSY
    site.part(first, agent_leg)
    # There is room for one beside the wrap-up.
    assert site.offered("anna")
