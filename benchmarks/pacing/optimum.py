"""The best that any policy can do in the world without memory: a constrained Markov decision problem, solved.

A state is how many customers are with agents or wait for one, and how many lines ring; the choice is to start lines.
With a price on each abandoned call beyond the ceiling, the best policy follows by iterating its relative values; the
price at which it is worth least is that of the ceiling, and what it is worth there is the utilisation.
"""

import math

import numpy as np

ANSWER, RING_S, HANDLE_S, PATIENCE_S = 0.25, 16.0, 140.0, 3.3
QUEUE = {5: 6, 10: 7, 20: 8, 50: 10}
"""How many customers may wait; more never do."""

GOLDEN = (math.sqrt(5) - 1) / 2
PRECISION = 2e-5


class Problem:
    """Of so many agents. Rates are per second."""

    def __init__(self, agents: int, ceiling: float) -> None:
        waiting_max = QUEUE.get(agents, 10)
        ringing = agents / HANDLE_S / ANSWER * RING_S
        ringing_max = int(ringing + 6 * math.sqrt(ringing) + 3 / ANSWER + 8)
        customers = np.arange(agents + waiting_max + 1)[:, None]
        busy, waiting = np.minimum(customers, agents), np.maximum(customers - agents, 0)
        rings = np.arange(ringing_max + 1)[None, :] / RING_S
        self._scale = ringing_max / RING_S + agents / HANDLE_S + waiting_max / PATIENCE_S
        self._answers = rings * ANSWER / self._scale
        self._over = rings * (1 - ANSWER) / self._scale
        self._leaves = (busy / HANDLE_S + waiting / PATIENCE_S) / self._scale
        self._stays = 1.0 - self._answers - self._over - self._leaves
        self._reward = busy / agents + 0.0 * rings
        # Who is answered while the queue is full is abandoned at once.
        full = customers == agents + waiting_max
        self._debt = waiting / PATIENCE_S + (full - ceiling) * rings * ANSWER
        self._values = np.zeros((len(customers), ringing_max + 1))

    def worth(self, price: float) -> float:
        """Utilisation, less the price of each second's abandoned calls beyond the ceiling."""
        reward = (self._reward - price * self._debt) / self._scale
        values = self._values
        while True:
            best = np.maximum.accumulate(values[:, ::-1], axis=1)[:, ::-1]
            fewer = np.concatenate([best[:, :1], best[:, :-1]], axis=1)
            answered = np.concatenate([fewer[1:], fewer[-1:]])
            left = np.concatenate([best[:1], best[:-1]])
            changed = reward + self._answers * answered + self._over * fewer + self._leaves * left + self._stays * best
            steps = (changed - values) * self._scale
            values = changed - changed[0, 0]
            if np.ptp(steps) < PRECISION:
                self._values = values
                return float(steps.max() + steps.min()) / 2


def optimum(agents: int, ceiling: float) -> float:
    """The greatest utilisation at which no more than this share of the answered is abandoned."""
    problem = Problem(agents, ceiling)
    low, high = math.log(10 / agents), math.log(3_000 / agents)
    first, second = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_first, at_second = problem.worth(math.exp(first)), problem.worth(math.exp(second))
    for _ in range(14):
        if at_first < at_second:
            high, second, at_second = second, first, at_first
            first = high - GOLDEN * (high - low)
            at_first = problem.worth(math.exp(first))
        else:
            low, first, at_first = first, second, at_second
            second = low + GOLDEN * (high - low)
            at_second = problem.worth(math.exp(second))
    return min(at_first, at_second)
