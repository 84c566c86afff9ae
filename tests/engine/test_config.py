"""A new configuration while contacts are on their way: flows finish as they began, everything else is new at once."""

import pytest

from cti.acd.relook import LOOKED_AT_MAX
from cti.core import events as e
from cti.core.codec import decode
from cti.core.config import EnqueueStep, HangUpStep, Membership, MenuStep
from cti.core.states import AgentState, ContactState
from cti.core.turn import EVENTS_MAX
from tests import holds
from tests.centre import MENU, agent, centre, flow, queue, say, straight_to
from tests.site import Site

SUPPORT = "+15550111"


def test_a_caller_in_a_flow_finishes_it_as_it_began():
    site = Site()
    caller = site.call(to=MENU)
    changed = flow(
        "main",
        "menu",
        menu=MenuStep(prompt=say("Press 2."), choices={"2": "line"}, otherwise="bye"),
        line=EnqueueStep(queue_id="sales", full="bye"),
        bye=HangUpStep(),
    )
    old = site.state.config
    site.apply(centre(flows=(changed,)))
    site.press(caller, "1")
    assert site.contact(caller).state is ContactState.QUEUED
    second = site.call(to=MENU)
    assert site.heard(second)[0].prompts == say("Press 2.")
    assert old in site.state.configs.rows.values()


def test_a_configuration_nobody_uses_any_more_is_let_go_of():
    site = Site()
    caller = site.call(to=MENU)
    site.apply(centre(agent("anna")))
    site.apply(centre(agent("ben")))
    assert len(site.state.configs) == 2
    site.hang_up(caller)
    site.apply(centre(agent("carl")))
    assert len(site.state.configs) == 1


def test_the_same_configuration_again_changes_nothing():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    agents, contact = site.state.agents.in_order(), site.contact(caller)
    site.apply(centre())
    assert site.names() == []
    assert (site.state.agents.in_order(), site.contact(caller)) == (agents, contact)


def test_who_may_now_serve_a_queue_gets_who_waits_there():
    site = Site(centre(agent("anna", "support"), queues=(queue("sales"), queue("support"))))
    site.sign_in("anna")
    caller = site.call()
    assert site.contact(caller).offer is None
    site.apply(centre(agent("anna", "sales", "support"), queues=(queue("sales"), queue("support"))))
    assert site.offered("anna").leg_id == caller


def test_a_new_skill_and_a_new_agent_count_at_once():
    from cti.core.config import SkillRequirement

    spanish = flow(
        "es",
        "line",
        line=EnqueueStep(queue_id="sales", full="bye", skills=(SkillRequirement(skill="es"),)),
        bye=HangUpStep(),
    )

    def config(*agents):
        return centre(*agents, flows=(spanish,), numbers={"+1777": "es"})

    site = Site(config(agent("anna")))
    site.sign_in("anna")
    caller = site.call(to="+1777")
    site.apply(config(agent("anna", skills={"es": 1}), agent("ben")))
    assert site.offered("anna").leg_id == caller
    site.sign_in("ben")
    second = site.call()
    assert site.offered("ben").leg_id == second


def test_a_rank_counts_from_the_next_caller_on():
    second, first = Membership(queue_id="sales", rank=2), Membership(queue_id="sales", rank=1)
    site = Site(centre(agent("anna", first), agent("ben", second)))
    site.sign_in("anna", "ben")
    site.apply(centre(agent("anna", second), agent("ben", first)))
    site.call()
    assert site.offered("ben")


@pytest.mark.parametrize("offered", [False, True])
def test_callers_of_a_queue_that_is_taken_away_go_on_in_their_flow(offered):
    taken_away = centre(queues=(queue("sales"),))
    config = centre(
        agent("anna", "support"),
        queues=(queue("sales"), queue("support")),
        flows=(straight_to("support"),),
        numbers={SUPPORT: "to_support"},
    )
    site = Site(config)
    if offered:
        site.sign_in("anna")
    caller = site.call(to=SUPPORT)
    site.apply(taken_away)
    if offered:  # may still be taken; if not, it goes on
        assert site.offered("anna")
        site.acknowledge("anna")
        site.decline("anna")
    assert site.happened(e.QueueRefused)[0].reason == "unknown"
    assert site.heard(caller)[0].text == "Sorry."
    assert site.commands[-1].plan.verbs == site.heard(caller)
    site.hang_up(caller)
    assert site.closed(caller).outcome == "flow_ended"


