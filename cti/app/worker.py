"""The worker: it answers the carrier and the desks, decides, and writes the journal."""

import asyncio
import functools
import gc
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from typing import Any

import msgspec
import structlog
from aiohttp import web

from cti import __version__, engine
from cti.api.admin import admin_routes
from cti.api.board import LiveBoard
from cti.api.calling import CallingDoors
from cti.api.campaigns import CampaignDoors
from cti.api.leads import LeadDoors
from cti.api.outcomes import Outcomes
from cti.api.publishing import publish_record
from cti.api.recordings import Shelf
from cti.api.routes import api_routes
from cti.api.sockets import Sockets
from cti.app.common import CANNOT_WRITE_REMEDY, Go, listen_locally, versions_of
from cti.app.pacing import Pacing
from cti.app.segments import segments
from cti.configuration.difference import differences
from cti.configuration.digest import digest
from cti.configuration.load import heard_without_rules, load
from cti.core.campaign import HeldLead, RunStatus
from cti.core.campaign_config import LedgerBound
from cti.core.config import SiteConfig
from cti.core.contact import Contact
from cti.core.errors import ConfigError, JournalError, JournalUnavailable, SettingsError
from cti.core.events import (
    CampaignStatusChanged,
    ConfigApplied,
    ContactClosed,
    DialsStopped,
    LegChecked,
    RegistrySwitched,
    ScreenPop,
    ServerStarted,
    SpendCapReached,
)
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.core.states import LegState
from cti.dialer.launching import bounds_for
from cti.directory.http import HttpDirectory
from cti.directory.service import Service
from cti.directory.sql import SqlDirectory
from cti.fanout.memory import MemoryFanout
from cti.journal.sql import SqlJournal
from cti.lists.lookup import OpenLists
from cti.runtime.clock import Clock
from cti.runtime.decider import Decider
from cti.runtime.dispatcher import Dispatcher
from cti.runtime.driver import Driver
from cti.runtime.failpoints import Failpoints
from cti.runtime.gate import Gate
from cti.runtime.housekeeping import keep_house
from cti.runtime.logs import Reminder, contact_line
from cti.runtime.note import Note
from cti.runtime.recovery import Recovered, recover
from cti.runtime.snapshots import Snapshots
from cti.runtime.stalls import LoopWatch
from cti.runtime.tree import Tree
from cti.screenpop.rules import make_pop
from cti.settings import LISTS, Settings
from cti.store.later import LaterStore
from cti.telephony.holding import HOLD_AUDIO, music_to_hold
from cti.telephony.twilio.account import Account
from cti.telephony.twilio.adapter import Adapter
from cti.telephony.twilio.token import VoiceKey, VoiceTokens
from cti.views.campaign_trail import CampaignTrail

log = structlog.get_logger()

DOORS_WAIT_S = 2.0
"""How long callers wait unanswered for a worker that is reading the journal, before they are answered with music."""

FLUSH_S = 0.3
PROBE_S = 1.0
WAKE_S = 0.02
"""How long the follower sleeps on after a commit: a system call for each record would cost calls more than it gives."""

STATUS_START_AGAIN = 75

ALARMS = (DialsStopped, SpendCapReached)
"""Somebody should look: outside numbers are rung too often, or cost too much."""


