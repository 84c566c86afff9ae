"""`cti leads`: the lists of people who are to be called."""

import asyncio
import getpass
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NamedTuple

import cyclopts
import orjson
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from cti.cli.dialer import question
from cti.cli.dialer.site import read_from, read_started_site
from cti.cli.dnc.exporting import writing
from cti.cli.dnc.registries import registry_rows
from cti.cli.leads import lists
from cti.cli.leads.adding import details_of, others_with, post
from cti.cli.leads.importing_command import import_
from cti.cli.leads.judging import LATER, NO, YES, Judge
from cti.cli.leads.mapping import NUMBERS, of_the_person
from cti.cli.leads.numbers import region_said
from cti.cli.leads.results import results
from cti.cli.leads.sheets import SheetTable, is_sheet
from cti.cli.leads.washing import DUPLICATE, NUMBER, Summary, Wash, opened
from cti.cli.local import ask
from cti.cli.progress import bytes_bar
from cti.cli.tables import NumberTable
from cti.core.errors import CtiError
from cti.dialer.numbering.normalise import Unusable, normalise
from cti.lists.lookup import OpenLists
from cti.settings import LISTS, Settings, read

app = cyclopts.App(name="leads", help="Lists of people to be called: import, look, export, wash.")
app.command(import_, name="import")
app.command(results)

NICENESS = 10
NATIONAL_DIGITS = range(7, 14)

WORDS = {
    NUMBER: "it is no number that can be rung",
    "CONSENT": "what it says of consent is none of what is known",
    DUPLICATE: "an earlier row has the same number; the verdict is that of both",
    "ZONE-UNKNOWN": "where it is, and so what time it is there, is not known",
    "NO-RULES": "no calling rules are known for its country",
    "DNC-COMPANY": "on our own list",
    "DNC-CAMPAIGN": "on our own list for this campaign",
    "DNC-AREA-CODE": "on our own list by how it begins",
    "DNC-WILDCARD": "on our own list by a pattern",
    "DNC-WIRELESS": "on our own list of mobile numbers",
    "CAMPAIGN-COUNTRY": "of a country that the campaign does not call",
    "CAMPAIGN-HOURS": "outside the campaign's own hours",
}
"""What the rules that are not rows of a file mean."""


@app.command
def add(
    number: str,
    /,
    *more: str,
    list_: Annotated[str, Parameter(name="--list")],
    id_: Annotated[str, Parameter(name="--id")] = "",
    name: str = "",
    country: str = "",
    state: str = "",
    postcode: str = "",
    zone: str = "",
    verified: bool = False,
    consent: str = "",
    callback_at: str = "",
    priority: int = 0,
    attribute: list[str] | None = None,
    by: str = "",
) -> int:
    """Put somebody on a list, to be called from now on. Whoever is there by the same --id is changed; without --id,
    whoever has one of the numbers.

    Parameters
    ----------
    number
        The number to ring first, perhaps with its kind: mobile:+13055550123.
    more
        Other numbers, in the order in which they are rung.
    list_
        The list, which is made if it is not there.
    id_
        What your own systems call this person.
    name
        For the agent to see.
    country
        Where the person is, such as US; numbers without a country code are taken to be of there, too.
    state
        Where in that country, such as FL.
    postcode
        Its postal code.
    zone
        The person's time zone, such as America/New_York.
    verified
        They said lately that they are there: so that alone says when they may be called, wherever else the number may
        be.
    consent
        none, express or written.
    callback_at
        When a call was promised: 2026-11-24T15:30-05:00, or without an offset in the person's --zone.
    priority
        Higher ones are called first; from -100 to 100.
    attribute
        Whatever else is known: name=value, as often as needed.
    by
        Who says so; without it, whoever is logged in here.
    """
    fields = {"id": id_, "name": name, "country": country, "state": state, "postcode": postcode, "zone": zone}
    fields |= {"consent": consent, "callback_at": callback_at, "priority": str(priority)}
    fields |= {"verified": "yes"} if verified else {}
    details = asyncio.run(details_of([number, *more], fields, attribute or [], region_said(country)))
    others = asyncio.run(others_with(details))
    post(list_, details, by)
    print(f"{details.numbers[0].number} is on the list {list_} from now on")
    _tell_others(others, "" if id_ else list_)
    if slip := asyncio.run(lists.uncalled(list_)):
        print(slip, file=sys.stderr)
    return 0


