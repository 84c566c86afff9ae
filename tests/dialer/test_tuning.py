"""A campaign is tuned during a shift: what holds from the next line on, what is not possible, and how it ends."""

from typing import Any

import pytest

from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import CallingRule, ConductDemand
from cti.core.campaign_config import Pacing
from cti.core.commands import Originate
from cti.core.ledger import Ledger, day_of
from cti.core.pools import pools_of
from cti.core.states import AgentState
from cti.core.times import OpeningSpan
from cti.core.zone import DAY_S, offset_s, site_zone
from cti.dialer.observing import Question, observe
from cti.views.campaign import stand_of
from tests.dialer.calling_site import HOURS, calling
from tests.dialer.campaign_site import ABANDONED, CampaignSite, dialled

RINGS = CallingRule(rule_id="US-RING", jurisdiction="US", title="Ring", demand=ConductDemand(ring_s_min=15))
UNSURE = Pacing(certain=False)


def tune(site: CampaignSite, *, back: tuple[str, ...] = (), by: str = "sue", **values: int | str) -> None:
    site.take(e.CampaignTuneRequested(campaign_id="spring", values=tuple(values.items()), back=back, by=by))


def tuned(site: CampaignSite) -> dict[str, int | str]:
    return {each.key: each.value for each in site.state.runs["spring"].tuned}


def refusal(site: CampaignSite) -> str:
    (refused,) = site.happened(e.CampaignControlRefused)
    assert not site.happened(e.CampaignTuned)
    return refused.detail


def question(site: CampaignSite) -> Question:
    (pool,) = pools_of(site.state).every
    asked = observe(site.state, pool, site.at)
    assert asked
    return asked


