"""All conferences: by identifier for ever, by name while they last."""

from collections.abc import Callable, Iterator

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import RoomRecord
from cti.fakecarrier.rooms.conference import Conference


class Rooms:
    """Finds conferences, and makes one when a name is used that no living conference has."""

    def __init__(self, clock: Clock, ledger: Ledger, make: Callable[[RoomRecord], Conference]) -> None:
        self._clock = clock
        self._ledger = ledger
        self._make = make
        self._by_sid: dict[str, Conference] = {}
        self._by_name: dict[str, Conference] = {}

    def open(self, name: str) -> Conference:
        """The living conference of that name, made now if there is none."""
        conference = self._by_name.get(name)
        if conference is None or conference.status == "completed":
            conference = self._make(RoomRecord(sid=new_sid("CF"), name=name, created_at=self._clock.now_ms()))
            self._by_sid[conference.sid] = self._by_name[name] = conference
            self._ledger.open_room(conference.record)
        return conference

    def find(self, sid: str) -> Conference | None:
        """A conference by identifier, living or ended."""
        return self._by_sid.get(sid)

    def newest_first(self) -> Iterator[Conference]:
        """All conferences, the newest first."""
        return reversed(self._by_sid.values())
