"""A list of numbers, asked where it lies: nothing is read but the pages that an answer needs, and every process that
has the list open shares them.
"""

import mmap
import os
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from io import FileIO
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from cti.lists.blocks import BITMAP_BYTES, BLOCK, unpack
from cti.lists.errors import ListDamaged, ListError
from cti.lists.layout import DIGEST_BYTES, HEAD, MARK, NUMBER_MAX, PLACE_BYTES, TAIL, VERSION, check_machine

PIECE_BYTES = 1024 * 1024


class NumberList:
    """An open list: `number in numbers`, `count` and `digest`, the hash of its content and its name. Its file must
    never be changed, only replaced or removed: whoever has it open keeps what they opened."""

    def __init__(self, path: Path, file: FileIO, content: mmap.mmap) -> None:
        self.path = path
        self._file = file
        self._content = content
        _check_head(path, content)
        self.count, self.blocks, data_bytes, digest = TAIL.unpack_from(content, len(content) - TAIL.size)
        self.digest: str = digest.hex()
        keys_at = HEAD.size + data_bytes
        places_at = keys_at + PLACE_BYTES * self.blocks
        if places_at + PLACE_BYTES * (self.blocks + 1) + TAIL.size != len(content):
            raise ListDamaged(f"{path} is damaged or cut off. Take it from a backup, or import it again.")
        with memoryview(content) as whole:
            self._data = whole[HEAD.size : keys_at]
            self._rests = self._data[: data_bytes // 2 * 2].cast("H")
            self._keys = whole[keys_at:places_at].cast("Q")
            self._places = whole[places_at : -TAIL.size].cast("Q")
        if self._places[0] != 0 or self._places[-1] != data_bytes:
            self.close()
            raise ListDamaged(f"{path} is damaged: its index does not fit. Take it from a backup, or import it again.")

    @classmethod
    def open(cls, path: Path) -> "NumberList":
        """The list in this file, after a look at its head and size that costs the same for every list. Raises
        `ListDamaged`, or `ListError` when it cannot be read."""
        check_machine()
        with ExitStack() as stack:
            try:
                file = stack.enter_context(FileIO(path))
                if os.fstat(file.fileno()).st_size < HEAD.size + PLACE_BYTES + TAIL.size:
                    raise ListDamaged(f"{path} is no list, or cut off.")
                content = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            except OSError as error:
                raise ListError(f"The list {path} cannot be read: {error.strerror}.") from error
            numbers = cls(path, file, content)
            stack.pop_all()
        return numbers

    def __contains__(self, number: int | str) -> bool:
        """Whether the number (E.164, as an integer or with or without its plus sign) is on the list. Raises
        `ValueError` for what is no such number, or when the list was closed, and `ListDamaged`: then nobody calls."""
        block, rest = divmod(number if type(number) is int else _as_integer(number), BLOCK)
        if not 0 <= block <= NUMBER_MAX // BLOCK:
            raise ValueError("that is no number in E.164")
        keys, places = self._keys, self._places
        place = bisect_left(keys, block)
        if place == self.blocks or keys[place] != block:
            return False
        begin, end = places[place], places[place + 1]
        try:
            if end - begin == BITMAP_BYTES:
                return bool(self._data[begin + (rest >> 3)] >> (rest & 7) & 1)
            found = bisect_left(self._rests, rest, begin // 2, end // 2)
            return found < end // 2 and self._rests[found] == rest
        except (IndexError, OverflowError) as error:
            raise ListDamaged(f"{self.path} is damaged: its index leads nowhere. Import it again.") from error

    def sample(self, most: int) -> list[int]:
        """About so many numbers (all of a short list), evenly out of the whole file; the same each time."""
        found: dict[int, None] = {}
        for at in range(0, self._places[-1], max(2, self._places[-1] // most)):
            place = bisect_right(self._places, at) - 1
            begin, end = self._places[place], self._places[place + 1]
            rests = list(unpack(bytes(self._data[begin:end])))
            rest = rests[(at - begin) * len(rests) // (end - begin)]
            found[self._keys[place] * BLOCK + rest] = None
        return list(found)

    def __iter__(self) -> Iterator[int]:
        """Every number on the list, ascending."""
        for key, block in self.each_block():
            first = key * BLOCK
            for rest in unpack(block):
                yield first + rest

    def each_block(self) -> Iterator[tuple[int, bytes]]:
        """Every block with its key, ascending. They are read from the file: whoever walks through it shall not have all
        of it mapped in the end."""
        piece, piece_begin = b"", 0
        for key, (begin, end) in zip(self._keys, pairwise(self._places), strict=True):
            if end > piece_begin + len(piece):
                piece, piece_begin = os.pread(self._file.fileno(), PIECE_BYTES, HEAD.size + begin), begin
            yield key, piece[begin - piece_begin : end - piece_begin]

    def verify(self) -> None:
        """Read the whole list and compare it with its hash. Other threads go on meanwhile, and afterwards its
        pages need no disk. Raises `ListDamaged`."""
        digest = sha256()
        end = len(self._content) - DIGEST_BYTES
        for begin in range(0, end, PIECE_BYTES):
            digest.update(os.pread(self._file.fileno(), min(PIECE_BYTES, end - begin), begin))
        if digest.hexdigest() != self.digest:
            raise ListDamaged(f"{self.path} was changed or is damaged. Take it from a backup, or import it again.")

    def close(self) -> None:
        """Let go of the file. Questions fail from then on."""
        for view in (self._rests, self._data, self._keys, self._places):
            view.release()
        self._content.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _check_head(path: Path, content: mmap.mmap) -> None:
    mark, version = HEAD.unpack_from(content)
    if mark != MARK:
        raise ListDamaged(f"{path} is no list.")
    if version != VERSION:
        raise ListDamaged(f"{path} is a list of version {version}, and this program reads {VERSION}. Import it again.")


def _as_integer(number: int | str) -> int:
    if isinstance(number, str):
        digits = number.removeprefix("+")
        if digits.isascii() and digits.isdigit():
            return int(digits)
    raise ValueError("that is no number in E.164")
