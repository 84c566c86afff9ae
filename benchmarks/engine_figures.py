"""The core alone: turns a second on one core, and whether a turn costs more when much has happened before."""

from statistics import median

from benchmarks.engine import engine_growth, engine_turns_per_s
from benchmarks.figure import AT_LEAST, Figure


def measure(quick: bool) -> list[Figure]:
    """`engine_turns_per_s` and `engine_growth`; `quick` leaves out what takes long."""
    runs = 1 if quick else 3
    turns = median(engine_turns_per_s() for _ in range(runs))
    growth = median(engine_growth() for _ in range(runs))
    return [
        Figure(name="engine_turns_per_s", value=round(turns), unit="turns/s", goal=20_000, bound=AT_LEAST, runs=runs),
        Figure(name="engine_growth", value=round(growth, 3), unit="times", goal=1.5, runs=runs),
    ]
