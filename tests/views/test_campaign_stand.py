"""How a campaign stands, for whoever watches it: what is in its way, what the day came to, the last minutes."""

from typing import Any

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.air import LATE_MS
from cti.core.base import changed
from cti.core.calling import Calendar, ConductDemand
from cti.core.campaign import HeldLead
from cti.core.campaign_config import LedgerBound, Pacing
from cti.core.commands import ClaimLeads
from cti.core.ledger import Ledger, day_of
from cti.core.state import State
from cti.core.times import OpeningSpan
from cti.core.zone import site_zone
from cti.dialer.launching import bounds_for
from cti.views.campaign import CampaignStand, Today, stand_of
from cti.views.campaign_trail import POINT_MS, CampaignTrail
from tests.dialer.calling_site import DAY_MS, HOUR_MS, HOURS, MINUTE_MS, NUMBERING, TUESDAY_NOON
from tests.dialer.campaign_site import ABANDONED, CampaignSite, dialled
from tests.dialer.test_sharing_agents import MIDNIGHT_AT, NEAR, begun, talked_to

UNSURE = Pacing(certain=False)
MORNINGS = tuple(OpeningSpan(weekday=day, opens=9 * 60, closes=11 * 60) for day in range(7))


def stand(site: CampaignSite, campaign_id: str = "spring") -> CampaignStand:
    return stand_of(site.state, campaign_id, site.at)


def later(site: CampaignSite, ms: int) -> CampaignStand:
    """As it will stand if nothing happens until then."""
    return stand_of(site.state, "spring", site.at + ms)


def obstacles(site: CampaignSite, campaign_id: str = "spring") -> list[tuple[str, str]]:
    return [(each.code, each.words) for each in stand(site, campaign_id).obstacles]


def talk(site: CampaignSite, leg_id: str, ms: int = 0) -> None:
    """Somebody answers, talks and hangs up."""
    site.pick_up(leg_id)
    contact = site.state.contacts[site.state.legs[leg_id].contact_id]
    site.join(leg_id, contact.call_id)
    site.wait(ms)
    site.end(leg_id)


def test_nothing_is_in_the_way_of_a_campaign_with_leads_and_free_agents() -> None:
    site = CampaignSite()
    site.start()
    assert obstacles(site) == []


def test_who_stopped_it_and_when_is_in_the_way() -> None:
    site = CampaignSite()
    assert obstacles(site) == [("stopped", "nobody has started it yet")]
    site.start()
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.control("pause")
    assert obstacles(site) == [("paused", "paused by sue since 16:00")]
    site.control("drain")
    assert obstacles(site) == [("draining", "drained by sue since 16:00: it stops after the calls that go on (1)")]
    site.control("stop")
    assert obstacles(site) == [("stopped", "stopped by sue since 16:00")]


def test_a_campaign_that_agents_dial_says_so() -> None:
    site = CampaignSite(dialled(), changed(dialled("byhand"), dialling=None))
    assert [code for code, _ in obstacles(site, "byhand")] == ["by_hand"]


@pytest.mark.parametrize(
    ("fields", "words", "until"),
    [
        ({"spans": MORNINGS}, "outside its hours: it dials again Wed 09:00", TUESDAY_NOON + 17 * HOUR_MS),
        ({"from_date": "2025-06-20"}, "outside its hours: it dials again Fri 00:00", TUESDAY_NOON + 56 * HOUR_MS),
        ({"from_date": "2025-07-01"}, "outside its hours: it dials again 2025-07-01 00:00", None),
        ({"until_date": "2025-06-16"}, "its last date was 2025-06-16", 0),
        ({"spans": MORNINGS, "until_date": "2025-06-17"}, "its last date was 2025-06-17", 0),
    ],
)
def test_its_calendar_is_in_the_way_until_it_opens(fields: dict[str, Any], words: str, until: int | None) -> None:
    site = CampaignSite(dialled(**fields))
    site.start()
    found = stand(site).obstacles[0]
    assert found.words == words
    assert until is None or found.until == until


def test_a_holiday_of_the_site_is_in_the_way_by_its_name() -> None:
    site = CampaignSite(dialled(spans=MORNINGS, closed_on=("US",)))
    day = Calendar(
        calendar_id="US", name="Holidays", first=2020, last=2030, dates=("2025-06-17",), names=("Founders' Day",)
    )
    site.apply(changed(site.state.config, calling=changed(site.state.config.calling, calendars={"US": day})))
    site.start()
    found = stand(site).obstacles[0]
    assert found.words == "2025-06-17 is Founders' Day, calendar US: it dials again Wed 09:00"
    for agent_id in site.agent_ids:  # who go home
        site.end(site.state.agents[agent_id].leg_id)
    site.wait_until(found.until)
    assert [code for code, _ in obstacles(site)] != ["hours"]


