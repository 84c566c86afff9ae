"""What goes wrong with calling rules in practice, case by case: `docs/reference/compliance-cases.md` has the list."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from cti.configuration.zones import table
from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import (
    AttemptFact,
    Calendar,
    CallingRule,
    CapDemand,
    ClosedDemand,
    ConductDemand,
    ConsentDemand,
    HoursDemand,
    Listing,
    RegistryDemand,
    Subject,
)
from cti.core.numbering import Address, Place
from cti.core.states import Outcome
from cti.core.times import OpeningSpan
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.judge import judge
from cti.dialer.calling.rulebook import Rulebook
from tests.centre import agent, centre
from tests.dialer.calling_site import (
    DAY_MS,
    DNC,
    HOUR_MS,
    HOURS,
    MIAMI,
    MINUTE_MS,
    NUMBER,
    OTHER,
    TUESDAY_NOON,
    CallingSite,
    calling,
    campaign,
)

WHO = Subject(person_id="p1", household_id="h1", debt_id="d1")
NEW_YORK, HONOLULU = "America/New_York", "Pacific/Honolulu"


def rule(rule_id, demand, **fields):
    return CallingRule(**{"rule_id": rule_id, "jurisdiction": "US", "title": rule_id, "demand": demand, **fields})


def earlier(at, *told, same=("number",), attempt_id="a1", called=True):
    return AttemptFact(at=at, same=same, told=told, called=called, attempt_id=attempt_id)


def instant(text, zone=NEW_YORK):
    """A local time as ms UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1_000)


def ask(site, *attempts, **fields):
    """The rule that refuses such a call; empty when it is rung."""
    leg_id = site.request(**fields)
    if leg_id in site.state.gathering:
        site.know(leg_id, attempts=attempts)
    if leg_id in site.rung():  # nobody is rung twice at once
        site.refuse(leg_id)
    return site.why_not(leg_id)


def apply(site, config, **fields):
    site.apply(centre(agent("anna"), agent("ben"), calling=config, zones=site.state.config.zones, **fields))


@pytest.mark.parametrize("stage", ["asked", "waiting", "sent", "ringing", "talking"])
def test_an_addition_at_every_stage_of_a_call(stage):
    """C1. What was not answered yet is given up, as soon as a rule lets it; the next call is not made."""
    site = CallingSite(calls_per_second=1)
    blocker = site.call_out(OTHER) if stage == "waiting" else ""
    leg_id = site.request() if stage == "asked" else site.call_out()
    if stage in ("ringing", "talking"):
        site.place(leg_id)
        site.alert(leg_id)
    if stage == "talking":
        site.answer(leg_id)
    site.suppress()
    if stage in ("asked", "waiting"):
        assert site.why_not(leg_id) == "DNC-COMPANY"
        assert site.rung() == ([blocker] if blocker else [])
    else:
        assert site.state.legs[leg_id].released == (stage in ("sent", "ringing"))
    before = site.state.last.seq - 1
    again = site.request()
    site.know(again, as_of_seq=before)
    assert site.why_not(again) == "DNC-COMPANY"


def test_an_opt_out_by_key_press_holds_at_once():
    """C4. Nobody has to have heard of it first."""
    site = CallingSite(calls_per_second=1)
    site.call_out(OTHER)
    waiting = site.call_out()
    site.suppress(origin="key_press", reason="pressed 9 in the message", campaign_id="spring", scope="campaign")
    assert site.why_not(waiting) == "DNC-CAMPAIGN"
    assert ask(site, campaign_id="autumn") == ""


def test_a_registry_grows_too_old_in_the_middle_of_a_shift():
    """C6. On day 31 to the millisecond it will do, after that nobody is called."""
    site = CallingSite(calling(changed(DNC, jurisdiction="US")))
    hours = calling(HOURS, DNC)
    apply(site, hours)
    as_of = TUESDAY_NOON + HOUR_MS - 31 * DAY_MS
    site.take(
        e.RegistrySwitchRequested(
            registry_id="us_national", version="v1", count=5, added=5, removed=0, as_of=as_of, by="anna"
        )
    )
    site.wait_until(TUESDAY_NOON + HOUR_MS - 1_000)
    assert ask(site, campaign_id="sales") == ""
    site.wait_until(TUESDAY_NOON + HOUR_MS)
    assert ask(site, number=OTHER, campaign_id="sales") == "US-DNC"
    assert ask(site, number=OTHER, campaign_id="spring") == ""


