"""The follower: it folds the journal behind the worker, and alone writes the store."""

import asyncio
import functools
import os
import signal
from io import BytesIO
from typing import Any

import msgspec
import structlog
from aiohttp import web

from cti.api.admin import follower_routes
from cti.api.leads import remaining_routes, staging_routes
from cti.api.results import results_routes
from cti.app.common import CANNOT_WRITE_REMEDY, Go, listen_locally, versions_of
from cti.app.segments import segments
from cti.core.errors import JournalError, JournalUnavailable
from cti.core.ports import Journal
from cti.core.states import Direction
from cti.core.zone import UTC, site_zone
from cti.journal.sql import SqlJournal
from cti.lists.sweeping import Sweeper
from cti.named_secrets import NamedSecrets
from cti.results.posting import Poster
from cti.results.sender import Sender
from cti.runtime.clock import Clock
from cti.runtime.failpoints import Failpoints
from cti.runtime.follower import Follower
from cti.runtime.housekeeping import DAY_MS, EVERY_S
from cti.runtime.logs import Reminder
from cti.runtime.patience import patiently
from cti.runtime.snapshots import Snapshots
from cti.settings import LISTS, Settings
from cti.store.customers import Customers
from cti.store.errors import StoreError, StoreUnavailable
from cti.store.leads.remaining import remaining
from cti.store.leads.staging import Staging
from cti.store.leads.upkeep import Upkeep
from cti.store.projectors import projections_of
from cti.store.records import ContactRecords
from cti.store.results.outbox import Outbox
from cti.store.retention import forget
from cti.store.store import Store

log = structlog.get_logger()

LEADS_EVERY_S = 0.5
"""How soon a lead that was posted can be called, at most."""

PASSING = (JournalUnavailable, StoreUnavailable, OSError)
"""What keeps the follower waiting, and does not end it."""


class StoreDoor:
    """What the follower's store does for the command line."""

    def __init__(self, store: Store, site: str) -> None:
        self._customers = Customers(store, site)
        self._records = ContactRecords(store, site)

    async def import_customers(self, content: bytes) -> Any:
        """Take in a CSV file (UTF-8); the report names each row that was rejected."""
        return await self._customers.import_csv(BytesIO(content))

    async def recent_contacts(self, limit: int, direction: Direction | None) -> list[dict[str, Any]]:
        """The newest contact records of one direction, or of both, newest first."""
        return [msgspec.structs.asdict(record) for record in await self._records.recent(limit, direction)]


async def follow(settings: Settings, go: Go, wake_fd: int, parent_gone: asyncio.Event) -> int:
    """The follower's life."""
    gone = asyncio.create_task(parent_gone.wait())
    opening = asyncio.create_task(_open_to_follow(settings))
    await asyncio.wait([opening, gone], return_when=asyncio.FIRST_COMPLETED)
    if not opening.done():
        return 0
    journal, store = opening.result()
    projections = projections_of(store, settings.site)
    snapshots = Snapshots(settings.data_dir / "snapshots")
    follower = Follower(
        settings.site, journal, snapshots, projections, Failpoints(go.failpoints), settings.snapshot_records
    )
    os.set_blocking(wake_fd, False)

    def woken() -> None:
        os.read(wake_fd, 65_536)
        follower.woken.set()

    asyncio.get_running_loop().add_reader(wake_fd, woken)
    application = web.Application(client_max_size=256 * 1024 * 1024)
    application.add_routes(follower_routes(StoreDoor(store, settings.site)))
    application.add_routes(staging_routes(Staging(store, settings.site)))
    application.add_routes(results_routes(Outbox(store, settings.site)))
    application.add_routes(remaining_routes(functools.partial(remaining, store, settings.site)))
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    await listen_locally(runner, settings, "follower.sock")
    say = Reminder(log.error)
    working = patiently(follower.run, PASSING, say, "not_following", f"calls go on without it; {CANNOT_WRITE_REMEDY}")
    following = asyncio.create_task(working)
    forgetting = asyncio.create_task(_forget_numbers(store, settings))
    sweeping = asyncio.create_task(_keep_sweeping(follower, journal, settings))
    entering = asyncio.create_task(_keep_leads_up(store, settings.site))
    sending = asyncio.create_task(_send_results(store, follower, settings))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([following, gone, stopped], return_when=asyncio.FIRST_COMPLETED)
    for task in (gone, stopped, forgetting, sweeping, entering, sending):
        task.cancel()
    await runner.cleanup()
    status = 0
    if following.done():
        log.error("follower_failed", exc_info=following.exception())
        status = 1
    following.cancel()
    await asyncio.wait([following])
    await store.close()
    await journal.close()
    return status


