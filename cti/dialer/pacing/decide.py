"""How many lines to start now: as many as keep the risk of each below `theta`, and the exposure below its bound.

Outside the turn, in floats. The turn that starts them asks the ledger again for each, in integers.
"""

import numpy as np

from cti.core.base import Record
from cti.dialer.pacing.observation import Observation
from cti.dialer.pacing.risk import risk_of
from cti.dialer.pacing.tables import INSTANTS_S, Array, Tables, answered_by, free_by

ANY_EXPOSURE = 1 << 30


class Decision(Record):
    """Start `lines`. The next one after them would, when it is answered, find nobody free with the chance `risk`; it is
    `blocked` where that would be little enough, and only the exposure forbids it. At the time at which a line that is
    started now is answered, so many agents are expected to be free, and so many other lines to have been answered."""

    lines: int
    risk: float = 0.0
    blocked: bool = False
    expected_free: float = 0.0
    expected_answers: float = 0.0


def decide(observation: Observation, tables: Tables, theta: float, exposure_max: int = ANY_EXPOSURE) -> Decision:
    """By what was learnt, with at most this risk. An exposure of 0 at most is one line for each free agent."""
    free = _free(observation, tables)
    answered = answered_by(tables, observation.lines)
    spare = observation.idle - len(observation.idle_leaving_ms) - observation.waiting
    risk = risk_of(free, answered, spare)
    wanted = min(observation.lines_max, len(observation.next_ppm)) if observation.agents else 0
    room = exposure_max - observation.exposure
    lines, blocked = 0, False
    next_risk = float(tables.arrivals @ risk.now())
    while lines < wanted and next_risk <= theta:
        if lines >= room:
            blocked = True
            break
        risk.add(observation.next_ppm[lines] / 1e6 * tables.fresh)
        lines += 1
        next_risk = float(tables.arrivals @ risk.now())
    started = sum(observation.next_ppm[:lines]) / 1e6 * tables.fresh
    return Decision(
        lines=lines,
        risk=next_risk,
        blocked=blocked,
        expected_free=float(tables.arrivals @ (spare + free.sum(0))),
        expected_answers=float(tables.arrivals @ (answered.sum(0) + started)),
    )


def _free(observation: Observation, tables: Tables) -> Array:
    """The chances that busy agents are free, and that those who are known to leave are still there, by instant."""
    free = free_by(tables, observation.talking_ms, observation.wrapping_ms)
    busy_leaving_ms = observation.talking_leaving_ms + observation.wrapping_leaving_ms
    if busy_leaving_ms:
        free = free * _there(busy_leaving_ms)
    if observation.idle_leaving_ms:
        free = np.concatenate([free, _there(observation.idle_leaving_ms)])
    return free


def _there(leaving_ms: tuple[int, ...]) -> Array:
    """1 at the instants before they leave, 0 after."""
    in_s = np.array([ms / 1_000 if ms >= 0 else np.inf for ms in leaving_ms])
    return (INSTANTS_S[None, :] < in_s[:, None]).astype(np.float64)
