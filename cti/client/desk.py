"""The desk as a client keeps it: what each event changes on it. The server can send it whole at any time."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from cti.client import events as e

_BUSIEST = (
    ("BUSY", ("CONNECTED",)),
    ("RESERVED", ("OFFERED", "ALERTING", "CONNECTING")),
    ("WRAP_UP", ("WRAP_UP",)),
)


def apply_event(desk: e.Desk, event: e.AnyEvent | e.Unknown) -> e.Desk:
    """The desk after an event. Events that are not about the desk leave it as it is."""
    function = _TABLE.get(type(event))
    if function is None:
        return desk
    desk = function(desk, event)
    return replace(desk, state=_state_of(desk))


def _state_of(desk: e.Desk) -> str:
    """The busiest of the contacts, else the work mode."""
    if desk.presence == "SIGNED_OUT":
        return "SIGNED_OUT"
    phases = {contact.phase for contact in desk.contacts}
    for state, its_phases in _BUSIEST:
        if phases.intersection(its_phases):
            return state
    ready = desk.ready and not desk.suspected and desk.presence == "SIGNED_IN"
    return "READY" if ready else "NOT_READY"


def _without(desk: e.Desk, contact_id: str) -> tuple[e.DeskContact, ...]:
    return tuple(contact for contact in desk.contacts if contact.contact_id != contact_id)


def _changed(desk: e.Desk, contact_id: str, **fields: Any) -> e.Desk:
    contacts = tuple(
        replace(contact, **fields) if contact.contact_id == contact_id else contact for contact in desk.contacts
    )
    return replace(desk, contacts=contacts)


def _moved(desk: e.Desk, contact_id: str, **fields: Any) -> e.Desk:
    """What moved last stands last."""
    for contact in desk.contacts:
        if contact.contact_id == contact_id:
            return replace(desk, contacts=(*_without(desk, contact_id), replace(contact, **fields)))
    return desk


def _resync(desk: e.Desk, event: e.Resync) -> e.Desk:
    return event.desk


def _offer(desk: e.Desk, event: e.Offer) -> e.Desk:
    contact = e.DeskContact(
        contact_id=event.contact_id,
        queue_id=event.queue_id,
        phase="OFFERED",
        since=event.at,
        until=event.ack_by,
        offer_id=event.offer_id,
        from_number=event.from_number,
        queued_at=event.at - event.waited_ms,
        asked_by=event.asked_by,
        before=event.before,
        campaign_id=event.campaign_id,
        called_for=event.called_for,
    )
    return replace(desk, contacts=(*_without(desk, event.contact_id), contact))


def _pop(desk: e.Desk, event: e.Pop | e.PopUpdated) -> e.Desk:
    """How long the caller has waited goes on growing: the desk knows since when."""
    return _changed(desk, event.contact_id, pop=replace(event.pop, waited_ms=0) if event.pop else None)


def _alerting(desk: e.Desk, event: e.Alerting) -> e.Desk:
    return _changed(desk, event.contact_id, phase="ALERTING", until=event.expires_at)


def _connecting(desk: e.Desk, event: e.Connecting) -> e.Desk:
    return _changed(desk, event.contact_id, phase="CONNECTING", until=0)


def _progress(desk: e.Desk, event: e.DialProgress) -> e.Desk:
    return _changed(desk, event.contact_id, stage=event.stage)


def _connected(desk: e.Desk, event: e.Connected) -> e.Desk:
    """Alone with the customer, until a `TalkChanged` says more."""
    talk = e.DeskTalk(agent_id=desk.agent_id)
    return _moved(
        desk, event.contact_id, queue_id=event.queue_id, phase="CONNECTED", since=event.at, until=0, talk=talk
    )


def _joined(desk: e.Desk, event: e.Joined) -> e.Desk:
    return _moved(desk, event.contact_id, phase="CONNECTED", since=event.at, until=0)


def _talk(desk: e.Desk, event: e.TalkChanged) -> e.Desk:
    return _changed(desk, event.contact_id, talk=event.talk)


def _ended(desk: e.Desk, event: e.Ended) -> e.Desk:
    return _changed(desk, event.contact_id, cause=event.cause)


def _wrap_up(desk: e.Desk, event: e.WrapUp) -> e.Desk:
    return _moved(desk, event.contact_id, phase="WRAP_UP", since=event.at, until=event.ends_at, talk=None)


def _disposed(desk: e.Desk, event: e.Disposed) -> e.Desk:
    return _changed(desk, event.contact_id, disposition=event.disposition)


def _wrapped_up(desk: e.Desk, event: e.WrapUpOver) -> e.Desk:
    for contact in desk.contacts:
        if event.late_until and contact.contact_id == event.contact_id:
            late = e.DeskLate(
                contact_id=contact.contact_id,
                queue_id=contact.queue_id,
                from_number=contact.from_number,
                until=event.late_until,
            )
            desk = replace(desk, late=late)
    return _over(desk, event)


def _late_over(desk: e.Desk, event: e.LateOver) -> e.Desk:
    is_it = desk.late is not None and desk.late.contact_id == event.contact_id
    return replace(desk, late=None) if is_it else desk


def _over(desk: e.Desk, event: e.OfferOver | e.WrapUpOver | e.Released) -> e.Desk:
    return replace(desk, contacts=_without(desk, event.contact_id))


def _state(desk: e.Desk, event: e.State) -> e.Desk:
    news = {name: getattr(event, name) for name in ("presence", "ready", "reason", "suspected", "leaving")}
    return replace(desk, **{name: value for name, value in news.items() if value is not UNSET})


def _settings(desk: e.Desk, event: e.SettingsChanged) -> e.Desk:
    return replace(desk, settings=event.settings)


_TABLE: dict[type, Callable[[e.Desk, Any], e.Desk]] = {
    e.Resync: _resync,
    e.Offer: _offer,
    e.Pop: _pop,
    e.PopUpdated: _pop,
    e.Alerting: _alerting,
    e.Connecting: _connecting,
    e.DialProgress: _progress,
    e.Connected: _connected,
    e.Joined: _joined,
    e.TalkChanged: _talk,
    e.Ended: _ended,
    e.WrapUp: _wrap_up,
    e.Disposed: _disposed,
    e.OfferOver: _over,
    e.WrapUpOver: _wrapped_up,
    e.LateOver: _late_over,
    e.Released: _over,
    e.State: _state,
    e.SettingsChanged: _settings,
}
