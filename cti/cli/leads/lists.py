"""Lists of leads from the command line: what is on them, and what was not taken."""

import csv
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TextIO

import msgspec
import orjson

from cti.api.leads import LIST
from cti.cli.dialer.question import iso
from cti.cli.dialer.site import config_in_force
from cti.cli.dnc.check import covering, own_json
from cti.cli.dnc.exporting import writing
from cti.cli.dnc.own import own_lists
from cti.cli.spreadsheets import harmless
from cti.cli.store import reading, unreadable
from cti.configuration.mistake import suggest
from cti.core.config import SiteConfig
from cti.core.errors import CtiError
from cti.core.states import LeadStatus
from cti.settings import Settings, read
from cti.store.errors import StoreError
from cti.store.leads.common import SUCCESS, TAKEN
from cti.store.leads.looking import KnownLead, LastCall, LookingAtLeads, Standing
from cti.store.results.common import decimal

PIECE = 500
NAMES_SHOWN = 20
RESULTS = (
    *("campaign", "status", "segment", "attempts", "last_outcome", "last_at", "next_at"),
    *("disposition", "amount", "currency", "callback_at", "callback_for", "agent", "note"),
)
NO_CALL = LastCall("", "", "")

Calls = Mapping[tuple[str, str], LastCall]
"""The last call by campaign and lead."""


def list_name(name: str) -> str:
    """Raises `CtiError` for what is no name of a list."""
    if not LIST.fullmatch(name):
        raise CtiError(f"{name!r} is no name for a list: write small letters, digits, - and _.")
    return name


@asynccontextmanager
async def looking(settings: Settings | None = None) -> AsyncIterator[LookingAtLeads]:
    """Raises `CtiError` where the store cannot be read."""
    settings = settings or read(needs_carrier=False)
    try:
        async with reading(settings) as store:
            yield LookingAtLeads(store, settings.site)
    except StoreError as error:
        raise unreadable("The leads", error, settings) from error


async def check_list(leads: LookingAtLeads, list_id: str) -> None:
    """Raises `CtiError` where there is no such list, with the one that may be meant."""
    names = await leads.names()
    if list_id not in names:
        raise CtiError(f"There is no list {list_id!r}: {suggest(list_id, names, in_words(names, 'list'))}")


def in_words(names: Iterable[str], what: str) -> str:
    """What there is instead."""
    known = sorted(names)
    there_are = ", ".join(known[:NAMES_SHOWN]) + (" and others" if len(known) > NAMES_SHOWN else "")
    return f"there are {there_are}." if known else f"there is no {what} at all."


def check_campaign(campaign_id: str, names: Iterable[str]) -> None:
    """Raises `CtiError` where it is none of these, with the one that may be meant."""
    known = sorted(names)
    if campaign_id not in known:
        raise CtiError(
            f"There is no campaign {campaign_id!r}: {suggest(campaign_id, known, in_words(known, 'campaign'))}"
        )


async def configured_campaigns(settings: Settings) -> list[str]:
    """Those of the site's configuration."""
    return list((await config_in_force(settings)).calling.campaigns)


async def check_removal(list_id: str, lead_id: str) -> None:
    """Raises `CtiError` where there is no such list, or the lead is not on it."""
    async with looking() as leads:
        await check_list(leads, list_id)
        known = await leads.lead(lead_id) if lead_id else None
    if lead_id and (known is None or known.list_id != list_id):
        hint = f"it is on {known.list_id}" if known else "`cti leads show` finds its id by a number or an id of yours"
        raise CtiError(f"There is no lead {lead_id!r} on the list {list_id}: {hint}.")


async def lists_told() -> list[dict[str, Any]]:
    """Each list: how many are on it, where they stand in campaigns, and what was imported."""
    async with looking() as leads:
        imports = await leads.imports()
        found = {list_id: {"leads": size, "removing": removing} for list_id, size, removing in await leads.lists()}
        for row in imports:
            found.setdefault(row.list_id, {"leads": 0, "removing": False})
        told = []
        for list_id, row in sorted(found.items()):
            brought = await leads.brought(list_id)
            ours = [_import_told(each, brought.get(each.import_id, 0)) for each in imports if each.list_id == list_id]
            counts: dict[str, dict[str, int]] = {}
            for (campaign_id, status), count in sorted((await leads.counts(list_id)).items()):
                if count and status not in (TAKEN, SUCCESS):
                    counts.setdefault(campaign_id, {})[status.lower()] = count
            told.append({"list": list_id, **row, "campaigns": counts, "imports": ours})
        return told


def _import_told(row: Any, brought: int) -> dict[str, Any]:
    return {
        "import": row.import_id,
        "file": row.source,
        "by": row.imported_by,
        "at": iso(row.started_at),
        "status": row.status.lower(),
        "rows": row.rows,
        "leads": brought,
        "rejected": row.rejected,
    }


