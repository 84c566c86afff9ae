"""Who looks after the campaigns: they are started, paused, drained, stopped, at any moment; and people ask not to be
called any more, mostly when they are being called."""

from collections.abc import Mapping, Sequence

from cti.core.events import AnyEvent, CampaignControlRequested, SuppressionRequested
from cti.sim.campaigns.leads import Lead
from cti.sim.edge import Edge
from cti.sim.line import Line
from cti.sim.nature import Nature

ACTIONS = ("start", "start", "start", "pause", "drain", "stop", "dance")


class Operators:
    """At the command line. They see to it that what they say is heard."""

    def __init__(
        self, nature: Nature, edge: Edge, campaigns: Sequence[str], leads: Mapping[str, Lead], lines: Mapping[str, Line]
    ) -> None:
        self._nature = nature
        self._edge = edge
        self._campaigns = campaigns
        self._leads = tuple(leads.values())
        self._lines = lines
        self._said = 0

    def begin(self, lasts_ms: int) -> None:
        """Everything is started, and much of it stopped and started again."""
        nature = self._nature
        for campaign_id in self._campaigns:
            nature.after(1_000, 20_000, lambda name=campaign_id: self.control(name, "start"))  # type: ignore[misc]
        for _ in range(nature.pick((0, 1, 3, 6))):
            nature.after(20_000, lasts_ms, self._change)
        for _ in range(nature.pick((0, 2, 6))):
            nature.after(10_000, lasts_ms, self._leave_alone)

    def end(self, action: str) -> None:
        """All of them."""
        for campaign_id in self._campaigns:
            self.control(campaign_id, action)

    def control(self, campaign_id: str, action: str) -> None:
        """As soon as there is somebody to tell."""
        self._post(CampaignControlRequested(campaign_id=campaign_id, action=action, by="olga"))

    def _change(self) -> None:
        """Something is stopped for a while."""
        nature = self._nature
        campaign_id = nature.pick((*self._campaigns, *self._campaigns, "nonsense"))
        self.control(campaign_id, nature.pick(ACTIONS))
        nature.after(500, 15_000, lambda: self.control(campaign_id, "start"))

    def _leave_alone(self) -> None:
        """Whoever rings just now, or anybody."""
        ringing = [line.to_number for line in self._lines.values() if line.detect and not line.over]
        numbers = [number.removeprefix("tel:") for number in ringing] or [self._nature.pick(self._leads).numbers[0]]
        self._post(SuppressionRequested(scope="company", value=self._nature.pick(numbers), by="anna", origin="agent"))

    def _post(self, event: AnyEvent) -> None:
        owner = self._edge.owner
        if owner is None or owner.asleep:
            self._nature.after(300, 1_000, lambda: self._post(event))
            return
        self._said += 1
        owner.post(event, key=f"operator:{owner.decider.epoch}:{self._said}", actor="cli")
