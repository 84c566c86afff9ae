"""A call comes in: the number it was made to says which flow it starts."""

from cti.core.events import CallArrived, ContactStarted, FlowEnded, LegStarted, MessageBegun
from cti.core.ids import CONTACT, LEG
from cti.core.lines import is_softphone
from cti.core.plan import HangUp, Plan, Say
from cti.core.prompts import apology
from cti.core.state import State
from cti.core.states import Direction, PartyRole
from cti.core.turn import Turn
from cti.ivr.flow import walk

NOT_IN_SERVICE = "This number is not in service."


def decide_call_arrived(turn: Turn, event: CallArrived) -> None:
    """Starts leg and contact. A number bound to no flow starts them too: every call has its record. A softphone that
    dials is no caller."""
    state = turn.state
    if is_softphone(state, event):
        return
    contact_id, leg_id = turn.new_id(CONTACT), turn.new_id(LEG)
    entry_point = state.config.entry_points.get(event.to_number)
    turn.emit(
        LegStarted(
            leg_id=leg_id,
            role=PartyRole.CUSTOMER,
            endpoint_kind="tel",
            contact_id=contact_id,
            provider_ref=event.provider_ref,
        )
    )
    turn.emit(
        ContactStarted(
            contact_id=contact_id,
            direction=Direction.INBOUND,
            leg_id=leg_id,
            to_number=event.to_number,
            flow_id=entry_point.flow_id if entry_point else "",
            from_number=event.from_number,
        )
    )


def decide_contact_started(turn: Turn, event: ContactStarted) -> None:
    """Into the flow. By now everybody has heard of the contact, so a step can wait for what others were asked."""
    if event.direction is not Direction.INBOUND:
        if event.flow_id:
            begin_flow(turn, event.contact_id, event.flow_id)
        return
    flow = turn.state.config.flows.get(event.flow_id)
    if flow is None:
        turn.emit(FlowEnded(contact_id=event.contact_id, step_id=""))
        turn.plan(event.leg_id, _nowhere(turn.state))
        return
    walk(turn, event.contact_id, flow.start)


def decide_message_begun(turn: Turn, event: MessageBegun) -> None:
    """Whom nobody talks to."""
    begin_flow(turn, event.contact_id, event.flow_id)


def begin_flow(turn: Turn, contact_id: str, flow_id: str) -> None:
    """For somebody whom we called, as it was when they came. Where there is none we say that we are sorry."""
    flow = turn.state.config_of(turn.state.contacts[contact_id]).flows.get(flow_id)
    if flow:
        walk(turn, contact_id, flow.start)
    else:
        turn.emit(FlowEnded(contact_id=contact_id, step_id=""))
        turn.plan(turn.state.contacts[contact_id].leg_id, apology(turn.state))


def _nowhere(state: State) -> Plan:
    """For a number that is bound to no flow; or, while there is no configuration at all, for every number."""
    if not state.config_hash:
        return apology(state)
    prompt = state.config.unknown_number or (Say(text=NOT_IN_SERVICE, language=state.config.language),)
    return Plan((*prompt, HangUp()))
