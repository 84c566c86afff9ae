"""A block: those of 10,000 numbers that follow each other which are on the list, by their last four digits.

Few of them are 16-bit numbers, ascending; 625 or more are a bitmap of 1,250 bytes, which is then not longer. So the
length says which it is, and the same numbers always make the same bytes.
"""

from array import array
from collections.abc import Collection, Iterable, Sequence
from itertools import compress

BLOCK = 10_000
BITMAP_BYTES = BLOCK // 8
DENSE = BITMAP_BYTES // 2
"""From so many numbers on a block is a bitmap."""

ZERO, ONE = b"01"
DIGIT_TO_FLAG = bytes.maketrans(b"01", b"\0\1")


def pack(rests: Collection[int]) -> bytes:
    """The block of these different numbers."""
    if len(rests) < DENSE:
        return array("H", sorted(rests)).tobytes()
    # The integer is read from its digits: setting bit after bit in bytes takes twice as long.
    digits = bytearray([ZERO]) * BLOCK
    for rest in rests:
        digits[~rest] = ONE
    return int(digits, 2).to_bytes(BITMAP_BYTES, "little")


def unpack(block: bytes) -> Iterable[int]:
    """The block's numbers, ascending."""
    return _set_bits(int.from_bytes(block, "little")) if len(block) == BITMAP_BYTES else array("H", block)


def count(block: bytes) -> int:
    """How many numbers there are in the block."""
    return int.from_bytes(block, "little").bit_count() if len(block) == BITMAP_BYTES else len(block) // 2


def fold(steps: Sequence[tuple[bool, bytes]]) -> bytes:
    """The block after these were added (True) and removed (False), one after another; no bytes when nothing is left."""
    if len(steps) == 1:
        add, block = steps[0]
        return block if add else b""
    if any(len(block) == BITMAP_BYTES for _, block in steps):
        return _fold_bits(steps)
    rests: set[int] = set()
    for add, block in steps:
        if add:
            rests.update(array("H", block))
        else:
            rests.difference_update(array("H", block))
    return pack(rests)


def differences(old: bytes, new: bytes) -> tuple[int, int]:
    """How many numbers were added, and how many removed."""
    if old == new:
        return 0, 0
    before, after = _bits(old), _bits(new)
    return (after & ~before).bit_count(), (before & ~after).bit_count()


def _fold_bits(steps: Sequence[tuple[bool, bytes]]) -> bytes:
    bits = 0
    for add, block in steps:
        bits = bits | _bits(block) if add else bits & ~_bits(block)
    if bits.bit_count() >= DENSE:
        return bits.to_bytes(BITMAP_BYTES, "little")
    return array("H", _set_bits(bits)).tobytes()


def _bits(block: bytes) -> int:
    if len(block) == BITMAP_BYTES:
        return int.from_bytes(block, "little")
    bitmap = bytearray(BITMAP_BYTES)
    for rest in array("H", block):
        bitmap[rest >> 3] |= 1 << (rest & 7)
    return int.from_bytes(bitmap, "little")


def _set_bits(bits: int) -> Iterable[int]:
    flags = format(bits, "b")[::-1].encode().translate(DIGIT_TO_FLAG)
    return compress(range(BLOCK), flags)
