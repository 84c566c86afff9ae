"""A sender at work on a store, as the follower has it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from cti.core.campaign_config import ResultsTarget
from cti.core.codec import decode
from cti.core.zone import UTC
from cti.named_secrets import NamedSecrets
from cti.results.posting import Poster
from cti.results.sender import Sender
from cti.runtime.clock import Clock
from cti.store.projectors import projections_of
from cti.store.results.looking import LookingAtResults, ResultsStand
from cti.store.results.outbox import Outbox
from cti.store.store import Store
from tests.results.receiver import IN_TIME_S, SECRET, Receiver
from tests.store.made import SITE

TRIED_AGAIN_S = 0.01
"""So soon after something failed, in tests."""

CLOCK = Clock()


def target(receiver: Receiver, **fields: Any) -> ResultsTarget:
    return ResultsTarget(url=receiver.url, secret="CRM", **fields)


async def project(store: Store, site: Any) -> None:
    """The store has all that the journal has."""
    await projections_of(store, SITE).project([decode(row) for row in site.records])


@asynccontextmanager
async def sending(
    store: Store,
    receiver: Receiver,
    *,
    now: Callable[[], int] = CLOCK.now,
    hosts: tuple[str, ...] | None = None,
    secrets: dict[str, str] | None = None,
) -> AsyncIterator[None]:
    """While it lasts, results are sent."""
    poster = Poster(private=False)
    known = NamedSecrets({"CTI_SECRET_CRM": SECRET} if secrets is None else secrets)
    allowed = (f"127.0.0.1:{receiver.port}",) if hosts is None else hosts
    sender = Sender(
        Outbox(store, SITE),
        poster,
        known.signing_keys,
        allowed,
        now,
        lambda: UTC,
        first_wait_s=TRIED_AGAIN_S,
        look_every_s=TRIED_AGAIN_S,
    )
    running = asyncio.create_task(sender.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await poster.close()


async def stands(store: Store, is_so: Callable[[ResultsStand], bool]) -> ResultsStand:
    """How the campaign's results stand, once they stand so."""
    async with asyncio.timeout(IN_TIME_S):
        while True:
            (stand,) = await LookingAtResults(store, SITE).stand()
            if is_so(stand):
                return stand
            await asyncio.sleep(TRIED_AGAIN_S)
