"""Customers: who they are, and by which numbers they are known. A number may be several customers'."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, Dialect, bindparam, delete, literal_column, select

from cti.core.events import Customer
from cti.store.card import FIELDS, CustomerCard
from cti.store.customer_csv.file import CustomerFile
from cti.store.customer_csv.lines import Readable
from cti.store.customer_csv.report import ImportReport
from cti.store.errors import StoreError
from cti.store.gathering import Gathering
from cti.store.numbers import E164, NotANumber, check_region, e164
from cti.store.store import Store
from cti.store.tables import customer_numbers, customers
from cti.store.upsert import upsert

BATCH_MAX = 1_000

FOUND_MAX = 10
FOUND = Customer.__struct_fields__


class Upserted(NamedTuple):
    """How many customers were new, and how many were there before."""

    imported: int
    updated: int


class Customers:
    """A site's customers. Numbers without a country code are taken to be of `region`; without one they are nobody's."""

    def __init__(self, store: Store, site: str, region: str = "") -> None:
        self._store = store
        self._site = site
        self._region = check_region(region)
        self._asked = Gathering(store, self._find)

    async def find_by_number(self, number: str, limit: int = FOUND_MAX) -> tuple[Customer, ...]:
        """Those who have this number, the most valuable first. What is no telephone number is nobody's."""
        if not E164.fullmatch(number):
            try:
                number = e164(number, self._region)
            except NotANumber:
                return ()
        return await self._asked.ask((number, limit))

    def _find(self, connection: Connection, asked: tuple[str, int]) -> tuple[Customer, ...]:
        number, limit = asked
        question = _having_number(connection.dialect)
        values = {"site": self._site, "number": number, "limit": limit}
        # Every call asks this: the driver's own cursor answers in an eighth of the time.
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(question.text, tuple([values[name] for name in question.names]))
            return tuple([Customer(**dict(zip(FOUND, row, strict=True))) for row in cursor.fetchall()])

    async def get(self, customer_id: str) -> CustomerCard | None:
        """The customer's card; None when there is no such customer."""
        said = [customers.c[name] for name in FIELDS if name != "numbers"]
        card = select(*said).where(customers.c.site == self._site, customers.c.customer_id == customer_id)
        numbers = (
            select(customer_numbers.c.number)
            .where(customer_numbers.c.site == self._site, customer_numbers.c.customer_id == customer_id)
            .order_by(customer_numbers.c.position)
        )

        def work(connection: Connection) -> CustomerCard | None:
            row = connection.execute(card).mappings().first()
            if row is None:
                return None
            known_by = tuple(connection.execute(numbers).scalars())
            return CustomerCard(customer_id=customer_id, numbers=known_by, **row)

        return await self._store.read(work)

    async def upsert_many(self, cards: Sequence[CustomerCard], fields: Sequence[str] = FIELDS) -> Upserted:
        """Add new customers, and change `fields` of those who are there; their other fields stay. All or nothing. Of
        several cards of one customer the last counts. Raises `ValueError` for a number that is not E.164."""
        latest = {card.customer_id: card for card in cards}
        if len(latest) > BATCH_MAX:
            raise ValueError(f"{len(latest)} customers at once: give at most {BATCH_MAX}")
        if not all(E164.fullmatch(number) for card in latest.values() for number in card.numbers):
            raise ValueError("a customer's number is not E.164")
        if not latest:
            return Upserted(0, 0)
        return await self._store.write(lambda connection: self._upsert(connection, latest, fields))

    async def import_csv(
        self, file: Readable, *, source: str = "csv", progress: Callable[[int], None] | None = None
    ) -> ImportReport:
        """Add and change customers from a file of comma-separated values, opened in binary mode. A row is taken whole
        or not at all; rows go in batches of 1,000, each all or nothing, and `progress` is told the rows done. Raises
        `StoreError`; what was committed before stays, and importing the file again does no harm."""
        if self._store.read_only:
            raise StoreError("the store was opened for reading only: the follower writes it")
        report = ImportReport()
        reading = CustomerFile(file, self._region, source)
        batches = reading.batches(BATCH_MAX)
        # Read in a thread, since neither a slow disk nor a huge file may hold up the event loop.
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            done = await self.upsert_many(batch.cards, reading.fields)
            report.add(batch, *done)
            if progress is not None:
                progress(report.rows)
        report.ignored_columns = reading.ignored_columns
        return report

    async def remove(self, customer_id: str) -> bool:
        """Forget a customer and their numbers, leaving no copy in the file either. Returns whether there was one."""

        def work(connection: Connection) -> bool:
            numbers, card = (
                delete(table).where(table.c.site == self._site, table.c.customer_id == customer_id)
                for table in (customer_numbers, customers)
            )
            connection.execute(numbers)
            return connection.execute(card).rowcount > 0

        found = await self._store.write(work)
        if found:
            await self._store.sweep()
        return found

    def _upsert(self, connection: Connection, latest: dict[str, CustomerCard], fields: Sequence[str]) -> Upserted:
        # No statement looks for a list of customers: the plan that PostgreSQL makes for one while the table is empty,
        # and keeps, reads all of the table once it is full.
        columns = [column.name for column in customers.columns if column.name != "site"]
        rows = {
            key: {"site": self._site} | {name: getattr(card, name) for name in columns} for key, card in latest.items()
        }
        insertion = upsert(connection.dialect, customers, []).returning(customers.c.customer_id)
        new = set(connection.execute(insertion, list(rows.values())).scalars())
        known = [row for key, row in rows.items() if key not in new]
        changes = [name for name in fields if name != "numbers"]
        if known and changes:
            connection.execute(upsert(connection.dialect, customers, changes), known)
        if known and "numbers" in fields:
            theirs = (customer_numbers.c.site == self._site) & (customer_numbers.c.customer_id == bindparam("whose"))
            connection.execute(delete(customer_numbers).where(theirs), [{"whose": row["customer_id"]} for row in known])
        numbers = [
            {"site": self._site, "number": number, "customer_id": key, "position": position}
            for key, card in latest.items()
            if key in new or "numbers" in fields
            for position, number in enumerate(dict.fromkeys(card.numbers))
        ]
        if numbers:
            connection.execute(customer_numbers.insert(), numbers)
        return Upserted(len(new), len(known))


class Question(NamedTuple):
    """A statement in the words of a driver, and the names of its parameters in order."""

    text: str
    names: tuple[str, ...]


@lru_cache(maxsize=16)
def _having_number(dialect: Dialect) -> Question:
    """Takes site, number and limit."""
    of_customer = (customer_numbers.c.site == customers.c.site) & (
        customer_numbers.c.customer_id == customers.c.customer_id
    )
    statement = (
        select(*[customers.c[name] for name in FOUND])
        .join(customer_numbers, of_customer)
        .where(customer_numbers.c.site == bindparam("site"), customer_numbers.c.number == bindparam("number"))
        .order_by(customers.c.value.desc().nulls_last(), customers.c.customer_id)
        .limit(bindparam("limit"))
        .offset(literal_column("0"))  # or SQLite's has a mark of its own for it
    )
    compiled = statement.compile(dialect=dialect)
    return Question(compiled.string, tuple(compiled.positiontup or ()))
