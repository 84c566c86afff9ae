"""Which version of a registry is in force, and that a call is judged by that one and no other."""

import pytest

from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import Listing, Registry
from cti.core.config import SupervisorConfig
from tests.centre import agent, centre
from tests.dialer.calling_site import DAY_MS, TUESDAY_NOON, CallingSite, calling
from tests.site import Site

AS_OF = TUESDAY_NOON - DAY_MS


def switch(site, version="v1", count=1_000, as_of=AS_OF, by="anna", registry_id="us_national", removed=0, doubt=""):
    """Returns what came of it."""
    asked = e.RegistrySwitchRequested(
        registry_id=registry_id,
        version=version,
        count=count,
        added=count,
        removed=removed,
        as_of=as_of,
        by=by,
        doubt=doubt,
    )
    site.take(asked)
    return site.names()


def confirm(site, version="v2", by="ben"):
    site.take(e.RegistrySwitchConfirmed(registry_id="us_national", version=version, by=by))
    return site.names() + [event.code for event in site.happened(e.RegistrySwitchRefused)]


def test_the_first_version_is_in_force_at_once():
    site = CallingSite()
    assert switch(site) == ["RegistrySwitched"]
    row = site.state.registries["us_national"]
    assert (row.version, row.count, row.as_of, row.held) == ("v1", 1_000, AS_OF, None)


@pytest.mark.parametrize(("count", "held"), [(1_000, False), (990, False), (989, True), (0, True), (5_000, False)])
def test_one_that_shrinks_by_more_than_a_hundredth_waits_for_a_second_operator(count, held):
    site = CallingSite()
    switch(site)
    assert switch(site, "v2", count) == ["RegistrySwitchHeld" if held else "RegistrySwitched"]
    assert site.state.registries["us_national"].version == ("v1" if held else "v2")


def test_a_first_version_without_numbers_waits_for_a_second_operator():
    site = CallingSite()
    assert switch(site, count=0) == ["RegistrySwitchHeld"]
    assert site.why_not(site.call_out(campaign_id="sales")) == "US-DNC"
    assert confirm(site, "v1") == ["RegistrySwitched"]


def test_one_that_is_perhaps_another_registrys_waits_for_a_second_operator_who_hears_why():
    site = CallingSite()
    assert switch(site, doubt="half of its numbers cannot be of US") == ["RegistrySwitchHeld"]
    assert site.state.registries["us_national"].held.reason == "half of its numbers cannot be of US"
    assert confirm(site, "v1") == ["RegistrySwitched"]


@pytest.mark.parametrize(("removed", "held"), [(-1, False), (10, False), (11, True), (1_000, True)])
def test_one_that_lacks_more_than_a_hundredth_waits_even_if_as_many_are_new(removed, held):
    site = CallingSite()
    switch(site)
    assert switch(site, "v2", removed=removed) == ["RegistrySwitchHeld" if held else "RegistrySwitched"]


@pytest.mark.parametrize("by", ["Anna", " ANNA ", "anna", "\uff41\uff4e\uff4e\uff41", "Anna Example"])
def test_the_same_name_written_otherwise_is_no_second_operator(by):
    site = CallingSite()
    site.apply(centre(changed(agent("anna"), name="Anna Example"), agent("ben"), calling=site.state.config.calling))
    switch(site)
    switch(site, "v2", 500)
    assert confirm(site, by=by) == ["RegistrySwitchRefused", "SAME-OPERATOR"]


@pytest.mark.parametrize("by", ["\u0430nna", "\u0430\u043d\u043d\u0430", "anna2", "carl", "be\u03bd"])
def test_who_looks_like_somebody_and_is_nobody_here_is_no_second_operator(by):
    """Such as a name with a Cyrillic letter in it, or all Cyrillic."""
    site = CallingSite()
    switch(site)
    switch(site, "v2", 500)
    assert confirm(site, by=by) == ["RegistrySwitchRefused", "UNKNOWN-OPERATOR"]
    assert switch(site, "v3", by=by) == ["RegistrySwitchRefused"]
    assert confirm(site, by="ben") == ["RegistrySwitched"]


def test_where_nobody_has_a_name_here_one_of_two_scripts_is_refused_all_the_same():
    site = Site(changed(centre(calling=calling()), agents={}, supervisors={}))
    site.wait_until(TUESDAY_NOON)
    switch(site)
    switch(site, "v2", 500)
    assert confirm(site, by="\u0430nna") == ["RegistrySwitchRefused", "UNKNOWN-OPERATOR"]
    assert confirm(site, by="carl") == ["RegistrySwitched"]


def test_a_supervisor_may_be_the_second_operator():
    site = CallingSite()
    sue = SupervisorConfig(supervisor_id="sue", name="Sue Example", endpoint="client:sue")
    site.apply(centre(agent("anna"), calling=site.state.config.calling, supervisors={"sue": sue}))
    switch(site)
    switch(site, "v2", 500)
    assert confirm(site, by="sue example") == ["RegistrySwitched"]


