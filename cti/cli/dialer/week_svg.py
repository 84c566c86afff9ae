"""The week as an SVG picture: bars and letters, for screens and for paper, with and without colours.

Open is one solid blue; what is closed is told apart by hatching and by its letter, and each bar says in words what it
is to whoever points at it or has it read aloud.
"""

from itertools import accumulate, pairwise
from textwrap import wrap
from xml.sax.saxutils import escape

from cti.cli.dialer.drawing import OPEN, Drawing, Row, clock
from cti.dialer.calling.week import Piece

WIDTH = 1_064
LEFT = 116
HOUR = 32
RIGHT = LEFT + 24 * HOUR + 26
HEAD = 22
"""From one line above the picture to the next."""

BAR = 28
GAP = 6
SMALL = 14
LINE = 20
COLUMNS = 128
"""How many characters of the small type fit in a line."""

DAY_MS = 86_400_000
FONTS = "system-ui, 'DejaVu Sans', Arial, sans-serif"
INK, QUIET, OPEN_BLUE = "#1a1a1a", "#595959", "#0072b2"

HATCHES = (
    '<path d="M0 8L8 0M-2 2L2 -2M6 10L10 6" stroke="{ink}" stroke-width="1.2"/>',
    '<path d="M0 0L8 8M-2 6L2 10M6 -2L10 2" stroke="{ink}" stroke-width="1.2"/>',
    '<circle cx="2" cy="2" r="1.2" fill="{ink}"/><circle cx="6" cy="6" r="1.2" fill="{ink}"/>',
    '<path d="M0 4H8" stroke="{ink}" stroke-width="1.2"/>',
    '<path d="M4 0V8" stroke="{ink}" stroke-width="1.2"/>',
    '<path d="M0 4H8M4 0V8" stroke="{ink}" stroke-width="1"/>',
)
PAPERS = ("#eeeeee", "#f6e3c5", "#e3e3f4", "#f4dfe8", "#e4f0e0", "#f3efcf")
LINES = ("#b5b5b5", "#c9924a", "#9c9cc9", "#c58aa5", "#8fb586", "#b9ab55")


def svg(drawing: Drawing) -> str:
    """The whole file."""
    head = [line for words in (drawing.verdict, f"{_capital(drawing.where)}.") for line in wrap(words, COLUMNS)]
    top = 88 + HEAD * len(head)
    tops = list(accumulate((_height(row) for row in drawing.rows), initial=top))
    legend, bottom = _legend(drawing, tops[-1] + 22)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" width="{WIDTH}" height="{bottom}"',
        f' role="img" aria-labelledby="title desc" font-family="{FONTS}">',
        f'<title id="title">{escape(drawing.title)}</title>',
        f'<desc id="desc">{escape(_description(drawing))}</desc>',
        f"<defs>{_patterns(drawing)}</defs>",
        f'<rect width="{WIDTH}" height="{bottom}" fill="#ffffff"/>',
        _text(24, 36, drawing.title, size=20, weight=600),
        *(_text(24, 60 + HEAD * number, line, fill=QUIET) for number, line in enumerate(head)),
        *_scale(top, tops[-1]),
        *(part for row, top in zip(drawing.rows, tops, strict=False) for part in _row(drawing, row, top)),
        _asked(drawing, tops[drawing.asked[0]]),
        *legend,
        "</svg>\n",
    ]
    return "\n".join(parts)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _description(drawing: Drawing) -> str:
    """The picture in words: a day after the other."""
    days = (
        f"{row.label}: {', '.join(row.windows) or 'closed'}{f' ({row.holiday})' if row.holiday else ''}"
        for row in drawing.rows
    )
    closed = (f"{letter} is closed by {', '.join(rules)}" for rules, letter in drawing.letters.items())
    verdict = f"{drawing.verdict} " if drawing.verdict else ""
    return f"{verdict}{_capital(drawing.where)}. Calls may start on {'; '.join(days)}. {'; '.join(closed)}."


