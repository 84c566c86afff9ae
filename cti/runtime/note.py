"""What the worker is deciding about, in memory shared with its parent.

If the worker dies or hangs in the middle of a decision, the parent reads here which input did it, and the next worker
does not decide about that one again.
"""

import mmap
import os
import struct
import time

SIZE = 4096
_HEAD = struct.Struct("<Bqh")
_SINCE = struct.Struct("<qh")
"""The head but for its flag: packing empties the whole place first, so the flag is never packed with the rest."""
_TEXT_MAX = 500


class Note:
    """One page: a flag, since when (monotonic ns), and the input's mark."""

    def __init__(self, page: "mmap.mmap | bytearray") -> None:
        self._page = page

    @staticmethod
    def nowhere() -> "Note":
        """For a server without a parent."""
        return Note(bytearray(SIZE))

    @staticmethod
    def shared(fd: int) -> "Note":
        """On a file descriptor that parent and worker both have."""
        os.ftruncate(fd, SIZE)
        return Note(mmap.mmap(fd, SIZE))

    def deciding(self, mark: str) -> None:
        """A decision about the input with this mark begins."""
        text = mark.encode(errors="replace")[:_TEXT_MAX]
        self._page[_HEAD.size : _HEAD.size + len(text)] = text
        _SINCE.pack_into(self._page, _HEAD.size - _SINCE.size, time.monotonic_ns(), len(text))
        self._page[0] = 1

    def done(self) -> None:
        """It ended well."""
        self._page[0] = 0

    def read(self) -> tuple[float, str] | None:
        """For how many seconds the decision has been going on, and the input's mark; None between decisions, and when
        another one begins in the middle of reading."""
        head = _HEAD.unpack_from(self._page, 0)
        deciding, since_ns, length = head
        if not deciding:
            return None
        mark = bytes(self._page[_HEAD.size : _HEAD.size + length]).decode(errors="replace")
        if _HEAD.unpack_from(self._page, 0) != head:
            return None
        return (time.monotonic_ns() - since_ns) / 1e9, mark

    def clear(self) -> None:
        """Forget it, so that the next worker starts with a clean page."""
        self._page[0] = 0
