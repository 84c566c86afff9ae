"""After the conversation: wrap-up with a deadline, the disposition, and ready again."""

from cti.core.agent import Agent, assignment_for
from cti.core.campaign import RunStatus
from cti.core.contact import Contact
from cti.core.events import (
    AssignmentReleased,
    CallbackAsked,
    CallbackPromised,
    CampaignStatusChanged,
    ConfigApplied,
    ConsultEnded,
    ContactEnded,
    ContactForwarded,
    ContactRequeued,
    ContactTransferred,
    DispositionGiven,
    DispositionLapsed,
    DispositionRecorded,
    RequestRefused,
    WrapUpEnded,
    WrapUpEndRequested,
    WrapUpStarted,
)
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState
from cti.core.tuning import wrap_up_s
from cti.core.turn import Turn

SUCCESS, CALLBACK, AGAIN = "success", "callback", "again"
"""Kinds of dispositions of which more is said."""

LATE_MS = 600_000
"""For so long what became of a lead may be said after wrap-up ran out, unless the agent's next contact is over sooner:
what follows waits for it. Afterwards the lead is taken for one of which there was nothing to say."""

LATE = "late_word"


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
    """For the queue's `wrap_up_s`, unless a campaign is tuned otherwise; free at once where that is 0, and who never
    talked has nothing to wrap up."""
    state = turn.state
    agent = state.agents.get(agent_id)
    held = assignment_for(agent, contact_id) if agent else None
    if held is None or held.state is not AssignmentState.BUSY:
        return
    queue, contact = state.config.queues.get(held.queue_id), state.contacts.get(contact_id)
    lasts_s = wrap_up_s(state, contact.campaign_id if contact else "", queue) if queue else 0
    if lasts_s == 0:
        turn.emit(AssignmentReleased(agent_id=agent_id, contact_id=contact_id))
    else:
        ends_at = turn.now.at + 1_000 * lasts_s
        turn.emit(WrapUpStarted(agent_id=agent_id, contact_id=contact_id, queue_id=held.queue_id, ends_at=ends_at))


def decide_disposition(turn: Turn, event: DispositionGiven) -> None:
    """What became of it, in the agent's words, and what follows by its kind."""
    state = turn.state
    agent, contact = state.agents[event.agent_id], state.contacts.get(event.contact_id)
    if contact is None or not _may_say(agent, event.contact_id):
        _refuse(turn, event, "no_contact", "You do not have this contact, or its wrap-up is over.")
        return
    queue = state.config.queues.get(contact.queue_id)
    allowed = queue.dispositions if queue else ()
    if allowed and event.disposition not in allowed:
        _refuse(turn, event, "unknown_disposition", f"Choose one of: {', '.join(allowed)}.")
        return
    kind = queue.disposition_kinds.get(event.disposition, "") if queue else ""
    if event.amount < 0 or (event.amount and kind != SUCCESS):
        _refuse(turn, event, "no_amount", "An amount, more than nothing, goes with a success only: leave it out.")
    elif kind == CALLBACK:
        _ask_for_callback(turn, event)
    else:
        recorded = DispositionRecorded(
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            disposition=event.disposition,
            note=event.note,
            kind=kind,
            amount=event.amount,
            currency=(event.currency or state.config.currency) if event.amount else "",
            again_ms=max(0, event.again_s) * 1_000 if kind == AGAIN else 0,
        )
        _record(turn, recorded)


def _may_say(agent: Agent, contact_id: str) -> bool:
    held = assignment_for(agent, contact_id)
    return held.state is not AssignmentState.RESERVED if held else agent.unsaid == contact_id


def _ask_for_callback(turn: Turn, event: DispositionGiven) -> None:
    """Whether and when they may be called again is not for the distributor to say."""
    turn.emit(
        CallbackAsked(
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            disposition=event.disposition,
            note=event.note,
            callback_at=event.callback_at,
            callback_local=event.callback_local,
            callback_for=event.callback_for,
            request_id=event.request_id,
        )
    )


