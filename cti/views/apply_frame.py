"""What each frame changes on the desk: one table. A desk that took every frame equals one that was sent whole."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from cti.core.base import changed
from cti.views import frames as f
from cti.views.desk import Desk, DeskContact, DeskLate, DeskTalk, Phase, state_of


def apply_frame(desk: Desk, frame: f.AgentFrame) -> Desk:
    """The desk after a frame. Frames that are not about the desk leave it as it is."""
    function = _TABLE.get(type(frame))
    if function is None:
        return desk
    desk = function(desk, frame)
    return changed(desk, state=state_of(desk))


def _put(desk: Desk, contact: DeskContact) -> Desk:
    """What moved last stands last."""
    kept = tuple(other for other in desk.contacts if other.contact_id != contact.contact_id)
    return changed(desk, contacts=(*kept, contact))


def _changed(desk: Desk, contact_id: str, **fields: Any) -> Desk:
    """Change a contact where it stands; one that is not on the desk (any more) is nobody's business."""
    contacts = tuple(
        changed(contact, **fields) if contact.contact_id == contact_id else contact for contact in desk.contacts
    )
    return changed(desk, contacts=contacts)


def _moved(desk: Desk, contact_id: str, **fields: Any) -> Desk:
    for contact in desk.contacts:
        if contact.contact_id == contact_id:
            return _put(desk, changed(contact, **fields))
    return desk


def _drop(desk: Desk, frame: f.OfferOver | f.WrapUpOver | f.Released) -> Desk:
    kept = tuple(contact for contact in desk.contacts if contact.contact_id != frame.contact_id)
    return changed(desk, contacts=kept)


def _wrapped_up(desk: Desk, frame: f.WrapUpOver) -> Desk:
    for contact in desk.contacts:
        if frame.late_until and contact.contact_id == frame.contact_id:
            late = DeskLate(
                contact_id=contact.contact_id,
                queue_id=contact.queue_id,
                from_number=contact.from_number,
                until=frame.late_until,
            )
            desk = changed(desk, late=late)
    return _drop(desk, frame)


def _late_over(desk: Desk, frame: f.LateOver) -> Desk:
    is_it = desk.late is not None and desk.late.contact_id == frame.contact_id
    return changed(desk, late=None) if is_it else desk


def _offer(desk: Desk, frame: f.Offer) -> Desk:
    contact = DeskContact(
        contact_id=frame.contact_id,
        queue_id=frame.queue_id,
        phase=Phase.OFFERED,
        since=frame.at,
        until=frame.ack_by,
        offer_id=frame.offer_id,
        from_number=frame.from_number,
        queued_at=frame.at - frame.waited_ms,
        asked_by=frame.asked_by,
        before=frame.before,
        campaign_id=frame.campaign_id,
        called_for=frame.called_for,
    )
    return _put(desk, contact)


def _pop(desk: Desk, frame: f.Pop | f.PopUpdated) -> Desk:
    """How long the caller has waited goes on growing: the desk knows since when."""
    pop = changed(frame.pop, waited_ms=0) if frame.pop else None
    return _changed(desk, frame.contact_id, pop=pop)


def _alerting(desk: Desk, frame: f.Alerting) -> Desk:
    return _changed(desk, frame.contact_id, phase=Phase.ALERTING, until=frame.expires_at)


def _connecting(desk: Desk, frame: f.Connecting) -> Desk:
    return _changed(desk, frame.contact_id, phase=Phase.CONNECTING, until=0)


def _progress(desk: Desk, frame: f.DialProgress) -> Desk:
    return _changed(desk, frame.contact_id, stage=frame.stage)


def _connected(desk: Desk, frame: f.Connected) -> Desk:
    """Alone with the customer, until a `talk` says more."""
    talk = DeskTalk(agent_id=desk.agent_id)
    return _moved(
        desk, frame.contact_id, queue_id=frame.queue_id, phase=Phase.CONNECTED, since=frame.at, until=0, talk=talk
    )


def _joined(desk: Desk, frame: f.Joined) -> Desk:
    return _moved(desk, frame.contact_id, phase=Phase.CONNECTED, since=frame.at, until=0)


def _talk(desk: Desk, frame: f.TalkChanged) -> Desk:
    return _changed(desk, frame.contact_id, talk=frame.talk)


def _ended(desk: Desk, frame: f.Ended) -> Desk:
    return _changed(desk, frame.contact_id, cause=str(frame.cause))


def _wrap_up(desk: Desk, frame: f.WrapUp) -> Desk:
    return _moved(desk, frame.contact_id, phase=Phase.WRAP_UP, since=frame.at, until=frame.ends_at, talk=None)


def _disposed(desk: Desk, frame: f.Disposed) -> Desk:
    return _changed(desk, frame.contact_id, disposition=frame.disposition)


def _state(desk: Desk, frame: f.State) -> Desk:
    news = {
        "presence": frame.presence,
        "ready": frame.ready,
        "reason": frame.reason,
        "suspected": frame.suspected,
        "leaving": frame.leaving,
    }
    return changed(desk, **{name: value for name, value in news.items() if value is not UNSET})


def _settings(desk: Desk, frame: f.SettingsChanged) -> Desk:
    return changed(desk, settings=frame.settings)


def _resync(desk: Desk, frame: f.Resync) -> Desk:
    return frame.desk


_TABLE: dict[type[f.Frame], Callable[[Desk, Any], Desk]] = {
    f.Offer: _offer,
    f.Pop: _pop,
    f.PopUpdated: _pop,
    f.Alerting: _alerting,
    f.OfferOver: _drop,
    f.Connecting: _connecting,
    f.DialProgress: _progress,
    f.Connected: _connected,
    f.Joined: _joined,
    f.TalkChanged: _talk,
    f.Ended: _ended,
    f.WrapUp: _wrap_up,
    f.WrapUpOver: _wrapped_up,
    f.LateOver: _late_over,
    f.Released: _drop,
    f.Disposed: _disposed,
    f.State: _state,
    f.SettingsChanged: _settings,
    f.Resync: _resync,
}
