"""Nailed-up agents: one leg, up from sign-in to sign-out, in a room of the agent's own, into which callers are brought.

Where such a leg should be follows from what its agent does: in the room of the conversation, else in the agent's own.
`settle` compares and moves it; nothing else does. It is never hung up to end a conversation (see `Turn.release`).
"""

from typing import Any

from cti.acd.offers import offers_of, take_back
from cti.acd.screening import ACCEPTS, listen
from cti.core.agent import Agent
from cti.core.apply.agents import LINE_MAX_MS
from cti.core.call import Leg
from cti.core.commands import CheckLeg, HangUpLeg, KeepCall, MuteLeg
from cti.core.config import Prompt
from cti.core.contact import offer_to
from cti.core.events import (
    AgentAbsent,
    AgentLegLost,
    AgentLegNailedUp,
    AgentLineWatched,
    AgentNotReady,
    AgentReady,
    AgentSignedIn,
    AgentSignedOut,
    CallArrived,
    CallEnded,
    CallJoined,
    CallLeft,
    CallStarted,
    ConsultEnded,
    ContactEnded,
    LegChecked,
    LegEnded,
    LegRefused,
    LegStarted,
    OfferAccepted,
    PlanRequested,
)
from cti.core.ids import CALL
from cti.core.lines import CLIENT, agent_at, is_line, is_softphone, line_of
from cti.core.placing import new_leg_id, request_leg, start_leg
from cti.core.plan import Door, HangUp, Join, Plan, Say
from cti.core.state import State
from cti.core.states import (
    AssignmentState,
    ContactState,
    LeaveResult,
    LegState,
    OfferState,
    PartyRole,
    Presence,
    WithdrawReason,
)
from cti.core.turn import Turn

NO_LINE = "no_line"
"""Why an agent is not ready who will be, as soon as the leg is up."""

LINE_FAILED = "line_failed"
"""The leg did not come up. Asking for ready rings again."""

AGAIN_MS = 5_000
"""Until a leg that was lost is rung again: by then the carrier has let go of the old one."""

MOVE_MS = 10_000
"""How long the leg may take from one room to another until the carrier is asked where it is: longer than a request to
move it may be under way."""

MOVE_LOOKS_MAX = 2
"""So often it is asked, and sent again, until the leg counts as of no use."""

BUSY_MS = 60_000
"""When to look again at a leg that has been up for too long, and is in use."""


def decide_signed_in(turn: Turn, event: AgentSignedIn) -> None:
    """The leg comes up with the agent."""
    raise_line(turn, event.agent_id)


def decide_signed_out(turn: Turn, event: AgentSignedOut) -> None:
    """And goes with the agent."""
    drop_line(turn, event.agent_id)


def decide_ready(turn: Turn, event: AgentReady) -> None:
    """Not without the leg; but as soon as it is up."""
    agent = turn.state.agents[event.agent_id]
    config = turn.state.config.agents.get(event.agent_id)
    if config and config.nailed_up and not agent.nailed and _talk_of(turn.state, agent) == "":
        turn.emit(AgentNotReady(agent_id=event.agent_id, reason=NO_LINE))
        raise_line(turn, event.agent_id)


def raise_line(turn: Turn, agent_id: str) -> None:
    """Ring the agent, to stay; see `decide_came_back` for who answers. A softphone dials in by itself."""
    agent, config = turn.state.agents[agent_id], turn.state.config.agents.get(agent_id)
    signed_out = agent.presence is Presence.SIGNED_OUT
    if config is None or not config.nailed_up or agent.leg_id or signed_out or config.endpoint.startswith(CLIENT):
        return
    leg_id = new_leg_id(turn)
    start_leg(turn, leg_id, endpoint=config.endpoint, call_id="", role=PartyRole.AGENT, agent_id=agent_id)
    request_leg(turn, leg_id, "nailed_up", agent_id=agent_id)


def drop_line(turn: Turn, agent_id: str, again_at: int = 0) -> None:
    """Hang the leg up for good; only between conversations."""
    leg_id = turn.state.agents[agent_id].leg_id
    if leg_id:
        turn.emit(AgentLegLost(agent_id=agent_id, leg_id=leg_id, again_at=again_at))
        turn.release(leg_id)


def decide_call_arrived(turn: Turn, event: CallArrived) -> None:
    """A softphone dials: that of a nailed-up agent to stay, anybody else's to no end."""
    if not is_softphone(turn.state, event):
        return
    config = agent_at(turn.state, event.from_number)
    agent = turn.state.agents.get(config.agent_id) if config else None
    if config is None or agent is None or not config.nailed_up:
        _refuse_call(turn, "This softphone cannot place calls. Good bye.")
    elif agent.presence is Presence.SIGNED_OUT:
        _refuse_call(turn, "Please sign in first. Good bye.")
    else:
        _take_line(turn, event, agent)


