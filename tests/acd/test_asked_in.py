"""Nailed-up agents without a desk take whatever comes, also when they are asked into a conversation: but the customer
shall not overhear it."""

from cti.core import events as e
from cti.core.commands import HoldLeg, RedirectLeg
from cti.core.plan import Join
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


def consult(site: Site, caller: str) -> None:
    contact_id = site.contact(caller).contact_id
    site.take(e.ConsultRequested(contact_id=contact_id, agent_id="ben", destination="agent:zoe", request_id="r"))
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
