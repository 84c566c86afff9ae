"""calling_rules/*.yaml: what the law, or somebody else, demands of calls that we make. A row demands one thing."""

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from cti.configuration.document import kind_of
from cti.configuration.mistake import printable
from cti.configuration.written.base import Omissible, Written, wrong, wrong_inside
from cti.configuration.written.hours import Week
from cti.configuration.written.references import CalendarName, Jurisdiction, RegistryName
from cti.configuration.written.values import Date, Line, Seconds, Text, check_unlike
from cti.core.calling import Across, Per, Told
from cti.core.times import OpeningSpan

Purpose = Literal["sales", "survey", "charity", "political", "collections", "service"]
Party = Literal["consumer", "business"]
Mode = Literal["manual", "preview", "progressive", "predictive", "broadcast"]
Consent = Literal["express", "written"]
MessagePart = Literal["seller", "number", "purpose", "opt_out"]
LineKind = Literal[
    "fixed",
    "mobile",
    "voip",
    "toll_free",
    "premium",
    "shared_cost",
    "personal",
    "pager",
    "uan",
    "voicemail",
]

RULE_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
ID_CHARACTERS_MAX = 64
HOURS = re.compile(r"([0-9]{1,4}) ?h(?:ours?)?")
DAYS = re.compile(r"([0-9]{1,4}) ?d(?:ays?)?")
PER_CENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
PPM_IN_PER_CENT = 10_000
HUNDRED_PER_CENT = 100 * PPM_IN_PER_CENT


class Span(NamedTuple):
    """Hours that pass, or local days; the other is 0."""

    hours: int
    days: int


def _span(value: Any) -> Span:
    """`24h` and `7 days`."""
    for form, at in ((HOURS, 0), (DAYS, 1)):
        match = form.fullmatch(value) if isinstance(value, str) else None
        if match and int(match[1]):
            return Span(int(match[1]) * (1 - at), int(match[1]) * at)
    shown = f'"{printable(str(value))}"' if isinstance(value, str | int | float) else kind_of(value)
    remedy = "write hours that pass, such as 24h, or local days, such as 7 days, and not both"
    raise wrong(f"{shown} is not a span of time", remedy)


def days_of(value: Any) -> int:
    """`31d` and `31 days`."""
    match = DAYS.fullmatch(value) if isinstance(value, str) else None
    if match and int(match[1]):
        return int(match[1])
    shown = f'"{printable(str(value))}"' if isinstance(value, str | int | float) else kind_of(value)
    raise wrong(f"{shown} is not a number of days", "write one such as 31d")