def _refuse_call(turn: Turn, text: str) -> None:
    said = Say(text=text, language=turn.state.config.language)
    turn.answer("", Plan((said, HangUp())), turn.now.seq)


def _take_line(turn: Turn, event: CallArrived, agent: Agent) -> None:
    """Instead of the one before, if there was one: that browser was closed, or it would not dial again."""
    if _talk_of(turn.state, agent):
        _end_in_talk(turn, agent)
        _refuse_call(turn, "Please call again in a moment.")
        return
    if agent.leg_id:
        _lost(turn, agent.agent_id)
    call_id, leg_id = turn.new_id(CALL), new_leg_id(turn)
    turn.emit(CallStarted(call_id=call_id, agent_id=agent.agent_id))
    turn.emit(
        LegStarted(
            leg_id=leg_id,
            role=PartyRole.AGENT,
            endpoint_kind="client",
            agent_id=agent.agent_id,
            call_id=call_id,
            provider_ref=event.provider_ref,
            endpoint=event.from_number,
        )
    )
    _move(turn, agent.agent_id, leg_id, call_id, own=True)


def _end_in_talk(turn: Turn, agent: Agent) -> None:
    """The leg is of no use, and somebody talks to it, or is about to: what becomes of them is decided when the carrier
    reports its end."""
    leg = line_of(turn.state, agent)
    if leg and leg.provider_ref:
        turn.ask(HangUpLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref))


def decide_call_joined(turn: Turn, event: CallJoined) -> None:
    """The leg is in its room: callers may come."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None or not is_line(turn.state, leg):
        return
    agent = turn.state.agents[leg.agent_id]
    if event.call_id != leg.bound_for:  # late, or astray
        turn.emit(AgentLineWatched(agent_id=agent.agent_id, look_at=turn.now.at + MOVE_MS))
    elif event.call_id != agent.call_id:
        settle(turn, agent.agent_id)
    elif not agent.nailed:
        turn.emit(AgentLegNailedUp(agent_id=agent.agent_id, leg_id=leg.leg_id, call_id=event.call_id))
        if agent.reason == NO_LINE and agent.presence is Presence.SIGNED_IN:
            turn.emit(AgentReady(agent_id=agent.agent_id))


def decide_accepted(turn: Turn, event: OfferAccepted) -> None:
    """Heard by the next caller, whatever the agent did before; and moved, if asked into another's conversation."""
    leg = turn.state.legs.get(event.leg_id)
    if leg and leg.nailed_up and leg.muted:
        turn.ask(MuteLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=leg.call_id, muted=False))
    settle(turn, event.agent_id)


def decide_moved_on(turn: Turn, event: Any) -> None:
    """What an agent was in may be over."""
    for name in ("agent_id", "from_agent_id", "with_agent_id"):
        settle(turn, getattr(event, name, ""))


def decide_contact_ended(turn: Turn, event: ContactEnded) -> None:
    """For everybody who was in it, or on the way."""
    contact = turn.state.contacts.get(event.contact_id)
    offered = [running.offer.agent_id for running in offers_of(contact)] if contact else []
    for agent_id in dict.fromkeys((*event.agent_ids, *offered)):
        settle(turn, agent_id)


def decide_consult_ended(turn: Turn, event: ConsultEnded) -> None:
    """If the conversation ended with it, nobody has told the carrier that the room ends again with the agent."""
    contact = turn.state.contacts.get(event.contact_id)
    agent = turn.state.agents.get(event.agent_id)
    leg = line_of(turn.state, agent) if agent else None
    talks = contact and contact.state is ContactState.CONNECTED
    if agent and leg and not talks and leg.call_id and leg.call_id == agent.call_id:
        room = {"leg_id": leg.leg_id, "provider_ref": leg.provider_ref, "call_id": leg.call_id}
        turn.ask(KeepCall(ends_call=True, **room))
    decide_moved_on(turn, event)


def settle(turn: Turn, agent_id: str) -> None:
    """Bring the agent's nailed-up leg to where it should be. A room it has left is over: back means a fresh one; and so
    is one in which somebody may still be who was asked to go."""
    agent = turn.state.agents.get(agent_id)
    leg = line_of(turn.state, agent) if agent else None
    if agent is None or leg is None or leg.released or leg.state not in (LegState.CONNECTED, LegState.HELD):
        return
    if not leg.bound_for:  # nobody knows yet who has answered
        return
    room = _talk_of(turn.state, agent)
    if room:
        if leg.bound_for != room:
            _move(turn, agent_id, leg.leg_id, room, own=False)
        return
    config = turn.state.config.agents.get(agent_id)
    if config is None or not config.nailed_up:
        drop_line(turn, agent_id)
    elif not agent.call_id or leg.bound_for != agent.call_id or _somebody_stays(turn.state, agent):
        call_id = turn.new_id(CALL)
        turn.emit(CallStarted(call_id=call_id, agent_id=agent_id))
        _move(turn, agent_id, leg.leg_id, call_id, own=True)


