"""`cti dialer report`: what a regulator asks of the calls of a campaign or a seller. Reads only."""

import asyncio
import sys
from contextlib import ExitStack
from pathlib import Path
from time import time_ns
from typing import Annotated, Any, NamedTuple

import msgspec
from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from cti.cli.console import console_of
from cti.cli.dialer.question import campaign_of, check_programme, check_seller
from cti.cli.dialer.report_csv import CallsFile
from cti.cli.dialer.report_html import Heading, page
from cti.cli.dialer.report_text import show
from cti.cli.dialer.reporting import Scope, gather, nothing, scope_of, span
from cti.cli.dialer.site import Site, read_site
from cti.cli.store import reading, unreadable
from cti.core.errors import CtiError
from cti.runtime.parent import is_locked
from cti.settings import Settings, read
from cti.store.attempt_log import AttemptLog
from cti.store.clearances import Clearances
from cti.store.errors import StoreError
from cti.views.calling_report import Report, with_detection
from cti.views.detection import detection_within


class Made(NamedTuple):
    """The report, of what, and where the chain of clearances stood: its last position and hash. The log had the
    journal's records up to `upto`."""

    report: Report
    scope: Scope
    site: Site
    head: tuple[int, str]
    upto: int


def report(
    campaign: str = "",
    /,
    *,
    seller: str = "",
    programme: str = "",
    from_: Annotated[str, Parameter(name="--from")] = "",
    to: str = "",
    csv: Path | None = None,
    html: Path | None = None,
    json: bool = False,
) -> int:
    """Attempts, live answers, abandoned calls with their times, messages, refusals and clearances, by local day and in
    all; and the rate against each ceiling over its window. Works with and without a running server.

    Parameters
    ----------
    campaign
        The campaign, as its file is called.
    seller
        Instead of a campaign: all campaigns of this seller.
    programme
        Of these, only the campaigns with this purpose, or a programme of it such as sales/loans.
    from_
        The first local day (ISO); without it, 29 days before the last.
    to
        The last local day; without it, today.
    csv
        A file for the calls, one a row.
    html
        A file for the whole report as a page to print.
    json
        One line of JSON.
    """
    asked = {"campaign": campaign, "seller": seller, "programme": programme, "from": from_, "to": to}
    made = asyncio.run(_make(read(needs_carrier=False), asked, csv))
    if html:
        _write(html, page(made.report, _heading(made)))
    if json:
        print(msgspec.json.encode(_fields(made)).decode())
    else:
        show(made.report, made.head, console_of())
    return 0


async def _make(settings: Settings, asked: dict[str, str], csv: Path | None) -> Made:
    site = await read_site(settings)
    scope = scope_of(site.config, asked, time_ns() // 1_000_000)
    try:
        async with reading(settings) as store:
            log, clearances = AttemptLog(store, settings.site), Clearances(store, settings.site)
            upto = await log.cursor()
            found = _told_apart(await _gather(log, scope, site, csv), scope, site)
            head = await clearances.last()
    except StoreError as error:
        raise unreadable("The store", error, settings) from error
    if not found.campaigns:
        _check_names(scope, site)
    if site.state and site.state.last.seq > upto:
        print(_behind(settings, site.state.last.seq - upto), file=sys.stderr)
    return Made(found, scope, site, head, upto)


def _behind(settings: Settings, records: int) -> str:
    """Nobody but a running server takes them in."""
    remedy = "make it again in a moment, when the server has taken them in"
    if not is_locked(settings.data_dir):
        remedy = "no server runs on these files; start it, which takes them in, and make the report again"
    return f"the journal has {records} records more than this report: {remedy}"


def _check_names(scope: Scope, site: Site) -> None:
    """What has not called must be configured: else a slip would look like a report of nothing."""
    if scope.campaign_id:
        asked = [campaign_of(site.config, scope.campaign_id, site.source)]
    else:
        check_seller(site.config, scope.seller, site.source)
        asked = [each for each in site.config.calling.campaigns.values() if each.seller == scope.seller]
    if scope.programme:
        check_programme(asked, scope.programme)


def _told_apart(found: Report, scope: Scope, site: Site) -> Report:
    """What agents heard is in the state, not in the log; where the journal cannot be read nobody knows."""
    if site.state is None:
        return found
    return with_detection(found, detection_within(site.state, found.campaigns, scope.from_day, scope.to_day))


async def _gather(log: AttemptLog, scope: Scope, site: Site, csv: Path | None) -> Report:
    total = await log.count(*span(scope))
    with ExitStack() as stack:
        seen = nothing
        if csv:
            try:
                file = stack.enter_context(csv.open("w", encoding="utf-8", newline=""))
            except OSError as error:
                raise CtiError(f"--csv: {csv} cannot be written: {error.strerror}.") from error
            seen = CallsFile(file).add
        console = Console(stderr=True)
        progress = stack.enter_context(Progress(console=console, transient=True, disable=not console.is_terminal))
        task = progress.add_task("reporting", total=total)
        return await gather(log, scope, site.config, seen, lambda count: progress.update(task, completed=count))


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise CtiError(f"--html: {path} cannot be written: {error.strerror}.") from error


def _heading(made: Made) -> Heading:
    scope, config = made.scope, made.site.config
    campaign = config.calling.campaigns.get(scope.campaign_id)
    name = f"{campaign.name} ({campaign.campaign_id})" if campaign else scope.campaign_id
    return Heading(
        subject=name or scope.seller,
        programme=scope.programme,
        site=config.name,
        zone=scope.zone.name,
        made_at=time_ns() // 1_000_000,
        upto=made.upto,
        position=made.head[0],
        hash=made.head[1],
    )


def _fields(made: Made) -> dict[str, Any]:
    told = msgspec.to_builtins(made.report)
    return {
        **told,
        "zone": made.scope.zone.name,
        "upto": made.upto,
        "chain": {"position": made.head[0], "hash": made.head[1]},
    }
