"""Fan-out to the other processes of a site, through a stream in Redis.

The one who publishes is `telling`; everybody else is `listening` and gets the same frames in the same order, or the
word that some were lost. Nothing waits for Redis: those who listen in the publishing process are served from its
memory, before anything is sent.

An entry of the stream is a turn, and the turn's number is its name. So Redis refuses what it has already, and who has
turn 17 asks for what comes after 17, of whatever Redis there is by then.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from redis import exceptions
from redis.asyncio import Redis

from cti.fanout.link import Ahead, Link
from cti.fanout.memory import MemoryFanout
from cti.fanout.window import NOWHERE, Entry, Place, Unreadable, Window, from_fields, to_fields, to_place, to_text

log = structlog.get_logger()

STREAM_MAX = 2_000
"""How many turns Redis keeps, about."""

KEEP_S = 3_600
"""Redis forgets the stream of a site when nobody has published for so long: frames name callers."""

BATCH = 200
GATHER_S = 0.02
"""Turns are sent together that come within so long: a system call for each would cost calls more than it gives."""

BEAT_S = 2.0
"""So often the publisher compares what Redis has with what it should have, and so makes good what was emptied."""

BLOCK_MS = 1_000
DRAIN_S = 0.3


class RedisFanout(MemoryFanout):
    """`MemoryFanout`, for all processes of the site that have the same Redis and the same secret. Publish the frames of
    a turn in one go."""

    def __init__(self, url: str, site: str, *, secret: str = "", window: Window | None = None, **memory: int) -> None:
        super().__init__(**memory)
        self._link = Link(url)
        self._stream = f"cti:{site}:frames"
        self._key = hashlib.sha256(f"{site}:{secret}".encode()).digest()
        self._window = window or Window()
        self._news = asyncio.Event()
        self._sent = asyncio.Event()
        self._taken = self._asked = NOWHERE
        self._began = self._doubted = False

    @property
    def trouble(self) -> str | None:
        """What is the matter with Redis, briefly; empty while it answers."""
        return self._link.trouble

    # Publishing

    def publish(self, topic: str, seq: int, frame: bytes, index: int = 0) -> None:
        """Deliver a frame: here at once, elsewhere as soon as Redis takes it. Positions never go back."""
        super().publish(topic, seq, frame, index)
        self._window.add(topic, seq, index, frame)
        self._sent.clear()
        self._news.set()

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Send what is published here, for as long as the block runs; what is left at its end gets 0.3 s to leave. Only
        the owner of the journal does."""
        async with self._link.kept(self._tell):
            yield
            if not self.trouble:
                await asyncio.wait([waiting := asyncio.create_task(self._sent.wait())], timeout=DRAIN_S)
                waiting.cancel()

    async def _tell(self, redis: Redis) -> None:
        now = asyncio.get_running_loop().time
        while True:
            top = await self._top(redis)
            if top > self._window.newest > NOWHERE:
                raise Ahead(f"{self._stream} is at turn {top[0]}, and we are at {self._window.newest[0]}")
            self._window.rewind(top)
            await redis.expire(self._stream, KEEP_S)
            beat_at = now() + BEAT_S
            while now() < beat_at:
                self._news.clear()
                if entries := self._window.take(BATCH):
                    await self._add(redis, entries)
                else:
                    self._sent.set()
                    self._all_well()
                    await self._until_news(beat_at)

    def _all_well(self) -> None:
        dropped, self._window.dropped = self._window.dropped, 0
        self._link.works(turns_dropped=dropped)

    async def _until_news(self, beat_at: float) -> None:
        try:
            async with asyncio.timeout_at(beat_at):
                await self._news.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_S)

    async def _add(self, redis: Redis, entries: list[Entry]) -> None:
        """What Redis has already it refuses; then the connection begins anew, and asks where Redis stands."""
        async with redis.pipeline(transaction=False) as pipeline:
            for entry in entries:
                fields = to_fields(entry, self._key)
                name = to_text(entry.place)
                pipeline.xadd(self._stream, fields, id=name, maxlen=STREAM_MAX)  # type: ignore[arg-type,unused-awaitable] # a pipeline collects; bytes are fields too
            pipeline.expire(self._stream, KEEP_S)  # type: ignore[unused-awaitable]
            answers = await pipeline.execute(raise_on_error=False)  # what it would raise repeats what was sent
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer

    async def _top(self, redis: Redis) -> Place:
        """The newest name that Redis has given, also when its entry is gone."""
        try:
            about = await redis.xinfo_stream(self._stream)
        except exceptions.ResponseError as error:
            if "no such key" in str(error):
                return NOWHERE
            raise
        return to_place(about["last-generated-id"])

    # Listening

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Publish here what another process publishes, for as long as the block runs."""
        async with self._link.kept(self._listen):
            yield

    async def _listen(self, redis: Redis) -> None:
        if not self._began:
            self._asked = await self._top(redis)
            self._began = True
            if self._asked > NOWHERE:
                self._begin(self._asked)
        block_ms = None  # at first, so that it is soon known whether Redis answers
        while True:
            if self._asked > self._taken and await self._top(redis) < self._asked:
                self._asked = self._taken  # somebody took away what was not ours
            answer: Any = await redis.xread({self._stream: to_text(self._asked)}, count=BATCH, block=block_ms)
            block_ms = BLOCK_MS
            self._link.works()
            for _, entries in answer or ():
                for name, fields in entries:
                    self._asked = to_place(name)
                    self._take(self._asked, fields)

    def _begin(self, place: Place) -> None:
        """Nothing up to here was heard, or some of it was not."""
        self.lose(place[0])
        self._taken = place

    def _take(self, place: Place, fields: Mapping[bytes, bytes]) -> None:
        try:
            entry = from_fields(place, fields, self._key)
        except Unreadable as error:
            self._doubt(place, str(error))
            return
        self._doubted = False
        if place <= self._taken:
            return
        if entry.after > self._taken:
            if self._taken > NOWHERE:
                log.info("frames_lost", after=self._taken[0], upto=entry.after[0], effect="told from the journal")
            self._begin(entry.after)
        self._taken = place
        if place[0] > self.since:  # a turn of which a part was lost was lost as a whole
            for topic, index, content in entry.frames:
                super().publish(topic, place[0], content, index)

    def _doubt(self, place: Place, why: str) -> None:
        if not self._doubted:
            self._doubted = True
            remedy = "give every server of the site the same CTI_SECRET_KEY, and let nobody else write to this Redis"
            log.warning("frames_refused", entry=to_text(place), why=why, remedy=remedy)
