"""What must hold, judged from the carrier's legs and the world's own account of people, lists and hours: no code of the
rules' own. A request is judged as it leaves, a line as it begins, a telephone from its first ring to its last."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from cti.core.events import DialCleared
from cti.core.record import TurnRecord
from cti.sim.calling.centre import (
    CALLS_WITHIN_H,
    CLAIMS,
    CLOSES,
    DEBT_CALLS_MAX,
    DEBT_WITHIN_H,
    DEBTS,
    HOUR_MS,
    LISTED,
    NUMBER_CALLS_MAX,
    OFFERS,
    OFFERS_MAX,
    OPENS,
    OWN_CLOSES,
    OWN_OPENS,
    PERSON_CALLS_MAX,
    REGISTRY_DAYS,
    RING_S,
    SALES,
)
from cti.sim.calling.lists import Registry, Wishes, hits
from cti.sim.calling.rings import Asked, Ring, one_line, same_debt, same_person
from cti.sim.calling.tally import Tally
from cti.sim.checks.violation import Violation
from cti.sim.nature import DAY_MS

LATE_MS = 3_000
"""How long after it was cleared a request may leave."""

CLOCK_MS = 500
"""How much the server's clock may be off."""

WIRE_MS = 1_000
"""How long a telephone may ring on after the hours, when nothing goes wrong: the clock's error, and the request that
ends it."""


MINUTE_MS = 60_000


