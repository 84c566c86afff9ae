"""Small charts out of block characters: they need no colour, and a column is a number."""

from collections.abc import Sequence

EIGHTHS = " ▁▂▃▄▅▆▇█"
NOTHING = "·"
FULL, EMPTY = "█", "·"


def rows(values: Sequence[int], top: int, width: int, height: int) -> list[str]:
    """The newest values at the right edge, a column each, from 0 to `top` over so many rows, the uppermost first. A
    dot is a 0; where nothing is known yet there is space."""
    shown = values[-width:] if width else ()
    steps = [0 if value <= 0 else max(1, round(8 * height * value / max(1, top))) for value in shown]
    lines = []
    for row in range(height - 1, -1, -1):
        cells = [EIGHTHS[min(8, max(0, step - 8 * row))] for step in steps]
        if row == 0:
            cells = [cell if step else NOTHING for cell, step in zip(cells, steps, strict=True)]
        lines.append("".join(cells).rjust(width))
    return lines


def gauge(share: float, width: int) -> str:
    """How full something is; more than full is full."""
    eighths = max(0, min(8 * width, round(8 * width * share)))
    filled = FULL * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")
    return filled + EMPTY * (width - len(filled))


def shares(parts: Sequence[tuple[str, int]], width: int) -> str:
    """A bar of several characters, each as long as its part of the whole; no part that there is is left out. One
    character for each where there is room."""
    whole = sum(count for _, count in parts)
    if whole <= width:
        return "".join(mark * count for mark, count in parts)
    bar, sum_so_far = "", 0
    for mark, count in parts:
        sum_so_far += count
        bar += mark * max(round(width * sum_so_far / whole) - len(bar), 1 if count else 0)
    return bar[:width]
