"""What pacing looks at: the agents of a pool, and the lines in the air for it, at one instant."""

from cti.core.base import Record


class Observation(Record):
    """At `at` (ms). `idle` agents are free and kept for this pool's lines; `waiting` customers have answered and wait
    for an agent. The others of the pool have been talking, or wrapping up, for so many ms. `lines` are placed or ring:
    their age (ms), and how likely they were to be answered live when they were placed (millionths). `next_ppm` says
    that of the leads who are next; at most `lines_max` of them may be rung now.

    Agents who leave take no new customer from then on. Where it is known, `idle_leaving_ms` says in how long of some of
    the idle ones, `talking_leaving_ms` and `wrapping_leaving_ms` of each of the others (-1: not known)."""

    at: int
    idle: int
    waiting: int
    talking_ms: tuple[int, ...] = ()
    wrapping_ms: tuple[int, ...] = ()
    lines: tuple[tuple[int, int], ...] = ()
    next_ppm: tuple[int, ...] = ()
    lines_max: int = 0
    idle_leaving_ms: tuple[int, ...] = ()
    talking_leaving_ms: tuple[int, ...] = ()
    wrapping_leaving_ms: tuple[int, ...] = ()

    @property
    def agents(self) -> int:
        """Of the pool, whatever they do."""
        return self.idle + len(self.talking_ms) + len(self.wrapping_ms)

    @property
    def exposure(self) -> int:
        """How many customers might find nobody, if every line is answered and no other agent gets free."""
        return len(self.lines) + self.waiting - self.idle
