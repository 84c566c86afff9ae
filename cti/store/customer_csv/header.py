"""The first line of the file: which column is which."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from cti.store.customer_csv.cells import BadCell, one_line
from cti.store.customer_csv.report import Rejection
from cti.store.customer_csv.rows import DELIMITERS, cells_of

FIELDS_BY_NAME = {
    "id": "customer_id",
    "customerid": "customer_id",
    "name": "name",
    "account": "account",
    "segment": "segment",
    "address": "address",
    "email": "email",
    "value": "value",
}
NUMBER = re.compile(r"number[0-9]*")
SEPARATOR_HINT = re.compile(r"sep=(.)", re.IGNORECASE)

EXPECTED = "begin with a line such as id,name,account,segment,number,number2,address,email,value"


class Columns(NamedTuple):
    """Where each field stands, where the numbers stand in their order, and what else there is."""

    delimiter: str
    width: int
    places: dict[str, int]
    number_places: list[int]
    ignored: tuple[str, ...]
    next_line: int

    @property
    def fields(self) -> list[str]:
        """The fields of a card about which the file says something."""
        return [name for name in self.places if name != "customer_id"] + ["numbers"] * bool(self.number_places)


def read_header(lines: Iterator[str]) -> Columns | Rejection:
    """Takes lines up to the first that is not empty, and finds the separator that makes the most columns of it."""
    delimiters = DELIMITERS
    for number, line in enumerate(lines, 1):
        if hint := SEPARATOR_HINT.fullmatch(line.strip("\n\r ")):
            delimiters = hint[1]  # a line for the spreadsheet program, not for us
        elif line.strip():
            read = [_columns(cells_of(line, delimiter), delimiter, number) for delimiter in delimiters]
            return max(read, key=_known)
    return Rejection(1, "the file is empty", EXPECTED)


def _known(read: Columns | Rejection) -> int:
    return len(read.places) + len(read.number_places) if isinstance(read, Columns) else 0


def _columns(cells: list[str], delimiter: str, line: int) -> Columns | Rejection:
    try:
        cells = [one_line(cell) for cell in cells]
    except BadCell as error:
        return Rejection(line, error.what, error.remedy)
    while cells and not cells[-1]:
        cells.pop()
    places: dict[str, int] = {}
    number_places: list[int] = []
    ignored: list[str] = []
    for place, cell in enumerate(cells):
        name = re.sub(r"[\W_]", "", cell).casefold()
        if NUMBER.fullmatch(name):
            number_places.append(place)
        elif name not in FIELDS_BY_NAME:
            ignored.append(cell[:40])
        elif FIELDS_BY_NAME[name] in places:
            return Rejection(line, f"two columns are named {name}", "name each column once")
        else:
            places[FIELDS_BY_NAME[name]] = place
    if "customer_id" not in places:
        return Rejection(line, "no column is named id", EXPECTED)
    return Columns(delimiter, len(cells), places, number_places, tuple(ignored), line + 1)
