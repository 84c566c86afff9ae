"""Agents who were lost while lines counted on them: no certificate knows that beforehand, so each excuses one who was
left alone."""

from collections.abc import Mapping

from cti.core.events import (
    AgentAbsent,
    AgentLegLost,
    AgentNotReady,
    ConfigApplied,
    DesktopDisconnected,
    DeviceSuspected,
    ServerStarted,
    StateForced,
)
from cti.core.record import TurnRecord
from cti.sim.line import Line

GONE = (AgentAbsent, AgentLegLost, DesktopDisconnected, DeviceSuspected, StateForced)

EVERYBODY = 1_000
"""A worker that starts knows of no desktop, and a configuration may take anybody away."""

OURS = ("missed", "no_answer", "unreachable", "no_line", "line_failed")
"""Why agents are made not ready who did not ask for it."""


class Losses:
    """`count` is how many there were."""

    def __init__(self, lines: Mapping[str, Line]) -> None:
        self.count = 0
        self._lines = lines

    def take(self, record: TurnRecord) -> None:
        """Whoever is gone now, if anybody is being called."""
        events = (record.input, *record.events)
        lost = dict.fromkeys(
            event.agent_id
            for event in events
            if isinstance(event, GONE) or (isinstance(event, AgentNotReady) and event.reason in OURS)
        )
        everybody = any(isinstance(event, ServerStarted | ConfigApplied) for event in events)
        if (lost or everybody) and any(line.detect and not line.over for line in self._lines.values()):
            self.count += len(lost) + EVERYBODY * everybody
