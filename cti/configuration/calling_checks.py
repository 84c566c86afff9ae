"""What is wrong with the calling rules as a whole: names that are there twice, campaigns that the rules refuse."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from pydantic_core import PydanticCustomError

from cti.configuration import zones
from cti.configuration.mistake import printable
from cti.configuration.written.base import Location, wrong
from cti.configuration.written.calling_rules import CallingRuleWritten
from cti.configuration.written.campaigns import CampaignWritten
from cti.core.calling import CallFacts, CallingConfig, CampaignConfig, ConductDemand, HoursDemand, NeverDemand
from cti.core.zone import date_of, day_of
from cti.dialer.calling.demands import EVER
from cti.dialer.calling.rulebook import EVERYWHERE, Row, Rulebook
from cti.dialer.numbering.plan import LINES as LINES_BY_TYPE

LINES = (*LINES_BY_TYPE.values(), "unknown")
"""Every kind of line that a number may turn out to be."""

OURS = ("NO-RULES", "NO-HOURS", "ZONE-UNKNOWN", "ZONE-DATA")
OUR_BEGINNINGS = ("CAMPAIGN-", "DNC-")
"""What refusals are called that come from no row."""

Found = tuple[str, Location, PydanticCustomError]
"""The file, the place below it, what is wrong there."""


def named_twice(by_file: Mapping[str, Iterable[str]]) -> Iterator[Found]:
    """Entries that another file has already."""
    first: dict[str, str] = {}
    for file, keys in by_file.items():
        for key in keys:
            if key in first:
                error = wrong(f"{printable(key)} is in {first[key]} as well", "keep one of them, or name it otherwise")
                yield file, (key, "[key]"), error
            first.setdefault(key, file)


def misnamed(by_file: Mapping[str, Mapping[str, CallingRuleWritten] | None]) -> Iterator[Found]:
    """Rules whose names say another jurisdiction than they do: a row that was copied and half changed."""
    for file, rules in by_file.items():
        for rule_id, rule in (rules or {}).items():
            jurisdiction = rule.jurisdiction
            if rule_id in OURS or rule_id.startswith(OUR_BEGINNINGS):
                error = wrong("refusals that come from no rule are called so", "write another word")
                yield file, (rule_id, "[key]"), error
            if jurisdiction != EVERYWHERE and not rule_id.startswith(f"{jurisdiction}-"):
                remedy = f"call it {jurisdiction}- and a word, or mend the jurisdiction"
                yield file, (rule_id, "[key]"), wrong(f"the name is not that of a rule of {jurisdiction}", remedy)


def campaigns(calling: CallingConfig, by_file: Mapping[str, CampaignWritten]) -> Iterator[Found]:
    """Campaigns none of whose calls, or none to some country or state, would ever be allowed."""
    book = Rulebook(calling, {})
    for file, written in by_file.items():
        campaign = calling.campaigns[written.id or PurePath(file).stem]
        for position, country in enumerate(written.countries):
            for location, error in _country(book, campaign, country, position):
                yield file, location, error
        for location, error in _conduct(book, campaign):
            yield file, location, error


def identities(by_file: Mapping[str, CampaignWritten]) -> Iterator[Found]:
    """Two campaigns, or two sellers, that would count as one; and a seller who would count as two."""
    files: dict[str, str] = {}
    sellers: dict[str, str] = {}
    for file, written in by_file.items():
        campaign_id, seller_id = written.id or PurePath(file).stem, written.seller_id or written.seller
        place: Location = ("id",) if written.id else ("name",)
        if campaign_id in files:
            what = f"{printable(campaign_id)} is the id of {files[campaign_id]} as well"
            yield file, place, wrong(what, "give one of them another id")
        files.setdefault(campaign_id, file)
        if sellers.setdefault(written.seller, seller_id) != seller_id:
            what = f"another campaign of {printable(written.seller)} counts for {printable(sellers[written.seller])}"
            yield file, ("seller",), wrong(what, "write the same seller_id in all of the seller's campaigns")


Refused = Iterator[tuple[Location, PydanticCustomError]]


def _country(book: Rulebook, campaign: CampaignConfig, country: str, position: int) -> Refused:
    place = ("countries", position)
    parts = [rule.jurisdiction for rule in book.config.rules]
    if not any(part.partition("-")[0] == country for part in parts):
        remedy = f"write them into a file of calling_rules, or take {country} out"
        yield place, wrong(f"there are no calling rules for {country}", remedy)
        return
    rows = {line: _binding(book, campaign, (country,), line) for line in LINES}
    gaps = {line: gap for line, found in rows.items() if (gap := _without_hours(found))}
    if gaps:
        line, since = next(iter(gaps.items()))
        to = "" if len(gaps) == len(LINES) else f", line {line},"
        what = f"no rule says at which hours calls for {campaign.purpose} to {country}{to} may be made{since}"
        yield ("purpose",), wrong(what, "write a rule with hours that binds them")
    never = [row.rule.rule_id for row in _everywhere(rows.values()) if _is_final(row, campaign)]
    if never:
        what = f"{never[0]} allows no such call to {country}"
        yield place, wrong(what, "take the country out, or change what the campaign is")


def _binding(book: Rulebook, campaign: CampaignConfig, jurisdictions: tuple[str, ...], line: str) -> tuple[Row, ...]:
    return book.binding(facts_of(campaign, jurisdictions, line)).rows


def facts_of(campaign: CampaignConfig, jurisdictions: tuple[str, ...], line: str) -> CallFacts:
    """A call of the campaign to somebody of whom nothing is known."""
    return CallFacts(
        campaign_id=campaign.campaign_id,
        purpose=campaign.purpose,
        party=campaign.party,
        mode=campaign.mode,
        country=jurisdictions[0],
        jurisdictions=jurisdictions,
        zones=(),
        line=line,
        consent=campaign.consent,
        opted_in=campaign.opted_in,
    )


def _without_hours(rows: Iterable[Row]) -> str:
    """From when on, counted from the year of the zone data, no row says hours, in words that begin with a space;
    nothing when one always does."""
    covered = day_of(f"{zones.data_year()}-01-01")
    end = day_of(f"{zones.years()[1]}-12-31") + 1
    dated = sorted((row.first_day, row.end_day) for row in rows if isinstance(row.rule.demand, HoursDemand))
    for begins, ends in dated:
        if begins <= covered:
            covered = max(covered, ends)
    if covered >= end:
        return ""
    return f" from {date_of(covered)} on" if dated else " at all"


def _everywhere(by_line: Iterable[tuple[Row, ...]]) -> list[Row]:
    """The rows that bind every line."""
    first, *others = by_line
    return [row for row in first if all(row in other for other in others)]


def _is_final(row: Row, campaign: CampaignConfig) -> bool:
    """Whether the row refuses every call of the campaign, whoever is called, and for good."""
    rule = row.rule
    if not isinstance(rule.demand, NeverDemand) or row.is_dated:
        return False
    if rule.unless_consent or rule.unless_customer_days or rule.unless_guaranteed:
        return False  # that depends on whom it calls
    return not (rule.unless_opted_in and campaign.opted_in)


def _conduct(book: Rulebook, campaign: CampaignConfig) -> Refused:
    """What the campaign's own settings break in some country or part of one, now or soon."""
    rules = _conduct_rules(book, campaign)
    rings = max(rules, key=lambda rule_id: rules[rule_id].ring_s_min, default="")
    if rings and campaign.ring_s < (least := rules[rings].ring_s_min):
        yield ("ring",), wrong(f"{rings} demands that it rings for {least} s at least", f"write ring: {least}s or more")
    shown = next((rule_id for rule_id, demand in rules.items() if demand.caller_id), "")
    if shown and not campaign.caller_id:
        yield ("caller_id",), wrong(f"{shown} demands a number to show, and there is none", "write caller_id")
    lacking = {part: rule_id for rule_id, demand in rules.items() for part in demand.message}
    for part in campaign.message:
        lacking.pop(part, None)
    if lacking:
        what = f"{next(iter(lacking.values()))} demands that the recorded message says {', '.join(sorted(lacking))}"
        yield ("message",), wrong(what, "have it said, and add it to message")


def _conduct_rules(book: Rulebook, campaign: CampaignConfig) -> dict[str, ConductDemand]:
    found: dict[str, ConductDemand] = {}
    for country in campaign.countries:
        parts = dict.fromkeys(
            rule.jurisdiction for rule in book.config.rules if rule.jurisdiction.startswith(f"{country}-")
        )
        for line in LINES:
            facts = facts_of(campaign, (country, *parts), line)
            found |= {
                row.rule.rule_id: row.rule.demand
                for row in book.binding(facts).rows
                if isinstance(row.rule.demand, ConductDemand) and row.end_day >= EVER and not row.exempts(facts, 0)
            }
    return found
