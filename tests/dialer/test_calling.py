"""Who is called for a campaign is judged in the very turn in which the leg leaves, by what is known at that instant."""

import pytest

from cti.configuration.zones import table
from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import AttemptFact, CallingRule, ConsentDemand, Listing, NeverDemand, Subject
from cti.core.commands import GatherCallFacts, HangUpLeg, Originate
from cti.core.dial import FACTS_MS
from cti.core.numbering import Address, Area
from cti.core.states import Outcome
from cti.core.wanted import still_wanted
from cti.dialer.calling.judge import judge
from cti.dialer.clearance import ready_for
from tests.centre import agent, centre
from tests.dialer.calling_site import (
    HOUR_MS,
    HOURS,
    NUMBER,
    NUMBERING,
    OTHER,
    TUESDAY_NOON,
    ZONES,
    CallingSite,
    calling,
    campaign,
)

GUAM = "+16712345678"

NINE_HOURS_MS = 9 * HOUR_MS
"""From noon to the end of the hours in New York."""


def test_a_call_waits_for_what_is_known_and_leaves_with_its_proof():
    site = CallingSite()
    leg_id = site.request(subject=Subject(person_id="p1"))
    assert site.rung() == []
    [asked] = site.gathers()
    assert (asked.number, asked.campaign_id, asked.seller, asked.subject.person_id) == (
        NUMBER,
        "spring",
        "harbour",
        "p1",
    )
    site.know(leg_id)
    assert site.rung() == [leg_id]
    cleared = site.cleared(leg_id)
    assert cleared.clearance.blocks == ()
    assert cleared.clearance.facts.zones == ("America/New_York",)
    assert cleared.clearance.facts.as_of_seq == site.state.last.seq
    assert NUMBER not in str(cleared.clearance)


def test_the_carrier_shows_the_campaigns_number_and_rings_for_as_long_as_was_judged():
    site = CallingSite(calling(campaigns=(campaign("spring", ring_s=22, caller_id="+12025550177"),)))
    site.call_out()
    [ring] = [command for command in site.asked if isinstance(command, Originate)]
    assert (ring.caller_id, ring.timeout_s) == ("+12025550177", 22)
    assert site.at < ring.leave_by <= site.at + 5_000


@pytest.mark.parametrize("purpose", ["manual", "callback", "campaign"])
@pytest.mark.parametrize("campaign_id", ["", "winter"])
def test_nobody_is_called_without_a_campaign(purpose, campaign_id):
    site = CallingSite(dial_prefixes=("+1",))
    assert site.why_not(site.request(purpose=purpose, campaign_id=campaign_id)) == "NO-CAMPAIGN"
    assert site.gathers() == []


def test_a_campaigns_own_country_is_allowed_and_what_is_denied_never():
    site = CallingSite(dial_denied=("+1212",))
    assert site.why_not(site.request(NUMBER)) == "denied"
    assert site.why_not(site.request("+19005551234")) == "premium"
    assert site.why_not(site.request("+442079460123")) == "destination"
    assert site.why_not(site.request("")) == "malformed"


def test_a_number_on_a_list_is_refused_with_the_proof():
    site = CallingSite()
    leg_id = site.request()
    site.know(leg_id, listed=(Listing(list_id="main-s5", scope="company", since=5),))
    assert site.why_not(leg_id) == "DNC-COMPANY"
    refused = site.refusal(leg_id)
    assert (refused.next_allowed_at, refused.number) == (-1, NUMBER)
    assert [block.rule for block in refused.clearance.blocks] == ["DNC-COMPANY"]
    assert site.rung() == []
    assert leg_id not in site.state.legs


def test_an_addition_between_the_question_and_the_answer_stops_the_call():
    """The answer is as of a record before it."""
    site = CallingSite()
    leg_id = site.request()
    before = site.state.last.seq
    entry_id = site.suppress()
    assert site.why_not(leg_id) == "DNC-COMPANY"
    again = site.request()
    site.know(again, as_of_seq=before)
    assert site.why_not(again) == "DNC-COMPANY"
    assert site.refusal(again).clearance.facts.listed[0].list_id == entry_id


