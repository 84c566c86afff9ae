"""`dialling:` of a campaign: what the server dials by itself, how boldly, and what follows."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, ValidationInfo, field_validator, model_validator

from cti.configuration.written.base import Omissible, Written, wrong, wrong_inside
from cti.configuration.written.calling_rules import Calendars, days_of, ppm_of
from cti.configuration.written.hours import Week
from cti.configuration.written.references import FlowName, QueueName
from cti.configuration.written.values import Date, Id, Line, Seconds, check_unlike
from cti.core.leads import ClaimSpec, Segment
from cti.core.ledger import DAYS_KEPT
from cti.core.states import Outcome
from cti.expressions.condition import BadCondition
from cti.expressions.segments import segments_of

Share = Annotated[int, PlainValidator(ppm_of)]
OutcomeName = Literal["busy", "no_answer", "machine", "fax", "abandoned", "invalid", "failed", "blocked", "unknown"]


def _check_days(value: int) -> int:
    if value <= DAYS_KEPT:
        return value
    raise wrong(f"nothing is counted over {value} days", f"write at most {DAYS_KEPT}d")


def _check_when(value: str) -> str:
    try:
        segments_of(ClaimSpec(segments=(Segment(segment_id="any", when=value),)))
    except BadCondition as error:
        raise wrong(error.what, error.remedy) from None
    return value


class SegmentWritten(Written):
    """An entry of `segments`: leads that a condition holds for, and how many of the calls are theirs."""

    id: Id
    when: Annotated[Line, AfterValidator(_check_when)]
    share: Annotated[int, Field(ge=1, le=1_000)] = 1
    quota: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class RetryWritten(Written):
    """An entry of `again`: after an outcome."""

    after: Annotated[Seconds, Field(ge=60, le=30 * 86_400)]
    most: Annotated[int, Field(ge=0, le=100)] = 3
    next_number: bool = False


class PacingWritten(Written):
    """`pacing`: how many answered calls may find nobody."""

    at_most: Omissible[Share] = None
    within: Annotated[int, PlainValidator(days_of), AfterValidator(_check_days)] = 30
    aim: Omissible[Share] = None
    certain: bool = True
    lines_max: Annotated[int, Field(ge=1, le=10_000)] = 1_000

    @model_validator(mode="after")
    def _check_aim(self) -> Self:
        if self.aim is not None and self.at_most is not None and self.aim > self.at_most:
            raise wrong_inside([(("aim",), wrong("it aims at more than the most", "write at_most or less"))], self)
        return self


class AnsweringWritten(Written):
    """`answering`: what becomes of whatever answers."""

    detect: Literal["off", "beside", "first"] = "off"
    machine: Literal["hang_up", "flow", "queue"] = "hang_up"
    machine_flow: Omissible[FlowName] = None
    unknown: Literal["queue", "hang_up"] = "queue"
    greeting: Annotated[Seconds, Field(ge=0, le=10)] = 2

    @model_validator(mode="after")
    def _check_flow(self) -> Self:
        if (self.machine == "flow") != (self.machine_flow is not None):
            what = "machine: flow and machine_flow belong together"
            raise wrong_inside([(("machine",), wrong(what, "write both, or neither"))], self)
        if self.machine == "flow" and self.detect == "off":
            raise wrong_inside([(("detect",), wrong("nothing tells machines apart", "write first or beside"))], self)
        return self


class DiallingWritten(Written):
    """The section itself."""

    queue: Omissible[QueueName] = None
    flow: Omissible[FlowName] = None
    abandoned_flow: Omissible[FlowName] = None
    lists: Annotated[list[Id], Field(min_length=1, max_length=100), AfterValidator(check_unlike)]
    order: Literal["priority", "newest", "shuffled"] = "priority"
    segments: Annotated[list[SegmentWritten], Field(max_length=50)] = []
    attempts_max: Annotated[int, Field(ge=1, le=100)] = 6
    again: dict[OutcomeName, RetryWritten] = {}
    share: Annotated[int, Field(ge=1, le=100)] = 1
    keep_free: Annotated[int, Field(ge=0, le=1_000)] = 0
    callers_wait: Omissible[Annotated[Seconds, Field(ge=0, le=3_600)]] = None
    pacing: PacingWritten = PacingWritten()
    answering: AnsweringWritten = AnsweringWritten()
    week: Omissible[Week] = None
    begins: Omissible[Date] = None
    ends: Omissible[Date] = None
    closed_on: Omissible[Calendars] = None
    preview: Annotated[Seconds, Field(ge=0, le=3_600)] = 0
    skip: Annotated[Seconds, Field(ge=60, le=30 * 86_400)] = 1_800
    keep_promised: Annotated[Seconds, Field(ge=0, le=30 * 86_400)] = 1_800
    best_hour: bool = False

    @field_validator("ends")
    @classmethod
    def _check_ends(cls, ends: str | None, info: ValidationInfo) -> str | None:
        begins = info.data.get("begins")
        if ends and begins and begins > ends:
            raise wrong("it ends before it begins", "write a later date")
        return ends

    @model_validator(mode="after")
    def _check_somebody_is_there(self) -> Self:
        if not self.queue and not self.flow:
            nobody = wrong("nobody is there for those who answer", "name a queue, or a flow")
            raise wrong_inside([(("queue",), nobody)], self)
        return self


OUTCOMES: dict[str, Outcome] = {outcome.value.lower(): outcome for outcome in Outcome}
