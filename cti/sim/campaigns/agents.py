"""Agents who are shown leads, too: they ask for one, call it, pass it over, think better of it; and promise to call
again."""

from cti.core.events import DispositionGiven, HangUpRequested, LeadDialRequested, LeadSkipRequested, NextLeadRequested
from cti.sim.agents import Agent
from cti.sim.campaigns.centre import LATER
from cti.views import frames as f

ASKS_MS = 4_000, 25_000


class CallingAgent(Agent):
    """As any agent, with leads on the screen."""

    def see(self, frame: f.AgentFrame) -> None:
        """A lead is taken or declined as any offer is; or by its own buttons."""
        if isinstance(frame, f.WrapUp) and self._nature.chance(0.25):
            self._promise(frame.contact_id)
            return
        super().see(frame)
        if isinstance(frame, f.Offer) and frame.campaign_id and self._nature.chance(0.5):
            kind = LeadSkipRequested if self._has_habit("declines") else LeadDialRequested
            self._ask_later(200, 6_000, kind, contact_id=frame.contact_id)
        elif isinstance(frame, f.DialProgress) and self._has_habit("hangs_up_at_once"):
            self._ask_later(100, 8_000, HangUpRequested, contact_id=frame.contact_id)

    def _promise(self, contact_id: str) -> None:
        """Soon, later, too late; and once more, if that is not to be."""
        nature = self._nature
        callback_at = nature.now + nature.pick((-1_000, 20_000, 20_000, 45_000, 10_000_000))
        whose = nature.pick(("", "me"))
        said = {"contact_id": contact_id, "disposition": LATER, "callback_at": callback_at, "callback_for": whose}
        self._ask_later(50, 6_000, DispositionGiven, **said)

    def _look_around(self) -> None:
        super()._look_around()
        desk = self.shown()
        if self.nailed_up and desk and desk.ready and not desk.contacts and not self._going_home:
            self._ask_later(*ASKS_MS, NextLeadRequested)
