"""The store, as commands read it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti.core.errors import CtiError
from cti.runtime.parent import is_locked
from cti.settings import Settings
from cti.store.errors import StoreUnavailable
from cti.store.store import Store

AGAIN_S, AGAIN_TIMES = 0.1, 100
"""How long, and how often, to wait for a store that is not there yet."""


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Store]:
    """It reads only. Beside a server that has just begun it may be about to be made, so it is waited for, ten seconds
    at most; whoever reads what is not there, or no longer reached, gets `StoreUnavailable`."""
    store = await Store.open(settings.store_url, read_only=True)
    try:
        await _made(store, settings)
        yield store
    finally:
        await store.close()


async def _made(store: Store, settings: Settings) -> None:
    for _ in range(AGAIN_TIMES):
        try:
            return await store.read(lambda connection: None)
        except StoreUnavailable:
            if not is_locked(settings.data_dir):
                return None
        await asyncio.sleep(AGAIN_S)
    return None


def unreadable(what: str, error: Exception, settings: Settings) -> CtiError:
    """In words: what could not be read, and where it was looked for."""
    return CtiError(
        f"{what} cannot be read: {error}. Is there a store in {settings.data_dir}? CTI_DATA_DIR names the server's "
        "files."
    )