def test_the_last_call_of_the_day_has_rung_when_the_hours_end():
    """C7. Ringing and setting up must fit before the end."""
    site = CallingSite()
    closes = TUESDAY_NOON + 9 * HOUR_MS
    site.wait_until(closes - 30_000 - 30)  # three turns of 10 ms
    assert ask(site) == ""
    [cleared] = site.ever(e.DialCleared)
    assert cleared.ring_by <= closes
    site.wait_until(closes - 30_000 + 1)
    leg_id = site.request(OTHER)
    site.know(leg_id)
    assert site.why_not(leg_id) == "US-HOURS"
    assert site.refusal(leg_id).next_allowed_at == closes + 11 * HOUR_MS


def test_hours_that_have_begun_in_one_of_two_zones_only():
    """C8. Both must allow it."""
    site = CallingSite()
    both = Address(country="US", zone=HONOLULU)
    leg_id = site.request(address=both)
    site.know(leg_id)
    assert set(site.refusal(leg_id).clearance.facts.zones) == {NEW_YORK, HONOLULU}
    assert site.why_not(leg_id) == "US-HOURS"
    site.wait_until(instant("2025-06-17 08:00", HONOLULU))
    assert ask(site, address=both) == ""


def test_a_holiday_that_is_proclaimed_at_noon_ends_the_calls_of_the_day():
    """C9. By the local date, from the turn in which it is known."""
    closed = rule("US-HOLIDAY", ClosedDemand(closed_on=("us",)))
    calendar = Calendar(calendar_id="us", name="Holidays", first=2025, last=2026, dates=("2025-06-18",))
    site = CallingSite(calling(HOURS, closed, calendars={"us": calendar}), calls_per_second=1)
    assert ask(site) == ""
    waiting = site.call_out(OTHER)
    today = changed(calendar, dates=("2025-06-17", "2025-06-18"))
    apply(site, calling(HOURS, closed, calendars={"us": today}), calls_per_second=1)
    site.wait(5_000)
    assert site.why_not(waiting) == "US-HOLIDAY"
    assert site.refusal(waiting).next_allowed_at == instant("2025-06-19 08:00")


def test_a_day_of_twenty_three_hours_is_no_shorter_for_a_cap_in_hours():
    """C10. After 24 hours that passed, whatever the clock on the wall says."""
    cap = rule("US-CAP", CapDemand(most=1, hours=24))
    site = CallingSite(calling(HOURS, cap), zones={NEW_YORK: table(NEW_YORK)})
    called_at = instant("2026-03-07 12:00")
    site.wait_until(instant("2026-03-08 12:30"))
    assert ask(site, earlier(called_at)) == "US-CAP"
    refused = site.ever(e.DialRefused)[-1]
    assert refused.next_allowed_at == called_at + 24 * HOUR_MS == instant("2026-03-08 13:00")
    site.wait_until(refused.next_allowed_at)
    assert ask(site, earlier(called_at)) == ""


@pytest.mark.parametrize("fold", [0, 1])
def test_an_hour_that_comes_twice_is_closed_both_times(fold):
    """C10. At the end of summer the clocks show half past one twice: hours that end at two hold for both."""
    early = HoursDemand(spans=(OpeningSpan(weekday=6, opens=60, closes=90),))
    site = CallingSite(calling(rule("US-EARLY", early)))
    open_at = datetime(2025, 11, 2, 1, 15, tzinfo=ZoneInfo(NEW_YORK), fold=fold)
    site.wait_until(int(open_at.timestamp() * 1_000))
    assert ask(site) == ""
    site.wait_until(int(open_at.timestamp() * 1_000) + 20 * MINUTE_MS)
    assert ask(site, number=OTHER) == "US-EARLY"


def test_a_holiday_across_the_date_line():
    """C11. At the same instant it is a holiday for one and not for the other."""
    closed = rule("US-HOLIDAY", ClosedDemand(closed_on=("us",)))
    calendar = Calendar(calendar_id="us", name="Holidays", first=2025, last=2026, dates=("2025-06-18",))
    config = calling(all_day(), closed, calendars={"us": calendar})
    guam, samoa = "Pacific/Guam", "Pacific/Pago_Pago"
    book = Rulebook(config, {name: table(name) for name in (guam, samoa)})
    at, spring = instant("2025-06-18 09:00", guam), config.campaigns["spring"]

    def refused_in(*zones):
        place = Place(country="US", jurisdictions=("US",), zones=zones, line="fixed")
        return [block.rule for block in judge(book, call_facts(spring, place), spring, at)]

    assert refused_in(guam) == ["US-HOLIDAY"]
    assert refused_in(samoa) == []
    assert refused_in(samoa, guam) == ["US-HOLIDAY"]


