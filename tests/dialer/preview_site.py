"""A site whose agents are shown leads, and call them."""

from typing import Any

from cti.core import events as e
from cti.core.commands import GatherCallFacts
from cti.core.config import QueueConfig
from cti.core.contact import Contact
from cti.core.plan import Door
from cti.core.states import ContactState, OfferState
from tests.dialer.campaign_site import CampaignSite, dialled

PULLED = dialled(mode="preview")
"""Agents ask for leads, and say when they are called."""

TIMED = dialled(mode="preview", preview_s=20)
"""Leads come by themselves, and are called by themselves."""


class PreviewSite(CampaignSite):
    """Agents `a0` to ... call leads of the campaign `spring`."""

    def __init__(self, *campaigns: Any, agents: int = 1, **fields: Any) -> None:
        super().__init__(*(campaigns or (PULLED,)), agents=agents, **fields)

    def next_lead(self, agent_id: str = "a0", campaign_id: str = "") -> Contact | None:
        """The agent asks for one, which the desktop shows."""
        self.take(e.NextLeadRequested(agent_id=agent_id, campaign_id=campaign_id, request_id="next"))
        contact = self.shown(agent_id)
        if contact:
            self.acknowledge(agent_id)
        return self.shown(agent_id)

    def shown(self, agent_id: str = "a0") -> Contact | None:
        """The lead that the agent looks at."""
        contact = self.called(agent_id)
        waits = contact and contact.offer and contact.offer.state is OfferState.PENDING
        return contact if waits else None

    def called(self, agent_id: str = "a0") -> Contact | None:
        """The customer whom the agent calls, or is about to."""
        for held in self.state.agents[agent_id].assignments:
            contact = self.state.contacts.get(held.contact_id)
            if contact and contact.state is ContactState.DIALLING:
                return contact
        return None

    def dial(self, agent_id: str = "a0", *, known: bool = True) -> str:
        """The agent calls the lead that is shown; what is to be known of it is known. Returns the customer's leg."""
        contact = self.shown(agent_id)
        assert contact, "nobody is shown"
        self.take(e.LeadDialRequested(agent_id=agent_id, contact_id=contact.contact_id, request_id="dial"))
        if known:
            self.tell(contact.leg_id)
        return contact.leg_id

    def tell(self, leg_id: str, **fields: Any) -> None:
        """The store says what is known of the number."""
        assert any(isinstance(each, GatherCallFacts) and each.dial_id == leg_id for each in self.asked)
        self.take(e.CallFactsGathered(dial_id=leg_id, as_of_seq=self.state.last.seq, **fields))

    def skip(self, agent_id: str = "a0", reason: str = "") -> None:
        contact = self.shown(agent_id)
        assert contact, "nobody is shown"
        self.take(e.LeadSkipRequested(agent_id=agent_id, contact_id=contact.contact_id, reason=reason))

    def rings(self, leg_id: str) -> None:
        self.place(leg_id)
        self.alert(leg_id)

    def customer_answers(self, leg_id: str) -> str:
        """And is in the agent's room. Returns the contact."""
        self.answer(leg_id)
        self.ask(leg_id, Door.ANSWERED, nonce=0)
        contact_id = self.state.legs[leg_id].contact_id
        self.join(leg_id, self.state.contacts[contact_id].call_id)
        return contact_id

    def stages(self) -> list[str]:
        return [event.stage for event in self.ever(e.DialProgressed)]


def outbound(**fields: Any) -> QueueConfig:
    """The queue of those who call."""
    return QueueConfig(queue_id="outbound", name="Outbound", **{"takes_itself": True, **fields})
