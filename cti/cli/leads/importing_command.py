"""`cti leads import`: what a file is taken for is shown first, and asked about."""

import asyncio
import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from cti.cli.dialer.site import config_in_force
from cti.cli.leads.duplicates import Policy
from cti.cli.leads.files.opening import open_table
from cti.cli.leads.files.table import LeadTable
from cti.cli.leads.importing import Done, Importing, Wanted, sample_of
from cti.cli.leads.lists import leads_in_words, list_name, rejected_in_words, uncalled
from cti.cli.leads.mapping import ATTRIBUTE, CONSENT, GIVEN, IGNORED, Column, Columns, guess, said
from cti.cli.leads.numbers import NumberReader, region_said
from cti.cli.leads.reading import LeadReader, says_yes
from cti.cli.spreadsheets import bare
from cti.core.errors import CtiError
from cti.settings import Settings, read

SAMPLE_ROWS = 200
SHOWN_CHARACTERS = 40
REPLACED = "\ufffd"
"""Stands where bytes are no text in the encoding that was read."""


def import_(
    file: Path,
    /,
    *,
    list_: Annotated[str, Parameter(name="--list")],
    map_: Annotated[list[str] | None, Parameter(name="--map")] = None,
    country: str = "",
    duplicates: Policy = Policy.SKIP,
    attributes: bool = True,
    sheet: str = "",
    encoding: str = "",
    by: str = "",
    yes: bool = False,
) -> int:
    """Put the rows of a file on a list: CSV, a spreadsheet (XLSX), or JSON lines, of up to five million rows.

    Which column is what is guessed, shown, and asked about. Whoever is on the list already by the same id is changed. A
    row that is not taken is kept with the reason: see `cti leads rejects`. Nobody on the list is called before all of
    them are there; after an interruption the same command goes on where it was.

    Parameters
    ----------
    file
        CSV with any separator, also in gzip; XLSX; or an object a line.
    list_
        The list, which is made if it is not there: small letters, digits, - and _.
    map_
        What a column is instead of what is guessed: COLUMN=FIELD, as often as needed. Fields are number, mobile, home,
        work, other, id, name, first_name, last_name, account, segment, country, state, postcode, zone, verified,
        consent, customer_since, callback_at, priority, person, household, debt; attribute:NAME; - to leave it out; and
        consent:express or consent:written for a column of opt-ins, to say what a yes stands for.
    country
        Of numbers without a country code, such as US.
    duplicates
        What is done with a row whose number is on a list already, or in the file: skip rejects it, keep takes it, move
        brings the lead that was there to this list.
    attributes
        Whether columns that are nothing else become attributes of the lead.
    sheet
        Of a spreadsheet; without it, the first that can be seen.
    encoding
        Of a text that is not in UTF-8, such as cp1252.
    by
        Who says so; without it, whoever is logged in here.
    yes
        Do not ask.
    """
    settings = read(needs_carrier=False)
    list_name(list_)
    region = region_said(country)
    numbers = NumberReader(region)
    table = open_table(file, numbers.is_number, sheet=sheet, encoding=encoding)
    try:
        sample = sample_of(table, SAMPLE_ROWS)
        columns = said(guess(table.headings, sample, numbers.is_number), map_ or [])
        if not attributes:
            columns = Columns(tuple(_left_out(column) for column in columns.columns))
        _show(table, columns, sample, file)
        if not columns.has_numbers:
            raise CtiError("No column is one of numbers. Say which with --map COLUMN=number; and --country, if needed.")
        _agreed(list_, yes=yes)
        wanted = Wanted(table, file.name, list_, columns, region, duplicates, by or getpass.getuser())
        done = asyncio.run(_imported(settings, wanted))
    except KeyboardInterrupt:
        print("stopped: the same command goes on from here", file=sys.stderr)
        raise
    finally:
        table.close()
    _tell(file, list_, done)
    return 1 if done.rejected else 0


async def _imported(settings: Settings, wanted: Wanted) -> Done:
    """By the numbering of the site that the leads are for: a number that it has none of is no number."""
    config = await config_in_force(settings)
    numbers = NumberReader(wanted.region, config.calling.numbering)
    return await Importing(settings, wanted, LeadReader(wanted.columns, numbers)).run()


def _left_out(column: Column) -> Column:
    return column._replace(field=IGNORED, name="") if column.field == ATTRIBUTE else column


def _show(table: LeadTable, columns: Columns, sample: list[Sequence[str]], file: Path) -> None:
    console = Console(stderr=True, highlight=False)
    console.print(f"{file}: {table.words}", markup=False, soft_wrap=True)
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("column", "is taken for", "such as"):
        shown.add_column(heading, overflow="fold")
    for place, column in enumerate(columns.columns):
        example = next((row[place] for row in sample if row[place].strip()), "")
        taken_for = "left out" if column.field == IGNORED else str(column)
        cells = (column.heading, taken_for, " ".join(bare(example).split())[:SHOWN_CHARACTERS])
        shown.add_row(*(cell.replace("[", r"\[") for cell in cells))
    console.print(shown)
    for place, column in enumerate(columns.columns):
        if column == Column(column.heading, CONSENT) and any(says_yes(row[place]) for row in sample):
            maps = " or ".join(f'--map "{column.heading}={CONSENT}:{given}"' for given in GIVEN)
            words = "a yes does not say which consent was given, so that its rows are rejected; say"
            console.print(f"{column.heading}: {words} {maps}", markup=False, soft_wrap=True)
    if any(REPLACED in cell for row in (table.headings, *sample) for cell in row):
        words = f"{file} is hardly in the encoding that it was read in: where {REPLACED} stands, say --encoding cp1252"
        console.print(words, markup=False, soft_wrap=True)


def _agreed(list_id: str, *, yes: bool) -> None:
    """Raises `CtiError` where nobody is there to be asked, or says no."""
    if slip := asyncio.run(uncalled(list_id)):
        print(slip, file=sys.stderr)
    if yes:
        return
    if not sys.stdin.isatty():
        raise CtiError("Say --yes if that is right, or change it with --map COLUMN=FIELD.")
    print("Import it like that? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise CtiError("Nothing was imported. Change what columns are with --map COLUMN=FIELD.")


def _tell(file: Path, list_id: str, done: Done) -> None:
    changed = f", {done.updated:,} changed" if done.updated else ""
    moved = f", {done.moved:,} moved from other lists" if done.moved else ""
    counted = f"{leads_in_words(done.imported)} imported{changed}{moved}, {rejected_in_words(done.rejected)}"
    print(f"{file}: {counted} [{done.import_id}]")
    if done.left_out:
        print(f"{done.left_out:,} numbers of leads that have others could not be used", file=sys.stderr)
    if done.rejected:
        print(f"Which, and why: cti leads rejects {list_id}", file=sys.stderr)
