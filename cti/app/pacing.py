"""Pacing beside the turns: several times a second each pool of agents is looked at, and the turn is told how many lines
it can do with."""

import asyncio

import structlog

from cti.core.errors import JournalError
from cti.core.events import PacingComputed
from cti.core.pools import pools_of
from cti.dialer.observing import observe
from cti.dialer.pacing.pacer import Pacer, is_news
from cti.runtime.clock import Clock
from cti.runtime.driver import Driver
from cti.runtime.stalls import LoopWatch
from cti.views.campaign_trail import CampaignTrail

log = structlog.get_logger()

EVERY_S = 0.25
"""How often agents and lines are looked at: an agent who is free waits half of this on average, and a line rings for
many times as long."""


class Pacing:
    """Asks and tells for as long as it runs."""

    def __init__(self, driver: Driver, clock: Clock, watch: LoopWatch, trail: CampaignTrail) -> None:
        self._driver = driver
        self._watch = watch
        self._clock = clock
        self._trail = trail
        self._pacer = Pacer()
        self._told = 0

    async def run(self) -> None:
        """Until it is cancelled. What goes wrong in one look is logged, and the next one is made: without pacing nobody
        is called, which harms nobody."""
        while True:
            await asyncio.sleep(self._clock.real_s(EVERY_S))
            try:
                await self._look()
            except JournalError:
                raise
            except Exception:
                log.exception("pacing_failed", remedy="no lines are begun meanwhile; please report this")

    async def _look(self) -> None:
        """After a stall nobody knows yet how things stand: what happened meanwhile is being read."""
        if self._watch.has_stalled:
            return
        state = self._driver.decider.state
        self._trail.sample(state, self._clock.now())
        for pool in pools_of(state).every:
            question = observe(state, pool, self._clock.now())
            if question is None:
                continue
            computed = await asyncio.to_thread(self._pacer.answer, question)
            self._trail.paced(self._clock.now(), computed)
            if is_news(question, computed):
                await self._tell(computed)

    async def _tell(self, computed: PacingComputed) -> None:
        """The next look sees what came of it."""
        self._told += 1
        key = f"pacing:{self._driver.decider.epoch}:{self._told}"
        await self._driver.post(computed, key=key, actor="pacing")
