"""The wallboard, folded from records: who waits, who talks, who is free, what ended how.

It moves contacts and assignments by the core's own transition tables, so it cannot drift from the rules.
"""

from collections import Counter, deque
from collections.abc import Callable
from typing import Any

from cti.core import events as e
from cti.core.agent import ASSIGNMENT_TRANSITIONS, Assignment, assignment_for
from cti.core.base import changed
from cti.core.contact import CONTACT_TRANSITIONS, Contact
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState
from cti.views.agent_changes import changes_of
from cti.views.board import Board
from cti.views.board_frames import ContactRow
from cti.views.record import ContactRecord, contact_record

FINISHED_MAX = 50


class Wallboard:
    """`finished` are the newest contact records, oldest first; `outcomes` counts all since the start."""

    def __init__(self) -> None:
        self.board = Board()
        self.finished: deque[ContactRecord] = deque(maxlen=FINISHED_MAX)
        self.outcomes: Counter[str] = Counter()

    def take(self, record: TurnRecord) -> None:
        """Fold a record."""
        for event in (record.input, *record.events):
            for function in _TABLE.get(type(event), ()):
                function(self.board, event, record.at)
        self.count(record)

    def count(self, record: TurnRecord) -> None:
        """Take in only what ended: for a record that the rows already contain."""
        for event in record.events:
            if type(event) is e.ContactClosed:
                self.finished.append(contact_record(event, record.at))
                self.outcomes[event.outcome] += 1

    def begin(self, state: State) -> None:
        """Rows as they follow from the state, in place of those there are. What was counted stays."""
        board = self.board
        for contact_id in list(board.contacts):
            board.drop_contact(contact_id)
        board.configure(state.config, state.last.at)
        for agent in state.agents.in_order():
            board.put_agent(agent, max([agent.idle_since, *[held.since for held in agent.assignments]]))
        for contact in state.contacts.in_order():
            board.put_contact(row_of(contact))


def row_of(contact: Contact) -> ContactRow:
    """The contact's row, from the state; `since` is the best that the state knows."""
    return ContactRow(
        contact_id=contact.contact_id,
        direction=contact.direction,
        state=contact.state,
        to_number=contact.to_number,
        arrived_at=contact.arrived_at,
        since=contact.ended_at or contact.connected_at or contact.queued_at or contact.arrived_at,
        step_id=contact.step_id,
        queue_id=contact.queue_id if contact.queued_at else "",
        queued_at=contact.queued_at,
        agent_id=contact.offer.agent_id if contact.offer else "",
    )


def _configured(board: Board, event: e.ConfigApplied, at: int) -> None:
    board.configure(event.config, at)


def _started(board: Board, event: e.ContactStarted, at: int) -> None:
    row = ContactRow(
        contact_id=event.contact_id,
        direction=event.direction,
        state=ContactState.IN_FLOW,
        to_number=event.to_number,
        arrived_at=at,
        since=at,
    )
    board.put_contact(row)


def _moved(board: Board, event: Any, at: int) -> None:
    """A contact's state, by the core's table, and what else its row says."""
    row = board.contacts.get(event.contact_id)
    if row is None:
        return
    if getattr(event, "party_id", "") and type(event) is not e.ContactTransferred:  # about who was asked in
        return
    state = CONTACT_TRANSITIONS[row.state].get(type(event), row.state)
    fields: dict[str, Any] = {}
    if type(event) is e.StepEntered:
        fields = {"step_id": event.step_id}
    elif type(event) is e.ContactQueued:
        fields = {"queue_id": event.queue_id, "queued_at": at}
    elif type(event) is e.QueueRefused and row.queued_at:
        fields = {"queue_id": event.queue_id}
    elif type(event) is e.OfferMade:
        fields = {"agent_id": event.agent_id}
    elif type(event) in (e.OfferDeclined, e.OfferExpired, e.OfferWithdrawn):
        fields = {"agent_id": ""}
    elif type(event) is e.ContactTransferred:
        fields = {"agent_id": event.to_agent_id if event.party_id else ""}
    elif row.state is ContactState.CONNECTED and type(event) in (e.ContactRequeued, e.ContactForwarded):
        fields = {"agent_id": ""}
    board.put_contact(changed(row, state=state, since=row.since if state is row.state else at, **fields))


def _assigned(board: Board, event: Any, at: int) -> None:
    """An agent's hold on a contact, by the core's table."""
    agent = board.agents.get(event.with_agent_id if type(event) is e.ConsultAnswered else event.agent_id)
    if agent is None:
        return
    held = assignment_for(agent, event.contact_id)
    state: AssignmentState | None
    if type(event) is e.OfferMade:
        state = AssignmentState.RESERVED
    elif held is None:
        return
    else:
        state = ASSIGNMENT_TRANSITIONS[held.state].get(type(event), held.state)
    kept = tuple([other for other in agent.assignments if other.contact_id != event.contact_id])
    if state is not None:
        queue_id = held.queue_id if held else event.queue_id
        kept = (*kept, Assignment(contact_id=event.contact_id, queue_id=queue_id, state=state, since=at))
    board.put_agent(changed(agent, assignments=kept), at)


def _agent_changed(board: Board, event: Any, at: int) -> None:
    agent, changes = board.agents.get(event.agent_id), changes_of(event)
    if agent and changes:
        board.put_agent(changed(agent, **changes), at)


def _closed(board: Board, event: e.ContactClosed, at: int) -> None:
    board.drop_contact(event.contact_id)


_TABLE: dict[type, tuple[Callable[[Board, Any, int], None], ...]] = {
    e.ConfigApplied: (_configured,),
    e.ContactStarted: (_started,),
    e.StepEntered: (_moved,),
    e.ContactQueued: (_moved,),
    e.QueueRefused: (_moved,),
    e.OfferMade: (_moved, _assigned),
    e.OfferDeclined: (_moved, _assigned),
    e.OfferExpired: (_moved, _assigned),
    e.OfferWithdrawn: (_moved, _assigned),
    e.BridgeRequested: (_moved,),
    e.ContactRequeued: (_moved,),
    e.ContactConnected: (_moved, _assigned),
    e.ConsultAnswered: (_assigned,),
    e.ContactTransferred: (_moved,),
    e.ContactForwarded: (_moved,),
    e.ContactEnded: (_moved,),
    e.ContactQuarantined: (_moved,),
    e.ContactClosed: (_closed,),
    e.WrapUpStarted: (_assigned,),
    e.WrapUpEnded: (_assigned,),
    e.AssignmentReleased: (_assigned,),
    e.AgentSignedIn: (_agent_changed,),
    e.AgentSignedOut: (_agent_changed,),
    e.AgentAbsent: (_agent_changed,),
    e.AgentReturned: (_agent_changed,),
    e.AgentReady: (_agent_changed,),
    e.AgentNotReady: (_agent_changed,),
    e.DeviceSuspected: (_agent_changed,),
    e.DeviceProven: (_agent_changed,),
}