def test_a_conversation_in_a_queue_that_is_taken_away_goes_on():
    site = Site(centre(queues=(queue("sales"), queue("support"))))
    site.sign_in("anna")
    caller = site.call()
    agent_leg = site.talk(caller, "anna")
    site.apply(centre(queues=(queue("support"),)))
    assert site.contact(caller).state is ContactState.CONNECTED
    site.part(caller, agent_leg)
    assert site.is_gone(caller)
    assert site.agent_is("anna") is AgentState.READY


@pytest.mark.parametrize("point", ["offered", "on the way", "talking", "wrap-up"])
def test_an_agent_is_removed(point):
    site = Site(centre(agent("anna"), agent("ben")))
    site.sign_in("anna", "ben")
    caller = site.call()
    if point == "on the way":
        agent_leg = site.bring_agent("anna")
    elif point != "offered":
        agent_leg = site.talk(caller, "anna")
    if point == "wrap-up":
        site.part(caller, agent_leg)
    site.apply(centre(agent("ben")))
    if point == "offered":
        assert site.offered("ben").leg_id == caller
    if point in ("offered", "wrap-up"):
        assert site.agent_is("anna") is AgentState.SIGNED_OUT
    if point == "on the way":
        site.join(caller)
    if point in ("on the way", "talking"):
        assert site.contact(caller).state is ContactState.CONNECTED
        site.part(caller, agent_leg)
        site.dispose("anna", caller)
        assert site.is_gone(caller)
    waiting = [site.call(), site.call()]
    assert site.offered("anna") is None
    site.everybody_goes()
    assert all(site.is_gone(leg) for leg in waiting)


def test_a_removed_agent_is_told_that_she_is_unknown_once_forgotten():
    site = Site(centre(agent("anna"), agent("ben")))
    site.apply(centre(agent("ben")))
    site.take(e.SignInRequested(agent_id="anna", request_id="r"))
    assert site.refused() == "unknown_agent"


def test_a_removed_agent_whose_desktop_is_still_there_cannot_sign_in_but_is_remembered():
    site = Site(centre(agent("anna"), agent("ben")))
    site.sign_in("anna")
    site.apply(centre(agent("ben")))
    site.apply(centre(agent("ben"), agent("carl")))
    site.take(e.SignInRequested(agent_id="anna", request_id="r"))
    assert site.refused() == "unknown_agent"
    site.apply(centre(agent("anna"), agent("ben")))
    site.take(e.SignInRequested(agent_id="anna"))
    site.ready("anna")
    site.call()
    assert site.offered("anna")


def test_a_crowd_is_looked_at_in_bounded_turns():
    """A queue of 300 is taken away, and 120 agents get another: no turn is long, and nobody is forgotten."""
    names = [f"a{number:03}" for number in range(120)]
    numbers = {SUPPORT: "to_support"}
    before = centre(
        *[agent(name, "none") for name in names],
        queues=(queue("sales"), queue("support"), queue("none")),
        flows=(straight_to("support"),),
        numbers=numbers,
    )
    after = centre(
        *[agent(name, "sales") for name in names],
        queues=(queue("sales"),),
        flows=(straight_to("support"),),
        numbers=numbers,
    )
    site = Site(before, checked=False)
    site.sign_in(*names)
    stranded = [site.call(to=SUPPORT) for _ in range(300)]
    waiting = [site.call() for _ in range(200)]
    settled = len(site.records)
    site.apply(after)
    assert site.state.relook_at
    site.wait(0)
    assert site.state.relook_at == 0
    turns = [decode(record).events for record in site.records[settled:]]
    assert len(turns) >= 420 / LOOKED_AT_MAX
    assert all(len(events) < EVENTS_MAX / 2 for events in turns)
    assert all(site.contact(leg).state is ContactState.IN_FLOW for leg in stranded)
    assert sum(site.contact(leg).offer is not None for leg in waiting) == 120
    holds.check(site.state)
    holds.check_twin(site.state, site.twin)


def test_a_restart_in_the_middle_of_it_goes_on():
    site = Site(centre(flows=(straight_to("support"),), numbers={SUPPORT: "to_support"}, queues=(queue("support"),)))
    stranded = [site.call(to=SUPPORT) for _ in range(LOOKED_AT_MAX + 5)]
    site.apply(centre(queues=(queue("sales"),)))
    assert site.state.relook_at
    site.restart()
    site.wait(0)
    assert all(site.contact(leg).state is ContactState.IN_FLOW for leg in stranded)
    assert site.state.relook_at == 0
