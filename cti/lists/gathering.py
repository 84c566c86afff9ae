"""Numbers on their way into a list: gathered in memory until there are enough for a part of it."""

from array import array
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from cti.lists.blocks import BLOCK, pack
from cti.lists.reading import Change
from cti.lists.writing import ListWriter


class Numbers:
    """Numbers in any order, two bytes each, and some 200 for each block that they lie in."""

    def __init__(self) -> None:
        self.count = 0
        self._blocks: dict[int, array[int]] = _blocks()

    @property
    def blocks(self) -> int:
        """How many blocks they lie in."""
        return len(self._blocks)

    def gather(self, numbers: Iterable[int]) -> None:
        """Take these, too."""
        blocks = self._blocks
        count = 0
        for count, number in enumerate(numbers, 1):  # noqa: B007
            blocks[number // BLOCK].append(number % BLOCK)
        self.count += count

    def write(self, path: Path) -> None:
        """Write them as a list, and forget them."""
        writer = ListWriter(path)
        try:
            for key in sorted(self._blocks):
                writer.add(key, pack(set(self._blocks.pop(key))))
            writer.finish()
        finally:
            writer.close()
        self.count, self._blocks = 0, _blocks()


class Changes:
    """What happens to numbers; of several changes of one number the last counts."""

    def __init__(self) -> None:
        self._last: dict[int, bool] = {}

    @property
    def count(self) -> int:
        """How many numbers they are about."""
        return len(self._last)

    def gather(self, changes: Iterable[Change]) -> None:
        """Take these, too."""
        self._last.update(changes)

    def write(self, path: Path, *, added: bool) -> None:
        """Write the numbers that are added, or those that are removed, as a list."""
        numbers = Numbers()
        numbers.gather(number for number, is_added in self._last.items() if is_added == added)
        numbers.write(path)

    def forget(self) -> None:
        """Begin anew."""
        self._last = {}


def _blocks() -> defaultdict[int, "array[int]"]:
    return defaultdict(partial(array, "H"))
