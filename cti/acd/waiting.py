"""Getting into a queue, and one's place in it."""

from cti.acd.state import AcdState, order_of
from cti.core.contact import is_called
from cti.core.events import ContactQueued, PositionAsked, PositionTold, QueueRefused, QueueRequested
from cti.core.states import ContactState
from cti.core.turn import Turn


def decide_queue_requested(turn: Turn, event: QueueRequested) -> None:
    """A place in the queue, or a refusal: `unknown` queue, `full` queue. Who goes to one agent only takes no place;
    whom we called is not turned away, as they wait for seconds only, and an agent is kept for them."""
    state = turn.state
    queue = state.config.queues.get(event.queue_id)
    if queue is None:
        _refuse(turn, event, "unknown")
        return
    line = state.room(AcdState).queued.get(event.queue_id)
    expected = event.wanted_agent_id or is_called(state.contacts[event.contact_id])
    if line is not None and len(line) >= queue.contacts_max and not expected:
        _refuse(turn, event, "full")
        return
    turn.emit(
        ContactQueued(
            contact_id=event.contact_id,
            queue_id=event.queue_id,
            priority=queue.priority + event.priority,
            skills=event.skills,
            agent_id=event.agent_id,
            wanted_agent_id=event.wanted_agent_id,
        )
    )


def _refuse(turn: Turn, event: QueueRequested, reason: str) -> None:
    turn.emit(
        QueueRefused(
            contact_id=event.contact_id,
            queue_id=event.queue_id,
            reason=reason,
            agent_id=event.agent_id,
            request_id=event.request_id,
        )
    )


def decide_position_asked(turn: Turn, event: PositionAsked) -> None:
    """The place among all callers of the queue, those on offer included: nobody moves back for an offer."""
    contact = turn.state.contacts[event.contact_id]
    place = 0
    if contact.state is ContactState.QUEUED:
        place = turn.state.room(AcdState).queued[contact.queue_id].place(order_of(contact))
    turn.emit(PositionTold(contact_id=event.contact_id, position=place + 1))
