"""A site that dials a campaign: agents on lines that stay up, a store that gives leads, a carrier that a test plays."""

from typing import Any

from cti.core import events as e
from cti.core.calling import CallingRule, ConductDemand
from cti.core.campaign_config import CampaignDialling
from cti.core.commands import ClaimLeads, Originate
from cti.core.config import Flow, HangUpStep
from cti.core.leads import ClaimSpec
from cti.core.plan import Door, Say
from cti.core.states import EndCause
from tests.centre import agent, flow, queue
from tests.dialer.calling_site import HOURS, CallingSite, calling, campaign

ABANDONED = CallingRule(
    rule_id="US-ABN",
    jurisdiction="US",
    title="At most 3 %",
    demand=ConductDemand(abandoned_ppm_max=30_000, abandoned_days=30, connect_ms=2_000),
)
SORRY = Say(text="This is Harbour Supplies. Good bye.", language="en-US")
OUTBOUND = "outbound"


def dialled(campaign_id: str = "spring", mode: str = "predictive", **fields: Any) -> Any:
    """A campaign that the server dials."""
    how = {"queue_id": OUTBOUND, "abandoned_flow": "sorry", "claim": ClaimSpec(lists=("spring",)), **fields}
    return campaign(campaign_id, mode=mode, dialling=CampaignDialling(**how))


class CampaignSite(CallingSite):
    """Agents `a0` to ... are signed in, each on a line that stays up. Every number is in New York."""

    def __init__(
        self,
        *campaigns: Any,
        agents: int = 2,
        rules: tuple[CallingRule, ...] = (HOURS, ABANDONED),
        also: tuple[str, ...] = (),
        also_queues: tuple[str, ...] = (),
        flows: tuple[Flow, ...] = (),
        kinds: dict[str, str] | None = None,
        calls_per_second: int = 0,
    ) -> None:
        self.agent_ids = tuple(f"a{number}" for number in range(agents))
        people = [agent(agent_id, OUTBOUND, *also, nailed_up=True) for agent_id in self.agent_ids]
        outbound = queue(OUTBOUND, takes_itself=True, dispositions=(*(kinds or {}),), disposition_kinds=kinds or {})
        super().__init__(
            calling(*rules, campaigns=campaigns or (dialled(),)),
            tuple(people),
            queues=(outbound, queue("sales"), *(queue(each, takes_itself=True) for each in also_queues)),
            flows=(flow("sorry", "say", say=HangUpStep(prompt=(SORRY,))), *flows),
            calls_per_second=calls_per_second,
        )
        self.sign_in(*self.agent_ids)
        for agent_id in self.agent_ids:
            self.nail_up(agent_id)
        self.given = 0

    def start(self, campaign_id: str = "spring", leads: int = 20, area: str = "212") -> None:
        """It runs, and has leads."""
        self.control("start", campaign_id)
        self.give(campaign_id, leads, area)

    def control(self, action: str, campaign_id: str = "spring") -> None:
        self.take(e.CampaignControlRequested(campaign_id=campaign_id, action=action, by="sue"))

    def give(self, campaign_id: str = "spring", leads: int = 20, area: str = "212", **fields: Any) -> None:
        """The store answers the question for leads that is under way."""
        asked = [each for each in self.asked if isinstance(each, ClaimLeads) and each.campaign_id == campaign_id][-1]
        first = self.given
        self.given += leads
        given = tuple(self.lead(number, area) for number in range(first, first + leads))
        claimed = {"as_of_seq": self.state.last.seq, "leads": given, **fields}
        self.take(e.LeadsClaimed(campaign_id=campaign_id, claim_id=asked.claim_id, **claimed))

    def lead(self, number: int, area: str = "212") -> e.ClaimedLead:
        return e.ClaimedLead(
            lead_id=f"lead{number}",
            list_id="spring",
            numbers=(e.LeadNumber(number=f"+1{area}556{number:04d}", kind="mobile"),),
            customer=e.Customer(customer_id=f"c{number}", name=f"Customer {number}"),
        )

    def pace(self, lines: int, pool_id: str = "spring", as_of_seq: int = 0) -> list[str]:
        """The pacing wants so many lines now; what is known of the numbers is so as of a record (0: the last). Returns
        the legs that were begun, and were not refused."""
        self.take(e.PacingComputed(campaign_id=pool_id, calls_now=lines, method="test"))
        begun = [event.leg_id for event in self.happened(e.LeadTaken)]
        for leg_id in begun:
            if leg_id in self.state.gathering:
                self.take(e.CallFactsGathered(dial_id=leg_id, as_of_seq=as_of_seq or self.state.last.seq))
        return [leg_id for leg_id in begun if leg_id in self.state.lines]

    def dialled_legs(self) -> list[str]:
        return [each.leg_id for each in self.asked if isinstance(each, Originate) and each.called]

    def pick_up(self, leg_id: str, **fields: Any) -> None:
        """Somebody answers, or something."""
        self.place(leg_id)
        self.alert(leg_id)
        self.answer(leg_id)
        self.ask(leg_id, Door.ANSWERED, nonce=0, **fields)

    def no_answer(self, leg_id: str) -> None:
        self.place(leg_id)
        self.end(leg_id, EndCause.NO_ANSWER)
