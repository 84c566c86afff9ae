"""Which agents' legs each caller talked with, when, and whether a second one was let in or just came.

An agent's leg is one to or from a softphone, one that REST called into a room, or an outside number rung by
`POST /Calls` from the moment at which it talks with a caller: until then it may be anybody whom the server rings.
"""

from collections import defaultdict
from itertools import combinations

from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import BridgeRecord, LegRecord

Talk = tuple[str, BridgeRecord]
"""An agent's leg, and a stretch of time in which the caller could talk with it."""


class Talks:
    """The talks of everybody who called."""

    def __init__(self, ledger: Ledger) -> None:
        self._of: dict[str, list[Talk]] = defaultdict(list)
        self._heard: dict[str, list[Talk]] = defaultdict(list)  # whoever it was, but for supervisors
        for bridge in ledger.bridges:
            first, second = (ledger.legs[sid] for sid in bridge.sids)
            for caller, agent in ((first, second), (second, first)):
                if caller.is_contact and _is_agents(agent):
                    self._of[caller.sid].append((agent.sid, bridge))
                if caller.is_contact and agent.role != "supervisor":
                    self._heard[caller.sid].append((agent.sid, bridge))

    def of(self, caller: LegRecord) -> dict[str, int]:
        """The agents' legs it talked with, each with the moment at which that began; the first one first."""
        began: dict[str, int] = {}
        for sid, bridge in self._of.get(caller.sid, ()):
            began.setdefault(sid, bridge.start_ms)
        return began

    def first_talk_ms(self) -> dict[str, int]:
        """When each agent's leg first talked with a caller."""
        began: dict[str, int] = {}
        for talks in self._of.values():
            for sid, bridge in talks:
                began[sid] = min(began.get(sid, bridge.start_ms), bridge.start_ms)
        return began

    def intruders(self, caller: LegRecord) -> dict[str, int]:
        """The agents' legs that came while the caller was talking with another one, and were not let in; since when.
        Who comes into a conference comes to all of them."""
        came: dict[str, int] = {}
        for (one, earlier), (other, later) in combinations(self._of.get(caller.sid, ()), 2):
            at_once = earlier.end_ms is None or later.start_ms < earlier.end_ms
            if one != other and at_once and not later.let_in and not self._in_conference(caller, later.start_ms):
                came.setdefault(other, later.start_ms)
        return came

    def _in_conference(self, caller: LegRecord, at_ms: int) -> bool:
        """Whether the caller was talking with several just before, of whom one had been let in."""
        there = [
            (sid, bridge)
            for sid, bridge in self._heard.get(caller.sid, ())
            if bridge.start_ms < at_ms and (bridge.end_ms is None or bridge.end_ms > at_ms)
        ]
        return len({sid for sid, _ in there}) > 1 and any(bridge.let_in for _, bridge in there)


def _is_agents(leg: LegRecord) -> bool:
    return leg.is_agent or (leg.role is None and leg.origin == "calls")
