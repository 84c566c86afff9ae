"""The way to Redis, tried again for as long as it is gone. The log is told of each change, the health can ask."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

log = structlog.get_logger()

ANSWER_S = 2.0
"""How long Redis may be silent before it counts as gone."""

CANCEL_AGAIN_S = 0.05

RETRY_S_MIN = 0.1
RETRY_S_MAX = 2.0

REMEDIES: tuple[tuple[type[BaseException], str], ...] = (
    (exceptions.AuthenticationError, "correct the user and the password in CTI_REDIS_URL"),
    (exceptions.NoPermissionError, "the user in CTI_REDIS_URL needs `~cti:* +xadd +xread +xinfo +expire +select`"),
    (exceptions.ReadOnlyError, "CTI_REDIS_URL has to lead to the primary, for this Redis only follows one"),
    (exceptions.OutOfMemoryError, "give Redis more memory; a site needs about 20 MB"),
    (exceptions.BusyLoadingError, "none: Redis is reading its files"),
)
ONE_EACH = (
    "another server of this site's name uses this Redis: give each a database of its own, as in redis://host/1; "
    "if instead the journal was replaced by an older one, delete the key"
)
START_IT = "start the Redis that CTI_REDIS_URL names, or correct the address"


class Ahead(Exception):
    """Redis holds later turns than were published here."""


class Link:
    """For one job, which asks for one thing at a time: so one connection serves it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.trouble = "not yet connected"
        """What is the matter, briefly; empty while Redis answers."""
        self._remedy = ""
        self._away_at = time.monotonic()

    @asynccontextmanager
    async def kept(self, job: Callable[[Redis], Awaitable[None]]) -> AsyncIterator[None]:
        """Do the job for as long as the block runs, anew whenever it fails. The job has to say `works`."""
        task = asyncio.create_task(self._keep(job))
        try:
            yield
        finally:
            while not task.done():  # the client waits with `wait_for`, which before Python 3.12 may swallow one
                task.cancel()
                await asyncio.wait([task], timeout=CANCEL_AGAIN_S)

    async def _keep(self, job: Callable[[Redis], Awaitable[None]]) -> None:
        wait_s = RETRY_S_MIN
        while True:
            try:
                async with self._open() as redis:
                    await job(redis)
            except Exception as error:  # noqa: BLE001 - whatever it is, calls go on without it
                if not self.trouble:
                    wait_s = RETRY_S_MIN
                self._fails(error)
            await asyncio.sleep(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - so that not all come at once
            wait_s = min(2 * wait_s, RETRY_S_MAX)

    def works(self, **more: int) -> None:
        """Redis has done all that it was asked for."""
        if self.trouble:
            self.trouble, self._remedy = "", ""
            log.info("redis_connected", away_s=round(time.monotonic() - self._away_at, 1), **more)

    def _fails(self, error: Exception) -> None:
        if not self.trouble:
            self._away_at = time.monotonic()
        remedy = _remedy(error)
        self.trouble = f"Redis is away: {type(error).__name__}"
        if remedy != self._remedy:
            self._remedy = remedy
            effect = "calls go on, and so do desktops at this server; those at others wait"
            log.warning("redis_away", why=f"{type(error).__name__}: {error}", effect=effect, remedy=remedy)

    def _open(self) -> Redis:
        """No retries of its own: what failed begins anew, with another connection, at whatever the name means then."""
        return Redis.from_url(
            self._url,
            protocol=2,
            socket_timeout=ANSWER_S,
            socket_connect_timeout=ANSWER_S,
            retry=Retry(NoBackoff(), 0),
        )


def _remedy(error: BaseException) -> str:
    if isinstance(error, Ahead):
        return ONE_EACH
    for kind, remedy in REMEDIES:
        if isinstance(error, kind):
            return remedy
    return START_IT
