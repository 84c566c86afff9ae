"""site.yaml: what holds for the whole site."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from cti.configuration.mistake import printable
from cti.configuration.names import DEFAULT_LANGUAGE
from cti.configuration.written.base import Omissible, Written, wrong
from cti.configuration.written.prompt import WrittenPrompt, is_web_address
from cti.configuration.written.values import (
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


def _check_template(value: str) -> str:
    bare = check_placeholders(value, PLACEHOLDERS)
    host = re.split("[/?#]", value.removeprefix("https://"))[0]
    if not is_web_address(bare) or "{" in host:
        remedy = "write one such as https://crm.example.com/find?number={from_number}"
        raise wrong(f'"{printable(value)}" is not a web address with a host of its own', remedy)
    return value


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
    pop_template: Omissible[Annotated[str, AfterValidator(_check_template)]] = None
