"""Campaigns that hold no mistake, and yet nobody, or hardly anybody, would ever be called for."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from cti.configuration.calling_checks import facts_of
from cti.configuration.written.values import is_assigned
from cti.core.calling import CONSENTS, CampaignConfig, ConductDemand, ConsentDemand, HoursDemand
from cti.core.config import SiteConfig
from cti.core.opening import DAY_MIN
from cti.core.times import OpeningSpan
from cti.core.zone import DAY_S, day_of, offset_s, site_zone
from cti.dialer.calling.judge import ring_ms
from cti.dialer.calling.open_times import Spans, week_of
from cti.dialer.calling.rulebook import Row, Rulebook

LINES = ("fixed", "mobile")
PPM_OF_PER_CENT = 10_000
YEAR = 365

Week = tuple[Spans, ...]
"""Of each week day, when something may be."""


class CampaignCaution(NamedTuple):
    """About a key of a campaign's file."""

    campaign_id: str
    key: str
    what: str
    remedy: str


def campaign_cautions(config: SiteConfig, today: date) -> Iterator[CampaignCaution]:
    """What the rules that are in force today, and free nobody, leave of each campaign."""
    book, day = Rulebook(config.calling, {}), day_of(today.isoformat())
    for campaign in config.calling.campaigns.values():
        yield from _own(campaign, today)
        for country in campaign.countries:
            by_line = {line: _rows(book, campaign, country, line, day) for line in LINES}
            yield from _hours(campaign, by_line)
            yield from _week(config, campaign, country, by_line, day)
            yield from _consent(campaign, country, by_line)
            yield from _ceiling(campaign, by_line)


ByLine = dict[str, list[Row]]


def _rows(book: Rulebook, campaign: CampaignConfig, country: str, line: str, day: int) -> list[Row]:
    facts = facts_of(campaign, (country,), line)
    rows = [row for row in book.binding(facts).rows if row.first_day <= day < row.end_day]
    return [row for row in rows if not row.exempts(facts, 0)]


def _everywhere(by_line: ByLine) -> list[Row]:
    first, *others = by_line.values()
    return [row for row in first if all(row in other for other in others)]


def _hours(campaign: CampaignConfig, by_line: ByLine) -> Iterator[CampaignCaution]:
    """The campaign's own hours, and those of the rules, which may never come together."""
    shut_by = _shut_by(campaign, [week_of(campaign.spans)], by_line) if campaign.spans else ""
    if shut_by:
        what = f"its hours leave no time within those of {shut_by}, so nobody is ever called"
        yield CampaignCaution(campaign.campaign_id, "hours", what, "write hours that lie within the rule's")


