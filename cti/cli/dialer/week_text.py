"""The week in the terminal: a row a day, a column each half hour, or quarter where there is room for it."""

from collections import Counter
from textwrap import wrap

from rich.console import Console
from rich.text import Text

from cti.cli.dialer.drawing import OPEN, Drawing, Row

DAY_MIN = 1_440
MINUTE_MS = 60_000
LABEL = 11
WINDOWS = 20
HOLIDAY = "*"
NOWHERE = " "
"""What stands where the clock shows no such time."""


def show(drawing: Drawing, console: Console) -> None:
    """Colours repeat what letters say."""
    minutes = 15 if console.width >= LABEL + 96 + 1 + WINDOWS else 30
    block = "#" if console.options.ascii_only else "█"
    console.print(Text(drawing.title, style="bold"))
    for line in wrap(drawing.where, console.width):
        console.print(line)
    console.print()
    console.print(Text(" " * LABEL + _hours(minutes) + " may start", style="dim"), no_wrap=True, crop=False)
    for number, row in enumerate(drawing.rows):
        asked = drawing.asked[1] // MINUTE_MS // minutes if drawing.asked[0] == number else -1
        _row(drawing, row, minutes, asked, block, console)
    console.print()
    _legend(drawing, block, minutes, console)


def cells(drawing: Drawing, row: Row, minutes: int) -> list[str]:
    """For each so many minutes of the day the letter of what holds longest; where it is even, closed."""
    return [
        _cell(drawing, row, minute * MINUTE_MS, (minute + minutes) * MINUTE_MS) for minute in range(0, DAY_MIN, minutes)
    ]


def _cell(drawing: Drawing, row: Row, begins: int, ends: int) -> str:
    times: Counter[str] = Counter()
    for piece in row.pieces:
        times[drawing.letter(piece.span)] += max(0, min(ends, piece.ends) - max(begins, piece.begins))
    letter, longest = max(times.items(), key=lambda item: (item[1], item[0] != OPEN), default=("", 0))
    return letter if longest else NOWHERE


def _hours(minutes: int) -> str:
    every = 2 * 60 // minutes
    return "".join(f"{hour:02d}".ljust(every) for hour in range(0, 24, 2))


def _row(drawing: Drawing, row: Row, minutes: int, asked: int, block: str, console: Console) -> None:
    line = Text((row.label + (HOLIDAY if row.holiday else "")).ljust(LABEL))
    for number, letter in enumerate(cells(drawing, row, minutes)):
        style = "green" if letter == OPEN else "dim"
        line.append("@" if number == asked else letter or block, style="bold reverse" if number == asked else style)
    first, *more = row.windows or ("closed",)
    console.print(line.append(f" {first}"), no_wrap=True, crop=False)
    for window in more:
        console.print(Text(" " * (len(line) - len(first)) + window), no_wrap=True, crop=False)


def _legend(drawing: Drawing, block: str, minutes: int, console: Console) -> None:
    lines = [(block, "calls may start")]
    lines += [(letter, "closed by " + ", ".join(rules)) for rules, letter in drawing.letters.items()]
    lines += [("@", f"the instant asked about, {drawing.asked_words}")]
    lines += [(HOLIDAY, f"{row.label}: {row.holiday}") for row in drawing.rows if row.holiday]
    lines += [("!", words) for words in drawing.changes]
    for sign, words in lines:
        _hang(f"{sign}  ", words, console)
    _hang(
        "   ", f"Each sign is what holds longest within {minutes} minutes; the times at the right are exact.", console
    )
    if drawing.about:
        console.print()
    for rule, words in drawing.about.items():
        _hang(f"{rule}  ", words, console, "    ")


def _hang(sign: str, words: str, console: Console, indent: str = "   ") -> None:
    """The sign, and the words in as many lines as they need."""
    first, *more = wrap(sign + words, console.width, subsequent_indent=indent, drop_whitespace=True) or [sign]
    console.print(Text(first[: len(sign)], style="bold").append(first[len(sign) :], style="not bold"), no_wrap=True)
    for line in more:
        console.print(Text(line), no_wrap=True)
