"""An agent: presence, work mode and a list of assignments. The familiar state is derived from the three."""

from cti.core.base import Record
from cti.core.config import AgentConfig, QueueConfig
from cti.core.events import (
    AgentAbsent,
    AgentReturned,
    AgentSignedIn,
    AgentSignedOut,
    AnyEvent,
    AssignmentReleased,
    ConsultAnswered,
    ContactConnected,
    OfferDeclined,
    OfferExpired,
    OfferWithdrawn,
    WrapUpEnded,
    WrapUpStarted,
)
from cti.core.states import AgentState, AssignmentState, Presence


class Assignment(Record):
    """An agent's hold on a contact. `wrap_up_ends_at` is ms, 0 outside wrap-up. `offer_id`, `asked_by` and `before` are
    the offer's by which it came, `queued_at` since when the customer had waited then. `disposition` is this agent's.
    With a `campaign_id` the agent calls the customer, or did."""

    contact_id: str
    queue_id: str
    state: AssignmentState
    since: int
    wrap_up_ends_at: int = 0
    offer_id: str = ""
    queued_at: int = 0
    asked_by: str = ""
    before: tuple[str, ...] = ()
    disposition: str = ""
    campaign_id: str = ""


SIGNING_OUT = "signing_out"


class Agent(Record):
    """`ready` is the work mode; `reason` why not. `sockets` are the desktops now connected. `suspected`: the desktop
    did not acknowledge an offer. `absent_at`: when the grace for a vanished desktop ends. `idle_since` orders agents
    by longest idle; a break does not count. `releasing` are legs that we want gone and that may still be up.

    Of a nailed-up agent `leg_id` is the leg that stays up, `call_id` the agent's own room, `nailed`: the leg is in it.
    `line_up_at` is since when the leg has been up (ms), `line_at` when to look at it again, `line_tries` how often it
    was looked for since it was sent to another room. Lines that are gone were up for `line_ms` on the day `line_day`.

    `leaving` is what the agent asked for while lines in the air counted on them: a reason for not being ready, or to be
    signed out (`SIGNING_OUT`); it is done at `leaves_at` (ms) at the latest.

    `unsaid` is the contact, of the queue `unsaid_queue`, of which something may still be said, though wrap-up is over,
    until `unsaid_until` (ms).

    `called` is the number that the agent called last, for the campaign `called_for`.

    `vanished_at` is when the last desktop vanished last (ms), 0 for never. `cut_off`: by our own restart, and none has
    come back yet. `spared`: an outage of ours is over, and this is the last grace."""

    agent_id: str
    presence: Presence = Presence.SIGNED_OUT
    ready: bool = False
    reason: str = ""
    suspected: bool = False
    sockets: tuple[str, ...] = ()
    absent_at: int = 0
    assignments: tuple[Assignment, ...] = ()
    idle_since: int = 0
    leg_id: str = ""
    releasing: tuple[str, ...] = ()
    call_id: str = ""
    nailed: bool = False
    line_up_at: int = 0
    line_at: int = 0
    line_tries: int = 0
    line_day: int = 0
    line_ms: int = 0
    vanished_at: int = 0
    cut_off: bool = False
    spared: bool = False
    leaving: str = ""
    leaves_at: int = 0
    called: str = ""
    called_for: str = ""
    unsaid: str = ""
    unsaid_until: int = 0
    unsaid_queue: str = ""


def assignment_for(agent: Agent, contact_id: str) -> Assignment | None:
    for assignment in agent.assignments:
        if assignment.contact_id == contact_id:
            return assignment
    return None


_BY_ASSIGNMENT = (
    (AssignmentState.BUSY, AgentState.BUSY),
    (AssignmentState.RESERVED, AgentState.RESERVED),
    (AssignmentState.WRAP_UP, AgentState.WRAP_UP),
)


def agent_state(agent: Agent) -> AgentState:
    """What people call the agent's state: the busiest of the assignments, else the work mode."""
    if agent.presence is Presence.SIGNED_OUT:
        return AgentState.SIGNED_OUT
    held = [assignment.state for assignment in agent.assignments]
    for assignment_state, state in _BY_ASSIGNMENT:
        if assignment_state in held:
            return state
    if agent.ready and not agent.suspected and agent.presence is Presence.SIGNED_IN:
        return AgentState.READY
    return AgentState.NOT_READY


def is_reachable(agent: Agent, config: AgentConfig) -> bool:
    """A desktop is connected, if one is needed; a nailed-up leg is in its room."""
    return (agent.sockets != () or not config.desk) and (agent.nailed or not (config.nailed_up or agent.leg_id))


def is_available(agent: Agent, config: AgentConfig) -> bool:
    """May be offered a contact now: ready, within reach, room for one more, and not
    in, about to be in or just on the way out of a conversation: nobody has two at once."""
    if not (agent.ready and is_reachable(agent, config)) or agent.suspected or agent.releasing:
        return False
    if agent.presence is not Presence.SIGNED_IN:
        return False
    assignments = agent.assignments
    if not assignments:
        return True
    return len(assignments) < config.capacity and all(held.state is AssignmentState.WRAP_UP for held in assignments)


def is_phone(config: AgentConfig) -> bool:
    """Any telephone that is rung for each call: there the ringing is the offer."""
    return not config.nailed_up and not config.endpoint.startswith("client:")


def takes_unasked(agent: Agent, config: AgentConfig | None, queue: QueueConfig | None) -> bool:
    """Gets a call on a line that stays up, after a tone, without being asked: as the queue has it, or as there is no
    desk to ask at."""
    nowhere_to_ask = config is not None and not config.desk and not agent.sockets
    return agent.nailed and (nowhere_to_ask or (queue is not None and queue.takes_itself))


def why_not_free(agent: Agent | None, asking_id: str, config: AgentConfig | None = None) -> str:
    """Why another agent cannot ask this one in, or give a contact away to them; empty when they can."""
    if agent is None:
        return "There is no such agent: choose another, or a queue."
    if agent.agent_id == asking_id:
        return "That is you: choose somebody else, or a queue."
    now_is = agent_state(agent)
    if now_is is not AgentState.READY:
        return f"This agent is {now_is.lower().replace('_', ' ')} now: choose another, or a queue."
    if not agent.sockets and (config is None or config.desk):
        return "No desktop of this agent is connected now: choose another, or a queue."
    if agent.releasing or (config and not is_reachable(agent, config)):
        return "This agent is just coming out of a call: try again in a moment."
    return ""


_P = Presence

PRESENCE_TRANSITIONS: dict[Presence, dict[type[AnyEvent], Presence]] = {
    _P.SIGNED_OUT: {AgentSignedIn: _P.SIGNED_IN},
    _P.SIGNED_IN: {AgentAbsent: _P.ABSENT, AgentSignedOut: _P.SIGNED_OUT},
    _P.ABSENT: {AgentReturned: _P.SIGNED_IN, AgentSignedOut: _P.SIGNED_OUT},
}
"""From a presence, by an event, to a presence."""

_A = AssignmentState

ASSIGNMENT_TRANSITIONS: dict[AssignmentState, dict[type[AnyEvent], AssignmentState | None]] = {
    _A.RESERVED: {
        ContactConnected: _A.BUSY,
        ConsultAnswered: _A.BUSY,
        OfferDeclined: None,
        OfferExpired: None,
        OfferWithdrawn: None,
        AssignmentReleased: None,
    },
    _A.BUSY: {WrapUpStarted: _A.WRAP_UP, AssignmentReleased: None},
    _A.WRAP_UP: {WrapUpEnded: None},
}
"""From a state, by an event, to a state; None: the assignment is over."""