def all_day():
    """Hours that never end."""
    spans = tuple(changed(span, opens=0, closes=1_440) for span in HOURS.demand.spans)
    return changed(HOURS, demand=changed(HOURS.demand, spans=spans))


@pytest.mark.parametrize(
    ("demand", "allowed_from"),
    [
        (CapDemand(most=3, hours=24), TUESDAY_NOON + 3 * HOUR_MS),
        (CapDemand(most=3, days=1), instant("2025-06-18 00:00")),
    ],
    ids=["24 hours", "a day"],
)
def test_the_fourth_call_comes_a_day_later_to_the_millisecond(demand, allowed_from):
    """C12. Hours that passed, or the local date: they are not the same."""
    site = CallingSite(calling(all_day(), rule("US-CAP", demand)))
    first = TUESDAY_NOON + 3 * HOUR_MS - 24 * HOUR_MS
    if demand.days:
        first = instant("2025-06-17 00:00")
    calls = [earlier(first + place * MINUTE_MS, attempt_id=f"a{place}") for place in range(3)]
    leg_id = site.request()
    site.know(leg_id, attempts=tuple(calls))
    assert site.refusal(leg_id).next_allowed_at == allowed_from
    site.wait_until(allowed_from - 20)
    assert ask(site, *calls, number=NUMBER) == ""


def test_a_talk_for_another_campaign_starts_the_rest_of_a_debt():
    """C13. Whoever talked with them, and from whichever number."""
    site = CallingSite()
    talked = earlier(TUESDAY_NOON - 6 * DAY_MS, "answers", "conversations", same=("debt",))
    leg_id = site.request(campaign_id="debts", subject=WHO)
    site.know(leg_id, attempts=(talked,))
    assert site.why_not(leg_id) == "US-REST"
    assert site.refusal(leg_id).next_allowed_at == instant("2025-06-18 08:00")


def test_an_abandoned_call_locks_a_number_for_every_campaign():
    """C14. For 72 hours, unless an agent is guaranteed."""
    lock = CapDemand(most=1, of="abandoned", hours=72)
    site = CallingSite(calling(HOURS, rule("US-LOCK", lock, unless_guaranteed=True)))
    first = site.call_out(campaign_id="spring")
    site.take(e.AttemptAbandoned(attempt_id=first))
    site.refuse(first)
    assert ask(site, campaign_id="elsewhere") == "US-LOCK"
    assert ask(site, campaign_id="elsewhere", guaranteed=True) == ""
    assert ask(site, number=OTHER, campaign_id="elsewhere") == ""


def test_consent_that_was_taken_back_is_none_whatever_the_seller_says():
    """C15. Before the call it is a fact of the call; while it waits, an addition to the lists stops it."""
    needs = rule("US-CONSENT", ConsentDemand(consent="express"))
    site = CallingSite(calling(HOURS, needs, campaigns=(campaign("spring", consent="express"),)), calls_per_second=1)
    assert ask(site) == ""
    assert ask(site, number=OTHER, consent="none") == "US-CONSENT"
    waiting = site.call_out("+12125550125")
    site.suppress("+12125550125", reason="took consent back")
    assert site.why_not(waiting) == "DNC-COMPANY"


@pytest.mark.parametrize("stage", ["cleared", "placed", "ringing", "answered"])
def test_consent_that_is_taken_back_between_the_clearance_and_the_talk(stage):
    """C15. Nobody answers it any more, or whoever takes the call knows; and no other call follows."""
    needs = rule("US-CONSENT", ConsentDemand(consent="express"))
    site = CallingSite(calling(HOURS, needs, campaigns=(campaign("spring", consent="express"),)))
    leg_id = site.call_out()
    for step in (site.place, site.alert, site.answer)[: ("cleared", "placed", "ringing", "answered").index(stage)]:
        step(leg_id)
    before = site.state.last.seq
    site.suppress(reason="took consent back")
    told = [event.ring_by for event in site.ever(e.AttemptUnwanted)]
    assert site.state.legs[leg_id].released == (stage != "answered")
    assert told == {"cleared": [], "answered": [0]}.get(stage, [site.state.last.at])
    again = site.request()
    site.know(again, as_of_seq=before)
    assert site.why_not(again) == "DNC-COMPANY"


def test_a_callback_that_was_promised_for_the_night_waits_for_the_morning():
    """C16. A promise is no exemption, and the refusal says when."""
    site = CallingSite()
    site.wait_until(instant("2025-06-17 22:00"))
    leg_id = site.request(purpose="callback")
    site.know(leg_id)
    assert site.why_not(leg_id) == "US-HOURS"
    assert site.refusal(leg_id).next_allowed_at == instant("2025-06-18 08:00")


