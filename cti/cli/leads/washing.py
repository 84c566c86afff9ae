"""A file of leads through the judge, a batch at a time: each row comes out again, with what may be done with it."""

import csv
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import NamedTuple, TextIO

from cti.cli.dialer.question import iso
from cti.cli.dialer.site import Site
from cti.cli.leads.judging import NO, Judge, Lead, Verdict
from cti.cli.spreadsheets import harmless
from cti.cli.tables import NumberTable
from cti.core.calling import CampaignConfig
from cti.core.commands import GatherCallFacts
from cti.core.errors import CtiError
from cti.core.numbering import Address
from cti.dialer.numbering.normalise import Unusable, normalise
from cti.settings import Settings
from cti.store.call_facts import CallFacts, NoLists
from cti.store.customer_csv.report import Rejection
from cti.store.customer_csv.rows import Row
from cti.store.errors import StoreError
from cti.store.store import Store
from cti.store.washing import Batch, Washing

BATCH = 500
HEADINGS = ("washed_number", "washed_verdict", "washed_rules", "washed_next")
NUMBER = "NUMBER"

ADDRESS = {
    "country": "country",
    "state": "state",
    "province": "state",
    "zip": "postcode",
    "postcode": "postcode",
    "postal_code": "postcode",
    "zone": "zone",
    "time_zone": "zone",
}
"""Headings of columns that say where the person is."""


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
    store = await Store.open(settings.store_url, read_only=True)
    try:
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
        yield Stored(Washing(store, settings.site), found.as_of_seq)
    except StoreError as error:
        raise CtiError(f"Lists and earlier calls cannot be read: {error}.") from error
    finally:
        await store.close()


class Summary:
    """What came of all rows: by verdict, and by rule. The first rows that could not be read, with the reason."""

    def __init__(self) -> None:
        self.rows = 0
        self.words: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.unreadable: list[Rejection] = []
        self.unreadable_rows = 0

    def take(self, verdict: Verdict) -> None:
        """Count a row."""
        self.rows += 1
        self.words[verdict.word] += 1
        self.rules.update(verdict.rules)

    def reject(self, rejection: Rejection) -> None:
        """Count one that is no row."""
        self.unreadable_rows += 1
        if len(self.unreadable) < 20:
            self.unreadable.append(rejection)


class Wash:
    """One file on its way from `table` to `out`. `region`: the country of numbers without a country code, and without
    one in their row."""

    def __init__(self, table: NumberTable, out: TextIO, judge: Judge, region: str) -> None:
        self._table = table
        self._rows = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")
        self._judge = judge
        self._region = region
        self._places = {
            ADDRESS[heading]: place
            for place, name in enumerate(table.headings)
            if (heading := name.strip().casefold().replace(" ", "_")) in ADDRESS
        }
        self._consent = next(
            (place for place, name in enumerate(table.headings) if name.strip().casefold() == "consent"), -1
        )
        self.summary = Summary()

    async def run(self, stored: Stored) -> AsyncIterator[int]:
        """Yields how many rows are done, now and then."""
        if self._table.headings:
            self._rows.writerow([harmless(cell) for cell in (*self._table.headings, *HEADINGS)])
        rows = self._readable()
        while batch := list(islice(rows, BATCH)):
            leads = [self._lead(row) for row in batch]
            numbers = [lead.number for lead in leads if isinstance(lead, Lead)]
            known = await stored.known(sorted(set(numbers)))
            for row, lead in zip(batch, leads, strict=True):
                self._write(row, lead, known, stored.as_of_seq)
            yield self.summary.rows

    def _readable(self) -> Iterator[Row]:
        for row in self._table.rows():
            if isinstance(row, Rejection):
                self.summary.reject(row)
            else:
                yield row

    def _lead(self, row: Row) -> Lead | Unusable:
        said = {name: row.cells[place].strip() for name, place in self._places.items()}
        country, state = said.get("country", "").upper(), said.get("state", "").upper()
        address = Address(country=country, state=state, postcode=said.get("postcode", ""), zone=said.get("zone", ""))
        found = normalise(self._table.number(row), country or self._region)
        if isinstance(found, Unusable):
            return found
        consent = row.cells[self._consent].strip().casefold() if self._consent >= 0 else ""
        return Lead(found.number, address, consent)

    def _write(self, row: Row, lead: Lead | Unusable, known: Batch, as_of_seq: int) -> None:
        if isinstance(lead, Unusable):
            verdict, number = Verdict(NO, (NUMBER,)), ""
        else:
            verdict, number = self._judge.verdict(lead, known, as_of_seq), lead.number
        self.summary.take(verdict)
        washed = (number, verdict.word, " ".join(verdict.rules), iso(verdict.next_at) if verdict.next_at >= 0 else "")
        self._rows.writerow([harmless(cell) for cell in (*row.cells, *washed)])
