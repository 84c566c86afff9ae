"""Whom not to call: what an entry covers, that it holds at once and once, and how it is removed."""

import pytest

from cti.core import events as e
from cti.core.calling import Listing, Subject
from cti.core.commands import FindSuppression
from cti.core.states import PartyRole
from cti.core.suppression import SuppressionKey, covers, mistake
from tests.dialer.calling_site import MIAMI, NUMBER, OTHER, CallingSite

IN_STORE = (Listing(list_id="main-s5", scope="company", since=5),)
BODY = Subject(person_id="p1", household_id="h1")


@pytest.mark.parametrize(
    ("scope", "value", "covered", "not_covered"),
    [
        ("company", NUMBER, NUMBER, OTHER),
        ("wireless", NUMBER, NUMBER, OTHER),
        ("wireless", "+1212555", NUMBER, MIAMI),
        ("area_code", "+1305", MIAMI, NUMBER),
        ("wildcard", "+1212555012?", OTHER, MIAMI),
        ("wildcard", "+1???5550123", NUMBER, OTHER),
        ("wildcard", "+1212555????", NUMBER, "+121255501234"),
    ],
)
def test_an_entry_covers_numbers(scope, value, covered, not_covered):
    site = CallingSite()
    before = site.state.last.seq
    site.suppress(value, scope=scope)
    for number, rule in ((covered, f"DNC-{scope.upper().replace('_', '-')}"), (not_covered, "")):
        leg_id = site.request(number)
        if number == "+121255501234":  # none of the country: nobody asks what is known of it
            assert site.why_not(leg_id) == "destination"
            continue
        site.know(leg_id, as_of_seq=before)
        assert site.why_not(leg_id) == rule


@pytest.mark.parametrize("value", ["h1", "p1"])
def test_an_entry_covers_a_household_or_a_person_by_whatever_number(value):
    site = CallingSite()
    waiting, other = site.request(subject=BODY), site.request(OTHER)
    site.suppress(value, scope="household")
    assert site.why_not(waiting) == "DNC-HOUSEHOLD"
    assert site.why_not(other) == ""


@pytest.mark.parametrize(
    ("fields", "stopped"),
    [
        ({}, ["spring", "autumn", "elsewhere"]),
        ({"seller": "harbour"}, ["spring", "autumn"]),
        ({"campaign_id": "autumn", "scope": "campaign"}, ["autumn"]),
        ({"campaign_id": "autumn", "seller": "other"}, []),
    ],
)
def test_an_entry_may_be_for_one_seller_or_one_campaign(fields, stopped):
    site = CallingSite()
    legs = {name: site.request(campaign_id=name) for name in ("spring", "autumn", "elsewhere")}
    site.suppress(**fields)
    assert [name for name, leg_id in legs.items() if site.why_not(leg_id)] == stopped


