"""A file of customers, read batch by batch."""

from collections.abc import Iterator
from typing import Any

from cti.store.card import CustomerCard
from cti.store.customer_csv.cells import BadCell, amount, one_line, several_lines
from cti.store.customer_csv.header import Columns, read_header
from cti.store.customer_csv.lines import Readable, lines
from cti.store.customer_csv.report import Batch, Rejection
from cti.store.customer_csv.rows import Row, rows
from cti.store.numbers import NotANumber, e164

ROWS_MAX = 1_000_000
ID_CHARACTERS_MAX = 200

READERS = {"address": several_lines, "value": amount}
"""How a field is read; the others are one line of text."""


class CustomerFile:
    """Cards and rejections out of the file, in its order. Nothing in the file makes this raise. `fields` (of a card,
    about which the file says something) and `ignored_columns` are known once a batch is read."""

    def __init__(self, file: Readable, region: str, source: str) -> None:
        self.fields: list[str] = []
        self.ignored_columns: tuple[str, ...] = ()
        self._lines = lines(file)
        self._region = region
        self._source = source
        self._line_of_id: dict[str, int] = {}

    def batches(self, rows_max: int) -> Iterator[Batch]:
        """The rows, so many at a time."""
        columns = read_header(self._lines)
        if isinstance(columns, Rejection):
            yield Batch(rejected=[columns])
            return
        self.fields = [*columns.fields, "source"]
        self.ignored_columns = columns.ignored
        batch = Batch()
        read = rows(self._lines, columns.delimiter, columns.width, columns.next_line)
        for count, row in enumerate(read, 1):
            if count > ROWS_MAX:
                what = f"the file has more than {ROWS_MAX} rows: this one and all that follow were left out"
                batch.rejected.append(Rejection(row.line, what, "split the file"))
                break
            self._take(row, columns, batch)
            if batch.rows == rows_max:
                yield batch
                batch = Batch()
        if batch.rows:
            yield batch

    def _take(self, row: Row | Rejection, columns: Columns, batch: Batch) -> None:
        if isinstance(row, Rejection):
            batch.rejected.append(row)
            return
        try:
            batch.cards.append(self._card(row, columns))
        except BadCell as error:
            batch.rejected.append(Rejection(row.line, error.what, error.remedy))

    def _card(self, row: Row, columns: Columns) -> CustomerCard:
        said: dict[str, Any] = {
            name: READERS.get(name, one_line)(row.cells[place]) for name, place in columns.places.items()
        }
        customer_id = said["customer_id"]
        if not customer_id:
            raise BadCell("it has no id", "give every customer an id that stays the same")
        if len(customer_id) > ID_CHARACTERS_MAX:
            raise BadCell(f"its id has more than {ID_CHARACTERS_MAX} characters", "give it a shorter one")
        if before := self._line_of_id.get(customer_id):
            raise BadCell(f"its id is that of line {before}", "keep one row for each customer")
        written = [one_line(row.cells[place]) for place in columns.number_places]
        card = CustomerCard(
            numbers=tuple(self._number(number) for number in written if number), source=self._source, **said
        )
        self._line_of_id[customer_id] = row.line
        return card

    def _number(self, written: str) -> str:
        try:
            return e164(written, self._region)
        except NotANumber as error:
            raise BadCell(f"{written[:40]!r} cannot be taken as a number: {error.what}", error.remedy) from error
