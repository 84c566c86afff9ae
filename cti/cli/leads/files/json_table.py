"""JSON lines: an object a line. What is inside objects has a heading with a point in it."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from cti.cli.leads.files.table import CELLS_KEPT_CHARACTERS, BadRow, Row, named
from cti.cli.leads.files.text import TextFile
from cti.lists.errors import SourceRefused
from cti.store.customer_csv.lines import LINE_CHARACTERS_MAX

SAMPLE_LINES = 1_000
OBJECT = 'write one object a line, such as {"phone": "+13055550123"}'


class JsonTable:
    """The headings are the names in the first thousand lines, in the order in which they come."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._file = TextFile(path, encoding)
        try:
            names: dict[str, None] = {}
            for line in islice(self._file.lines(), SAMPLE_LINES):
                found = _object(line)
                if isinstance(found, dict):
                    names.update(dict.fromkeys(found))
            if not names:
                raise SourceRefused(f"{path} has no object in its first {SAMPLE_LINES} lines.")
            self._names = tuple(names)
            self.headings = named(self._names, path)
        except BaseException:
            self.close()
            raise
        self.identity = self._file.source.identity
        self.size = self._file.source.size
        self.words = "JSON, an object a line"

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return self._file.source.position

    def rows(self) -> Iterator[Row | BadRow]:
        """Each row, from the first."""
        known = frozenset(self._names)
        for number, line in enumerate(self._file.lines(), 1):
            if not line.strip():
                continue
            found = _object(line)
            if isinstance(found, str):
                yield BadRow(number, found, OBJECT, (line[:CELLS_KEPT_CHARACTERS],))
            elif late := next((name for name in found if name not in known), None):
                what = f"its {late[:40]!r} is in none of the first {SAMPLE_LINES} lines"
                yield BadRow(number, what, "put a line with every name first", (line[:CELLS_KEPT_CHARACTERS],))
            else:
                yield Row(number, [found.get(name, "") for name in self._names])
        self._file.source.check_unchanged()

    def close(self) -> None:
        """Let go of the file."""
        self._file.source.close()


def _object(line: str) -> dict[str, str] | str:
    """The object of a line, flat; or what is wrong with the line."""
    if len(line) > LINE_CHARACTERS_MAX:
        return f"the line has more than {LINE_CHARACTERS_MAX} characters"
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"it is no JSON: {error.msg}"
    if not isinstance(found, dict):
        return "it is no object"
    flat: dict[str, str] = {}
    _flatten("", found, flat)
    return flat


def _flatten(before: str, found: dict[str, Any], flat: dict[str, str]) -> None:
    for name, value in found.items():
        if isinstance(value, dict):
            _flatten(f"{before}{name}.", value, flat)
        elif isinstance(value, str):
            flat[f"{before}{name}"] = value
        elif value is None:
            flat[f"{before}{name}"] = ""
        else:
            flat[f"{before}{name}"] = orjson.dumps(value).decode()