@pytest.mark.parametrize(
    ("scope", "value", "fields"),
    [
        ("firm", NUMBER, {}),
        ("company", "2125550123", {}),
        ("company", "+12125550123;ext=5", {}),
        ("company", "+1212555????", {}),
        ("area_code", "+", {}),
        ("wildcard", "+12125550123", {}),
        ("wildcard", "+?212555????", {}),
        ("household", "", {}),
        ("campaign", NUMBER, {}),
        ("company", NUMBER, {"origin": "rumour"}),
        ("company", NUMBER, {"seller": "a\tb"}),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused_in_words_without_the_number(scope, value, fields):
    site = CallingSite()
    assert site.suppress(value, scope=scope, request_id="r1", **fields) == ""
    [refused] = site.happened(e.SuppressionRefused)
    assert (refused.code, refused.request_id, refused.by) == ("BAD-ENTRY", "r1", "anna")
    assert NUMBER not in refused.detail
    assert refused.detail.endswith(".")


def test_added_twice_is_one_entry_and_says_so():
    site = CallingSite()
    entry_id = site.suppress()
    added_at = site.at
    site.suppress(request_id="r2")
    assert site.events == (e.SuppressionKept(entry_id=entry_id, since=added_at, request_id="r2", by="anna"),)


def test_who_waits_for_an_answer_hears_of_an_entry_of_long_ago():
    site = CallingSite()
    entry_id = site.suppress(request_id="r1")
    [asked] = site.commands
    assert isinstance(asked, FindSuppression)
    assert asked.entry_id == entry_id
    site.find("main-s5")
    assert site.events == (e.SuppressionKept(entry_id="main-s5", since=5, request_id="r1", by="anna"),)


@pytest.mark.parametrize("fields", [{"person_id": "p1"}, {"origin": "import"}, {"scope": "household", "value": "p1"}])
def test_who_waits_for_nothing_makes_nobody_look_where_the_person_is_named_or_need_not_be(fields):
    site = CallingSite()
    site.suppress(**fields)
    assert site.commands == ()


def added(site) -> list[tuple[str, str, str]]:
    return [(event.scope, event.value, event.beside) for event in site.happened(e.SuppressionAdded)]


THEIRS = ("household", "p1", NUMBER)


@pytest.mark.parametrize("origin", ["api", "agent", "key_press", "cli"])
def test_who_wants_no_call_at_one_number_is_called_at_no_other(origin):
    site = CallingSite()
    waiting, other = site.request(OTHER, subject=BODY), site.request(MIAMI, subject=Subject(person_id="p2"))
    site.suppress(origin=origin, person_id="p1")
    assert added(site) == [("company", NUMBER, ""), THEIRS]
    assert site.why_not(waiting) == "DNC-HOUSEHOLD"
    assert site.why_not(other) == ""
    site.restart()
    later = site.request(MIAMI, subject=Subject(person_id="p1"))
    site.know(later, as_of_seq=1)
    assert site.why_not(later) == "DNC-HOUSEHOLD"


def test_whoever_was_called_there_just_now_is_meant_and_whom_the_store_finds():
    site = CallingSite()
    site.refuse(site.call_out(subject=Subject(person_id="p1")))
    site.suppress(seller="harbour", reason="angry")
    assert added(site) == [("company", NUMBER, ""), THEIRS]
    site.find(persons=("p1", "p9"))
    [found] = site.happened(e.SuppressionAdded)
    assert (found.value, found.beside, found.seller, found.reason) == ("p9", NUMBER, "harbour", "angry")
    again = site.suppress(seller="harbour", person_id="p8")
    assert added(site) == [("household", "p8", NUMBER)], f"the number was there already: {again}"


def test_before_the_store_has_said_who_it_is_their_other_numbers_are_not_called_either():
    site = CallingSite(calls_per_second=1)
    site.call_out(MIAMI)
    before = site.state.last.seq
    waiting = site.request(OTHER)
    site.know(waiting, as_of_seq=before, subject=Subject(known_as=("p1",), other_numbers=(NUMBER,)))
    site.suppress()
    assert site.why_not(waiting) == "DNC-COMPANY"
    site.take(e.SuppressionFound(scope="company", value=NUMBER, entry_id="x", as_of_seq=9, persons=("p1",), error="no"))


def test_a_removal_takes_away_what_was_added_beside_and_nothing_else():
    site = CallingSite()
    explicit = site.suppress("p1", scope="household")
    before = site.state.last.seq
    site.suppress(person_id="p1")
    number, beside = [event.entry_id for event in site.happened(e.SuppressionAdded)]
    site.unsuppress(request_id="r1")
    old = e.BesideEntry(entry_id="main-s5", since=5, value="p7")
    site.find(as_of_seq=before, beside=(old,))
    gone = [(event.entry_id, event.value, event.beside) for event in site.happened(e.SuppressionRemoved)]
    assert gone == [(number, NUMBER, ""), ("main-s5", "p7", NUMBER), (beside, "p1", NUMBER)]
    assert {event.request_id for event in site.happened(e.SuppressionRemoved)} == {"r1"}
    leg_id = site.request(subject=BODY)
    site.know(leg_id, as_of_seq=1)
    assert [each.list_id for each in site.refusal(leg_id).clearance.facts.listed] == [explicit]


def test_a_person_who_says_so_again_while_the_removal_is_under_way_is_not_called():
    """Nothing is removed: neither the number nor who stands beside it."""
    site = CallingSite()
    site.suppress(person_id="p1")
    first, beside = [event.entry_id for event in site.happened(e.SuppressionAdded)]
    site.unsuppress()
    asked = site.asked[-1]
    site.suppress(person_id="p1")
    assert [type(event) for event in site.events] == [e.SuppressionKept]
    site.asked.append(asked)
    site.find(first, beside=(e.BesideEntry(entry_id=beside, since=5, value="p1"),))
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["ASKED-AGAIN"]
    leg_id = site.request(OTHER, subject=BODY)
    site.know(leg_id, as_of_seq=1)
    assert [each.list_id for each in site.refusal(leg_id).clearance.facts.listed] == [beside]


def test_whoever_says_so_again_has_their_person_looked_for_again():
    """The answer to the first question came while a removal was under way."""
    site = CallingSite()
    site.suppress()
    first = site.asked[-1]
    site.unsuppress()
    removal = site.asked[-1]
    site.asked.append(first)
    site.find(persons=("p1",))
    assert added(site) == []
    site.suppress(request_id="r2")
    assert [event.request_id for event in site.happened(e.SuppressionKept)] == ["r2"]
    again = site.asked[-1]
    assert (again.persons, again.request_id) == (True, ""), "who waits has heard already"
    site.find(persons=("p1",))
    assert added(site) == [THEIRS]
    site.asked.append(removal)
    site.find(first.entry_id)
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["ASKED-AGAIN"]


def test_who_stands_beside_a_number_goes_with_it_by_whatever_name():
    """The store knew the person already, and makes no second row."""
    site = CallingSite()
    before = site.state.last.seq
    site.suppress(person_id="p1")
    site.unsuppress()
    site.find("main-s5", as_of_seq=before, beside=(e.BesideEntry(entry_id="main-s6", since=5, value="p1"),))
    assert [event.entry_id for event in site.happened(e.SuppressionRemoved)] == ["main-s5", "main-s6"]
    leg_id = site.request(OTHER, subject=BODY)
    listed = (Listing(list_id="main-s6", scope="household", since=5),)
    site.know(leg_id, as_of_seq=before, listed=listed)
    assert leg_id in site.rung()


def test_a_person_beside_a_number_is_not_removed_alone():
    site = CallingSite()
    site.suppress(person_id="p1")
    site.unsuppress("p1", scope="household")
    site.find()
    [refused] = site.happened(e.SuppressionRefused)
    assert "beside a number" in refused.detail


def test_a_removed_entry_gets_no_person_afterwards():
    site = CallingSite()
    site.suppress()
    asked = site.asked[-1]
    site.unsuppress()
    site.find(asked.entry_id)
    found = {"scope": "company", "value": NUMBER, "entry_id": asked.entry_id, "as_of_seq": site.state.last.seq}
    site.take(e.SuppressionFound(**found, persons=("p1",)))
    assert site.happened(e.SuppressionAdded) == []


def test_a_removal_names_the_entry_its_reason_and_who():
    site = CallingSite()
    entry_id = site.suppress()
    site.unsuppress(reason="they asked to be called", request_id="r1")
    assert site.events == ()
    site.find(entry_id)
    [removed] = site.happened(e.SuppressionRemoved)
    assert (removed.entry_id, removed.reason, removed.by) == (entry_id, "they asked to be called", "ben")
    site.unsuppress()
    site.find()
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["NOT-LISTED"]


@pytest.mark.parametrize("restarted", [False, True])
def test_what_is_asked_for_again_is_one_entry_by_the_name_that_the_store_has(restarted):
    """It holds at once, by a name of its own; once the store was looked into there is but the first."""
    site = CallingSite()
    before = site.state.last.seq
    assert site.suppress(request_id="r1") not in ("", "main-s5")
    site.find("main-s5", as_of_seq=before)
    if restarted:
        site.restart()
    site.suppress()
    assert site.events == (e.SuppressionKept(entry_id="main-s5", since=5, by="anna"),)
    leg_id = site.request()
    site.know(leg_id, as_of_seq=before, listed=IN_STORE)
    assert [each.list_id for each in site.refusal(leg_id).clearance.facts.listed] == ["main-s5"]


def test_a_removal_takes_away_what_the_store_knows_and_what_it_does_not_know_yet():
    site = CallingSite()
    before = site.state.last.seq
    site.suppress()
    site.unsuppress()
    site.find("main-s5", as_of_seq=before)
    assert [event.entry_id for event in site.happened(e.SuppressionRemoved)] == ["main-s5"]
    leg_id = site.request()
    site.know(leg_id, as_of_seq=before, listed=IN_STORE)
    assert site.rung() == [leg_id]


def test_a_removal_of_what_was_asked_for_in_the_meantime_is_not_decided_when_that_may_be_forgotten():
    site = CallingSite()
    site.unsuppress()
    for state in (site.state, site.twin):
        state.overlay.raise_floor(site.state.last.seq + 1)
    site.find("main-s5", as_of_seq=site.state.last.seq + 1)
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["UNAVAILABLE"]


@pytest.mark.parametrize("is_behind", [False, True])
def test_an_addition_after_the_removal_was_asked_for_holds(is_behind):
    """Whether or not the store has come as far: it knows the entry by its first name."""
    site = CallingSite()
    site.unsuppress()
    asked, before = site.asked[-1], site.state.last.seq
    site.suppress(origin="key_press")
    site.asked.append(asked)
    site.find("main-s5", as_of_seq=before if is_behind else site.state.last.seq)
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["ASKED-AGAIN"]
    leg_id = site.request()
    site.know(leg_id, listed=IN_STORE)
    assert site.why_not(leg_id) == "DNC-COMPANY"
    assert site.ever(e.SuppressionRemoved) == []


def test_what_is_to_be_removed_and_is_asked_for_again_stays_as_it_is():
    """The store makes no second entry while there is one, so that no other would be left."""
    site = CallingSite()
    before = site.state.last.seq
    first = site.suppress()
    site.unsuppress()
    asked = site.asked[-1]
    assert site.suppress() == ""
    assert [event.entry_id for event in site.happened(e.SuppressionKept)] == [first]
    site.asked.append(asked)
    site.find(first)
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["ASKED-AGAIN"]
    leg_id = site.request()
    site.know(leg_id, as_of_seq=before)
    assert site.why_not(leg_id) == "DNC-COMPANY"
    site.unsuppress()
    site.find(first)
    assert [event.entry_id for event in site.happened(e.SuppressionRemoved)] == [first]


@pytest.mark.parametrize(("fields", "code"), [({"reason": "  "}, "NO-REASON"), ({"by": ""}, "NOBODY")])
def test_a_removal_without_a_reason_or_a_name_is_refused(fields, code):
    site = CallingSite()
    site.suppress()
    site.unsuppress(**fields)
    assert [event.code for event in site.happened(e.SuppressionRefused)] == [code]
    assert site.commands == ()


def test_a_removal_of_what_nobody_can_look_up_changes_nothing():
    site = CallingSite()
    site.suppress()
    site.unsuppress()
    site.find(error="TIMEOUT")
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["UNAVAILABLE"]
    site.state.overlay.raise_floor(site.state.last.seq)
    site.twin.overlay.raise_floor(site.state.last.seq)
    site.unsuppress()
    site.find(as_of_seq=1)
    assert [event.code for event in site.happened(e.SuppressionRefused)] == ["UNAVAILABLE"], "too old an answer"


def test_removed_and_added_again_it_holds():
    site = CallingSite()
    before = site.state.last.seq
    first = site.suppress()
    site.unsuppress()
    site.find(first)
    again = site.suppress()
    leg_id = site.request()
    site.know(leg_id, as_of_seq=before)
    assert [each.list_id for each in site.refusal(leg_id).clearance.facts.listed] == [again]


def test_an_entry_survives_a_restart():
    site = CallingSite()
    before = site.state.last.seq
    site.suppress()
    site.restart()
    leg_id = site.request()
    site.know(leg_id, as_of_seq=before)
    assert site.why_not(leg_id) == "DNC-COMPANY"


@pytest.mark.parametrize(
    ("scope", "value", "crowd"),
    [
        pytest.param("area_code", "+1212", 5_000, marks=pytest.mark.thorough),
        ("wireless", "+1212", 1_200),
        ("wildcard", "+1?12???????", 1_200),
        ("household", "h1", 1_200),
    ],
)
def test_an_entry_that_covers_thousands_who_wait_is_kept_and_none_of_them_is_rung(scope, value, crowd):
    """Half of them wait for the carrier's rate, half for what is to be known of them."""
    site = CallingSite(calls_per_second=1, dials_per_hour=0)
    first = site.call_out(MIAMI)
    site.checked = False  # so many are too many to compare after each turn
    legs = [ask(site, number, household=value if scope == "household" else "") for number in range(crowd)]
    for leg_id in legs[::2]:
        known = e.CallFactsGathered(dial_id=leg_id, as_of_seq=site.state.last.seq)
        site.take(known, 0)
    before = site.state.last.seq
    assert (len(site.state.dials), len(site.state.gathering)) == (crowd // 2, crowd // 2)
    assert site.suppress(value, scope=scope)
    assert 0 < len(site.happened(e.DialRefused)) <= 100
    for leg_id in list(site.state.gathering.rows):
        site.take(e.CallFactsGathered(dial_id=leg_id, as_of_seq=before), 0)
    site.wait(10_000)
    site.checked = True
    site.wait(1_000)
    assert site.rung() == [first]
    refused = site.ever(e.DialRefused)
    assert {event.rule for event in refused} == {f"DNC-{scope.upper().replace('_', '-')}"}
    assert sorted(event.dial_id for event in refused) == sorted(legs)


def ask(site, number, household="") -> str:
    """One of very many, all at the same instant."""
    leg_id, to = f"main-y{number}", f"+1212{2_000_000 + number}"
    role, tel = PartyRole.CUSTOMER, f"tel:{to}"
    site.take(e.LegStarted(leg_id=leg_id, role=role, endpoint_kind="tel", endpoint=tel, call_id="room"), 0)
    subject = Subject(person_id=f"p{number}", household_id=household)
    fields = {"leg_id": leg_id, "number": to, "campaign_id": "spring", "subject": subject}
    site.take(e.DialRequested(dial_id=leg_id, purpose="campaign", **fields), 0)
    return leg_id


def test_an_entry_that_covers_very_many_on_their_way_is_kept():
    site = CallingSite(dials_per_hour=0)
    site.checked = False
    for number in range(1_100):
        leg_id = ask(site, number)
        site.take(e.CallFactsGathered(dial_id=leg_id, as_of_seq=site.state.last.seq), 0)
    assert len(site.rung()) == 1_100
    assert site.suppress("+1212", scope="area_code")
    assert len(site.happened(e.ReleaseRequested)) == 300


def test_every_scope_says_what_it_wants():
    for scope in ("company", "campaign", "area_code", "wireless", "wildcard", "household"):
        assert mistake(SuppressionKey(scope=scope, value="")).startswith(f"For scope {scope} give ")
    assert not covers(SuppressionKey(scope="household", value="p1"), NUMBER, None, "", "")