def decide_promised(turn: Turn, event: CallbackPromised) -> None:
    """It may be: so that is what became of it."""
    recorded = DispositionRecorded(
        contact_id=event.contact_id,
        agent_id=event.agent_id,
        disposition=event.disposition,
        note=event.note,
        kind=CALLBACK,
        callback_at=event.callback_at,
        callback_for=event.callback_for,
    )
    _record(turn, recorded)


def _record(turn: Turn, recorded: DispositionRecorded) -> None:
    """In wrap-up it also says: done. Nobody is waited for any more who might have said something late."""
    turn.emit(recorded)
    state, contact_id = turn.state, recorded.contact_id
    held = assignment_for(state.agents[recorded.agent_id], contact_id)
    if held and held.state is AssignmentState.WRAP_UP:
        turn.emit(WrapUpEnded(agent_id=recorded.agent_id, contact_id=contact_id, reason="done"))
    contact = state.contacts.get(contact_id)
    theirs = [state.agents[agent_id] for agent_id in contact.agent_ids if agent_id in state.agents] if contact else []
    for agent in theirs:
        if agent.unsaid == contact_id:
            _lapse(turn, agent)


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
    late_until = turn.now.at + LATE_MS if _is_worth_a_wait(turn.state, contact_id) else 0
    turn.emit(WrapUpEnded(agent_id=agent_id, contact_id=contact_id, reason="timeout", late_until=late_until))


def _is_worth_a_wait(state: State, contact_id: str) -> bool:
    """Nothing was said yet of a lead of which something is to be said, and whoever drains the campaign does not wait
    for it."""
    contact = state.contacts.get(contact_id)
    if contact is None or contact.state is not ContactState.ENDED or contact.disposition:
        return False
    if not _has_lead(state, contact):
        return False
    queue, run = state.config.queues.get(contact.queue_id), state.runs.get(contact.campaign_id)
    draining = run is not None and run.status is RunStatus.DRAINING
    return queue is not None and bool(queue.dispositions) and not draining


def _has_lead(state: State, contact: Contact) -> bool:
    line = state.lines.get(contact.attempt_id)
    return line is not None and line.lead_key in state.leads


def decide_next_over(turn: Turn, event: WrapUpStarted | AssignmentReleased) -> None:
    """From now on it is the later contact that the agent has something to say of."""
    agent = turn.state.agents[event.agent_id]
    if agent.unsaid and agent.unsaid != event.contact_id:
        _lapse(turn, agent)


def decide_status_changed(turn: Turn, event: CampaignStatusChanged) -> None:
    """Who drains a campaign wants its leads settled."""
    if event.status != RunStatus.DRAINING:
        return
    for agent in [agent for agent in turn.state.agents.in_order() if agent.unsaid]:
        contact = turn.state.contacts.get(agent.unsaid)
        if contact and contact.campaign_id == event.campaign_id:
            _lapse(turn, agent)


def decide_config_applied(turn: Turn, event: ConfigApplied) -> None:
    """Who was removed says nothing any more."""
    for agent in [agent for agent in turn.state.agents.in_order() if agent.unsaid]:
        if agent.agent_id not in turn.state.config.agents:
            _lapse(turn, agent)


def due_late_word(turn: Turn, agent_id: str) -> None:
    """Nobody said anything."""
    _lapse(turn, turn.state.agents[agent_id])


def _lapse(turn: Turn, agent: Agent) -> None:
    turn.emit(DispositionLapsed(agent_id=agent.agent_id, contact_id=agent.unsaid))


def _late_until(state: State, agent_id: str) -> int:
    agent = state.agents.get(agent_id)
    return agent.unsaid_until if agent else 0


def _wrap_up_ends_at(state: State, key: str) -> int:
    agent_id, _, contact_id = key.partition("/")
    agent = state.agents.get(agent_id)
    held = assignment_for(agent, contact_id) if agent else None
    return held.wrap_up_ends_at if held else 0


PROMISES = {"wrap_up": _wrap_up_ends_at, LATE: _late_until}
DUE = {"wrap_up": due_wrap_up, LATE: due_late_word}
