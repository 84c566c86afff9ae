"""Who competes, in which world, and what a policy's shifts come to."""

from collections.abc import Iterable
from math import sqrt

import msgspec

from benchmarks.pacing.core import Core
from benchmarks.pacing.floor import Floor, Policy
from benchmarks.pacing.ours import CERTIFICATE, SOFT, Ours, months_ledger
from benchmarks.pacing.places import SHIFT_S, Drifting, Markov, Place, TwoLists, TwoListsUntold
from benchmarks.pacing.rivals import AVERAGE, HARD, TAPERED, MeanValue, Progressive, Vicidial
from benchmarks.pacing.shift import Outcome, Shift

PLACES: dict[str, type[Drifting]] = {
    "b1": Drifting,
    "markov": Markov,
    "two_lists": TwoLists,
    "two_lists_untold": TwoListsUntold,
}

OURS, OURS_APART = "ours", "ours_apart"
"""In the real core; and its functions alone, without the core around them, which take a tenth of the time."""

PROGRESSIVE, MEAN_VALUE = "progressive", "mean_value"
VICIDIAL = {"vicidial_hard": HARD, "vicidial_average": AVERAGE, "vicidial_tapered": TAPERED}
VICIDIAL_BEST = "vicidial_best"

BEST_MEAN_VALUE = {
    (5, 0.03): (2.0, 0.0135, 0.1),
    (10, 0.03): (2.0, 0.018, 0.05),
    (10, 0.01): (2.0, 0.001, 0.1),
    (20, 0.03): (4.0, 0.024, 0.05),
    (20, 0.01): (2.0, 0.007, 0.1),
    (50, 0.03): (4.0, 0.03, 0.1),
    (50, 0.01): (6.0, 0.009, 0.05),
    (200, 0.03): (8.0, 0.03, 0.02),
    (200, 0.01): (6.0, 0.009, 0.02),
}
"""Horizon (s), target and eta that were best on other seeds, by size and ceiling; where none stays below the ceiling,
none is there."""

BEST_VICIDIAL = {
    (5, 0.03): (1.4, 3.0, -1, 0),
    (5, 0.01): (1.3, 1.0, -1, -40),
    (10, 0.03): (1.5, 3.0, -2, -40),
    (10, 0.01): (1.3, 1.0, -2, -40),
    (20, 0.03): (2.0, 3.0, -4, -40),
    (20, 0.01): (1.4, 1.0, -4, 0),
    (50, 0.03): (2.0, 3.0, -5, -40),
    (50, 0.01): (1.7, 1.0, -10, 0),
    (200, 0.03): (2.0, 3.0, -20, 0),
    (200, 0.01): (1.7, 1.0, -20, 0),
}
"""Greatest level, drop limit (per cent), free agents wanted and intensity, of those that were best on other seeds."""

POLICIES = (OURS, OURS_APART, PROGRESSIVE, MEAN_VALUE, *VICIDIAL, VICIDIAL_BEST)


class Entry(msgspec.Struct, frozen=True, order=True):
    """A policy at work: in a world, with so many agents, at a ceiling (a share)."""

    world: str
    agents: int
    ceiling: float
    policy: str
    mode: str = ""


class Result(msgspec.Struct, frozen=True):
    """What became of one shift. For a certificate, abandonment is that of the legal window, the ledger with it, and the
    greatest of any instant; otherwise that of the shift at its end. `today` is how many answers there were in the shift
    alone, and how many of them were abandoned."""

    busy_s: float
    joined: int
    answered: int
    abandoned: int
    worst: float
    over: bool
    today: tuple[int, int]


class Row(msgspec.Struct, frozen=True):
    """One line of the report. Shares, not per cent; `over` counts shifts over the ceiling, each of so many `hours`,
    `abandonment_today` is of the shifts alone, without the ledger of a certificate."""

    agents: int
    ceiling: float
    policy: str
    mode: str
    utilisation: float
    utilisation_sd: float
    abandonment_pooled: float
    abandonment_max: float
    over: int
    seeds: int
    connects_per_agent_hour: float
    world: str
    hours: float
    abandonment_today: float