def local_minute(site: CampaignSite) -> int:
    """Of the day, in the site's zone."""
    return (site.at // 1_000 + offset_s(site_zone(site.state.config), site.at)) % DAY_S // 60


def answered_before(site: CampaignSite, answers: int, abandoned: int) -> None:
    """So many answers today, of which so many were abandoned."""
    day = day_of(site.at, site_zone(site.state.config))
    for state in (site.state, site.twin):
        ledger_id = "harbour/service/US"
        state.ledgers.put(ledger_id, Ledger(ledger_id=ledger_id, days=((day, answers, abandoned),)))
        state.undo.forget()


def test_who_tuned_what_and_when_is_known_and_survives_a_restart() -> None:
    site = CampaignSite()
    tune(site, aim=20_000, lines_max=40)
    at = site.at
    tune(site, by="bob", ring=20)
    site.restart()
    found = [(each.key, each.value, each.by, each.at) for each in stand_of(site.state, "spring", site.at).tuned]
    assert found == [("aim", "2 %", "sue", at), ("lines_max", "40", "sue", at), ("ring", "20 s", "bob", site.at - 10)]


def test_a_value_that_the_file_has_or_a_key_that_goes_back_is_tuned_no_longer() -> None:
    site = CampaignSite()
    tune(site, lines_max=40, share=3, ring=20)
    tune(site, lines_max=1_000)
    assert tuned(site) == {"share": 3, "ring": 20}
    tune(site, back=("share",))
    assert tuned(site) == {"ring": 20}
    tune(site, back=("ring",))
    assert tuned(site) == {}
    assert stand_of(site.state, "spring", site.at).tuned == ()


def test_no_more_lines_are_begun_than_it_is_tuned_to() -> None:
    site = CampaignSite(agents=4)
    site.start()
    tune(site, lines_max=2)
    assert len(site.pace(4)) == 2
    assert site.ever(e.LinesPaced)[-1].reason == "lines_max"
    tune(site, back=("lines_max",))
    assert len(site.pace(4)) == 2


def test_agents_are_kept_for_callers_from_the_next_decision_on() -> None:
    site = CampaignSite(agents=3)
    site.start()
    assert question(site).observation.idle == 3
    tune(site, keep_free=2)
    assert question(site).observation.idle == 1
    assert len(site.pace(3)) == 1


def test_progressive_for_a_while_is_one_line_for_each_free_agent() -> None:
    site = CampaignSite(agents=2)
    site.start()
    answered_before(site, answers=1_000, abandoned=0)
    tune(site, mode="progressive")
    assert not question(site).ahead
    sure = site.pace(5)
    assert len(sure) == 2
    assert site.ever(e.LinesPaced)[-1].reason == "no_agent"
    tune(site, mode="predictive")
    assert tuned(site) == {}
    assert question(site).ahead
    for leg_id in sure:
        site.no_answer(leg_id)
    assert len(site.pace(5)) == 5


def test_what_binds_a_line_does_not_change_with_the_mode_that_it_is_tuned_to() -> None:
    rule = changed(ABANDONED, modes=("predictive",))
    site = CampaignSite(agents=1, rules=(HOURS, rule))
    site.start()
    tune(site, mode="progressive")
    (leg_id,) = site.pace(1)
    assert [bound.ledger_id for bound in site.state.lines[leg_id].bounds] == ["harbour/service/US, predictive"]


def test_who_aims_lower_takes_less_risk() -> None:
    site = CampaignSite(dialled(pacing=UNSURE), agents=2)
    site.start()
    answered_before(site, answers=300, abandoned=5)
    before = question(site).haste_ppm
    tune(site, aim=10_000)
    assert question(site).haste_ppm < before


def haste_with(spans: tuple[OpeningSpan, ...]) -> int:
    """Somewhat too many were abandoned today, and it is noon."""
    site = CampaignSite(dialled(pacing=UNSURE, spans=spans), agents=2)
    site.start()
    answered_before(site, answers=300, abandoned=10)
    return question(site).haste_ppm


def test_what_was_lost_is_made_up_by_the_end_of_the_hours_where_they_are_known() -> None:
    noon = local_minute(CampaignSite())
    hours = [
        tuple(OpeningSpan(weekday=day, opens=noon - 180, closes=noon + more) for day in range(7)) for more in (5, 360)
    ]
    nearly_over, long_to_go = map(haste_with, hours)
    assert nearly_over < haste_with(()) < long_to_go


def test_shares_between_campaigns_change_at_once() -> None:
    site = CampaignSite(dialled("autumn"), dialled("spring"), agents=8)
    for campaign_id in ("autumn", "spring"):
        site.start(campaign_id)
    tune(site, share=3)
    begun = [site.state.lines[leg_id].campaign_id for leg_id in site.pace(8, pool_id="autumn")]
    assert (begun.count("spring"), begun.count("autumn")) == (6, 2)


def test_a_line_rings_for_as_long_as_it_is_tuned_to_and_is_judged_by_the_file() -> None:
    site = CampaignSite(agents=1)
    site.start()
    tune(site, ring=16)
    (leg_id,) = site.pace(1)
    (asked,) = [each for each in site.asked if isinstance(each, Originate) and each.leg_id == leg_id]
    assert asked.timeout_s == 16
    (cleared,) = site.ever(e.DialCleared)[-1:]
    assert cleared.ring_by - site.at >= 25_000


@pytest.mark.parametrize(("seconds", "state"), [(0, AgentState.READY), (5, AgentState.WRAP_UP)])
def test_wrap_up_is_as_long_as_it_is_tuned_to(seconds: int, state: AgentState) -> None:
    site = CampaignSite(agents=1)
    site.start()
    tune(site, wrap_up=seconds)
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    site.join(leg_id, site.state.agents["a0"].call_id)
    site.end(leg_id)
    assert site.agent_is("a0") is state
    site.wait(seconds * 1_000 + 10)
    assert site.agent_is("a0") is AgentState.READY


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"aim": 30_001}, "aim: 3.0001 % is more than the rule US-ABN allows (3 %), write 3 % or less."),
        ({"lines_max": 61}, "lines_max: 61 is more than dialling.pacing.lines_max in its file allows (60)"),
        ({"ring": 26}, "ring: 26 s is more than ring in its file allows (25 s), write 25 s or less."),
        ({"ring": 14}, "ring: 14 s is less than the calling rules ask for (15 s), write 15 s or more."),
        ({"share": 0}, "share: 0 is less than is possible (1), write 1 or more."),
        ({"mode": "broadcast"}, "mode: broadcast is not possible here, write progressive or predictive."),
        ({"ceiling": 5}, "ceiling: this cannot be tuned: choose"),
        ({"aim": "much"}, "aim: much is not a number, write one."),
    ],
)
def test_what_is_not_possible_is_refused_with_the_reason(values: dict[str, Any], words: str) -> None:
    site = CampaignSite(dialled(pacing=Pacing(lines_max=60)), rules=(HOURS, ABANDONED, RINGS))
    tune(site, **{"keep_free": 1, **values})
    assert refusal(site).startswith(words)
    assert "spring" not in site.state.runs


