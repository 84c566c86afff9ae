"""What a regulator asks of calls for campaigns: how many, how many found nobody, against each ceiling, day by day."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import msgspec

from cti.core.campaign_config import LedgerBound, ledger_ids
from cti.core.states import Outcome
from cti.core.times import ZoneTable
from cti.core.zone import date_of, day_starts_at, local_day
from cti.views.attempts import AttemptRow, RefusalRow
from cti.views.detection import Detection

MILLION = 1_000_000

WINDOW_DAYS_MOST = 35
"""No window is longer: so many days before the first the calls have to be known."""


class Counts(msgspec.Struct, kw_only=True):
    """Calls, and what became of them. `by_hand` are those of the attempts whose number an agent chose. `answered`: by
    anybody or anything. `connected`: an agent was there, in time or
    `abandoned_late`. Messages are counted as begun: for whom nobody was there, and any other."""

    attempts: int = 0
    by_hand: int = 0
    answered: int = 0
    live_answers: int = 0
    machines: int = 0
    connected: int = 0
    abandoned: int = 0
    abandoned_late: int = 0
    messages_to_abandoned: int = 0
    messages_else: int = 0

    def take(self, row: AttemptRow) -> None:
        """One call more."""
        self.attempts += 1
        self.by_hand += row.by_hand
        self.answered += bool(row.answered_at)
        self.live_answers += row.is_live
        self.machines += row.is_machine
        self.connected += bool(row.joined_at)
        self.abandoned += bool(row.abandoned_at)
        self.abandoned_late += bool(row.abandoned_at and row.late)
        self.messages_to_abandoned += bool(row.abandoned_at and row.message_at)
        self.messages_else += bool(row.message_at and not row.abandoned_at)


class DayCounts(Counts, kw_only=True):
    """Calls that were dialled on a local date (ISO)."""

    date: str


class Abandonment(msgspec.Struct, frozen=True, kw_only=True):
    """A person for whom nobody was there in time; ms UTC, 0 for what is not known or did not happen. `position` is
    where the chain of clearances has it."""

    attempt_id: str
    campaign_id: str
    provider_ref: str
    position: int
    dialled_at: int
    answered_at: int
    greeting_ended_at: int
    abandoned_at: int
    message_at: int
    joined_at: int
    ended_at: int


class BoundDay(msgspec.Struct, frozen=True, kw_only=True):
    """How many answers there were on a local date, how many of them abandoned; and in the window that ends with it."""

    date: str
    answers: int
    abandoned: int
    window_answers: int
    window_abandoned: int
    rate_ppm: int
    is_over: bool


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """A ceiling (millionths) over a window of days, and each day's rate at its end. `highest_ppm` is the highest rate
    at any moment, `highest_at` (ms) when that was; `is_ever_over` whether the ceiling was passed at any."""

    ledger_id: str
    ceiling_ppm: int
    window_days: int
    days: tuple[BoundDay, ...]
    highest_ppm: int
    highest_at: int
    is_ever_over: bool


class Rings(msgspec.Struct, kw_only=True):
    """Of calls that nobody answered, `unanswered` in all, so many rang `short`: for less than the rules ask of their
    campaign before a call may be given up. The shortest rang for `shortest_ms`, 0 if none did. Of `untimed` ones the
    carrier never said that they rang."""

    unanswered: int = 0
    short: int = 0
    shortest_ms: int = 0
    untimed: int = 0

    def take(self, row: AttemptRow, least_ms: int) -> None:
        """One call more, which had to ring for `least_ms`."""
        if row.outcome != Outcome.NO_ANSWER or not row.ended_at:
            return
        self.unanswered += 1
        if not row.alerted_at:
            self.untimed += 1
            return
        rang_ms = row.ended_at - row.alerted_at
        self.short += rang_ms < least_ms
        self.shortest_ms = min(self.shortest_ms or rang_ms, rang_ms)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `campaigns` are those that called, or were refused to. Refusals are by rule, clearances by the name of
    the rules. `detection` says how people were told from machines, None where that is not known; with its estimate
    `estimated_ppm` of the live answers were abandoned."""

    campaigns: tuple[str, ...]
    sellers: tuple[str, ...]
    programmes: tuple[str, ...]
    from_date: str
    to_date: str
    total: Counts
    days: tuple[DayCounts, ...]
    bounds: tuple[Bound, ...]
    abandonments: tuple[Abandonment, ...]
    refusals: dict[str, int]
    clearances: dict[str, int]
    outcomes: dict[str, int]
    rings: Rings
    detection: Detection | None = None
    estimated_ppm: int | None = None


