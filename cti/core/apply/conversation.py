"""How conversations move: parties come and go, supervisors listen, recordings run."""

from collections.abc import Callable
from typing import Any

from cti.core.apply.agents import engaged
from cti.core.apply.contacts import out_of_conversation, with_party
from cti.core.apply.recordings import recording_asked, recording_named, recording_over, recording_refused
from cti.core.base import Moment, changed
from cti.core.contact import CONTACT_TRANSITIONS, Contact, Party, Supervision, party_named
from cti.core.events import (
    ConferenceStarted,
    ConsultAnswered,
    ConsultEnded,
    ConsultStarted,
    ContactForwarded,
    ContactTransferred,
    MessageAwaited,
    RecordingAsked,
    RecordingEnded,
    RecordingFailed,
    RecordingNoticeGiven,
    RecordingPaused,
    RecordingRequested,
    RecordingResumed,
    RecordingStarted,
    SupervisionChanged,
    SupervisionEnded,
    SupervisionStarted,
    TalkChanged,
    VoicemailLeft,
)
from cti.core.lines import give_up_room, let_go
from cti.core.state import State
from cti.core.states import ContactState, LegState, RecordingAction, RecordingState


def _moved(contact: Contact, event: object) -> Contact:
    """Raises `KeyError` if it cannot happen now: a rule's mistake. What has ended stays so."""
    if contact.state is ContactState.ENDED:
        return contact
    return changed(contact, state=CONTACT_TRANSITIONS[contact.state][type(event)])  # type: ignore[index]


def apply_consult_started(state: State, event: ConsultStarted, now: Moment) -> None:
    contact = _moved(state.contacts[event.contact_id], event)
    party = Party(
        party_id=event.party_id, by_agent_id=event.agent_id, agent_id=event.with_agent_id, leg_id=event.leg_id
    )
    state.contacts.put(event.contact_id, changed(contact, parties=(*contact.parties, party)))


def apply_consult_answered(state: State, event: ConsultAnswered, now: Moment) -> None:
    contact = _moved(state.contacts[event.contact_id], event)
    party = party_named(contact, event.party_id)
    assert party is not None
    offer = changed(party.offer, connect_by=0) if party.offer else None
    contact = with_party(contact, event.party_id, present=True, leg_id=event.leg_id, offer=offer)
    if event.with_agent_id:
        kept = tuple(agent_id for agent_id in contact.agent_ids if agent_id != event.with_agent_id)
        contact = changed(contact, agent_ids=(*kept, event.with_agent_id))
        engaged(state, event.with_agent_id, contact, now)
    state.contacts.put(event.contact_id, contact)


def apply_conference_started(state: State, event: ConferenceStarted, now: Moment) -> None:
    state.contacts.put(event.contact_id, _moved(state.contacts[event.contact_id], event))


def apply_consult_ended(state: State, event: ConsultEnded, now: Moment) -> None:
    """A leg that has ended goes with the party; one that still lives is dropped when its end is reported."""
    contact = _moved(state.contacts[event.contact_id], event)
    party = party_named(contact, event.party_id)
    if party:
        let_go(state, party.leg_id, contact.contact_id)
    kept = tuple(other for other in contact.parties if other.party_id != event.party_id)
    state.contacts.put(event.contact_id, changed(contact, parties=kept))


def apply_transferred(state: State, event: ContactTransferred, now: Moment) -> None:
    """A party takes over where the agent was; or, in the line of a queue by now, it talks to nobody."""
    contact = state.contacts[event.contact_id]
    party = party_named(contact, event.party_id)
    if party is None:
        out_of_conversation(state, event.contact_id, event.from_agent_id, now)
        return
    if contact.offer:
        give_up_room(state, contact.offer.leg_id, contact.contact_id)
        let_go(state, contact.offer.leg_id, contact.contact_id)
    kept = tuple(other for other in contact.parties if other.party_id != event.party_id or not party.agent_id)
    contact = changed(_moved(contact, event), offer=party.offer, agent_id=party.agent_id, parties=kept, hung_up_by="")
    state.contacts.put(event.contact_id, contact)


def apply_forwarded(state: State, event: ContactForwarded, now: Moment) -> None:
    state.contacts.put(event.contact_id, _moved(state.contacts[event.contact_id], event))
    out_of_conversation(state, event.contact_id, event.from_agent_id, now)


def apply_talk_changed(state: State, event: TalkChanged, now: Moment) -> None:
    state.contacts.put(event.contact_id, changed(state.contacts[event.contact_id], talk=event.talk))


def _supervisions(contact: Contact, supervisor_id: str) -> tuple[Supervision, ...]:
    return tuple(each for each in contact.supervisions if each.supervisor_id != supervisor_id)


