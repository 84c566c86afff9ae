"""Questions that come while another is answered are answered together: one turn of the thread, one transaction."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy import Connection

from cti.store.store import Store

Key = TypeVar("Key")
Answer = TypeVar("Answer")

QUESTIONS_MAX = 100


class Gathering(Generic[Key, Answer]):
    """Asks `one(connection, key)` for each key, in the order asked for. Who asks the same key shares the answer."""

    def __init__(self, store: Store, one: Callable[[Connection, Key], Answer]) -> None:
        self._store = store
        self._one = one
        self._waiting: dict[Key, asyncio.Future[Answer]] = {}
        self._answering: asyncio.Task[None] | None = None

    async def ask(self, key: Key) -> Answer:
        """The answer. Raises whatever `Store.read` raises."""
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
            if self._answering is None:
                self._answering = asyncio.create_task(self._answer())
        return await asyncio.shield(future)

    async def _answer(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[:QUESTIONS_MAX]
                futures = [self._waiting.pop(key) for key in keys]
                await self._answer_together(keys, futures)
        finally:
            self._answering = None

    async def _answer_together(self, keys: list[Key], futures: list["asyncio.Future[Answer]"]) -> None:
        def work(connection: Connection) -> list[Answer]:
            return [self._one(connection, key) for key in keys]

        try:
            answers = await self._store.read(work)
        except Exception as error:  # noqa: BLE001 - everybody who asked is told
            for future in futures:
                if not future.done():
                    future.set_exception(error)
                    future.exception()
            return
        for future, answer in zip(futures, answers, strict=True):
            if not future.done():
                future.set_result(answer)
