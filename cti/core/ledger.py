"""The ledger of abandoned calls, and the certificate that keeps them below a ceiling: in integers, checked in the turn.

A ledger belongs to a seller and a programme, not to a campaign, so that a campaign that is copied or renamed does not
begin anew. It counts, by day, live answers whose fate is known: joined to an agent, or abandoned. An answer that still
waits for an agent is *exposure*, and so is every line that rings; agents who are free and kept for those lines are
exposure's opposite. With `a` abandoned of `n` answers, and exposure `e` with the new line in it, the line is allowed
while `a + e <= ceiling * (n + e)`.

Why that holds the ceiling. Of what is exposed at most `e` calls are abandoned, since the others have an agent each. If
`x <= e` are, and `y` more answers are joined, then `a + x - ceiling * (n + x + y)` is at most
`a + e - ceiling * (n + e) - (1 - ceiling) * (e - x) - ceiling * y <= 0`. Exposure grows by nothing but a new line, for
which the question is asked again, and by an agent who is lost, whom the caller of these functions keeps or leaves
slack for. Exposure of 0 or less cannot be abandoned: it is always allowed, so nothing ever stands still.

Why it holds when days go by. A window of `days` forgets its oldest day at each change of the day, and with it answers
that the ceiling was measured by. So the inequality must hold for the window as it is and as it will be after each of
the next `guard_days` changes, if nothing else happened. What happens later in the lives of these lines counts in all of
those windows, as the newest day is in each. So the ceiling holds at every instant up to `guard_days` changes of the day
after the last line was allowed. A line in the air at the change of the day counts on the next one, which a window as
short as the guard sees alone: while lines may last until then, such a window allows no exposure at all.
"""

from cti.core.base import Record, changed
from cti.core.times import ZoneTable
from cti.core.zone import local_day

MILLION = 1_000_000

GUARD_DAYS = 7
"""How many changes of the day without a new line the ceiling outlasts, where no calendar says when the next one is: a
long weekend, and more."""

DAYS_KEPT = 35
"""No window is longer."""


class Ledger(Record):
    """`days` are (day, live answers, how many of them were abandoned), oldest first, without days of nothing. A day is
    counted from 1970-01-01."""

    ledger_id: str
    days: tuple[tuple[int, int, int], ...] = ()

    @property
    def newest(self) -> int:
        """The last day that has a count; -1 without any."""
        return self.days[-1][0] if self.days else -1


def day_of(at: int, zone: ZoneTable) -> int:
    """The day on which something at `at` (ms) counts: the date in this zone, the site's. A call counts on the day on
    which its fate is known."""
    return local_day(zone, at)


def counted(ledger: Ledger, day: int, answers: int = 0, abandoned: int = 0) -> Ledger:
    """With so many live answers more, of which so many were abandoned: an abandoned call is both. A day before the
    newest one, as after a change of the site's zone, counts as the newest: days never go back."""
    assert 0 <= abandoned <= answers, "an abandoned call was answered"
    if not answers:
        return ledger
    day = max(day, ledger.newest)
    if day > ledger.newest:
        kept = tuple(each for each in ledger.days if each[0] > day - DAYS_KEPT)
        return changed(ledger, days=(*kept, (day, answers, abandoned)))
    _, answers_before, abandoned_before = ledger.days[-1]
    today = (day, answers_before + answers, abandoned_before + abandoned)
    return changed(ledger, days=(*ledger.days[:-1], today))


def together(ledger: Ledger, other: Ledger) -> Ledger:
    """What either counted, day by day, under the name of the first."""
    days: dict[int, tuple[int, int]] = {}
    for day, answers, abandoned in (*ledger.days, *other.days):
        answers_before, abandoned_before = days.get(day, (0, 0))
        days[day] = answers_before + answers, abandoned_before + abandoned
    return changed(ledger, days=tuple((day, *days[day]) for day in sorted(days)))


def window(ledger: Ledger, day: int, days: int) -> tuple[int, int]:
    """Live answers, and how many of them were abandoned, on this day and the `days - 1` before it."""
    begins = max(day, ledger.newest) - days + 1
    within = [each for each in ledger.days if each[0] >= begins]
    return sum(each[1] for each in within), sum(each[2] for each in within)


def headroom(
    ledger: Ledger, day: int, *, ceiling_ppm: int, days: int, guard_days: int = GUARD_DAYS, lasts_until: int = 0
) -> int:
    """The greatest exposure that the ceiling (millionths) allows over a window of so many days; never less than 0.

    `lasts_until` is the last day on which a line that is started now may end, where that is not `day`. A window of one
    day is a calendar day: the days before it do not count, and the next one begins with nothing."""
    assert 1 <= days <= DAYS_KEPT, "the days that are kept are a window's longest"
    day = max(day, ledger.newest)
    last_change = min(guard_days, days if lasts_until > day else days - 1)
    answers = abandoned = 0
    least = None
    rows = iter(reversed(ledger.days))
    row = next(rows, None)
    # From the window that has forgotten most to the one of today, each of which has the days of the one before.
    for change in range(last_change, -1, -1):
        begins = day + change - days + 1
        while row is not None and row[0] >= begins:
            answers, abandoned = answers + row[1], abandoned + row[2]
            row = next(rows, None)
        room = (ceiling_ppm * answers - abandoned * MILLION) // max(1, MILLION - ceiling_ppm)
        least = room if least is None else min(least, room)
    return max(0, least or 0)


def allows(
    ledger: Ledger,
    day: int,
    *,
    ceiling_ppm: int,
    days: int,
    exposure: int,
    guard_days: int = GUARD_DAYS,
    lasts_until: int = 0,
) -> bool:
    """Whether a line may be started that makes the exposure this: lines placed or ringing, the new one with them, and
    answers that wait, less the free agents who are kept for them. At a ceiling of 0 that is one line for each of those
    agents. Several ceilings hold together when each allows the line."""
    if exposure <= 0:
        return True
    room = headroom(ledger, day, ceiling_ppm=ceiling_ppm, days=days, guard_days=guard_days, lasts_until=lasts_until)
    return exposure <= room
