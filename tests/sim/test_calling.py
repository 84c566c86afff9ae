"""Worlds that call: whatever races with whatever, nobody is rung who must not be; and what makes it so is missed."""

from collections import Counter
from contextlib import nullcontext

import msgspec
import pytest

from cti.core import overlay
from cti.core.overlay import Overlay
from cti.core.wanted import still_wanted
from cti.dialer import attempts, clearance, rate, registries
from cti.dialer.calling import demands
from cti.runtime import outbox
from cti.sim.calling.centre import zone_table
from cti.sim.calling.lists import Wish, hits
from cti.sim.calling.rings import Asked, Ring, one_line, same_debt, same_person
from cti.sim.calling.truth import Truth
from cti.sim.calling.world import CallingWorld
from cti.sim.checks.violation import Violation
from cti.sim.guards import Guard
from cti.sim.left_out import left_out
from cti.sim.run import Kind, kind_of, report, run_seeds, run_world

SEEDS = (*range(1, 31), 59, 68, 85)
"""Thirty as they come; and three in which there is what these lack, of the first hundred."""

CAUGHT_WITHIN = 200
"""So many worlds are tried, from one that was seen to miss what is left out, if that is not among the first ten."""

WALKED = """
AttemptAnswered AttemptEnded CallFactsAsked CallFactsGathered CommandFailed ConfigApplied DeadlinesReached DialCleared
DialQueued DialRefused LegAnswered LegChecked LegEnded LegPlaced LegRefused RegistrySwitchConfirmed RegistrySwitchHeld
RegistrySwitchRefused RegistrySwitchRequested RegistrySwitched ReleaseRequested ReportIgnored ServerStarted
SuppressionAdded SuppressionFound SuppressionKept SuppressionRefused SuppressionRemovalRequested SuppressionRemoved
""".split()
RULES = """
HOURS CAMPAIGN-HOURS CAP PERSON-CAP CAMPAIGN-CAP-1 DEBT-CAP DEBT-REST CONSENT PERSON-BUSY DNC DNC-COMPANY DNC-CAMPAIGN
DNC-HOUSEHOLD DNC-AREA-CODE DNC-WIRELESS DNC-WILDCARD FACTS-MISSING
""".split()


@pytest.fixture(scope="module")
def seen():
    """What these worlds met."""
    kinds, refused, rings, troubles, waiting = Counter(), Counter(), 0, Counter(), 0
    for seed in SEEDS:
        world = CallingWorld(seed)
        violation = run_world(world)
        assert violation is None, report(world, violation)
        rings += sum(ring.rings_at > 0 for ring in world.truth.rings.values())
        troubles += world.nature.met
        refused += world.truth.tally.refused
        waiting = max(waiting, world.people.crowd)
        for record in world.journal_checks.records:
            for event in (record.input, *record.events):
                kinds[type(event).__name__] += 1
                kinds[getattr(event, "origin", "")] += 1
    return kinds, refused, rings, troubles, waiting


def test_people_are_called_and_refused_for_every_reason(seen):
    kinds, refused, rings, _, waiting = seen
    assert [kind for kind in WALKED if not kinds[kind]] == []
    assert [rule for rule in RULES if not refused[rule]] == []
    assert rings > 4 * len(SEEDS)
    assert kinds["key_press"] > 0
    assert waiting > 50


def test_workers_die_and_the_journal_fails_meanwhile(seen):
    troubles = seen[3]
    for trouble in ("crash", "pause", "journal_unknown", "rest_answer_lost", "rest_turned_away", "report_lost"):
        assert troubles[trouble], trouble


def caught(*, without=None, says="", first=1):
    """The first world that something was dialled in that must not be, as the judge says it."""
    outcomes = run_seeds(range(first, first + CAUGHT_WITHIN), without, Kind.CALLING)
    return next((each for each in outcomes if each.letter == "N" and says in each.report), None)


