"""Ranges to draw from: a number, or a pair of ends.

The bounds are checked by hand in `__post_init__`: msgspec 0.22 crashes the interpreter's garbage collector when a union
holds both a constrained number and a pair.
"""

import random

Range = float | tuple[float, float]
"""A fixed value, or the two ends of what is drawn from; never negative."""


def check_ranges(**ranges: Range | None) -> None:
    """ValueError if one of them is negative or runs backwards."""
    for name, span in ranges.items():
        low, high = span if isinstance(span, tuple) else (span or 0, span or 0)
        if not 0 <= low <= high:
            raise ValueError(f"{name} must be a number from 0, or two in rising order; not {span}")


def draw(source: random.Random, span: Range) -> float:
    """A value from the range; a plain number is itself."""
    return source.uniform(*span) if isinstance(span, tuple) else span
