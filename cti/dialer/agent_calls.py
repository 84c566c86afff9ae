"""A customer whom an agent calls: a contact of that agent's from the beginning, held out as an offer, taken as one."""

from typing import NamedTuple

from cti.core.agent import Agent
from cti.core.config import AgentConfig
from cti.core.contact import ACKNOWLEDGE_MS, Contact, Offer
from cti.core.events import ContactStarted, OfferAccepted, OfferMade
from cti.core.ids import OFFER
from cti.core.placing import caller_id_of, start_leg
from cti.core.states import Direction, PartyRole
from cti.core.turn import Turn


class AgentCall(NamedTuple):
    """Who calls whom, for which campaign, and whose queue it counts in."""

    agent_id: str
    contact_id: str
    leg_id: str
    number: str
    campaign_id: str
    queue_id: str


def no_line(agent: Agent, config: AgentConfig | None) -> str:
    """Why this agent can call nobody, however free, and what to do; empty where there is a line that stays up."""
    if config is None or not config.nailed_up:
        return "Only who has a line that stays up can call: ask for nailed_up: true in agents.yaml."
    return "" if agent.nailed else "Your telephone line is not up: wait until it is, or call in."


def offer_call(turn: Turn, call: AgentCall, attempt_id: str = "") -> None:
    """The leg is there, and asked of nobody yet; the card is on the screen, and the agent is nobody else's."""
    agent = turn.state.agents[call.agent_id]
    start_leg(turn, call.leg_id, endpoint=f"tel:{call.number}", call_id="", role=PartyRole.CUSTOMER)
    turn.emit(
        ContactStarted(
            contact_id=call.contact_id,
            direction=Direction.OUTBOUND,
            leg_id=call.leg_id,
            to_number=caller_id_of(turn.state, call.campaign_id),
            from_number=call.number,
            campaign_id=call.campaign_id,
            attempt_id=attempt_id,
            agent_id=call.agent_id,
            queue_id=call.queue_id,
        )
    )
    turn.emit(
        OfferMade(
            offer_id=turn.new_id(OFFER),
            contact_id=call.contact_id,
            agent_id=call.agent_id,
            queue_id=call.queue_id,
            ack_by=turn.now.at + ACKNOWLEDGE_MS,
            waited_ms=0,
            candidates=1,
            idle_ms=turn.now.at - agent.idle_since,
            from_number=call.number,
            campaign_id=call.campaign_id,
        )
    )


def accept_call(turn: Turn, contact: Contact, offer: Offer) -> None:
    """The agent waits on the line that stays up, where the customer will be brought."""
    agent = turn.state.agents[offer.agent_id]
    turn.emit(
        OfferAccepted(
            offer_id=offer.offer_id,
            contact_id=contact.contact_id,
            agent_id=agent.agent_id,
            connect_by=0,
            leg_id=agent.leg_id,
            call_id=agent.call_id,
        )
    )
