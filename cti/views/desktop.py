"""From what happened to what agents' desktops are told, and from the state to the whole desk.

Both come from the record and the state alone. So a frame that a desktop missed can be made again from the journal,
byte for byte, and a desktop that took every frame shows the same as one that was sent the whole desk.
"""

from collections.abc import Callable, Iterable
from typing import Any

from cti.core import events as e
from cti.core.agent import Agent, Assignment, agent_state
from cti.core.base import changed
from cti.core.config import SiteConfig
from cti.core.contact import Contact, Offer, offer_to
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.core.states import AssignmentState, ContactState, OfferState
from cti.views import conversation_frames
from cti.views import frames as f
from cti.views.agent_changes import changes_of
from cti.views.conversation_frames import talk_as_seen_by
from cti.views.desk import CampaignSettings, Desk, DeskContact, DeskLate, DeskTalk, Phase, QueueSettings, Settings

EVERYONE = ""
"""In place of an agent's id: the frame is for every desktop."""

Told = conversation_frames.Told


def request_key(agent_id: str, request_id: str) -> str:
    """The key under which an agent's request enters the record: the same request again is a repeat."""
    return f"agent:{agent_id}:{request_id}"


def frames_of(record: TurnRecord) -> list[Told]:
    """What a turn means to desktops: (agent id or `EVERYONE`, frame), in order. A request is answered exactly once."""
    told: list[Told] = []
    stamp: f.Stamp = {"seq": record.seq, "index": 0, "at": record.at}
    for event in (record.input, *record.events):
        make = _MAKERS.get(type(event))
        if make:
            told.extend(make(event, stamp))
    _answer(record, told, stamp)
    return [(agent_id, changed(frame, index=index) if index else frame) for index, (agent_id, frame) in enumerate(told)]


def _answer(record: TurnRecord, told: list[Told], stamp: f.Stamp) -> None:
    """A request that was not refused was done, whatever it led to; one that made the rules fail was not. What is
    refused in a later turn was answered in its own."""
    happened = record.input
    request_id: str = getattr(happened, "request_id", "")
    agent_id: str = getattr(happened, "agent_id", "")
    supervisor_id: str = getattr(happened, "supervisor_id", "")
    for index, (to, frame) in enumerate(told):
        if isinstance(frame, f.Refused) and frame.request_id != request_id:
            told[index] = (to, changed(frame, request_id=""))
    if not request_id or not agent_id or supervisor_id:
        return
    if any(getattr(frame, "request_id", "") == request_id for _, frame in told):
        return
    answer: f.AgentFrame = f.Done(**stamp, request_id=request_id)
    if type(happened) is e.InputRejected:
        detail = "The server could not do this and has noted why. Try something else, or report it."
        answer = f.Refused(**stamp, code="failed", detail=detail, request_id=request_id)
    told.append((agent_id, answer))


Maker = conversation_frames.Maker