def ppm_of(value: Any) -> int:
    """`3` and `0.5` per cent, in millionths."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = f"{Decimal(str(value)):f}"
        if PER_CENT.fullmatch(text) and Decimal(text) * PPM_IN_PER_CENT <= HUNDRED_PER_CENT:
            return int(Decimal(text) * PPM_IN_PER_CENT)
    raise wrong("this is not a share in per cent", "write a number from 0 to 100, such as 3 or 0.5")


def _check_id(value: str) -> str:
    if RULE_ID.fullmatch(value) and len(value) <= ID_CHARACTERS_MAX:
        return value
    remedy = "write its jurisdiction and a word in capital letters, digits and hyphens, such as US-FL-HOURS"
    raise wrong(f'"{printable(value)}" is not a possible name of a rule', remedy)


def _check_open(spans: tuple[OpeningSpan, ...]) -> tuple[OpeningSpan, ...]:
    if spans:
        return spans
    raise wrong("these hours are none", "write never: true instead")


RuleId = Annotated[str, AfterValidator(_check_id)]
SpanWritten = Annotated[Span, PlainValidator(_span)]
Calendars = Annotated[list[CalendarName], Field(min_length=1, max_length=100), AfterValidator(check_unlike)]


class CapWritten(Written):
    """`cap`: how many are enough. Either `most` within a span, or one on each of some days in a row."""

    most: Omissible[Annotated[int, Field(ge=1, le=10_000)]] = None
    within: Omissible[SpanWritten] = None
    days_in_a_row: Omissible[Annotated[int, Field(ge=1, le=366)]] = None
    of: Told = "calls"
    per: Per = "number"
    across: Across = "site"

    @model_validator(mode="after")
    def _check_form(self) -> Self:
        if self.days_in_a_row:
            twice = next((key for key in ("most", "within") if getattr(self, key) is not None), "")
            if twice:
                error = wrong("days in a row have no number and no span beside them", "make a rule of each")
                raise wrong_inside([((twice,), error)], self)
        else:
            lacking = [key for key in ("most", "within") if getattr(self, key) is None]
            if lacking:
                raise wrong(f"{' and '.join(lacking)} must be said", "write most and within, or days_in_a_row")
        return self


class RestWritten(Written):
    """`rest`: how long nobody is called after one of these."""

    after: Told
    for_: Annotated[Span, PlainValidator(_span), Field(alias="for")]
    per: Per = "number"
    across: Across = "site"


class RegistryDemandWritten(Written):
    """`registry`: a list of people who are not called, and how old our copy of it may be."""

    list: RegistryName
    within: Annotated[int, PlainValidator(days_of)]


class ConductWritten(Written):
    """`conduct`: how calls are made and proved."""

    ring_at_least: Omissible[Annotated[Seconds, Field(ge=1, le=120)]] = None
    abandoned_at_most: Omissible[Annotated[int, PlainValidator(ppm_of)]] = None
    abandoned_days: Omissible[Annotated[int, Field(ge=0, le=366)]] = None
    connect_within: Omissible[Annotated[Seconds, Field(ge=1, le=60)]] = None
    connect_from: Omissible[Literal["greeting_end", "speech_start", "answer"]] = None
    message: Annotated[list[MessagePart], AfterValidator(check_unlike)] = []
    caller_id: bool = False
    keep_years: Omissible[Annotated[int, Field(ge=1, le=100)]] = None

    @model_validator(mode="after")
    def _check_sense(self) -> Self:
        if self == ConductWritten.model_construct():
            raise wrong("nothing is demanded here", "write one of the keys, such as ring_at_least: 15s")
        for key, needed in (("abandoned_days", "abandoned_at_most"), ("connect_from", "connect_within")):
            if getattr(self, key) is not None and getattr(self, needed) is None:
                error = wrong(f"this says nothing without {needed}", f"write {needed} as well, or take the key out")
                raise wrong_inside([((key,), error)], self)
        return self


def _check_true(value: bool) -> bool:  # noqa: FBT001 - a check of one value
    if value:
        return value
    raise wrong("a rule that is false is none", "write never: true, or take the key out")


class CallingRuleWritten(Written):
    """A row of calling_rules/*.yaml."""

    demands: ClassVar[tuple[str, ...]] = (
        *("hours", "closed_on", "cap", "rest"),
        *("registry", "consent", "never", "conduct"),
    )

    jurisdiction: Jurisdiction
    title: Line
    purposes: Omissible[Annotated[list[Purpose], Field(min_length=1), AfterValidator(check_unlike)]] = None
    parties: Omissible[Annotated[list[Party], Field(min_length=1), AfterValidator(check_unlike)]] = None
    modes: Omissible[Annotated[list[Mode], Field(min_length=1), AfterValidator(check_unlike)]] = None
    lines: Omissible[Annotated[list[LineKind], Field(min_length=1), AfterValidator(check_unlike)]] = None
    unless_consent: Omissible[Consent] = None
    unless_customer_days: Omissible[Annotated[int, Field(ge=1, le=36_600)]] = None
    unless_opted_in: bool = False
    unless_guaranteed: bool = False
    hours: Omissible[Annotated[Week, AfterValidator(_check_open)]] = None
    closed_on: Omissible[Calendars] = None
    cap: Omissible[CapWritten] = None
    rest: Omissible[RestWritten] = None
    registry: Omissible[RegistryDemandWritten] = None
    consent: Omissible[Consent] = None
    never: Omissible[Annotated[bool, AfterValidator(_check_true)]] = None
    conduct: Omissible[ConductWritten] = None
    source: Text
    read_on: Omissible[Date] = None
    confidence: Literal["statute", "two_sources", "one_source", "conflict"]
    effective_from: Omissible[Date] = None
    effective_to: Omissible[Date] = None
    note: Omissible[Text] = None

    @model_validator(mode="after")
    def _check_demand(self) -> Self:
        """One row, one demand: so a refusal names what was broken."""
        made = [name for name in self.demands if getattr(self, name) is not None]
        if not made:
            remedy = f"write one of the keys {', '.join(self.demands[:-1])} or {self.demands[-1]}"
            raise wrong("the rule demands nothing", remedy)
        if len(made) > 1 and made != ["hours", "closed_on"]:
            what = f"the rule demands {' and '.join(made)} at once"
            raise wrong_inside([((made[-1],), wrong(what, "make a rule of each"))], self)
        return self

    @model_validator(mode="after")
    def _check_dates(self) -> Self:
        """It ends on the day before `effective_to`."""
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            error = wrong(f"it ends before it begins on {self.effective_from}", "write a later date")
            raise wrong_inside([(("effective_to",), error)], self)
        return self