def _patterns(drawing: Drawing) -> str:
    parts = []
    for number, letter in enumerate(drawing.letters.values()):
        again, kind = divmod(number, len(HATCHES))
        colour = (kind + again) % len(PAPERS)  # hatchings that come again come in another colour
        hatch = HATCHES[kind].format(ink=LINES[colour])
        parts.append(
            f'<pattern id="{letter}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{PAPERS[colour]}"/>{hatch}</pattern>'
        )
    return "".join(parts)


def _height(row: Row) -> int:
    """A bar, or as many lines as its times need."""
    return max(BAR, SMALL * len(row.windows)) + GAP


def _scale(top: int, end: int) -> list[str]:
    """Hours above, and a thin line each three of them."""
    bottom = end - GAP
    parts = []
    for hour in range(0, 25, 3):
        x = LEFT + hour * HOUR
        parts.append(_text(x, top - 13, f"{hour:02d}:00", size=12, fill=QUIET, anchor="middle"))
        parts.append(f'<path d="M{x} {top - 4}V{bottom + 4}" stroke="#9a9a9a" stroke-width="1"/>')
    parts.append(_text(RIGHT, top - 13, "calls may start", size=12, fill=QUIET))
    return parts


def _row(drawing: Drawing, row: Row, y: int) -> list[str]:
    twice = next(((piece.begins, piece.ends) for piece in row.pieces if piece.again), (0, 0))
    twice = (twice[0], max((piece.ends for piece in row.pieces if piece.again), default=0))
    parts = [_text(24, y + 19, row.label, weight=600)]
    if row.holiday:
        parts.append(f"<g><title>{escape(row.holiday)}</title>{_star(13, y + 14)}</g>")
    for piece in row.pieces:
        for begins, ends, top, height in _lanes(piece, twice):
            parts.append(_bar(drawing, piece._replace(begins=begins, ends=ends), y + top, height))
    if twice[1]:
        parts.append(_twice(*twice, y))
    shown = row.windows or ("closed",)
    size = 13 if len(shown) == 1 else 11
    first = y + 19 - SMALL / 2 if len(shown) == 2 else y + (19 if len(shown) == 1 else 11)
    parts += [_text(RIGHT, first + number * SMALL, each, size=size) for number, each in enumerate(shown)]
    return parts


