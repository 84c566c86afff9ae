"""What an import came to, told so that whoever has the file can mend it."""

import msgspec

from cti.store.card import CustomerCard

REJECTIONS_KEPT_MAX = 1_000


class Rejection(msgspec.Struct, frozen=True):
    """A row that was not taken: the line where it begins (from 1), what is wrong, and what to do about it."""

    line: int
    what: str
    remedy: str


class Batch(msgspec.Struct):
    """Some rows, read."""

    cards: list[CustomerCard] = []
    rejected: list[Rejection] = []

    @property
    def rows(self) -> int:
        """How many rows these are, taken or not."""
        return len(self.cards) + len(self.rejected)


class ImportReport(msgspec.Struct):
    """`rejected` names the first 1,000 rows that were not taken, `rejected_rows` counts all. `ignored_columns` are
    those whose names mean nothing here."""

    imported: int = 0
    updated: int = 0
    rejected: list[Rejection] = []
    rejected_rows: int = 0
    ignored_columns: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """The rows done so far, taken or not."""
        return self.imported + self.updated + self.rejected_rows

    def add(self, batch: Batch, imported: int, updated: int) -> None:
        """Count a batch that is committed."""
        self.imported += imported
        self.updated += updated
        self.rejected_rows += len(batch.rejected)
        self.rejected += batch.rejected[: REJECTIONS_KEPT_MAX - len(self.rejected)]
