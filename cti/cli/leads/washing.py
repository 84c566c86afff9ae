"""A file of leads through the judge, a batch at a time: each row comes out again, with what may be done with it."""

import csv
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import NamedTuple, TextIO

from cti.cli.dialer.question import iso
from cti.cli.dialer.site import Site
from cti.cli.leads.addresses import address_of
from cti.cli.leads.judging import NO, Judge, Lead, Verdict
from cti.cli.leads.mapping import CONSENT, of_the_person
from cti.cli.leads.numbers import EXTENSION
from cti.cli.leads.reading import BadField, consent_of, is_verified
from cti.cli.leads.sheets import SheetTable
from cti.cli.spreadsheets import harmless
from cti.cli.store import reading
from cti.cli.tables import NumberTable
from cti.core.calling import CampaignConfig
from cti.core.commands import GatherCallFacts
from cti.core.errors import CtiError
from cti.dialer.numbering.countries import COUNTRIES
from cti.dialer.numbering.normalise import Unusable, normalise
from cti.settings import Settings
from cti.store.call_facts import CallFacts, NoLists
from cti.store.customer_csv.report import Rejection
from cti.store.customer_csv.rows import Row
from cti.store.errors import StoreError
from cti.store.store import Store
from cti.store.washing import Batch, Washing

BATCH = 500
HEADINGS = ("washed_number", "washed_verdict", "washed_rules", "washed_next", "washed_why")
NUMBER, DUPLICATE, ADDRESS = "NUMBER", "DUPLICATE", ("country", "state", "postcode", "zone", "verified")

SEEN_MAX = 5_000_000
"""After so many different numbers, those that come twice are no longer found: they would not fit into memory."""


class Refused(NamedTuple):
    """What a row says is of no use: `code` is that of imports."""

    code: str
    what: str
    remedy: str


class Read(NamedTuple):
    """What a row says: whom to call, and what else there is to know of it."""

    lead: Lead
    notes: tuple[str, ...] = ()


class Stored(NamedTuple):
    """The store, as of a record; none where nobody has ever been called from here."""

    washing: Washing | None
    as_of_seq: int

    async def known(self, numbers: list[str]) -> Batch:
        """What it says of these."""
        return await self.washing.known(numbers) if self.washing and numbers else Batch((), ())


@asynccontextmanager
async def opened(settings: Settings, site: Site, campaign: CampaignConfig | None) -> AsyncIterator[Stored]:
    """Raises `CtiError` where it cannot be read, or is further behind than can be made up for."""
    if site.state is None or not site.state.config_hash:
        yield Stored(None, 0)
        return
    try:
        async with reading(settings) as store:
            yield await _stored(store, settings, site, campaign)
    except StoreError as error:
        raise CtiError(f"Lists and earlier calls cannot be read: {error}.") from error


async def _stored(store: Store, settings: Settings, site: Site, campaign: CampaignConfig | None) -> Stored:
    assert site.state is not None, "without a site there is nothing to look into"
    floor = site.state.overlay.floor
    any_call = GatherCallFacts(
        dial_id="",
        campaign_id=campaign.campaign_id if campaign else "",
        seller=campaign.seller if campaign else "",
        number="+10",
        since_seq=floor,
    )
    found = await CallFacts(store, settings.site, NoLists()).gather(any_call)
    if found.as_of_seq < floor:
        raise CtiError(
            f"The store has come to record {found.as_of_seq} of {site.state.last.seq}, so that lists and earlier "
            "calls are not known: start the server, which brings it up to date."
        )
    return Stored(Washing(store, settings.site), found.as_of_seq)