@pytest.mark.parametrize(
    ("guard", "says", "first"),
    [
        (Guard.OVERLAY, "there is a line to the person", 1),
        (Guard.OVERLAY, "says not to (company)", 1),
        (Guard.OVERLAY, "says not to (household)", 28),
        (Guard.AT_LEAVING, "there is a line to the person", 1),
        (Guard.AT_LEAVING, "is rung at", 44),
        (Guard.IN_DOUBT, "is rung", 24),
    ],
)
def test_a_guard_that_is_left_out_is_missed(guard, says, first):
    found = caught(without=guard, says=says, first=first)
    assert found is not None
    world = "" if kind_of(found.seed) is Kind.CALLING else " --world calling"
    assert found.report.endswith(f"cti sim --from {found.seed} --seeds 1{world} --without {guard}")


def test_what_was_left_out_is_there_again():
    before = rate.may_dial, clearance.laid_over, Overlay.live_with
    with left_out(Guard.OVERLAY):
        assert (rate.may_dial, clearance.laid_over, Overlay.live_with) != before
    with left_out(Guard.AT_LEAVING):
        assert rate.may_dial is not before[0]
    assert (rate.may_dial, clearance.laid_over, Overlay.live_with) == before


def leave_late(monkeypatch):
    """A request may leave at any time."""
    monkeypatch.setattr(outbox, "is_late", lambda entry, now: False)
    monkeypatch.setattr(outbox, "is_overtaken", lambda entry, state, now: not still_wanted(state, entry.command))


def take_any_version(monkeypatch):
    """Whatever was looked into is as good as the registry in force."""
    needed = clearance.registries_needed
    monkeypatch.setattr(
        clearance, "registries_needed", lambda state, book, bare: clearance.Needed((), needed(state, book, bare).known)
    )


def never_grow_stale(monkeypatch):
    """A registry is good for ever."""
    monkeypatch.setattr(demands, "DAY_MS", 10**12)


def suspect_nothing(monkeypatch):
    """Every new version of a registry comes into force."""
    monkeypatch.setattr(registries, "_suspicion", lambda event, in_force: "")


def know_numbers_only(monkeypatch):
    """Somebody with two numbers is two people."""
    monkeypatch.setattr(overlay, "ONE_PERSON", frozenset(("number",)))


def ring_on(monkeypatch):
    """Who does not answer is given up much later than was judged."""
    monkeypatch.setattr(rate, "SETUP_MS", 60_000)


def overhear_answers(monkeypatch):
    """Only a report of the answer itself tells of one."""
    monkeypatch.setattr(attempts, "_was_answered", lambda event: False)


def count_only_what_is_said(monkeypatch):
    """Calls that do not say for whom they are count for nobody."""
    monkeypatch.setattr(overlay, "_supposed", lambda one, other: [])
    monkeypatch.setattr(overlay, "_name_both", lambda word, one, other: True)


@pytest.mark.parametrize(
    ("leave_out", "says", "first"),
    [
        (leave_late, "after it was cleared", 1),
        (take_any_version, "is on the registry", 13),
        (never_grow_stale, "which is stale", 1),
        (suspect_nothing, "is in force unseen", 1),
        (know_numbers_only, "there is a line to the person", 1),
        (ring_on, "is rung at", 23),
        (overhear_answers, "was a conversation about it", 1),
        (count_only_what_is_said, "is rung", 1),
    ],
)
def test_what_keeps_calls_lawful_is_missed(leave_out, says, first, monkeypatch):
    leave_out(monkeypatch)
    assert caught(says=says, first=first) is not None


def test_one_seed_in_ten_is_such_a_world():
    assert [seed for seed in range(1, 31) if kind_of(seed) is Kind.CALLING] == [10, 20, 30]


NUMBER = "+12125550123"
ASKED = Asked(
    number=NUMBER,
    zones=("America/New_York",),
    campaign_id="service",
    seller="harbour",
    person_id="ada",
    household_id="h1",
)