async def _forget_numbers(store: Store, settings: Settings) -> None:
    """Callers' numbers leave the contact records when they leave the journal; those of people we called stay as long as
    calls to them are counted, and to be proved."""
    clock = Clock(settings.clock_rate, settings.clock_origin_ms)
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            days = settings.retention_days, settings.call_history_days, settings.clearance_numbers_days
            await forget(store, settings.site, *(clock.now() - each * DAY_MS for each in days))
        except StoreError as error:
            log.warning("numbers_not_erased", why=str(error))


async def _keep_leads_up(store: Store, site: str) -> None:
    """Behind the projections, which come between its pieces."""
    upkeep = Upkeep(store, site, segments)
    while True:
        try:
            while await upkeep.step():
                pass
        except StoreError as error:
            log.warning("leads_not_entered", why=str(error))
        await asyncio.sleep(LEADS_EVERY_S)


async def _send_results(store: Store, follower: Follower, settings: Settings) -> None:
    """Beside the projections, which it never waits for."""
    clock = Clock(settings.clock_rate, settings.clock_origin_ms)
    poster = Poster(private=settings.results_private)
    sender = Sender(
        Outbox(store, settings.site),
        poster,
        NamedSecrets().signing_keys,
        settings.results_hosts,
        clock.now,
        lambda: site_zone(follower.state.config) if follower.state else UTC,
    )
    try:
        await patiently(
            sender.run, (StoreError, *PASSING), Reminder(log.error), "results_not_sent", CANNOT_WRITE_REMEDY
        )
    finally:
        await poster.close()


async def _keep_sweeping(follower: Follower, journal: SqlJournal, settings: Settings) -> None:
    sweeper = Sweeper(settings.data_dir / LISTS)
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            removed = await sweep_lists(sweeper, follower, journal)
        except (JournalError, OSError) as error:
            log.warning("lists_not_swept", why=str(error))
        else:
            if removed:
                log.info("lists_swept", lists=removed)


async def sweep_lists(sweeper: Sweeper, follower: Follower, journal: Journal) -> list[str]:
    """Remove the lists that were replaced a day ago. Only who knows the newest record knows what is in use: a follower
    that is behind removes nothing."""
    state, tail = follower.state, await journal.tail()
    if state is None or state.last.seq < tail.seq:
        return []
    return await asyncio.to_thread(sweeper.sweep, versions_of(state))


async def _open_to_follow(settings: Settings) -> tuple[SqlJournal, Store]:
    """The worker makes the journal; until it has, there is nothing to follow."""

    async def open_journal() -> SqlJournal:
        journal = await SqlJournal.open(settings.journal_url, settings.site, read_only=True)
        await journal.tail()
        return journal

    remedy = "none at the first start of a site, for the worker makes the journal; else see the worker's `holding`"
    journal = await patiently(open_journal, (JournalError,), Reminder(log.info), "nothing_to_follow_yet", remedy)
    remedy = f"calls go on without it; {CANNOT_WRITE_REMEDY}"
    store = await patiently(
        lambda: Store.open(settings.store_url), PASSING, Reminder(log.error), "not_following", remedy
    )
    return journal, store
