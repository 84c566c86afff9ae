"""Snapshots of the state, so that a start need not read the whole journal. Two are kept; any of them may be lost.

A file is one line of JSON (`seq`, `hash` of that record, `logic`, `sha256` of the rest) and the captured state.
"""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

KEPT = 2


class _Head(msgspec.Struct):
    seq: int
    hash: str
    logic: str
    sha256: str


class Snapshots:
    """The folder of one site's snapshots."""

    class Found(msgspec.Struct):
        """A snapshot that was read back whole: the state after turn `seq`, and the hash of that record."""

        seq: int
        hash: str
        logic: str
        content: bytes

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, seq: int, record_hash: str, logic: str, content: bytes) -> Path:
        """Put a snapshot in place whole or not at all, then let go of all but the newest two."""
        self._folder.mkdir(parents=True, exist_ok=True)
        head = msgspec.json.encode(_Head(seq, record_hash, logic, sha256(content).hexdigest()))
        path = self._folder / f"{seq:012d}.snapshot"
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            file.write(head + b"\n" + content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        for old in self._paths()[KEPT:]:
            old.unlink(missing_ok=True)
        return path

    def newest_first(self) -> Iterator[Found]:
        """Those that are whole. A damaged one is passed over: the journal has everything."""
        for path in self._paths():
            try:
                line, _, content = path.read_bytes().partition(b"\n")
                head = msgspec.json.decode(line, type=_Head)
            except (OSError, msgspec.MsgspecError):
                continue
            if sha256(content).hexdigest() == head.sha256:
                yield self.Found(head.seq, head.hash, head.logic, content)

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.snapshot"), reverse=True) if self._folder.is_dir() else []
