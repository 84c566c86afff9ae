"""Asking the carrier everything that is compared. What could not be read stands in its place as the error it was."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec

from cti.telephony.twilio.account import Account
from cti.telephony.twilio.inspection.finding import shown
from cti.telephony.twilio.inspection.geography import regions_of
from cti.telephony.twilio.inspection.needs import Needs
from cti.telephony.twilio.inspection.resources import (
    AccountRead,
    CallerIdPage,
    CallerIdRead,
    Country,
    CountryPage,
    HooksRead,
    KeyRead,
    NumberPage,
    NumberRead,
    PrefixPage,
)
from cti.telephony.twilio.resources import CallPage
from cti.telephony.twilio.rest import CONNECT_S, TOTAL_S, InDoubt, NotExecuted, Rest, RestError

PAGE = (("PageSize", "1000"),)
ONE = (("PageSize", "1"),)
PAGES_MAX = 50
TRIES = 3
PAUSE_S_MAX = 3.0
COUNTRIES = "/v1/DialingPermissions/Countries"

T = TypeVar("T")


@dataclass(frozen=True)
class KeyFacts:
    """An API key: what it opens by itself, and whether the account knows it."""

    calls: CallPage | RestError
    account: AccountRead | RestError
    known: KeyRead | RestError


@dataclass(frozen=True)
class Facts:
    """What the carrier says. `app` and `key` are None when none is configured; `ahead_s` is how far our clock is before
    the carrier's, None when it does not tell; `special` has the prefixes of high risk, by country."""

    account: AccountRead
    ahead_s: float | None
    calls: CallPage | RestError
    numbers: list[NumberRead] | RestError
    caller_ids: list[CallerIdRead] | RestError
    app: HooksRead | RestError | None
    key: KeyFacts | None
    countries: list[Country] | RestError
    special: dict[str, list[str]]


@asynccontextmanager
async def connected(account: Account) -> AsyncIterator[Rest]:
    """Our REST client for a while."""
    rest = await Rest.open(account)
    try:
        yield rest
    finally:
        await rest.close()


async def read_account(account: Account) -> tuple[AccountRead, float | None]:
    """The account, and how far (s) our clock is ahead of the carrier's. Raises `RestError`."""
    async with connected(account) as rest:
        began_s = time.time()
        read = await _patiently(lambda: rest.get("", (), AccountRead))
        return read, _ahead_s(rest.date, began_s, time.time())


async def read_facts(account: Account, key: Account | None, needs: Needs, own: tuple[AccountRead, float | None]) -> Facts:
    """Everything else, all at once. `key` is the account as its API key sees it, `own` what `read_account` said."""
    voice = msgspec.structs.replace(account, api_url=voice_url(account.api_url))
    async with connected(account) as rest, connected(voice) as voice_rest:
        app = rest.get(f"/Applications/{needs.app_sid}", (), HooksRead)
        calls, numbers, caller_ids, app_read, key_facts, countries, special = await asyncio.gather(
            _read(lambda: rest.get("/Calls", ONE, CallPage)),
            _read(lambda: _numbers(rest)),
            _read(lambda: _caller_ids(rest)),
            _read(lambda: app) if needs.app_sid else _nothing(),
            _read_key(rest, key) if key is not None else _nothing(),
            _read(lambda: _countries(voice_rest)),
            _special(voice_rest, needs.prefixes),
        )
    return Facts(own[0], own[1], calls, numbers, caller_ids, app_read, key_facts, countries, special)
