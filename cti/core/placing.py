"""Legs that we place: whom they ring and how follows from what they are for."""

from cti.core.call import Leg
from cti.core.commands import Originate
from cti.core.contact import Contact, party_of_leg
from cti.core.events import DialRequested, LegStarted
from cti.core.ids import LEG
from cti.core.state import State
from cti.core.states import PartyRole, SupervisorMode
from cti.core.turn import Turn

LEG_RING_S = 15


def start_leg(turn: Turn, leg_id: str, *, endpoint: str, call_id: str, role: PartyRole, **whose: str) -> None:
    """A leg that shall ring `endpoint` and come into the room. `request_leg` asks for it."""
    kind = endpoint.partition(":")[0]
    turn.emit(LegStarted(leg_id=leg_id, role=role, endpoint_kind=kind, endpoint=endpoint, call_id=call_id, **whose))


def new_leg_id(turn: Turn) -> str:
    return turn.new_id(LEG)


def request_leg(turn: Turn, leg_id: str, purpose: str, *, agent_id: str = "", request_id: str = "") -> None:
    """Through the one door: the leg is placed once it is cleared, or refused with the rule that says so."""
    leg = turn.state.legs[leg_id]
    number = leg.endpoint.removeprefix("tel:") if leg.endpoint_kind == "tel" else ""
    turn.emit(
        DialRequested(
            dial_id=leg_id,
            purpose=purpose,
            leg_id=leg_id,
            contact_id=leg.contact_id,
            number=number,
            agent_id=agent_id,
            request_id=request_id,
        )
    )


def originate(state: State, leg: Leg) -> Originate:
    """The command for a leg that was cleared."""
    contact = state.contacts.get(leg.contact_id)
    mode = _supervised(contact, leg) if contact else None
    coaches = who_hears(state, contact, mode)[1] if contact and mode else ""
    screened = not leg.bound_for  # where it goes is decided once somebody has answered
    return Originate(
        leg_id=leg.leg_id,
        call_id=leg.bound_for,
        caller_id=_caller_id(state, contact),
        timeout_s=_ring_s(state, contact) if screened else LEG_RING_S,
        endpoint=leg.endpoint,
        ends_call=not screened and _ends_call(contact, leg),
        screened=screened,
        muted=mode is not None and not coaches,  # who is to be heard is told so once there: the mode may change
        coaches=coaches,
    )


def _ring_s(state: State, contact: Contact | None) -> int:
    queue = state.config.queues.get(contact.queue_id) if contact else None
    return queue.ring_s if queue else LEG_RING_S


def _caller_id(state: State, contact: Contact | None) -> str:
    """What the phone that rings shows: the site's number; else the one that was called, or one of ours."""
    called = contact.to_number if contact else min(state.config.entry_points, default="")
    return state.config.caller_id or called


def caller_id_of(state: State, campaign_id: str) -> str:
    """What is shown to those whom a campaign calls."""
    campaign = state.config.calling.campaigns.get(campaign_id)
    return (campaign.caller_id if campaign else "") or _caller_id(state, None)


def _ends_call(contact: Contact | None, leg: Leg) -> bool:
    """With the agent who has the caller the room ends, so that the caller comes back and asks, whatever becomes of
    reports. Whoever came in later may leave without harm."""
    if leg.role is not PartyRole.AGENT:
        return False
    return contact is None or party_of_leg(contact, leg.leg_id) is None


def _supervised(contact: Contact, leg: Leg) -> SupervisorMode | None:
    return next((each.mode for each in contact.supervisions if each.leg_id == leg.leg_id), None)


def who_hears(state: State, contact: Contact, mode: SupervisorMode) -> tuple[bool, str]:
    """Whether a supervisor is muted, and whose ear alone it has (the carrier's reference; empty: everybody's). A
    whisper to an agent who is not there is heard by nobody."""
    leg = state.legs.get(contact.offer.leg_id) if contact.offer and mode is SupervisorMode.WHISPER else None
    coaches = leg.provider_ref if leg else ""
    return mode is SupervisorMode.MONITOR or (mode is SupervisorMode.WHISPER and not coaches), coaches
