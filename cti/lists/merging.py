"""Several lists to one, in bounded memory: every list is in order, so they are read side by side, a block at a time."""

from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from cti.lists.blocks import differences, fold
from cti.lists.number_list import NumberList
from cti.lists.writing import ListWriter

Step = tuple[bool, NumberList]
"""Numbers that are added (True) or removed (False)."""

Found = tuple[int, int, bool, bytes]
"""The key of a block, which step it comes from, whether that adds, and the block."""


class Difference(NamedTuple):
    """How many numbers were added, and how many removed."""

    added: int
    removed: int


def apply_steps(steps: Sequence[Step], path: Path) -> str:
    """Write the list that comes out of adding and removing, one step after another; returns its hash."""
    writer = ListWriter(path)
    try:
        for key, found in _side_by_side(steps):
            block = fold([(add, block) for _, _, add, block in found])
            if block:
                writer.add(key, block)
        return writer.finish()
    finally:
        writer.close()


def compare(old: NumberList, new: NumberList) -> Difference:
    """What the new list has that the old one has not, and the other way round."""
    added = removed = 0
    for _, found in _side_by_side([(False, old), (True, new)]):
        blocks = {of_new: block for _, _, of_new, block in found}
        more, fewer = differences(blocks.get(False, b""), blocks.get(True, b""))
        added += more
        removed += fewer
    return Difference(added, removed)


def _side_by_side(steps: Sequence[Step]) -> Iterator[tuple[int, Iterator[Found]]]:
    """Each block that any of the lists has, as each of them has it, in the order of the steps."""
    streams = [_found(order, add, numbers) for order, (add, numbers) in enumerate(steps)]
    return groupby(merge(*streams), key=itemgetter(0))


def _found(order: int, add: bool, numbers: NumberList) -> Iterator[Found]:  # noqa: FBT001
    for key, block in numbers.each_block():
        yield key, order, add, block
