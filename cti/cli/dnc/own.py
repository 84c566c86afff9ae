"""Our own lists as they stand at the newest record: from the store, and from what the journal has beyond it.

Nothing is asked of a running server, and none need run.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import msgspec
from sqlalchemy.engine import make_url

from cti.cli.store import reading
from cti.core.calling import Subject
from cti.core.codec import decode
from cti.core.errors import CtiError, JournalError, JournalMissing
from cti.core.events import SuppressionAdded, SuppressionRemoved
from cti.core.ports import Journal
from cti.core.suppression import WILDCARD, SuppressionKey
from cti.journal.sql import SqlJournal
from cti.settings import Settings
from cti.store.errors import StoreError, StoreUnavailable
from cti.store.own_lists import START, OwnEntry, OwnLists, Place

PAGE = 2_000


class News:
    """What happened since the store came as far as it did."""

    def __init__(self) -> None:
        self.added: dict[str, OwnEntry] = {}
        """The entries that were added and are in force, by what they say."""
        self.ended: dict[str, OwnEntry] = {}
        """Those that were added and removed, by id."""
        self._removed: dict[str, tuple[int, str, str]] = {}

    def take(self, event: object, at: int, seq: int) -> None:
        """In the order of the journal."""
        if isinstance(event, SuppressionAdded):
            entry = OwnEntry(
                entry_id=event.entry_id,
                scope=event.scope,
                value=event.value,
                campaign_id=event.campaign_id,
                seller=event.seller,
                reason=event.reason,
                origin=event.origin,
                added_by=event.by,
                added_at=at,
                seq=seq,
                beside=event.beside,
            )
            self.added.setdefault(entry.key.text, entry)
        elif isinstance(event, SuppressionRemoved):
            self._removed[event.entry_id] = (at, event.by, event.reason)
            gone = self.added.pop(_key(event).text, None)  # by another name it was added again, and is the store's
            if gone is not None and gone.entry_id == event.entry_id:
                self.ended[event.entry_id] = self.laid_over(gone)

    def laid_over(self, entry: OwnEntry) -> OwnEntry:
        """The store's entry, as it is now. One in force that was added again is the same."""
        self.ended.pop(entry.entry_id, None)
        removed = self._removed.get(entry.entry_id)
        if removed and not entry.removed_at:
            at, by, reason = removed
            entry = msgspec.structs.replace(entry, removed_at=at, removed_by=by, removed_reason=reason)
        if not entry.removed_at:
            self.added.pop(entry.key.text, None)
        return entry


def _key(event: SuppressionRemoved) -> SuppressionKey:
    return SuppressionKey(
        scope=event.scope,
        value=event.value,
        campaign_id=event.campaign_id,
        seller=event.seller,
        beside=event.beside,
    )


class Own:
    """The entries, removed ones too."""

    def __init__(self, lists: OwnLists | None, news: News) -> None:
        self._lists = lists
        self._news = news

    async def count(self) -> int:
        """About how many there are and were."""
        stored = await self._lists.count() if self._lists else 0
        return stored + len(self._news.added) + len(self._news.ended)

    async def subject_of(self, number: str) -> Subject | None:
        """Whose number it is, with their others, as far as the store knows."""
        return await self._lists.subject_of(number) if self._lists else None

    async def about(self, values: Collection[str]) -> list[OwnEntry]:
        """Those with one of these values, and all patterns; the oldest first."""
        stored = await self._lists.about(values) if self._lists else []
        found = [self._news.laid_over(entry) for entry in stored]
        newer = [*self._news.ended.values(), *self._news.added.values()]
        found += [entry for entry in newer if entry.value in values or entry.scope == WILDCARD]
        return sorted(found, key=lambda entry: (entry.seq, entry.entry_id))

    async def every(self) -> AsyncIterator[OwnEntry]:
        """All of them, scope by scope as far as the store has them, then the newest."""
        place: Place | None = START
        while self._lists and place:
            entries, place = await self._lists.page(place, PAGE)
            for entry in entries:
                yield self._news.laid_over(entry)
        for entry in [*self._news.ended.values(), *self._news.added.values()]:
            yield entry


@asynccontextmanager
async def own_lists(settings: Settings) -> AsyncIterator[Own]:
    """Raises `CtiError` where they cannot be read."""
    try:
        async with reading(settings) as store:
            lists: OwnLists | None = OwnLists(store, settings.site)
            try:
                as_of = await lists.as_of() if lists else 0
            except StoreUnavailable:  # the server makes it when it first starts; the journal has everything
                lists, as_of = None, 0
            yield Own(lists, await _news(settings, as_of))
    except StoreError as error:
        raise CtiError(f"Our own lists cannot be read: {error}.") from error


async def _news(settings: Settings, as_of: int) -> News:
    news = News()
    is_file = make_url(settings.journal_url).get_backend_name() == "sqlite"
    if is_file and not (settings.data_dir / "journal.db").exists():
        return news
    try:
        journal = await SqlJournal.open(settings.journal_url, settings.site, read_only=True)
    except JournalMissing:
        return news
    except JournalError as error:
        raise CtiError(f"The journal cannot be opened: {error}.") from error
    try:
        await _read(journal, as_of, news)
    except JournalMissing:
        pass
    except JournalError as error:
        raise CtiError(f"The journal cannot be read: {error}.") from error
    finally:
        await journal.close()
    return news


async def _read(journal: Journal, as_of: int, news: News) -> None:
    async for row in journal.read(as_of):
        if '"Suppression' in row.body:
            record = decode(row)
            for event in record.events:
                news.take(event, record.at, record.seq)
