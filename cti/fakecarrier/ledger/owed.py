"""Who is owed an agent: a caller who was put in a queue, and neither talked with anybody, nor left it by its own exit,
nor was asked for a message instead.

The queue's own exit is a `<Leave>` whose action is asked and whose answer the caller hears. Nothing else is one: not
the waiting document's end (`<Hangup>`, or its failure), nor being taken out of the queue by REST, whatever is said
then. A caller who found the queue full was never in it. Judged from what the caller went through and from the requests
made meanwhile, never from what an address or a document says about itself.
"""

from collections import defaultdict

from cti.fakecarrier.ledger.book import Ledger
from cti.fakecarrier.ledger.records import LegRecord, RestRecord, WebhookRecord

HEARABLE = frozenset({"speech", "music", "menu"})


class Owed:
    """Looks at callers who never talked with an agent."""

    def __init__(self, ledger: Ledger) -> None:
        self._documents: dict[str, list[WebhookRecord]] = defaultdict(list)
        self._moves: dict[str, list[RestRecord]] = defaultdict(list)
        self._errors: dict[str, list[int]] = defaultdict(list)
        for webhook in ledger.webhooks:
            if webhook.kind == "document" and not (webhook.repeat or webhook.discarded):
                self._documents[webhook.sid].append(webhook)
        for request in ledger.rest:
            carried_out = request.code is None or request.fault == "server_error"
            if request.sid and request.method == "POST" and carried_out:
                self._moves[request.sid].append(request)
        for entry in ledger.debugger:
            if entry.sid and entry.level == "error":
                self._errors[entry.sid].append(entry.at)
        self._messages = [one for one in ledger.recordings.values() if one.source == "RecordVerb"]

    def an_agent(self, leg: LegRecord) -> bool:
        """Whether the caller waited in a queue, was not let out of it by the queue's own exit, and could leave no
        message."""
        if leg.queued_at is None or self._left_by_own_exit(leg, leg.queued_at):
            return False
        return not any(one.call_sid == leg.sid and one.started_at >= (leg.queued_at or 0) for one in self._messages)

    def left_a_message(self, leg: LegRecord) -> bool:
        """Whether there is a message of the caller's, with something in it, from after any queue."""
        since_ms = leg.queued_at or leg.created_at
        return any(
            one.call_sid == leg.sid and one.started_at >= since_ms and one.status != "absent" for one in self._messages
        )

    def _left_by_own_exit(self, leg: LegRecord, queued_at: int) -> bool:
        asked = self._documents[leg.sid]
        exits = [one for one in asked if one.event == "enqueue" and one.sent_at >= queued_at]
        if not exits or exits[-1].answered_at is None or exits[-1].error:
            return False
        out, answered_at = exits[-1], exits[-1].answered_at
        if any(moved.at >= queued_at for moved in self._moves[leg.sid]):
            return False
        waited = [one for one in asked if one.number < out.number]
        if waited and any(waited[-1].sent_at <= at <= out.sent_at for at in self._errors[leg.sid]):
            return False  # the waiting document failed, and so did its fallback
        return any(segment.heard in HEARABLE and segment.start_ms >= answered_at for segment in leg.segments)
