"""The last minutes of each campaign, for charts: sampled from the state between turns, forgotten with the process."""

from collections import deque

from cti.core.apply.campaigns import run_of
from cti.core.base import Record
from cti.core.events import PacingComputed
from cti.core.exposure import free_agents
from cti.core.pools import pools_of
from cti.core.state import State
from cti.views.campaign import Paced, lines_of

SAMPLE_MS = 1_000
POINT_MS = 10_000
POINTS_MAX = 120
"""Twenty minutes."""

PACED_MS = 5_000
"""How long what the pacing found says something of now."""


class Point(Record):
    """Ten seconds that began at `at` (ms): lines in the air, agents who talk for the campaign, and who are free, on
    average, in hundredths; live answers, and how many were abandoned."""

    at: int
    air: int = 0
    talking: int = 0
    free: int = 0
    answers: int = 0
    abandoned: int = 0


class _Samples:
    """What is added up for a point that is not over."""

    def __init__(self, at: int, answers: int, abandoned: int) -> None:
        self.at = at
        self.first = answers, abandoned
        self.sums = [0, 0, 0]
        self.count = 0


class CampaignTrail:
    """Fed by whoever paces: `sample` at every look, `paced` with each answer."""

    def __init__(self) -> None:
        self._points: dict[str, deque[Point]] = {}
        self._samples: dict[str, _Samples] = {}
        self._paced: dict[str, Paced] = {}
        self._sampled_at = 0

    def paced(self, at: int, computed: PacingComputed) -> None:
        """What the pacing of a pool found last."""
        self._paced[computed.campaign_id] = Paced(
            at=at,
            method=computed.method,
            wanted=computed.calls_now,
            risk_ppm=computed.risk_ppm,
            theta_ppm=computed.theta_ppm,
            free_ppm=computed.free_ppm,
            answers_ppm=computed.answers_ppm,
        )

    def paced_at(self, pool_id: str, at: int) -> Paced | None:
        """What it found, unless that was too long before `at` (ms), as while nobody is to be called."""
        found = self._paced.get(pool_id)
        return found if found and at - found.at <= PACED_MS else None

    def sample(self, state: State, at: int) -> None:
        """How every campaign of a pool stands; more often than each second is not looked."""
        if 0 <= at - self._sampled_at < SAMPLE_MS:
            return
        self._sampled_at = at
        for pool in pools_of(state).every:
            free = free_agents(state, pool)
            for campaign_id in pool.campaign_ids:
                self._add(state, campaign_id, free, at)

    def _add(self, state: State, campaign_id: str, free: int, at: int) -> None:
        today = run_of(state, campaign_id).today
        samples = self._samples.get(campaign_id)
        if samples is None or at // POINT_MS != samples.at // POINT_MS:
            if samples:
                self._close(campaign_id, samples, today.answers, today.abandoned)
            samples = self._samples[campaign_id] = _Samples(at - at % POINT_MS, today.answers, today.abandoned)
        lines = lines_of(state, campaign_id)
        for place, value in enumerate((lines.asked + lines.ringing + lines.waiting, lines.talking, free)):
            samples.sums[place] += value
        samples.count += 1

    def _close(self, campaign_id: str, samples: _Samples, answers: int, abandoned: int) -> None:
        """A new day counts from nothing."""
        air, talking, free = (100 * each // samples.count for each in samples.sums)
        before = samples.first if answers >= samples.first[0] else (0, 0)
        point = Point(
            at=samples.at,
            air=air,
            talking=talking,
            free=free,
            answers=answers - before[0],
            abandoned=max(0, abandoned - before[1]),
        )
        self._points.setdefault(campaign_id, deque(maxlen=POINTS_MAX)).append(point)

    def points(self, campaign_id: str) -> list[Point]:
        """Oldest first; none for a campaign that is not paced."""
        return list(self._points.get(campaign_id, ()))