def with_detection(report: Report, found: Detection) -> Report:
    """People who were taken for machines were live answers, and nobody was there for them; machines that agents met
    were none."""
    rate = None
    if found.estimate is not None:
        live = max(0, report.total.live_answers - found.missed)
        rate = rate_ppm(live + found.estimate, report.total.abandoned + found.estimate)
    return msgspec.structs.replace(report, detection=found, estimated_ppm=rate)


Mark = tuple[int, bool]
"""When an answer counted (ms), and whether as abandoned."""

Sums = tuple[int, int]
"""Answers, and how many of them were abandoned."""


class Reporter:
    """Takes the site's calls and refusals in any order, from `WINDOW_DAYS_MOST` days before the first local day of the
    report to its last, and reports those that are wanted. The ceilings hold for a seller's programme, so they count its
    other campaigns as well. `ring_least_ms` is how long each campaign must let a telephone ring."""

    def __init__(
        self,
        zone: ZoneTable,
        from_day: int,
        to_day: int,
        wanted: Callable[[AttemptRow], bool],
        campaign_ids: frozenset[str],
        ring_least_ms: Mapping[str, int] | None = None,
    ) -> None:
        self._zone = zone
        self._from_day = from_day
        self._to_day = to_day
        self._wanted = wanted
        self._campaigns = set(campaign_ids)
        self._called: set[str] = set()
        self._sellers: set[tuple[str, str]] = set()
        self._total = Counts()
        self._ring_least_ms = ring_least_ms or {}
        self._rings = Rings()
        self._days: dict[int, DayCounts] = {}
        self._bounds: set[LedgerBound] = set()
        self._marks: dict[str, list[Mark]] = {}
        self._abandonments: list[Abandonment] = []
        self._refusals: Counter[str] = Counter()
        self._clearances: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()

    def take(self, row: AttemptRow, position: int) -> bool:
        """One call, and where the chain has its clearance; returns whether it is one of the report's."""
        if row.counted_at:
            for ledger_id in ledger_ids(row.bounds):
                self._marks.setdefault(ledger_id, []).append((row.counted_at, row.counted_abandoned))
        day = local_day(self._zone, row.dialled_at)
        if not (self._wanted(row) and self._from_day <= day <= self._to_day):
            return False
        self._campaigns.add(row.campaign_id)
        self._called.add(row.campaign_id)
        self._sellers.add((row.seller, row.programme))
        self._bounds.update(row.bounds)
        counts = self._days.get(day)
        if counts is None:
            counts = self._days[day] = DayCounts(date=date_of(day))
        for each in (self._total, counts):
            each.take(row)
        self._rings.take(row, self._ring_least_ms.get(row.campaign_id, 0))
        if row.abandoned_at:
            self._abandonments.append(_abandonment(row, position))
        self._clearances[row.rules_version] += 1
        self._outcomes[row.outcome or "UNDER_WAY"] += 1
        return True

    def refuse(self, row: RefusalRow) -> None:
        """One call that was not made."""
        if row.campaign_id in self._campaigns and self._from_day <= local_day(self._zone, row.at) <= self._to_day:
            self._called.add(row.campaign_id)
            self._refusals[row.rule] += 1

    def report(self) -> Report:
        """Of what was taken so far."""
        before = {(each.formerly, each.ceiling_ppm, each.days) for each in self._bounds}
        bounds = [each for each in self._bounds if (each.ledger_id, each.ceiling_ppm, each.days) not in before]
        ordered = sorted(bounds, key=lambda each: (each.ledger_id, each.ceiling_ppm, each.days))
        return Report(
            campaigns=tuple(sorted(self._called)),
            sellers=tuple(sorted({seller for seller, _ in self._sellers})),
            programmes=tuple(sorted({programme for _, programme in self._sellers})),
            from_date=date_of(self._from_day),
            to_date=date_of(self._to_day),
            total=self._total,
            days=tuple(self._days[day] for day in sorted(self._days)),
            bounds=tuple(self._bound(each) for each in ordered),
            abandonments=tuple(sorted(self._abandonments, key=lambda each: (each.answered_at, each.attempt_id))),
            refusals=dict(sorted(self._refusals.items())),
            clearances=dict(sorted(self._clearances.items())),
            outcomes=dict(sorted(self._outcomes.items())),
            rings=self._rings,
        )

    def _bound(self, bound: LedgerBound) -> Bound:
        by_day: dict[int, list[Mark]] = {}
        for mark in sorted((*self._marks.get(bound.ledger_id, []), *self._marks.get(bound.formerly, []))):
            by_day.setdefault(local_day(self._zone, mark[0]), []).append(mark)
        sums = {day: (len(marks), sum(gone for _, gone in marks)) for day, marks in by_day.items()}
        days, highest, is_over = [], (0, 0), False
        for day in range(self._from_day, self._to_day + 1):
            before = _sum(sums, day - bound.days + 1, day - 1)
            for at, answers, abandoned in _moments(before, by_day.get(day, []), day_starts_at(self._zone, day)):
                rate = rate_ppm(answers, abandoned)
                highest = max(highest, (rate, at), key=lambda each: each[0])
                is_over |= _is_over(answers, abandoned, bound.ceiling_ppm)
            days.append(_bound_day(sums, day, bound))
        return Bound(
            ledger_id=bound.ledger_id,
            ceiling_ppm=bound.ceiling_ppm,
            window_days=bound.days,
            days=tuple(days),
            highest_ppm=highest[0],
            highest_at=highest[1],
            is_ever_over=is_over,
        )