def apply_supervision_started(state: State, event: SupervisionStarted, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    begun = Supervision(supervisor_id=event.supervisor_id, leg_id=event.leg_id, mode=event.mode)
    supervisions = (*_supervisions(contact, event.supervisor_id), begun)
    state.contacts.put(event.contact_id, changed(contact, supervisions=supervisions))


def apply_supervision_changed(state: State, event: SupervisionChanged, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    supervisions = tuple(
        changed(each, mode=event.mode) if each.supervisor_id == event.supervisor_id else each
        for each in contact.supervisions
    )
    state.contacts.put(event.contact_id, changed(contact, supervisions=supervisions))


def apply_supervision_ended(state: State, event: SupervisionEnded, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    for each in contact.supervisions:
        leg = state.legs.get(each.leg_id)
        if each.supervisor_id == event.supervisor_id and leg and leg.state is LegState.ENDED:
            state.leg_by_ref.drop(leg.provider_ref)
            state.legs.drop(leg.leg_id)
    left = _supervisions(contact, event.supervisor_id)
    state.contacts.put(event.contact_id, changed(contact, supervisions=left))


def _recorded(state: State, leg_id: str, **fields: Any) -> None:
    leg = state.legs.get(leg_id)
    contact = state.contacts.get(leg.contact_id) if leg else None
    if contact:
        state.contacts.put(contact.contact_id, changed(contact, **fields))


def _runs(state: State, event: Any) -> bool:
    """Whether the report is about the recording that runs; of an earlier one it comes too late."""
    leg = state.legs.get(event.leg_id)
    contact = state.contacts.get(leg.contact_id) if leg else None
    return contact is not None and contact.recording_id == event.recording_id


def apply_recording_asked(state: State, event: RecordingAsked, now: Moment) -> None:
    _recorded(state, event.leg_id, recording=RecordingState.ASKED, recording_id="")
    recording_asked(state, event.leg_id, now)


def apply_recording_requested(state: State, event: RecordingRequested, now: Moment) -> None:
    """Whoever takes part says last whether a recording rests: what was asked for before is not wanted any more."""
    contact = state.contacts.get(event.contact_id)
    if contact is None or contact.recording not in (RecordingState.ON, RecordingState.PAUSED):
        return
    agent_ids = (contact.agent_id, *(party.agent_id for party in contact.parties if party.present))
    if event.agent_id in agent_ids and event.action in (RecordingAction.PAUSE, RecordingAction.RESUME):
        state.contacts.put(event.contact_id, changed(contact, recording_asked=event.action))


def apply_recording_failed(state: State, event: RecordingFailed, now: Moment) -> None:
    """Unless the carrier refused, it may have begun nevertheless: the carrier will be asked."""
    _recorded(state, event.leg_id, recording=RecordingState.OFF)
    if event.reason == "REFUSED":
        recording_refused(state, event.leg_id, now)


def apply_recording_started(state: State, event: RecordingStarted, now: Moment) -> None:
    """Unless the conversation is over meanwhile."""
    recording_named(state, event.leg_id, event.recording_id, now)
    leg = state.legs.get(event.leg_id)
    contact = state.contacts.get(leg.contact_id) if leg else None
    if contact and contact.state is ContactState.CONNECTED:
        _recorded(state, event.leg_id, recording=RecordingState.ON, recording_id=event.recording_id)


def apply_recording_paused(state: State, event: RecordingPaused, now: Moment) -> None:
    if _runs(state, event):
        _recorded(state, event.leg_id, recording=RecordingState.PAUSED)


def apply_recording_resumed(state: State, event: RecordingResumed, now: Moment) -> None:
    if _runs(state, event):
        _recorded(state, event.leg_id, recording=RecordingState.ON)


def apply_notice_given(state: State, event: RecordingNoticeGiven, now: Moment) -> None:
    state.contacts.put(event.contact_id, changed(state.contacts[event.contact_id], notice_given=True))


def apply_voicemail_left(state: State, event: VoicemailLeft, now: Moment) -> None:
    state.contacts.put(event.contact_id, changed(state.contacts[event.contact_id], voicemail=event.recording_id))


def apply_message_awaited(state: State, event: MessageAwaited, now: Moment) -> None:
    state.contacts.put(event.contact_id, changed(state.contacts[event.contact_id], message_by=event.until))
    state.deadlines.add(event.until, "message", event.contact_id)


def apply_recording_ended(state: State, event: RecordingEnded, now: Moment) -> None:
    recording_over(state, event.leg_id, event.recording_id, now)
    if _runs(state, event):
        _recorded(state, event.leg_id, recording=RecordingState.OFF, recording_id="")


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    ConsultStarted: apply_consult_started,
    ConsultAnswered: apply_consult_answered,
    ConferenceStarted: apply_conference_started,
    ConsultEnded: apply_consult_ended,
    ContactTransferred: apply_transferred,
    ContactForwarded: apply_forwarded,
    TalkChanged: apply_talk_changed,
    SupervisionStarted: apply_supervision_started,
    SupervisionChanged: apply_supervision_changed,
    SupervisionEnded: apply_supervision_ended,
    RecordingAsked: apply_recording_asked,
    RecordingRequested: apply_recording_requested,
    RecordingFailed: apply_recording_failed,
    RecordingStarted: apply_recording_started,
    RecordingPaused: apply_recording_paused,
    RecordingResumed: apply_recording_resumed,
    RecordingEnded: apply_recording_ended,
    RecordingNoticeGiven: apply_notice_given,
    VoicemailLeft: apply_voicemail_left,
    MessageAwaited: apply_message_awaited,
}
