"""`cti leads results`: how campaigns' results get to other systems, and what those refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import orjson
from rich.console import Console

from cti.cli.dialer.question import iso
from cti.cli.dnc.check import minute
from cti.cli.leads.lists import check_campaign, configured_campaigns
from cti.cli.local import ask
from cti.cli.store import reading, unreadable
from cti.core.campaign_config import ResultsTarget
from cti.core.errors import CtiError
from cti.settings import Settings, read
from cti.store.errors import StoreError
from cti.store.results.looking import Aside, LookingAtResults, ResultsStand

SHOWN = 20
ASIDE_MAX = 100_000


def results(campaign: str = "", /, *, again: bool = False, json: bool = False) -> int:
    """How many results wait, were received or were refused, and what is in the way. No running server is needed.

    Parameters
    ----------
    campaign
        Only this one's.
    again
        What was refused is sent again, in its place, by the running server.
    json
        For programs: a JSON object a campaign, with every result that was refused.
    """
    if again and not campaign:
        raise CtiError("--again: say of which campaign.")
    if campaign:
        asyncio.run(_check(campaign))
    if again:
        count = ask("follower.sock", "POST", "/results/again", json={"campaign_id": campaign})["again"]
        print(f"{campaign}: {count:,} {'result' if count == 1 else 'results'} to be sent again")
        return 0
    found = asyncio.run(stand_of(campaign, ASIDE_MAX if json else SHOWN))
    if json:
        for stand, aside in found:
            print(orjson.dumps(told(stand, aside)).decode())
        return 0
    if not found:
        print("no results are sent anywhere: see results in the files of campaigns/")
    console = Console(highlight=False, soft_wrap=True)
    for stand, aside in found:
        for line in (in_words(stand), *_refused(stand, aside)):
            console.print(line, markup=False)
    return 0


async def _check(campaign_id: str) -> None:
    """Raises `CtiError` for a campaign that is neither configured, nor has, or had, results to send."""
    settings = read(needs_carrier=False)
    async with _looking(settings) as found:
        known = [each.campaign_id for each in await found.stand()]
    check_campaign(campaign_id, {*known, *await configured_campaigns(settings)})


async def stand_of(campaign_id: str, most: int) -> list[tuple[ResultsStand, list[Aside]]]:
    """Each campaign that sends results, or did, with at most so many that were refused."""
    async with _looking(read(needs_carrier=False)) as found:
        return [(each, await found.aside(each.campaign_id, most)) for each in await found.stand(campaign_id)]


@asynccontextmanager
async def _looking(settings: Settings) -> AsyncIterator[LookingAtResults]:
    try:
        async with reading(settings) as store:
            yield LookingAtResults(store, settings.site)
    except StoreError as error:
        raise unreadable("The results", error, settings) from error


def in_words(stand: ResultsStand) -> str:
    """One line; what is in the way, if anything is."""
    counts = f"{stand.waiting:,} wait, {stand.sent:,} received lately, {stand.aside:,} refused"
    words = f"{stand.campaign_id}: results to {_url(stand) or 'nowhere any more'}: {counts}"
    if stand.waiting and stand.oldest_at:
        words += f"; the oldest is of {minute(stand.oldest_at)}"
    if stand.failing_since:
        words += (
            f". Not sent since {minute(stand.failing_since)}: {stand.why}; tried next at {minute(stand.next_try_at)}"
        )
    return words


def _url(stand: ResultsStand) -> str:
    return msgspec.json.decode(stand.target, type=ResultsTarget).url if stand.target else ""


def _refused(stand: ResultsStand, aside: list[Aside]) -> list[str]:
    lines = [
        f"  {each.result_id} {each.lead_id or each.attempt_id}, {minute(each.at)}: refused with {each.why}"
        for each in aside
    ]
    if stand.aside > len(aside):
        lines.append(f"  and {stand.aside - len(aside):,} more: --json has all")
    if aside:
        lines.append(f"  once the receiver takes them: cti leads results {stand.campaign_id} --again")
    return lines


def told(stand: ResultsStand, aside: list[Aside]) -> dict[str, Any]:
    """For programs: instants in ISO, empty for never."""
    return {
        "campaign": stand.campaign_id,
        "url": _url(stand),
        "waiting": stand.waiting,
        "oldest_at": iso(stand.oldest_at) if stand.oldest_at else "",
        "under_way": stand.open,
        "received": stand.sent,
        "refused": stand.aside,
        "refusals": [
            {
                "result": each.result_id,
                "lead": each.lead_id,
                "attempt": each.attempt_id,
                "at": iso(each.at),
                "refused_at": iso(each.settled_at),
                "why": each.why,
            }
            for each in aside
        ],
        "not_sent_since": iso(stand.failing_since) if stand.failing_since else "",
        "why": stand.why,
        "tries": stand.tries,
        "next_try_at": iso(stand.next_try_at) if stand.failing_since else "",
    }
