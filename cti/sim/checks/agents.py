"""A: nobody is offered more than fits, and nobody has two conversations."""

from collections.abc import Iterable

from cti.core.contact import offer_to
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.core.states import AssignmentState, LegState
from cti.sim.checks.violation import Violation


def check_agents(state: State, records: Iterable[TurnRecord]) -> None:
    """Of the agents whom the records name, in the state that they led to."""
    events = (event for record in records for event in (record.input, *record.events))
    for agent_id in dict.fromkeys(getattr(event, "agent_id", "") for event in events):
        agent = state.agents.get(agent_id)
        config = state.config.agents.get(agent_id)
        if agent is None or config is None or not agent.assignments:
            continue
        if len(agent.assignments) > config.capacity:
            raise Violation("A", f"{agent_id} has {len(agent.assignments)} contacts at once", agent_id)
        for held in agent.assignments:
            contact = state.contacts.get(held.contact_id)
            if contact is None:
                raise Violation("A", f"{agent_id} holds contact {held.contact_id}, which is gone", held.contact_id)
            if held.state is AssignmentState.RESERVED and offer_to(contact, agent_id) is None:
                raise Violation("A", f"{agent_id} is kept free for a contact that is not offered", held.contact_id)
            leg = state.legs.get(contact.leg_id)
            if held.state is AssignmentState.BUSY and (leg is None or leg.state is LegState.ENDED):
                raise Violation("A", f"{agent_id} is busy with a caller who is gone", held.contact_id)
