"""How a list lies in its file. All numbers are little-endian, so that the processor reads them where they lie.

head      the mark, and the version of this layout
data      the blocks, one after another (`cti.lists.blocks`)
keys      8 bytes a block: which block it is (a number without its last four digits), ascending
places    8 bytes a block, and one more: where each begins in the data, and where the last one ends
tail      how many numbers, blocks and bytes of data there are; SHA-256 of all that stands before it

The hash stands at the end since it is known last: a list is written in one go. It is the list's name as well.
"""

import struct
import sys

from cti.lists.errors import ListError

MARK = b"ctilist\n"
VERSION = 1

HEAD = struct.Struct("<8sQ")
TAIL = struct.Struct("<QQQ32s")
DIGEST_BYTES = 32
PLACE_BYTES = 8

BLOCKS_MAX = 10_000_000
"""The index of a list that is being written is held in memory, 16 bytes a block. All the world's telephones are in
fewer."""

NUMBER_MAX = 10**15 - 1
"""E.164 allows for 15 digits."""


def check_machine() -> None:
    """Raises `ListError` where numbers cannot be read as they lie."""
    if sys.byteorder != "little":
        raise ListError("Lists can be used only on little-endian machines (x86-64, ARM, RISC-V).")
