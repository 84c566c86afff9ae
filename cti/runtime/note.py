"""What the worker is deciding about, in memory shared with its parent.

If the worker dies or hangs in the middle of a decision, the parent reads here which input did it, and the next worker
does not decide about that one again.
"""

import mmap
import os
import struct
import time

SIZE = 4096
_HEAD = struct.Struct("<Bqhh")
_TEXT_MAX = 500


class Note:
    """One page: a flag, since when (monotonic ns), the input's key and its leg."""

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

    def deciding(self, key: str, leg_id: str) -> None:
        """A decision begins. Key and leg are kept to 500 bytes each."""
        key_bytes, leg_bytes = key.encode()[:_TEXT_MAX], leg_id.encode()[:_TEXT_MAX]
        page, end = self._page, _HEAD.size + len(key_bytes)
        page[_HEAD.size : end] = key_bytes
        page[end : end + len(leg_bytes)] = leg_bytes
        _HEAD.pack_into(page, 0, 1, time.monotonic_ns(), len(key_bytes), len(leg_bytes))

    def done(self) -> None:
        """It ended well."""
        self._page[0] = 0

    def read(self) -> tuple[float, list[str]] | None:
        """For how many seconds the decision has been going on, and its key and leg; None between decisions."""
        deciding, since_ns, key_length, leg_length = _HEAD.unpack_from(self._page, 0)
        if not deciding:
            return None
        end = _HEAD.size + key_length
        key = bytes(self._page[_HEAD.size : end]).decode(errors="replace")
        leg_id = bytes(self._page[end : end + leg_length]).decode(errors="replace")
        return (time.monotonic_ns() - since_ns) / 1e9, [mark for mark in (key, leg_id) if mark]

    def clear(self) -> None:
        """Forget it, so that the next worker starts with a clean page."""
        self._page[0] = 0
