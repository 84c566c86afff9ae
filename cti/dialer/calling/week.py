"""A number's week: from when until when it may be rung, and which rules close the rest.

Nothing is sampled. Every demand names the instants at which its answer may change; between two of them nothing does, so
that one question to the judge for each is enough.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from cti.core.calling import (
    AnyDemand,
    Block,
    CallFacts,
    CampaignConfig,
    CapDemand,
    ClosedDemand,
    ConductDemand,
    ConsentDemand,
    HoursDemand,
    NeverDemand,
    RegistryDemand,
)
from cti.core.holidays import holiday_of
from cti.core.times import ZoneTable
from cti.core.zone import UTC, day_starts_at, local_day, offset_s
from cti.dialer.calling.demands import HOUR_MS, open_times
from cti.dialer.calling.judge import judge, ring_ms
from cti.dialer.calling.open_times import ALWAYS, DAY_MS, OpenTimes, week_of
from cti.dialer.calling.rulebook import Row, Rulebook

DAYS = 7


class Span(NamedTuple):
    """From `begins` to before `ends` (ms UTC) the same rules say no; none does where calls may be made. What they say
    in detail is what they say at the beginning."""

    begins: int
    ends: int
    blocks: tuple[Block, ...]

    @property
    def rules(self) -> tuple[str, ...]:
        """Who says no, each once."""
        return tuple(dict.fromkeys(block.rule for block in self.blocks))


class Piece(NamedTuple):
    """A part of a local day, in ms after its midnight as clocks show it. `again`: the clock was set back, and shows
    these times for the second time."""

    begins: int
    ends: int
    span: Span
    again: bool


class View(NamedTuple):
    """What is looked at: the call, and from when until when (ms UTC)."""

    book: Rulebook
    facts: CallFacts
    zones: tuple[ZoneTable, ...]
    length_ms: int
    begins: int
    ends: int


def week(
    book: Rulebook,
    facts: CallFacts,
    campaign: CampaignConfig,
    at: int,
    days: int = DAYS,
    drawn: ZoneTable | None = None,
) -> tuple[Span, ...]:
    """So many local days of the zone `drawn`, or of the first, from the midnight before `at` (ms UTC) on, as things
    stand at present. The spans follow each other without a gap, and no two neighbours are closed by the same rules."""
    zone = drawn or drawn_zone(book, facts)
    today = local_day(zone, at)
    begins, ends = day_starts_at(zone, today), day_starts_at(zone, today + days)
    zones = tuple(book.zones[name] for name in facts.zones if name in book.zones)
    view = View(book, facts, zones, ring_ms(campaign), begins, ends)
    cuts = sorted({begins, ends, *(cut for cut in _changes(view, campaign) if begins < cut < ends)})
    spans: list[Span] = []
    for since, until in pairwise(cuts):
        span = Span(since, until, judge(book, facts, campaign, since))
        if spans and spans[-1].rules == span.rules:
            spans[-1] = spans[-1]._replace(ends=until)
        else:
            spans.append(span)
    return tuple(spans)


def drawn_zone(book: Rulebook, facts: CallFacts) -> ZoneTable:
    """In whose local time a week is told: the first candidate's; where none is known, UTC."""
    return next((book.zones[name] for name in facts.zones if name in book.zones), UTC)


def holidays(book: Rulebook, facts: CallFacts, days: Sequence[int]) -> dict[int, str]:
    """Those of the days that a rule which binds the call keeps free, with their names."""
    ids = dict.fromkeys(
        calendar_id
        for row in book.binding(facts).rows
        if isinstance(row.rule.demand, HoursDemand | ClosedDemand) and not row.exempts(facts, 0)
        for calendar_id in row.rule.demand.closed_on
    )
    calendars = [book.config.calendars[calendar_id] for calendar_id in ids]
    return {day: words for day in days if (words := holiday_of(calendars, day))}


def local_days(spans: Iterable[Span], zone: ZoneTable) -> dict[int, list[Piece]]:
    """The spans by local days (counted from 1970-01-01), cut at midnights and where the clock is changed."""
    days: dict[int, list[Piece]] = {}
    latest = -1  # the local time that clocks have shown already
    for span in spans:
        inside = (at for at in zone.starts_at if span.begins < at < span.ends)
        for since, until in pairwise((span.begins, *inside, span.ends)):
            offset_ms = offset_s(zone, since) * 1_000
            begins, ends = since + offset_ms, until + offset_ms
            midnights = range((begins // DAY_MS + 1) * DAY_MS, ends, DAY_MS)
            shown = (min(max(latest, begins), ends),) if latest > begins else ()
            for first, last in pairwise(sorted({begins, *shown, *midnights, ends})):
                day, ms = divmod(first, DAY_MS)
                days.setdefault(day, []).append(Piece(ms, ms + last - first, span, first < latest))
            latest = max(latest, ends)
    return days


def _changes(view: View, campaign: CampaignConfig) -> Iterator[int]:
    """Every instant at which an answer may become another; more than those do no harm."""
    yield from (view.book.config.zones_from, view.book.config.zones_until)
    for zone in view.zones:
        yield from zone.starts_at
        yield from _midnights(zone, view)
    for row in view.book.binding(view.facts).rows:
        yield from _of_demand(row.rule.demand, view)
        yield from _of_exemption(row, view)
    own: list[AnyDemand] = [HoursDemand(spans=campaign.spans), *campaign.caps]
    for demand in own:
        yield from _of_demand(demand, view)


def _midnights(zone: ZoneTable, view: View) -> Iterator[int]:
    """When rows come into force, calendars close and days are counted anew."""
    for day in range(local_day(zone, view.begins), local_day(zone, view.ends) + 2):
        yield day_starts_at(zone, day)


def _of_exemption(row: Row, view: View) -> Iterator[int]:
    if row.rule.unless_customer_days:
        yield view.facts.customer_at
        yield view.facts.customer_at + row.rule.unless_customer_days * DAY_MS + 1


def _of_demand(demand: AnyDemand, view: View) -> Iterator[int]:
    return CHANGES[type(demand)](demand, view)


def _hours(demand: HoursDemand, view: View) -> Iterator[int]:
    return _of_times(open_times(week_of(demand.spans), demand.closed_on, view.book.config.calendars), view)


def _closed(demand: ClosedDemand, view: View) -> Iterator[int]:
    return _of_times(open_times((ALWAYS,) * DAYS, demand.closed_on, view.book.config.calendars), view)


def _of_times(times: OpenTimes, view: View) -> Iterator[int]:
    """The last ring must fit in before it closes."""
    for zone in view.zones:
        for opens, closes in times.spans(zone, view.begins - DAY_MS, view.ends + DAY_MS):
            yield opens
            yield closes - view.length_ms + 1


def _cap(demand: CapDemand, view: View) -> Iterator[int]:
    for attempt in view.facts.attempts:
        yield attempt.at
        yield attempt.at + demand.hours * HOUR_MS


def _registry(demand: RegistryDemand, view: View) -> Iterator[int]:
    for fact in view.facts.registries:
        yield fact.as_of + demand.days * DAY_MS + 1


def _never(demand: AnyDemand, view: View) -> Iterator[int]:
    return iter(())


CHANGES: dict[type, Callable[[Any, View], Iterator[int]]] = {
    HoursDemand: _hours,
    ClosedDemand: _closed,
    CapDemand: _cap,
    RegistryDemand: _registry,
    ConsentDemand: _never,
    NeverDemand: _never,
    ConductDemand: _never,
}
"""When each kind of demand may change its mind."""
