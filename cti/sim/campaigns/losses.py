"""Agents who were lost while lines counted on them, and people who were put on a list while they were called: no
certificate knows that beforehand, so for a while each excuses one who is left alone over the ceiling."""

from collections import deque
from collections.abc import Mapping

from cti.core.config import AgentConfig
from cti.core.events import (
    AgentAbsent,
    AgentLegLost,
    AgentNotReady,
    AttemptUnwanted,
    ConfigApplied,
    DesktopDisconnected,
    DeviceSuspected,
    ServerStarted,
)
from cti.core.record import TurnRecord
from cti.sim.line import Line

GONE = (AgentAbsent, AgentLegLost, DesktopDisconnected, DeviceSuspected)

EVERYBODY = 6
"""As many agents as there are: a worker that starts knows of no desktop."""

OURS = ("missed", "no_answer", "unreachable", "no_line", "line_failed")
"""Why agents are made not ready who did not ask for it."""

EXCUSES_MS = 90_000
"""Longer than a line that counted on the agent, and the next one whose agent that took, may last."""


class Losses:
    """When that happened (ms), as far as it excuses anything yet."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self._lines = lines
        self._lost: deque[int] = deque()
        self._agents: dict[str, AgentConfig] = {}

    def take(self, record: TurnRecord, now: int) -> None:
        """Whoever is gone now, if anybody is being called."""
        events = (record.input, *record.events)
        lost = dict.fromkeys(
            event.agent_id
            for event in events
            if isinstance(event, GONE) or (isinstance(event, AgentNotReady) and event.reason in OURS)
        )
        everybody = any(isinstance(event, ServerStarted) for event in events)
        for event in events:
            if isinstance(event, ConfigApplied):
                lost |= dict.fromkeys(self._agents.keys() - event.config.agents.keys())
                self._agents = event.config.agents
        count = sum(isinstance(event, AttemptUnwanted) for event in events)  # no agent is sent there
        if (lost or everybody) and any(line.detect and not line.over for line in self._lines.values()):
            count += EVERYBODY if everybody else len(lost)
        self._lost.extend([now] * count)

    def excuse(self, count: int, now: int) -> bool:
        """So many, each by a loss of its own, the oldest first; or nobody."""
        while self._lost and self._lost[0] < now - EXCUSES_MS:
            self._lost.popleft()
        if len(self._lost) < count:
            return False
        for _ in range(count):
            self._lost.popleft()
        return True
