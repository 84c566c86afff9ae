"""`cti leads`: the lists of people who are to be called."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

import cyclopts
from rich.console import Console
from rich.table import Table

from cti.cli.dialer import question
from cti.cli.dialer.site import read_from, read_started_site
from cti.cli.dnc.exporting import writing
from cti.cli.dnc.registries import registry_rows
from cti.cli.leads.judging import LATER, NO, YES, Judge
from cti.cli.leads.washing import ADDRESS, DUPLICATE, NUMBER, Summary, Wash, opened
from cti.cli.progress import bytes_bar
from cti.cli.tables import NumberTable
from cti.core.errors import CtiError
from cti.dialer.numbering.normalise import Unusable, normalise
from cti.lists.lookup import OpenLists
from cti.settings import LISTS, Settings, read

app = cyclopts.App(name="leads", help="Wash lists of people to be called.")

NICENESS = 10
NATIONAL_DIGITS = range(7, 14)

WORDS = {
    NUMBER: "it is no number that can be rung",
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
def wash(
    file: Path, /, *, campaign: str = "", out: Path | None = None, column: str = "", at: str = "now", country: str = ""
) -> int:
    """Each number of a file against everything: is it one, our lists, registries, where it is, consent, hours, caps.

    Each row comes out with five columns more: the number in E.164; yes, later or no; the rules that say no, or that it
    is a duplicate; the next instant at which none does; and why, in words. A summary by rule goes to standard error.
    Nothing is changed, and no running server is needed.

    Parameters
    ----------
    file
        CSV with one heading a column, or a number a line; also in gzip. Columns named country, state, zip, zone and
        consent are taken into account.
    campaign
        By whose rules. Without it only lists, and where the number is, are looked at.
    out
        Where to write; without it, to standard output.
    column
        Where the numbers are: its heading, or its place from 1. Without it, it is guessed.
    at
        An instant with Z or an offset, past or future.
    country
        Of numbers without a country code; without it, the campaign's first.
    """
    with suppress(OSError):
        os.nice(NICENESS)  # calls come first
    settings = read(needs_carrier=False)
    if out and out.exists() and file.exists() and out.samefile(file):
        raise CtiError("--out: give another file than the one that is washed.")
    summary, judge = asyncio.run(_wash(settings, file, campaign, out, column, question.instant(at), country.upper()))
    _show(summary, judge, file, Console(stderr=True, highlight=False))
    return 0


async def _wash(
    settings: Settings, file: Path, campaign_id: str, out: Path | None, column: str, at: int, country: str
) -> tuple[Summary, Judge]:
    site = await read_started_site(settings)
    campaign = question.campaign_of(site.config, campaign_id, site.source) if campaign_id else None
    region = country or (campaign.countries[0] if campaign else "")

    async with opened(settings, site, campaign) as stored:
        with (
            OpenLists(settings.data_dir / LISTS) as lists,
            _table(file, column, region) as table,
            writing(out) as written,
            bytes_bar("rows") as bar,
        ):
            judge = Judge(site, settings.site, lists, registry_rows(site, settings.data_dir), campaign, at)
            wash = Wash(table, written, judge, region)
            print(f"{file}: {table.words}\nread from {read_from(settings, site)}", file=sys.stderr)
            task = bar.add_task(f"washing {file.name}", total=table.size, rows=0)
            async for rows in wash.run(stored):
                bar.update(task, completed=table.position, rows=rows)
    return wash.summary, judge


def _table(file: Path, column: str, region: str) -> NumberTable:
    """The file, and where its numbers are. Raises `CtiError` where nothing says of which country they are."""

    def is_number(text: str) -> bool:
        return not isinstance(normalise(text, region), Unusable)

    try:
        return NumberTable(file, is_number, column)
    except CtiError:
        table = None if region else _national_table(file, column)
        if table is None:
            raise
    if any(ADDRESS.get(heading.strip().casefold()) == "country" for heading in table.headings):
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
        console.print(
            f"{summary.foreign_states.total():,} rows name a state that the country of their number does not have "
            f"({states}): are they numbers of another country? Say so with --country, or in a column country.",
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
