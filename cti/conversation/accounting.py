"""Every recording is accounted for: what the carrier's reports do not tell, because they got lost, it is asked for.

A leg is looked at some time after anything was heard of its recordings. What it answers enters as the reports that
should have come, so that everybody who waits for those hears of it.
"""

from cti.conversation.recording import take_over
from cti.core.apply.recordings import CHECK, leg_is_over
from cti.core.commands import CheckRecordings
from cti.core.events import (
    RecordingEnded,
    RecordingFailed,
    RecordingsChecked,
    RecordingSeen,
    RecordingsSettled,
    RecordingsWatched,
)
from cti.core.recorded import AGAIN_MS, CONVERSATION, WATCH_MS, RecordedLeg
from cti.core.state import State
from cti.core.states import ContactState, RecordingState
from cti.core.turn import Turn

AGAIN_MS_MAX = 3_600_000
"""Who has not yet said is asked again, each time after twice as long, at most after this: also who does not answer."""

_DOUBLED_MAX = 8
"""So often doubled the wait is longer than that."""

NONE_AFTER = 2
"""After how many answers that do not name it a recording was never made: what the carrier shows lags behind."""

LOST_AFTER = 10
"""After how many answers one that never becomes complete, or has vanished, is given up; so it is after as many refusals
to say anything."""

UNREACHABLE = "UNREACHABLE"
"""Why a recording failed of which nobody knows whether it began."""


def due_check(turn: Turn, leg_id: str) -> None:
    """Ask, unless all that is open is what runs just now, or is about to begin."""
    row = turn.state.recorded[leg_id]
    if _goes_on(turn.state, row):
        turn.emit(RecordingsWatched(leg_id=leg_id, check_at=turn.now.at + WATCH_MS, asks=row.asks))
        return
    wait_ms = min(AGAIN_MS << min(row.asks, _DOUBLED_MAX), AGAIN_MS_MAX)
    turn.emit(RecordingsWatched(leg_id=leg_id, check_at=turn.now.at + wait_ms, asks=row.asks + 1))
    turn.ask(CheckRecordings(leg_id=leg_id, provider_ref=row.provider_ref))


def decide_failed(turn: Turn, event: RecordingFailed) -> None:
    """It may have begun all the same, and then nobody can pause it: that is asked soon, not when a talk may be over."""
    row = turn.state.recorded.get(event.leg_id)
    if row and row.unnamed and event.reason == UNREACHABLE:
        turn.emit(RecordingsWatched(leg_id=event.leg_id, check_at=turn.now.at + AGAIN_MS, asks=row.asks))


def _goes_on(state: State, row: RecordedLeg) -> bool:
    contact = state.contacts.get(row.contact_id)
    in_flow = contact is None or contact.state is ContactState.IN_FLOW  # there it is a message, which is being spoken
    if row.unnamed and contact and contact.recording is RecordingState.OFF and not in_flow:
        return False
    running = contact.recording_id if contact and contact.recording is not RecordingState.OFF else ""
    return not leg_is_over(state, row.leg_id) and all(one == running for one in row.open_ids)


def decide_checked(turn: Turn, event: RecordingsChecked) -> None:
    """What it says that nobody told us is told now."""
    row = turn.state.recorded.get(event.leg_id)
    if row is None:
        return
    for seen in event.recordings:
        if seen.over and seen.recording_id not in row.ended_ids:
            turn.emit(
                RecordingEnded(
                    leg_id=row.leg_id,
                    recording_id=seen.recording_id,
                    duration_s=seen.duration_s,
                    absent=seen.absent,
                    contact_id=row.contact_id,
                    kind=seen.kind,
                    started_at=seen.started_at,
                    channels=seen.channels,
                )
            )
        elif not seen.over and seen.kind == CONVERSATION and seen.recording_id not in (*row.open_ids, *row.ended_ids):
            take_over(turn, row.leg_id, seen.recording_id)
    _settle(turn, event)


def _settle(turn: Turn, event: RecordingsChecked) -> None:
    """The leg is over and the carrier had its time: what it does not name, it does not have."""
    row = turn.state.recorded.get(event.leg_id)
    if row is None or not leg_is_over(turn.state, event.leg_id):
        return
    waits = any(_may_come(seen, row) for seen in event.recordings)
    if row.refusals >= LOST_AFTER:
        turn.emit(RecordingsSettled(leg_id=row.leg_id, contact_id=row.contact_id, lost=row.open_ids, refused=True))
    elif row.checks >= LOST_AFTER or (row.checks >= NONE_AFTER and not row.open_ids and not waits):
        turn.emit(RecordingsSettled(leg_id=row.leg_id, contact_id=row.contact_id, lost=row.open_ids))


def _may_come(seen: RecordingSeen, row: RecordedLeg) -> bool:
    return not seen.over and seen.recording_id not in row.ended_ids


def _check_at(state: State, leg_id: str) -> int:
    row = state.recorded.get(leg_id)
    return row.check_at if row else 0


PROMISES = {CHECK: _check_at}

DUE = {CHECK: due_check}