def _somebody_stays(state: State, agent: Agent) -> bool:
    """Nobody has said that they left: they would hear the next caller."""
    call = state.calls.get(agent.call_id)
    return call is not None and any(leg_id != agent.leg_id for leg_id in call.leg_ids)


def _move(turn: Turn, agent_id: str, leg_id: str, call_id: str, *, own: bool) -> None:
    turn.plan(leg_id, Plan((Join(call_id=call_id, ends_call=own),)))
    turn.emit(AgentLineWatched(agent_id=agent_id, look_at=turn.now.at + MOVE_MS))


def _look_for(turn: Turn, agent: Agent, leg: Leg) -> None:
    """A move in doubt is not repeated blindly: where it worked, the second would lead the leg out again. So ask."""
    look_at = turn.now.at + MOVE_MS
    turn.emit(AgentLineWatched(agent_id=agent.agent_id, look_at=look_at, tries=agent.line_tries + 1))
    turn.ask(CheckLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref, call_id=leg.bound_for, nonce=leg.nonce))


def decide_leg_checked(turn: Turn, event: LegChecked) -> None:
    """The leg is not where it was sent: then it is sent again. Where it is there, that is as good as the report."""
    leg = turn.state.legs[event.leg_id]
    lost = event.alive and event.sought == leg.bound_for != "" and event.call_id != event.sought
    if lost and is_line(turn.state, leg) and event.nonce == leg.nonce and leg.plan and not leg.awaiting:
        turn.plan(leg.leg_id, leg.plan)


def _talk_of(state: State, agent: Agent) -> str:
    """The room of the conversation the agent is in, or on the way into; empty for none."""
    for held in agent.assignments:
        contact = state.contacts.get(held.contact_id)
        if contact is None or contact.state is ContactState.ENDED or held.state is AssignmentState.WRAP_UP:
            continue
        offer = offer_to(contact, agent.agent_id)
        if offer and offer.state is OfferState.ACCEPTED:
            return contact.call_id
    return ""


def decide_leg_gone(turn: Turn, event: LegEnded | LegRefused) -> None:
    """The leg is over, or never came up."""
    leg = turn.state.find_leg(event.leg_id, getattr(event, "provider_ref", ""))
    if leg and is_line(turn.state, leg):
        _lost(turn, leg.agent_id)


def decide_call_left(turn: Turn, event: CallLeft) -> None:
    """Out of the agent's own room, without being sent: nothing will bring it back. Out of another's, it goes home."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    if leg is None or not is_line(turn.state, leg) or event.call_id != leg.bound_for:
        return
    if event.call_id == turn.state.agents[leg.agent_id].call_id:
        _lost(turn, leg.agent_id)
    else:
        settle(turn, leg.agent_id)


def decide_call_ended(turn: Turn, event: CallEnded) -> None:
    """The agent's own room is over, and so is what was in it."""
    call = turn.state.calls.get(event.call_id)
    agent = turn.state.agents.get(call.agent_id) if call else None
    if agent and agent.call_id == event.call_id:
        _lost(turn, agent.agent_id)


def _lost(turn: Turn, agent_id: str) -> None:
    """Who had a leg is rung again, and is ready again with it; who did not answer is not rung without asking."""
    state = turn.state
    agent, config = state.agents[agent_id], state.config.agents.get(agent_id)
    leg = line_of(state, agent)
    _drop_offers(turn, agent)
    was_up = agent.line_up_at > 0
    if agent.ready or agent.reason == NO_LINE:
        turn.emit(AgentNotReady(agent_id=agent_id, reason=NO_LINE if was_up else LINE_FAILED))
    dialled = config is not None and config.nailed_up and not config.endpoint.startswith(CLIENT)
    again_at = turn.now.at + AGAIN_MS if was_up and dialled and agent.presence is not Presence.SIGNED_OUT else 0
    turn.emit(AgentLegLost(agent_id=agent_id, leg_id=agent.leg_id, again_at=again_at))
    if leg:
        turn.release(leg.leg_id)


