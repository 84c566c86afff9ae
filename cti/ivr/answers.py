"""The caller, or somebody asked on the way, has answered: where does the flow go?"""

from cti.core.call import Leg, is_answer
from cti.core.config import CollectStep, EnqueueStep, LookUpStep, MenuStep, VoicemailStep
from cti.core.contact import Contact
from cti.core.events import (
    CustomersFound,
    FlowEnded,
    LegEnded,
    MessageAwaited,
    PlanRequested,
    QueueRefused,
    RecordingEnded,
    RecordingsSettled,
    VoicemailLeft,
)
from cti.core.lifecycle import cause_of, end_contact
from cti.core.plan import OUTSIDE, Door, GoOn, HangUp, Plan
from cti.core.prompts import apology, filler
from cti.core.recorded import VOICEMAIL
from cti.core.state import State
from cti.core.states import ContactState, EndCause, LeaveResult, PartyRole
from cti.core.turn import Turn
from cti.ivr.flow import step_of, walk
from cti.ivr.steps import collect, look_up, menu, voicemail
from cti.ivr.waiting import music, tell_wait

MESSAGE_MS = 20_000
"""How long after a hang-up a message may be told of; the carrier has it ready some seconds later."""

MESSAGE_MS_MAX = 300_000
"""The same while it is not settled what became of a recording of the leg, which is being asked for."""


def decide_plan_requested(turn: Turn, event: PlanRequested) -> None:
    """The carrier asks what the leg shall do now, or tells that it hung up. A leg that came out of a call or back
    from an outside number is not the flow's business."""
    state = turn.state
    leg = state.legs[event.leg_id]
    contact = state.contacts.get(leg.contact_id)
    if leg.role is not PartyRole.CUSTOMER and event.result != LeaveResult.HUNG_UP:
        return
    if is_answer(leg, event) and event.result != LeaveResult.HUNG_UP:  # whoever was called is nobody's yet
        return
    if contact and isinstance(step_of(state, contact), VoicemailStep):
        voicemail.take(turn, contact, event)
    if event.result == LeaveResult.HUNG_UP:
        turn.answer(leg.leg_id, Plan(()), turn.now.seq)
        turn.emit(LegEnded(leg_id=leg.leg_id, cause=EndCause.NORMAL))
    elif event.door is Door.PARKED and event.result == LeaveResult.REDIRECTED:  # as we asked for
        turn.answer(leg.leg_id, Plan(()), turn.now.seq)
    elif contact is None or contact.state is ContactState.ENDED:
        turn.plan(leg.leg_id, Plan((HangUp(),)))
    elif event.door in OUTSIDE:
        return
    elif contact.quarantined:
        turn.plan(leg.leg_id, apology(state))
    elif event.door is Door.PARKED:
        _thrown_out(turn, contact, leg)
    elif event.door is Door.WAIT and leg.plan and _is_unheard(contact, leg.plan):
        turn.plan(leg.leg_id, leg.plan)
    elif contact.state is ContactState.IN_FLOW:
        _answered(turn, contact, event.digits if event.door is Door.DIGITS else "")
    else:
        tell_wait(turn, contact)


def _thrown_out(turn: Turn, contact: Contact, leg: Leg) -> None:
    """If the carrier cannot keep the caller in its waiting room, the caller waits without it."""
    if contact.state in (ContactState.QUEUED, ContactState.CONNECTING):
        turn.plan(leg.leg_id, Plan((*music(turn.state, contact), GoOn(door=Door.WAIT))))
    else:  # on the way elsewhere
        turn.plan(leg.leg_id, leg.plan or Plan((HangUp(),)), leg.endpoint)


def _is_unheard(contact: Contact, plan: Plan) -> bool:
    """Whoever had heard a plan that ends the call, or a step's that asks something, would not ask at the door of a
    waiting document: the answer with it was lost, or it is still on its way to be pushed. An earlier answer led to that
    door, from which music leads back to it with the number of the plan that was not heard. No answer to the step is
    to be seen in that."""
    if contact.state is not ContactState.IN_FLOW:
        return bool(plan.verbs) and isinstance(plan.verbs[-1], HangUp)
    return not any(isinstance(verb, GoOn) and verb.door is Door.WAIT for verb in plan.verbs)


def _answered(turn: Turn, contact: Contact, digits: str) -> None:
    step = step_of(turn.state, contact)
    if isinstance(step, MenuStep):
        _go_on(turn, contact, step, menu.answer(step, digits))
    elif isinstance(step, CollectStep):
        _go_on(turn, contact, step, collect.answer(turn, contact, step, digits))
    elif isinstance(step, VoicemailStep):
        walk(turn, contact.contact_id, step.next)
    elif isinstance(step, LookUpStep):
        step_id = look_up.answer(contact, step, turn.now.at)
        if step_id:
            walk(turn, contact.contact_id, step_id)
        # else the reply stays open: the answer, its deadline or the filler will give it
    else:
        turn.plan(contact.leg_id, filler(turn.state, Door.NEXT))