class Worker:
    """One worker's life, from the parent's word to its end. `run` returns the exit status."""

    def __init__(self, settings: Settings, listening: socket.socket, note: Note, wake_fd: int) -> None:
        self._settings = settings
        self._listening = listening
        self._note = note
        self._wake_fd = wake_fd
        self._clock = Clock(settings.clock_rate, settings.clock_origin_ms)
        self._watch = LoopWatch()
        self._gate = Gate(settings.site, self._watch)
        self._fanout = MemoryFanout()
        self._board = LiveBoard(self._gate)
        self._sockets = Sockets()
        self._lists = OpenLists(settings.data_dir / LISTS)
        self._store = LaterStore(settings.store_url, settings.site, self._lists, segments)
        self._outcomes = Outcomes()
        self._trail = CampaignTrail()
        self._site: web.SockSite | None = None
        self._waking = False
        self._music = b""
        self._stopping = asyncio.Event()

    async def run(self, go: Go, parent_gone: asyncio.Event) -> int:
        """Work until the journal fails, SIGTERM, or the parent is gone; after the last two the status is 0."""
        async with AsyncExitStack() as stack:
            failpoints = Failpoints(go.failpoints)
            if self._settings.redis_url:
                from cti.fanout.redis import RedisFanout

                settings = self._settings
                self._fanout = RedisFanout(settings.redis_url, settings.site, secret=settings.secret_key)
                await stack.enter_async_context(self._fanout.telling())
            answered = functools.partial(failpoints.here, "unanswered")
            adapter = await Adapter.open(self._account(), answered=answered, now=self._clock.now, **self._prompts())
            stack.push_async_callback(adapter.close)
            doors = asyncio.create_task(self._open_doors(adapter, stack))
            stack.callback(doors.cancel)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._stopping.set)
            working = asyncio.create_task(self._work(go, failpoints, adapter, doors))
            stopping = [asyncio.create_task(event.wait()) for event in (self._stopping, parent_gone)]
            await asyncio.wait([working, doors, *stopping], return_when=asyncio.FIRST_COMPLETED)
            if doors.done() and not doors.exception():
                await asyncio.wait([working, *stopping], return_when=asyncio.FIRST_COMPLETED)
            for waiting in stopping:
                waiting.cancel()
            if doors.done() and doors.exception():
                return self._end_of_work(doors)
            if working.done():
                return self._end_of_work(working)
            working.cancel()
            await asyncio.wait([working])
        return 0

    def _end_of_work(self, working: "asyncio.Task[None]") -> int:
        error = working.exception()
        if isinstance(error, JournalError):
            log.error("journal_failed", why=str(error))
        elif error:
            log.error("worker_failed", exc_info=error)
        return STATUS_START_AGAIN

    def _account(self) -> Account:
        settings = self._settings
        return Account(
            site=settings.site,
            account_sid=settings.twilio_account_sid,
            auth_tokens=settings.twilio_auth_tokens,
            public_url=settings.public_url,
            api_url=settings.twilio_api_url,
        )

    def _prompts(self) -> dict[str, Any]:
        """What is heard while nothing can be recorded, so before the journal can say what is configured."""
        try:
            apology, hold_music = heard_without_rules(self._settings.config_dir)
        except ConfigError:
            return {}
        waiting, self._music = music_to_hold(hold_music, self._settings.config_dir / "prompts")
        return {"apology": apology, "waiting": waiting, "hold_music": hold_music}

    async def _open_doors(self, adapter: Adapter, stack: AsyncExitStack) -> None:
        """Serve. Called when the worker is ready, or when it takes so long that callers should hear something."""
        application = web.Application(client_max_size=1024 * 1024)
        application.add_routes(adapter.routes(self._gate))
        application.add_routes(
            api_routes(
                self._gate,
                self._fanout,
                self._board,
                self._sockets,
                pop_of=_pop_of,
                version=__version__,
                clock=self._clock.now,
                issue_voice_token=_issue_voice_token(self._settings),
                recordings=Shelf(self._store, adapter.audio),
                missing_lists=self._missing_lists,
            )
        )
        application.on_shutdown.append(self._sockets.close)
        if self._music:
            application.router.add_get(f"/prompts/{HOLD_AUDIO}", self._play_to_hold)
        prompts = self._settings.config_dir / "prompts"
        if prompts.is_dir():
            application.router.add_static("/prompts", prompts)
        await asyncio.wait([asyncio.create_task(self._gate.opened.wait())], timeout=DOORS_WAIT_S)
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        self._site = web.SockSite(runner, self._listening, backlog=4_096)
        await self._site.start()
        admin = web.Application()
        admin.add_routes(admin_routes(self._gate, self._sockets.tokens_used))
        admin.add_routes(LeadDoors(self._gate).routes())
        admin.add_routes(CallingDoors(self._gate, self._outcomes, self._lists).routes())
        campaigns = CampaignDoors(self._gate, self._outcomes, self._trail, self._clock.now, _ledgers_of)
        admin.add_routes(campaigns.routes())
        admin_runner = web.AppRunner(admin, access_log=None, handle_signals=False)
        await admin_runner.setup()
        stack.push_async_callback(admin_runner.cleanup)
        await listen_locally(admin_runner, self._settings, "admin.sock")

    async def _play_to_hold(self, request: web.Request) -> web.Response:
        return web.Response(body=self._music, content_type="audio/wav")

    async def _work(self, go: Go, failpoints: Failpoints, adapter: Adapter, doors: "asyncio.Task[None]") -> None:
        """Take the journal over, fold it, and drive until it cannot be written any more."""
        journal, epoch, recovered = await self._take_over(failpoints)
        decider = Decider(
            recovered.state,
            epoch=epoch,
            last_hash=recovered.last_hash,
            renderer=adapter.documents,
            salt=lambda: os.urandom(8).hex(),
            seen=recovered.seen,
            apology=adapter.documents.apology(),
        )
        decider.suspects.update(go.suspects)
        driver = Driver(decider, journal, self._clock, failpoints, self._note)
        directory = self._directory()
        dispatcher = Dispatcher(driver, adapter.carrier, directory, self._clock, failpoints, self._store, self._store)
        driver.committed += [dispatcher.committed, self._committed]
        driving = asyncio.create_task(driver.run())
        behind: list[asyncio.Task[None]] = []
        config_hash = recovered.state.config_hash
        tree = Tree(functools.partial(load, self._settings.config_dir), digest, differences)
        try:
            await driver.post(ServerStarted(epoch=epoch, logic=engine.LOGIC), key=f"epoch:{epoch}", actor="server")
            if not config_hash:
                await tree.seed(driver)
            driver.committed.append(lambda record: _announce_changes(adapter, record))
            _announce(adapter, decider.state.config)
            dispatcher.resume(recovered.unfinished)
            self._watch.start()
            self._gate.open(driver, journal)
            await doors
            _settle_memory()
            folded, snapshot = recovered.folded, recovered.snapshot_seq
            log.info("ready", seq=decider.state.last.seq, epoch=epoch, folded=folded, snapshot=snapshot)
            self._look_at_lists()
            behind.append(asyncio.create_task(self._survey(driver, adapter)))
            if config_hash:
                behind.append(asyncio.create_task(tree.compare(driver, config_hash, epoch)))
            behind.append(asyncio.create_task(Pacing(driver, self._clock, self._watch, self._trail).run()))
            behind.append(asyncio.create_task(keep_house(journal, self._clock.now, self._settings.retention_days)))
            await driving
        except JournalError as error:
            self._gate.hold(str(error))
            if self._site:
                await self._site.stop()  # who calls now waits for the next worker
            await asyncio.sleep(FLUSH_S)  # answers that say so are on their way out
            raise
        finally:
            for task in (driving, *behind):
                task.cancel()
            self._watch.stop()
            await dispatcher.close()
            await directory.close()
            await journal.close()

    def _directory(self) -> HttpDirectory | SqlDirectory:
        """Somebody else's customers if the settings say where, else those in the store."""
        settings = self._settings
        if settings.directory_url:
            try:
                token, private = settings.directory_token, settings.directory_private
                return HttpDirectory(Service.at(settings.directory_url, token=token, allow_private=private))
            except (SettingsError, ValueError) as error:
                remedy = "correct CTI_DIRECTORY_URL; until then callers are looked up in the store"
                log.error("directory_unusable", why=str(error), remedy=remedy)
        return SqlDirectory(self._store.find)

    async def _take_over(self, failpoints: Failpoints) -> tuple[SqlJournal, int, Recovered]:
        """Open the journal for writing, become its owner, fold it. While that is impossible, for whatever reason,
        callers are held, and it is tried again every second."""
        say = Reminder(log.error)
        while True:
            journal: SqlJournal | None = None
            try:
                journal = await SqlJournal.open(self._settings.journal_url, self._settings.site)
                await journal.probe()
                epoch = await journal.take_over(f"{socket.gethostname()}:{os.getpid()}")
                failpoints.here("in_recovery")
                recovered = await recover(self._settings.site, journal, self._snapshots())
            except JournalError as error:
                if isinstance(error, JournalUnavailable):
                    what, remedy = "the journal cannot be written", CANNOT_WRITE_REMEDY
                else:
                    what, remedy = "the journal cannot be read", "run `cti journal verify`; restore it from a copy"
                self._gate.hold(f"{what}: {error}")
                say("holding", why=f"{what}: {error}", remedy=remedy)
                if journal:
                    await journal.close()
                await asyncio.sleep(PROBE_S)
            else:
                failpoints.here("after_recovery")
                return journal, epoch, recovered

    async def _survey(self, driver: Driver, adapter: Adapter) -> None:
        """Behind open doors: what the carrier knows of the legs that we hold to be alive."""
        alive = [
            (leg.leg_id, leg.provider_ref)
            for leg in driver.decider.state.legs.in_order()
            if leg.state is not LegState.ENDED and leg.provider_ref
        ]
        if alive:
            for place, event in enumerate(await adapter.carrier.survey(alive)):
                if isinstance(event, LegChecked) and event.alive and not event.call_id:
                    continue  # as we thought
                driver.tell(event, key=f"survey:{driver.decider.epoch}:{place}", actor="survey")

    def _snapshots(self) -> Snapshots:
        return Snapshots(self._settings.data_dir / "snapshots")

    def _missing_lists(self) -> dict[str, str]:
        """Registries that cannot be looked into, so that nobody is called whom they could name; and why."""
        state = self._gate.state
        asked_for = state.config.calling.registries
        rows = {key: row for key, row in state.registries.rows.items() if row.version and key in asked_for}
        return self._lists.missing({key: row.version for key, row in rows.items()})

    def _look_at_lists(self) -> None:
        for registry_id, why in self._missing_lists().items():
            remedy = "import it with `cti dnc import`; until then nobody is called whom it could name"
            log.error("registry_missing", registry=registry_id, why=why, remedy=remedy)

    def _committed(self, record: TurnRecord) -> None:
        """Desktops are told, the log gets its line, the follower wakes."""
        publish_record(self._fanout, record)
        self._board.take(record)
        self._outcomes.committed(record)
        for event in record.events:
            if type(event) is ContactClosed:
                log.info("contact", **contact_line(event))
            elif type(event) in ALARMS:
                log.warning("outside_numbers", alarm=type(event).__name__, **msgspec.structs.asdict(event))
            elif type(event) is CampaignStatusChanged and event.status == RunStatus.PAUSED and not event.by:
                log.warning("campaign_paused", campaign=event.campaign_id, reason=event.reason)
            elif type(event) is RegistrySwitched:
                self._lists.keep(versions_of(self._gate.state))
        if not self._waking:
            self._waking = True
            asyncio.get_running_loop().call_later(WAKE_S, self._wake_follower)

    def _wake_follower(self) -> None:
        self._waking = False
        with suppress(BlockingIOError):  # then it has enough to wake up for
            os.write(self._wake_fd, b".")


