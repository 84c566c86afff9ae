"""Worlds that are called and call: whatever goes wrong meanwhile, nobody is called who must not be, nobody who answers
is left in silence, and no more are left alone than the ceiling allows; and what makes it so is missed."""

from collections import Counter

import pytest

from cti.acd import kept, matching, presence
from cti.core.air import Air
from cti.core.apply import campaigns
from cti.core.calling import ConductDemand
from cti.sim.campaigns.world import CampaignWorld
from cti.sim.guards import Guard
from cti.sim.run import Kind, kind_of, report, run_seeds, run_world

SEEDS = range(1, 31)

WALKED = """
AgentAbsent AgentLegLost AnswerAwaited AttemptAbandoned AttemptAnswered AttemptClassified AttemptConnected AttemptEnded
AttemptStarted CallFactsGathered CampaignControlRefused CampaignStatusChanged ConfigApplied ContactRequeued
ContactTransferred DialCleared DialRefused GreetingEnded LeadReturned LeadScheduled LeadTaken LeadsAsked LeadsClaimed
LeadsReleased LeavePutOff LineSurplus LinesPaced LiveAnswerCounted MessageBegun PacingComputed PoolBegun
SuppressionAdded
""".split()


@pytest.fixture(scope="module")
def seen():
    """What these worlds met."""
    kinds, met, troubles, drawn, lines = Counter(), Counter(), Counter(), Counter(), 0
    for seed in SEEDS:
        world = CampaignWorld(seed)
        violation = run_world(world)
        assert violation is None, report(world, violation)
        met += world.answers.met
        troubles += world.nature.met
        lines += sum(line.detect != "" for line in world.carrier.lines.values())
        calling = world.config.calling
        drawn.update(campaign.mode for campaign in calling.campaigns.values())
        drawn.update(each.dialling.answering.detect for each in calling.campaigns.values())
        drawn.update(rule.demand.abandoned_ppm_max for rule in calling.rules if isinstance(rule.demand, ConductDemand))
        for record in world.journal_checks.records:
            kinds.update(type(event).__name__ for event in (record.input, *record.events))
    return kinds, met, troubles, drawn, lines


def test_every_branch_is_walked(seen):
    kinds, _, _, _, _ = seen
    assert [kind for kind in WALKED if not kinds[kind]] == []


def test_people_are_called_join_agents_and_are_left_alone(seen):
    _, met, _, _, lines = seen
    assert lines > 10 * len(SEEDS)
    assert met["joined"] > 2 * len(SEEDS)
    assert met["left alone"]


def test_all_kinds_of_campaigns_are_drawn(seen):
    _, _, _, drawn, _ = seen
    wanted = ["predictive", "progressive", "broadcast", "off", "beside", "first", 30_000, 10_000]
    assert [each for each in wanted if not drawn[each]] == []


def test_workers_die_and_the_journal_fails_meanwhile(seen):
    _, _, troubles, _, _ = seen
    for trouble in ("crash", "pause", "journal_unknown", "rest_answer_lost", "rest_turned_away", "report_lost"):
        assert troubles[trouble], trouble


def test_one_seed_in_ten_is_such_a_world():
    assert [seed for seed in range(1, 31) if kind_of(seed) is Kind.CAMPAIGNS] == [5, 15, 25]


def missed(letter, seeds, without=None):
    """Whether some world notices."""
    found = run_seeds(seeds, without, Kind.CAMPAIGNS)
    return next((outcome for outcome in found if outcome.letter == letter), None)


def test_without_the_certificate_too_many_are_left_alone(monkeypatch):
    monkeypatch.setattr(Air, "_headroom", lambda *_: 1_000)
    outcome = missed("O", range(1, 21))
    assert outcome is not None
    world = "" if kind_of(outcome.seed) is Kind.CAMPAIGNS else " --world campaigns"
    assert outcome.report.endswith(f"cti sim --from {outcome.seed} --seeds 1{world}")


def test_without_agents_who_are_kept_somebody_is_left_alone(monkeypatch):
    for room in (matching, presence, kept):
        monkeypatch.setattr(room, "is_kept", lambda *_: False)
    assert missed("O", range(40, 46)) is not None


def test_a_lead_is_called_again_by_a_store_that_is_behind_unless_it_is_marked(monkeypatch):
    def forget(state, _):
        for key in list(state.lead_marks.rows):
            state.lead_marks.drop(key)

    monkeypatch.setattr(campaigns, "_forget_marks", forget)
    assert missed("N", range(1, 21)) is not None


def test_a_call_that_may_have_been_placed_is_placed_again_unless_the_carrier_is_asked():
    assert missed("N", range(1, 21), Guard.IN_DOUBT) is not None
