"""Lines of text out of a file, and those that were read last, to be shown where they make no row."""

import codecs
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from cti.core.errors import CtiError
from cti.lists.errors import SourceRefused
from cti.lists.source import Readable, Reader, Source
from cti.store.customer_csv.lines import lines
from cti.store.customer_csv.rows import ROW_LINES_MAX

LOOK_BYTES = 4_096


class TextFile:
    """An open file with one text in it, perhaps in gzip or zip. `encoding` is that of a text that is not in UTF-8 and
    does not say so."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.source = Source(path)
        self.encoding = encoding

    def lines(self) -> Iterator[str]:
        """Each line, from the first. Raises `CtiError`."""
        self._texts = self.source.texts()  # kept: it closes what it unpacks when it goes
        text = next(self._texts, None)
        if text is None:
            raise SourceRefused(f"{self.path} has no file in it.")
        if text.name:
            raise SourceRefused(f"{self.path} is an archive. Unpack it, and give one file.")
        return lines(_Decoded(Reader(self.source), text.stream, self.encoding, self.path))


class _Decoded:
    """A text as UTF-8, whatever it was."""

    def __init__(self, reader: Reader, stream: Readable, encoding: str, path: Path) -> None:
        self._reader = reader
        self._stream = stream
        self._path = path
        self._is_first = True
        try:
            self._decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
        except LookupError:
            raise CtiError(f"--encoding: there is no {encoding!r}; write one like cp1252.") from None

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, or a few more; none at the end."""
        found = self._reader.read(self._stream, size)
        if self._is_first:
            self._is_first = False
            _check_text(found, self._path)
        return self._decoder.decode(found).encode() if self._decoder else found


def _check_text(first: bytes, path: Path) -> None:
    marked = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE))
    if b"\x00" in first[:LOOK_BYTES] and not marked:
        raise SourceRefused(f"{path} is no text. Save it as CSV, or as XLSX.")


class Remembered:
    """Lines on their way to who makes rows of them, each kept until it cannot be asked for any more."""

    def __init__(self, found: Iterator[str], first_line: int) -> None:
        self._found = found
        self._next = first_line
        self._kept: deque[tuple[int, str]] = deque(maxlen=2 * ROW_LINES_MAX)

    def __iter__(self) -> "Remembered":
        return self

    def __next__(self) -> str:
        line = next(self._found)
        self._kept.append((self._next, line))
        self._next += 1
        return line

    def at(self, number: int) -> str:
        """The line with this number; empty when it is long gone."""
        return next((line for place, line in self._kept if place == number), "")
