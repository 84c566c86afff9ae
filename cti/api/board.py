"""The wallboard of a running server: folded record by record, read by supervisors' sockets in their own time."""

import asyncio

from cti.api.ports import SiteView
from cti.core.record import TurnRecord
from cti.views.board import Board
from cti.views.board_frames import BoardChanged, WholeBoard
from cti.views.wallboard import Wallboard


class LiveBoard:
    """Hand `take` every record once it is durable, from the server's first one on."""

    def __init__(self, site: SiteView) -> None:
        self._site = site
        self._wallboard = Wallboard()
        self._began_at = 0
        self.seq = 0
        """The newest record that it contains."""
        self._waiting: list[asyncio.Future[None]] = []

    def take(self, record: TurnRecord) -> None:
        """Fold a record, and wake who waits for news."""
        before = self._wallboard.board.version
        self._begin()
        if record.seq > self._began_at:
            self._wallboard.take(record)
        else:
            self._wallboard.count(record)
        self.seq = record.seq
        if self._wallboard.board.version != before:
            self._wake()

    def whole(self) -> tuple[WholeBoard, int]:
        """The board, and the version that it has."""
        self._begin()
        wallboard = self._wallboard
        frame = WholeBoard(
            seq=self.seq,
            rows=wallboard.board.whole(),
            finished=tuple(wallboard.finished),
            outcomes=dict(wallboard.outcomes),
            dials=wallboard.board.dials,
        )
        return frame, wallboard.board.version

    def since(self, version: int) -> tuple[WholeBoard | BoardChanged, int]:
        """What is different from `version`; the whole board if that is too long ago."""
        board = self._wallboard.board
        rows = board.since(version)
        if rows is None:
            return self.whole()
        outcomes = dict(self._wallboard.outcomes)
        return BoardChanged(seq=self.seq, rows=rows, outcomes=outcomes, dials=board.dials), board.version

    def rows(self) -> Board:
        """The rows themselves. Only to be read."""
        self._begin()
        return self._wallboard.board

    async def newer_than(self, version: int) -> None:
        """Until there is something to say to who knows `version`."""
        while self._wallboard.board.version == version:
            news = asyncio.get_running_loop().create_future()
            self._waiting.append(news)
            await news

    def _begin(self) -> None:
        """Start from the recovered state, as soon as it can be seen: records before that are in it."""
        state = self._site.state
        if not self._began_at and state.last.seq:
            self._began_at = state.last.seq
            self._wallboard.begin(state)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for news in waiting:
            if not news.done():
                news.set_result(None)