def test_everything_that_is_wrong_is_told_at_once() -> None:
    site = CampaignSite()
    tune(site, aim=900_000, share=101)
    assert refusal(site).count("is more than") == 2


def test_a_ceiling_of_its_own_holds_however_lax_the_rules_are() -> None:
    site = CampaignSite(dialled(pacing=Pacing(ceiling_ppm=10_000)))
    tune(site, aim=20_000)
    assert refusal(site) == "aim: 2 % is more than dialling.pacing.at_most in its file allows (1 %), write 1 % or less."


def test_a_call_for_which_an_agent_is_guaranteed_keeps_the_agent_whatever_the_mode_is_by_then() -> None:
    """The rules let it be made for that reason."""
    site = CampaignSite(agents=1)
    site.start(leads=40)
    answered_before(site, 1_000, 0)
    tune(site, mode="progressive")
    (guaranteed,) = site.pace(5)
    tune(site, back=("mode",))
    assert site.pace(5) == []
    site.no_answer(guaranteed)
    assert len(site.pace(5)) == 5


def test_a_file_that_waits_for_agents_is_not_tuned_to_dial_ahead_of_them() -> None:
    site = CampaignSite(dialled(mode="progressive"))
    tune(site, mode="predictive")
    assert refusal(site) == (
        "mode: this cannot be tuned for a campaign whose file says mode: progressive: choose among "
        "lines_max, share, keep_free, ring, wrap_up."
    )


@pytest.mark.parametrize(
    ("campaign_id", "words"), [("winter", "There is no such campaign"), ("debts", "says nothing about dialling")]
)
def test_what_is_not_dialled_is_not_tuned(campaign_id: str, words: str) -> None:
    site = CampaignSite(dialled(), changed(dialled("debts"), dialling=None))
    site.take(e.CampaignTuneRequested(campaign_id=campaign_id, values=(("share", 2),)))
    assert words in refusal(site)


def apply(site: CampaignSite, campaign: Any, *rules: CallingRule) -> None:
    """Another configuration is in force."""
    fresh = calling(*(rules or (HOURS, ABANDONED)), campaigns=(campaign,))
    site.apply(changed(site.state.config, calling=fresh))


def test_a_newer_file_that_says_something_else_wins() -> None:
    site = CampaignSite()
    tune(site, share=3, lines_max=40)
    apply(site, dialled(share=2))
    assert tuned(site) == {"lines_max": 40}
    assert site.ever(e.CampaignTuned)[-1].reason == "the configuration has changed"
    apply(site, changed(dialled(share=2), name="Another name"))
    assert tuned(site) == {"lines_max": 40}


def test_what_newer_rules_no_longer_allow_ends() -> None:
    site = CampaignSite()
    tune(site, aim=25_000)
    apply(site, dialled(), HOURS, changed(ABANDONED, demand=ConductDemand(abandoned_ppm_max=10_000)))
    assert tuned(site) == {}


def test_the_tuning_of_a_campaign_that_is_gone_ends() -> None:
    site = CampaignSite()
    tune(site, share=3)
    apply(site, dialled("autumn"))
    apply(site, dialled())
    assert tuned(site) == {}