async def lead_told(lead_id: str) -> dict[str, Any]:
    """Everything that is known of a lead, and what keeps it from being called on our own lists. Raises `CtiError` where
    there is none."""
    settings = read(needs_carrier=False)
    async with looking(settings) as leads, own_lists(settings) as own:
        known = await leads.lead(lead_id)
        if known is None:
            raise CtiError(f"There is no lead {lead_id!r}. Ask by its id, an id of yours, or a number in E.164.")
        standing = await leads.standing([lead_id])
        calls = await leads.last_calls(standing)
        details = msgspec.to_builtins(known.details)
        barred = [
            {"number": number, **own_json(entry)}
            for number in dict.fromkeys(each.number for each in known.details.numbers)
            for entry in await covering(own, number)
            if entry.stands
        ]
        return {
            "lead": lead_id,
            "list": known.list_id,
            **details,
            "do_not_call": barred,
            "campaigns": [_standing_told(each, lead_id, calls) for each in standing.get(lead_id, [])],
        }


def set_aside(told: dict[str, Any]) -> list[str]:
    """Of a lead as `lead_told` tells it: a line for each campaign in which the rules refused it for good."""
    aside = [each for each in told["campaigns"] if each["status"] == LeadStatus.SUPPRESSED.lower()]
    return [_aside_in_words(each, told["list"], [each["number"] for each in told["numbers"]]) for each in aside]


def _aside_in_words(standing: dict[str, Any], list_id: str, numbers: list[str]) -> str:
    campaign = standing["campaign"]
    rules = ", ".join(dict.fromkeys(each["rule"] for each in standing["refused"])) or "a rule"
    now = f"cti dialer explain {numbers[0]} --campaign {campaign}" if numbers else "it has no number left"
    return (
        f"{campaign}: set aside, as {rules} knows no end of its no. What the rules say now: {now}. The lead is asked "
        f"again once it is changed, or after cti leads revive {list_id}."
    )


async def refused_on(list_id: str, campaign_id: str) -> dict[str, int]:
    """How many of a list the rules have refused for good, by campaign. Raises `CtiError` for names that there are
    not."""
    settings = read(needs_carrier=False)
    async with looking(settings) as leads:
        await check_list(leads, list_id)
        if campaign_id:
            check_campaign(campaign_id, {*await leads.campaigns(), *await configured_campaigns(settings)})
        counts = await leads.counts(list_id)
    return {
        campaign: count
        for (campaign, status), count in sorted(counts.items())
        if count and status == LeadStatus.SUPPRESSED and campaign_id in ("", campaign)
    }


async def leads_having(number: str) -> list[str]:
    """The ids of those who have it."""
    async with looking() as leads:
        return sorted({lead_id for _, lead_id, _ in await leads.having([number])})


async def leads_named(said: str) -> list[str]:
    """The ids of those who are meant by a number in E.164, by a lead's id, or by an id of the user's own. Raises
    `CtiError` where nobody is."""
    if said.startswith("+"):
        named = await leads_having(said)
        if not named:
            raise CtiError(f"Nobody on any list has the number {said}.")
        return named
    async with looking() as leads:
        return [said] if await leads.lead(said) else (await leads.known_as(said) or [said])


def _standing_told(standing: Standing, lead_id: str, calls: Calls) -> dict[str, Any]:
    call = calls.get((standing.campaign_id, lead_id), NO_CALL)
    is_promised = standing.status == LeadStatus.CALLBACK
    return {
        "campaign": standing.campaign_id,
        "status": standing.status.lower(),
        "segment": standing.segment,
        "attempts": standing.attempts,
        "last_outcome": standing.last_outcome.lower(),
        "last_at": iso(standing.last_at) if standing.last_at else "",
        "next_at": iso(standing.next_at) if standing.next_at else "",
        "disposition": standing.disposition,
        "amount": decimal(standing.amount) if standing.amount else "",
        "currency": standing.currency,
        "callback_at": iso(standing.next_at) if is_promised else "",
        "callback_for": standing.callback_for,
        "refused": [{"number": number, "rule": rule} for number, rule in standing.refused],
        "agent": call.agent_id,
        "note": call.note,
    }


async def write_rejects(list_id: str, import_id: str, out: Path | None) -> int:
    """The rows of an import (the newest without a name) that were not taken, as they were, each with the reason.
    Returns how many."""
    async with looking() as leads:
        await check_list(leads, list_id)
        imports = [row for row in await leads.imports(list_id) if import_id in ("", row.import_id)]
        if not imports:
            raise CtiError(f"Nothing was imported into {list_id!r}{f' as {import_id}' if import_id else ''}.")
        chosen = imports[-1]
        headings = msgspec.json.decode(chosen.headings, type=tuple[str, ...])
        count = 0
        with writing(out) as written:
            rows = csv.writer(written, lineterminator="\n")
            rows.writerow([harmless(cell) for cell in (*headings, "rejected_line", "rejected_why", "rejected_remedy")])
            async for each in leads.rejects(chosen.import_id):
                cells = (*each.cells[: len(headings)], *[""] * (len(headings) - len(each.cells)))
                rows.writerow([harmless(cell) for cell in (*cells, str(each.row), each.reason, each.remedy)])
                count += 1
    return count