def _week(
    config: SiteConfig, campaign: CampaignConfig, country: str, by_line: ByLine, day: int
) -> Iterator[CampaignCaution]:
    """When it dials, by the site's clock, and when people may be called, by theirs; however their clocks are put in the
    year to come."""
    spans, zones = campaign.dialling.spans if campaign.dialling else (), config.calling.numbering.countries.get(country)
    if not spans or not zones:
        return
    weeks_on = [at * DAY_S * 1_000 for at in range(day, day + YEAR, 7)]
    own, known = site_zone(config), [config.zones[zone] for zone in zones if zone in config.zones]
    ahead_s = {offset_s(zone, at) - offset_s(own, at) for zone in known for at in weeks_on}
    weeks = [week_of(_put_on(spans, seconds // 60)) for seconds in sorted(ahead_s)]
    shut_by = _shut_by(campaign, weeks, by_line) if weeks else ""
    if shut_by:
        what = f"dialling.week leaves no time within the hours of {shut_by}, so nobody in {country} is ever dialled"
        remedy = f"write a week, by the clock of {config.zone}, in which people there may be called"
        yield CampaignCaution(campaign.campaign_id, "dialling", what, remedy)


def _put_on(spans: tuple[OpeningSpan, ...], minutes: int) -> tuple[OpeningSpan, ...]:
    """The same by a clock that is so far ahead."""
    begins = [(span.weekday * DAY_MIN + span.opens + minutes, span.closes - span.opens) for span in spans]
    return tuple(
        OpeningSpan(weekday=at // DAY_MIN % 7, opens=at % DAY_MIN, closes=at % DAY_MIN + length)
        for at, length in begins
    )


def _shut_by(campaign: CampaignConfig, weeks: list[Week], by_line: ByLine) -> str:
    """The rule within whose hours none of these weeks leaves the time for a call any more; empty where one does."""
    if campaign.spans:
        weeks = [_both_weeks(week, week_of(campaign.spans)) for week in weeks]
    for row in _everywhere(by_line):
        if isinstance(row.rule.demand, HoursDemand):
            weeks = [_both_weeks(week, week_of(row.rule.demand.spans)) for week in weeks]
            if not any(_has_room(week, ring_ms(campaign)) for week in weeks):
                return row.rule.rule_id
    return ""


def _both_weeks(one: Week, other: Week) -> Week:
    return tuple(map(_both, one, other))


def _has_room(week: Week, length_ms: int) -> bool:
    return any(closes - opens >= length_ms for spans in week for opens, closes in spans)


def _own(campaign: CampaignConfig, today: date) -> Iterator[CampaignCaution]:
    """What its file says that no rule needs to be asked about."""
    if campaign.caller_id and not is_assigned(campaign.caller_id):
        what = f"{campaign.caller_id} is no number that its country's plan gives to anybody"
        yield CampaignCaution(campaign.campaign_id, "caller_id", what, "check its country code and its digits")
    ends = campaign.dialling.until_date if campaign.dialling else ""
    if ends and ends < today.isoformat():
        what = f"its last date was {ends}, so this campaign dials nobody any more"
        yield CampaignCaution(campaign.campaign_id, "dialling", what, "write a later date for ends, or take it away")


def _ceiling(campaign: CampaignConfig, by_line: ByLine) -> Iterator[CampaignCaution]:
    """One of its own that is above a rule's never binds."""
    own = campaign.dialling.pacing.ceiling_ppm if campaign.dialling else -1
    for row in _everywhere(by_line):
        demand = row.rule.demand
        if isinstance(demand, ConductDemand) and 0 <= demand.abandoned_ppm_max < own:
            most = f"{demand.abandoned_ppm_max / PPM_OF_PER_CENT:g}"
            what = f"pacing.at_most is more than {row.rule.rule_id} allows ({most} %), and the rule holds"
            yield CampaignCaution(campaign.campaign_id, "dialling", what, f"write {most} or less")
            return


def _both(one: Spans, other: Spans) -> Spans:
    """The times of a day that lie in both."""
    cut = ((max(one_opens, opens), min(one_closes, closes)) for one_opens, one_closes in one for opens, closes in other)
    return tuple((opens, closes) for opens, closes in cut if opens < closes)


def _consent(campaign: CampaignConfig, country: str, by_line: ByLine) -> Iterator[CampaignCaution]:
    """Rules that need more than the seller vouches for."""
    everywhere = [row.rule.rule_id for row in _everywhere(by_line)]
    needs = {row.rule.rule_id: line for line, rows in by_line.items() for row in rows if _needs_more(row, campaign)}
    for rule_id, line in needs.items():
        whom = "" if rule_id in everywhere else f"on {line} lines "
        what = (
            f"{rule_id} needs more than the campaign vouches for ({campaign.consent}), so nobody {whom}in {country} is "
            "called but who is known to agree"
        )
        remedy = "write what can be proved for every lead, or bring each person's own consent along"
        yield CampaignCaution(campaign.campaign_id, "consent", what, remedy)


def _needs_more(row: Row, campaign: CampaignConfig) -> bool:
    demand = row.rule.demand
    return isinstance(demand, ConsentDemand) and CONSENTS.index(campaign.consent) < CONSENTS.index(demand.consent)
