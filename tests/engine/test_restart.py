"""The worker dies and another one goes on, at every point of the walk."""

import pytest

from cti.core import events as e
from cti.core.apply.agents import ABSENCE_GRACE_MS
from cti.core.states import AgentState, ContactState, Presence, WithdrawReason
from tests.centre import MENU, centre, queue
from tests.site import Site

STEPS = ("menu", "queue", "offered", "ringing", "accepted", "placed", "connecting", "talking", "wrap-up")


def walk_to(step: str) -> tuple[Site, str, str]:
    """A site whose caller has come as far as `step`."""
    site = Site(centre(queues=(queue(ring_s=60),)))
    reached = STEPS.index(step)
    caller, agent_leg = site.call(to=MENU), ""
    if reached >= 1:
        site.press(caller, "1")
    if reached >= 2:
        site.sign_in("anna")
    if reached >= 3:
        site.acknowledge("anna")
    if reached >= 4:
        agent_leg = site.accept("anna")
    if reached >= 5:
        site.place(agent_leg)
    if reached >= 6:
        site.join(agent_leg)
    if reached >= 7:
        site.join(caller)
    if reached >= 8:
        site.part(caller, agent_leg)
    return site, caller, agent_leg


@pytest.mark.parametrize("step", STEPS)
def test_the_walk_goes_on_after_a_restart(step):
    site, caller, agent_leg = walk_to(step)
    contact = site.contact(caller)
    site.restart()
    assert site.contact(caller) == contact
    reached = STEPS.index(step)
    if reached < 1:
        site.press(caller, "1")
    if reached < 2:
        site.sign_in("anna")
    else:
        site.connect("anna")
    if reached < 3:
        site.acknowledge("anna")
    if reached < 4:
        agent_leg = site.accept("anna")
    if reached < 5:
        site.place(agent_leg)
    if reached < 6:
        site.join(agent_leg)
    if reached < 7:
        site.join(caller)
    if reached < 8:
        site.part(caller, agent_leg)
    site.dispose("anna", caller)
    assert site.closed(caller).outcome == "connected"
    assert site.closed(caller).offers == 1
    assert site.agent_is("anna") is AgentState.READY
    site.everybody_goes()


@pytest.mark.parametrize("step", STEPS)
def test_the_caller_hangs_up_after_a_restart(step):
    site, caller, _ = walk_to(step)
    site.restart()
    site.end(caller)
    site.everybody_goes()
    talked = STEPS.index(step) >= STEPS.index("talking")
    expected = "connected" if talked else "abandoned_in_flow" if step == "menu" else "abandoned_in_queue"
    assert site.closed(caller).outcome == expected


@pytest.mark.parametrize("step", STEPS)
def test_a_restart_and_nobody_comes_back(step):
    """No desktop, no word of the carrier: whatever is promised falls due, and nothing is stuck."""
    site, caller, _ = walk_to(step)
    site.restart()
    site.wait(ABSENCE_GRACE_MS)
    if step in (
        "connecting",
        "talking",
    ):  # by softphone: whether that lives the carrier must say, for we lost the desktop
        assert site.state.agents["anna"].presence is Presence.SIGNED_IN
    elif step not in ("menu", "queue"):
        assert site.state.agents["anna"].presence is Presence.ABSENT
    site.wait(600_000)
    site.everybody_goes()
    assert site.is_gone(caller)


def test_agents_have_the_grace_to_come_back():
    site = Site()
    site.sign_in("anna", "ben")
    site.restart()
    caller = site.call()
    assert site.contact(caller).offer is None
    site.wait(ABSENCE_GRACE_MS - 1_000)
    site.connect("anna")
    assert site.offered("anna").leg_id == caller
    site.wait(1_000)
    assert site.state.agents["ben"].presence is Presence.ABSENT


def test_a_grace_that_runs_already_does_not_begin_anew():
    site = Site()
    site.sign_in("anna")
    site.disconnect("anna")
    vanished_at = site.at
    site.wait(10_000)
    site.restart()
    site.wait_until(vanished_at + ABSENCE_GRACE_MS)
    assert site.state.agents["anna"].presence is Presence.ABSENT


@pytest.mark.parametrize("acknowledged", [False, True])
def test_an_offer_nobody_could_see_for_the_restart_is_nobodys_fault(acknowledged):
    site = Site(centre(queues=(queue(ring_s=5),)))
    site.sign_in("anna")
    caller = site.call()
    if acknowledged:
        site.acknowledge("anna")
    site.restart()
    site.wait(5_000)
    assert [event.reason for event in site.ever(e.OfferWithdrawn)] == [WithdrawReason.AGENT_LEFT]
    assert not site.state.agents["anna"].suspected
    assert site.state.agents["anna"].ready
    site.connect("anna")
    assert site.offered("anna").leg_id == caller


def test_a_ringing_offer_rings_on_for_a_desktop_that_is_back_in_time():
    site, caller, _ = walk_to("ringing")
    site.restart()
    site.connect("anna")
    assert site.offered("anna").leg_id == caller
    site.wait(5_000)
    assert site.accept("anna")


def test_no_request_of_the_carrier_outlives_the_worker():
    site = Site()
    site.sign_in("anna")
    caller = site.call()
    site.restart()
    assert not any(leg.awaiting for leg in site.state.legs.in_order())
    site.go_on_waiting(caller)
    assert site.happened(e.PositionTold)


def test_a_second_restart_changes_nothing_more():
    site, caller, _ = walk_to("talking")
    site.restart()
    agents = site.state.agents.in_order()
    site.restart()
    assert site.state.agents.in_order() == agents
    assert site.contact(caller).state is ContactState.CONNECTED
