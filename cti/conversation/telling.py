"""What those who talk see of their conversation: who is in it or asked, who is on hold or mute, whether it is recorded.

Reports name legs, and desks are told from the record alone. So whatever may change the picture is compared with the
picture last shown, and a change is an event.
"""

from collections.abc import Callable
from typing import Any

from cti.conversation.taking_part import present_parties
from cti.core import events as e
from cti.core.contact import Contact, Party
from cti.core.state import State
from cti.core.states import ContactState, LegState, OfferState, PartyState
from cti.core.turn import Turn


def decide_told(turn: Turn, event: Any) -> None:
    """Only what is new is told; how a conversation begins goes without saying."""
    contact = _about(turn.state, event)
    if contact is None or contact.state is not ContactState.CONNECTED:
        return
    talk = talk_of(turn.state, contact)
    if talk == contact.talk:
        return
    agent_ids = (contact.agent_id, *(party.agent_id for party in present_parties(contact)))
    turn.emit(
        e.TalkChanged(
            contact_id=contact.contact_id,
            agent_ids=tuple(agent_id for agent_id in agent_ids if agent_id),
            talk=talk,
            numbers=numbers_of(turn.state, contact),
        )
    )


def _about(state: State, event: Any) -> Contact | None:
    contact_id = getattr(event, "contact_id", "")
    if not contact_id:
        leg = state.find_leg(event.leg_id, getattr(event, "provider_ref", ""))
        contact_id = leg.contact_id if leg else ""
    return state.contacts.get(contact_id)


def talk_of(state: State, contact: Contact) -> e.Talk:
    """The picture as it is now."""
    return e.Talk(
        agent_id=contact.agent_id,
        on_hold=_on_hold(state, contact.leg_id),
        muted=_muted(state, contact.offer.leg_id if contact.offer else ""),
        recording=contact.recording,
        parties=tuple(
            e.TalkParty(
                party_id=party.party_id,
                agent_id=party.agent_id,
                state=_state_of(state, party),
                on_hold=party.present and _on_hold(state, party.leg_id),
                muted=party.present and _muted(state, party.leg_id),
            )
            for party in contact.parties
        ),
        unwanted=_unwanted(state, contact),
    )


def _unwanted(state: State, contact: Contact) -> bool:
    """Once said, it stays so to the end."""
    if contact.talk and contact.talk.unwanted:
        return True
    overlay = state.overlay
    attempts = [overlay.live.get(leg_id) for leg_id in (contact.leg_id, *(party.leg_id for party in contact.parties))]
    return any(overlay.attempts[attempt_id].unwanted for attempt_id in attempts if attempt_id)


def numbers_of(state: State, contact: Contact) -> tuple[tuple[str, str], ...]:
    """Of the parties outside: party and number."""
    return tuple(
        (party.party_id, leg.endpoint.removeprefix("tel:"))
        for party in contact.parties
        if not party.agent_id and (leg := state.legs.get(party.leg_id))
    )


def _on_hold(state: State, leg_id: str) -> bool:
    leg = state.legs.get(leg_id)
    return leg is not None and leg.state is LegState.HELD


def _muted(state: State, leg_id: str) -> bool:
    leg = state.legs.get(leg_id)
    return leg is not None and leg.muted


def _state_of(state: State, party: Party) -> PartyState:
    """It rings at an agent's desk once the offer is acknowledged, elsewhere when the carrier says so."""
    if party.present:
        return PartyState.HERE
    if party.offer:
        rings = party.offer.state is OfferState.ACCEPTED or party.offer.expires_at or party.offer.hold_by
    else:
        leg = state.legs.get(party.leg_id)
        rings = leg is not None and leg.state in (LegState.ALERTING, LegState.CONNECTED)
    return PartyState.RINGING if rings else PartyState.ASKED


_WATCHED = (
    e.ContactConnected,
    e.ContactTransferred,
    e.ConsultStarted,
    e.ConsultAnswered,
    e.ConsultEnded,
    e.OfferMade,
    e.OfferAlerting,
    e.OfferTaken,
    e.OfferAccepted,
    e.OfferDeclined,
    e.OfferExpired,
    e.OfferWithdrawn,
    e.LegAlerting,
    e.LegAnswered,
    e.LegHeld,
    e.LegRetrieved,
    e.LegMuted,
    e.LegEnded,
    e.LegRefused,
    e.CallJoined,
    e.CallLeft,
    e.PlanRequested,
    e.RecordingAsked,
    e.RecordingFailed,
    e.RecordingStarted,
    e.RecordingPaused,
    e.RecordingResumed,
    e.RecordingEnded,
    e.AttemptUnwanted,
)

RULES: dict[type, tuple[Callable[[Turn, Any], None], ...]] = dict.fromkeys(_WATCHED, (decide_told,))
"""Everything that may change the picture."""
