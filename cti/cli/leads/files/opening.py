"""Which kind of file it is: by how it begins, not by what it is called."""

from collections.abc import Callable
from pathlib import Path

from cti.cli.leads.files.csv_table import CsvTable
from cti.cli.leads.files.json_table import JsonTable
from cti.cli.leads.files.table import LeadTable
from cti.cli.leads.files.text import TextFile
from cti.cli.leads.files.xlsx_table import XlsxTable
from cti.core.errors import CtiError
from cti.lists.source import ZIP_MARKS, Source

OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0"


def open_table(path: Path, is_number: Callable[[str], bool], *, sheet: str = "", encoding: str = "") -> LeadTable:
    """The open file; whoever opens it closes it. Raises `CtiError` with a sentence that says why it cannot be read."""
    with Source(path) as source:
        head = source.head(8)
        if head.startswith(OLD_SPREADSHEET):
            raise CtiError(
                f"{path} is a spreadsheet of an old kind, or is encrypted. Save it as XLSX without a password."
            )
        if head[:4] in ZIP_MARKS and source.is_spreadsheet():
            return XlsxTable(path, sheet, is_number)
    if sheet:
        raise CtiError(f"--sheet is for spreadsheets, and {path} is none.")
    if _begins_with_object(path, encoding):
        return JsonTable(path, encoding)
    return CsvTable(path, encoding, is_number)


def _begins_with_object(path: Path, encoding: str) -> bool:
    text = TextFile(path, encoding)
    try:
        first = next((line.strip() for line in text.lines() if line.strip()), "")
    finally:
        text.source.close()
    if first.startswith("["):
        raise CtiError(f"{path} is one JSON array. Write an object a line instead: jq -c '.[]' turns it into that.")
    return first.startswith("{")