def test_a_new_address_counts_from_the_next_call_on():
    """C17. Whoever is called at the same number is where they were last known to be: beside what the number says, or,
    when that was verified, in its place."""
    site = CallingSite()
    assert ask(site) == ""
    said = Address(country="US", zone=HONOLULU)
    assert ask(site, address=said) == "US-HOURS"
    assert set(site.ever(e.DialRefused)[-1].clearance.facts.zones) == {NEW_YORK, HONOLULU}
    moved = Address(country="US", zone=HONOLULU, verified=True)
    assert ask(site, address=moved) == "US-HOURS"
    assert site.ever(e.DialRefused)[-1].clearance.facts.zones == (HONOLULU,)
    site.wait_until(instant("2025-06-17 16:00", HONOLULU))  # ten at night in New York
    assert ask(site, address=said) == "US-HOURS"
    assert ask(site, address=moved) == ""


def test_two_sellers_have_lists_of_their_own():
    """C18. Who does not want to hear from one may hear from the other."""
    site = CallingSite()
    before = site.state.last.seq
    site.suppress(seller="harbour")
    for name, refused in (("spring", "DNC-COMPANY"), ("elsewhere", "")):
        leg_id = site.request(campaign_id=name)
        site.know(leg_id, as_of_seq=before)
        assert site.why_not(leg_id) == refused


def test_without_a_message_to_play_nobody_is_called_who_may_find_no_agent():
    """C19. The message is part of the campaign's settings, and looked at before anything rings."""
    modes = ("progressive", "predictive")
    says = rule("US-MESSAGE", ConductDemand(message=("seller", "opt_out")), modes=modes)
    campaigns = (
        campaign("silent", mode="predictive"),
        campaign("spoken", mode="predictive", message=("seller", "opt_out")),
        campaign("slow", mode="progressive"),
        campaign("manual", mode="manual"),
    )
    site = CallingSite(calling(HOURS, says, campaigns=campaigns))
    answers = [ask(site, campaign_id=each.campaign_id) for each in campaigns]
    assert answers == ["US-MESSAGE", "", "US-MESSAGE", ""]


def test_a_campaign_under_another_name_counts_with_its_sellers_others():
    """C20. What was counted is the seller's."""
    cap = rule("US-CAP", CapDemand(most=1, hours=24, across="seller"))
    site = CallingSite(calling(HOURS, cap))
    assert ask(site, campaign_id="spring") == ""
    assert ask(site, campaign_id="autumn") == "US-CAP"
    assert ask(site, campaign_id="elsewhere") == ""


def test_a_number_that_was_given_up_is_on_a_list_that_a_rule_asks():
    """C23. Who has a number by now only such a list tells: consent of whoever had it before is none."""
    given_up = RegistryDemand(registry_id="us_national", days=31)
    site = CallingSite(calling(HOURS, rule("US-GIVEN-UP", given_up)))
    switch(site, "v1")
    here = Listing(list_id="us_national", scope="registry")
    leg_id = site.request(consent="written", customer_at=TUESDAY_NOON - DAY_MS)
    site.know(leg_id, listed=(here,))
    assert site.why_not(leg_id) == "US-GIVEN-UP"


def test_what_the_one_before_agreed_to_is_not_the_next_ones():
    """C23. A number that another person has by now: consent and custom are of the person for whom it is dialled."""
    needs = rule("US-CONSENT", ConsentDemand(consent="express"), unless_customer_days=30)
    site = CallingSite(calling(HOURS, needs))
    before, now = Subject(person_id="p1"), Subject(person_id="p2")
    assert ask(site, subject=before, consent="express") == ""
    assert ask(site, subject=before, customer_at=TUESDAY_NOON - DAY_MS) == ""
    assert ask(site, subject=now) == "US-CONSENT"


def switch(site, version):
    site.take(
        e.RegistrySwitchRequested(
            registry_id="us_national", version=version, count=5, added=5, removed=0, as_of=TUESDAY_NOON, by="anna"
        )
    )


