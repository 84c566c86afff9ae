"""Whom not to call: an addition holds at once, for dials that wait as well, and until it is removed with a reason."""

from itertools import chain, islice

from cti.core.commands import FindSuppression
from cti.core.dial import Dial
from cti.core.events import (
    FoundEntry,
    SuppressionAdded,
    SuppressionFound,
    SuppressionKept,
    SuppressionRefused,
    SuppressionRemovalRequested,
    SuppressionRemoved,
    SuppressionRequested,
)
from cti.core.ids import SUPPRESSION
from cti.core.suppression import ORIGINS, SuppressionKey, covers, mistake
from cti.core.turn import Turn
from cti.dialer.compliance import Refusal, may_dial
from cti.dialer.rate import asked_for, refuse
from cti.dialer.unwanted import leave_alone

STOPPED_MAX = 100
"""How many dials that wait are refused in the turn of an addition. It may cover thousands: the rest is refused when it
would leave, since the addition is laid over whatever is known of it by then."""

Asked = SuppressionRequested | SuppressionRemovalRequested | SuppressionAdded | SuppressionFound


def key_of(event: Asked) -> SuppressionKey:
    """What the entry says."""
    return SuppressionKey(scope=event.scope, value=event.value, campaign_id=event.campaign_id, seller=event.seller)


def decide_requested(turn: Turn, event: SuppressionRequested) -> None:
    """It holds from now on, whatever removal is under way. Who waits for an answer hears as well if it held already."""
    key = key_of(event)
    wrong = mistake(key) or ("" if event.origin in ORIGINS else f"Say one of these origins: {', '.join(ORIGINS)}.")
    if wrong:
        _refuse(turn, event, "BAD-ENTRY", wrong)
        return
    change = turn.state.overlay.changes.get(key.text)
    if change and change.entry_id:
        turn.emit(SuppressionKept(entry_id=change.entry_id, since=change.at, request_id=event.request_id, by=event.by))
        return
    entry_id = turn.new_id(SUPPRESSION)
    turn.emit(
        SuppressionAdded(
            entry_id=entry_id,
            scope=event.scope,
            value=event.value,
            campaign_id=event.campaign_id,
            seller=event.seller,
            reason=event.reason,
            origin=event.origin,
            by=event.by,
            request_id=event.request_id,
        )
    )
    if event.request_id:
        _find(turn, event, entry_id)


def _refuse(turn: Turn, event: Asked, code: str, detail: str) -> None:
    turn.emit(SuppressionRefused(code=code, detail=detail, request_id=event.request_id, by=event.by))


def _find(turn: Turn, event: Asked, entry_id: str = "") -> None:
    turn.ask(
        FindSuppression(
            scope=event.scope,
            value=event.value,
            campaign_id=event.campaign_id,
            seller=event.seller,
            entry_id=entry_id,
            reason=event.reason,
            by=event.by,
            request_id=event.request_id,
            since_seq=turn.state.overlay.floor,
            asked_seq=turn.now.seq,
        )
    )


def decide_removal_requested(turn: Turn, event: SuppressionRemovalRequested) -> None:
    """With a reason, by somebody, and only what is there: the store says so."""
    wrong = mistake(key_of(event))
    if wrong:
        _refuse(turn, event, "BAD-ENTRY", wrong)
    elif not event.reason.strip():
        _refuse(turn, event, "NO-REASON", "Say why they may be called again: it stays on record.")
    elif not event.by.strip():
        _refuse(turn, event, "NOBODY", "Say who removes it: it stays on record.")
    else:
        _find(turn, event)


def decide_found(turn: Turn, event: SuppressionFound) -> None:
    """The store's answer, with what happened since."""
    if event.error or _is_forgotten(turn, event):
        if not event.entry_id:
            detail = "The lists could not be looked into; nothing was changed. Try again later."
            _refuse(turn, event, "UNAVAILABLE", detail)
        return
    standing = _standing(turn, event)
    if event.entry_id:
        before = next((each for each in standing if each.entry_id != event.entry_id), None)
        if before:
            turn.emit(
                SuppressionKept(entry_id=before.entry_id, since=before.since, request_id=event.request_id, by=event.by)
            )
        return
    if not standing:
        detail = "There is no such entry: look at how it was written, and whether it was for one campaign or seller."
        _refuse(turn, event, "NOT-LISTED", detail)
    elif _is_wanted_again(turn, event):
        detail = "Somebody asked again not to be called, after you asked for the removal: the entry stays."
        _refuse(turn, event, "ASKED-AGAIN", detail)
    else:
        for entry in standing:
            _remove(turn, event, entry.entry_id)


def _remove(turn: Turn, event: SuppressionFound, entry_id: str) -> None:
    turn.emit(
        SuppressionRemoved(
            entry_id=entry_id,
            scope=event.scope,
            value=event.value,
            campaign_id=event.campaign_id,
            seller=event.seller,
            reason=event.reason,
            by=event.by,
            request_id=event.request_id,
        )
    )


def _is_forgotten(turn: Turn, event: SuppressionFound) -> bool:
    """Nobody can say what happened since the store's answer, or who asked for the entry since its removal was."""
    floor = turn.state.overlay.floor
    if event.as_of_seq < floor:
        return True
    return 0 < event.asked_seq < floor and key_of(event).text not in turn.state.overlay.changes


def _is_wanted_again(turn: Turn, event: SuppressionFound) -> bool:
    """Who asked for it since the removal was asked for knew nothing of that."""
    change = turn.state.overlay.changes.get(key_of(event).text)
    return change is not None and 0 < event.asked_seq < change.added_seq


def _standing(turn: Turn, event: SuppressionFound) -> list[FoundEntry]:
    """What is in force and says this: one entry, by the one name that the store has for it, if it has any."""
    change = turn.state.overlay.changes.get(key_of(event).text)
    if change is None or change.seq <= event.as_of_seq:
        return list(event.found)
    if not change.entry_id:
        return []
    known = [each for each in event.found if each.entry_id not in change.removed]
    return known or [FoundEntry(entry_id=change.entry_id, since=change.at, seq=change.added_seq)]


def decide_added(turn: Turn, event: SuppressionAdded) -> None:
    """Dials that wait are refused now, as many as a turn has room for; what is on its way is given up."""
    state, key = turn.state, key_of(event)
    waiting = chain(state.dials.in_order(), state.gathering.in_order())
    covered = (dial for dial in waiting if dial.campaign_id and _is_about(turn, key, dial))
    for dial in list(islice(covered, STOPPED_MAX)):
        _stop(turn, event, dial)
    leave_alone(turn, event, key)


def _is_about(turn: Turn, key: SuppressionKey, dial: Dial) -> bool:
    campaign = turn.state.config.calling.campaigns.get(dial.campaign_id)
    return covers(key, dial.number, dial.subject, dial.campaign_id, campaign.seller if campaign else "")


def _stop(turn: Turn, event: SuppressionAdded, dial: Dial) -> None:
    """With the proof, where what is known suffices for one."""
    verdict = may_dial(turn.state, asked_for(dial), dial.facts, turn.now.at)
    if verdict.refusal:
        refuse(turn, asked_for(dial), verdict.refusal, verdict.proof)
    else:
        rule = f"DNC-{event.scope.upper().replace('_', '-')}"
        refuse(turn, asked_for(dial), Refusal(rule, f"it is on our own lists, by the entry {event.entry_id}"))
