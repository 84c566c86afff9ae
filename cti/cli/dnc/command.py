"""`cti dnc`: whom not to call. What changes goes through the running server; looking needs none."""

import asyncio
import getpass
import sys
from pathlib import Path
from time import time_ns
from typing import Any

import cyclopts
import orjson
from rich.console import Console

from cti.cli.dialer import question
from cti.cli.dialer.site import read_from, read_site, read_started_site
from cti.cli.dnc import check as checking
from cti.cli.dnc import importing
from cti.cli.dnc.adding import Asked, add_file
from cti.cli.dnc.exporting import export as exported
from cti.cli.dnc.listing import as_json as registries_json
from cti.cli.dnc.listing import show as show_registries
from cti.cli.dnc.meant import Meant, meant
from cti.cli.dnc.own import own_lists
from cti.cli.dnc.own_listing import list_own
from cti.cli.dnc.registries import registry_rows
from cti.cli.local import Refused, ask
from cti.core.errors import CtiError
from cti.core.suppression import SCOPES
from cti.settings import Settings, read

app = cyclopts.App(name="dnc", help="Whom not to call: our own lists, and registries.")


@app.command
def add(
    entry: str = "",
    /,
    *,
    reason: str = "",
    scope: str = "",
    campaign: str = "",
    seller: str = "",
    by: str = "",
    person: str = "",
    country: str = "",
    from_: Path | None = None,
    column: str = "",
) -> int:
    """Somebody is not to be called any more: at once, and until the entry is removed with a reason.

    The scope is guessed where it is plain, and said: a number is for everything that we call for, +1305* is all numbers
    that begin so, +1305555???? all of that pattern. What is there already is no second entry.

    Parameters
    ----------
    entry
        A number in any usual form, the beginning of numbers, a pattern, or with --scope household a name.
    reason
        Why; it stays on record.
    scope
        company, campaign, area_code, wildcard, household or wireless.
    campaign
        Only for this campaign.
    seller
        Only for calls of this seller.
    by
        Who says so; without it, whoever is logged in here.
    person
        Whose number it is, by the name that our systems have for them; without it, all whose it is known to be. They
        are added beside it, at whatever number.
    country
        Of numbers without a country code, such as US.
    from_
        Add many: a file with an entry a line, or a table, such as `cti dnc export` writes.
    column
        Where in the table they are: its heading, or its place from 1.
    """
    region = country.upper() or _country_of(campaign)
    by = by or _user()
    if from_:
        if entry:
            raise CtiError("Give an entry, or a file with --from, not both.")
        asked = Asked(scope, campaign, seller, reason, by, region)
        report = asyncio.run(add_file(read(needs_carrier=False), from_, asked, column))
        print(f"{report.added:,} added, {report.known:,} there already, {report.rejected:,} rejected")
        return 1 if report.rejected else 0
    if not entry:
        raise CtiError("Say whom not to call: a number, the beginning of numbers, a pattern; or a file with --from.")
    if not reason.strip():
        raise CtiError('Say why, with --reason "...": it stays on record.')
    found = meant(entry, scope, campaign_id=campaign, seller=seller, region=region)
    body = {"entries": [_entry(found, reason) | {"person_id": person}], "by": by, "origin": "cli"}
    answer = ask("admin.sock", "POST", "/suppressions", json=body)["entries"][0]
    if answer["outcome"] == "refused":
        raise CtiError(answer["detail"])
    if answer["outcome"] == "known":
        print(f"{_words(found)}: there already since {checking.minute(answer['since'])} [{answer['entry_id']}]")
    else:
        print(f"{_words(found)}: added, in force from now on [{answer['entry_id']}]")
    if answer.get("beside"):
        print(f"and for the person, at whatever number, until that is removed [{', '.join(answer['beside'])}]")
    return 0