def rate_ppm(answers: int, abandoned: int) -> int:
    """In millionths, rounded up: what is reported is never less than what was."""
    return -(-abandoned * MILLION // answers) if answers else 0


def _is_over(answers: int, abandoned: int, ceiling_ppm: int) -> bool:
    return abandoned * MILLION > ceiling_ppm * answers


def _moments(before: Sums, marks: list[Mark], begins_at: int) -> Iterator[tuple[int, int, int]]:
    """The window as the day begins, without what it forgets, and after each answer."""
    answers, abandoned = before
    yield begins_at, answers, abandoned
    for at, is_abandoned in marks:
        answers, abandoned = answers + 1, abandoned + is_abandoned
        yield at, answers, abandoned


def _sum(sums: dict[int, Sums], first: int, last: int) -> Sums:
    within = [sums[day] for day in range(first, last + 1) if day in sums]
    return sum(answers for answers, _ in within), sum(abandoned for _, abandoned in within)


def _bound_day(sums: dict[int, Sums], day: int, bound: LedgerBound) -> BoundDay:
    answers, abandoned = _sum(sums, day, day)
    window_answers, window_abandoned = _sum(sums, day - bound.days + 1, day)
    return BoundDay(
        date=date_of(day),
        answers=answers,
        abandoned=abandoned,
        window_answers=window_answers,
        window_abandoned=window_abandoned,
        rate_ppm=rate_ppm(window_answers, window_abandoned),
        is_over=_is_over(window_answers, window_abandoned, bound.ceiling_ppm),
    )


def _abandonment(row: AttemptRow, position: int) -> Abandonment:
    return Abandonment(
        position=position,
        **{name: getattr(row, name) for name in Abandonment.__struct_fields__ if name != "position"},
    )
