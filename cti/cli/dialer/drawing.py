"""A week ready to be drawn: rows of local days, a letter for each set of rules that closes, exact times in words."""

from collections.abc import Mapping
from datetime import date, timedelta
from string import ascii_letters
from typing import NamedTuple

from cti.core.times import ZoneTable
from cti.core.zone import date_of, local_day, offset_s
from cti.dialer.calling.week import Piece, Span, local_days

DAY_MS = 86_400_000
OPEN = ""
"""The letter of times that nobody closes."""

EPOCH = date(1970, 1, 1)
OTHERS_MAX = 4


class Row(NamedTuple):
    """A local day. `windows` are the times between which calls may start, to the second. `holiday` says which one it
    is, where a rule keeps it free."""

    label: str
    pieces: tuple[Piece, ...]
    windows: tuple[str, ...]
    holiday: str = ""


class Told(NamedTuple):
    """What stands beside the picture, in words: the verdict, and when and by which rules it was drawn. `holidays` are
    local days (counted from 1970-01-01) that some rule keeps free."""

    verdict: str = ""
    drawn: str = ""
    holidays: Mapping[int, str] = {}


NOTHING = Told()


class Drawing(NamedTuple):
    """`since` is the first day with its year. `others` are the other zones, and how far ahead of the drawn one their
    clocks are. `letters` names each set of rules, `about` says of each rule what it is.
    `asked` is the row, and the ms of its day, of the instant asked about. `changes` tells of clocks that are changed on
    these days."""

    title: str
    since: str
    zone: str
    others: tuple[str, ...]
    rows: tuple[Row, ...]
    letters: Mapping[tuple[str, ...], str]
    about: Mapping[str, str]
    asked: tuple[int, int]
    asked_words: str
    changes: tuple[str, ...]
    verdict: str = ""
    drawn: str = ""

    @property
    def where(self) -> str:
        """From when on, and by which clocks."""
        words = f"the week from {self.since}, local time of {self.zone}"
        if not self.others:
            return words
        more = f" and {len(self.others) - OTHERS_MAX} more" if len(self.others) > OTHERS_MAX else ""
        return (
            f"{words}; all zones were asked, and it is open where all are: {', '.join(self.others[:OTHERS_MAX])}{more}"
        )

    def letter(self, span: Span) -> str:
        """`OPEN` where nobody says no."""
        return self.letters[span.rules] if span.blocks else OPEN


def draw(
    title: str,
    spans: tuple[Span, ...],
    zones: tuple[ZoneTable, ...],
    about: Mapping[str, str],
    at: int,
    told: Told = NOTHING,
) -> Drawing:
    """The picture in local time of the first of the zones."""
    zone = zones[0]
    by_day = local_days(spans, zone)
    days = sorted(by_day)
    today = local_day(zone, at)
    closed = dict.fromkeys(span.rules for span in spans if span.blocks)
    return Drawing(
        title=title,
        since=f"{day_label(days[0])} {date_of(days[0])[:4]}",
        zone=zone.name,
        others=tuple(_beside(each, zone, spans) for each in zones[1:]),
        rows=tuple(
            Row(day_label(day), tuple(by_day[day]), _windows(by_day[day]), told.holidays.get(day, "")) for day in days
        ),
        letters={rules: ascii_letters[number % len(ascii_letters)] for number, rules in enumerate(closed)},
        about={rule: about[rule] for rules in closed for rule in rules},
        asked=(days.index(today), (at + offset_s(zone, at) * 1_000) % DAY_MS),
        asked_words=f"{day_label(today)} {clock((at + offset_s(zone, at) * 1_000) % DAY_MS)}",
        changes=tuple(_changes(zone, spans)),
        verdict=told.verdict,
        drawn=told.drawn,
    )


def _beside(other: ZoneTable, zone: ZoneTable, spans: tuple[Span, ...]) -> str:
    """`America/Chicago (1 h behind)`: how its clocks compare, at the beginning of the week and where that changes."""
    ahead = [offset_s(other, at) - offset_s(zone, at) for at in (spans[0].begins, spans[-1].ends - 1)]
    told = [_ahead(seconds) for seconds in dict.fromkeys(ahead)]
    return f"{other.name} ({', then '.join(told)})"


def _ahead(seconds: int) -> str:
    if not seconds:
        return "the same time"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return f"{' '.join(filter(None, parts))} {'ahead' if seconds > 0 else 'behind'}"


def day_label(day: int) -> str:
    """`Tue 24 Nov`, of a day counted from 1970-01-01."""
    when = EPOCH + timedelta(days=day)
    return f"{NAMES[when.weekday()]} {when.day:2d} {MONTHS[when.month - 1]}"


def clock(ms: int) -> str:
    """A time of day: `08:00`, `19:59:30`, `24:00`."""
    seconds = ms // 1_000
    minutes, second = divmod(seconds, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{second:02d}" if second else "")


def _windows(pieces: list[Piece]) -> tuple[str, ...]:
    """Each open stretch of the day once, though a clock change cuts it; what the clock shows twice, twice."""
    stretches: dict[tuple[int, bool], tuple[int, int]] = {}
    for piece in pieces:
        if not piece.span.blocks:
            stretch = (piece.span.begins, piece.again)
            begins, _ = stretches.get(stretch, (piece.begins, 0))
            stretches[stretch] = (begins, piece.ends)
    return tuple(
        f"{clock(begins)}-{clock(_last(ends))}" + (" again" if again else "")
        for (_, again), (begins, ends) in stretches.items()
    )


def _last(ends: int) -> int:
    """The last instant at which a call may start, where it closes so that the ringing still fits in; else the end."""
    return ends if ends % 1_000 == 0 else ends - 1


def _changes(zone: ZoneTable, spans: tuple[Span, ...]) -> list[str]:
    words = []
    for index, at in enumerate(zone.starts_at):
        if index and spans[0].begins < at < spans[-1].ends:
            before, after = zone.offsets_s[index - 1], zone.offsets_s[index]
            day, ms = divmod(at + before * 1_000, DAY_MS)
            shown = clock((at + after * 1_000) % DAY_MS)
            told = "the time between does not exist" if after > before else "the time between comes twice"
            words.append(f"{day_label(day)}: the clock is set from {clock(ms)} to {shown}; {told}")
    return words


NAMES = "Mon Tue Wed Thu Fri Sat Sun".split()
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
