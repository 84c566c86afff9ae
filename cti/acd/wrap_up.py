"""After the conversation: wrap-up with a deadline, the disposition, and ready again."""

from cti.core.agent import assignment_for
from cti.core.events import (
    AssignmentReleased,
    ConsultEnded,
    ContactEnded,
    ContactForwarded,
    ContactRequeued,
    ContactTransferred,
    DispositionGiven,
    DispositionRecorded,
    RequestRefused,
    WrapUpEnded,
    WrapUpEndRequested,
    WrapUpStarted,
)
from cti.core.state import State
from cti.core.states import AssignmentState
from cti.core.turn import Turn


def decide_contact_ended(turn: Turn, event: ContactEnded) -> None:
    """Each agent of the contact wraps up."""
    for agent_id in turn.state.contacts[event.contact_id].agent_ids:
        _wrap_up(turn, agent_id, event.contact_id)


def decide_transferred(turn: Turn, event: ContactTransferred | ContactForwarded) -> None:
    """Who gave it away wraps up, while the contact goes on."""
    _wrap_up(turn, event.from_agent_id, event.contact_id)


def decide_requeued(turn: Turn, event: ContactRequeued) -> None:
    """So does who lost it."""
    _wrap_up(turn, event.agent_id, event.contact_id)


def decide_consult_ended(turn: Turn, event: ConsultEnded) -> None:
    """So does who was asked in and is out again."""
    _wrap_up(turn, event.with_agent_id, event.contact_id)


def _wrap_up(turn: Turn, agent_id: str, contact_id: str) -> None:
    """For the queue's `wrap_up_s`; free at once where that is 0, and who never talked has nothing to wrap up."""
    state = turn.state
    agent = state.agents.get(agent_id)
    held = assignment_for(agent, contact_id) if agent else None
    if held is None or held.state is not AssignmentState.BUSY:
        return
    queue = state.config.queues.get(held.queue_id)
    if queue is None or queue.wrap_up_s == 0:
        turn.emit(AssignmentReleased(agent_id=agent_id, contact_id=contact_id))
    else:
        ends_at = turn.now.at + 1_000 * queue.wrap_up_s
        turn.emit(WrapUpStarted(agent_id=agent_id, contact_id=contact_id, queue_id=held.queue_id, ends_at=ends_at))


def decide_disposition(turn: Turn, event: DispositionGiven) -> None:
    """What became of it, in the agent's words. In wrap-up it also says: done."""
    state = turn.state
    held = assignment_for(state.agents[event.agent_id], event.contact_id)
    contact = state.contacts.get(event.contact_id)
    if held is None or contact is None or held.state is AssignmentState.RESERVED:
        _refuse(turn, event, "no_contact", "You do not have this contact, or its wrap-up is over.")
        return
    queue = state.config.queues.get(contact.queue_id)
    allowed = queue.dispositions if queue else ()
    if allowed and event.disposition not in allowed:
        _refuse(turn, event, "unknown_disposition", f"Choose one of: {', '.join(allowed)}.")
        return
    turn.emit(
        DispositionRecorded(
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            disposition=event.disposition,
            note=event.note,
        )
    )
    if held.state is AssignmentState.WRAP_UP:
        turn.emit(WrapUpEnded(agent_id=event.agent_id, contact_id=event.contact_id, reason="done"))


def decide_wrap_up_end(turn: Turn, event: WrapUpEndRequested) -> None:
    """Ends it early. Refused when the agent is not wrapping up this contact."""
    held = assignment_for(turn.state.agents[event.agent_id], event.contact_id)
    if held is None or held.state is not AssignmentState.WRAP_UP:
        _refuse(turn, event, "not_in_wrap_up", "There is no wrap-up of this contact to end.")
        return
    turn.emit(WrapUpEnded(agent_id=event.agent_id, contact_id=event.contact_id, reason="done"))


def _refuse(turn: Turn, event: DispositionGiven | WrapUpEndRequested, code: str, detail: str) -> None:
    turn.emit(RequestRefused(agent_id=event.agent_id, code=code, detail=detail, request_id=event.request_id))


def due_wrap_up(turn: Turn, key: str) -> None:
    """The time for it is over. `key` is agent/contact."""
    agent_id, _, contact_id = key.partition("/")
    turn.emit(WrapUpEnded(agent_id=agent_id, contact_id=contact_id, reason="timeout"))


def _wrap_up_ends_at(state: State, key: str) -> int:
    agent_id, _, contact_id = key.partition("/")
    agent = state.agents.get(agent_id)
    held = assignment_for(agent, contact_id) if agent else None
    return held.wrap_up_ends_at if held else 0


PROMISES = {"wrap_up": _wrap_up_ends_at}
DUE = {"wrap_up": due_wrap_up}
