"""What the judge is told of a call."""

import pytest

from cti.core.calling import CampaignConfig, Listing
from cti.core.numbering import Place
from cti.dialer.calling.facts import call_facts

SALE = CampaignConfig(
    campaign_id="sale",
    name="Sale",
    seller="us",
    purpose="sales",
    countries=("US",),
    mode="predictive",
    consent="express",
    opted_in=True,
)
MIAMI = Place(country="US", jurisdictions=("US", "US-FL"), zones=("America/New_York",), line="fixed_or_mobile")


def test_the_campaign_and_the_place_say_what_binds():
    facts = call_facts(SALE, MIAMI, listed=(Listing(list_id="x", scope="company"),), as_of_seq=7)
    assert (facts.purpose, facts.party, facts.mode, facts.opted_in) == ("sales", "consumer", "predictive", True)
    assert (facts.country, facts.jurisdictions, facts.zones) == ("US", ("US", "US-FL"), ("America/New_York",))
    assert (facts.line, facts.place_rule, facts.as_of_seq) == ("fixed_or_mobile", "", 7)
    assert facts.listed[0].scope == "company"


@pytest.mark.parametrize(("own", "counts"), [("", "express"), ("none", "none"), ("written", "written")])
def test_the_persons_own_consent_stands_for_what_the_campaign_vouches_for(own, counts):
    assert call_facts(SALE, MIAMI, consent=own).consent == counts


def test_why_a_number_is_nowhere_is_a_rule_and_words():
    nowhere = Place(country="", jurisdictions=(), zones=(), line="unknown", reason="NUMBER: it is: none")
    facts = call_facts(SALE, nowhere)
    assert (facts.place_rule, facts.place_detail) == ("NUMBER", "it is: none")
