"""Asking the carrier everything that is compared. What could not be read stands in its place as the error it was."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import aiohttp
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
    """What the carrier says. `app` and `key` are None when none is configured; `special` has the prefixes of high
    risk, by country."""

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


async def read_facts(account: Account, key: Account | None, needs: Needs) -> Facts:
    """All of it at once. `account` names the one token that was accepted; `key` is the account as its key sees it."""
    voice = msgspec.structs.replace(account, api_url=voice_url(account.api_url))
    async with connected(account) as rest, connected(voice) as voice_rest, asyncio.TaskGroup() as group:
        calls = group.create_task(_read(lambda: rest.get("/Calls", ONE, CallPage)))
        numbers = group.create_task(_read(lambda: _numbers(rest)))
        caller_ids = group.create_task(_read(lambda: _caller_ids(rest)))
        app = group.create_task(_read_app(rest, needs.app_sid))
        key_facts = group.create_task(_read_key(rest, key))
        countries = group.create_task(_read(lambda: _countries(voice_rest, voice.api_url)))
        special = group.create_task(_special(voice_rest, needs.prefixes))
    return Facts(
        calls=calls.result(),
        numbers=numbers.result(),
        caller_ids=caller_ids.result(),
        app=app.result(),
        key=key_facts.result(),
        countries=countries.result(),
        special=special.result(),
    )


def voice_url(api_url: str) -> str:
    """Where the carrier tells of dialling permissions: beside `api.`, under `voice.`; else at the same address."""
    parts = urlsplit(api_url)
    if not parts.netloc.startswith("api."):
        return api_url
    return urlunsplit(parts._replace(netloc=f"voice.{parts.netloc.removeprefix('api.')}"))


def reason(error: RestError) -> str:
    """Why the carrier could not be asked, in words."""
    match error.__cause__:
        case aiohttp.ConnectionTimeoutError():
            return f"it could not be reached within {CONNECT_S:g} s"
        case TimeoutError():
            return f"it did not answer within {TOTAL_S:g} s"
        case msgspec.DecodeError() as cause:
            return f"its answer is not what the carrier says ({shown(str(cause))})"
        case _:
            return shown(error.detail)


async def _patiently(request: Callable[[], Awaitable[T]]) -> T:
    """Ask again when the carrier was too busy to answer; it is not asked again for what it did not say in time."""
    for _ in range(TRIES - 1):
        try:
            return await request()
        except (NotExecuted, InDoubt) as error:
            if error.__cause__ is not None:  # it is not the carrier who said so
                raise
            await asyncio.sleep(min(error.retry_after_s, PAUSE_S_MAX))
    return await request()


async def _read(request: Callable[[], Awaitable[T]]) -> T | RestError:
    try:
        return await _patiently(request)
    except RestError as error:
        return error


async def _read_app(rest: Rest, app_sid: str) -> HooksRead | RestError | None:
    return await _read(lambda: rest.get(f"/Applications/{app_sid}", (), HooksRead)) if app_sid else None


async def _read_key(rest: Rest, key: Account | None) -> KeyFacts | None:
    if key is None:
        return None
    async with connected(key) as by_key:
        return KeyFacts(
            calls=await _read(lambda: by_key.get("/Calls", ONE, CallPage)),
            account=await _read(lambda: by_key.get("", (), AccountRead)),
            known=await _read(lambda: rest.get(f"/Keys/{key.key_sid}", (), KeyRead)),
        )


async def _numbers(rest: Rest) -> list[NumberRead]:
    page = await rest.get("/IncomingPhoneNumbers", PAGE, NumberPage)
    found = page.incoming_phone_numbers
    for _ in range(PAGES_MAX):
        if not page.next_page_uri:
            return found
        page = await rest.get_page(page.next_page_uri, NumberPage)
        found += page.incoming_phone_numbers
    raise InDoubt(f"there is no end to its numbers after {PAGES_MAX} pages")


async def _caller_ids(rest: Rest) -> list[CallerIdRead]:
    page = await rest.get("/OutgoingCallerIds", PAGE, CallerIdPage)
    found = page.outgoing_caller_ids
    for _ in range(PAGES_MAX):
        if not page.next_page_uri:
            return found
        page = await rest.get_page(page.next_page_uri, CallerIdPage)
        found += page.outgoing_caller_ids
    raise InDoubt(f"there is no end to its verified caller ids after {PAGES_MAX} pages")


async def _countries(rest: Rest, origin: str) -> list[Country]:
    page = await rest.get_beside(COUNTRIES, PAGE, CountryPage)
    found = page.content
    for _ in range(PAGES_MAX):
        following = page.meta.next_page_url
        if not following:
            return found
        if not following.startswith(f"{origin.rstrip('/')}{COUNTRIES}?"):
            raise InDoubt(f"the carrier sends us on to {following!r}, which is not its list of countries")
        page = await rest.get_beside(following.removeprefix(origin.rstrip("/")), (), CountryPage)
        found += page.content
    raise InDoubt(f"there is no end to its countries after {PAGES_MAX} pages")


async def _special(rest: Rest, prefixes: Sequence[str]) -> dict[str, list[str]]:
    """The prefixes of high risk in the countries of these, as far as the carrier tells."""
    countries = sorted({region for prefix in prefixes for region in regions_of(prefix).meant})
    pages = await asyncio.gather(*(_read(partial(_special_in, rest, country)) for country in countries))
    return {country: page for country, page in zip(countries, pages, strict=True) if not isinstance(page, RestError)}


async def _special_in(rest: Rest, country: str) -> list[str]:
    page = await rest.get_beside(f"{COUNTRIES}/{country}/HighRiskSpecialPrefixes", PAGE, PrefixPage)
    return [one.prefix for one in page.content]


def _ahead_s(date: str, began_s: float, ended_s: float) -> float | None:
    """Its second is a whole one, and was some time between our asking and its answer: what is left is apart."""
    try:
        theirs_s = parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
    if began_s > theirs_s + 1:
        return began_s - theirs_s - 1
    return min(0.0, ended_s - theirs_s)