@app.command
def remove(
    entry: str,
    /,
    *,
    reason: str = "",
    by: str = "",
    scope: str = "",
    campaign: str = "",
    seller: str = "",
    country: str = "",
) -> int:
    """Somebody may be called again. That they were on the list, and who took them off and why, stays on record.

    Parameters
    ----------
    entry
        As it was added: see `cti dnc check NUMBER`.
    reason
        Why they may be called again.
    by
        Who says so.
    scope
        As it was added; guessed like there.
    campaign
        As it was added.
    seller
        As it was added.
    country
        Of numbers without a country code, such as US.
    """
    if not reason.strip():
        raise CtiError('Say why they may be called again, with --reason "...": it stays on record.')
    if not by.strip():
        raise CtiError("Say who removes it, with --by NAME: it stays on record.")
    found = meant(
        entry, scope, campaign_id=campaign, seller=seller, region=country.upper() or _country_of(campaign, known=False)
    )
    body = {"entry": _entry(found, reason), "by": by}
    try:
        answer = ask("admin.sock", "POST", "/suppressions/remove", json=body)
    except Refused as refused:
        others = asyncio.run(_others(found)) if refused.status == 409 else []
        raise CtiError("\n".join([str(refused), *others])) from refused
    print(f"{_words(found)}: removed [{', '.join(answer['removed'])}]")
    if answer["beside"]:
        print(f"and for the person, which was added with it [{', '.join(answer['beside'])}]")
    print(
        "Leads that campaigns were refused for it meanwhile are asked again by: cti leads revive LIST", file=sys.stderr
    )
    return 0


@app.command
def refused(number: str, /, *, campaign: str, by: str = "", person: str = "", country: str = "") -> int:
    """Somebody refused what a campaign calls for: they have the rest that the rules grant after a refusal.

    That is less than not to be called any more, which is `cti dnc add`.

    Parameters
    ----------
    number
        In any usual form.
    campaign
        What was refused; it counts for its seller.
    by
        Who says so; without it, whoever is logged in here.
    person
        Whose number it is, by the name that our systems have for them.
    country
        Of numbers without a country code, such as US.
    """
    found, shown = question.number(number, country.upper() or _country_of(campaign))
    body = {"number": found, "campaign_id": campaign, "person_id": person, "by": by or _user()}
    answer = ask("admin.sock", "POST", "/refusals", json=body)
    print(f"{shown}: refused what {campaign} calls for; counts from now on [{answer['attempt_id']}]")
    return 0


@app.command
def check(
    number: str = "", /, *, household: str = "", campaign: str = "", country: str = "", json: bool = False
) -> int:
    """Every list that a number is on: ours with since when, by whom and why; registries with their version and age.

    Needs no running server. Exit status 0 with either answer.

    Parameters
    ----------
    number
        In any usual form.
    household
        Instead of a number, the name of a household or a person, as it was added.
    campaign
        Only what calls of this campaign are judged by.
    country
        Of numbers without a country code, such as US.
    json
        One line for programs; times in UTC.
    """
    if bool(number) == bool(household):
        raise CtiError("Say a number, or --household NAME for a household or a person.")
    settings = read(needs_carrier=False)
    if household:
        found = asyncio.run(checking.look_up_household(settings, household))
    else:
        found = asyncio.run(_number_or_hint(settings, number, campaign, country))
    if json:
        print(checking.as_json(found))
    else:
        checking.show(found, Console(highlight=False))
    return 0


async def _number_or_hint(settings: Settings, number: str, campaign: str, country: str) -> checking.Found:
    try:
        return await checking.look_up(settings, number, campaign, country)
    except CtiError as error:
        if not any(char.isalpha() for char in number):
            raise
        hint = f"If it names a household or a person: cti dnc check --household {number!r}."
        raise CtiError(f"{error} {hint}") from error


@app.command
def export(file: Path | None = None, /, *, scope: str = "", removed: bool = False) -> int:
    """Write our own lists as CSV, for people, other systems, and `cti dnc add --from`. Needs no running server.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.

    Parameters
    ----------
    file
        Where to; without it, to standard output.
    scope
        Only entries of this scope.
    removed
        Those that were removed as well, with by whom and why.
    """
    if scope and scope not in SCOPES:
        raise CtiError(f"--scope: there is no scope {scope!r}; there are {', '.join(SCOPES)}.")
    count, source = asyncio.run(exported(read(needs_carrier=False), file, scope, removed=removed))
    said = f"{count:,} {'entry' if count == 1 else 'entries'}, read from {source}"
    print(f"{file}: {said}" if file else said, file=sys.stdout if file else sys.stderr)
    return 0