class Truth:
    """Everything that was rung, and everything that was recorded. `durable_at` is when (ms) each record was; `troubles`
    how many the server has had so far."""

    def __init__(
        self, records: Sequence[TurnRecord], durable_at: Sequence[int], troubles: Callable[[], int] = lambda: 0
    ) -> None:
        self.asked: dict[str, Asked] = {}
        self.rings: dict[str, Ring] = {}
        self.wishes = Wishes()
        self.registry = Registry()
        self.tally = Tally()
        self._records = records
        self._durable_at = durable_at
        self._troubles = troubles
        self._taken = 0
        self._seqs: dict[str, int] = {}
        self._cleared: dict[str, tuple[int, int]] = {}
        self._up: dict[str, Ring] = {}

    def catch_up(self) -> None:
        """Read what was recorded since. Raises `Violation` when a registry comes into force that must not."""
        for record in self._records[self._taken :]:
            self._seqs[record.source_key] = record.seq
            self.wishes.take(record)
            self.registry.take(record)
            self.tally.take(record)
            for event in record.events:
                if isinstance(event, DialCleared):
                    self._cleared[event.leg_id] = record.seq, record.at
        self._taken = len(self._records)

    # What the carrier sees

    def leaves(self, leg_id: str, number: str, now: int) -> Ring:
        """A request to ring somebody leaves; one that was turned away may leave again. Raises `Violation` when it must
        not."""
        self.catch_up()
        asked = self.asked[leg_id]
        if asked.number != number:
            raise Violation("N", f"{number} is rung, and {asked.number} was asked for", leg_id)
        ring = self.rings.get(leg_id) or Ring(leg_id=leg_id, asked=asked, left_at=now)
        ring.left_at, ring.troubles = now, self._troubles()
        if leg_id not in self._cleared:
            raise Violation("N", f"{number} is rung, and no record cleared it", leg_id)
        cleared_seq, cleared_at = self._cleared[leg_id]
        if now - cleared_at > LATE_MS:
            raise Violation("N", f"{number} is rung {now - cleared_at} ms after it was cleared", leg_id)
        self._by_lists(ring, cleared_seq)
        self._by_registry(ring, cleared_seq)
        self._by_consent(ring)
        self._in_hours(ring, now + CLOCK_MS)
        self._in_hours(ring, now + 1_000 * RING_S)
        self._by_caps(ring)
        self._by_rest(ring, cleared_seq)
        self.rings[leg_id] = ring
        return ring

    def begins(self, ring: Ring, now: int) -> None:
        """The telephone rings. Raises `Violation` when it did before, or while there is another line to the person."""
        if ring.rings_at:
            raise Violation("N", f"{ring.asked.number} is rung twice for one call", ring.leg_id)
        ring.rings_at = now
        for other in self._up.values():
            if one_line(ring.asked, other.asked):
                what = f"{ring.asked.number} is rung, and there is a line to the person at {other.asked.number}"
                raise Violation("N", what, ring.leg_id)
        self._up[ring.leg_id] = ring
        self._in_hours(ring, now + CLOCK_MS)

    def answers(self, ring: Ring, now: int) -> None:
        """It rings no longer. Raises `Violation` when it rang for too long."""
        ring.answered_at = now
        self._rang_until(ring, now)

    def ends(self, ring: Ring, now: int) -> None:
        """The line is over. Raises `Violation` when it rang for too long."""
        ring.over_at = now
        self._up.pop(ring.leg_id, None)
        if not ring.answered_at:
            self._rang_until(ring, now)

    # What must hold of it

    def _by_lists(self, ring: Ring, cleared_seq: int) -> None:
        for entry in self.wishes.entries:
            if not hits(entry.wish, ring.asked):
                continue
            stood_when_cleared = entry.added < cleared_seq and not 0 < entry.removed < cleared_seq
            added_since = entry.added > cleared_seq and self._durable_at[entry.added - 1] < ring.left_at
            removed_since = entry.removed and self._durable_at[entry.removed - 1] <= ring.left_at
            if stood_when_cleared or (added_since and not removed_since):
                what = f"{ring.asked.number} is rung, and record {entry.added} says not to ({entry.wish.scope})"
                raise Violation("N", what, ring.leg_id)

    def _by_registry(self, ring: Ring, cleared_seq: int) -> None:
        if ring.asked.campaign_id not in LISTED:
            return
        name, version = self.registry.in_force_at(cleared_seq)
        if version is None or ring.asked.number in version.numbers:
            raise Violation("N", f"{ring.asked.number} is rung, and is on the registry ({name or 'none'})", ring.leg_id)
        if ring.left_at - version.as_of > REGISTRY_DAYS * DAY_MS + LATE_MS + CLOCK_MS:
            raise Violation("N", f"{ring.asked.number} is rung by {name} of the registry, which is stale", ring.leg_id)

    def _by_consent(self, ring: Ring) -> None:
        if ring.asked.campaign_id == OFFERS and ring.asked.consent == "none":
            raise Violation("N", f"{ring.asked.number} is rung without consent", ring.leg_id)

    def _in_hours(self, ring: Ring, at: int) -> None:
        """Wherever the person may be."""
        for name in ring.asked.zones:
            local = datetime.fromtimestamp(at / 1_000, ZoneInfo(name))
            if not _is_open(ring.asked.campaign_id, local):
                raise Violation("N", f"{ring.asked.number} is rung at {local:%a %H:%M:%S} in {name}", ring.leg_id)

    def _rang_until(self, ring: Ring, now: int) -> None:
        """Within the hours to the last ring; unless the server asked for its end in time, could not know the carrier's
        name for it, or was not there to ask."""
        last_at = max(now - WIRE_MS, ring.left_at + CLOCK_MS)
        try:
            self._in_hours(ring, last_at)
        except Violation:
            closed_at = max(last_at // MINUTE_MS * MINUTE_MS, ring.left_at)  # it closes on the hour
            asked = 0 < ring.released_at <= closed_at + CLOCK_MS
            knew = 0 < ring.known_at <= closed_at
            if knew and not asked and self._troubles() == ring.troubles:
                raise

    def _by_caps(self, ring: Ring) -> None:
        asked, day = ring.asked, CALLS_WITHIN_H
        others = [each for each in self.rings.values() if each.leg_id != ring.leg_id]
        self._at_most(NUMBER_CALLS_MAX, day, "number", ring, [x for x in others if x.asked.number == asked.number])
        of_person = [each for each in others if same_person(each.asked, asked)]
        of_seller = [each for each in of_person if each.asked.seller == asked.seller]
        self._at_most(PERSON_CALLS_MAX, day, "person", ring, of_seller)
        if asked.campaign_id == OFFERS:
            offers = [each for each in of_person if each.asked.campaign_id == OFFERS]
            self._at_most(OFFERS_MAX, day, "person by the campaign", ring, offers)
        if asked.campaign_id in (DEBTS, CLAIMS):
            of_debt = [each for each in others if same_debt(each.asked, asked)]
            self._at_most(DEBT_CALLS_MAX, DEBT_WITHIN_H, "debt", ring, of_debt)

    def _at_most(self, most: int, hours: int, per: str, ring: Ring, others: list[Ring]) -> None:
        """How often it is with this one."""
        since = ring.left_at - hours * HOUR_MS + LATE_MS
        calls = 1 + sum(other.left_at > since for other in others)
        if calls > most:
            what = f"{ring.asked.number} is rung, and that makes {calls} within {hours} hours to one {per}"
            raise Violation("N", what, ring.leg_id)

    def _by_rest(self, ring: Ring, cleared_seq: int) -> None:
        """Nobody is called about a debt after a conversation of which we knew."""
        if ring.asked.campaign_id not in (DEBTS, CLAIMS):
            return
        for other in self.rings.values():
            known = [self._seqs.get(key, cleared_seq) for key in other.answer_keys]
            if min(known, default=cleared_seq) < cleared_seq and same_debt(other.asked, ring.asked):
                what = f"{ring.asked.number} is rung about a debt, and {other.leg_id} was a conversation about it"
                raise Violation("N", what, ring.leg_id)


def _is_open(campaign_id: str, local: datetime) -> bool:
    opens, closes = (OWN_OPENS, OWN_CLOSES) if campaign_id == SALES else (OPENS, CLOSES)
    return opens <= local.hour < closes
