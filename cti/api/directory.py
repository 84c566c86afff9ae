"""The agents' directory of a running server: made for those who have it open, and for nobody else."""

import asyncio
from collections.abc import Callable

from cti.api.board import LiveBoard
from cti.api.ports import Clock
from cti.views.directory import directory_of, directory_since
from cti.views.frames import encode

EVERY_S = 1.0
"""How often it is told at most."""

Say = Callable[[bytes], None]


class LiveDirectory:
    """One text for all who listen; while nobody does, nothing runs."""

    def __init__(self, board: LiveBoard, clock: Clock) -> None:
        self._board = board
        self._clock = clock
        self._listeners: dict[str, Say] = {}
        self._telling: asyncio.Task[None] | None = None

    def open(self, listener: str, say: Say) -> None:
        """Say it whole, then what changes, until `close`."""
        self._listeners[listener] = say
        say(encode(directory_of(self._board.rows(), self._clock())))
        if self._telling is None:
            self._telling = asyncio.get_running_loop().create_task(self._tell())

    def close(self, listener: str) -> None:
        """No more of it. Whoever has it not open may say so too."""
        self._listeners.pop(listener, None)
        if self._telling and not self._listeners:
            self._telling.cancel()
            self._telling = None

    async def _tell(self) -> None:
        version = self._board.rows().version
        while True:
            await asyncio.sleep(EVERY_S)
            await self._board.newer_than(version)
            board = self._board.rows()
            changes, version = directory_since(board, version, self._clock()), board.version
            if changes:
                text = encode(changes)
                for say in list(self._listeners.values()):
                    say(text)
