"""The report's calls as a CSV file, one a row: whoever has it can count every figure again."""

import csv
from typing import TextIO

from cti.cli.dialer.question import iso
from cti.cli.spreadsheets import harmless
from cti.store.attempt_log import Logged
from cti.views.attempts import AttemptRow

LEFT_OUT = ("bounds", "counted_abandoned")
NAMES = tuple(name for name in AttemptRow.__struct_fields__ if name not in LEFT_OUT)
HEADINGS = (*NAMES, "live_answer", "machine", "abandoned", "clearance_position")


class CallsFile:
    """Instants are ISO in UTC, with milliseconds; empty for what did not happen."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(HEADINGS)

    def add(self, call: Logged) -> None:
        """One row."""
        row = call.row
        cells = [_cell(name, getattr(row, name)) for name in NAMES]
        told = (row.is_live, row.is_machine, bool(row.abandoned_at))
        self._writer.writerow([*cells, *(str(int(each)) for each in told), str(call.position or "")])


def _cell(name: str, value: object) -> str:
    if name.endswith("_at"):
        return moment(int(str(value)))
    return str(int(value)) if isinstance(value, bool) else harmless(str(value))


def moment(at: int) -> str:
    """`2026-11-24T20:59:00.120Z`; empty for never."""
    if not at:
        return ""
    return iso(at) if at % 1_000 else iso(at).replace("Z", ".000Z")