def test_lists_that_give_nobody_are_in_the_way() -> None:
    site = CampaignSite()
    site.control("start")
    assert obstacles(site) == [("claiming", "leads are being fetched")]
    site.give(leads=0)
    assert obstacles(site) == [("no_leads", "nobody on its lists may be called just now")]
    assert stand(site).obstacles[0].until == site.at + MINUTE_MS


def test_a_preview_that_nobody_is_there_for_says_so() -> None:
    site = CampaignSite(dialled(mode="preview"), agents=0)
    site.control("start")
    assert obstacles(site) == [("no_agents", "nobody serves the queue outbound")]
    site = CampaignSite(dialled(mode="preview"), agents=1)
    site.control("start")
    assert obstacles(site) == []
    site.take(e.NotReadyRequested(agent_id="a0", reason="break"))
    (found,) = obstacles(site)
    assert found == ("no_agents", "no agent is there: the only one is signed out, on a break or not on a line yet")


def test_agents_who_are_not_there_or_not_free_are_in_the_way() -> None:
    site = CampaignSite(dialled(mode="progressive"), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    assert obstacles(site)[0][1] == "no agent is free for another line: 1 free, 1 of them for lines in the air"
    site.pick_up(leg_id)
    assert obstacles(site) == [("no_agent_free", "no agent is free")]
    site = CampaignSite(agents=0)
    site.start()
    assert obstacles(site) == [("no_agents", "nobody serves the queue outbound")]
    site = CampaignSite(agents=1)
    site.start()
    site.take(e.NotReadyRequested(agent_id="a0", reason="break"))
    assert [code for code, _ in obstacles(site)] == ["no_agents"]


@pytest.mark.parametrize("mode", ["predictive", "progressive"])
def test_agents_who_are_left_for_callers_are_in_the_way(mode: Any) -> None:
    """Not the ceiling, even where that is what another line would break without them."""
    site = CampaignSite(dialled(mode=mode, agents_kept=2), agents=2)
    site.start()
    words = "no agent is free for another line: 2 free, 2 are left for callers"
    assert obstacles(site) == [("no_agent_free", words)]
    assert site.pace(1) == []
    assert site.ever(e.LinesPaced)[-1].reason == "agents_kept"


def test_the_ceiling_and_the_number_of_lines_are_in_the_way() -> None:
    site = CampaignSite(dialled(pacing=Pacing(lines_max=1)), agents=1)
    site.start()
    site.pace(1)
    assert obstacles(site) == [
        ("lines_max", "1 line is in the air, and it may have 1"),
        (
            "ceiling",
            "the ceiling of US-ABN: with another line 1 could find nobody, and 0 may until answers make up for it",
        ),
    ]


def test_without_a_certificate_the_ceiling_is_in_nobodys_way() -> None:
    site = CampaignSite(dialled(pacing=UNSURE), agents=1)
    site.start()
    site.pace(1)
    assert obstacles(site) == []


@pytest.mark.parametrize("mode", ["predictive", "progressive"])
def test_what_is_told_to_be_in_the_way_is_what_keeps_lines_from_being_begun(mode: str) -> None:
    site = CampaignSite(dialled(mode=mode, pacing=Pacing(lines_max=4)), agents=3)
    site.start()
    for _ in range(6):
        told = obstacles(site)
        assert bool(site.pace(1)) == (not told)


def test_a_line_of_another_campaign_that_wants_the_same_agent_is_in_the_way() -> None:
    """Though this one has no certificate itself."""
    other = changed(dialled("winter", pacing=UNSURE), seller="castle")
    site = CampaignSite(dialled(), other, agents=1)
    begun(site, "spring", 1)
    site.start("winter")
    ((code, words),) = obstacles(site, "winter")
    assert code == "ceiling"
    assert words.startswith("the ceiling harbour/service/US of lines beside its own: with another line 1 could")
    assert site.pace(1) == []


def test_before_midnight_the_ceiling_is_told_as_it_is_asked() -> None:
    """A line that may end on the next day counts on a window that has no answers yet."""
    demand = ConductDemand(abandoned_ppm_max=500_000, abandoned_days=1, connect_ms=2_000)
    site = CampaignSite(agents=1, rules=(HOURS, changed(ABANDONED, demand=demand)))
    site.apply(changed(site.state.config, zone="near", zones={**site.state.config.zones, "near": NEAR}))
    talked_to(site, "spring")
    site.start()
    site.pace(1)
    assert obstacles(site) == []
    site.wait_until(MIDNIGHT_AT - LATE_MS)
    assert [code for code, _ in obstacles(site)] == ["ceiling"]
    assert site.pace(1) == []


def test_a_lead_that_is_kept_for_an_agent_is_nobody_who_could_be_called() -> None:
    site = CampaignSite()
    site.control("start")
    asked = next(each for each in site.asked if isinstance(each, ClaimLeads))
    site.not_ready("a0")
    promised = replace(site.lead(1), callback=True, callback_for="a0", due_at=site.at)
    claimed = {"campaign_id": "spring", "claim_id": asked.claim_id, "as_of_seq": site.state.last.seq}
    site.take(e.LeadsClaimed(**claimed, leads=(promised,)))
    assert site.pace(1) == []
    assert [code for code, _ in obstacles(site)] == ["claiming"]


def test_a_day_is_counted_and_begins_anew() -> None:
    site = CampaignSite(dialled(pacing=UNSURE), agents=1)
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    contact = site.state.contacts[site.state.legs[first].contact_id]
    site.join(first, contact.call_id)
    site.pick_up(second)
    site.wait(4_100)
    site.end(second)
    site.end(first)
    today = stand(site).today
    assert (today.connects, today.answers, today.abandoned) == (1, 2, 1)
    site.restart()
    assert stand(site).today == today
    assert later(site, DAY_MS).today == Today(day=today.day + 1)


def test_time_on_the_line_is_counted_by_day_whatever_is_done_there() -> None:
    site = CampaignSite(agents=2)
    before = stand(site).agents.line_ms
    assert later(site, HOUR_MS).agents.line_ms == before + 2 * HOUR_MS
    site.end(site.state.agents["a0"].leg_id)
    before = stand(site).agents.line_ms
    site.restart()
    assert 0 < stand(site).agents.line_ms - before < MINUTE_MS
    assert later(site, HOUR_MS).agents.line_ms - before < HOUR_MS + MINUTE_MS
    midnight = 8 * HOUR_MS  # by the site's clocks
    assert HOUR_MS < later(site, midnight + HOUR_MS).agents.line_ms + MINUTE_MS < HOUR_MS + 2 * MINUTE_MS


def test_what_the_day_aims_at_and_what_the_window_allows_are_exact() -> None:
    site = CampaignSite(dialled(pacing=Pacing(target_ppm=20_000)))
    day = day_of(site.at, site_zone(site.state.config))
    ledger_id = "harbour/service/US"
    ledger = Ledger(ledger_id=ledger_id, days=((day - 1, 1_000, 20), (day, 200, 1)))
    site.state.ledgers.put(ledger_id, ledger)
    (found,) = stand(site).ledgers
    assert (found.abandoned, found.answers, found.ceiling_ppm, found.room) == (21, 1_200, 30_000, 15)
    assert (found.today_abandoned, found.today_answers, found.aim_ppm) == (1, 200, 20_000)
    assert found.today_room == 3
    for more, allowed in ((3, True), (4, False)):
        assert (1 + more <= 0.02 * (200 + more)) == allowed


def test_free_agents_on_whom_lines_count_are_told() -> None:
    site = CampaignSite(agents=3)
    site.start()
    site.pace(2)
    agents = stand(site).agents
    assert (agents.free, agents.kept) == (3, 2)


def test_the_last_minutes_are_averages_of_ten_seconds() -> None:
    site, trail = CampaignSite(agents=2), CampaignTrail()
    site.start()
    begun_at = site.at - site.at % POINT_MS + POINT_MS
    for second in range(30):
        site.wait_until(begun_at + 1_000 * second)
        if second == 5:
            site.pace(2)
        trail.sample(site.state, site.at)
        trail.sample(site.state, site.at + 10)  # too soon: not looked at
    first, second_ = trail.points("spring")[-2:]
    assert (first.at, second_.air) == (begun_at, 200)
    assert 0 < first.air < 200
    assert (first.free, first.answers) == (200, 0)
    assert trail.points("autumn") == []


def test_what_pacing_found_is_shown_for_as_long_as_it_says_something_of_now() -> None:
    site, trail = CampaignSite(), CampaignTrail()
    trail.paced(site.at, e.PacingComputed(campaign_id="spring", calls_now=2, method="hazard", theta_ppm=12_000))
    found = trail.paced_at("spring", site.at + 1_000)
    assert found
    assert (found.wanted, found.theta_ppm) == (2, 12_000)
    assert trail.paced_at("spring", site.at + MINUTE_MS) is None
    assert trail.paced_at("autumn", site.at) is None


CALIFORNIA = changed(
    ABANDONED,
    rule_id="US-CA-1PCT",
    jurisdiction="US-CA",
    demand=ConductDemand(abandoned_ppm_max=10_000, abandoned_days=30, connect_ms=2_000),
)
HAWAII = changed(CALIFORNIA, rule_id="US-HI-1PCT", jurisdiction="US-HI")
MOST = changed(
    CALIFORNIA,
    rule_id="US-MOST",
    jurisdiction="US",
    demand=ConductDemand(abandoned_ppm_max=900_000, abandoned_days=30, connect_ms=2_000),
)
"""After an answer or two it is in nobody's way."""


def placed(site: CampaignSite) -> CampaignStand:
    """As it stands for whoever knows where numbers are."""
    return stand_of(site.state, "spring", site.at, None, bounds_of)


def bounds_of(state: State, held: HeldLead) -> tuple[LedgerBound, ...] | None:
    bounds = bounds_for(state, held)
    return None if bounds.refused else bounds.ledgers


def test_ceilings_are_used_that_a_lead_a_line_or_an_answer_falls_under() -> None:
    site = CampaignSite(agents=1, rules=(HOURS, ABANDONED, CALIFORNIA, HAWAII))
    assert [each.used for each in placed(site).ledgers] == [False, False, False]
    site.start(leads=1)
    assert {each.rule_id: each.used for each in placed(site).ledgers} == {
        "US-ABN": True,
        "US-CA-1PCT": False,
        "US-HI-1PCT": False,
    }
    (leg_id,) = site.pace(1)
    assert [each.rule_id for each in placed(site).ledgers if each.used] == ["US-ABN"]
    talk(site, leg_id, ms=3_000)
    site.control("stop")
    assert [each.rule_id for each in placed(site).ledgers if each.used] == ["US-ABN"]


def test_a_ceiling_is_in_the_way_only_of_those_whom_it_binds() -> None:
    """Two answers leave room for nobody; the next is in New York, where one more rule binds nobody."""
    site = CampaignSite(agents=1, rules=(HOURS, ABANDONED, HAWAII))
    site.start(leads=3)
    site.pace(1)
    assert [each.words.partition(":")[0] for each in placed(site).obstacles] == ["the ceiling of US-ABN"]
    assert site.pace(1) == []


def test_as_long_as_one_lead_may_be_called_no_ceiling_is_in_the_way() -> None:
    site = CampaignSite(agents=1, rules=(HOURS, MOST, HAWAII))
    site.start(leads=3)
    for _ in range(2):
        (leg_id,) = site.pace(1)
        talk(site, leg_id, ms=3_000)
    site.pace(1)
    site.give(leads=1, area="808")
    assert [each.words.partition(":")[0] for each in placed(site).obstacles] == ["the ceiling of US-HI-1PCT"]
    assert site.pace(1) == []
    site.give(leads=1)
    assert placed(site).obstacles == ()
    assert len(site.pace(1)) == 1


def test_no_ceiling_is_in_the_way_of_a_lead_that_the_rules_refuse() -> None:
    """It is in London, whose rule lets nobody be left alone; and the campaign calls nobody there."""
    british = changed(
        ABANDONED,
        rule_id="GB-ABN",
        jurisdiction="GB",
        demand=ConductDemand(abandoned_ppm_max=0, abandoned_days=1, connect_ms=2_000),
    )
    numbering = changed(NUMBERING, countries={**NUMBERING.countries, "GB": ("Europe/London",)})
    site = CampaignSite(agents=1, rules=(HOURS, ABANDONED, british))
    site.apply(changed(site.state.config, calling=changed(site.state.config.calling, numbering=numbering)))
    site.start(leads=1)
    site.pace(1)
    asked = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    abroad = replace(site.lead(7), numbers=(e.LeadNumber(number="+442071838750"),))
    claimed = {"campaign_id": "spring", "claim_id": asked.claim_id, "as_of_seq": site.state.last.seq}
    site.take(e.LeadsClaimed(**claimed, leads=(abroad, site.lead(8))))
    found = placed(site)
    assert [each.words.partition(":")[0] for each in found.obstacles] == ["the ceiling of US-ABN"]
    assert [each.ledger_id for each in found.ledgers if each.used] == ["harbour/service/US"]