def test_a_second_operator_lets_it_through_and_both_are_on_record():
    site = CallingSite()
    switch(site)
    switch(site, "v2", 500)
    assert confirm(site, by="anna") == ["RegistrySwitchRefused", "SAME-OPERATOR"]
    assert confirm(site, by=" ") == ["RegistrySwitchRefused", "SAME-OPERATOR"]
    assert confirm(site, version="v3") == ["RegistrySwitchRefused", "NOT-HELD"]
    assert confirm(site) == ["RegistrySwitched"]
    [switched] = site.happened(e.RegistrySwitched)
    assert (switched.version, switched.count, switched.by, switched.confirmed_by) == ("v2", 500, "anna", "ben")
    assert confirm(site) == ["RegistrySwitchRefused", "NOT-HELD"]


def test_one_that_is_older_waits_too_and_a_newer_one_makes_what_waits_moot():
    site = CallingSite()
    switch(site)
    assert switch(site, "v0", 1_000, AS_OF - 1) == ["RegistrySwitchHeld"]
    assert switch(site, "v2", 1_001) == ["RegistrySwitched"]
    assert confirm(site, "v0") == ["RegistrySwitchRefused", "NOT-HELD"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"registry_id": "moon"}, "UNKNOWN-REGISTRY"),
        ({"by": ""}, "NOBODY"),
        ({"version": ""}, "BAD-VERSION"),
        ({"as_of": TUESDAY_NOON + DAY_MS}, "FROM-THE-FUTURE"),
        ({"version": "v1"}, "IN-FORCE"),
    ],
)
def test_what_cannot_be_is_refused_in_words(fields, code):
    site = CallingSite()
    switch(site)
    assert switch(site, **{"version": "v2", **fields}) == ["RegistrySwitchRefused"]
    assert [event.code for event in site.happened(e.RegistrySwitchRefused)] == [code]


def test_the_same_content_may_be_newer():
    site = CallingSite()
    switch(site)
    assert switch(site, as_of=AS_OF + 1) == ["RegistrySwitched"]


def test_a_call_is_judged_by_the_version_in_force_with_its_age():
    site = CallingSite()
    assert site.why_not(site.call_out(campaign_id="sales")) == "US-DNC"
    switch(site)
    leg_id = site.request(campaign_id="sales")
    assert site.gathers(leg_id)[-1].registries == (("us_national", "v1"),)
    site.know(leg_id)
    assert leg_id in site.rung()
    fact = site.cleared(leg_id).clearance.facts.registries[0]
    assert (fact.version, fact.as_of, fact.example) == ("v1", AS_OF, False)
    listed = site.request(campaign_id="sales")
    site.know(listed, listed=(Listing(list_id="us_national", scope="registry"),))
    assert site.why_not(listed) == "US-DNC"


def test_only_the_registries_of_rules_that_bind_are_looked_into():
    site = CallingSite()
    switch(site)
    leg_id = site.request(campaign_id="spring")
    assert site.gathers(leg_id)[-1].registries == ()


def test_a_switch_voids_what_was_found_in_the_older_version():
    site = CallingSite(calls_per_second=1)
    switch(site)
    first, waiting = (site.call_out(number, campaign_id="sales") for number in ("+12125550124", "+12125550123"))
    switch(site, "v2", 1_001)
    site.wait(1_500)
    assert site.rung() == [first]
    assert [event.dial_id for event in site.ever(e.CallFactsAsked)] == [waiting]
    assert site.gathers(waiting)[-1].registries == (("us_national", "v2"),)
    site.know(waiting, listed=(Listing(list_id="us_national", scope="registry"),))
    assert site.why_not(waiting) == "US-DNC"


def test_an_answer_of_another_version_than_asked_for_is_asked_for_again():
    site = CallingSite()
    switch(site)
    leg_id = site.request(campaign_id="sales")
    site.know(leg_id, registries=(("us_national", "v0"),))
    assert site.happened(e.CallFactsAsked)
    assert site.rung() == []


def test_an_example_is_empty_and_needs_no_looking_up():
    example = {"us_national": Registry(registry_id="us_national", name="L", jurisdiction="US", example=True)}
    site = CallingSite(calling(registries=example))
    leg_id = site.request(campaign_id="sales")
    assert site.gathers(leg_id)[-1].registries == ()
    site.know(leg_id)
    assert leg_id in site.rung()


def test_an_example_that_was_imported_grows_stale_as_any_other():
    example = {"us_national": Registry(registry_id="us_national", name="L", jurisdiction="US", example=True)}
    site = CallingSite(calling(registries=example))
    switch(site, as_of=TUESDAY_NOON - 40 * DAY_MS)
    leg_id = site.call_out(campaign_id="sales")
    assert site.why_not(leg_id) == "US-DNC"
    switch(site, "v2")
    assert site.call_out(campaign_id="sales") in site.rung()


def test_what_is_in_force_and_what_waits_survives_a_restart():
    site = CallingSite()
    switch(site)
    switch(site, "v2", 10)
    site.restart()
    assert confirm(site) == ["RegistrySwitched"]
