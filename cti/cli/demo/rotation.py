"""Log files that other processes write to, kept to a size: what is over goes aside, and the file begins anew.

The writers hold the file open, so it is copied and emptied rather than renamed. They append, so they go on at its new
beginning. What they write in the instant between the two is lost.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

BYTES_MAX = 10_000_000
KEPT = 3


class Rotation:
    """`path` has at most about `bytes_max` bytes; the `kept` pieces before stand beside it as `.1` (the newest), `.2`
    and so on."""

    def __init__(self, path: Path, bytes_max: int = BYTES_MAX, kept: int = KEPT) -> None:
        self._path = path
        self._bytes_max = bytes_max
        self._kept = kept

    @property
    def is_due(self) -> bool:
        """The file is too large."""
        try:
            return self._path.stat().st_size > self._bytes_max
        except OSError:
            return False

    def rotate(self) -> bool:
        """Put the piece aside, the oldest one away. False where the disk refuses: then everything stays as it is."""
        with suppress(OSError):
            for number in range(self._kept - 1, 0, -1):
                if self._piece(number).exists():
                    self._piece(number).replace(self._piece(number + 1))
            shutil.copyfile(self._path, self._piece(1))
            os.truncate(self._path, 0)
            return True
        return False

    def _piece(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")
