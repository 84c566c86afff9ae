"""Nailed-up legs: an agent's leg that stays up, in a room of the agent's own, from one conversation to the next."""

from cti.core.agent import Agent
from cti.core.base import changed
from cti.core.call import Leg
from cti.core.config import AgentConfig
from cti.core.events import CallArrived
from cti.core.state import State
from cti.core.states import LegState

CLIENT = "client:"


def is_line(state: State, leg: Leg) -> bool:
    """The leg is its agent's nailed-up one, up or on its way to be. Nobody hangs it up to end a conversation."""
    agent = state.agents.get(leg.agent_id)
    return leg.nailed_up and agent is not None and agent.leg_id == leg.leg_id


def agent_at(state: State, endpoint: str) -> AgentConfig | None:
    """Whose softphone this is."""
    return next((config for config in state.config.agents.values() if config.endpoint == endpoint), None)


def is_softphone(state: State, event: CallArrived) -> bool:
    """A softphone dials: an agent's, or one that asks for none of our numbers. Any other that does is a caller."""
    if not event.from_number.startswith(CLIENT):
        return False
    return event.to_number not in state.config.entry_points or agent_at(state, event.from_number) is not None


def line_of(state: State, agent: Agent) -> Leg | None:
    """The agent's nailed-up leg."""
    return state.legs.get(agent.leg_id)


def bind(state: State, leg_id: str, contact_id: str) -> None:
    """A nailed-up leg, with the room if that is the agent's own, serves this contact from now on."""
    leg = state.legs.get(leg_id)
    if leg is None or not leg.nailed_up:
        return
    state.legs.put(leg_id, changed(leg, contact_id=contact_id))
    agent = state.agents.get(leg.agent_id)
    call = state.calls.get(agent.call_id) if agent else None
    if call:
        state.calls.put(call.call_id, changed(call, contact_id=contact_id))


def let_go(state: State, leg_id: str, contact_id: str) -> None:
    """A leg has nothing to do with the contact any more. One that has ended is forgotten, one that lives is when its
    end is reported, and one that its agent waits to be rid of when the agent is told; a nailed-up one waits for the
    next contact."""
    leg = state.legs.get(leg_id)
    if leg is None:
        return
    if leg.nailed_up:
        if leg.contact_id == contact_id:
            bind(state, leg_id, "")
    elif leg.state is LegState.ENDED and leg_id not in _releasing(state, leg):
        state.leg_by_ref.drop(leg.provider_ref)
        state.legs.drop(leg_id)


def _releasing(state: State, leg: Leg) -> tuple[str, ...]:
    agent = state.agents.get(leg.agent_id)
    return agent.releasing if agent else ()


def give_up_room(state: State, leg_id: str, contact_id: str) -> None:
    """The contact stays in the agent's own room, and the agent leaves it: the room is the contact's from now on."""
    leg = state.legs.get(leg_id)
    agent = state.agents.get(leg.agent_id) if leg and leg.nailed_up else None
    call = state.calls.get(agent.call_id) if agent else None
    if agent and call and call.contact_id == contact_id:
        state.calls.put(call.call_id, changed(call, agent_id=""))
        state.agents.put(agent.agent_id, changed(agent, call_id="", nailed=False))


def room_is_over(state: State, leg: Leg) -> bool:
    """Whether a customer's leg is, as far as we know, in the own room of an agent who is not there any more. That room
    ends with the agent, and whoever was sent there comes out and asks."""
    call = state.calls.get(leg.call_id)
    if call is None or not call.agent_id:
        return False
    inside = [state.legs.get(leg_id) for leg_id in call.leg_ids]
    return all(each is None or each.agent_id != call.agent_id for each in inside)


def left_room(state: State, leg_id: str) -> None:
    """The line is on its way out of the room it was in."""
    leg = state.legs[leg_id]
    agent = state.agents.get(leg.agent_id)
    if agent and agent.leg_id == leg_id:
        own = agent.call_id if leg.bound_for == agent.call_id else ""
        state.agents.put(agent.agent_id, changed(agent, call_id=own, nailed=False))


def forget_room(state: State, call_id: str) -> None:
    """An agent's own room is nothing to us any more."""
    call = state.calls.get(call_id)
    for inside in call.leg_ids if call else ():
        leg = state.legs.get(inside)
        if leg and leg.call_id == call_id:
            state.legs.put(inside, changed(leg, call_id=""))
    state.calls.drop(call_id)
