"""Lists, and files to make them from."""

from pathlib import Path

from cti.lists.builder import Limits, ListBuilder
from cti.lists.gathering import Numbers
from cti.lists.number_list import NumberList
from cti.store.numbers import e164

SMALL = Limits(piece_bytes=64, part_numbers=20, part_blocks=50, part_changes=10, parts=3)
"""Everything that a big file makes happen happens with a small one."""


def list_of(path: Path, numbers) -> Path:
    """A list of these numbers, at this path."""
    gathered = Numbers()
    gathered.gather(numbers)
    gathered.write(path)
    return path


def builder(folder: Path, region: str = "US", limits: Limits = SMALL) -> ListBuilder:
    """As the server makes one."""
    return ListBuilder(folder, lambda written: e164(written, region), region, limits)


def on_list(folder: Path, digest: str) -> list[int]:
    """Every number of the list, in its order."""
    with NumberList.open(folder / digest) as numbers:
        numbers.verify()
        return list(numbers)


def text(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
