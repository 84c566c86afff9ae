"""Seeds, run one after another. A seed that violates something tells what, to whom, and how to see it again."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import msgspec

from cti.sim.calling.tally import Tally
from cti.sim.calling.world import CallingWorld
from cti.sim.campaigns.world import CampaignWorld
from cti.sim.checks.violation import WORDS, Violation
from cti.sim.guards import Guard
from cti.sim.left_out import left_out
from cti.sim.story import story
from cti.sim.timeline import EndlessRun
from cti.sim.world import World


class Kind(StrEnum):
    """The worlds that there are: a centre that is called, one that calls, and one that does both."""

    CENTRE = "centre"
    CALLING = "calling"
    CAMPAIGNS = "campaigns"


CALLING_EVERY = 10
"""Every so many seeds one is a world of calling, and another one of campaigns, unless a kind is asked for."""

AnyWorld = World | CallingWorld | CampaignWorld

_WORLDS: dict[Kind, type[World] | type[CallingWorld]] = {
    Kind.CENTRE: World,
    Kind.CALLING: CallingWorld,
    Kind.CAMPAIGNS: CampaignWorld,
}


def kind_of(seed: int) -> Kind:
    """Which world the seed is by itself."""
    place = seed % CALLING_EVERY
    return Kind.CALLING if place == 0 else Kind.CAMPAIGNS if place == CALLING_EVERY // 2 else Kind.CENTRE


class Outcome(msgspec.Struct, frozen=True):
    """What came of a seed: how many contacts it had, what became of its `calls` in a world that calls, and the report
    of its first violation, if there was one."""

    seed: int
    contacts: int
    letter: str = ""
    report: str = ""
    calls: Tally | None = None


def run_seeds(seeds: Iterable[int], without: Guard | None = None, kind: Kind | None = Kind.CENTRE) -> Iterator[Outcome]:
    """Run each seed when it is asked for. `without` leaves a guard out of the server, to see that it is missed. Without
    a `kind` each seed is the world that it is by itself."""
    with _collecting_between():
        for seed in seeds:
            yield run_seed(seed, without, kind)
            gc.collect()


def run_seed(seed: int, without: Guard | None = None, kind: Kind | None = Kind.CENTRE) -> Outcome:
    """One world, from its first call to the last look."""
    world: AnyWorld = _WORLDS[kind or kind_of(seed)](seed, without)
    with left_out(without):
        violation = run_world(world)
    calls = world.truth.tally if isinstance(world, CallingWorld) else None
    if violation is None:
        return Outcome(seed, world.contacts, calls=calls)
    return Outcome(seed, world.contacts, violation.letter, report(world, violation), calls)


def run_world(world: AnyWorld) -> Violation | None:
    """The first violation, if there is one. Raises what is a mistake of the simulation itself, with the seed."""
    try:
        world.run()
    except Violation as violation:
        return violation
    except EndlessRun as endless:
        return Violation("S", str(endless))
    except Exception as error:
        error.add_note(f"seed {world.seed}")
        raise
    return None


def report(world: AnyWorld, violation: Violation) -> str:
    """What happened, to whom, when, and how to see it again."""
    after_s = (world.nature.now - world.nature.began_at) / 1000
    kind = next(kind for kind, made in _WORLDS.items() if type(world) is made)
    options = f" --world {kind}" if kind is not kind_of(world.seed) else ""
    options += f" --without {world.without}" if world.without else ""
    lines = [
        f"seed {world.seed}, after {after_s:.3f} s: {WORDS[violation.letter]} ({violation.letter})",
        f"    {violation.what}",
        f"The story{f' of {violation.about}' if violation.about else ''}:",
        *story(world, violation.about),
        f"To see it again: cti sim --from {world.seed} --seeds 1{options}",
    ]
    return "\n".join(lines)


@contextmanager
def _collecting_between() -> Iterator[None]:
    """A world is one big knot of references: looking through it while it lives costs a quarter of the time. What was
    there before is not looked through at all."""
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()