def test_a_list_that_is_loaded_anew_in_the_middle_of_a_call_loses_nothing_of_it():
    """C24. The call is told to its end, and counts; the next one is judged by the new version."""
    site = CallingSite(calling(HOURS, DNC, rule("US-ONCE", CapDemand(most=1, hours=24))))
    switch(site, "v1")
    leg_id = site.call_out(campaign_id="sales", subject=WHO)
    site.place(leg_id)
    site.alert(leg_id)
    switch(site, "v2")
    assert not site.state.legs[leg_id].released
    site.answer(leg_id)
    site.end(leg_id)
    assert site.ever(e.AttemptEnded) == [e.AttemptEnded(attempt_id=leg_id, outcome=Outcome.UNKNOWN)]
    again = site.request(campaign_id="sales", subject=WHO)
    assert site.gathers(again)[-1].registries == (("us_national", "v2"),)
    site.know(again)
    assert site.why_not(again) == "US-ONCE"


def test_a_lead_that_is_changed_or_gone_in_the_middle_of_a_call_loses_nothing_of_it():
    """C24. For whom a call was is what was said when it was asked for: nobody is looked up again at its end."""
    site = CallingSite(calling(HOURS, rule("US-ONCE", CapDemand(most=1, hours=24, per="lead"))))
    leg_id = site.call_out(subject=Subject(lead_id="l1"))
    site.place(leg_id)
    site.answer(leg_id)
    site.end(leg_id)
    assert [event.attempt_id for event in site.ever(e.AttemptEnded)] == [leg_id]
    assert ask(site, number=OTHER, subject=Subject(lead_id="l1", person_id="p9")) == "US-ONCE"
    assert ask(site, number=OTHER, subject=Subject(lead_id="l2")) == ""


def test_a_campaign_that_is_deleted_in_the_middle_of_a_call_loses_nothing_of_it():
    """C24. What comes of the call is still told."""
    site = CallingSite()
    leg_id = site.call_out(subject=WHO)
    apply(site, calling(campaigns=(campaign("autumn"),)))
    site.place(leg_id)
    site.answer(leg_id)
    site.end(leg_id)
    assert site.ever(e.AttemptEnded) == [e.AttemptEnded(attempt_id=leg_id, outcome=Outcome.UNKNOWN)]
    assert ask(site, campaign_id="spring") == "destination"
    assert ask(site, campaign_id="autumn", number=OTHER) == ""


def test_a_version_that_is_not_at_hand_whole_lets_nobody_through():
    """C25. What cannot be looked into is a no; the version before stays in force until a whole one is."""
    site = CallingSite()
    site.take(
        e.RegistrySwitchRequested(
            registry_id="us_national", version="v1", count=5, added=5, removed=0, as_of=TUESDAY_NOON, by="anna"
        )
    )
    leg_id = site.request(campaign_id="sales")
    site.know(leg_id, missing="version v1 of us_national is not here: import it")
    assert site.why_not(leg_id) == "FACTS-MISSING"
    assert site.rung() == []


@pytest.mark.parametrize("purpose", ["manual", "callback", "campaign"])
@pytest.mark.parametrize(
    ("number", "first", "second", "busy"),
    [
        (NUMBER, None, None, True),
        (NUMBER, Subject(person_id="p1"), Subject(person_id="p2"), True),
        (OTHER, Subject(person_id="p1"), Subject(person_id="p1"), True),
        (OTHER, Subject(lead_id="l1"), Subject(lead_id="l1", person_id="p1"), True),
        (OTHER, Subject(household_id="h1", debt_id="d1"), Subject(household_id="h1", debt_id="d1"), False),
        (OTHER, None, None, False),
    ],
)
def test_there_are_never_two_lines_to_one_person(purpose, number, first, second, busy):
    """C22. Whatever for, and until the other is over."""
    site = CallingSite(calling(HOURS))
    live = site.call_out(NUMBER, subject=first)
    leg_id = site.call_out(number, subject=second, purpose=purpose, campaign_id="elsewhere")
    assert site.why_not(leg_id) == ("PERSON-BUSY" if busy else "")
    assert (leg_id in site.rung()) is not busy
    if busy:
        assert site.refusal(leg_id).detail.endswith("try again when it is over.")
        assert site.refusal(leg_id).next_allowed_at == -1, "nobody knows when that will be"
        site.refuse(live)
        assert ask(site, number=number, subject=second, purpose=purpose, campaign_id="elsewhere") == ""


def test_of_two_dials_to_one_person_that_wait_one_leaves():
    """C22. It is looked at when each leaves, not only when it is asked for."""
    site = CallingSite(calling(HOURS), calls_per_second=1)
    site.call_out(MIAMI)
    legs = [site.call_out(number, subject=Subject(person_id="p1")) for number in (NUMBER, OTHER)]
    assert [leg_id in site.state.dials for leg_id in legs] == [True, True]
    site.wait(5_000)
    assert [site.why_not(leg_id) for leg_id in legs] == ["", "PERSON-BUSY"]
    assert legs[0] in site.rung()
