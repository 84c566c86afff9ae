"""Agents whom lines in the air count on: kept for them, and missed when they are gone."""

import pytest

from cti.core import events as e
from cti.core.air import LATE_MS
from cti.core.base import changed
from cti.core.calling import SETUP_MS
from cti.core.codec import decode
from cti.core.commands import HangUpLeg
from cti.core.plan import Door
from cti.core.states import AgentState, TransferKind
from cti.screenpop.rules import make_pop
from cti.views.apply_frame import apply_frame
from cti.views.desk import Desk
from cti.views.desktop import frames_of, snapshot_of
from tests.centre import agent
from tests.dialer.calling_site import HOURS
from tests.dialer.campaign_site import ABANDONED, OUTBOUND, CampaignSite, dialled
from tests.dialer.test_campaigns import join
from tests.site import Site

PROGRESSIVE = dialled(mode="progressive")


def blended(agents: int = 2) -> CampaignSite:
    """Agents who take callers, too."""
    site = CampaignSite(PROGRESSIVE, agents=agents, also=("sales",))
    site.start()
    return site


def offered_to(site: Site) -> list[str]:
    return [event.agent_id for event in site.ever(e.OfferMade) if event.queue_id == "sales"]


def test_a_caller_gets_no_agent_whom_a_ringing_line_counts_on() -> None:
    site = blended(agents=1)
    site.pace(1)
    site.call()
    assert offered_to(site) == []


def test_a_caller_gets_the_agent_whom_no_line_counts_on() -> None:
    site = blended(agents=2)
    site.pace(1)
    site.call()
    assert len(offered_to(site)) == 1
    site.call()
    assert len(offered_to(site)) == 1


def test_who_waited_for_a_kept_agent_is_offered_once_the_line_is_over() -> None:
    site = blended(agents=1)
    (leg_id,) = site.pace(1)
    site.call()
    site.no_answer(leg_id)
    assert offered_to(site) == ["a0"]


def test_who_waited_for_a_kept_agent_is_offered_once_another_one_is_free() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1, also=("sales",))
    helper = agent("helper", OUTBOUND, nailed_up=True)
    site.apply(changed(site.state.config, agents={**site.state.config.agents, "helper": helper}))
    site.sign_in("helper", ready=False)
    site.nail_up("helper")
    site.start()
    site.pace(1)
    site.call()
    assert offered_to(site) == []
    site.ready("helper")  # who serves no callers
    assert offered_to(site) == ["a0"]


def test_who_waited_for_a_kept_agent_is_offered_once_an_answer_makes_room_for_one_who_is_abandoned() -> None:
    """The ledgers count the answer after its line is out of the air: before that the agent is still needed."""
    half = changed(ABANDONED, demand=changed(ABANDONED.demand, abandoned_ppm_max=500_000))
    site = CampaignSite(dialled(), agents=2, rules=(HOURS, half), also=("sales",))
    site.start()
    first, _ = site.pace(2)
    site.call()
    site.pick_up(first)
    assert offered_to(site) == []
    talking = join(site, first)
    assert offered_to(site) == ["a1" if talking == "a0" else "a0"]


@pytest.mark.parametrize("request_", [e.ConsultRequested, e.TransferRequested])
def test_nobody_is_asked_in_or_given_a_contact_whom_a_ringing_line_counts_on(request_) -> None:
    site = CampaignSite(PROGRESSIVE, agents=2, also=("sales",))
    site.start()
    first, second = site.pace(2)
    site.pick_up(first)
    talking = join(site, first)
    other = "a1" if talking == "a0" else "a0"
    contact_id = site.state.legs[first].contact_id
    kind = {"kind": TransferKind.BLIND} if request_ is e.TransferRequested else {}
    asked = {"contact_id": contact_id, "agent_id": talking, "destination": f"agent:{other}", "request_id": "r", **kind}
    site.take(request_(**asked))
    assert site.refused() == "agent_not_free"
    site.no_answer(second)
    site.take(request_(**asked))
    assert not site.refused()


def test_a_pause_waits_for_the_line_that_counts_on_the_agent() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.not_ready("a0")
    assert site.happened(e.LeavePutOff)
    assert site.agent_is("a0") is AgentState.READY
    assert site.pace(1) == []
    site.no_answer(leg_id)
    assert site.agent_is("a0") is AgentState.NOT_READY
    assert site.state.agents["a0"].reason == "break"


def test_the_desk_shows_that_the_pause_waits_and_when_it_is_taken_back() -> None:
    """Who asked for it would else see nothing happen."""
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    desk = snapshot_of(site.state, "a0", lambda state, contact: make_pop(state, contact, 0))
    for ask, leaving in ((site.not_ready, "break"), (site.ready, ""), (site.not_ready, "break")):
        ask("a0")
        desk = shown(site, desk)
        assert (desk.ready, desk.leaving) == (True, leaving)
    site.no_answer(leg_id)
    desk = shown(site, desk)
    assert (desk.ready, desk.reason, desk.leaving) == (False, "break", "")


