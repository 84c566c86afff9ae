"""Our own lists as CSV, for people, for other systems, and to be added again."""

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from cti.cli.dialer.question import iso
from cti.cli.dialer.site import read_from, read_started_site
from cti.cli.dnc.own import own_lists
from cti.cli.progress import count_bar
from cti.cli.spreadsheets import harmless
from cti.core.errors import CtiError
from cti.settings import Settings
from cti.store.own_lists import OwnEntry

HEADINGS = ("scope", "value", "campaign", "seller", "since", "by", "origin", "reason", "entry_id")
REMOVED = ("removed", "removed_by", "removed_reason")


async def export(settings: Settings, file: Path | None, scope: str, *, removed: bool) -> tuple[int, str]:
    """Write those in force, or with `removed` all that there ever were; of one scope or of all. Returns how many, and
    which journal was read. Raises `CtiError` where there is no site: an empty file would pass for a backup."""
    site = await read_started_site(settings)
    written = 0
    async with own_lists(settings) as own:
        with writing(file) as out, count_bar() as bar:
            task = bar.add_task("exporting", total=await own.count())
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow([*HEADINGS, *(REMOVED if removed else ())])
            async for entry in own.every():
                bar.advance(task)
                if (scope and entry.scope != scope) or (entry.removed_at and not removed):
                    continue
                rows.writerow([harmless(cell) for cell in _cells(entry, removed=removed)])
                written += 1
    return written, read_from(settings, site)


def _cells(entry: OwnEntry, *, removed: bool) -> list[str]:
    cells = [
        entry.scope,
        entry.value,
        entry.campaign_id,
        entry.seller,
        iso(entry.added_at),
        entry.added_by,
        entry.origin,
        entry.reason,
        entry.entry_id,
    ]
    if removed:
        cells += [iso(entry.removed_at) if entry.removed_at else "", entry.removed_by, entry.removed_reason]
    return cells


@contextmanager
def writing(file: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that is there whole or not at all. Raises `CtiError` when it cannot be written."""
    if file is None:
        yield sys.stdout
        return
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.unfinished")
    try:
        with _opened(unfinished) as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    except OSError as error:
        raise CtiError(f"{file} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _opened(path: Path) -> Any:
    """Numbers of people are nobody else's business."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8", newline="")
