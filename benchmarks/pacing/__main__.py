"""`make bench-pacing`: every policy in the same shifts, a line of JSON each. Exit status 1 when ours misses a goal."""

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby, repeat

import msgspec

from benchmarks.pacing.contest import (
    BEST_MEAN_VALUE,
    BEST_VICIDIAL,
    OURS,
    OURS_APART,
    POLICIES,
    Entry,
    Row,
    play,
    row_of,
)
from benchmarks.pacing.goals import misses
from benchmarks.pacing.ours import CERTIFICATE, SOFT
from benchmarks.pacing.places import SHIFT_S
from cti.cli.progress import count_bar

SIZES = (5, 10, 20, 50, 200)
CEILINGS = (0.03, 0.01)
SEEDS = 10
MARKOV_SEEDS = 40
"""The optimum is one of the long run: ten of those shifts are within half a point of it at best."""

QUICK_S = 2 * 3_600
"""How long the one shift of a quick run is."""

QUICK_CORE = (5, 10, 20)
"""Where it has the real core, too: of more agents even that would take minutes."""

OTHER_WORLDS = ("markov", "two_lists", "two_lists_untold")
SMALL = (5, 10, 20)


def entries(sizes: tuple[int, ...], *, quick: bool) -> Iterator[Entry]:
    """Everything that competes; the other worlds have ours alone."""
    for agents in sizes:
        for ceiling in CEILINGS:
            for policy in POLICIES:
                if policy != OURS or not quick or agents in QUICK_CORE:
                    yield from _entries_of(agents, ceiling, policy)
        if agents in SMALL and not quick:
            for world in OTHER_WORLDS:
                yield Entry(world, agents, 0.03, OURS_APART, SOFT)
            yield Entry("markov", agents, 0.03, OURS_APART, CERTIFICATE)


def _entries_of(agents: int, ceiling: float, policy: str) -> Iterator[Entry]:
    known = {"mean_value": BEST_MEAN_VALUE, "vicidial_best": BEST_VICIDIAL}
    if policy in (OURS, OURS_APART):
        yield Entry("b1", agents, ceiling, policy, SOFT)
        yield Entry("b1", agents, ceiling, policy, CERTIFICATE)
    elif policy not in known or (agents, ceiling) in known[policy]:
        yield Entry("b1", agents, ceiling, policy)


def seeds_of(entry: Entry, *, quick: bool) -> range:
    """Which shifts the goals are for, or the first of them."""
    if quick:
        return range(1)
    return range(MARKOV_SEEDS if entry.world == "markov" else SEEDS)


def rows(seeds: dict[Entry, range], seconds: float, processes: int) -> Iterator[Row]:
    """As they are finished, in order. A bar on stderr counts the shifts."""
    tasks = [(entry, seed) for entry in seeds for seed in seeds[entry]]
    with ProcessPoolExecutor(processes) as pool, count_bar() as bar:
        doing = bar.add_task("", total=len(tasks))
        results = pool.map(play, *zip(*tasks, strict=True), repeat(seconds))
        for entry, played in groupby(zip(tasks, results, strict=True), key=lambda each: each[0][0]):
            bar.update(doing, description=f"{entry.agents} agents, {entry.ceiling:.0%}, {entry.policy} {entry.mode}")
            found = []
            for _, result in played:
                found.append(result)
                bar.advance(doing)
            yield row_of(entry, found, seconds)


def main() -> int:
    """Print a row a line; 1 when ours misses a goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a shift of two hours for each size, in under five minutes"
    )
    parser.add_argument("--agents", type=int, action="append", choices=SIZES, help="of this size only; may be repeated")
    parser.add_argument("--policy", action="append", choices=POLICIES, help="this policy only; may be repeated")
    parser.add_argument("--seeds", help="which shifts, as 0-9; goals are for those")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="how many at once")
    options = parser.parse_args()
    wanted = list(entries(tuple(options.agents or SIZES), quick=options.quick))
    if options.policy:
        wanted = [entry for entry in wanted if entry.policy in options.policy]
    seeds = {entry: seeds_of(entry, quick=options.quick) for entry in wanted}
    if options.seeds:
        first, _, last = options.seeds.partition("-")
        seeds = dict.fromkeys(wanted, range(int(first), int(last or first) + 1))
    found = []
    for row in rows(seeds, QUICK_S if options.quick else SHIFT_S, options.processes):
        found.append(row)
        print(msgspec.json.encode(row).decode(), flush=True)
    # A shift alone is luck: the goals are for all of them.
    missed = [] if options.quick or options.seeds else misses(found)
    for miss in missed:
        print(miss, file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
