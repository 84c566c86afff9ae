"""Standard error, where the log goes, as a stream that loses what it cannot write."""

import io
import sys
from contextlib import suppress
from typing import Any


class Forgiving(io.FileIO):
    """A log on a full disk must not take the calls down with it: what the system refuses to write is lost, and nobody
    is told. Nothing is kept back to be tried again, so the exit status does not speak of it either."""

    def write(self, content: Any) -> int:
        """All of it, or as much as the system takes; the answer is always that it was all."""
        rest = memoryview(content).cast("B")
        size = len(rest)
        with suppress(OSError):
            while rest and (written := super().write(rest)):
                rest = rest[written:]
        return size


def forgive() -> None:
    """Make this process's standard error such a stream. Call it first, while nothing waits in the one before."""
    forgiving = Forgiving(sys.stderr.fileno(), "w", closefd=False)
    sys.stderr = io.TextIOWrapper(forgiving, encoding="utf-8", errors="backslashreplace", write_through=True)