def _settle_memory() -> None:
    """What is there now stays; rows and events form no cycles. So the collector need not walk through them often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _announce(adapter: Adapter, config: SiteConfig) -> None:
    """What is heard where no rule is asked: as the journal has it, from now on."""
    adapter.documents.announce((), config.apology, config.hold_music)


def _announce_changes(adapter: Adapter, record: TurnRecord) -> None:
    for event in (record.input, *record.events):
        if type(event) is ConfigApplied:
            _announce(adapter, event.config)


def _issue_voice_token(settings: Settings) -> Callable[[str, int], str] | None:
    if not settings.twilio_api_key_sid:
        return None
    key = VoiceKey(
        account_sid=settings.twilio_account_sid,
        key_sid=settings.twilio_api_key_sid,
        key_secret=settings.twilio_api_key_secret,
        app_sid=settings.twilio_app_sid,
    )
    return VoiceTokens(key).issue


def _pop_of(state: State, contact: Contact) -> ScreenPop:
    """Who is calling, as it would be said now."""
    return make_pop(state, contact, state.last.at - contact.queued_at)


def _ledgers_of(state: State, held: HeldLead) -> tuple[LedgerBound, ...] | None:
    """In which a call to this lead would count, if one may ever be made."""
    bounds = bounds_for(state, held)
    return None if bounds.refused else bounds.ledgers
