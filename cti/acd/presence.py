"""Signing in and out, ready and not ready, desktops that vanish and come back."""

from enum import Enum
from typing import Any

from cti.acd.offers import offers_of, take_back
from cti.acd.state import AcdState
from cti.core.agent import SIGNING_OUT, Agent
from cti.core.air import longest_ms
from cti.core.apply.agents import ABSENCE_GRACE_MS
from cti.core.call import Leg
from cti.core.commands import CheckLeg
from cti.core.contact import offer_to
from cti.core.events import (
    AbsencePutOff,
    AgentAbsent,
    AgentNotReady,
    AgentReady,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    DesktopConnected,
    DesktopDisconnected,
    DeviceProven,
    LeavePutOff,
    NotReadyRequested,
    ProbeAnswered,
    ReadyRequested,
    RequestAccepted,
    RequestRefused,
    SignInRequested,
    SignOutRequested,
    WrapUpEnded,
)
from cti.core.kept import is_kept
from cti.core.pools import pools_of
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState, LegState, OfferState, Presence, WithdrawReason
from cti.core.turn import Turn

PUT_OFF_MS = 20_000
"""How much longer (ms) a talk by softphone goes on each time that an outage of ours looks to be why the desktop is
away; the carrier is asked whether its leg lives as often."""

AT_ONCE_MS = 10_000
"""Desktops that vanish within this time (ms) of each other vanished at once."""

SEVERAL = 3
"""So many desktops must be gone before that can be our doing, unless a worker ended: of two, each may have its own
reason."""

UNHEARD_MAX_MS = 60_000
"""How long (ms) a talk is spared without the carrier's word that its leg lives. The carrier itself ends a leg without
sound after about as long, so that a word that comes later tells of a browser that is well."""


def _refuse(turn: Turn, event: Any, code: str, detail: str) -> None:
    turn.emit(RequestRefused(agent_id=event.agent_id, code=code, detail=detail, request_id=event.request_id))


def put_off(turn: Turn, agent_id: str, reason: str, request_id: str = "") -> None:
    """Lines ring that count on this agent: it is a matter of seconds, and no longer than any of them may last."""
    pool = pools_of(turn.state).by_agent[agent_id]
    leaves_at = turn.now.at + longest_ms(turn.state, pool)
    turn.emit(LeavePutOff(agent_id=agent_id, reason=reason, leaves_at=leaves_at, request_id=request_id))


def _accept(turn: Turn, event: Any) -> None:
    """It was so already."""
    turn.emit(RequestAccepted(agent_id=event.agent_id, request_id=event.request_id))


def decide_sign_in(turn: Turn, event: SignInRequested) -> None:
    """Signing in ends an absence too. Who is signed in already is told so and nothing changes."""
    agent = turn.state.agents[event.agent_id]
    if event.agent_id not in turn.state.config.agents:
        _refuse(turn, event, "unknown_agent", "This agent was removed: ask a supervisor.")
    elif agent.presence is Presence.SIGNED_OUT:
        turn.emit(AgentSignedIn(agent_id=event.agent_id))
    elif agent.presence is Presence.ABSENT:
        turn.emit(AgentReturned(agent_id=event.agent_id))
    else:
        _accept(turn, event)


def decide_sign_out(turn: Turn, event: SignOutRequested) -> None:
    """Not in the middle of a conversation; a wrap-up ends with it."""
    agent = turn.state.agents[event.agent_id]
    if agent.presence is Presence.SIGNED_OUT:
        _accept(turn, event)
        return
    if is_in_conversation(turn.state, agent):
        _refuse(turn, event, "in_conversation", "Finish the conversation first, or hang up.")
        return
    if is_kept(turn.state, event.agent_id):
        put_off(turn, event.agent_id, SIGNING_OUT, event.request_id)
        return
    sign_out(turn, agent, "requested")


def is_in_conversation(state: State, agent: Agent) -> bool:
    """Or on the way into one: the offer is accepted."""
    for held in agent.assignments:
        contact = state.contacts.get(held.contact_id)
        offer = offer_to(contact, agent.agent_id) if contact else None
        accepted = offer and offer.state is OfferState.ACCEPTED
        if held.state is AssignmentState.BUSY or (held.state is AssignmentState.RESERVED and accepted):
            return True
    return False


def sign_out(turn: Turn, agent: Agent, reason: str) -> None:
    """Offers go on to others; a wrap-up ends."""
    agent_id = agent.agent_id
    turn.emit(AgentNotReady(agent_id=agent_id, reason=SIGNING_OUT))
    _drop_offers(turn, agent)
    for held in agent.assignments:
        if held.state is AssignmentState.WRAP_UP:
            turn.emit(WrapUpEnded(agent_id=agent_id, contact_id=held.contact_id, reason="signed_out"))
    turn.emit(AgentSignedOut(agent_id=agent_id, reason=reason))


def _drop_offers(turn: Turn, agent: Agent) -> None:
    """Those not accepted yet; a leg that already rings or is in the room goes on."""
    for held in agent.assignments:
        contact = turn.state.contacts.get(held.contact_id)
        for running in offers_of(contact) if contact else ():
            if running.offer.agent_id == agent.agent_id and running.offer.state is OfferState.PENDING:
                take_back(turn, running, WithdrawReason.AGENT_LEFT)