def _go_on(turn: Turn, contact: Contact, step: MenuStep | CollectStep, step_id: str) -> None:
    """To the next step, or ask again, or give up asking."""
    if step_id:
        walk(turn, contact.contact_id, step_id)
    elif contact.tries + 1 < step.tries:
        walk(turn, contact.contact_id, contact.step_id, list(step.invalid), contact.tries + 1)
    else:
        walk(turn, contact.contact_id, step.otherwise)


def decide_recording_ended(turn: Turn, event: RecordingEnded) -> None:
    """The carrier has the message of a caller who hung up on it, perhaps before it tells of that."""
    leg = turn.state.legs.get(event.leg_id)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if contact is None or event.kind != VOICEMAIL:
        return
    if event.absent:
        _nothing_more(turn, contact)
    elif contact.state is ContactState.IN_FLOW and isinstance(step_of(turn.state, contact), VoicemailStep):
        voicemail.leave(turn, contact, event.recording_id, event.duration_s)


def decide_leg_ended(turn: Turn, event: LegEnded) -> None:
    """The caller has hung up on a message, and the carrier may tell of the end before it tells of the message."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if leg is None or contact is None or contact.leg_id != leg.leg_id or contact.state is not ContactState.IN_FLOW:
        return
    if contact.voicemail or contact.quarantined or not isinstance(step_of(turn.state, contact), VoicemailStep):
        return
    wait_ms = MESSAGE_MS_MAX if leg.leg_id in turn.state.recorded else MESSAGE_MS
    turn.emit(MessageAwaited(contact_id=contact.contact_id, until=turn.now.at + wait_ms))


def decide_message_left(turn: Turn, event: VoicemailLeft) -> None:
    """Who left it may be gone: then that was all."""
    _nothing_more(turn, turn.state.contacts[event.contact_id])


def decide_recordings_settled(turn: Turn, event: RecordingsSettled) -> None:
    """Nothing that could be the message of who has hung up is left to come."""
    contact = turn.state.contacts.get(event.contact_id)
    if contact and contact.leg_id == event.leg_id:
        _nothing_more(turn, contact)


def due_message(turn: Turn, contact_id: str) -> None:
    """Nothing came: there is none."""
    _nothing_more(turn, turn.state.contacts[contact_id])


def _nothing_more(turn: Turn, contact: Contact) -> None:
    """Nothing more is to come from a caller who is gone; one who is there goes on."""
    leg = turn.state.legs.get(contact.leg_id)
    if contact.message_by and leg:
        end_contact(turn, contact, cause_of(contact, leg.cause))


def decide_queue_refused(turn: Turn, event: QueueRefused) -> None:
    """The step's `full` way, after what was to be said; or an apology, if no step asked for the queue."""
    if event.agent_id:  # an agent wanted to give it away, and keeps it
        return
    contact = turn.state.contacts[event.contact_id]
    step = step_of(turn.state, contact)
    if isinstance(step, EnqueueStep):
        walk(turn, event.contact_id, step.full, turn.said.pop(event.contact_id, None))
    else:  # it came into the queue by another way than its flow
        turn.emit(FlowEnded(contact_id=event.contact_id, step_id=contact.step_id))
        turn.plan(contact.leg_id, apology(turn.state))


def decide_customers_found(turn: Turn, event: CustomersFound) -> None:
    """A caller who waits for just this goes on; one who is listening to something is not cut off."""
    _look_up_over(turn, event.contact_id)


def due_look_up(turn: Turn, contact_id: str) -> None:
    """The caller has waited long enough: on, with what is known."""
    _look_up_over(turn, contact_id)


def _look_up_over(turn: Turn, contact_id: str) -> None:
    contact = turn.state.contacts[contact_id]
    step = step_of(turn.state, contact)
    leg = turn.state.legs.get(contact.leg_id)
    if isinstance(step, LookUpStep) and contact.state is ContactState.IN_FLOW and leg and leg.awaiting:
        walk(turn, contact_id, step.known if contact.customers else step.unknown)


def _look_up_by(state: State, contact_id: str) -> int:
    contact = state.contacts.get(contact_id)
    return contact.look_up_by if contact and contact.state is ContactState.IN_FLOW else 0


def _message_by(state: State, contact_id: str) -> int:
    contact = state.contacts.get(contact_id)
    return contact.message_by if contact else 0


PROMISES = {"look_up": _look_up_by, "message": _message_by}

DUE = {"look_up": due_look_up, "message": due_message}
