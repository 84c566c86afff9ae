"""What comes of a call: learnt from its leg, and from whoever talks with whom. What nobody hears of was a call all the
same."""

import re

from cti.core.apply.calling import RING
from cti.core.events import (
    AttemptAnswered,
    AttemptConnected,
    AttemptEnded,
    AttemptRefused,
    CallJoined,
    ContactConnected,
    DispositionRecorded,
    LegAnswered,
    LegEnded,
    LegRefused,
    RefusalRecorded,
    RefusalRefused,
    RefusalReported,
)
from cti.core.ids import REFUSAL
from cti.core.overlay import Attempt
from cti.core.ports import BLOCKED_NUMBER, INVALID_NUMBER
from cti.core.state import State
from cti.core.states import EndCause, LegState, Outcome
from cti.core.turn import Turn

REFUSED = "refused"
"""The kind of dispositions by which agents say so."""

NUMBER = re.compile(r"\+[1-9][0-9]{3,14}")

OUTCOMES = {
    EndCause.BUSY: Outcome.BUSY,
    EndCause.NO_ANSWER: Outcome.NO_ANSWER,
    EndCause.CANCELLED: Outcome.NO_ANSWER,
    EndCause.REJECTED: Outcome.BLOCKED,
    EndCause.UNREACHABLE: Outcome.INVALID,
    EndCause.FAILED: Outcome.FAILED,
}

BY_SIP_CODE = {
    **dict.fromkeys((404, 410, 484, 604), Outcome.INVALID),
    **dict.fromkeys((408, 480, 487), Outcome.NO_ANSWER),
    **dict.fromkeys((486, 600), Outcome.BUSY),
    **dict.fromkeys((403, 603, 607, 608), Outcome.BLOCKED),
    **dict.fromkeys((500, 502, 503, 504), Outcome.FAILED),
}
"""What the far end answered says more than why the leg is over: only some of those who cannot be reached are nobody's
number, others are not there just now (480), or the network was full (503)."""

BY_REFUSAL = {INVALID_NUMBER: Outcome.INVALID, BLOCKED_NUMBER: Outcome.BLOCKED}
"""Where the carrier did not even try. Any other refusal says nothing of the number."""


def decide_answered(turn: Turn, event: LegAnswered | CallJoined) -> None:
    """By whom or what, nobody has said yet."""
    overlay = turn.state.overlay
    if not len(overlay.live):
        return
    leg = turn.state.find_leg(event.leg_id, event.provider_ref)
    attempt_id = overlay.live.get(leg.leg_id) if leg else None
    if attempt_id and "answers" not in overlay.attempts[attempt_id].told:
        turn.emit(AttemptAnswered(attempt_id=attempt_id))


def decide_connected(turn: Turn, event: ContactConnected) -> None:
    """Who was called talks with an agent."""
    live = set(turn.state.overlay.live.rows.values())
    for attempt in turn.state.overlay.attempts_of(event.contact_id):
        if attempt.attempt_id in live and "conversations" not in attempt.told:
            turn.emit(AttemptConnected(attempt_id=attempt.attempt_id))


def decide_disposition(turn: Turn, event: DispositionRecorded) -> None:
    """One of the kind `refused` says that they do not want what the calls of the contact were for."""
    contact = turn.state.contacts.get(event.contact_id)
    queue = turn.state.config.queues.get(contact.queue_id) if contact else None
    if queue is None or queue.disposition_kinds.get(event.disposition) != REFUSED:
        return
    for attempt in turn.state.overlay.attempts_of(event.contact_id):
        if "refusals" not in attempt.told:
            turn.emit(AttemptRefused(attempt_id=attempt.attempt_id))


def decide_refusal_reported(turn: Turn, event: RefusalReported) -> None:
    """For a campaign that is known: a refusal is its seller's."""
    campaign = turn.state.config.calling.campaigns.get(event.campaign_id)
    is_number = NUMBER.fullmatch(event.number)
    if campaign is None or not is_number:
        detail = "There is no such campaign." if is_number else "Say a whole number, such as +12025550123."
        turn.emit(RefusalRefused(detail=detail, request_id=event.request_id, by=event.by))
        return
    turn.emit(
        RefusalRecorded(
            attempt_id=turn.new_id(REFUSAL),
            campaign_id=campaign.campaign_id,
            seller=campaign.seller,
            number=event.number,
            subject=event.subject,
            by=event.by,
            request_id=event.request_id,
        )
    )


def decide_leg_over(turn: Turn, event: LegEnded | LegRefused) -> None:
    """The report may name the leg by the carrier's reference alone, and the leg is forgotten by now: so whatever lives
    no more is over."""
    overlay, legs = turn.state.overlay, turn.state.legs.rows
    over = [leg_id for leg_id in overlay.live.rows if leg_id not in legs or legs[leg_id].state is LegState.ENDED]
    for leg_id in sorted(over):
        attempt = overlay.attempts[overlay.live[leg_id]]
        if _was_answered(event) and "answers" not in attempt.told:
            turn.emit(AttemptAnswered(attempt_id=attempt.attempt_id))
        turn.emit(AttemptEnded(attempt_id=attempt.attempt_id, outcome=_outcome(turn.state, attempt, event)))


def _was_answered(event: LegEnded | LegRefused) -> bool:
    """Only what was answered ends as usual. The report of the answer may be lost, or come after that of the end."""
    return isinstance(event, LegEnded) and event.cause is EndCause.NORMAL


def _outcome(state: State, attempt: Attempt, event: LegEnded | LegRefused) -> Outcome:
    if "machines" in attempt.told:
        line = state.lines.get(attempt.leg_id)
        return Outcome.FAX if line and line.outcome == Outcome.FAX else Outcome.MACHINE
    if "conversations" in attempt.told:
        return Outcome.HUMAN
    if "answers" in attempt.told:
        reached = Outcome.HUMAN if _was_told(state, attempt) else Outcome.UNKNOWN
        return Outcome.ABANDONED if "abandoned" in attempt.told else reached
    if isinstance(event, LegRefused):
        return BY_REFUSAL.get(event.code, Outcome.FAILED)
    return BY_SIP_CODE.get(event.sip_code) or OUTCOMES.get(event.cause, Outcome.UNKNOWN)


def _was_told(state: State, attempt: Attempt) -> bool:
    """Whoever answers a broadcast hears its message at once, and is not called for it again."""
    line, campaign = state.lines.get(attempt.leg_id), state.config.calling.campaigns.get(attempt.campaign_id)
    is_broadcast = campaign is not None and campaign.dialling is not None and bool(campaign.dialling.flow_id)
    return is_broadcast and line is not None and line.outcome != Outcome.UNKNOWN


def due_ring(turn: Turn, key: str) -> None:
    """It rings no longer than was judged, whatever the carrier adds: the hours may end."""
    turn.release(turn.state.overlay.attempts[key].leg_id)


def _ring_by(state: State, key: str) -> int:
    attempt = state.overlay.attempts.get(key)
    leg = state.legs.get(attempt.leg_id) if attempt else None
    rings = leg is not None and leg.state in (LegState.INITIATED, LegState.ALERTING) and not leg.released
    return attempt.ring_by if attempt and rings else 0


PROMISES = {RING: _ring_by}
DUE = {RING: due_ring}
