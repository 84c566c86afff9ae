"""`cti sim`: the same core in virtual time, with callers, agents, a carrier and faults from a seed."""

import json as json_format
import sys
from collections.abc import Iterator
from typing import Literal

from rich.console import Console
from rich.progress import track

from cti.core.errors import CtiError
from cti.sim.checks.violation import WORDS, Violation
from cti.sim.guards import Guard
from cti.sim.story import story
from cti.sim.timeline import EndlessRun
from cti.sim.world import World


def sim(
    *,
    seeds: int = 100,
    from_: int = 1,
    json: bool = False,
    without: Literal["", "fence", "duplicates", "in-doubt"] = "",
) -> int:
    """Run seeds one after another and check after every turn; exit status 1 when something happened that must not.

    Parameters
    ----------
    seeds
        How many.
    from_
        The first one.
    json
        No progress bar; the last line is JSON.
    without
        Leave out one of the guards, to see that the checks notice.
    """
    if seeds < 1:
        raise CtiError("--seeds: give a number of at least 1.")
    guard = Guard(without) if without else None
    contacts, violations = 0, 0
    for seed in _walk(from_, seeds, quiet=json):
        world = World(seed, guard)
        try:
            world.run()
        except (Violation, EndlessRun) as violation:
            violations += 1
            _tell(world, seed, violation, without)
        contacts += world.calls.contacts
    if json:
        print(json_format.dumps({"seeds": seeds, "contacts": contacts, "violations": violations}))
    else:
        print(f"{seeds} seeds, {contacts} contacts, {violations} violations")
    return 1 if violations else 0


def _walk(first: int, count: int, *, quiet: bool) -> Iterator[int]:
    console = Console(stderr=True)
    numbers = range(first, first + count)
    if quiet or not console.is_terminal:
        return iter(numbers)
    return iter(track(numbers, description="seeds", console=console, transient=True))


def _tell(world: World, seed: int, violation: Exception, without: str) -> None:
    """What happened, the story of whom it happened to, and the command that repeats it."""
    at_s = (world.nature.now - world.nature.began_at) / 1_000
    words = WORDS.get(getattr(violation, "letter", ""), "it never ended")
    print(f"seed {seed}, after {at_s:.3f} s: {words}: {violation}", file=sys.stderr)
    about = getattr(violation, "about", "")
    for line in story(about, world.journal_checks.records, world.ledger.facts, world.nature.began_at):
        print(f"  {line}", file=sys.stderr)
    again = f"cti sim --from {seed} --seeds 1" + (f" --without {without}" if without else "")
    print(f"again: {again}", file=sys.stderr)
