"""Worlds that call: whatever races with whatever, nobody is rung who must not be; and what makes it so is missed."""

from collections import Counter

import pytest

from cti.core.wanted import still_wanted
from cti.dialer import clearance, gathering, rate, suppression
from cti.runtime import outbox
from cti.sim.calling.centre import zone_table
from cti.sim.calling.truth import Asked, Entry, Ring, Truth, hits
from cti.sim.calling.world import CallingWorld
from cti.sim.checks.violation import Violation
from cti.sim.run import Kind, kind_of, report, run_seeds, run_world

SEEDS = range(1, 121)
CAUGHT_IN = range(1, 401)

WALKED = """
AttemptAnswered AttemptEnded CallFactsAsked CallFactsGathered CommandFailed ConfigApplied DeadlinesReached DialCleared
DialQueued DialRefused LegAnswered LegChecked LegEnded LegPlaced LegRefused RegistrySwitchConfirmed RegistrySwitchHeld
RegistrySwitchRefused RegistrySwitchRequested RegistrySwitched ReleaseRequested ReportIgnored ServerStarted
SuppressionAdded SuppressionFound SuppressionKept SuppressionRefused SuppressionRemovalRequested SuppressionRemoved
""".split()
RULES = "HOURS CAP DNC DNC-COMPANY DNC-CAMPAIGN DNC-HOUSEHOLD DNC-AREA-CODE DNC-WILDCARD FACTS-MISSING".split()


@pytest.fixture(scope="module")
def seen():
    """What these worlds met."""
    kinds, rules, rings, troubles = Counter(), Counter(), 0, Counter()
    for seed in SEEDS:
        world = CallingWorld(seed)
        violation = run_world(world)
        assert violation is None, report(world, violation)
        rings += len(world.truth.rings)
        troubles += world.nature.met
        for record in world.journal_checks.records:
            for event in (record.input, *record.events):
                kinds[type(event).__name__] += 1
                rules[getattr(event, "rule", "")] += 1
    return kinds, rules, rings, troubles


def test_people_are_called_and_refused_for_every_reason(seen):
    kinds, rules, rings, _ = seen
    assert [kind for kind in WALKED if not kinds[kind]] == []
    assert [rule for rule in RULES if not rules[rule]] == []
    assert rings > 2 * len(SEEDS)


def test_workers_die_and_the_journal_fails_meanwhile(seen):
    _, _, _, troubles = seen
    for trouble in ("crash", "pause", "journal_unknown", "rest_answer_lost", "rest_turned_away", "report_lost"):
        assert troubles[trouble], trouble


def missed(monkeypatch, *patches):
    """Whether some world notices that these were replaced."""
    for target, name, other in patches:
        monkeypatch.setattr(target, name, other)
    return next((outcome for outcome in run_seeds(CAUGHT_IN, kind=Kind.CALLING) if outcome.letter == "N"), None)


def test_without_what_changed_since_the_facts_somebody_is_rung(monkeypatch):
    found = missed(
        monkeypatch,
        (clearance, "laid_over", lambda overlay, listed, about, as_of: listed),
        (clearance, "attempts_laid_over", lambda overlay, attempts, about: attempts),
        (suppression, "decide_added", lambda turn, event: None),
    )
    assert found is not None
    world = "" if kind_of(found.seed) is Kind.CALLING else " --world calling"
    assert found.report.endswith(f"cti sim --from {found.seed} --seeds 1{world}")


def test_judged_when_asked_for_and_not_when_it_leaves_somebody_is_rung(monkeypatch):
    judged = rate.may_dial

    def as_it_was(state, asked, gathered, at):
        dial = state.dials.get(asked.dial_id)
        return judged(state, asked, gathered, dial.asked_at if dial and gathered else at)

    assert missed(monkeypatch, (rate, "may_dial", as_it_was), (gathering, "may_dial", as_it_was)) is not None


def test_a_request_that_may_leave_at_any_time_rings_somebody_too_late(monkeypatch):
    never = lambda entry, now: False  # noqa: E731
    unless = lambda entry, state, now: not still_wanted(state, entry.command)  # noqa: E731
    assert missed(monkeypatch, (outbox, "is_late", never), (outbox, "is_overtaken", unless)) is not None


def test_a_registry_that_was_switched_meanwhile_is_missed(monkeypatch):
    def any_version(state, book, bare):
        return clearance.Needed((), needed(state, book, bare).known)

    needed = clearance.registries_needed
    assert missed(monkeypatch, (clearance, "registries_needed", any_version)) is not None


def test_one_seed_in_ten_is_such_a_world():
    assert [seed for seed in range(1, 31) if kind_of(seed) is Kind.CALLING] == [10, 20, 30]


NUMBER = "+12125550123"
ASKED = Asked(zones=("America/New_York",), campaign_id="service", household_id="h1")


@pytest.mark.parametrize(
    ("scope", "value", "campaign_id", "hit"),
    [
        ("company", NUMBER, "", True),
        ("company", "+12125550124", "", False),
        ("campaign", NUMBER, "service", True),
        ("campaign", NUMBER, "sales", False),
        ("household", "h1", "", True),
        ("area_code", "+1212", "", True),
        ("wildcard", "+1212555012?", "", True),
        ("wildcard", "+1213555012?", "", False),
    ],
)
def test_the_judge_of_worlds_knows_what_an_entry_is_about(scope, value, campaign_id, hit):
    assert hits(Entry(scope=scope, value=value, campaign_id=campaign_id, added=1), NUMBER, ASKED) is hit


def test_the_judge_of_worlds_wants_a_record_for_each_ring():
    truth = Truth([], [])
    truth.asked["l1"] = ASKED
    with pytest.raises(Violation, match="no record cleared it"):
        truth.rung(Ring(left_at=1, number=NUMBER, leg_id="l1"))


def test_clocks_change_in_the_week_of_the_worlds():
    assert len(zone_table("America/New_York").offsets_s) == 2
    assert len(zone_table("America/Phoenix").offsets_s) == 1
