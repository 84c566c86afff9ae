"""Worlds that are called and call: whatever goes wrong meanwhile, nobody is called who must not be, nobody who answers
is left in silence, and no more are left alone than the ceiling allows; and what makes it so is missed."""

from collections import Counter

import pytest

from cti.acd import matching
from cti.core.air import Air
from cti.core.apply import claims
from cti.core.calling import ConductDemand
from cti.dialer import launching
from cti.sim.campaigns.left_out import CHANGES as OF_CAMPAIGNS
from cti.sim.campaigns.world import CampaignWorld
from cti.sim.guards import Guard
from cti.sim.left_out import left_out
from cti.sim.run import Kind, kind_of, report, run_seeds, run_world

SEEDS = (2, 5, 6, 8, 19, 43, 50, 51, 58)
"""One as it comes, and the fewest of the first sixty, by how long they last, in which everything below happens."""

WALKED = """
AgentAbsent AgentLegLost AnswerAwaited AttemptAbandoned AttemptAnswered AttemptClassified AttemptConnected AttemptEnded
AttemptStarted CallFactsGathered CampaignControlRefused CampaignStatusChanged ConfigApplied ContactRequeued
ContactTransferred DialCleared DialRefused GreetingEnded LeadReturned LeadScheduled LeadTaken LeadsAsked LeadsClaimed
LeadsReleased LeavePutOff LineSurplus LinesPaced LiveAnswerCounted MessageBegun PacingComputed PoolBegun
SuppressionAdded CallbackFreed CallbackPromised CallbackSought DialProgressed LeadSkipped LegCameAgain PreviewsPutOff
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
    assert lines > 50
    assert met["joined"] > 20
    assert met["left alone"]


def test_all_kinds_of_campaigns_are_drawn(seen):
    _, _, _, drawn, _ = seen
    wanted = ["predictive", "progressive", "broadcast", "preview", "off", "beside", "first", 30_000, 10_000]
    assert [each for each in wanted if not drawn[each]] == []


def test_workers_die_and_the_journal_fails_meanwhile(seen):
    _, _, troubles, _, _ = seen
    for trouble in ("crash", "pause", "journal_unknown", "rest_answer_lost", "rest_turned_away", "report_lost"):
        assert troubles[trouble], trouble


def test_one_seed_in_ten_is_such_a_world():
    assert [seed for seed in range(1, 31) if kind_of(seed) is Kind.CAMPAIGNS] == [5, 15, 25]


FOUND_FROM = {
    Guard.CERTIFICATE: ("O", 10),
    Guard.KEPT: ("O", 207),
    Guard.MARKS: ("N", 24),
    Guard.CALENDAR: ("N", 12),
    Guard.IN_DOUBT: ("N", 6),
}
"""As what each guard is missed, and the first of `FOUND_WITHIN` worlds that are tried: one that misses it at once. They
were found by `cti sim --world campaigns --seeds 300 --without GUARD`; `kept` is rare, one in some hundreds. Where the
worlds have changed so much that a test lasts or fails, look again."""

FOUND_WITHIN = 40


@pytest.mark.parametrize("guard", FOUND_FROM)
def test_a_guard_that_is_left_out_is_missed(guard):
    letter, first = FOUND_FROM[guard]
    found = run_seeds(range(first, first + FOUND_WITHIN), guard, Kind.CAMPAIGNS)
    missed = next((outcome for outcome in found if outcome.letter == letter), None)
    assert missed is not None
    world = "" if kind_of(missed.seed) is Kind.CAMPAIGNS else " --world campaigns"
    assert missed.report.endswith(f"cti sim --from {missed.seed} --seeds 1{world} --without {guard}")


def test_what_was_left_out_is_there_again():
    def guards():
        places = (Air, "_headroom"), (matching, "is_kept"), (claims, "_forget_marks"), (launching, "dials_at")
        return [getattr(place, name) for place, name in places]

    before = guards()
    for guard in OF_CAMPAIGNS:
        with left_out(guard):
            assert guards() != before
    assert guards() == before
