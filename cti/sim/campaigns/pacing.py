"""The pacing beside the turns, in virtual time: it looks, computes, and tells some time later; slow at times, or not at
all. In some worlds it has lost its mind: what it wants must be safe all the same."""

from cti.core.events import PacingComputed
from cti.core.pools import PoolConfig, pools_of
from cti.dialer.observing import observe
from cti.dialer.pacing.pacer import Pacer, is_news
from cti.sim.edge import Edge
from cti.sim.nature import Nature
from cti.sim.owner import Owner

EVERY_MS = 250
WANTED = (0, 0, 0, 1, 1, 2, 3, 8, 30)
"""What one that has lost its mind wants."""


class Pacing:
    """Asks and tells for as long as it runs."""

    def __init__(self, nature: Nature, edge: Edge) -> None:
        self._nature = nature
        self._edge = edge
        self._pacer: Pacer | None = Pacer() if nature.chance(0.3) else None
        self._every_ms = EVERY_MS if self._pacer is None else nature.pick((EVERY_MS, 4 * EVERY_MS, 4 * EVERY_MS))
        self._told = 0
        self._over = False

    def begin(self) -> None:
        """Look, again and again."""
        if not self._over:
            self._nature.timeline.after(self._every_ms, self.begin)
            owner = self._edge.owner
            if owner is not None and not owner.asleep:
                self._look(owner)

    def end(self) -> None:
        """It is enough."""
        self._over = True

    def _look(self, owner: Owner) -> None:
        nature = self._nature
        for pool in pools_of(owner.state).every:
            if nature.chance(0.02):  # it failed, which harms nobody
                continue
            computed = self._computed(owner, pool)
            if computed:
                longest_ms = 5_000 if nature.chance(0.05) else 30
                nature.after(1, longest_ms, owner.guarded(lambda told=computed: self._tell(owner, told)))  # type: ignore[misc]

    def _computed(self, owner: Owner, pool: PoolConfig) -> PacingComputed | None:
        if self._pacer is None:
            wanted = self._nature.pick(WANTED)
            return PacingComputed(campaign_id=pool.pool_id, calls_now=wanted, method="mad") if wanted else None
        question = observe(owner.state, pool, owner.clock())
        if question is None:
            return None
        computed = self._pacer.answer(question)
        return computed if is_news(question, computed) else None

    def _tell(self, owner: Owner, computed: PacingComputed) -> None:
        self._told += 1
        owner.post(computed, key=f"pacing:{owner.decider.epoch}:{self._told}", actor="pacing")
