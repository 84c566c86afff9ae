"""Snapshots in memory. Two are kept, as on disk."""

from collections.abc import Iterator

from cti import engine
from cti.core.record import TurnRecord
from cti.runtime.decider import Decider
from cti.runtime.snapshots import KEPT, Snapshots


class KeptSnapshots(Snapshots):
    """The newest snapshots of the site."""

    def __init__(self) -> None:
        self._kept: list[Snapshots.Found] = []

    def keep(self, decider: Decider, record: TurnRecord) -> None:
        """Take one, unless the worker has already decided beyond the record."""
        if decider.state.last.seq == record.seq:
            content = engine.capture(decider.state)
            self._kept = [self.Found(record.seq, decider.last_hash, engine.LOGIC, content), *self._kept][:KEPT]

    def newest_first(self) -> Iterator[Snapshots.Found]:
        """Those that are kept."""
        return iter(self._kept)
