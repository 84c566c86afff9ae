"""How long a pacing decision takes: outside the turn, but on the same processor."""

import random
from time import perf_counter

from benchmarks.figure import Figure
from cti.core.learning import Knowledge, learnt_line, learnt_talk, learnt_wrap
from cti.dialer.pacing.decide import decide
from cti.dialer.pacing.observation import Observation
from cti.dialer.pacing.tables import tables_of

AGENTS = 200
SECOND = 1_000


def measure(quick: bool) -> list[Figure]:
    """`pacing_decision_ms_p99`: with 200 agents, from the observation to the decision, tables at hand; and
    `pacing_tables_ms`: those tables, which are built anew each half a minute."""
    draw = random.Random(1)
    knowledge = Knowledge(pool_id="pool")
    for _ in range(1_000):
        knowledge = learnt_talk(knowledge, round(draw.lognormvariate(4.44, 0.83) * SECOND))
        knowledge = learnt_wrap(knowledge, round(draw.lognormvariate(2.75, 0.70) * SECOND))
        answered = draw.random() < 0.25
        age_s = 2.5 + min(22.0, draw.gammavariate(4.0, 2.25)) if answered else 24.5
        knowledge = learnt_line(knowledge, 0, round(age_s * SECOND), answered=answered)
    began = perf_counter()
    tables = tables_of(knowledge)
    tables_ms = (perf_counter() - began) * 1e3
    times_ms = []
    for _ in range(500 if quick else 5_000):
        observation = observed(draw)
        began = perf_counter()
        decide(observation, tables, 0.012)
        times_ms.append((perf_counter() - began) * 1e3)
    p99 = sorted(times_ms)[len(times_ms) * 99 // 100]
    return [
        Figure(name="pacing_decision_ms_p99", value=round(p99, 3), unit="ms", goal=20.0, runs=len(times_ms)),
        Figure(name="pacing_tables_ms", value=round(tables_ms, 3), unit="ms", goal=20.0),
    ]


def observed(draw: random.Random) -> Observation:
    """A busy floor: a few agents are free, lines ring for those who will be."""
    idle, wrapping = draw.randint(2, 9), draw.randint(18, 34)
    return Observation(
        at=0,
        idle=idle,
        waiting=draw.randint(0, 1),
        talking_ms=tuple(draw.randint(0, 300 * SECOND) for _ in range(AGENTS - idle - wrapping)),
        wrapping_ms=tuple(draw.randint(0, 60 * SECOND) for _ in range(wrapping)),
        lines=tuple((draw.randint(0, 25 * SECOND), 250_000) for _ in range(draw.randint(80, 105))),
        next_ppm=(250_000,) * 50,
        lines_max=50,
    )
