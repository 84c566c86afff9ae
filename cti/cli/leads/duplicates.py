"""Whose numbers and ids are somebody else's already, in the file or on a list: found in order, not one by one.

A million rows have two million keys. Sorted, equal ones lie side by side, and the store is asked for neighbours.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np

from cti.store.leads.looking import ASKED_MAX, StagedKeys
from cti.store.leads.staging import Reject

Array = np.ndarray[tuple[int], np.dtype[np.int64]]


class Policy(StrEnum):
    """What is done with a row whose number is on a list already. SKIP: it is rejected; KEEP: it is taken, too; MOVE:
    the lead that was there comes to this list, and is as the row says."""

    SKIP = "skip"
    KEEP = "keep"
    MOVE = "move"


class Known(Protocol):
    """The leads that were there before; as `cti.store.leads.looking.LookingAtLeads`."""

    async def having(self, numbers: Sequence[str]) -> list[tuple[str, str, str]]:
        """Number, lead, list."""

    async def is_empty(self, list_id: str) -> bool:
        """Whether nobody is on the list."""

    async def named(self, list_id: str, external_ids: Sequence[str]) -> list[tuple[str, str]]:
        """External id, lead."""


class Decided(NamedTuple):
    """Rows that are none after all, and rows that change a lead who was there (`moved` of them from other lists)."""

    rejects: tuple[Reject, ...]
    changes: tuple[tuple[int, str], ...]
    moved: int


class Keys:
    """Every key of every row of a file."""

    def __init__(self) -> None:
        self._numbers: list[Array] = []
        self._number_rows: list[Array] = []
        self._ids: list[Array] = []
        self._id_rows: list[Array] = []
        self.rows = 0
        self.named: dict[int, str] = {}
        """By row, the lead on the same list that has its external id."""

    async def take(self, pieces: AsyncIterator[list[StagedKeys]], known: Known, list_id: str) -> None:
        """All rows, piece by piece."""
        is_new = await known.is_empty(list_id)
        async for piece in pieces:
            self.rows += len(piece)
            pairs = [(int(number), keys.row) for keys in piece for number in keys.numbers]
            self._numbers.append(np.array([number for number, _ in pairs], dtype=np.int64))
            self._number_rows.append(np.array([row for _, row in pairs], dtype=np.int64))
            ids = {} if is_new else {keys.external_id: keys.row for keys in reversed(piece) if keys.external_id}
            hashes = [(hash(keys.external_id), keys.row) for keys in piece if keys.external_id]
            self._ids.append(np.array([each for each, _ in hashes], dtype=np.int64))
            self._id_rows.append(np.array([row for _, row in hashes], dtype=np.int64))
            await self._look_up(ids, known, list_id)

    async def _look_up(self, ids: dict[str, int], known: Known, list_id: str) -> None:
        names = sorted(ids)
        for start in range(0, len(names), ASKED_MAX):
            for external_id, lead_id in await known.named(list_id, names[start : start + ASKED_MAX]):
                self.named[ids[external_id]] = lead_id

    def same_id(self) -> dict[int, int]:
        """Rows whose external id an earlier row has, with that row."""
        ids, rows = _sorted(self._ids, self._id_rows)
        again = np.flatnonzero(ids[1:] == ids[:-1]) + 1
        first: dict[int, int] = {}
        found = {}
        for place in again.tolist():
            earlier = first.setdefault(int(ids[place]), int(rows[place - 1]))
            found[int(rows[place])] = earlier
        return found

    def in_order(self) -> tuple[Array, Array]:
        """Numbers and their rows, by number and then by row."""
        return _sorted(self._numbers, self._number_rows)


async def decide(keys: Keys, known: Known, list_id: str, policy: Policy) -> Decided:
    """What becomes of rows whose keys are not theirs alone."""
    numbers, rows = keys.in_order()
    contested: dict[int, list[int]] = {}
    theirs: dict[int, list[tuple[str, str]]] = {}
    if policy is not Policy.KEEP:
        async for number, lead_id, on_list in _taken(numbers, known):
            theirs.setdefault(number, []).append((lead_id, on_list))
        shared = np.zeros(len(numbers), dtype=bool)
        same = numbers[1:] == numbers[:-1]
        shared[1:] |= same
        shared[:-1] |= same
        shared |= np.isin(numbers, np.array(sorted(theirs), dtype=np.int64))
        for place in np.flatnonzero(shared).tolist():
            contested.setdefault(int(rows[place]), []).append(int(numbers[place]))
    judge = _Judge(list_id, policy, theirs, keys.named)
    same_id = keys.same_id()
    for row in sorted({*contested, *same_id, *keys.named}):
        judge.look_at(row, contested.get(row, []), same_id.get(row, 0))
    return Decided(tuple(judge.rejects), tuple(judge.changes), judge.moved)


class _Judge:
    """Looks at rows in the order of the file: of two that are the same, the first is taken."""

    def __init__(
        self, list_id: str, policy: Policy, theirs: dict[int, list[tuple[str, str]]], named: dict[int, str]
    ) -> None:
        self._list_id = list_id
        self._policy = policy
        self._theirs = theirs
        self._named = named
        self._row_of: dict[int, int] = {}
        self._changed: dict[str, int] = {}
        self.rejects: list[Reject] = []
        self.changes: list[tuple[int, str]] = []
        self.moved = 0

    def look_at(self, row: int, numbers: list[int], same_id: int) -> None:
        """Decide about a row."""
        if same_id:
            self._reject(row, f"its id is that of row {same_id}", "keep one row for each person")
            return
        before = next((self._row_of[number] for number in numbers if number in self._row_of), 0)
        if before:
            self._reject(row, f"row {before} has the same number", "keep one row for each person")
            return
        own = self._named.get(row, "")
        others = [each for number in numbers for each in self._theirs.get(number, ()) if each[0] != own]
        if others and (self._policy is Policy.SKIP or own):
            lead_id, on_list = others[0]
            where = "this list" if on_list == self._list_id else f"list {on_list}"
            self._reject(row, f"its number is on {where} already, as {lead_id}", "see --duplicates keep and move")
            return
        if others:
            own, on_list = others[0]
            self.moved += on_list != self._list_id
        if own and own in self._changed:
            self._reject(row, f"row {self._changed[own]} is the same lead", "keep one row for each person")
            return
        if own:
            self._changed[own] = row
            self.changes.append((row, own))
        self._row_of.update(dict.fromkeys(numbers, row))

    def _reject(self, row: int, what: str, remedy: str) -> None:
        self.rejects.append(Reject(row, "DUPLICATE", what, remedy))


async def _taken(numbers: Array, known: Known) -> AsyncIterator[tuple[int, str, str]]:
    """Who has any of these numbers already."""
    for piece in _pieces(np.unique(numbers)):
        for number, lead_id, on_list in await known.having([f"+{each}" for each in piece]):
            yield int(number), lead_id, on_list


def _pieces(numbers: Array) -> Iterable[list[int]]:
    for start in range(0, len(numbers), ASKED_MAX):
        yield numbers[start : start + ASKED_MAX].tolist()


def _sorted(keys: list[Array], rows: list[Array]) -> tuple[Array, Array]:
    if not keys:
        return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    key, row = np.concatenate(keys), np.concatenate(rows)
    order = np.lexsort((row, key))
    return key[order], row[order]
