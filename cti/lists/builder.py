"""Lists out of what registries publish: whole lists, and changes to a list that there is.

An import is killed and started again as often as it may be, and makes the same list as one that was not.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from cti.lists.checkpoint import Checkpoint, Part, forget, holding, read_checkpoint
from cti.lists.errors import ListError, SourceRefused
from cti.lists.folder import UNFINISHED, list_path
from cti.lists.gathering import Changes, Numbers
from cti.lists.merging import Step, apply_steps
from cti.lists.number_list import NumberList
from cti.lists.pieces import pieces
from cti.lists.reading import Counts, Reading, Rejection
from cti.lists.source import Reader, Source
from cti.lists.spelling import Normalise, Spelling
from cti.lists.writing import put_in_place

Meaning = Literal["list", "changes", "add", "remove"]
"""What a file says: the whole list; or, of a list that there is, what to add and remove, only what to add, or
remove."""

Progress = Callable[[int, int, Counts], None]
"""Is told how many bytes of the file are done, how many there are, and what was read of them."""


class Limits(NamedTuple):
    """What an import holds in memory, and how often it can go on: a part is written after so many numbers or blocks."""

    piece_bytes: int = 1024 * 1024
    part_numbers: int = 8_000_000
    part_blocks: int = 500_000
    part_changes: int = 500_000
    parts: int = 40


LIMITS = Limits()


class Built(msgspec.Struct, frozen=True):
    """A list that was made: its name, how many numbers are on it, and what was read. `shapes` says how the lines were
    understood, `rejections` which of them (the first 1,000) were not, and why."""

    digest: str
    count: int
    lines: int
    accepted: int
    rejected: int
    rejections: tuple[Rejection, ...]
    shapes: tuple[str, ...]


class ListBuilder:
    """Makes lists in `folder`. Numbers that are not plain in the `region` (such as `US`; empty: none) are read by
    `normalise`. An import takes a processor for as long as it lasts: give it a process of its own."""

    def __init__(self, folder: Path, normalise: Normalise, region: str = "", limits: Limits = LIMITS) -> None:
        self._folder = folder
        self._normalise = normalise
        self._region = region
        self._limits = limits

    def build(
        self,
        path: Path,
        meaning: Meaning = "list",
        *,
        base: str = "",
        column: str = "",
        progress: Progress | None = None,
    ) -> Built:
        """Import a file of text, also one in gzip or zip. Changes apply to the list `base`; without one, to nothing.
        `column` says where the numbers are: a heading, a place from 1, or two such as `1+2`; without it, it is guessed.
        Whoever is killed and calls it again in the same way goes on where they were. Raises `SourceRefused`,
        `ImportRunning`, `ListDamaged` (the base), `ListError`."""
        if base and meaning == "list":
            raise ListError("A whole list has no list before it: import it as changes, or without.")
        try:
            with Source(path) as source:
                task = [str(path.resolve()), meaning, base, column, self._region]
                work = self._folder / UNFINISHED / sha256(msgspec.json.encode(task)).hexdigest()
                with holding(work):
                    reading = _Import(source, work, meaning, self._limits, progress or (lambda done, of, counts: None))
                    checkpoint = reading.run(Spelling(self._normalise, self._region), column)
                    digest, count = self._finish(work, checkpoint.parts, base)
                    forget(work)
        except OSError as error:
            raise ListError(f"{path} was not imported: {error.strerror or error}. Import it again to go on.") from error
        read = checkpoint.counts
        said = tuple(read.rejections), tuple(read.shapes)
        return Built(digest, count, read.lines, read.accepted, read.rejected, *said)

    def _finish(self, work: Path, parts: Sequence[Part], base: str) -> tuple[str, int]:
        """Make a list of the parts. What was written is read again before anybody else sees it."""
        finished = work / "list"
        with ExitStack() as stack:
            steps = [(part.added, stack.enter_context(NumberList.open(work / part.name))) for part in parts]
            if base:
                before = stack.enter_context(NumberList.open(list_path(self._folder, base)))
                before.verify()
                steps.insert(0, (True, before))
            digest = apply_steps(steps, finished)
        with NumberList.open(finished) as numbers:
            numbers.verify()
            put_in_place(finished, list_path(self._folder, digest))
            return digest, numbers.count


class _Import:
    """One file on its way into parts."""

    def __init__(self, source: Source, work: Path, meaning: Meaning, limits: Limits, progress: Progress) -> None:
        self._source = source
        self._work = work
        self._meaning = meaning
        self._limits = limits
        self._progress = progress
        self._checkpoint = self._begin()
        self._numbers, self._changes = Numbers(), Changes()

    def run(self, spelling: Spelling, column: str) -> Checkpoint:
        """Read what is still unread. Afterwards all of it is in parts."""
        checkpoint = self._checkpoint
        if not checkpoint.finished:
            reading = Reading(self._source, spelling, column, checkpoint.counts)
            offset = 0
            for piece, offset in self._unread(reading):
                if self._meaning == "changes":
                    self._changes.gather(reading.changes(piece))
                else:
                    self._numbers.gather(reading.numbers(piece))
                if self._is_full():
                    self._save(offset)
                self._progress(self._source.position, self._source.size, checkpoint.counts)
            self._source.check_unchanged()
            if self._meaning == "list" and not checkpoint.counts.accepted:
                raise SourceRefused(f"{self._source.path} has no telephone number in it.")
            checkpoint.finished = True
            self._save(max(offset, checkpoint.offset))
        self._progress(self._source.size, self._source.size, checkpoint.counts)
        return checkpoint

    def _begin(self) -> Checkpoint:
        """Where an earlier run was, if all that it left is whole; else the beginning."""
        checkpoint = read_checkpoint(self._work, self._source.identity)
        try:
            for part in checkpoint.parts if checkpoint else ():
                with NumberList.open(self._work / part.name) as numbers:
                    numbers.verify()
        except ListError:
            checkpoint = None
        checkpoint = checkpoint or Checkpoint(self._source.identity)
        checkpoint.forget_others(self._work)
        return checkpoint

    def _unread(self, reading: Reading) -> Iterator[tuple[bytes, int]]:
        """Each piece that no part has yet, and how far the texts are read with it. What is compressed can be read from
        its beginning only, so everything is: it takes a second a gigabyte."""
        reader = Reader(self._source)
        done, offset = self._checkpoint.offset, 0
        for text in self._source.texts():
            is_first = True
            for found in pieces(self._source, reader, text, self._limits.piece_bytes):
                piece = found
                if is_first:
                    piece = reading.begin(text.name, found, changes=self._meaning == "changes", again=offset < done)
                    offset += len(found) - len(piece)
                    is_first = False
                offset += len(piece)
                unread = piece[max(0, len(piece) - (offset - done)) :] if offset > done else b""
                if unread:
                    yield unread, offset

    def _is_full(self) -> bool:
        limits = self._limits
        return (
            self._numbers.count >= limits.part_numbers
            or self._numbers.blocks >= limits.part_blocks
            or self._changes.count >= limits.part_changes
        )

    def _save(self, offset: int) -> None:
        """Write what was gathered as a part, and that everything up to the offset is in parts."""
        checkpoint = self._checkpoint
        if self._numbers.count:
            self._numbers.write(self._next_part(added=self._meaning != "remove"))
        if self._changes.count:
            for added in (False, True):
                self._changes.write(self._next_part(added=added), added=added)
            self._changes.forget()
        if len(checkpoint.parts) > self._limits.parts:
            self._merge_parts()
        checkpoint.offset = offset
        checkpoint.write(self._work)
        checkpoint.forget_others(self._work)

    def _merge_parts(self) -> None:
        """Make two of them: what they add in the end, and what they remove in the end."""
        checkpoint = self._checkpoint
        with ExitStack() as stack:
            steps: list[Step] = [
                (part.added, stack.enter_context(NumberList.open(self._work / part.name))) for part in checkpoint.parts
            ]
            checkpoint.parts = []
            for added in (False, True):
                apply_steps([(step == added, numbers) for step, numbers in steps], self._next_part(added=added))

    def _next_part(self, *, added: bool) -> Path:
        self._checkpoint.part += 1
        part = Part(f"{self._checkpoint.part:06d}", added)
        self._checkpoint.parts = [*self._checkpoint.parts, part]
        return self._work / part.name