@pytest.mark.parametrize(
    ("wish", "hit"),
    [
        ({"scope": "company", "value": NUMBER}, True),
        ({"scope": "company", "value": NUMBER, "seller": "harbour"}, True),
        ({"scope": "company", "value": NUMBER, "seller": "quay"}, False),
        ({"scope": "company", "value": "+12125550124"}, False),
        ({"scope": "campaign", "value": NUMBER, "campaign_id": "service"}, True),
        ({"scope": "campaign", "value": NUMBER, "campaign_id": "sales"}, False),
        ({"scope": "household", "value": "h1"}, True),
        ({"scope": "household", "value": "ada"}, True),
        ({"scope": "household", "value": "h2"}, False),
        ({"scope": "area_code", "value": "+1212"}, True),
        ({"scope": "wildcard", "value": "+1212555012?"}, True),
        ({"scope": "wildcard", "value": "+1213555012?"}, False),
    ],
)
def test_the_judge_of_worlds_knows_what_a_wish_is_about(wish, hit):
    assert hits(Wish(**wish), ASKED) is hit


@pytest.mark.parametrize(
    ("other", "line", "person", "debt"),
    [
        ({"number": NUMBER, "person_id": "ben", "debt_id": "d1"}, True, False, False),
        ({"number": NUMBER, "debt_id": "d1"}, True, True, False),
        ({"number": NUMBER}, True, True, True),
        ({"number": "+12135550125", "person_id": "ada"}, True, True, True),
        ({"number": "+12135550125", "person_id": "ada", "debt_id": "d1"}, True, True, False),
        ({"number": "+12135550125", "debt_id": "d2"}, False, False, True),
        ({"number": "+12135550125"}, False, False, False),
    ],
)
def test_the_judge_of_worlds_knows_whose_call_it_is(other, line, person, debt):
    ours = msgspec.structs.replace(ASKED, debt_id="d2")
    theirs = Asked(zones=(), campaign_id="debts", **other)
    assert one_line(ours, theirs) is line
    assert same_person(ours, theirs) is person
    assert same_debt(ours, theirs) is debt


def test_the_judge_of_worlds_wants_a_record_for_each_ring():
    truth = Truth([], [])
    truth.asked["l1"] = ASKED
    with pytest.raises(Violation, match="no record cleared it"):
        truth.leaves("l1", NUMBER, 1)


NOON_AT = 1_772_470_800_000  # 2026-03-02 12:00 in New York
EIGHT_PM_AT = NOON_AT + 8 * 3_600_000


def test_the_judge_of_worlds_sees_a_second_line_and_a_second_ring():
    truth = Truth([], [])
    ring = Ring(leg_id="l1", asked=ASKED, left_at=NOON_AT)
    truth.begins(ring, NOON_AT)
    with pytest.raises(Violation, match="twice for one call"):
        truth.begins(ring, NOON_AT)
    with pytest.raises(Violation, match="there is a line to the person"):
        truth.begins(Ring(leg_id="l2", asked=ASKED, left_at=NOON_AT), NOON_AT)
    truth.ends(ring, NOON_AT)
    truth.begins(Ring(leg_id="l3", asked=ASKED, left_at=NOON_AT), NOON_AT)


@pytest.mark.parametrize(
    ("ring", "until", "too_long"),
    [
        ({"known_at": 1}, 0, False),
        ({"known_at": 1}, 5_000, True),
        ({"known_at": 1, "released_at": EIGHT_PM_AT}, 5_000, False),
        ({"known_at": 1, "released_at": EIGHT_PM_AT + 4_000}, 5_000, True),
        ({}, 5_000, False),
    ],
)
def test_the_judge_of_worlds_hears_a_telephone_ring_on(ring, until, too_long):
    """The hours end at eight. Who could not know the carrier's name for the leg could not give it up."""
    truth = Truth([], [])
    rung = Ring(leg_id="l1", asked=ASKED, left_at=EIGHT_PM_AT - 20_000, **ring)
    truth.begins(rung, EIGHT_PM_AT - 19_000)
    with pytest.raises(Violation, match="20:00:04") if too_long else nullcontext():
        truth.ends(rung, EIGHT_PM_AT + until)


def test_clocks_change_in_the_week_of_the_worlds():
    assert len(zone_table("America/New_York").offsets_s) == 2
    assert len(zone_table("America/Phoenix").offsets_s) == 1
