"""`cti sim`: whole days of a small centre in virtual time, with faults from a seed, and everything checked."""

import sys
from collections.abc import Iterable, Iterator

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cti.sim.calling.tally import Tally
from cti.sim.guards import Guard
from cti.sim.run import Kind, Outcome, run_seeds


def sim(
    *, seeds: int = 100, from_: int = 1, json: bool = False, without: Guard | None = None, world: Kind | None = None
) -> int:
    """Simulate callers, agents, a carrier and faults, and check after every turn that nothing is lost.

    Exit status 1 when anything was violated; each violation says how to see it again.

    Parameters
    ----------
    seeds
        How many worlds to run.
    from_
        The first seed.
    json
        One line of JSON at the end, with what became of calls in worlds that call; violations go to standard error.
    without
        Leave a guard out, to see that the checks miss it.
    world
        Only such worlds: a centre that is called, or one that calls, where additions to the lists, switches of
        registries and ends of hours race with calls; or one whose campaigns run while callers come. Without it every
        tenth seed is one that calls, and another one has campaigns.
    """
    contacts, violations, calls = 0, 0, Tally()
    out = sys.stderr if json else sys.stdout
    outcomes = run_seeds(range(from_, from_ + seeds), without, world)
    for outcome in outcomes if json or not sys.stdout.isatty() else _with_progress(outcomes, seeds):
        contacts += outcome.contacts
        if outcome.calls:
            calls.add(outcome.calls)
        if outcome.report:
            violations += 1
            print(outcome.report, end="\n\n", file=out, flush=True)
    if json:
        told = {"seeds": seeds, "contacts": contacts, "violations": violations}
        print(orjson.dumps(told | {"calls": calls.as_json()} if calls.asked else told).decode())
    else:
        if calls.asked:
            print(calls.words())
        print(f"{seeds} seeds, {contacts} contacts, {violations or 'no'} violation{'s' if violations != 1 else ''}")
    return 1 if violations else 0


def _with_progress(outcomes: Iterable[Outcome], seeds: int) -> Iterator[Outcome]:
    columns = (
        TextColumn("seeds"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(), transient=True) as progress:
        task = progress.add_task("seeds", total=seeds, note="")
        violations = 0
        for outcome in outcomes:
            violations += outcome.report != ""
            progress.update(task, advance=1, note=f"{violations} violated" if violations else "")
            yield outcome