def _twice(begins: int, ends: int, y: int) -> str:
    """The time of which there are two, one below the other."""
    middle = LEFT + _x((begins + ends) // 2)
    words = f"{clock(begins)}-{clock(ends)} comes twice: the clock is set back. Above the first, below the second."
    plate = f'<path d="M{middle - 9:.1f} {y + 7}h18v14h-18z" fill="#ffffff"/>'
    return f"<g><title>{words}</title>{plate}{_text(middle, y + 18, '2x', size=11, anchor='middle', weight=600)}</g>"


def _star(x: float, y: float) -> str:
    """The mark of holidays."""
    spokes = "".join(f"M{x - dx:g} {y - dy:g}L{x + dx:g} {y + dy:g}" for dx, dy in ((0, 6), (5.2, 3), (5.2, -3)))
    return f'<path d="{spokes}" stroke="{INK}" stroke-width="2"/>'


def _lanes(piece: Piece, twice: tuple[int, int]) -> list[tuple[int, int, float, float]]:
    """Times that the clock shows twice lie one below the other."""
    if piece.again:
        return [(piece.begins, piece.ends, BAR / 2 + 1, BAR / 2 - 1)]
    cuts = sorted({piece.begins, piece.ends, *(cut for cut in twice if piece.begins < cut < piece.ends)})
    return [
        (begins, ends, 0, BAR / 2 - 1 if twice[0] <= begins and ends <= twice[1] else BAR)
        for begins, ends in pairwise(cuts)
    ]


def _bar(drawing: Drawing, piece: Piece, y: float, height: float) -> str:
    letter = drawing.letter(piece.span)
    x, width = LEFT + _x(piece.begins), _x(piece.ends - piece.begins)
    times = f"{clock(piece.begins)}-{clock(piece.ends)}"
    words = f"{times} open" if letter == OPEN else f"{times} closed by {', '.join(piece.span.rules)}"
    fill = OPEN_BLUE if letter == OPEN else f"url(#{letter})"
    bar = f'<rect x="{x:.2f}" y="{y:.1f}" width="{width:.2f}" height="{height:.1f}" fill="{fill}"/>'
    label = ""
    if width >= (40 if letter == OPEN else 14) and height == BAR:
        middle = x + width / 2
        if letter == OPEN:
            label = _text(middle, y + 19, "open", fill="#ffffff", anchor="middle", weight=600)
        else:
            label = f'<circle cx="{middle:.1f}" cy="{y + BAR / 2:.1f}" r="8" fill="#ffffff"/>'
            label += _text(middle, y + 18, letter, size=12, anchor="middle", weight=600)
    return f"<g><title>{escape(words)}</title>{bar}{label}</g>"


def _x(ms: int) -> float:
    return ms * 24 * HOUR / DAY_MS


def _asked(drawing: Drawing, top: int) -> str:
    x, y = LEFT + _x(drawing.asked[1]), top - 3
    halo = f'<path d="M{x:.2f} {y}v{BAR + 6}" stroke="#ffffff" stroke-width="5"/>'
    return f"<g><title>asked about: {escape(drawing.asked_words)}</title>{halo}{_pointer(x, y, BAR + 6)}</g>"


def _pointer(x: float, y: float, height: float) -> str:
    return (
        f'<path d="M{x:.2f} {y}v{height}M{x - 5:.2f} {y - 2}h10l-5 6z" stroke="{INK}" fill="{INK}" stroke-width="2"/>'
    )


def _legend(drawing: Drawing, y: int) -> tuple[list[str], int]:
    """What the bars mean, then what the rules say. Returns where it ends, too."""
    parts = [_swatch(y, OPEN_BLUE), _text(LEFT, y + 13, "calls may start")]
    y += 26
    for rules, letter in drawing.letters.items():
        parts.append(_swatch(y, f"url(#{letter})"))
        parts.append(f'<circle cx="59" cy="{y + 9}" r="8" fill="#ffffff"/>')
        parts.append(_text(59, y + 13, letter, size=12, anchor="middle", weight=600))
        for line in wrap("closed by " + ", ".join(rules), COLUMNS):
            parts.append(_text(LEFT, y + 13, line))
            y += LINE
        y += 6
    parts.append(_pointer(59, y, 18))
    parts.append(_text(LEFT, y + 13, f"the instant asked about, {drawing.asked_words}"))
    y += LINE + 22
    for row in drawing.rows:
        if row.holiday:
            parts += [_star(31, y - 5), _text(44, y, f"{row.label}: {row.holiday}")]
            y += LINE
    for words in drawing.changes:
        parts.append(_text(24, y, words))
        y += LINE
    for rule, words in drawing.about.items():
        for number, line in enumerate(wrap(f"{rule}: {words}", COLUMNS, subsequent_indent="    ")):
            parts.append(
                _text(24 if number == 0 else 40, y, line.strip(), size=12.5, fill=INK if number == 0 else QUIET)
            )
            y += LINE
    if drawing.drawn:
        parts.append(_text(24, y + 6, drawing.drawn, size=12, fill=QUIET))
        y += LINE + 6
    return parts, y + 4


def _swatch(y: int, fill: str) -> str:
    return f'<rect x="24" y="{y}" width="70" height="18" fill="{fill}"/>'


def _text(
    x: float, y: float, words: str, *, size: float = 13, fill: str = INK, anchor: str = "start", weight: int = 400
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )
