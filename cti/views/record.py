"""A finished contact in one record: how it went, in numbers, without saying who it was."""

from cti.core.events import ContactClosed
from cti.core.states import Direction, EndCause
from cti.views.desk import Shown


class ContactRecord(Shown):
    """Times are ms since 1970, 0 for what did not happen; spans are ms. `waited_ms` ends with the talk or the hang-up,
    `wrap_up_ms` is the time until the last agent was free of it."""

    contact_id: str
    direction: Direction
    outcome: str
    cause: EndCause
    arrived_at: int
    queued_at: int
    connected_at: int
    ended_at: int
    closed_at: int
    waited_ms: int
    talk_ms: int
    wrap_up_ms: int
    total_ms: int
    flow_id: str
    last_step: str
    queue_id: str
    queue_refused: str
    agent_ids: tuple[str, ...]
    offers: int
    offers_missed: int
    offers_declined: int
    disposition: str


def contact_record(event: ContactClosed, at: int) -> ContactRecord:
    """The record of a contact that was closed at `at` (ms)."""
    left_queue_at = event.connected_at or event.ended_at
    return ContactRecord(
        contact_id=event.contact_id,
        direction=event.direction,
        outcome=event.outcome,
        cause=event.cause,
        arrived_at=event.arrived_at,
        queued_at=event.queued_at,
        connected_at=event.connected_at,
        ended_at=event.ended_at,
        closed_at=at,
        waited_ms=left_queue_at - event.queued_at if event.queued_at else 0,
        talk_ms=event.talk_ms,
        wrap_up_ms=at - event.ended_at if event.connected_at else 0,
        total_ms=event.ended_at - event.arrived_at,
        flow_id=event.flow_id,
        last_step=event.last_step,
        queue_id=event.queue_id,
        queue_refused=event.queue_refused,
        agent_ids=event.agent_ids,
        offers=event.offers,
        offers_missed=event.offers_missed,
        offers_declined=event.offers_declined,
        disposition=event.disposition,
    )
