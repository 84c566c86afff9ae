"""Bridges: which legs can talk to each other now, and who hears whom."""

from collections import defaultdict

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import BridgeRecord
from cti.fakecarrier.ledger.wire import HearingRecord
from cti.fakecarrier.legs.leg import Leg


class Bridges:
    """Opens and closes bridges, in the ledger and for both legs. At most one bridge joins two legs.

    A bridge is two parties who can talk, whether or not one of them is muted for a while. Who listens in without being
    heard is bridged with nobody, but hears; so hearing is kept beside the bridges, each way for itself.
    """

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger
        self._open: dict[frozenset[str], BridgeRecord] = {}
        self._hearing: dict[tuple[str, str], HearingRecord] = {}
        self._company: dict[str, set[str]] = defaultdict(set)

    def set(
        self, first: Leg, second: Leg, room: str | None, *, bridged: bool, hears: tuple[bool, bool] | None = None,
        let_in: bool = False,
    ) -> None:  # fmt: skip
        """Make it so that these two are bridged, or are not; `hears` says whether the first hears the second, and the
        second the first (by default as they are bridged). `let_in`: not because one of them has just come.
        """
        first_hears, second_hears = hears if hears is not None else (bridged, bridged)
        self._bridge(first, second, room, bridged=bridged, let_in=let_in)
        self._hear(first, second, room, hears=first_hears)
        self._hear(second, first, room, hears=second_hears)
        self._accompany(first, second, together=bridged or first_hears)
        self._accompany(second, first, together=bridged or second_hears)

    def has_company(self, leg: Leg) -> bool:
        """True while the leg is bridged with somebody or hears somebody."""
        return bool(self._company.get(leg.sid))

    def _bridge(self, first: Leg, second: Leg, room: str | None, *, bridged: bool, let_in: bool) -> None:
        pair = frozenset((first.sid, second.sid))
        if bridged == (pair in self._open):
            return
        now_ms = self._clock.now_ms()
        if bridged:
            record = BridgeRecord(sids=(first.sid, second.sid), room=room, start_ms=now_ms, let_in=let_in)
            self._open[pair] = record
            self._ledger.open_bridge(record)
        else:
            record = self._open.pop(pair)
            record.end_ms = now_ms
            self._ledger.complete(record)

    def _hear(self, listener: Leg, speaker: Leg, room: str | None, *, hears: bool) -> None:
        way = (listener.sid, speaker.sid)
        if hears == (way in self._hearing):
            return
        now_ms = self._clock.now_ms()
        if hears:
            record = HearingRecord(listener=listener.sid, speaker=speaker.sid, room=room, start_ms=now_ms)
            self._hearing[way] = record
            self._ledger.open_hearing(record)
        else:
            record = self._hearing.pop(way)
            record.end_ms = now_ms
            self._ledger.complete(record)

    def _accompany(self, leg: Leg, other: Leg, *, together: bool) -> None:
        """What the leg's party notices: it is with somebody now, or alone again."""
        company = self._company.get(leg.sid, set())
        if together == (other.sid in company):
            return
        if together:
            self._company[leg.sid].add(other.sid)
            leg.situation.enter("bridged")
            leg.hear("bridged")
            return
        company.remove(other.sid)
        leg.situation.leave("bridged")
        if not company:
            del self._company[leg.sid]
            leg.hear("silence")