def _tell_others(others: dict[str, str], changed_on: str) -> None:
    """Who has one of the numbers already: of those on the list `changed_on` one is changed."""
    here = [lead_id for lead_id, where in others.items() if where == changed_on]
    if here:
        print(f"Whoever has one of its numbers there is changed by that [{', '.join(here)}]", file=sys.stderr)
    elif others:
        print(f"The same number is there already, as {', '.join(others)}", file=sys.stderr)


@app.command(name="list")
def list_(*, json: bool = False) -> int:
    """Every list: how many are on it, where they stand in campaigns, and what was imported when."""
    told = asyncio.run(lists.lists_told())
    if json:
        print("".join(orjson.dumps(row).decode() + "\n" for row in told), end="")
        return 0
    if not told:
        print("There are no leads yet. `cti leads import FILE --list NAME` brings some from a file.")
    console = Console(highlight=False, soft_wrap=True)
    for row in told:
        removing = ", being removed" if row["removing"] else ""
        console.print(f"{row['list']}: {lists.leads_in_words(row['leads'])}{removing}", markup=False)
        for campaign, counts in row["campaigns"].items():
            standing = ", ".join(f"{count:,} {status}" for status, count in counts.items())
            console.print(f"  in campaign {campaign}: {standing}", markup=False)
        for each in row["imports"]:
            status = "" if each["status"] == "done" else f" ({each['status']})"
            counted = f"{lists.leads_in_words(each['leads'])}, {lists.rejected_in_words(each['rejected'])}"
            words = f"{each['at']} {each['file']} by {each['by']}: {counted}{status}"
            console.print(f"  {words} [{each['import']}]", markup=False)
    return 0


@app.command
def show(lead: str, /) -> int:
    """Everything that is known of a lead, whether it is on our own lists of whom not to call, and where it stands in
    each campaign, as JSON.

    Parameters
    ----------
    lead
        Its id; or a number in E.164, or the id in your own systems, for all who have it.
    """
    for lead_id in asyncio.run(lists.leads_named(lead)):
        told = asyncio.run(lists.lead_told(lead_id))
        print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        for line in lists.set_aside(told):
            print(line, file=sys.stderr)
    return 0


@app.command
def export(
    list_id: str,
    /,
    *,
    out: Path | None = None,
    campaign: str = "",
    format_: Annotated[str, Parameter(name="--format")] = "csv",
) -> int:
    """Everybody on a list, with what came of it so far.

    Parameters
    ----------
    list_id
        The list.
    out
        Where to write; without it, to standard output.
    campaign
        Only what came of it in this campaign.
    format_
        csv, with a row for each campaign that a lead stands in; or jsonl, an object a lead.
    """
    if format_ not in ("csv", "jsonl"):
        raise CtiError(f"--format: there is no {format_!r}; write csv or jsonl.")
    count = asyncio.run(lists.export(list_id, campaign, out, as_json=format_ == "jsonl"))
    lists.said_how_many(lists.leads_in_words(count), out)
    return 0


@app.command
def rejects(
    list_id: str, /, *, out: Path | None = None, import_id: Annotated[str, Parameter(name="--import")] = ""
) -> int:
    """The rows of a file that were not taken, as they were, each with the reason and what to do, as CSV.

    Parameters
    ----------
    list_id
        The list that they were meant for.
    out
        Where to write; without it, to standard output.
    import_id
        Of which import, as `cti leads list` names it; without it, the newest.
    """
    count = asyncio.run(lists.write_rejects(list_id, import_id, out))
    lists.said_how_many(lists.rejected_in_words(count), out)
    return 0


