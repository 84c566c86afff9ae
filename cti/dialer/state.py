"""The dialer's index: the legs that wait for the carrier's rate, in the order in which they leave."""

from collections.abc import Callable
from typing import Any, ClassVar

from cti.core import events as e
from cti.core.base import Moment
from cti.core.calling import CampaignConfig
from cti.core.campaign import lead_key, line_of
from cti.core.config import SiteConfig
from cti.core.contact import Contact
from cti.core.dial import Dial
from cti.core.numbering import Address, Place
from cti.core.state import State
from cti.core.states import ContactState, Direction
from cti.core.tables import Entry, SortedIndex, Table, Undo
from cti.dialer.bounds import Bounds, bounds_of
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.numbering.locate import NOWHERE, locate

PLACES_MAX = 10_000


def order_of(dial: Dial) -> Entry:
    """The least importance first, then the oldest."""
    return (dial.importance, dial.asked_at, dial.asked_seq, dial.dial_id)


class Ready:
    """A configuration's calling rules, ready to be asked, and where numbers are by its data: made once, as it only
    depends on the configuration."""

    def __init__(self, config: SiteConfig) -> None:
        self.book = Rulebook(config.calling, config.zones)
        self._places: dict[tuple[str, Address | None], Place] = {}
        self._bounds: dict[tuple[str, Place], Bounds] = {}

    def place(self, number: str, address: Address | None) -> Place:
        """Where who has this number may be."""
        key = (number, address)
        found = self._places.get(key)
        if found is None:
            if len(self._places) >= PLACES_MAX:
                self._places.clear()
            found = self._places[key] = locate(number, address or NOWHERE, self.book.config.numbering)
        return found

    def bounds(self, campaign: CampaignConfig, place: Place) -> Bounds:
        """What is asked of a call for one of this configuration's campaigns to somebody there."""
        key = (campaign.campaign_id, place)
        found = self._bounds.get(key)
        if found is None:
            if len(self._bounds) >= PLACES_MAX:
                self._bounds.clear()
            found = self._bounds[key] = bounds_of(self.book, campaign, place)
        return found


class DialerState:
    """A view of the core's rows, built anew after a restart."""

    APPLY: ClassVar[dict[type, Callable[[State, Any, Moment], None]]] = {}

    def __init__(self, undo: Undo) -> None:
        self.waiting = SortedIndex(undo)
        self._places: Table[str, Entry] = Table(undo)
        self.buffers: Table[str, SortedIndex] = Table(undo)
        """The leads that wait for their turn, by line (a campaign's, or an agent's own), in order."""
        self.callers: Table[str, int] = Table(undo)
        """Numbers of those who have called us and are still here, and on how many calls."""
        self._lead_places: Table[str, tuple[str, Entry]] = Table(undo)
        self._undo = undo
        self._ready: tuple[str, Ready] | None = None

    def ready_for(self, config_hash: str, config: SiteConfig) -> Ready:
        """The rules of this configuration."""
        if self._ready is None or self._ready[0] != config_hash:
            self._ready = config_hash, Ready(config)
        return self._ready[1]

    def place_dial(self, state: State, dial_id: str) -> None:
        """Bring the dial's place in line with its row."""
        dial, placed = state.dials.get(dial_id), self._places.get(dial_id)
        wanted = order_of(dial) if dial else None
        if wanted == placed:
            return
        if placed:
            self.waiting.remove(placed)
            self._places.drop(dial_id)
        if wanted:
            self.waiting.add(wanted)
            self._places.put(dial_id, wanted)

    def place_lead(self, state: State, key: str) -> None:
        """Bring the lead's place in line with its row."""
        held, placed = state.leads.get(key), self._lead_places.get(key)
        wanted = (line_of(held), (*held.place, key)) if held and not held.leg_id else None
        if wanted == placed:
            return
        if placed:
            self.buffers[placed[0]].remove(placed[1])
            self._lead_places.drop(key)
        if wanted:
            if wanted[0] not in self.buffers:
                self.buffers.put(wanted[0], SortedIndex(self._undo))
            self.buffers[wanted[0]].add(wanted[1])
            self._lead_places.put(key, wanted)

    def count_caller(self, contact: Contact | None, change: int) -> None:
        """Somebody who rang us has come, or gone."""
        if contact is None or contact.direction is not Direction.INBOUND or not contact.from_number.startswith("+"):
            return
        calls = (self.callers.get(contact.from_number) or 0) + change
        if calls:
            self.callers.put(contact.from_number, calls)
        else:
            self.callers.drop(contact.from_number)

    def place_all(self, state: State) -> None:
        """From nothing, after a restart."""
        for contact in state.contacts.in_order():
            if contact.state is not ContactState.ENDED:
                self.count_caller(contact, 1)
        for dial in state.dials.in_order():
            self.place_dial(state, dial.dial_id)
        for held in state.leads.in_order():
            self.place_lead(state, held.key)


def _touch(state: State, event: Any, now: Moment) -> None:
    state.room(DialerState).place_dial(state, event.dial_id)


MOVES = (e.DialQueued, e.DialCleared, e.DialRefused, e.DialWithdrawn, e.CallFactsGathered, e.CallFactsAsked)


def _touch_lead(state: State, event: e.LeadTaken, now: Moment) -> None:
    state.room(DialerState).place_lead(state, event.lead_key)


def _touch_leads(state: State, event: e.LeadsReleased, now: Moment) -> None:
    for lead_id in event.lead_ids:
        state.room(DialerState).place_lead(state, lead_key(event.campaign_id, lead_id))


def _touch_claimed(state: State, event: e.LeadsClaimed, now: Moment) -> None:
    """Who was there before may have another place."""
    for held in state.leads.rows.values():
        if held.campaign_id == event.campaign_id:
            state.room(DialerState).place_lead(state, held.key)


def _touch_scheduled(state: State, event: e.LeadScheduled | e.CallbackFreed, now: Moment) -> None:
    state.room(DialerState).place_lead(state, lead_key(event.campaign_id, event.lead_id))


def _caller_came(state: State, event: e.ContactStarted, now: Moment) -> None:
    state.room(DialerState).count_caller(state.contacts.get(event.contact_id), 1)


def _caller_went(state: State, event: e.ContactEnded, now: Moment) -> None:
    state.room(DialerState).count_caller(state.contacts.get(event.contact_id), -1)


DialerState.APPLY.update(dict.fromkeys(MOVES, _touch))
DialerState.APPLY.update(
    {
        e.ContactStarted: _caller_came,
        e.ContactEnded: _caller_went,
        e.LeadTaken: _touch_lead,
        e.LeadsClaimed: _touch_claimed,
        e.LeadsReleased: _touch_leads,
        e.LeadScheduled: _touch_scheduled,
        e.CallbackFreed: _touch_scheduled,
    }
)
