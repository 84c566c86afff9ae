"""A supervisor puts an agent into a state. What an agent could not do without harm a supervisor cannot either."""

from cti.acd.presence import is_in_conversation, put_off, sign_out
from cti.core.agent import SIGNING_OUT, Agent
from cti.core.events import AgentNotReady, AgentReady, RequestAccepted, RequestRefused, StateForced
from cti.core.kept import is_kept
from cti.core.states import Presence
from cti.core.turn import Turn

FORCED = "forced"
"""Why an agent is not ready, if the supervisor gives no other reason."""


def decide_state_forced(turn: Turn, event: StateForced) -> None:
    """Each way ends in the event that the agent's own request would, so that desks and rules need not tell them
    apart."""
    agent = turn.state.agents.get(event.agent_id)
    force = _WAYS.get(event.state)
    if agent is None:
        _refuse(turn, event, "unknown_agent", "There is no such agent.")
    elif force is None:
        _refuse(turn, event, "bad_state", f"Choose one of: {', '.join(_WAYS)}.")
    elif agent.presence is Presence.SIGNED_OUT and event.state != "signed_out":
        _refuse(turn, event, "signed_out", "This agent is signed out, and has to sign in first.")
    else:
        force(turn, event, agent)


def _ready(turn: Turn, event: StateForced, agent: Agent) -> None:
    if agent.presence is Presence.ABSENT:
        _refuse(turn, event, "absent", "No desktop of this agent is connected: nobody would see an offer.")
    elif agent.ready and not agent.leaving:
        _accept(turn, event)
    else:
        turn.emit(AgentReady(agent_id=agent.agent_id))


def _not_ready(turn: Turn, event: StateForced, agent: Agent) -> None:
    """Takes effect at once, or after what the agent is doing; or once no line in the air counts on the agent."""
    reasons = turn.state.config.not_ready_reasons
    reason = event.reason or FORCED
    if event.reason and event.reason not in reasons:
        _refuse(turn, event, "unknown_reason", f"Give no reason, or one of: {', '.join(reasons)}.")
    elif not agent.ready and agent.reason == reason:
        _accept(turn, event)
    elif is_kept(turn.state, agent.agent_id):
        put_off(turn, agent.agent_id, reason)
    else:
        turn.emit(AgentNotReady(agent_id=agent.agent_id, reason=reason))


def _signed_out(turn: Turn, event: StateForced, agent: Agent) -> None:
    if agent.presence is Presence.SIGNED_OUT:
        _accept(turn, event)
    elif is_in_conversation(turn.state, agent):
        detail = "This agent is in a conversation: make not ready, which takes effect afterwards."
        _refuse(turn, event, "in_conversation", detail)
    elif is_kept(turn.state, agent.agent_id):
        put_off(turn, agent.agent_id, SIGNING_OUT)
    else:
        sign_out(turn, agent, FORCED)


_WAYS = {"ready": _ready, "not_ready": _not_ready, "signed_out": _signed_out}


def _refuse(turn: Turn, event: StateForced, code: str, detail: str) -> None:
    refused = RequestRefused(
        agent_id="", code=code, detail=detail, request_id=event.request_id, supervisor_id=event.supervisor_id
    )
    turn.emit(refused)


def _accept(turn: Turn, event: StateForced) -> None:
    """It was so already."""
    turn.emit(RequestAccepted(agent_id="", request_id=event.request_id, supervisor_id=event.supervisor_id))
