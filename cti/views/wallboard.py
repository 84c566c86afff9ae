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
from cti.core.states import AssignmentState, ContactState, RecordingState
from cti.views.agent_changes import changes_of
from cti.views.board import Board
from cti.views.board_frames import BoardParty, BoardSupervision, ContactRow
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
        waiting = (*state.dials.rows.values(), *state.gathering.rows.values())
        dials = sorted(waiting, key=lambda dial: (dial.asked_at, dial.asked_seq, dial.dial_id))
        board.begin_dials({dial.dial_id: dial.asked_at for dial in dials})
        site_count = state.dial_counts.get("")
        board.stop_dials(stopped=site_count is not None and site_count.stopped)


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
        queue_id=contact.queue_id if contact.queued_at or not contact.queue_refused else "",
        queued_at=contact.queued_at,
        agent_id=contact.offer.agent_id if contact.offer else "",
        supervisions=tuple(
            BoardSupervision(supervisor_id=each.supervisor_id, mode=each.mode) for each in contact.supervisions
        ),
        **(_shown(contact.talk) if contact.talk else NO_TALK),
    )


NO_TALK: dict[str, Any] = {"on_hold": False, "recording": RecordingState.OFF, "parties": ()}


def _shown(talk: e.Talk) -> dict[str, Any]:
    """What a row says of a conversation. Outside numbers stay with those who talk."""
    parties = tuple(
        BoardParty(party_id=party.party_id, agent_id=party.agent_id, state=party.state, on_hold=party.on_hold)
        for party in talk.parties
    )
    return {"on_hold": talk.on_hold, "recording": talk.recording, "parties": parties}


def _configured(board: Board, event: e.ConfigApplied, at: int) -> None:
    board.configure(event.config, at)


def _started(board: Board, event: e.ContactStarted, at: int) -> None:
    row = ContactRow(
        contact_id=event.contact_id,
        direction=event.direction,
        state=ContactState.DIALLING if event.agent_id else ContactState.IN_FLOW,
        to_number=event.to_number,
        arrived_at=at,
        since=at,
        queue_id=event.queue_id,
    )
    board.put_contact(row)


def _moved(board: Board, event: Any, at: int) -> None:
    """A contact's state, by the core's table, and what else its row says."""
    row = board.contacts.get(event.contact_id)
    if row is None:
        return
    if getattr(event, "party_id", "") and type(event) is not e.ContactTransferred:  # about who was asked in
        return
    if type(event) is e.QueueRefused and event.agent_id:  # it stays with the agent who wanted to give it away
        return
    state = CONTACT_TRANSITIONS[row.state].get(type(event), row.state)
    fields: dict[str, Any] = {}
    if type(event) is e.StepEntered:
        fields = {"step_id": event.step_id}
    elif type(event) is e.ContactQueued:
        fields = {"queue_id": event.queue_id, "queued_at": at}
    elif type(event) is e.QueueRefused and row.queued_at:
        fields = {"queue_id": event.queue_id}
    elif type(event) is e.BridgeRequested and row.state is ContactState.DIALLING:  # it waits since it answered
        fields = {"queued_at": at}
    elif type(event) is e.OfferMade:
        fields = {"agent_id": event.agent_id}
    elif type(event) in (e.OfferDeclined, e.OfferExpired, e.OfferWithdrawn):
        fields = {"agent_id": ""}
    elif type(event) is e.ContactTransferred:
        fields = {"agent_id": event.to_agent_id if event.party_id else ""}
    elif type(event) is e.ContactForwarded:
        fields = {"agent_id": ""}
    elif type(event) is e.ContactRequeued and row.state is not ContactState.CONNECTING:  # it begins to wait anew
        fields = {"agent_id": "", "queued_at": at}
    if state is not row.state:
        fields |= {"since": at, **NO_TALK}
    board.put_contact(changed(row, state=state, **fields))


def _talk_changed(board: Board, event: e.TalkChanged, at: int) -> None:
    row = board.contacts.get(event.contact_id)
    if row:
        board.put_contact(changed(row, **_shown(event.talk)))


def _supervised(board: Board, event: Any, at: int) -> None:
    row = board.contacts.get(event.contact_id)
    if row is None:
        return
    kept = tuple(each for each in row.supervisions if each.supervisor_id != event.supervisor_id)
    if type(event) is e.SupervisionStarted:
        kept = (*kept, BoardSupervision(supervisor_id=event.supervisor_id, mode=event.mode))
    elif type(event) is e.SupervisionChanged:
        kept = tuple(
            changed(each, mode=event.mode) if each.supervisor_id == event.supervisor_id else each
            for each in row.supervisions
        )
    board.put_contact(changed(row, supervisions=kept))


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


def _dial_queued(board: Board, event: e.DialQueued, at: int) -> None:
    board.put_dial(event.dial_id, at)


def _dial_gone(board: Board, event: Any, at: int) -> None:
    board.drop_dial(event.dial_id)


def _dials_stopped(board: Board, event: e.DialsStopped | e.DialsResumed, at: int) -> None:
    board.stop_dials(stopped=type(event) is e.DialsStopped)


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
    e.TalkChanged: (_talk_changed,),
    e.SupervisionStarted: (_supervised,),
    e.SupervisionChanged: (_supervised,),
    e.SupervisionEnded: (_supervised,),
    e.ContactTransferred: (_moved,),
    e.ContactForwarded: (_moved,),
    e.DialQueued: (_dial_queued,),
    e.DialCleared: (_dial_gone,),
    e.DialRefused: (_dial_gone,),
    e.DialWithdrawn: (_dial_gone,),
    e.DialsStopped: (_dials_stopped,),
    e.DialsResumed: (_dials_stopped,),
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
