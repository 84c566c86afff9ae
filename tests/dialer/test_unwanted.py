"""Somebody asks not to be called while we do: it rings no longer than it must, and who talks with them is told."""

import pytest

from cti.core import events as e
from cti.core.calling import CallingRule, ConductDemand
from cti.core.states import Direction, PartyRole
from tests.dialer.calling_site import DNC, HOURS, MIAMI, NUMBER, OTHER, CallingSite, calling, campaign


def rule(rule_id, demand, **fields):
    return CallingRule(**{"rule_id": rule_id, "jurisdiction": "US", "title": rule_id, "demand": demand, **fields})


RING = rule("US-RING", ConductDemand(ring_s_min=15), purposes=("sales", "service"))


def site_that_rings(*rules) -> CallingSite:
    return CallingSite(calling(HOURS, *(rules or (RING,))))


def ringing(site, number=NUMBER, **fields) -> str:
    leg_id = site.call_out(number, **fields)
    site.place(leg_id)
    site.alert(leg_id)
    return leg_id


def released(site, leg_id) -> bool:
    return site.state.legs[leg_id].released


def test_what_rings_is_given_up_when_it_has_rung_as_long_as_the_rules_ask_for():
    site = site_that_rings()
    leg_id = ringing(site)
    rings_at = site.state.last.at
    site.wait(4_000)
    entry_id = site.suppress()
    told = e.AttemptUnwanted(attempt_id=leg_id, leg_id=leg_id, entry_id=entry_id, ring_by=rings_at + 15_000)
    assert site.happened(e.AttemptUnwanted) == [told]
    site.wait_until(rings_at + 14_900)
    assert not released(site, leg_id)
    site.wait_until(rings_at + 15_000)
    assert released(site, leg_id)


def test_what_has_rung_for_long_enough_is_given_up_at_once():
    site = site_that_rings()
    leg_id = ringing(site)
    site.wait(15_000)
    site.suppress()
    assert released(site, leg_id)


@pytest.mark.parametrize(
    "rules",
    [
        (DNC,),
        (rule("US-RING", ConductDemand(ring_s_min=15), purposes=("sales",)),),
        (rule("US-RING", ConductDemand(ring_s_min=15), modes=("predictive",)),),
        (rule("GB-RING", ConductDemand(ring_s_min=15), jurisdiction="GB"),),
    ],
    ids=["none", "another purpose", "another mode", "another country"],
)
def test_where_no_rule_says_how_long_it_rings_it_is_given_up_at_once(rules):
    site = site_that_rings(*rules)
    leg_id = ringing(site)
    site.suppress()
    assert released(site, leg_id)


def test_a_state_may_ask_for_more_than_its_country():
    site = site_that_rings(RING, rule("US-FL-RING", ConductDemand(ring_s_min=20), jurisdiction="US-FL"))
    leg_id = ringing(site, MIAMI)
    rings_at = site.state.last.at
    site.suppress("+1305", scope="area_code")
    [told] = site.happened(e.AttemptUnwanted)
    assert (told.attempt_id, told.ring_by) == (leg_id, rings_at + 20_000)


def test_a_campaign_never_rings_longer_than_it_says():
    site = CallingSite(calling(HOURS, RING, campaigns=(campaign("spring", ring_s=20),)))
    leg_id = ringing(site)
    placed_at = site.cleared(leg_id).ring_by
    site.suppress()
    assert site.happened(e.AttemptUnwanted)[0].ring_by < placed_at


def test_what_is_placed_and_does_not_ring_yet_need_not_ring_at_all():
    site = site_that_rings()
    leg_id = site.call_out()
    site.place(leg_id)
    site.suppress()
    assert released(site, leg_id)


def test_whom_it_does_not_cover_it_does_not_stop():
    site = site_that_rings()
    leg_id = ringing(site)
    site.suppress(OTHER)
    site.suppress(seller="other")
    site.wait(16_000)
    assert not released(site, leg_id)
    assert site.ever(e.AttemptUnwanted) == []


def test_twice_added_it_is_stopped_once():
    site = site_that_rings()
    ringing(site)
    site.suppress()
    site.suppress("+1212", scope="area_code")
    assert len(site.ever(e.AttemptUnwanted)) == 1


def calling_for(contact_id) -> tuple[CallingSite, str]:
    """Anna is there, and somebody is called whose contact this will be. Returns the leg as well."""
    site = site_that_rings()
    site.sign_in("anna")
    started = e.LegStarted(
        leg_id="main-x1",
        role=PartyRole.CUSTOMER,
        endpoint_kind="tel",
        endpoint=f"tel:{NUMBER}",
        contact_id=contact_id,
    )
    site.take(started)
    asked = e.DialRequested(
        dial_id="main-x1", purpose="campaign", leg_id="main-x1", number=NUMBER, campaign_id="spring"
    )
    site.take(asked)
    site.know("main-x1")
    site.place("main-x1")
    site.alert("main-x1")
    return site, "main-x1"


def answered(site, leg_id, contact_id) -> None:
    """The one who was called talks with Anna."""
    site.answer(leg_id)
    started = e.ContactStarted(
        contact_id=contact_id, direction=Direction.OUTBOUND, leg_id=leg_id, to_number="+12025550100"
    )
    site.take(started)
    site.take(e.QueueRequested(contact_id=contact_id, queue_id="sales"))
    site.talk(leg_id, "anna")


def test_whoever_talks_with_them_sees_that_they_asked_not_to_be_called():
    site, leg_id = calling_for("main-c1")
    answered(site, leg_id, "main-c1")
    assert not site.state.contacts["main-c1"].talk.unwanted
    site.suppress()
    assert [event.ring_by for event in site.happened(e.AttemptUnwanted)] == [0]
    assert [event.talk.unwanted for event in site.happened(e.TalkChanged)] == [True]
    site.wait(20_000)
    assert not released(site, leg_id)
    site.take(e.LegHeld(leg_id=leg_id, provider_ref=site.ref(leg_id)))
    assert site.state.contacts["main-c1"].talk.unwanted


def test_who_answers_after_having_asked_is_known_to_the_agent_who_comes():
    site, leg_id = calling_for("main-c1")
    site.suppress()
    answered(site, leg_id, "main-c1")
    assert [event.talk.unwanted for event in site.ever(e.TalkChanged)] == [True]
    site.wait(20_000)
    assert not released(site, leg_id)
