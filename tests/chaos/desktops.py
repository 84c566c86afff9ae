"""Agents whose desktops keep what they were told, and what the record says that they had to be told."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cti.cli.demo.agents import SimulatedAgent
from cti.client import AgentClient, Resync
from cti.client.inbox import Lost
from cti.core.codec import decode
from cti.journal.sql import SqlJournal
from cti.views import frames as f
from cti.views.desktop import EVERYONE, frames_of
from tests.patience import PATIENCE_S

Place = tuple[int, int]
"""Where a frame stands in the record: turn, and place among the frames of that turn."""

WHY_WHOLE = ("no_cursor", "too_old")
"""A desk is sent whole at first and after a long absence, never because the desktop knew more than the record."""


class RecordingAgent(SimulatedAgent):
    """`told` are the places of all that its desktop was told after `whole_at`, when the desk was last sent whole."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.told: list[Place] = []
        self.whole_at = 0
        self.why_whole: list[str] = []
        self.lost = 0

    def take(self, desk: AgentClient, event: Any) -> None:
        if isinstance(event, Lost):
            self.lost += 1
        elif isinstance(event, Resync):
            self.told, self.whole_at = [], event.seq
            self.why_whole.append(event.why)
        elif event.seq:
            self.told.append((event.seq, event.index))
        super().take(desk, event)


async def mistold(agents: Iterable[RecordingAgent], journal_file: Path) -> list[str]:
    """What a desktop was not told, or told twice, or out of order, in words."""
    journal = await SqlJournal.open(f"sqlite:///{journal_file}", "main", read_only=True)
    records = [decode(row) async for row in journal.read(0)]
    await journal.close()
    places: dict[str, list[Place]] = {}
    for record in records:
        for to, frame in frames_of(record):
            if not _answers(frame):
                places.setdefault(to, []).append((frame.seq, frame.index))
    found = []
    for agent in agents:
        owed = sorted(places.get(agent.agent_id, []) + places.get(EVERYONE, []))
        owed = [place for place in owed if place[0] > agent.whole_at]
        told = await _told_by_now(agent, owed[-1] if owed else (0, 0))
        if told != owed or agent.lost or set(agent.why_whole) - set(WHY_WHOLE):
            missing = [place for place in owed if place not in set(told)]
            found.append(
                f"{agent.agent_id}'s desktop was told {len(told)} events of {len(owed)}, not {missing[:5]}; "
                f"desks sent whole: {agent.why_whole}"
            )
    return found


def _answers(frame: f.AgentFrame) -> bool:
    """Answers are for who asked, and no events."""
    return isinstance(frame, f.Done) or (isinstance(frame, f.Refused) and bool(frame.request_id))


async def _told_by_now(agent: RecordingAgent, last: Place) -> list[Place]:
    """Everything up to this place, once it has come, or the wait is over."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while (agent.told[-1] if agent.told else (0, 0)) < last:
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    return [place for place in agent.told if place <= last]
