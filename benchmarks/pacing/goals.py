"""What our policy has to reach, and whom it has to beat."""

from benchmarks.pacing.contest import OURS, OURS_APART, Row
from benchmarks.pacing.optimum import optimum
from benchmarks.pacing.ours import CERTIFICATE, SOFT

GOALS = {
    (SOFT, 0.03): {5: 0.77, 10: 0.825, 20: 0.875, 50: 0.93, 200: 0.978},
    (SOFT, 0.01): {5: 0.73, 10: 0.79, 20: 0.845, 50: 0.91, 200: 0.965},
    (CERTIFICATE, 0.03): {5: 0.77, 10: 0.83, 20: 0.875, 50: 0.93, 200: 0.975},
    (CERTIFICATE, 0.01): {5: 0.73, 10: 0.78, 20: 0.84, 50: 0.90, 200: 0.95},
}
"""Utilisation in world B1 at least, with no shift over the ceiling."""

FROM_OPTIMUM = 0.01
"""So near ours is to the best there is, where that is known: at the ceiling; with a certificate, whose ledger lets a
day be above it, at what the shifts themselves abandoned."""


def misses(rows: list[Row]) -> list[str]:
    """Each goal that is missed, in a sentence."""
    return [miss for row in rows if row.policy in (OURS, OURS_APART) for miss in _misses_of(row, rows)]


def _misses_of(row: Row, rows: list[Row]) -> list[str]:
    name = f"{row.policy}, {row.world}, {row.agents} agents, {row.mode} at {row.ceiling:.0%}"
    found = []
    if row.world == "markov":
        best = optimum(row.agents, max(row.ceiling, row.abandonment_today))
        if row.utilisation < best - FROM_OPTIMUM:
            found.append(f"{name}: {row.utilisation:.2%}, the optimum is {best:.2%}")
    if row.over and (row.world == "b1" or row.mode == CERTIFICATE):
        found.append(f"{name}: {row.over} shifts over the ceiling")
    if row.world != "b1":
        return found
    goal = GOALS[row.mode, row.ceiling][row.agents]
    if row.utilisation < goal:
        found.append(f"{name}: {row.utilisation:.2%}, the goal is {goal:.2%}")
    rivals = [each for each in rows if (each.world, each.agents, each.ceiling) == ("b1", row.agents, row.ceiling)]
    found += [
        f"{name}: {row.utilisation:.2%}, {each.policy} has {each.utilisation:.2%}"
        for each in rivals
        if each.policy not in (OURS, OURS_APART)
        and each.abandonment_pooled <= row.ceiling
        and each.utilisation >= row.utilisation
    ]
    return found