@app.command(name="import")
def import_(
    registry: str, file: Path, /, *, by: str = "", as_of: str = "", changes: bool = False, column: str = ""
) -> int:
    """Make a list out of a registry's file, and have the running server switch to it, from one number to the next.

    Killed at any moment, the same command goes on where it was. A list that would shrink by more than 1 % waits until
    somebody else has confirmed it: see `cti dnc confirm`. Exit status 1 when it was not switched to.

    Parameters
    ----------
    registry
        Its id in do_not_call.yaml, such as us_national.
    file
        Text, or text in gzip or zip: a number a line, or a table.
    by
        Who imports it; it stays on record.
    as_of
        Of when the file is, such as 2026-11-20; without it, when the file was written here.
    changes
        The file says what to add to the version in force, and what to remove.
    column
        Where in the table the numbers are: its heading, its place from 1, or two such as 1+2.
    """
    _check_named(by)
    settings = read(needs_carrier=False)
    at, how = importing.as_of(as_of, file)
    known = importing.registry_of(registry)
    if changes and not known["version"]:
        raise CtiError(f"There is no version of {registry} to change: import a whole list first.")
    built = importing.build(settings, known, file, changes=changes, column=column)
    importing.say_read(file, built)
    print(f"as of {question.iso(at)} ({how})")
    return importing.say_switched(known, importing.switch(settings, known, built, at, by))


@app.command
def confirm(registry: str, /, *, by: str = "") -> int:
    """Switch to the version of a registry that is held. It takes somebody else than who imported it.

    Parameters
    ----------
    registry
        Its id.
    by
        Who has looked at it, and wants it.
    """
    _check_named(by)
    known = importing.registry_of(registry)
    held = known.get("held")
    if not held:
        raise CtiError(f"No version of {registry} is held: there is nothing to confirm.")
    print(f"held: {held['count']:,} numbers, brought by {held['by']}: {held['reason']}")
    body = {"version": held["version"], "by": by}
    return importing.say_switched(known, importing.patiently(f"/registries/{registry}/confirm", body))


@app.command(name="list")
def list_(*, own: bool = False, search: str = "", removed: bool = False, json: bool = False) -> int:
    """The registries: which version is in force, how old it is and may become, and what waits to be confirmed.

    With --own, our own entries instead. Needs no running server.

    Parameters
    ----------
    own
        Our own entries, the first thousand: since when, by whom and why. `cti dnc export` has all.
    search
        Only our own entries with this text in what they are about, for which campaign or seller, by whom, or why.
    removed
        Our own entries that were removed as well.
    json
        One line of JSON a registry, or an entry; times in UTC.
    """
    settings = read(needs_carrier=False)
    if own or search or removed:
        return asyncio.run(list_own(settings, search, removed=removed, json=json))
    site = asyncio.run(read_started_site(settings))
    rows, at = registry_rows(site, settings.data_dir), time_ns() // 1_000_000
    if json:
        for row in rows:
            print(orjson.dumps(registries_json(row, at)).decode())
    else:
        console = Console(highlight=False)
        show_registries(rows, at, console)
        console.print(f"\nRead from {read_from(settings, site)}", markup=False, soft_wrap=True)
    return 0


def _check_named(by: str) -> None:
    if not by.strip():
        raise CtiError("Say who you are, with --by NAME: it stays on record, and what is held needs two.")


def _entry(found: Meant, reason: str) -> dict[str, Any]:
    key = found.key
    names = {"scope": key.scope, "value": key.value, "campaign_id": key.campaign_id, "seller": key.seller}
    return names | {"reason": reason}


def _words(found: Meant) -> str:
    key = found.key
    whose = "".join(f" {kind} {name}" for kind, name in (("for", key.campaign_id), ("of", key.seller)) if name)
    guessed = f" ({found.guess})" if found.guess else ""
    return f"{key.value}, scope {key.scope}{whose}{guessed}"


async def _others(found: Meant) -> list[str]:
    """The entries with the same value that are there instead."""
    async with own_lists(read(needs_carrier=False)) as own:
        entries = await own.about([found.key.value])
    same = [entry for entry in entries if entry.value == found.key.value and entry.stands]
    return [f"There is: {checking.own_line(entry)}" for entry in same]


def _country_of(campaign: str, *, known: bool = True) -> str:
    """Where the campaign calls; empty without one."""
    if not campaign:
        return ""
    site = asyncio.run(read_site(read(needs_carrier=False)))
    if not known and campaign not in site.config.calling.campaigns:
        return ""
    return question.campaign_of(site.config, campaign, site.source).countries[0]


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        raise CtiError("Nobody is logged in here: say who adds it with --by NAME.") from None