def policy_of(entry: Entry) -> Policy:
    """As it begins a shift."""
    ceiling_ppm = round(entry.ceiling * 1_000_000)
    match entry.policy:
        case "ours_apart":
            ledger = months_ledger(entry.agents, ceiling_ppm) if entry.mode == CERTIFICATE else None
            return Ours(entry.agents, ceiling_ppm=ceiling_ppm, mode=entry.mode, ledger=ledger)
        case "progressive":
            return Progressive()
        case "mean_value":
            return MeanValue(*BEST_MEAN_VALUE[entry.agents, entry.ceiling])
        case "vicidial_best":
            return Vicidial(HARD, *BEST_VICIDIAL[entry.agents, entry.ceiling])
        case _:
            return Vicidial(VICIDIAL[entry.policy], limit=entry.ceiling * 100)


def play(entry: Entry, seed: int, seconds: float = SHIFT_S) -> Result:
    """One shift of so many seconds."""
    place: Place = PLACES[entry.world](seed)
    shift = Shift(place, entry.agents, seconds=seconds)
    if entry.policy == OURS:
        return _play_in_core(entry, shift)
    floor = Floor(policy_of(entry))
    outcome = shift.run(floor)
    policy = floor.policy
    if isinstance(policy, Ours) and entry.mode != SOFT:
        return _by_window(outcome, policy)
    return _by_day(outcome, entry.ceiling)


def _play_in_core(entry: Entry, shift: Shift) -> Result:
    ceiling_ppm, certain = round(entry.ceiling * 1_000_000), entry.mode == CERTIFICATE
    ledger = months_ledger(entry.agents, ceiling_ppm) if certain else None
    core = Core(entry.agents, ceiling_ppm=ceiling_ppm, certain=certain, ledger=ledger, seconds=shift.seconds)
    outcome = shift.run(core)
    return _by_window(outcome, core) if certain else _by_day(outcome, entry.ceiling)


def _by_window(outcome: Outcome, whose: Ours | Core) -> Result:
    today = (outcome.answered, outcome.abandoned)
    return Result(outcome.busy_s, outcome.joined, *whose.counted, whose.worst, whose.was_over, today)


def _by_day(outcome: Outcome, ceiling: float) -> Result:
    today = (outcome.answered, outcome.abandoned)
    share, over = outcome.abandoned / max(1, outcome.answered), outcome.abandoned > ceiling * outcome.answered
    return Result(outcome.busy_s, outcome.joined, *today, share, over, today)


def row_of(entry: Entry, results: Iterable[Result], seconds: float = SHIFT_S) -> Row:
    """Of all of its shifts, each of so many seconds."""
    results = list(results)
    utilisations = [result.busy_s / (entry.agents * seconds) for result in results]
    mean = sum(utilisations) / len(utilisations)
    deviation = sqrt(sum((each - mean) ** 2 for each in utilisations) / len(utilisations))
    hours = entry.agents * seconds / 3_600 * len(results)
    return Row(
        agents=entry.agents,
        ceiling=entry.ceiling,
        policy=entry.policy,
        mode=entry.mode,
        utilisation=round(mean, 5),
        utilisation_sd=round(deviation, 5),
        abandonment_pooled=round(sum(each.abandoned for each in results) / sum(each.answered for each in results), 6),
        abandonment_max=round(max(each.worst for each in results), 6),
        over=sum(each.over for each in results),
        seeds=len(results),
        connects_per_agent_hour=round(sum(each.joined for each in results) / hours, 3),
        world=entry.world,
        hours=round(seconds / 3_600, 2),
        abandonment_today=round(sum(each.today[1] for each in results) / sum(each.today[0] for each in results), 6),
    )
