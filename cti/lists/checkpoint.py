"""How far an import got, so that it goes on there when its process is killed.

The folder of an import holds parts: lists of what was read so far, each finished and synced before the checkpoint names
it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from cti.lists.errors import ImportRunning
from cti.lists.reading import Counts
from cti.lists.source import Identity
from cti.lists.writing import put_in_place

VERSION = 1
NAME = "checkpoint"


class Part(msgspec.Struct, frozen=True):
    """A list in the import's folder, and whether its numbers are added or removed."""

    name: str
    added: bool


class Checkpoint(msgspec.Struct):
    """`offset` is how much was read of the texts in the file, in bytes as the lines come; `part` counts all parts that
    there ever were. Parts apply one after another."""

    identity: Identity
    offset: int = 0
    part: int = 0
    parts: list[Part] = []
    counts: Counts = msgspec.field(default_factory=Counts)
    finished: bool = False
    version: int = VERSION

    def write(self, folder: Path) -> None:
        """Put it in place, whole or not at all."""
        unfinished = folder / f"{NAME}.unfinished"
        with unfinished.open("wb") as file:
            file.write(msgspec.json.encode(self))
            file.flush()
            os.fsync(file.fileno())
        put_in_place(unfinished, folder / NAME)

    def forget_others(self, folder: Path) -> None:
        """Remove what an import left in its folder and this checkpoint does not name."""
        names = {NAME, *(part.name for part in self.parts)}
        for path in folder.iterdir():
            if path.name not in names:
                path.unlink()


def read_checkpoint(folder: Path, identity: Identity) -> Checkpoint | None:
    """How far an earlier run got with the same file; None if there was none, or it is of no use."""
    try:
        checkpoint = msgspec.json.decode((folder / NAME).read_bytes(), type=Checkpoint)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    return checkpoint if (checkpoint.identity, checkpoint.version) == (identity, VERSION) else None


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Make the folder, and keep other processes from it until the end of the context. Raises `ImportRunning`."""
    number = _lock(folder)
    try:
        yield
    finally:
        os.close(number)


def forget(folder: Path) -> None:
    """Remove the folder of an import that is done, by whoever holds it."""
    shutil.rmtree(folder)


def _lock(folder: Path) -> int:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        # Whoever holds it may remove it at any moment, being done: then it is made anew.
        with suppress(FileNotFoundError):
            number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.samestat(folder.stat(), os.fstat(number)):
                    return number
            except BlockingIOError:
                os.close(number)
                raise ImportRunning("Another process is importing this file. Wait until it is done.") from None
            except FileNotFoundError:
                pass
            os.close(number)
