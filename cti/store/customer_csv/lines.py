"""Bytes to lines: any encoding that names itself, any line ending, never much in memory."""

import codecs
import io
from collections.abc import Iterator
from typing import Protocol

PIECE_BYTES = 64 * 1024
LINE_CHARACTERS_MAX = 20_000

# The longer marks first: one of them begins like a shorter one.
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Readable(Protocol):
    """A file opened in binary mode, or what can pass for one."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def lines(file: Readable) -> Iterator[str]:
    """The file's lines, without their ends. Bytes that cannot be read become U+FFFD, the replacement character. A line
    that is too long comes one character longer than the longest allowed, the rest of it left out."""
    unfinished = ""
    for text in _text(file):
        first, *others = text.split("\n")
        unfinished = (unfinished + first)[: LINE_CHARACTERS_MAX + 1]
        for other in others:
            yield unfinished
            unfinished = other[: LINE_CHARACTERS_MAX + 1]
    if unfinished:
        yield unfinished


def _text(file: Readable) -> Iterator[str]:
    """The file in pieces, with every line ended by a line feed."""
    piece = file.read(PIECE_BYTES)
    # Nobody is told to read more than a byte at a time, and the mark at the beginning has up to four.
    while piece and len(piece) < 4 and (more := file.read(PIECE_BYTES)):
        piece += more
    encoding = next((name for mark, name in MARKS if piece.startswith(mark)), "utf-8")
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)("replace"), translate=True)
    while piece:
        yield decoder.decode(piece)
        piece = file.read(PIECE_BYTES)
    yield decoder.decode(b"", final=True)
