"""Which recordings are not accounted for. A leg is forgotten here once it is over and nothing is open."""

from collections.abc import Callable
from typing import Any

from cti.core.base import Moment, changed
from cti.core.events import RecordingsChecked, RecordingsSettled, RecordingsWatched
from cti.core.recorded import AGAIN_MS, WATCH_MS, RecordedLeg, is_settled
from cti.core.state import State
from cti.core.states import LegState

CHECK = "recordings_check"


def recording_asked(state: State, leg_id: str, now: Moment) -> None:
    """A recording of the leg shall begin; it has no name yet."""
    leg = state.legs.get(leg_id)
    if leg is None:
        return
    row = state.recorded.get(leg_id) or RecordedLeg(
        leg_id=leg_id, contact_id=leg.contact_id, provider_ref=leg.provider_ref
    )
    _put(state, changed(row, unnamed=True), now)


def recording_named(state: State, leg_id: str, recording_id: str, now: Moment) -> None:
    """The carrier calls it so. What has ended stays so, however late the report of its beginning."""
    row = state.recorded.get(leg_id)
    if row is None or not recording_id or recording_id in (*row.open_ids, *row.ended_ids):
        return
    _put(state, changed(row, open_ids=(*row.open_ids, recording_id), unnamed=False), now)


def recording_over(state: State, leg_id: str, recording_id: str, now: Moment) -> None:
    """It is complete, or there is nothing in it."""
    row = state.recorded.get(leg_id)
    if row is None or recording_id in row.ended_ids:
        return
    was_named = recording_id in row.open_ids
    kept = tuple(other for other in row.open_ids if other != recording_id)
    ended = (*row.ended_ids, recording_id)
    _put(state, changed(row, open_ids=kept, ended_ids=ended, unnamed=row.unnamed and was_named), now)


def recording_refused(state: State, leg_id: str, now: Moment) -> None:
    """The carrier looked at it and said no: there is none."""
    row = state.recorded.get(leg_id)
    if row:
        _put(state, changed(row, unnamed=False), now)


def recorded_leg_over(state: State, leg_id: str, now: Moment) -> None:
    """No further recording of it can begin."""
    row = state.recorded.get(leg_id)
    if row:
        _put(state, changed(row, checks=0, asks=0, refusals=0), now)


def leg_is_over(state: State, leg_id: str) -> bool:
    """It has ended, whether or not anybody still needs its row."""
    leg = state.legs.get(leg_id)
    return leg is None or leg.state is LegState.ENDED


def _put(state: State, row: RecordedLeg, now: Moment) -> None:
    over = leg_is_over(state, row.leg_id)
    if is_settled(row) and over:
        state.recorded.drop(row.leg_id)
        return
    check_at = 0 if is_settled(row) else now.at + (AGAIN_MS if over else WATCH_MS)
    state.recorded.put(row.leg_id, changed(row, check_at=check_at))
    if check_at:
        state.deadlines.add(check_at, CHECK, row.leg_id)


def apply_recordings_watched(state: State, event: RecordingsWatched, now: Moment) -> None:
    row = state.recorded[event.leg_id]
    state.recorded.put(event.leg_id, changed(row, check_at=event.check_at, asks=event.asks))
    state.deadlines.add(event.check_at, CHECK, event.leg_id)


def apply_recordings_checked(state: State, event: RecordingsChecked, now: Moment) -> None:
    row = state.recorded.get(event.leg_id)
    if row and event.refused:
        state.recorded.put(event.leg_id, changed(row, refusals=row.refusals + 1))
    elif row:
        state.recorded.put(event.leg_id, changed(row, checks=row.checks + 1))


def apply_recordings_settled(state: State, event: RecordingsSettled, now: Moment) -> None:
    state.recorded.drop(event.leg_id)


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    RecordingsWatched: apply_recordings_watched,
    RecordingsChecked: apply_recordings_checked,
    RecordingsSettled: apply_recordings_settled,
}