class Summary:
    """What came of all rows: by verdict, and by rule. The first rows that could not be read, with the reason."""

    def __init__(self) -> None:
        self.rows = 0
        self.words: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.unreadable: list[Rejection] = []
        self.unreadable_rows = 0
        self.foreign_states: Counter[str] = Counter()
        """States that the country of the row's number does not have."""

    def take(self, verdict: Verdict) -> None:
        """Count a row."""
        self.rows += 1
        self.words[verdict.word] += 1
        self.rules.update(list(verdict.told))

    def reject(self, rejection: Rejection) -> None:
        """Count one that is no row."""
        self.unreadable_rows += 1
        if len(self.unreadable) < 20:
            self.unreadable.append(rejection)


class Wash:
    """One file on its way from `table` to `out`. `region`: the country of numbers without a country code, and without
    one in their row."""

    def __init__(
        self, table: NumberTable | SheetTable, out: TextIO, judge: Judge, region: str, told: Sequence[str] = ()
    ) -> None:
        self._table = table
        self._rows = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")
        self._judge = judge
        self._region = region
        columns = list(enumerate(of_the_person(table.headings, told).columns))
        self._places = {column.field: place for place, column in columns if column.field in ADDRESS}
        self._consent, self._given = next(
            ((place, column.name) for place, column in columns if column.field == CONSENT), (-1, "")
        )
        self._seen: set[int] = set()
        self.summary = Summary()

    async def run(self, stored: Stored) -> AsyncIterator[int]:
        """Yields how many rows are done, now and then."""
        if self._table.headings:
            self._rows.writerow([harmless(cell) for cell in (*self._table.headings, *HEADINGS)])
        rows = self._readable()
        while batch := list(islice(rows, BATCH)):
            found = [self._read(row) for row in batch]
            numbers = [each.lead.number for each in found if isinstance(each, Read)]
            known = await stored.known(sorted(set(numbers)))
            for row, each in zip(batch, found, strict=True):
                self._write(row, each, known, stored.as_of_seq)
            yield self.summary.rows

    def _readable(self) -> Iterator[Row]:
        for row in self._table.rows():
            if isinstance(row, Rejection):
                self.summary.reject(row)
            else:
                yield row

    def _read(self, row: Row) -> Read | Refused:
        said = {name: row.cells[place].strip() for name, place in self._places.items()}
        country = said.get("country", "").upper()
        country = COUNTRIES.get(country, country)
        found = normalise(self._table.number(row), country or self._region)
        found = EXTENSION if not isinstance(found, Unusable) and found.extension else found
        if isinstance(found, Unusable):
            return Refused(NUMBER, found.what, found.remedy)
        try:
            address = address_of(said, country, verified=is_verified(said.get("verified", "")))
            consent = consent_of(row.cells[self._consent].strip(), self._given) if self._consent >= 0 else ""
        except BadField as error:
            return Refused(error.code, error.what, error.remedy)
        notes = []
        lead = Lead(found.number, address, consent)
        if self._judge.is_foreign(lead):
            self.summary.foreign_states[address.state] += 1
            notes.append(f"the state {address.state} is not one of its number's country")
        return Read(lead, tuple(notes))

    def _write(self, row: Row, found: Read | Refused, known: Batch, as_of_seq: int) -> None:
        if isinstance(found, Refused):
            verdict, number = Verdict(NO, {found.code: f"{found.what}; {found.remedy}"}), ""
            notes: tuple[str, ...] = ()
        else:
            number, notes = found.lead.number, found.notes
            verdict = self._judge.verdict(found.lead, known, as_of_seq)
            if self._is_seen(number):
                verdict = verdict._replace(told={**verdict.told, DUPLICATE: "an earlier row has the same number"})
        self.summary.take(verdict)
        why = " | ".join([*(f"{rule}: {words}" for rule, words in verdict.told.items()), *notes])
        washed_next = iso(verdict.next_at) if verdict.next_at >= 0 else ""
        washed = (number, verdict.word, " ".join(verdict.told), washed_next, why)
        self._rows.writerow([harmless(cell) for cell in (*row.cells, *washed)])

    def _is_seen(self, number: str) -> bool:
        if int(number) in self._seen:
            return True
        if len(self._seen) < SEEN_MAX:
            self._seen.add(int(number))
        return False
