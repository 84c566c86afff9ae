"""Bytes to pieces of whole lines: any encoding that names itself, any line ending, never much in memory."""

import codecs
from collections.abc import Iterator

from cti.lists.errors import SourceRefused
from cti.lists.source import Reader, Source, Text

LINE_BYTES_MAX = 64 * 1024

# The longer marks first: one of them begins like a shorter one.
WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MARK_BYTES_MAX = 4


def pieces(source: Source, reader: Reader, text: Text, piece_bytes: int) -> Iterator[bytes]:
    """The text in UTF-8, in pieces of about so many bytes, each of whole lines that end with a line feed. Raises
    `SourceRefused` for what is no text."""
    unfinished = b""
    for part in _in_utf8(reader, text, piece_bytes):
        if b"\0" in part:
            raise SourceRefused(f"{source.path} is no text: it has NUL bytes. Save it as text in UTF-8.")
        piece = _with_line_feeds(unfinished + part)
        end = piece.rfind(b"\n") + 1
        unfinished = piece[end:]
        if len(unfinished) > LINE_BYTES_MAX:
            raise line_too_long(source)
        if end:
            yield piece[:end]
    if unfinished:
        yield unfinished.removesuffix(b"\r") + b"\n"


def line_too_long(source: Source) -> SourceRefused:
    """The refusal of a file with such a line: nobody would find out what went missing with it."""
    return SourceRefused(f"{source.path} has a line of more than {LINE_BYTES_MAX} bytes: that is no list of numbers.")


def _in_utf8(reader: Reader, text: Text, piece_bytes: int) -> Iterator[bytes]:
    part = reader.read(text.stream, piece_bytes)
    while 0 < len(part) < MARK_BYTES_MAX and (more := reader.read(text.stream, piece_bytes)):
        part += more
    wide = next((name for mark, name in WIDE_MARKS if part.startswith(mark)), None)
    if wide is None:
        part = part.removeprefix(codecs.BOM_UTF8)
    decoder = codecs.getincrementaldecoder(wide)("replace") if wide else None
    while part:
        yield decoder.decode(part).encode() if decoder else part
        part = reader.read(text.stream, piece_bytes)
    if decoder:
        yield decoder.decode(b"", final=True).encode()


def _with_line_feeds(piece: bytes) -> bytes:
    """A carriage return at the very end waits for what comes: a line feed may belong to it."""
    if b"\r" not in piece:
        return piece
    waiting = b"\r" if piece.endswith(b"\r") else b""
    whole = piece.removesuffix(b"\r")
    return whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n") + waiting
