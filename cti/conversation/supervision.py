"""Supervisors in a conversation: heard by nobody, by the agent alone, or by all."""

from cti.conversation.taking_part import accept, refuse
from cti.core.commands import CoachLeg
from cti.core.contact import Contact, Supervision
from cti.core.events import (
    CallJoined,
    CallLeft,
    ContactEnded,
    ContactForwarded,
    ContactRequeued,
    ContactTransferred,
    DialRefused,
    LegEnded,
    LegRefused,
    RequestRefused,
    SupervisionChanged,
    SupervisionEnded,
    SupervisionEndRequested,
    SupervisionRequested,
    SupervisionStarted,
)
from cti.core.placing import new_leg_id, request_leg, start_leg, who_hears
from cti.core.state import State
from cti.core.states import ContactState, LegState, PartyRole, SupervisorMode
from cti.core.turn import Turn

PURPOSE = "supervision"


def decide_requested(turn: Turn, event: SupervisionRequested) -> None:
    """The supervisor's phone rings; who hears already changes the mode."""
    state = turn.state
    contact = state.contacts.get(event.contact_id)
    supervisor = state.config.supervisors.get(event.supervisor_id)
    if contact is None or contact.state is not ContactState.CONNECTED:
        refuse(turn, event, "not_connected", "There is no conversation with this contact now.")
    elif supervisor is None:
        refuse(turn, event, "no_endpoint", "No phone is configured for you: add it under supervisors in site.yaml.")
    elif found := supervision(contact, event.supervisor_id):
        _change(turn, event, contact, found)
    elif _elsewhere(state, event.supervisor_id):
        refuse(turn, event, "busy", "You hear another conversation: leave that first.")
    elif _is_on_the_phone(state, supervisor.endpoint):
        refuse(turn, event, "busy", "Your telephone is just coming out of a conversation: try again in a moment.")
    else:
        leg_id = new_leg_id(turn)
        start_leg(
            turn,
            leg_id,
            endpoint=supervisor.endpoint,
            call_id=contact.call_id,
            role=PartyRole.SUPERVISOR,
            contact_id=contact.contact_id,
        )
        turn.emit(
            SupervisionStarted(
                contact_id=contact.contact_id, supervisor_id=event.supervisor_id, mode=event.mode, leg_id=leg_id
            )
        )
        request_leg(turn, leg_id, PURPOSE, request_id=event.request_id)


def decide_dial_refused(turn: Turn, event: DialRefused) -> None:
    """The supervisor hears which rule says so."""
    contact = turn.state.contacts.get(event.contact_id) if event.purpose == PURPOSE else None
    for found in contact.supervisions if contact else ():
        if found.leg_id == event.leg_id:
            turn.emit(
                RequestRefused(
                    agent_id="",
                    code="not_allowed",
                    detail=event.detail,
                    request_id=event.request_id,
                    supervisor_id=found.supervisor_id,
                )
            )


def supervision(contact: Contact, supervisor_id: str) -> Supervision | None:
    """How this supervisor hears the conversation, if at all."""
    return next((each for each in contact.supervisions if each.supervisor_id == supervisor_id), None)


def _elsewhere(state: State, supervisor_id: str) -> bool:
    return any(supervision(contact, supervisor_id) for contact in state.contacts.rows.values() if contact.supervisions)


def _is_on_the_phone(state: State, endpoint: str) -> bool:
    """A leg that was let go, and whose end was not reported yet."""
    return any(leg.endpoint == endpoint and leg.state is not LegState.ENDED for leg in state.legs.rows.values())


def _change(turn: Turn, event: SupervisionRequested, contact: Contact, found: Supervision) -> None:
    if found.mode is event.mode:
        accept(turn, event)
        return
    turn.emit(SupervisionChanged(contact_id=contact.contact_id, supervisor_id=event.supervisor_id, mode=event.mode))
    _tell_carrier(turn, contact, found.leg_id, event.mode)


def _tell_carrier(turn: Turn, contact: Contact, leg_id: str, mode: SupervisorMode) -> None:
    leg = turn.state.legs.get(leg_id)
    if leg and leg.provider_ref and leg.call_id:
        muted, coaches = who_hears(turn.state, contact, mode)
        turn.ask(
            CoachLeg(
                leg_id=leg_id, provider_ref=leg.provider_ref, call_id=contact.call_id, muted=muted, coaches=coaches
            )
        )


def decide_call_joined(turn: Turn, event: CallJoined) -> None:
    """Once in the room the leg is told again how it takes part: the mode may have changed while it rang."""
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    if leg is None or leg.role is not PartyRole.SUPERVISOR:
        return
    found = next((each for each in contact.supervisions if each.leg_id == leg.leg_id), None) if contact else None
    if contact is None or found is None or contact.call_id != event.call_id:
        turn.release(leg.leg_id)
        return
    _tell_carrier(turn, contact, leg.leg_id, found.mode)


def decide_end_requested(turn: Turn, event: SupervisionEndRequested) -> None:
    """The supervisor has heard enough."""
    contact = turn.state.contacts.get(event.contact_id)
    found = supervision(contact, event.supervisor_id) if contact else None
    if contact is None or found is None:
        refuse(turn, event, "not_there", "You do not hear this conversation.")
    else:
        _end(turn, contact, found)


def _end(turn: Turn, contact: Contact, found: Supervision) -> None:
    turn.release(found.leg_id)
    turn.emit(SupervisionEnded(contact_id=contact.contact_id, supervisor_id=found.supervisor_id))


def decide_leg_gone(turn: Turn, event: CallLeft | LegEnded | LegRefused) -> None:
    """The supervisor hung up, or could not be reached."""
    leg = turn.state.find_leg(event.leg_id, getattr(event, "provider_ref", ""))
    contact = turn.state.contacts.get(leg.contact_id) if leg else None
    for found in contact.supervisions if contact and leg else ():
        if leg and contact and found.leg_id == leg.leg_id:
            _end(turn, contact, found)


def decide_over(turn: Turn, event: ContactEnded | ContactForwarded | ContactRequeued | ContactTransferred) -> None:
    """Nothing more to hear; a conversation that goes on with another agent is heard on."""
    contact = turn.state.contacts[event.contact_id]
    if contact.state is ContactState.CONNECTED:
        for found in contact.supervisions:
            if found.mode is SupervisorMode.WHISPER:
                _tell_carrier(turn, contact, found.leg_id, found.mode)
        return
    for found in contact.supervisions:
        _end(turn, turn.state.contacts[event.contact_id], found)