@app.command
def revive(list_id: str, /, *, campaign: str = "", by: str = "") -> int:
    """Ask again for those whom the rules refused for good (`suppressed`): after the rules, or our own lists, changed.

    The rules judge each of them anew before anybody is rung. Who is refused again is set aside again.

    Parameters
    ----------
    list_id
        The list.
    campaign
        Only in this campaign.
    by
        Who says so; without it, whoever is logged in here.
    """
    refused = asyncio.run(lists.refused_on(lists.list_name(list_id), campaign))
    if not refused:
        print(f"nobody on the list {list_id} is set aside: nothing to do")
        return 0
    body = {"list_id": list_id, "campaign_id": campaign, "by": by or getpass.getuser()}
    ask("admin.sock", "POST", "/leads/revive", json=body)
    for name, count in refused.items():
        print(f"{count:,} of the list {list_id} are asked again by campaign {name} from now on")
    return 0


@app.command
def remove(list_id: str, lead: str = "", /, *, by: str = "", yes: bool = False) -> int:
    """Take somebody, or with --yes everybody, off a list: they are forgotten, and called by no campaign.

    That somebody does not want to be called any more is another matter: see `cti dnc add`.

    Parameters
    ----------
    list_id
        The list.
    lead
        The lead's id; without it, the whole list with its imports.
    by
        Who says so; without it, whoever is logged in here.
    yes
        The whole list is meant.
    """
    if not lead and not yes:
        raise CtiError(f"Say --yes if everybody on {list_id} is to be forgotten, or which lead.")
    asyncio.run(lists.check_removal(lists.list_name(list_id), lead))
    body = {"list_id": list_id, "lead_id": lead, "by": by or getpass.getuser()}
    ask("admin.sock", "POST", "/leads/remove", json=body)
    print(f"{lead or 'everybody'} is off the list {list_id} from now on")
    return 0


@app.command
def wash(
    file: Path,
    /,
    *,
    campaign: str = "",
    out: Path | None = None,
    column: str = "",
    map_: Annotated[list[str] | None, Parameter(name="--map")] = None,
    sheet: str = "",
    at: str = "now",
    country: str = "",
) -> int:
    """Each number of a file against everything: is it one, our lists, registries, where it is, consent, hours, caps.

    Each row comes out with five columns more: the number in E.164; yes, later or no; the rules that say no, or that it
    is a duplicate; the next instant at which none does; and why, in words. A summary by rule goes to standard error.
    Nothing is changed, and no running server is needed.

    Parameters
    ----------
    file
        CSV with one heading a column, or a number a line, also in gzip; XLSX; or an object a line. Columns that say
        where the person is, and of consent, are known by the headings that an import knows.
    campaign
        By whose rules. Without it only lists, and where the number is, are looked at.
    out
        Where to write; without it, to standard output.
    column
        Where the numbers are: its heading, or its place from 1. Without it, it is guessed.
    map_
        What a column is instead, as for an import: COLUMN=FIELD, of number, country, state, postcode, zone, verified,
        consent;
        consent:express or consent:written for a column of opt-ins; - to leave it out.
    sheet
        Of a spreadsheet; without it, the first that can be seen.
    at
        An instant with Z or an offset, past or future.
    country
        Of numbers without a country code; without it, the campaign's first.
    """
    region = region_said(country)
    with suppress(OSError):
        os.nice(NICENESS)  # calls come first
    settings = read(needs_carrier=False)
    if out and out.exists() and file.exists() and out.samefile(file):
        raise CtiError("--out: give another file than the one that is washed.")
    numbered = [each.rpartition("=")[0] for each in map_ or [] if each.rpartition("=")[2].strip() in NUMBERS]
    reading = Reading(column or "".join(numbered[:1]), map_ or [], sheet, region)
    summary, judge = asyncio.run(_wash(settings, file, campaign, out, question.instant(at), reading))
    _show(summary, judge, file, Console(stderr=True, highlight=False))
    return 0


class Reading(NamedTuple):
    """How a file is read: where its numbers are, what its columns are, which sheet, and of which country."""

    column: str
    told: list[str]
    sheet: str
    region: str


