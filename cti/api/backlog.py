"""What desktops were told before this process was, or what got lost on its way here: made again from the journal, once,
when the first one asks."""

import asyncio
from collections import defaultdict

import structlog

from cti.api.ports import Fanout, SiteView
from cti.api.topics import EVERYONE, agent_topic
from cti.core.errors import JournalError
from cti.views.desktop import frames_of
from cti.views.frames import encode

log = structlog.get_logger()

RECORDS_MAX = 10_000
"""How far back. Who was away for longer is sent the whole desk, which costs less."""

BREATH_RECORDS = 100
"""So many records are read in one go; then others have their turn."""


class Backlog:
    """Fills the fan-out with the frames of the newest records before its own first, or before its newest gap."""

    def __init__(self, site: SiteView, fanout: Fanout) -> None:
        self._site = site
        self._fanout = fanout
        self._reading: asyncio.Task[None] | None = None
        self._gaps = 0

    async def recall(self, seq: int) -> None:
        """Until the fan-out remembers what followed turn `seq`, or it turns out that it never will."""
        if not self._fanout.since - RECORDS_MAX <= seq <= self._fanout.since:
            return
        if self._reading is None or self._gaps != self._fanout.gaps:
            self._gaps = self._fanout.gaps
            self._reading = asyncio.get_running_loop().create_task(self._read(self._fanout.since))
        await asyncio.shield(self._reading)

    async def _read(self, upto: int) -> None:
        after, gaps = max(0, upto - RECORDS_MAX), self._fanout.gaps
        frames: defaultdict[str, list[tuple[int, int, bytes]]] = defaultdict(list)
        try:
            async for record in self._site.read(after):
                if record.seq <= upto:  # newer ones were published here
                    for agent_id, frame in frames_of(record):
                        topic = agent_topic(agent_id) if agent_id else EVERYONE
                        frames[topic].append((frame.seq, frame.index, encode(frame)))
                if record.seq % BREATH_RECORDS == 0:
                    await asyncio.sleep(0)
        except JournalError as error:
            log.warning("backlog_unreadable", why=str(error), effect="desktops are sent whole desks instead")
        else:
            if self._fanout.gaps == gaps:  # else there is more to read by now, for whoever asks next
                self._fanout.recall(after, frames)
