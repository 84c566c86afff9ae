"""site.yaml: what holds for the whole site."""

import re
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from cti.configuration.mistake import printable
from cti.configuration.names import DEFAULT_LANGUAGE
from cti.configuration.written.agents import Endpoint
from cti.configuration.written.base import Location, Omissible, Written, wrong, wrong_inside
from cti.configuration.written.prompt import WrittenPrompt, is_web_address
from cti.configuration.written.values import (
    Amount,
    Country,
    Currency,
    Destination,
    Id,
    Language,
    Name,
    Number,
    Prefix,
    Words,
    Zone,
    check_placeholders,
    check_unlike,
)
from cti.screenpop.template import PLACEHOLDERS

SPENDS = ("spend_per_agent_hour", "spend_per_agent_day", "spend_per_hour", "spend_per_day")


def _check_template(value: str) -> str:
    bare = check_placeholders(value, PLACEHOLDERS)
    host = re.split("[/?#]", value.removeprefix("https://"))[0]
    if not is_web_address(bare) or "{" in host:
        remedy = "write one such as https://crm.example.com/find?number={from_number}"
        raise wrong(f'"{printable(value)}" is not a web address with a host of its own', remedy)
    return value


class SupervisorWritten(Written):
    """An entry of `supervisors`. The endpoint is by default the softphone `client:<supervisor id>`."""

    name: Name
    endpoint: Omissible[Endpoint] = None


class SiteWritten(Written):
    """The keys of site.yaml."""

    name: Name
    zone: Zone
    language: Language = DEFAULT_LANGUAGE
    caller_id: Omissible[Number] = None
    hold_music: WrittenPrompt
    apology: Omissible[WrittenPrompt] = None
    unknown_number: Omissible[WrittenPrompt] = None
    not_ready_reasons: Annotated[Words, Field(min_length=1)] = ["break", "lunch", "training"]
    dial_prefixes: Annotated[list[Prefix], Field(max_length=1_000), AfterValidator(check_unlike)] = []
    dial_denied: Annotated[list[Prefix], Field(max_length=1_000), AfterValidator(check_unlike)] = []
    dial_countries: Annotated[list[Country], Field(max_length=300), AfterValidator(check_unlike)] = []
    dials_per_agent_hour: Annotated[int, Field(ge=0, le=10_000)] = 60
    dials_per_hour: Annotated[int, Field(ge=0, le=1_000_000)] = 1_000
    currency: Omissible[Currency] = None
    dial_prices: Annotated[dict[Destination, Amount], Field(max_length=1_000)] = {}
    spend_per_agent_hour: Amount = 0
    spend_per_agent_day: Amount = 0
    spend_per_hour: Amount = 0
    spend_per_day: Amount = 0
    calls_per_second: Annotated[int, Field(ge=0, le=1_000)] = 1
    supervisors: Annotated[dict[Id, SupervisorWritten], Field(max_length=1_000)] = {}
    speed_dials: Annotated[dict[Id, Number], Field(max_length=1_000)] = {}
    pop_template: Omissible[Annotated[str, AfterValidator(_check_template)]] = None

    @model_validator(mode="after")
    def _check_dialling(self, info: ValidationInfo) -> Self:
        """A prefix that is both would be denied, and what costs nothing never reaches a limit: nobody means that."""
        found: list[tuple[Location, PydanticCustomError]] = [
            (("dial_denied", position), wrong(f"{prefix} is allowed and denied", "take it out of one of the lists"))
            for position, prefix in enumerate(self.dial_denied)
            if prefix in self.dial_prefixes
        ]
        if not self.dial_prices:
            found += [
                ((name,), wrong("no number has a price, so nothing is ever spent", "write dial_prices as well"))
                for name in SPENDS
                if getattr(self, name)
            ]
        found += self._too_dear()
        if found:
            raise wrong_inside(found, self)
        return self

    def _too_dear(self) -> Iterator[tuple[Location, PydanticCustomError]]:
        """Prices of which not one minute would ever be allowed."""
        limits = [(getattr(self, name), name) for name in SPENDS if getattr(self, name)]
        least, name = min(limits, default=(0, ""))
        for destination, price in self.dial_prices.items():
            if limits and price > least:
                what = f"a minute costs more than {name}, so such a number is never rung"
                remedy = f"raise {name}, or deny the number and write no price for it"
                yield ("dial_prices", destination), wrong(what, remedy)