async def export(list_id: str, campaign_id: str, out: Path | None, *, as_json: bool) -> int:
    """Everybody on a list, with what came of it in campaigns. Returns how many."""
    settings = read(needs_carrier=False)
    async with looking(settings) as leads:
        await check_list(leads, list_id)
        if campaign_id:
            check_campaign(campaign_id, {*await leads.campaigns(), *await configured_campaigns(settings)})
        with writing(out) as written:
            write = _as_json(written) if as_json else await _as_csv(leads, list_id, written)
            count = 0
            piece: list[KnownLead] = []
            async for lead in leads.on_list(list_id):
                piece.append(lead)
                count += 1
                if len(piece) == PIECE:
                    await _write(leads, piece, campaign_id, write)
                    piece = []
            await _write(leads, piece, campaign_id, write)
    return count


async def _write(leads: LookingAtLeads, piece: list[KnownLead], campaign_id: str, write: Any) -> None:
    standing = await leads.standing([lead.lead_id for lead in piece])
    calls = await leads.last_calls(standing)
    for lead in piece:
        theirs = [each for each in standing.get(lead.lead_id, []) if campaign_id in ("", each.campaign_id)]
        write(lead, [_standing_told(each, lead.lead_id, calls) for each in theirs])


def _as_json(out: TextIO) -> Any:
    def write(lead: KnownLead, results: list[dict[str, Any]]) -> None:
        told = {"lead": lead.lead_id, **msgspec.to_builtins(lead.details)}
        out.write(orjson.dumps(told | {"campaigns": results}).decode() + "\n")

    return write


async def _as_csv(leads: LookingAtLeads, list_id: str, out: TextIO) -> Any:
    """A row for each campaign that a lead stands in. The headings need all attributes, so the list is read twice."""
    names: dict[str, None] = {}
    most = 1
    async for lead in leads.on_list(list_id):
        names.update(dict.fromkeys(name for name, _ in lead.details.attributes))
        most = max(most, len(lead.details.numbers))
    numbers = [f"number{place}" if place > 1 else "number" for place in range(1, most + 1)]
    kinds = [f"{name}_kind" for name in numbers]
    known = ("lead", "id", "name", "account", "segment", "country", "state", "postcode", "zone", "consent", "priority")
    rows = csv.writer(out, lineterminator="\n")
    own = [name if name not in (*known, *numbers, *kinds, *RESULTS) else f"{name} (attribute)" for name in names]
    rows.writerow(
        [harmless(cell) for cell in (*known, *numbers, *kinds, *own, *(f"result_{name}" for name in RESULTS))]
    )

    def write(lead: KnownLead, results: list[dict[str, Any]]) -> None:
        for result in results or [dict.fromkeys(RESULTS, "")]:
            cells = (*_cells(lead, most, list(names)), *(str(result[name]) for name in RESULTS))
            rows.writerow([harmless(cell) for cell in cells])

    return write


def _cells(lead: KnownLead, most: int, names: list[str]) -> list[str]:
    details, customer, address = lead.details, lead.details.customer, lead.details.address
    numbers = [each.number for each in details.numbers] + [""] * (most - len(details.numbers))
    kinds = [each.kind for each in details.numbers] + [""] * (most - len(details.numbers))
    said = dict(details.attributes)
    who = [customer.name, customer.account, customer.segment] if customer else [""] * 3
    where = [address.country, address.state, address.postcode, address.zone] if address else [""] * 4
    known = [lead.lead_id, details.external_id, *who, *where, details.consent, str(details.priority)]
    return [*known, *numbers, *kinds, *(said.get(name, "") for name in names)]


def said_how_many(counted: str, out: Path | None) -> None:
    """To standard error, as standard output may have the rows."""
    print(f"{counted}{f' in {out}' if out else ''}", file=sys.stderr)


def leads_in_words(count: int) -> str:
    """`1 lead`, `1,000 leads`."""
    return f"{count:,} {'lead' if count == 1 else 'leads'}"


def rejected_in_words(count: int) -> str:
    """`1 row rejected`, `2 rows rejected`."""
    return f"{count:,} {'row' if count == 1 else 'rows'} rejected"


async def uncalled(list_id: str) -> str:
    """A sentence where no campaign of the site calls a list; empty where one does."""
    return slip_of(await config_in_force(read(needs_carrier=False)), list_id)


def slip_of(config: SiteConfig, list_id: str) -> str:
    """The name of a list that no campaign calls, though they call others, may be a slip: then a sentence."""
    dialled = [campaign.dialling for campaign in config.calling.campaigns.values() if campaign.dialling]
    called = sorted({each for dialling in dialled for each in dialling.claim.lists})
    if not called or list_id in called:
        return ""
    remedy = suggest(list_id, called, f"they call {', '.join(called)}.")
    return f"No campaign calls the list {list_id}: {remedy}"
