"""What became of a request: the records in which it was decided, for who waits to be told."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from cti.core.record import TurnRecord

Heard = asyncio.Queue[TurnRecord]


class Outcomes:
    """Give every durable record to `committed`. A request is found by its key, and by the `request_id` that its events
    carry on, for answers that come in a later record."""

    def __init__(self) -> None:
        self._waiting: dict[str, Heard] = {}

    def committed(self, record: TurnRecord) -> None:
        """Tell those who wait for it."""
        if not self._waiting:
            return
        names = {getattr(event, "request_id", "") for event in (record.input, *record.events)}
        for name in sorted(names | {record.source_key}):
            if name in self._waiting:
                self._waiting[name].put_nowait(record)

    @contextmanager
    def of(self, name: str) -> Iterator[Heard]:
        """The records about the request of this name, as they become durable, until the end of the block."""
        heard = self._waiting[name] = Heard()
        try:
            yield heard
        finally:
            del self._waiting[name]
