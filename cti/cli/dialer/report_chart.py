"""A ceiling and the rate at the end of each day, as an SVG picture in black on white."""

from xml.sax.saxutils import escape

from cti.cli.dialer.report_text import percent, window
from cti.views.calling_report import Bound

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 64, 704, 16, 176
LABELS_MOST = 10
STEPS = (10, 20, 25, 50, 100)
"""What the scale's lines are apart, times a power of ten."""


def chart(bound: Bound, number: int) -> str:
    """One ceiling's. `number` tells the pictures of one page apart."""
    rates = [day.rate_ppm for day in bound.days]
    step = _step(max([bound.ceiling_ppm, *rates, 1_000]))
    most = 5 * step
    ceiling = _y(bound.ceiling_ppm, most)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t{number} d{number}">',
        f'<title id="t{number}">{escape(bound.ledger_id)}: the rate at the end of each day</title>',
        f'<desc id="d{number}">{escape(described(bound))}</desc>',
        *_scale(step),
        f'<line x1="{LEFT}" x2="{RIGHT}" y1="{ceiling}" y2="{ceiling}" class="ceiling"/>',
        f'<text x="{RIGHT}" y="{ceiling - 5}" text-anchor="end">ceiling {percent(bound.ceiling_ppm)}</text>',
        *_line(rates, most),
        *_dates(bound),
        "</svg>",
    ]
    return "\n".join(parts)


def described(bound: Bound) -> str:
    """The picture in a sentence."""
    highest = max(bound.days, key=lambda day: day.rate_ppm)
    last = bound.days[-1]
    if not highest.rate_ppm:
        return (
            f"At the end of every day from {bound.days[0].date} to {last.date} the rate within {window(bound)} was "
            f"{percent(0)}, not above the ceiling of {percent(bound.ceiling_ppm)}."
        )
    over = sum(day.is_over for day in bound.days)
    days = "on no day" if not over else f"on {over} of {len(bound.days)} days"
    return (
        f"From {bound.days[0].date} to {last.date} the rate within {window(bound)} was {percent(highest.rate_ppm)} at "
        f"most at the end of a day, on {highest.date}, and {percent(last.rate_ppm)} at the end of the last. It was "
        f"above the ceiling of {percent(bound.ceiling_ppm)} {days}."
    )


def _y(ppm: int, most: int) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * ppm / most, 1)


def _x(place: int, count: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * (place + 0.5) / count, 1)


def _step(highest_ppm: int) -> int:
    """A round number, of which four or fewer reach the highest."""
    power = 1
    while STEPS[-1] * power * 4 < highest_ppm:
        power *= 10
    return next(step * power for step in STEPS if step * power * 4 >= highest_ppm)


def _scale(step: int) -> list[str]:
    lines = []
    for ppm in range(0, 5 * step, step):
        y = _y(ppm, 5 * step)
        lines.append(f'<line x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}" class="grid"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{percent(ppm)}</text>')
    return lines


def _line(rates: list[int], most: int) -> list[str]:
    points = [(_x(place, len(rates)), _y(rate, most)) for place, rate in enumerate(rates)]
    drawn = " ".join(f"{x},{y}" for x, y in points)
    return [f'<polyline points="{drawn}" class="rate"/>'] + [
        f'<circle cx="{x}" cy="{y}" r="2.5" class="point"/>' for x, y in points
    ]


def _dates(bound: Bound) -> list[str]:
    count = len(bound.days)
    every = -(-count // LABELS_MOST)
    return [
        f'<text x="{_x(place, count)}" y="{BOTTOM + 18}" text-anchor="middle">{day.date[5:]}</text>'
        for place, day in enumerate(bound.days)
        if place % every == 0
    ]