def test_an_addition_while_a_cleared_call_waits_for_its_turn_stops_it():
    site = CallingSite(calls_per_second=1)
    first, second = site.call_out(OTHER), site.call_out()
    assert site.rung() == [first]
    site.suppress()
    assert site.why_not(second) == "DNC-COMPANY"
    assert site.refusal(second).clearance is not None
    site.wait(10_000)
    assert site.rung() == [first]


def test_a_consent_that_there_is_not_is_refused_in_words_when_it_is_asked_for():
    demand = ConsentDemand(consent="express")
    rule = CallingRule(rule_id="US-CONSENT", jurisdiction="US", title="Who agreed", demand=demand)
    site = CallingSite(calling(HOURS, rule))
    leg_id = site.request(consent="implied")
    refusal = site.refusal(leg_id)
    assert (refusal.rule, refusal.detail) == ("BAD-CONSENT", "Say one of these consents: none, express, written.")
    assert site.gathers() == []
    assert leg_id not in site.state.gathering
    for consent in ("", "none"):
        assert site.why_not(site.call_out(consent=consent)) == "US-CONSENT"
    for number, consent in ((NUMBER, "express"), (OTHER, "written")):
        assert site.why_not(site.call_out(number, consent=consent)) == ""


def test_what_waits_for_its_facts_holds_nobody_up():
    site = CallingSite(calls_per_second=1)
    waiting = site.request(OTHER)
    site.wait(2_000)
    served = site.call_out()
    assert site.rung() == [served]
    assert site.state.gathering.rows.keys() == {waiting}
    assert len(site.state.dials) == 0


def test_whether_the_hours_are_over_is_judged_when_the_call_leaves():
    site = CallingSite(calls_per_second=1)
    last_ms = 25_000 + 5_000
    site.wait_until(TUESDAY_NOON + NINE_HOURS_MS - last_ms - 500)
    first, second = site.call_out(), site.call_out(OTHER)
    site.wait(5_000)
    assert site.rung() == [first]
    assert site.why_not(second) == "US-HOURS"
    assert site.refusal(second).next_allowed_at == TUESDAY_NOON + 20 * HOUR_MS


def test_a_removal_lets_the_call_through_that_an_older_answer_would_stop():
    site = CallingSite()
    listed = (Listing(list_id="main-s5", scope="company", since=5),)
    before = site.state.last.seq
    site.unsuppress()
    site.find("main-s5")
    leg_id = site.request()
    site.know(leg_id, listed=listed, as_of_seq=before)
    assert site.rung() == [leg_id]


def test_who_is_called_more_than_the_cap_allows_is_counted_by_what_is_not_in_the_store_yet():
    site = CallingSite()
    subject = Subject(person_id="p1")
    before = site.state.last.seq
    for number in (NUMBER, OTHER, "+12125550125"):
        leg_id = site.request(number, subject=subject)
        site.know(leg_id, as_of_seq=before)
        assert leg_id in site.rung()
        site.refuse(leg_id)
    fourth = site.request(subject=subject)
    site.know(fourth, as_of_seq=before)
    assert site.why_not(fourth) == "US-CAP"


def test_an_attempt_that_both_know_counts_once():
    site = CallingSite()
    subject = Subject(person_id="p1")
    known = []
    for number in (NUMBER, OTHER):
        leg_id = site.request(number, subject=subject)
        site.know(leg_id, attempts=tuple(known))
        known.append(AttemptFact(at=site.at, same=("person",), attempt_id=leg_id))
        site.refuse(leg_id)
    third = site.request(subject=subject)
    site.know(third, attempts=tuple(known))
    assert third in site.rung()
    assert len(site.cleared(third).clearance.facts.attempts) == 2


def test_facts_that_are_missing_are_a_no():
    site = CallingSite()
    leg_id = site.request()
    site.know(leg_id, missing="TIMEOUT")
    assert site.why_not(leg_id) == "FACTS-MISSING"
    late = site.request()
    site.wait(FACTS_MS + 1)
    assert site.why_not(late) == "FACTS-MISSING"
    site.take(e.CallFactsGathered(dial_id=late, as_of_seq=site.state.last.seq))
    assert site.ignored() == "dial waits for nothing"
    assert site.rung() == []


def test_facts_below_the_floor_are_gathered_again_and_in_the_end_refused():
    site = CallingSite()
    leg_id = site.request()
    site.state.overlay.raise_floor(site.state.last.seq)
    site.twin.overlay.raise_floor(site.state.last.seq)
    for _ in range(4):
        site.know(leg_id, as_of_seq=1)
        assert site.happened(e.CallFactsAsked)
        assert site.gathers(leg_id)[-1].since_seq == site.state.overlay.floor
    site.know(leg_id, as_of_seq=1)
    assert site.why_not(leg_id) == "FACTS-STALE"
    assert site.refusal(leg_id).detail == (
        "What is known of the number is out of date: lists and earlier calls are known up to record 1, and are needed "
        f"up to {site.state.overlay.floor}: try again when the store has caught up."
    )


def test_a_restart_goes_on_with_what_waits():
    site = CallingSite(calls_per_second=1)
    first, second, third = site.call_out(), site.call_out(OTHER), site.request("+12125550125")
    site.restart()
    assert third in site.state.gathering
    assert second in site.state.dials
    site.know(third)
    site.wait(5_000)
    assert site.rung() == [first, second, third]


def test_a_leg_given_up_while_it_waits_for_its_facts_is_forgotten():
    site = CallingSite()
    leg_id = site.request()
    site.take(e.LegRefused(leg_id=leg_id, code="X"))
    assert site.happened(e.DialWithdrawn)
    assert len(site.state.gathering) == 0


def test_an_addition_gives_up_a_leg_that_is_asked_for_and_one_that_is_placed():
    site = CallingSite()
    leg_id, other = site.call_out(), site.call_out(OTHER)
    site.place(other)
    site.suppress()
    site.suppress(OTHER)
    assert site.state.legs[leg_id].released
    assert site.state.legs[other].released


def test_it_rings_no_longer_than_was_judged_whatever_the_carrier_adds():
    site = CallingSite()
    leg_id = site.call_out()
    site.place(leg_id)
    site.alert(leg_id)
    site.wait(29_000)
    assert not site.state.legs[leg_id].released
    site.wait(2_000)
    assert HangUpLeg(leg_id=leg_id, provider_ref=site.ref(leg_id)) in site.asked
    site.end(leg_id)
    assert leg_id not in site.state.overlay.live


def test_who_answered_is_not_hung_up_when_the_ringing_would_be_over():
    site = CallingSite()
    leg_id = site.call_out()
    site.place(leg_id)
    site.answer(leg_id)
    assert site.happened(e.AttemptAnswered)
    site.wait(60_000)
    assert not site.state.legs[leg_id].released
    site.end(leg_id)
    assert site.happened(e.AttemptEnded) == [e.AttemptEnded(attempt_id=leg_id, outcome=Outcome.UNKNOWN)]


def test_the_same_facts_under_the_same_rules_give_the_same_verdict():
    site = CallingSite()
    before = site.state.last.seq
    site.suppress()
    refused, allowed = site.request(), site.call_out(OTHER)
    site.know(refused, as_of_seq=before)
    for event in [*site.ever(e.DialCleared), *site.ever(e.DialRefused)]:
        proof = event.clearance
        book = ready_for(site.state).book
        assert proof.rules_version == book.version
        found = book.config.campaigns[proof.facts.campaign_id]
        assert judge(book, proof.facts, found, site.at) == proof.blocks
    assert site.rung() == [allowed]


def test_a_changed_configuration_counts_at_once():
    site = CallingSite(calls_per_second=1)
    first, second = site.call_out(OTHER), site.call_out()
    closed = calling(HOURS, changed(HOURS, rule_id="US-NEVER", demand=NeverDemand(), effective_from="2030-01-01"))
    site.apply(centre(agent("anna"), agent("ben"), calling=closed, calls_per_second=1, zones=site.state.config.zones))
    site.wait(5_000)
    assert site.rung() == [first, second], "a rule of later years does not bind"
    none_left = calling(campaigns=(campaign("winter"),))
    site.apply(centre(agent("anna"), agent("ben"), calling=none_left, zones=site.state.config.zones))
    assert site.why_not(site.request()) == "destination"


def test_consent_of_the_person_counts_before_what_the_seller_vouches_for():
    config = calling(campaigns=(campaign("spring", consent="written"),))
    site = CallingSite(config)
    assert site.cleared(site.call_out()).clearance.facts.consent == "written"
    assert site.cleared(site.call_out(OTHER, consent="none")).clearance.facts.consent == "none"


def test_a_question_is_asked_again_after_a_restart_only_while_the_dial_waits_for_it():
    site = CallingSite()
    leg_id = site.request()
    [asked] = site.gathers()
    assert still_wanted(site.state, asked)
    site.know(leg_id)
    assert not still_wanted(site.state, asked)


def test_a_dial_without_a_leg_leaves_when_its_facts_are_there():
    site = CallingSite()
    site.take(e.DialRequested(dial_id="main-d9", purpose="callback", number=NUMBER, campaign_id="spring"))
    assert [type(command) for command in site.commands] == [GatherCallFacts]
    site.know("main-d9")
    assert site.happened(e.DialCleared)


def test_zones_that_the_configuration_does_not_have_are_a_no():
    site = CallingSite(zones={name: table(name) for name in ZONES[1:]})
    assert site.why_not(site.call_out()) == "ZONE-UNKNOWN"


def test_an_address_that_is_not_understood_is_not_repeated_in_the_proof():
    site = CallingSite()
    leg_id = site.call_out(address=Address(country="US", state="NY", postcode="Jane Doe, 12 Elm St"))
    refusal = site.refusal(leg_id)
    assert refusal.rule == "ZONE-UNKNOWN"
    assert "postcode" in refusal.clearance.facts.place_detail
    assert "Jane" not in str(refusal)


def islands(*countries: str) -> CallingSite:
    """Numbers of Guam, which is of the United States, though phonenumbers says otherwise."""
    zone = ("Pacific/Guam",)
    areas = {**NUMBERING.areas, "1671": Area(states=("US-GU",), zones=zone)}
    known = changed(NUMBERING, areas=areas, zones={**NUMBERING.zones, zone[0]: zone[0]})
    config = calling(campaigns=(campaign("spring", countries=countries),), numbering=known)
    zones = {name: table(name) for name in (*ZONES, *zone)}
    return CallingSite(config, zones=zones, dial_prefixes=(), dial_countries=())


def test_a_campaign_that_calls_the_united_states_calls_their_territories_by_the_clocks_there():
    site = islands("US")
    night = site.call_out(GUAM, purpose="campaign")
    assert site.why_not(night) == "US-HOURS"  # noon in New York is two in the night
    site.wait(8 * HOUR_MS)
    leg_id = site.call_out(GUAM, purpose="campaign")
    assert leg_id in site.rung()
    facts = site.cleared(leg_id).clearance.facts
    assert (facts.jurisdictions, facts.zones) == (("US", "US-GU"), ("Pacific/Guam",))


def test_no_other_campaign_calls_them_nor_do_people_on_their_own():
    site = islands("CA")
    assert site.why_not(site.call_out(GUAM, purpose="campaign")) == "destination"
    site = islands("US")
    assert site.why_not(site.call_out(GUAM, purpose="transfer", campaign_id="")) == "destination"
