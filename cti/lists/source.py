"""A file that somebody wants to import, opened with care, and the texts in it: itself, or what is compressed in it.

It may be anything: a folder, a pipe that never ends, a bomb of zeros, a page that says the password was wrong. Whatever
it is, it costs bounded time and memory, and is taken whole or refused with a sentence that says why.
"""

import gzip
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, Self

import msgspec

from cti.lists.errors import SourceRefused

HEAD_BYTES = 1024 * 1024
MEMBERS_MAX = 1_000
EXPANSION_MAX = 100
"""Numbers take about a tenth of their size when compressed; what grows tenfold beyond that is made to harm."""
EXPANSION_FREE_BYTES = 16 * 1024 * 1024

GZIP_MARK = b"\x1f\x8b"
ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
# How a zip ends, by its publisher's specification (APPNOTE 4.3.16; 4.3.15 for archives of more than 4 GiB).
DIRECTORY_END = struct.Struct("<4s4H2LH")
DIRECTORY_END_MARK, LOCATOR_MARK, LOCATOR_BYTES = b"PK\5\6", b"PK\6\7", 20
COMMENT_BYTES_MAX = 65_535
DIRECTORY_BYTES_MAX = 1024 * 1024
SPREADSHEET_MEMBER = "[Content_Types].xml"
MAC_FOLDER = "__MACOSX/"

COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 1
BAD_COMPRESSION = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError)
"""What the standard library raises over files that were compressed badly or cut off."""


class Identity(msgspec.Struct, frozen=True):
    """What tells one state of a file from another, without reading all of it."""

    size: int
    mtime_ns: int
    head: str


class Readable(Protocol):
    """What can be read in binary mode."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


class Text(NamedTuple):
    """A text in the file: the name it has in an archive, and its bytes."""

    name: str
    stream: Readable


class Source:
    """The open file. Raises `SourceRefused` for what is no regular file, or lies elsewhere than its name says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = _open(path)
        self.identity = self._look()
        self.size = self.identity.size

    @property
    def position(self) -> int:
        """How many bytes of the file were read so far."""
        return self._file.tell()

    def texts(self) -> Iterator[Text]:
        """Each text in the file, from the beginning. Raises `SourceRefused`."""
        self._file.seek(0)
        mark = self._file.read(4)
        self._file.seek(0)
        try:
            if mark.startswith(GZIP_MARK):
                with gzip.GzipFile(fileobj=self._file) as stream:
                    yield Text("", stream)
            elif mark in ZIP_MARKS:
                yield from self._members()
            else:
                yield Text("", self._file)
        except (*BAD_COMPRESSION, OSError, ValueError, struct.error) as error:  # a directory may point anywhere
            raise _badly_compressed(self.path) from error

    def check_unchanged(self) -> None:
        """Raises `SourceRefused` when the file is not as it was when it was opened."""
        if self.position > self.size or self._look() != self.identity:
            raise SourceRefused(f"{self.path} was changed while it was read. Import it again once it is complete.")

    def head(self, size: int) -> bytes:
        """How the file begins."""
        return os.pread(self._file.fileno(), size, 0)

    def whole(self) -> BinaryIO:
        """The file itself, from its beginning, for who reads it otherwise. It is closed with this."""
        self._file.seek(0)
        return self._file

    def is_spreadsheet(self) -> bool:
        """Whether it is an archive that has in it what spreadsheets have. Raises `SourceRefused`."""
        try:
            self.check_directory()
            with zipfile.ZipFile(self._file) as archive:
                return SPREADSHEET_MEMBER in archive.namelist()
        except (*BAD_COMPRESSION, OSError, ValueError, struct.error) as error:
            raise _badly_compressed(self.path) from error

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look(self) -> Identity:
        found = os.fstat(self._file.fileno())
        head = os.pread(self._file.fileno(), HEAD_BYTES, 0)
        return Identity(found.st_size, found.st_mtime_ns, sha256(head).hexdigest())

    def check_directory(self) -> None:
        """The library reads an archive's whole directory into memory, so it must not see a long one."""
        whole = DIRECTORY_END.size
        tail_bytes = min(self.size, whole + COMMENT_BYTES_MAX + LOCATOR_BYTES)
        tail = os.pread(self._file.fileno(), tail_bytes, self.size - tail_bytes)
        no_comment = tail[-whole:].startswith(DIRECTORY_END_MARK) and tail.endswith(b"\0\0")
        at = len(tail) - whole if no_comment else tail.rfind(DIRECTORY_END_MARK)
        if at < 0 or len(tail) - at < whole:
            raise zipfile.BadZipFile
        _, _, _, _, members, size, _, _ = DIRECTORY_END.unpack_from(tail, at)
        is_huge = tail[max(0, at - LOCATOR_BYTES) :].startswith(LOCATOR_MARK)
        if is_huge or members > MEMBERS_MAX or size > DIRECTORY_BYTES_MAX:
            raise SourceRefused(f"{self.path} has more than {MEMBERS_MAX} files in it, or huge ones. Unpack it first.")

    def _members(self) -> Iterator[Text]:
        self.check_directory()
        with zipfile.ZipFile(self._file) as archive:
            if SPREADSHEET_MEMBER in archive.namelist():
                raise SourceRefused(f'{self.path} is a spreadsheet. Save the sheet with the numbers as "CSV UTF-8".')
            for member in archive.infolist():
                if member.is_dir() or member.filename.startswith(MAC_FOLDER):
                    continue
                if member.flag_bits & ENCRYPTED or member.compress_type not in COMPRESSIONS:
                    raise SourceRefused(f"{self.path} is encrypted, or compressed in an unusual way. Unpack it first.")
                with archive.open(member) as stream:
                    yield Text(member.filename, stream)


class Reader:
    """Reads a text, and refuses one that is damaged, or out of proportion to its file."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._bytes = 0

    def read(self, stream: Readable, size: int) -> bytes:
        """At most so many bytes; none at the end. Raises `SourceRefused`."""
        path = self._source.path
        try:
            found = stream.read(size)
        except BAD_COMPRESSION as error:
            raise _badly_compressed(path) from error
        except OSError as error:
            raise SourceRefused(f"{path} cannot be read: {error.strerror}.") from error
        if self._source.position > self._source.size:
            self._source.check_unchanged()
        self._bytes += len(found)
        if self._bytes > EXPANSION_FREE_BYTES + EXPANSION_MAX * max(1, self._source.position):
            raise SourceRefused(
                f"{path} expands to more than {EXPANSION_MAX} times its size: that is no list of numbers."
            )
        return found


def _badly_compressed(path: Path) -> SourceRefused:
    return SourceRefused(f"{path} is cut off or damaged: it cannot be unpacked. Download it again.")


def _open(path: Path) -> BinaryIO:
    """A link may lead to its neighbours only, and what it leads to is followed once."""
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
            raise SourceRefused(f"{path} is a link to another folder. Give the file itself.")
        target = path.resolve(strict=True)
        kind = target.lstat().st_mode
        if not stat.S_ISREG(kind):
            raise _no_file(path)
        # Neither a link nor a pipe that was put there a moment ago is opened: the one is refused, the other does not
        # block.
        number = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SourceRefused(f"{path} cannot be read: {error.strerror}.") from error
    except RuntimeError as error:
        raise SourceRefused(f"{path} is a link that leads to itself.") from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise _no_file(path)
    return os.fdopen(number, "rb", buffering=HEAD_BYTES)


def _no_file(path: Path) -> SourceRefused:
    return SourceRefused(f"{path} is no file. Give a text file, or one compressed with gzip or zip.")
