"""What each kind of demand says to a call: nothing, or why not and until when. One function a kind."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from cti.core.calling import (
    CONSENTS,
    UNCLEAR,
    Across,
    AnyDemand,
    AttemptFact,
    Calendar,
    CallFacts,
    CampaignConfig,
    CapDemand,
    ClosedDemand,
    ConductDemand,
    ConsentDemand,
    HoursDemand,
    NeverDemand,
    Per,
    RegistryDemand,
)
from cti.core.holidays import holiday_of
from cti.core.times import OpeningSpan, ZoneTable
from cti.core.zone import clock, day_of, day_starts_at, local_day, weekday_of
from cti.dialer.calling.moment import Instant
from cti.dialer.calling.open_times import ALWAYS, DAY_MS, OpenTimes, week_of

HOUR_MS = 3_600_000
NEVER = -1
EVER = 10**7


class No(NamedTuple):
    """Why not; and the first instant at which this demand may say yes (ms UTC), -1 for never."""

    detail: str
    until: int = NEVER


Ask = Callable[[CallFacts, CampaignConfig, Instant], No | None]
"""A demand made ready: asked for each call."""


def ready(demand: AnyDemand, calendars: dict[str, Calendar]) -> Ask:
    """The demand with its calendars looked up, so that asking is cheap."""
    return READY[type(demand)](demand, calendars)


def hours(demand: HoursDemand, calendars: dict[str, Calendar]) -> Ask:
    """Within the spans in every zone, from the first ring to the last."""
    times = open_times(week_of(demand.spans), demand.closed_on, calendars)
    words = f"allowed {_in_words(demand.spans)}" + (", not on holidays" if demand.closed_on else "")
    kept = [calendars[calendar_id] for calendar_id in demand.closed_on]
    return lambda facts, campaign, now: _within(times, kept, words, now)


def closed(demand: ClosedDemand, calendars: dict[str, Calendar]) -> Ask:
    """On no closed day in any zone."""
    times = open_times((ALWAYS,) * 7, demand.closed_on, calendars)
    kept = [calendars[calendar_id] for calendar_id in demand.closed_on]
    names = " or ".join(calendar.name for calendar in kept)
    return lambda facts, campaign, now: _within(times, kept, f"not on a day of {names}", now)


def open_times(
    week: tuple[tuple[tuple[int, int], ...], ...], closed_on: Iterable[str], calendars: dict[str, Calendar]
) -> OpenTimes:
    """The week without the days of these calendars, as far as all of them know."""
    named = [calendars[calendar_id] for calendar_id in closed_on]
    first = max((day_of(f"{calendar.first:04d}-01-01") for calendar in named), default=-EVER)
    last = min((day_of(f"{calendar.last:04d}-12-31") for calendar in named), default=EVER)
    return OpenTimes(week, frozenset(day_of(iso) for calendar in named for iso in calendar.dates), first, last)


def _within(times: OpenTimes, kept: Sequence[Calendar], words: str, now: Instant) -> No | None:
    doubtful = now.changing
    for local in now.locals:
        if not times.is_open(local, now.length_ms):
            doubtful = now.zones
            break
    if not doubtful:
        return None
    opens = [(times.room_at(zone, now.at, now.length_ms), zone) for zone in doubtful]
    shut = [(at, zone) for at, zone in opens if at != now.at]
    if not shut:
        return None
    until = NEVER if any(at == NEVER for at, _ in shut) else max(at for at, _ in shut)
    shown = ", ".join(f"{_clock(zone, now.at)} in {zone.name}" for _, zone in shut[:3])
    more = f" and {len(shut) - 3} zones more" if len(shut) > 3 else ""
    days = dict.fromkeys(local_day(zone, now.at) for _, zone in shut)
    named = "".join(f"; {holiday}" for day in days if (holiday := holiday_of(kept, day)))
    return No(f"it is {shown}{more}{named}; {words}", until)


def _in_words(spans: tuple[OpeningSpan, ...]) -> str:
    """`mon-fri 08:00-20:00, sat 09:00-12:00`."""
    by_day = {day: [_times(span) for span in spans if span.weekday == day] for day in range(7)}
    words: list[str] = []
    first = 0
    for day in range(1, 8):
        if day == 7 or by_day[day] != by_day[first]:
            if by_day[first]:
                days = DAYS[first] if day - first == 1 else f"{DAYS[first]}-{DAYS[day - 1]}"
                words.append(f"{days} {' and '.join(by_day[first])}")
            first = day
    return ", ".join(words) or "at no time"


def _times(span: OpeningSpan) -> str:
    return f"{span.opens // 60:02d}:{span.opens % 60:02d}-{span.closes // 60:02d}:{span.closes % 60:02d}"


def cap(demand: CapDemand, calendars: dict[str, Calendar]) -> Ask:
    """Not more often than that."""
    if demand.in_a_row:
        return lambda facts, campaign, now: _days_in_a_row(demand, _counted(demand, facts, now.at), now)
    if demand.days:
        return lambda facts, campaign, now: _within_days(demand, _counted(demand, facts, now.at), now)
    return lambda facts, campaign, now: _within_hours(demand, _counted(demand, facts, now.at), now.at)


def _counted(demand: CapDemand, facts: CallFacts, at: int) -> list[int]:
    """When those happened that count, oldest first."""
    attempts = [each for each in facts.attempts if each.at <= at]
    return sorted(each.at for each in attempts if _counts(each, demand.of, demand.per, demand.across))


def _counts(attempt: AttemptFact, of: str, per: Per, across: Across) -> bool:
    """What nobody knows the end of counts as a call; and as a conversation, if it was answered."""
    if per not in attempt.same or (across != "site" and across not in attempt.same):
        return False
    if of == "calls":
        return attempt.called
    return of in attempt.told or (of == "conversations" and UNCLEAR in attempt.told)


def _within_hours(demand: CapDemand, counted: list[int], at: int) -> No | None:
    span_ms = demand.hours * HOUR_MS
    inside = [each for each in counted if each > at - span_ms]
    if len(inside) < demand.most:
        return None
    return No(_too_many(demand, len(inside), f"{demand.hours} hours"), inside[-demand.most] + span_ms)


def _within_days(demand: CapDemand, counted: list[int], now: Instant) -> No | None:
    """In each zone by its own days; the strictest holds."""
    if len(counted) < demand.most:
        return None
    until, most = 0, 0
    for zone in now.zones:
        today = local_day(zone, now.at)
        days = [day for each in counted if (day := local_day(zone, each)) > today - demand.days]
        if len(days) >= demand.most:
            most = max(most, len(days))
            until = max(until, day_starts_at(zone, days[-demand.most] + demand.days))
    if not most:
        return None
    span = "the local day" if demand.days == 1 else f"{demand.days} local days"
    return No(_too_many(demand, most, span), until)


def _days_in_a_row(demand: CapDemand, counted: list[int], now: Instant) -> No | None:
    until = 0
    for zone in now.zones:
        today = local_day(zone, now.at)
        days = {local_day(zone, each) for each in counted}
        if all(today - back in days for back in range(1, demand.days + 1)):
            until = max(until, day_starts_at(zone, today + 1))
    if not until:
        return None
    return No(f"called on {demand.days} days in a row", until)


def _too_many(demand: CapDemand, found: int, span: str) -> str:
    who = f"this {demand.per}" if demand.across == "site" else f"this {demand.per} by this {demand.across}"
    word = demand.of if found != 1 else demand.of.removesuffix("s")
    if demand.of == "calls":
        return f"{found} {word} to {who} within {span}; at most {demand.most} are allowed"
    return f"{found} {ENDED.get(demand.of, word)} with {who} within {span}"


def registry(demand: RegistryDemand, calendars: dict[str, Calendar]) -> Ask:
    """On a copy that is new enough, and not there."""
    age_ms = demand.days * DAY_MS

    def ask(facts: CallFacts, campaign: CampaignConfig, now: Instant) -> No | None:
        fact = next((each for each in facts.registries if each.registry_id == demand.registry_id), None)
        if fact is None:
            return No(f"nobody has looked into the list {demand.registry_id}: import it")
        if any(each.list_id == demand.registry_id for each in facts.listed):
            return No(f"the number is on the list {demand.registry_id}")
        if not fact.example and now.at - fact.as_of > age_ms:
            return No(f"our copy of {demand.registry_id} is older than {demand.days} days: import a new one")
        return None

    return ask


def consent(demand: ConsentDemand, calendars: dict[str, Calendar]) -> Ask:
    """Who did not agree well enough is not called."""

    def ask(facts: CallFacts, campaign: CampaignConfig, now: Instant) -> No | None:
        if CONSENTS.index(facts.consent) >= CONSENTS.index(demand.consent):
            return None
        return No(f"this needs {demand.consent} consent, and there is {facts.consent}")

    return ask


def never(demand: NeverDemand, calendars: dict[str, Calendar]) -> Ask:
    """What the rule binds is not done at all."""
    return lambda facts, campaign, now: No("calls of this kind are not allowed")


def conduct(demand: ConductDemand, calendars: dict[str, Calendar]) -> Ask:
    """What the campaign's settings break is known before anything rings."""

    def ask(facts: CallFacts, campaign: CampaignConfig, now: Instant) -> No | None:
        if campaign.ring_s < demand.ring_s_min:
            return No(f"the campaign rings for {campaign.ring_s} s; at least {demand.ring_s_min} s are asked for")
        if demand.caller_id and not campaign.caller_id:
            return No("the campaign has no caller id to show")
        lacking = [part for part in demand.message if part not in campaign.message]
        if lacking:
            return No(f"the campaign's recorded message does not say: {', '.join(lacking)}")
        return None

    return ask


def _clock(zone: ZoneTable, at: int) -> str:
    return f"{DAYS[weekday_of(local_day(zone, at))]} {clock(zone, at)}"


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ENDED = {"conversations": "conversation", "abandoned": "abandoned call", "refusals": "refusal", "machines": "machine"}
READY: dict[type, Callable[[Any, dict[str, Calendar]], Ask]] = {
    HoursDemand: hours,
    ClosedDemand: closed,
    CapDemand: cap,
    RegistryDemand: registry,
    ConsentDemand: consent,
    NeverDemand: never,
    ConductDemand: conduct,
}