def _offer_made(event: e.OfferMade, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.Offer(
        **stamp,
        offer_id=event.offer_id,
        contact_id=event.contact_id,
        queue_id=event.queue_id,
        ack_by=event.ack_by,
        waited_ms=event.waited_ms,
        from_number=event.from_number,
        asked_by=event.asked_by,
        before=event.before,
        campaign_id=event.campaign_id,
        called_for=event.called_for,
    )
    return ((event.agent_id, frame),)


def _popped(event: e.ScreenPopped, stamp: f.Stamp) -> Iterable[Told]:
    return ((event.agent_id, f.Pop(**stamp, offer_id=event.offer_id, contact_id=event.contact_id, pop=event.pop)),)


def _pop_updated(event: e.ScreenPopUpdated, stamp: f.Stamp) -> Iterable[Told]:
    return (
        (event.agent_id, f.PopUpdated(**stamp, offer_id=event.offer_id, contact_id=event.contact_id, pop=event.pop)),
    )


def _alerting(event: e.OfferAlerting, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.Alerting(**stamp, offer_id=event.offer_id, contact_id=event.contact_id, expires_at=event.expires_at)
    return ((event.agent_id, frame),)


def _accepted(event: e.OfferTaken | e.OfferAccepted, stamp: f.Stamp) -> Iterable[Told]:
    return ((event.agent_id, f.Connecting(**stamp, offer_id=event.offer_id, contact_id=event.contact_id)),)


def _offer_over(event: e.OfferDeclined | e.OfferExpired | e.OfferWithdrawn, stamp: f.Stamp) -> Iterable[Told]:
    if isinstance(event, e.OfferWithdrawn):
        reason = event.reason.lower()
    else:
        reason = "declined" if isinstance(event, e.OfferDeclined) else "expired"
    frame = f.OfferOver(**stamp, offer_id=event.offer_id, contact_id=event.contact_id, reason=reason)
    return ((event.agent_id, frame),)


def _progressed(event: e.DialProgressed, stamp: f.Stamp) -> Iterable[Told]:
    return ((event.agent_id, f.DialProgress(**stamp, contact_id=event.contact_id, stage=event.stage)),)


def _connected(event: e.ContactConnected, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.Connected(**stamp, contact_id=event.contact_id, queue_id=event.queue_id, waited_ms=event.waited_ms)
    return ((event.agent_id, frame),)


def _ended(event: e.ContactEnded, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.Ended(**stamp, contact_id=event.contact_id, cause=event.cause, talk_ms=event.talk_ms)
    return [(agent_id, frame) for agent_id in event.agent_ids]


def _wrap_up_started(event: e.WrapUpStarted, stamp: f.Stamp) -> Iterable[Told]:
    frame = f.WrapUp(**stamp, contact_id=event.contact_id, queue_id=event.queue_id, ends_at=event.ends_at)
    return ((event.agent_id, frame),)


def _wrap_up_ended(event: e.WrapUpEnded, stamp: f.Stamp) -> Iterable[Told]:
    over = f.WrapUpOver(**stamp, contact_id=event.contact_id, reason=event.reason, late_until=event.late_until)
    return ((event.agent_id, over),)


def _lapsed(event: e.DispositionLapsed, stamp: f.Stamp) -> Iterable[Told]:
    return ((event.agent_id, f.LateOver(**stamp, contact_id=event.contact_id)),)


def _released(event: e.AssignmentReleased, stamp: f.Stamp) -> Iterable[Told]:
    return ((event.agent_id, f.Released(**stamp, contact_id=event.contact_id)),)


def _disposed(event: e.DispositionRecorded, stamp: f.Stamp) -> Iterable[Told]:
    return ((event.agent_id, f.Disposed(**stamp, contact_id=event.contact_id, disposition=event.disposition)),)


def _changed(event: Any, stamp: f.Stamp) -> Iterable[Told]:
    changes = changes_of(event)
    assert changes is not None
    return ((event.agent_id, f.State(**stamp, **changes)),)


def _suspected(event: e.DeviceSuspected, stamp: f.Stamp) -> Iterable[Told]:
    return (*_changed(event, stamp), (event.agent_id, f.Probe(**stamp)))


def _config_applied(event: e.ConfigApplied, stamp: f.Stamp) -> Iterable[Told]:
    return ((EVERYONE, f.SettingsChanged(**stamp, settings=settings_of(event.config))),)


def _refused(event: e.RequestRefused, stamp: f.Stamp) -> Iterable[Told]:
    """What a supervisor asked for is answered there: see `cti.views.board_answers`."""
    if event.supervisor_id or not event.agent_id:
        return ()
    refused = f.Refused(
        **stamp,
        code=event.code,
        detail=event.detail,
        request_id=event.request_id,
        rule=event.rule,
        next_allowed_at=event.next_allowed_at,
    )
    return ((event.agent_id, refused),)


def _request_accepted(event: e.RequestAccepted, stamp: f.Stamp) -> Iterable[Told]:
    asked = event.request_id and event.agent_id and not event.supervisor_id
    return ((event.agent_id, f.Done(**stamp, request_id=event.request_id)),) if asked else ()


_MAKERS: dict[type, Maker] = {
    **conversation_frames.MAKERS,
    e.OfferMade: _offer_made,
    e.ScreenPopped: _popped,
    e.ScreenPopUpdated: _pop_updated,
    e.OfferAlerting: _alerting,
    e.OfferTaken: _accepted,
    e.OfferAccepted: _accepted,
    e.OfferDeclined: _offer_over,
    e.OfferExpired: _offer_over,
    e.OfferWithdrawn: _offer_over,
    e.DialProgressed: _progressed,
    e.ContactConnected: _connected,
    e.ContactEnded: _ended,
    e.WrapUpStarted: _wrap_up_started,
    e.WrapUpEnded: _wrap_up_ended,
    e.DispositionLapsed: _lapsed,
    e.AssignmentReleased: _released,
    e.DispositionRecorded: _disposed,
    e.AgentSignedIn: _changed,
    e.AgentSignedOut: _changed,
    e.AgentAbsent: _changed,
    e.AgentReturned: _changed,
    e.AgentReady: _changed,
    e.AgentNotReady: _changed,
    e.LeavePutOff: _changed,
    e.DeviceSuspected: _suspected,
    e.DeviceProven: _changed,
    e.ConfigApplied: _config_applied,
    e.RequestRefused: _refused,
    e.RequestAccepted: _request_accepted,
}


def settings_of(config: SiteConfig) -> Settings:
    """What agents can choose from under this configuration."""
    return Settings(
        site=config.name,
        not_ready_reasons=config.not_ready_reasons,
        queues=tuple(
            QueueSettings(
                queue_id=queue.queue_id,
                name=queue.name,
                wrap_up_s=queue.wrap_up_s,
                dispositions=queue.dispositions,
                disposition_kinds=tuple(sorted(queue.disposition_kinds.items())),
            )
            for _, queue in sorted(config.queues.items())  # the record's order, which is not the file's
        ),
        campaigns=tuple(
            CampaignSettings(campaign_id=campaign.campaign_id, name=campaign.name, mode=campaign.mode)
            for _, campaign in sorted(config.calling.campaigns.items())
        ),
        speed_dials=tuple(sorted(config.speed_dials.items())),
    )


PopOf = Callable[[State, Contact], e.ScreenPop]
"""Who is calling, as far as it is known now: a question to the room of screen-pops."""


def snapshot_of(state: State, agent_id: str, pop_of: PopOf) -> Desk:
    """The whole desk. Raises `KeyError` for somebody who is no agent."""
    agent = state.agents[agent_id]
    return Desk(
        agent_id=agent_id,
        presence=agent.presence,
        ready=agent.ready,
        reason=agent.reason,
        suspected=agent.suspected,
        state=agent_state(agent),
        contacts=tuple(
            _on_desk(state, agent_id, held, contact, pop_of)
            for held in agent.assignments
            if (contact := state.contacts.get(held.contact_id))
        ),
        settings=settings_of(state.config),
        leaving=agent.leaving,
        late=_late(state, agent),
    )


def _late(state: State, agent: Agent) -> DeskLate | None:
    contact = state.contacts.get(agent.unsaid)
    if contact is None:
        return None
    return DeskLate(
        contact_id=agent.unsaid,
        queue_id=agent.unsaid_queue,
        from_number=contact.from_number,
        until=agent.unsaid_until,
    )


def _on_desk(state: State, agent_id: str, held: Assignment, contact: Contact, pop_of: PopOf) -> DeskContact:
    offer = offer_to(contact, agent_id)
    phase, until = _phase(held, offer)
    return DeskContact(
        contact_id=held.contact_id,
        queue_id=held.queue_id,
        phase=phase,
        since=held.since,
        until=until,
        offer_id=held.offer_id,
        from_number=contact.from_number,
        queued_at=held.queued_at,
        pop=changed(pop_of(state, contact), queue_id=held.queue_id, waited_ms=0),
        asked_by=held.asked_by,
        before=held.before,
        talk=_talk(state, agent_id, contact) if phase is Phase.CONNECTED else None,
        cause=str(contact.cause) if contact.state is ContactState.ENDED else "",
        disposition=held.disposition,
        campaign_id=held.campaign_id,
        stage=contact.stage if held.campaign_id else "",
        called_for=contact.campaign_id if not held.campaign_id else "",
    )


def _talk(state: State, agent_id: str, contact: Contact) -> DeskTalk | None:
    legs = {party.party_id: state.legs.get(party.leg_id) for party in contact.parties if not party.agent_id}
    numbers = {party_id: leg.endpoint.removeprefix("tel:") for party_id, leg in legs.items() if leg}
    return talk_as_seen_by(agent_id, contact.talk, numbers) if contact.talk else None


def _phase(held: Assignment, offer: Offer | None) -> tuple[Phase, int]:
    """The phase, and when it ends by itself (0: not)."""
    if held.state is AssignmentState.BUSY:
        return Phase.CONNECTED, 0
    if held.state is AssignmentState.WRAP_UP:
        return Phase.WRAP_UP, held.wrap_up_ends_at
    assert offer is not None, "an agent is reserved by an offer"
    if offer.state is OfferState.ACCEPTED or offer.hold_by:
        return Phase.CONNECTING, 0
    if offer.expires_at:
        return Phase.ALERTING, offer.expires_at
    return Phase.OFFERED, offer.ack_by