async def _wash(
    settings: Settings, file: Path, campaign_id: str, out: Path | None, at: int, reading: Reading
) -> tuple[Summary, Judge]:
    site = await read_started_site(settings)
    campaign = question.campaign_of(site.config, campaign_id, site.source) if campaign_id else None
    region = reading.region or (campaign.countries[0] if campaign else "")

    async with opened(settings, site, campaign) as stored:
        with (
            OpenLists(settings.data_dir / LISTS) as lists,
            _table(file, reading.column, reading.sheet, region) as table,
            writing(out) as written,
            bytes_bar("rows") as bar,
        ):
            judge = Judge(site, settings.site, lists, registry_rows(site, settings.data_dir), campaign, at)
            wash = Wash(table, written, judge, region, reading.told)
            print(f"{file}: {table.words}\nread from {read_from(settings, site)}", file=sys.stderr)
            task = bar.add_task(f"washing {file.name}", total=table.size, rows=0)
            async for rows in wash.run(stored):
                bar.update(task, completed=table.position, rows=rows)
    return wash.summary, judge


def _table(file: Path, column: str, sheet: str, region: str) -> NumberTable | SheetTable:
    """The file, and where its numbers are. Raises `CtiError` where nothing says of which country they are."""

    def is_number(text: str) -> bool:
        return not isinstance(normalise(text, region), Unusable)

    if sheet or is_sheet(file):
        return SheetTable(file, is_number, column, sheet)
    try:
        return NumberTable(file, is_number, column)
    except CtiError:
        table = None if region else _national_table(file, column)
        if table is None:
            raise
    if any(each.field == "country" for each in of_the_person(table.headings, ()).columns):
        return table  # each row says its own
    with table:
        where = table.words if table.words.startswith("column") else "it"
        raise CtiError(
            f"{file} was not read: {where} has numbers without a country code. Say of which country they are, "
            "such as --country US, or --campaign."
        )


def _national_table(file: Path, column: str) -> NumberTable | None:
    """The file read as numbers of whatever country; None where there are none either."""
    try:
        return NumberTable(file, _could_be_number, column)
    except CtiError:
        return None


def _could_be_number(text: str) -> bool:
    """Somewhere."""
    digits = sum(char.isdecimal() for char in text)
    return digits in NATIONAL_DIGITS and not any(char.isalpha() for char in text)


def _show(summary: Summary, judge: Judge, file: Path, console: Console) -> None:
    for rejection in summary.unreadable:
        console.print(f"{file}:{rejection.line}: {rejection.what}; {rejection.remedy}", markup=False, soft_wrap=True)
    if summary.unreadable_rows > len(summary.unreadable):
        console.print(f"... and {summary.unreadable_rows - len(summary.unreadable):,} rows more")
    words = summary.words
    left_out = f", {summary.unreadable_rows:,} left out: no rows" if summary.unreadable_rows else ""
    console.print(
        f"{summary.rows:,} rows: {words[YES]:,} may be called, {words[LATER]:,} later, {words[NO]:,} not{left_out}",
        soft_wrap=True,
    )
    if summary.foreign_states:
        states = ", ".join(state for state, _ in summary.foreign_states.most_common(5))
        foreign = summary.foreign_states.total()
        console.print(
            f"{foreign:,} {'row names' if foreign == 1 else 'rows name'} a state that the country of their number does "
            f"not have ({states}): are they numbers of another country? Say so with --country, or in a column country.",
            soft_wrap=True,
            markup=False,
        )
    if judge.examples:
        console.print(
            f"empty examples, on which nobody is: {', '.join(sorted(judge.examples))}. Import the real ones before "
            "you call in earnest.",
            soft_wrap=True,
        )
    if summary.rules:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("rule", no_wrap=True)
        table.add_column("rows", justify="right")
        table.add_column("")
        for rule, count in summary.rules.most_common():
            table.add_row(rule, f"{count:,}", judge.titles.get(rule, WORDS.get(rule, "")))
        console.print(table)
