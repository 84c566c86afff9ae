"""An owner for tests: the real driver on a journal in memory, with a renderer that writes plans as JSON."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator

import msgspec

from cti.core.config import SiteConfig
from cti.core.events import AnyEvent, CallArrived, ConfigApplied, PlanRequested
from cti.core.plan import Door, Plan
from cti.core.ports import Renderer
from cti.core.record import request_key
from cti.journal.memory import MemoryJournal
from cti.runtime.clock import Clock
from cti.runtime.decider import Decider
from cti.runtime.driver import Driver
from cti.runtime.failpoints import Failpoints
from cti.runtime.note import Note
from cti.runtime.recovery import recover

NUMBER = "+12025550100"


class JsonDocuments:
    """Plans as JSON, with the leg and the nonce they carry."""

    def document(self, plan: Plan, leg_id: str, nonce: int, endpoint: str = "") -> str:
        return msgspec.json.encode({"leg": leg_id, "nonce": nonce, "plan": plan}).decode()


APOLOGY = "<sorry/>"


async def new_decider(journal: MemoryJournal, site: str = "main", renderer: Renderer | None = None) -> Decider:
    """A decider that has taken the journal over and folded it."""
    epoch = await journal.take_over("test")
    recovered = await recover(site, journal, None)
    salts = (f"salt{number}" for number in itertools.count())
    return Decider(
        recovered.state,
        epoch=epoch,
        last_hash=recovered.last_hash,
        renderer=renderer or JsonDocuments(),
        salt=lambda: next(salts),
        seen=recovered.seen,
        apology=APOLOGY,
    )


class Owner:
    """A running driver, and short ways to post to it."""

    def __init__(self, driver: Driver, journal: MemoryJournal) -> None:
        self.driver = driver
        self.journal = journal
        self.records: list[object] = []
        driver.committed.append(self.records.append)

    async def post(self, event: AnyEvent, key: str, token: str = "") -> str:
        return await self.driver.post(event, key=key, token=token, actor="test")

    async def call(self, provider_ref: str = "CA1", to: str = NUMBER, number: str = "+16175550123") -> str:
        event = CallArrived(provider="test", provider_ref=provider_ref, to_number=to, from_number=number)
        return await self.post(event, f"voice:{provider_ref}")

    async def ask(self, document: str, door: Door, digits: str = "", token: str = "", result: str = "") -> str:
        leg_id, nonce = msgspec.json.decode(document)["leg"], msgspec.json.decode(document)["nonce"]
        event = PlanRequested(leg_id=leg_id, door=door, nonce=nonce, digits=digits, result=result)
        return await self.post(event, request_key(event), token)


@contextlib.asynccontextmanager
async def owning(
    config: SiteConfig,
    *,
    failpoints: str = "",
    journal: MemoryJournal | None = None,
    renderer: Renderer | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Owner]:
    """An owner of a site with this configuration, until the block ends."""
    journal = journal or MemoryJournal("main")
    decider = await new_decider(journal, renderer=renderer)
    driver = Driver(decider, journal, clock or Clock(), Failpoints(failpoints), Note.nowhere())
    owner = Owner(driver, journal)
    running = asyncio.create_task(driver.run())
    try:
        if not decider.state.config_hash:
            await owner.post(ConfigApplied(config_hash="c1", config=config), "config")
        yield owner
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
