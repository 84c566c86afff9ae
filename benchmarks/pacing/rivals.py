"""What others do, as far as it is public: one line for each free agent, the way of VICIdial, a mean-value rule."""

import math
from collections import deque

from benchmarks.pacing.floor import Floor


class Progressive:
    """One line for each free agent."""

    def lines(self, at_s: float, floor: Floor) -> int:
        """Those who have none."""
        return -floor.exposure

    def line_over(self, at_s: float, age_s: float, traits: tuple[str, ...], *, answered: bool) -> None:
        """It does not learn."""

    def fate_known(self, at_s: float, floor: Floor, *, abandoned: bool) -> None:
        """It does not learn."""

    def talk_over(self, seconds: float) -> None:
        """It does not learn."""

    def wrap_over(self, seconds: float) -> None:
        """It does not learn."""


HARD, AVERAGE, TAPERED = "hard", "average", "tapered"


class Vicidial(Progressive):
    """Lines per agent as a level that grows while agents are free: adapted each 15 s, lines started each 2.5 s, drops
    counted each minute. Above the limit (per cent) the level falls: to one, to half, or by what is left of the day."""

    def __init__(
        self, way: str, level_max: float = 3.0, limit: float = 3.0, free_more: int = 0, intensity: int = 0
    ) -> None:
        self._way, self._level_max, self._limit = way, level_max, limit
        self._free_more, self._intensity = free_more, intensity
        self._level, self._dropped_share, self._dials_counted = 1.0, 0.0, 0
        self._dials = self._answers = self._drops = 0
        self._minute_dials = self._minute_drops = self._dials_before = self._drops_before = 0
        self._samples: deque[tuple[int, int, int]] = deque(maxlen=15)
        self._sample_s, self._count_s, self._adapt_s, self._start_s = 1.0, 60.0, 15.0, 0.0

    def line_over(self, at_s: float, age_s: float, traits: tuple[str, ...], *, answered: bool) -> None:
        """Its answers are counted."""
        self._answers += answered

    def fate_known(self, at_s: float, floor: Floor, *, abandoned: bool) -> None:
        """Its drops are counted."""
        self._drops += abandoned

    def lines(self, at_s: float, floor: Floor) -> int:
        """Up to the level for each agent who is free or talks, less what rings, waits or talks."""
        self._look(at_s, floor)
        if at_s < self._start_s:
            return 0
        self._start_s = at_s + 2.5
        in_use = len(floor.ringing) + len(floor.waiting) + len(floor.talking)
        lines = round(self._level * (len(floor.idle) + len(floor.talking))) - in_use
        lines = max(0, min(lines, floor.shift.tokens(at_s)))
        self._dials += lines
        return lines

    def _look(self, at_s: float, floor: Floor) -> None:
        if at_s >= self._sample_s:
            self._sample_s += 1.0
            self._samples.append((len(floor.idle), len(floor.waiting), floor.agents))
        if at_s >= self._count_s:
            self._count_s += 60.0
            self._dials_counted = self._dials
            self._dropped_share = 100.0 * self._drops / max(1, self._answers)
            self._minute_dials, self._dials_before = self._dials - self._dials_before, self._dials
            self._minute_drops, self._drops_before = self._drops - self._drops_before, self._drops
        if at_s >= self._adapt_s:
            self._adapt_s += 15.0
            self._adapt(at_s)

    def _adapt(self, at_s: float) -> None:
        looked = max(1, len(self._samples))
        free = sum(idle - waiting for idle, waiting, _ in self._samples) / looked + self._free_more
        change = free / max(1.0, sum(agents for *_, agents in self._samples) / looked)
        strength = self._intensity / 100.0
        change *= abs(strength - 1.0) if change < 0 else strength + 1.0
        level = min(self._level_max, max(1.0, self._level * (1.0 + change)))
        if self._minute_dials > 20 and self._minute_drops > self._minute_dials / 2:
            level /= 2
        if self._dials_counted > 50 and self._dropped_share > self._limit:
            level *= self._brake(at_s, level)
        self._level = max(1.0, level)

    def _brake(self, at_s: float, level: float) -> float:
        if self._way == HARD:
            return 1.0 / level
        if self._way == AVERAGE:
            return 0.5
        # Hours and minutes as one number, from nine to five, as there.
        left = 1_700 - ((9 + int(at_s // 3_600)) * 100 + int(at_s % 3_600 // 60))
        return 1.0 / level if left < 0 else min(1.0, left / 1_000)


class MeanValue(Progressive):
    """The textbook's rule: as many lines as make the answers that are expected those agents that are free or will be
    within some seconds, times a factor that is steered by each answer to a share of abandoned ones."""

    def __init__(self, horizon_s: float, target: float, eta: float) -> None:
        self._horizon_s, self._target, self._eta = horizon_s, target, eta
        self._factor = 1.0
        self._answered, self._lines, self._forgotten_s = 6.0, 20.0, 0.0
        self._talks, self._talked_s = 40.0, 40.0 * 160.0

    def line_over(self, at_s: float, age_s: float, traits: tuple[str, ...], *, answered: bool) -> None:
        """How many answer, of late."""
        past_s = at_s - self._forgotten_s
        if past_s >= 5.0:
            keep = math.exp(-past_s / 600.0)
            if self._lines * keep > 150.0:
                self._answered, self._lines = self._answered * keep, self._lines * keep
            self._forgotten_s = at_s
        self._answered, self._lines = self._answered + answered, self._lines + 1.0

    def fate_known(self, at_s: float, floor: Floor, *, abandoned: bool) -> None:
        """The factor follows."""
        self._factor *= math.exp(self._eta * (self._target - abandoned))
        self._factor = min(1.5, max(0.05, self._factor))

    def talk_over(self, seconds: float) -> None:
        """How long talks are."""
        self._talks, self._talked_s = self._talks + 1.0, self._talked_s + seconds

    def lines(self, at_s: float, floor: Floor) -> int:
        """For all who are free by then."""
        ending = 1.0 - math.exp(-self._horizon_s * self._talks / self._talked_s)
        finishing = len(floor.talking) * ending + len(floor.wrapping) * (1.0 - math.exp(-self._horizon_s / 20.0))
        free = len(floor.idle) - len(floor.waiting) + finishing
        return math.floor(free * self._factor * self._lines / self._answered) - len(floor.ringing)
