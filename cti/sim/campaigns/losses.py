"""Agents who were lost while lines counted on them, and people who asked not to be called while a line rang them, to
whom no agent is sent: no certificate knows that beforehand, so for a while each excuses one who is left alone over the
ceiling."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from cti.core.config import AgentConfig
from cti.core.events import (
    AgentAbsent,
    AgentLegLost,
    AgentNotReady,
    AnyEvent,
    AttemptStarted,
    AttemptUnwanted,
    ConfigApplied,
    ContactConnected,
    ContactStarted,
    DesktopDisconnected,
    DeviceSuspected,
    HangUpRequested,
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
        self._called_by_agents: dict[str, None] = {}
        self._begun: dict[str, None] = {}

    def take(self, record: TurnRecord, now: int) -> None:
        """Whoever is gone now, if anybody is being called."""
        events = (record.input, *record.events)
        lost = dict.fromkeys(
            event.agent_id
            for event in events
            if isinstance(event, GONE) or (isinstance(event, AgentNotReady) and event.reason in OURS)
        )
        lost |= dict.fromkeys(self._hung_up(events))
        lost |= dict.fromkeys(event.attempt_id for event in events if isinstance(event, AttemptUnwanted))
        everybody = any(isinstance(event, ServerStarted) for event in events)
        for event in events:
            if isinstance(event, ConfigApplied):
                lost |= dict.fromkeys(self._agents.keys() - event.config.agents.keys())
                self._agents = event.config.agents
        self._begun |= dict.fromkeys(event.leg_id for event in events if isinstance(event, AttemptStarted))
        if (lost or everybody) and self._somebody_is_called():
            self._lost.extend([now] * (EVERYBODY if everybody else len(lost)))

    def _somebody_is_called(self) -> bool:
        """By a line, or by a request on its way to the carrier."""
        called = [line for line in self._lines.values() if line.detect]
        for line in called:
            self._begun.pop(line.label, None)
        return bool(self._begun) or any(not line.over for line in called)

    def _hung_up(self, events: Iterable[AnyEvent]) -> Iterator[str]:
        """Whoever does not want to wait any longer for somebody whom they call is gone for those."""
        for event in events:
            if isinstance(event, ContactStarted) and event.agent_id:
                self._called_by_agents[event.contact_id] = None
            elif isinstance(event, ContactConnected):
                self._called_by_agents.pop(event.contact_id, None)
            elif isinstance(event, HangUpRequested) and event.contact_id in self._called_by_agents:
                yield event.agent_id

    def excuse(self, count: int, now: int) -> bool:
        """So many, each by a loss of its own, the oldest first; or nobody."""
        while self._lost and self._lost[0] < now - EXCUSES_MS:
            self._lost.popleft()
        if len(self._lost) < count:
            return False
        for _ in range(count):
            self._lost.popleft()
        return True
