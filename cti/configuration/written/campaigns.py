"""campaigns/*.yaml: what is called for, whom, and how. Stricter than the law where it says so, never laxer."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cti.configuration.written.base import Omissible, Written, wrong, wrong_inside
from cti.configuration.written.calling_rules import CapWritten, MessagePart, Mode, Party, Purpose
from cti.configuration.written.dialling import DiallingWritten
from cti.configuration.written.hours import Week
from cti.configuration.written.results import ResultsWritten
from cti.configuration.written.values import Country, Name, Number, Seconds, check_unlike
from cti.core.times import OpeningSpan

ID = re.compile(r"[a-z][a-z0-9_-]{0,63}")


def _check_open(spans: tuple[OpeningSpan, ...]) -> tuple[OpeningSpan, ...]:
    if spans:
        return spans
    raise wrong("a campaign that is never open calls nobody", "write its hours, or take the campaign away")


def _check_id(value: str) -> str:
    if ID.fullmatch(value):
        return value
    raise wrong("this is no possible name", "write small letters, digits, - and _, such as spring-sale")


class CampaignWritten(Written):
    """A file of campaigns/. The file's name is the campaign's, unless `id` keeps the one under which calls and entries
    are counted; so does `seller_id` for a seller who is called otherwise by now."""

    name: Name
    seller: Name
    id: Omissible[Annotated[str, AfterValidator(_check_id)]] = None
    seller_id: Omissible[Name] = None
    programme: Name = "main"
    purpose: Purpose
    party: Party = "consumer"
    mode: Mode = "progressive"
    countries: Annotated[list[Country], Field(min_length=1, max_length=300), AfterValidator(check_unlike)]
    consent: Literal["none", "express", "written"] = "none"
    opted_in: bool = False
    ring: Annotated[Seconds, Field(ge=5, le=120)] = 25
    caller_id: Omissible[Number] = None
    message: Annotated[list[MessagePart], AfterValidator(check_unlike)] = []
    hours: Omissible[Annotated[Week, AfterValidator(_check_open)]] = None
    caps: Annotated[list[CapWritten], Field(max_length=50)] = []
    dialling: Omissible[DiallingWritten] = None
    results: Omissible[ResultsWritten] = None

    @model_validator(mode="after")
    def _check_mode(self) -> Self:
        """Who answers a call that the server made by itself must find somebody, or at least something."""
        how = self.dialling
        if how is None:
            return self
        if self.mode == "broadcast" and not how.flow:
            error = wrong("a broadcast has no flow to begin with", "name one, or choose another mode")
            raise wrong_inside([(("dialling", "flow"), error)], self)
        if self.mode != "broadcast" and (how.flow or not how.queue):
            error = wrong("only a broadcast begins with a flow", "name the queue of the agents, and no flow")
            raise wrong_inside([(("dialling", "queue"), error)], self)
        if self.mode != "broadcast" and how.answering.machine == "flow" and how.answering.detect == "beside":
            error = wrong("an agent would hear a machine out, up to its beep", "write first, or machine: hang_up")
            raise wrong_inside([(("dialling", "answering", "detect"), error)], self)
        return self
