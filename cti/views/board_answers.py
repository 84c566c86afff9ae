"""From what happened to what supervisors who asked for something are answered: by the record alone."""

from cti.core import events as e
from cti.core.record import TurnRecord
from cti.views.board_frames import BoardDone, BoardRefused

Answer = tuple[str, BoardDone | BoardRefused]


def answers_of(record: TurnRecord) -> list[Answer]:
    """Whom to answer, and what: each request once, in its own turn. What was not refused was done."""
    happened = record.input
    supervisor_id = getattr(happened, "supervisor_id", "")
    request_id = getattr(happened, "request_id", "")
    if not supervisor_id or not request_id:
        return []
    for event in record.events:
        if type(event) is e.RequestRefused and (event.supervisor_id, event.request_id) == (supervisor_id, request_id):
            code, detail = event.code, event.detail
        elif type(event) is e.DialRefused and event.request_id == request_id:  # the supervisor's own phone
            code, detail = "not_allowed", event.detail
        else:
            continue
        return [(supervisor_id, BoardRefused(seq=record.seq, code=code, detail=detail, request_id=request_id))]
    return [(supervisor_id, BoardDone(seq=record.seq, request_id=request_id))]