def _drop_offers(turn: Turn, agent: Agent) -> None:
    """Nobody could take them; those accepted are the business of whoever looks after leaving legs."""
    for held in agent.assignments:
        contact = turn.state.contacts.get(held.contact_id)
        for running in offers_of(contact) if contact else ():
            if running.offer.agent_id == agent.agent_id and running.offer.state is OfferState.PENDING:
                take_back(turn, running, WithdrawReason.AGENT_LEFT)


def decide_came_back(turn: Turn, event: PlanRequested) -> None:
    """The leg is out of a room and asks where to go; or a telephone was answered. A voicemail answers, too: only who
    presses 1 gets a room, and with it callers."""
    leg = turn.state.legs[event.leg_id]
    if leg.role is not PartyRole.AGENT or not leg.nailed_up or event.result == LeaveResult.HUNG_UP:
        return
    if leg.awaiting and is_line(turn.state, leg):
        if leg.bound_for or (event.door is Door.DIGITS and event.digits == ACCEPTS):
            _go_home(turn, leg)
        else:
            is_new = event.door is Door.SCREEN
            turn.plan(leg.leg_id, listen(_begin(turn.state)) if is_new else Plan((HangUp(),)))
            turn.emit(AgentLineWatched(agent_id=leg.agent_id, look_at=turn.now.at + MOVE_MS))
    leg = turn.state.legs[event.leg_id]
    if leg.awaiting:
        turn.plan(leg.leg_id, Plan((HangUp(),)))


def _begin(state: State) -> Prompt:
    return (Say(text=f"Your line for calls. Press {ACCEPTS} to begin.", language=state.config.language),)


def _go_home(turn: Turn, leg: Leg) -> None:
    agent = turn.state.agents[leg.agent_id]
    room = _talk_of(turn.state, agent)
    if room and room not in (leg.call_id, agent.call_id):
        _move(turn, agent.agent_id, leg.leg_id, room, own=False)
    elif not room:
        call_id = turn.new_id(CALL)
        turn.emit(CallStarted(call_id=call_id, agent_id=agent.agent_id))
        _move(turn, agent.agent_id, leg.leg_id, call_id, own=True)


def decide_absent(turn: Turn, event: AgentAbsent) -> None:
    """A softphone went with its browser; a telephone stays."""
    agent = turn.state.agents[event.agent_id]
    leg = line_of(turn.state, agent)
    if leg and leg.endpoint_kind == "client" and not _talk_of(turn.state, agent):
        drop_line(turn, event.agent_id)


def due_line(turn: Turn, agent_id: str) -> None:
    """Ring again; or look after a leg that did not come where it was sent, or that the carrier would soon end."""
    state = turn.state
    agent = state.agents[agent_id]
    leg = line_of(state, agent)
    if leg is None:
        raise_line(turn, agent_id)
    elif leg.call_id != leg.bound_for and leg.bound_for and agent.line_tries < MOVE_LOOKS_MAX:
        _look_for(turn, agent, leg)
    elif leg.call_id != leg.bound_for and _talk_of(state, agent):
        _end_in_talk(turn, agent)
        turn.emit(AgentLineWatched(agent_id=agent_id, look_at=turn.now.at + MOVE_MS))
    elif leg.call_id != leg.bound_for:
        _lost(turn, agent_id)
    elif turn.now.at - agent.line_up_at < LINE_MAX_MS:
        turn.emit(AgentLineWatched(agent_id=agent_id, look_at=agent.line_up_at + LINE_MAX_MS))
    elif any(held.state is not AssignmentState.WRAP_UP for held in agent.assignments):
        turn.emit(AgentLineWatched(agent_id=agent_id, look_at=turn.now.at + BUSY_MS))
    else:
        _lost(turn, agent_id)


def looks(state: State) -> list[str]:
    """Agents whose leg does not fit the configuration any more."""
    found = []
    for agent in state.agents.in_order():
        config = state.config.agents.get(agent.agent_id)
        wanted = config is not None and config.nailed_up and agent.presence is not Presence.SIGNED_OUT
        rung = config is not None and not config.endpoint.startswith(CLIENT) and agent.reason != LINE_FAILED
        missing = wanted and rung and not agent.leg_id and not agent.line_at
        left_over = not wanted and agent.leg_id != "" and not _talk_of(state, agent)
        if missing or left_over:
            found.append(agent.agent_id)
    return found


def look(turn: Turn, agent_id: str) -> None:
    """Ring whose leg is missing, hang up one that is not wanted any more."""
    if turn.state.agents[agent_id].leg_id:
        drop_line(turn, agent_id)
    else:
        raise_line(turn, agent_id)


PROMISES = {"line": lambda state, key: state.agents[key].line_at if key in state.agents else 0}
DUE = {"line": due_line}