def shown(site: CampaignSite, desk: Desk) -> Desk:
    """The desk after the last turn, by what it was told."""
    for agent_id, frame in frames_of(decode(site.records[-1])):
        if agent_id == desk.agent_id:
            desk = apply_frame(desk, frame)
    return desk


def test_who_wanted_to_pause_and_is_answered_talks_and_pauses_then() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.not_ready("a0")
    site.pick_up(leg_id)
    assert join(site, leg_id) == "a0"
    site.end(leg_id)
    site.wait(31_000)
    assert site.agent_is("a0") is AgentState.NOT_READY
    assert site.state.agents["a0"].reason == "break"


def test_signing_out_waits_as_well_and_no_longer_than_a_line_can_ring() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    site.pace(1)
    site.sign_out("a0")
    assert site.agent_is("a0") is AgentState.READY
    site.wait(SETUP_MS + 25_000 + 2_000 + LATE_MS + 1_000)
    assert site.agent_is("a0") is AgentState.SIGNED_OUT


def test_a_pause_waits_for_a_line_that_may_ring_for_two_minutes() -> None:
    """Who answers it late would else find nobody."""
    site = CampaignSite(changed(PROGRESSIVE, ring_s=120), agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.not_ready("a0")
    site.wait(110_000)
    assert site.agent_is("a0") is AgentState.READY
    site.answer(leg_id)
    site.ask(leg_id, Door.ANSWERED, nonce=0)
    join(site, leg_id)
    assert [event.abandoned for event in site.ever(e.LiveAnswerCounted)] == [False]


@pytest.mark.parametrize(
    ("state", "becomes"), [("not_ready", AgentState.NOT_READY), ("signed_out", AgentState.SIGNED_OUT)]
)
def test_nor_may_a_supervisor_take_away_an_agent_on_whom_a_line_counts(state: str, becomes: AgentState) -> None:
    """Whoever answers would be left alone. It is done once the line is over."""
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.take(e.StateForced(supervisor_id="sue", agent_id="a0", state=state))
    assert site.happened(e.LeavePutOff)
    assert site.agent_is("a0") is AgentState.READY
    site.take(e.StateForced(supervisor_id="sue", agent_id="a0", state="ready"))
    assert not site.state.agents["a0"].leaving, "it is taken back"
    site.take(e.StateForced(supervisor_id="sue", agent_id="a0", state=state))
    site.no_answer(leg_id)
    assert site.agent_is("a0") is becomes


def test_asking_for_ready_again_takes_the_pause_back() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.not_ready("a0")
    site.ready("a0")
    site.no_answer(leg_id)
    assert site.agent_is("a0") is AgentState.READY


def test_a_line_whose_agent_vanished_rings_its_fifteen_seconds_and_is_given_up() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    alerting_at = site.at
    site.end(site.state.agents["a0"].leg_id)  # the agent's line
    assert not [each for each in site.asked if isinstance(each, HangUpLeg) and each.leg_id == leg_id]
    site.wait_until(alerting_at + 15_010)
    assert [each.leg_id for each in site.asked if isinstance(each, HangUpLeg)] == [leg_id]


def test_a_line_of_which_nobody_says_when_it_began_to_ring_has_its_fifteen_seconds_all_the_same() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    dialled_at = site.state.lines[leg_id].dialled_at
    site.end(site.state.agents["a0"].leg_id)
    site.wait_until(dialled_at + 15_010)
    assert not [each for each in site.asked if isinstance(each, HangUpLeg) and each.leg_id == leg_id]
    site.wait_until(dialled_at + 20_010)
    assert [each.leg_id for each in site.asked if isinstance(each, HangUpLeg)] == [leg_id]


def test_a_line_that_never_left_goes_with_its_agent() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    site.take(e.PacingComputed(campaign_id="spring", calls_now=1, method="test"))
    (taken,) = site.happened(e.LeadTaken)
    site.end(site.state.agents["a0"].leg_id)
    assert [event.leg_id for event in site.ever(e.LeadReturned)] == [taken.leg_id]
    assert not site.dialled_legs()


def test_an_agent_who_is_back_in_time_has_the_line() -> None:
    site = CampaignSite(PROGRESSIVE, agents=1)
    site.start()
    (leg_id,) = site.pace(1)
    site.place(leg_id)
    site.alert(leg_id)
    site.end(site.state.agents["a0"].leg_id)
    site.nail_up("a0")
    site.ready("a0")
    site.wait(16_000)
    assert not [each for each in site.asked if isinstance(each, HangUpLeg)]
