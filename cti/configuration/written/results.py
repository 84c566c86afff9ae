"""`results:` of a campaign: to which system what came of its calls is sent, and when."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from cti.configuration.mistake import printable
from cti.configuration.written.base import Omissible, Written, wrong, wrong_inside
from cti.configuration.written.values import Seconds
from cti.core.addresses import is_loopback

SECRET = re.compile(r"secret:([A-Z][A-Z0-9_]{0,63})")
RESERVED = "KEY"
"""`CTI_SECRET_KEY` is the server's own."""

ADDRESS = re.compile(r"[!-\[\]-~]{1,2000}")
TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def _check_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    host = parts.hostname or ""
    if not host or not ADDRESS.fullmatch(value) or parts.scheme not in ("http", "https"):
        raise wrong("this is no address of a system", "write it like https://crm.example.com/hooks/calls")
    if parts.scheme == "http" and not is_loopback(host):
        raise wrong("over http anybody on the way could read it", "write https, which only this machine does without")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise wrong("it holds a user or a fragment", "take it out: what is sent is signed with the secret")
    return value


def _check_secret(value: str) -> str:
    found = SECRET.fullmatch(value)
    if found and found[1] != RESERVED:
        return value
    if found:
        raise wrong(f"CTI_SECRET_{RESERVED} is the server's own", "choose another name, such as secret:CRM")
    if value.startswith("secret:"):
        remedy = "write capital letters, digits and _, a letter first, such as secret:CRM"
        raise wrong(f'"{printable(value)}" does not name a secret', remedy)
    raise wrong("secrets do not stand in files of the configuration", "name it, such as secret:CRM, and keep it apart")


def _check_time(value: str) -> str:
    if TIME.fullmatch(value):
        return value
    raise wrong(f'"{printable(value)}" is no time of day', 'write hours and minutes, such as "18:30"')


class ResultsWritten(Written):
    """The section itself. Without `every` and `at` each result is sent as it happens."""

    url: Annotated[str, AfterValidator(_check_url)]
    secret: Annotated[str, AfterValidator(_check_secret)]
    every: Omissible[Annotated[Seconds, Field(ge=60, le=86_400)]] = None
    at: Omissible[Annotated[str, AfterValidator(_check_time)]] = None

    @model_validator(mode="after")
    def _check_when(self) -> Self:
        if self.every is not None and self.at is not None:
            error = wrong("every and at say both when", "write one of them, or neither to send each at once")
            raise wrong_inside([(("at",), error)], self)
        return self


def secret_name(written: str) -> str:
    """The name without the word before it."""
    return written.removeprefix("secret:")


def minute_of_day(written: str) -> int:
    """`18:30` as minutes after midnight."""
    hours, minutes = written.split(":")
    return 60 * int(hours) + int(minutes)
