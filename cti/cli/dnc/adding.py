"""Many entries at once, out of a file: a number a line, a table, or what `cti dnc export` wrote."""

import asyncio
import sys
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from cti.cli.dnc.meant import Meant, meant
from cti.cli.dnc.own import own_lists
from cti.cli.local import Refused, request_local
from cti.cli.progress import bytes_bar
from cti.cli.spreadsheets import bare
from cti.cli.tables import NumberTable
from cti.core.errors import CtiError
from cti.core.suppression import SuppressionKey
from cti.settings import Settings
from cti.store.customer_csv.report import Rejection
from cti.store.customer_csv.rows import Row

BATCH = 200
"""As many as the server takes at once."""

TOLD_EACH = 5_000
"""After so many rows it is said how far it is, where nobody sees a bar."""

REJECTIONS_SHOWN = 1_000
VALUE = "value"
HEADING_BYTES_MAX = 1_000
AGAIN_S, AGAIN_TIMES = 1.0, 120


class Asked(NamedTuple):
    """What holds for each row that does not say otherwise."""

    scope: str
    campaign_id: str
    seller: str
    reason: str
    by: str
    region: str


class Entry(NamedTuple):
    """A row that can be taken."""

    line: int
    key: SuppressionKey
    reason: str


class Report:
    """What came of the rows. The first 1,000 that were rejected are told at once."""

    def __init__(self, path: Path) -> None:
        self.added = self.known = self.rejected = 0
        self._told = 0
        self._path = path

    def reject(self, line: int, why: str) -> None:
        """A row that was not taken."""
        self.rejected += 1
        if self.rejected <= REJECTIONS_SHOWN:
            print(f"{self._path}:{line}: {why}", file=sys.stderr)

    def tell(self) -> None:
        """How far it is, now and then."""
        if self.added + self.known >= self._told + TOLD_EACH:
            self._told = self.added + self.known
            print(
                f"so far {self.added:,} added, {self.known:,} there already, {self.rejected:,} rejected",
                file=sys.stderr,
            )

    def count(self, entries: list[Entry], answers: list[dict[str, Any]], known: Collection[str]) -> None:
        """What the server made of these. `known` were there before: adding them again made sure of it."""
        for entry, answer in zip(entries, answers, strict=True):
            if answer["outcome"] == "refused":
                self.reject(entry.line, answer["detail"])
            elif answer["outcome"] == "known" or entry.key.text in known:
                self.known += 1
            else:
                self.added += 1


async def add_file(settings: Settings, path: Path, asked: Asked, column: str) -> Report:
    """Each row is an entry, or rejected with its line and the reason. What is there already is no second entry."""
    report = Report(path)
    exported = not column and _is_export(path)

    def takes(text: str) -> bool:
        if exported:  # whatever stands there, its scope says what it is
            return text not in ("", VALUE)
        try:
            meant(text, asked.scope, campaign_id=asked.campaign_id, region=asked.region, guess=False)
        except CtiError:
            return False
        return True

    async with own_lists(settings) as own:
        with NumberTable(path, takes, VALUE if exported else column) as table, bytes_bar("added", "rejected") as bar:
            task = bar.add_task(f"adding {path.name}", total=table.size, added=0, rejected=0)
            entries = _entries(table, asked, report)
            while batch := list(islice(entries, BATCH)):
                known = {
                    entry.key.text for entry in await own.about([each.key.value for each in batch]) if entry.stands
                }
                report.count(batch, await _sent(settings, batch, asked), known)
                said = {"added": report.added, "rejected": report.rejected}
                bar.update(task, completed=table.position, **said)  # type: ignore[arg-type]
                if bar.disable:
                    report.tell()
    return report


def _is_export(path: Path) -> bool:
    """Whether `cti dnc export` wrote it, or something like it. A file that cannot be read is for others to refuse."""
    if not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            first = file.read(HEADING_BYTES_MAX).partition(b"\n")[0]
    except OSError:
        return False
    return {b"scope", VALUE.encode()} <= {cell.strip(b' "\r') for cell in first.split(b",")}


def _entries(table: NumberTable, asked: Asked, report: Report) -> Iterator[Entry]:
    headings = {heading.strip().casefold(): place for place, heading in enumerate(table.headings)}
    for row in table.rows():
        if isinstance(row, Rejection):
            report.reject(row.line, f"{row.what}; {row.remedy}")
            continue
        if _cell(row, headings, "removed"):
            report.reject(row.line, "it was removed from the list, and is not added again")
            continue
        reason = _cell(row, headings, "reason") or asked.reason
        if not reason:
            report.reject(row.line, "it says no reason; say one with --reason")
            continue
        try:
            found = _meant(table, row, headings, asked)
        except CtiError as error:
            report.reject(row.line, str(error))
        else:
            yield Entry(row.line, found.key, reason[:500])


def _meant(table: NumberTable, row: Row, headings: dict[str, int], asked: Asked) -> Meant:
    return meant(
        bare(table.number(row)),
        _cell(row, headings, "scope") or asked.scope,
        campaign_id=_cell(row, headings, "campaign") or asked.campaign_id,
        seller=_cell(row, headings, "seller") or asked.seller,
        region=asked.region,
        guess=False,
    )


def _cell(row: Row, headings: dict[str, int], name: str) -> str:
    return bare(row.cells[headings[name]].strip()) if name in headings else ""


async def _sent(settings: Settings, batch: list[Entry], asked: Asked) -> list[dict[str, Any]]:
    """Calls come first: when the server is busy it is asked again, later."""
    entries = [
        {
            "scope": entry.key.scope,
            "value": entry.key.value,
            "campaign_id": entry.key.campaign_id,
            "seller": entry.key.seller,
            "reason": entry.reason,
        }
        for entry in batch
    ]
    body = {"entries": entries, "by": asked.by, "origin": "import"}
    for _ in range(AGAIN_TIMES):
        try:
            answer = await request_local(settings.data_dir / "admin.sock", "POST", "/suppressions", json=body)
        except Refused as refused:
            if refused.status != 503:
                raise
            await asyncio.sleep(AGAIN_S)
        else:
            return list(answer["entries"])
    raise CtiError("The server is too busy to take more. The same command goes on, and adds nothing twice.")
