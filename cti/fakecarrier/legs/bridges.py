"""Bridges: which legs can talk to each other now."""

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import BridgeRecord
from cti.fakecarrier.legs.leg import Leg


class Bridges:
    """Opens and closes bridges, in the ledger and for both legs. At most one bridge joins two legs."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self._open: dict[frozenset[str], BridgeRecord] = {}

    def set(self, first: Leg, second: Leg, room: str | None, *, bridged: bool) -> None:
        """Make it so that these two are bridged, or are not."""
        pair = frozenset((first.sid, second.sid))
        if bridged == (pair in self._open):
            return
        now_ms = self._clock.now_ms()
        if bridged:
            record = BridgeRecord(sids=(first.sid, second.sid), room=room, start_ms=now_ms)
            self._open[pair] = record
            self._ledger.open_bridge(record)
        else:
            record = self._open.pop(pair)
            record.end_ms = now_ms
            self._ledger.complete(record)
        for leg in (first, second):
            if bridged:
                leg.situation.enter("bridged")
                leg.hear("bridged")
            else:
                leg.situation.leave("bridged")
                if not leg.situation.is_in("bridged"):
                    leg.hear("silence")