def decide_ready(turn: Turn, event: ReadyRequested) -> None:
    """Being ready ends an absence too. Refused while signed out."""
    agent = turn.state.agents[event.agent_id]
    if agent.presence is Presence.SIGNED_OUT:
        _refuse(turn, event, "signed_out", "Sign in first.")
    elif agent.presence is Presence.ABSENT:
        turn.emit(AgentReturned(agent_id=event.agent_id))
        turn.emit(AgentReady(agent_id=event.agent_id))
    elif agent.ready and not agent.leaving:
        _accept(turn, event)
    else:
        turn.emit(AgentReady(agent_id=event.agent_id))


def decide_not_ready(turn: Turn, event: NotReadyRequested) -> None:
    """Takes effect at once, or after what the agent is doing."""
    agent = turn.state.agents[event.agent_id]
    reasons = turn.state.config.not_ready_reasons
    if agent.presence is Presence.SIGNED_OUT:
        _refuse(turn, event, "signed_out", "Sign in first.")
    elif event.reason not in reasons:
        _refuse(turn, event, "unknown_reason", f"Choose one of: {', '.join(reasons)}.")
    elif is_kept(turn.state, event.agent_id):
        put_off(turn, event.agent_id, event.reason, event.request_id)
    else:
        turn.emit(AgentNotReady(agent_id=event.agent_id, reason=event.reason))


def decide_connected(turn: Turn, event: DesktopConnected) -> None:
    """A desktop that comes back ends the absence."""
    agent = turn.state.agents[event.agent_id]
    if agent.presence is Presence.ABSENT:
        turn.emit(AgentReturned(agent_id=event.agent_id))


def decide_disconnected(turn: Turn, event: DesktopDisconnected) -> None:
    """An offer that nobody sees rings for nobody: it goes on at once. Everything else waits for the grace."""
    agent = turn.state.agents[event.agent_id]
    config = turn.state.config.agents.get(event.agent_id)
    if not agent.sockets and (config is None or config.desk):
        _drop_offers(turn, agent)


def decide_probe(turn: Turn, event: ProbeAnswered) -> None:
    """A device that answers is trusted again."""
    if turn.state.agents[event.agent_id].suspected:
        turn.emit(DeviceProven(agent_id=event.agent_id))


def due_absence(turn: Turn, agent_id: str) -> None:
    """The desktop did not come back. A conversation goes on: it is at the carrier, not in the browser; unless the
    browser was the telephone. So if it was us whom desktops lost, whether that still lives is the carrier's to say, and
    as long as it does."""
    agent = turn.state.agents[agent_id]
    leg = _softphone_leg(turn.state, agent)
    heard_of = leg is not None and _was_heard_of(leg, agent, turn.now.at)
    outage = outage_of(turn.state, agent) if heard_of else Outage.NONE
    if leg and (outage is Outage.LASTING or (outage is Outage.OVER and not agent.spared)):
        absent_at = turn.now.at + PUT_OFF_MS
        turn.emit(AbsencePutOff(agent_id=agent_id, absent_at=absent_at, last=outage is Outage.OVER))
        turn.ask(CheckLeg(leg_id=leg.leg_id, provider_ref=leg.provider_ref))
        return
    turn.emit(AgentAbsent(agent_id=agent_id))
    _drop_offers(turn, turn.state.agents[agent_id])


def _softphone_leg(state: State, agent: Agent) -> Leg | None:
    """The leg by which the agent talks, or waits for a caller on the way, if the browser is the telephone."""
    for held in agent.assignments:
        contact = state.contacts.get(held.contact_id)
        offer = offer_to(contact, agent.agent_id) if contact else None
        leg = state.legs.get(offer.leg_id) if offer else None
        talks = held.state is AssignmentState.BUSY or (contact and contact.state is ContactState.CONNECTING)
        if leg and talks and leg.endpoint_kind == "client" and leg.provider_ref:
            return leg if leg.state is not LegState.ENDED else None
    return None


class Outage(Enum):
    """Whether desktops vanished because of us, and whether they still cannot come back."""

    NONE = "none"
    LASTING = "lasting"
    OVER = "over"


def outage_of(state: State, agent: Agent) -> Outage:
    """It is us if most desktops are gone that vanished at once: several, or after a worker ended any. While those are
    not back, nobody can say of one that it should be. Who came back says nothing: a page that is loaded again, too,
    vanishes for a moment."""
    if not agent.vanished_at:
        return Outage.NONE
    acd = state.room(AcdState)
    gone = acd.gone.between(agent.vanished_at - AT_ONCE_MS, agent.vanished_at + AT_ONCE_MS)
    if gone > len(acd.connected) and (gone >= SEVERAL or agent.cut_off):
        return Outage.LASTING
    was_put_off = agent.absent_at - agent.vanished_at > ABSENCE_GRACE_MS
    return Outage.OVER if agent.cut_off or was_put_off else Outage.NONE


def _was_heard_of(leg: Leg, agent: Agent, now: int) -> bool:
    """Or it is too early to tell: a leg whose browser is really gone is shown until its sound is missed, no longer."""
    return now - max(leg.seen_at, agent.vanished_at) < UNHEARD_MAX_MS


def _absent_at(state: State, agent_id: str) -> int:
    agent = state.agents.get(agent_id)
    return agent.absent_at if agent else 0


PROMISES = {"absence": _absent_at}
DUE = {"absence": due_absence}
