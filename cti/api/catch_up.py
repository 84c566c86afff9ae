"""Where a desktop starts: with the frames it missed, or with the whole desk."""

from collections.abc import Sequence

import msgspec

from cti.api.backlog import Backlog
from cti.api.cursor import after_turn
from cti.api.ports import Delivery, Fanout, PopOf, Position, SiteView
from cti.api.publishing import published
from cti.api.topics import EVERYONE, agent_topic
from cti.views.desktop import snapshot_of
from cti.views.frames import Resync, encode


class Start(msgspec.Struct, frozen=True):
    """What to send first: it tells everything up to the end of turn `seq`."""

    frames: Sequence[bytes]
    seq: int


class CatchUp:
    """Answers cursors for every desktop of the site."""

    def __init__(self, site: SiteView, fanout: Fanout, pop_of: PopOf) -> None:
        self._site = site
        self._fanout = fanout
        self._pop_of = pop_of
        self._backlog = Backlog(site, fanout)

    async def start(self, agent_id: str, cursor: Position | None) -> Start:
        """Subscribe before you ask: frames that come meanwhile may be in the answer too, by their position. Raises
        `KeyError` when the agent is gone."""
        if cursor is None:
            return await self._whole(agent_id, "no_cursor")
        if cursor > after_turn(self._fanout.head):
            return await self._whole(agent_id, "unknown")
        missed = self._missed(agent_id, cursor)
        if missed is None:
            await self._backlog.recall(cursor[0])
            missed = self._missed(agent_id, cursor)
        if missed is None:
            return await self._whole(agent_id, "too_old")
        return Start([delivery.frame for delivery in missed], self._fanout.head)

    def _missed(self, agent_id: str, cursor: Position) -> Sequence[Delivery] | None:
        return self._fanout.after(cursor, agent_topic(agent_id), EVERYONE)

    async def _whole(self, agent_id: str, why: str) -> Start:
        """The state runs a little ahead of the journal: nothing is shown before it is durable."""
        state = self._site.state
        last = state.last
        desk = snapshot_of(state, agent_id, self._pop_of)
        await published(self._fanout, last.seq)
        frame = Resync(seq=last.seq, index=0, at=last.at, why=why, desk=desk)
        return Start([encode(frame)], last.seq)
