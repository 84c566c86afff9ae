"""Whom not to call: an addition holds at once, for dials that wait as well, and until it is removed with a reason."""

from collections.abc import Iterator
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

STOPPED_MAX = 100
"""How many dials that wait are refused in the turn of an addition. It may cover thousands: the rest is refused when it
would leave, since the addition is laid over whatever is known of it by then."""

RELEASED_MAX = 300
"""How many legs that are asked for are given up in that turn. What was not sent yet does not leave in any case."""

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
    if change and change.entry_id and not change.unwanted:
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
    if event.error or event.as_of_seq < turn.state.overlay.floor:  # nobody can say what happened since
        if not event.entry_id:
            detail = "The lists could not be looked into; nothing was changed. Try again later."
            _refuse(turn, event, "UNAVAILABLE", detail)
        return
    standing = _in_force(turn, event)
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
    for entry in standing:
        turn.emit(
            SuppressionRemoved(
                entry_id=entry.entry_id,
                scope=event.scope,
                value=event.value,
                campaign_id=event.campaign_id,
                seller=event.seller,
                reason=event.reason,
                by=event.by,
                request_id=event.request_id,
            )
        )


def _in_force(turn: Turn, event: SuppressionFound) -> list[FoundEntry]:
    """Those that were added before this was asked: who said so since then knew nothing of it."""
    standing = _standing(turn, event)
    return [each for each in standing if each.seq < event.asked_seq] if event.asked_seq else standing


def _standing(turn: Turn, event: SuppressionFound) -> list[FoundEntry]:
    change = turn.state.overlay.changes.get(key_of(event).text)
    if change is None or change.seq <= event.as_of_seq:
        return list(event.found)
    standing = [each for each in event.found if each.entry_id not in change.removed]
    if change.entry_id and change.entry_id not in [each.entry_id for each in standing]:
        standing.append(FoundEntry(entry_id=change.entry_id, since=change.at, seq=change.added_seq))
    return standing


def decide_added(turn: Turn, event: SuppressionAdded) -> None:
    """Dials that wait are refused now, as many as a turn has room for; of a leg that is asked for and not yet placed
    nobody wants to hear any more."""
    state, key = turn.state, key_of(event)
    waiting = chain(state.dials.in_order(), state.gathering.in_order())
    covered = (dial for dial in waiting if dial.campaign_id and _is_about(turn, key, dial))
    for dial in list(islice(covered, STOPPED_MAX)):
        _stop(turn, event, dial)
    for leg_id in list(islice(_on_their_way(turn, key), RELEASED_MAX)):
        turn.release(leg_id)


def _on_their_way(turn: Turn, key: SuppressionKey) -> Iterator[str]:
    state = turn.state
    for leg_id in sorted(state.overlay.live.rows):
        leg = state.legs.get(leg_id)
        attempt = state.overlay.attempts[state.overlay.live[leg_id]]
        about = covers(key, attempt.number, attempt.subject, attempt.campaign_id, attempt.seller)
        if about and leg and not leg.provider_ref:
            yield leg_id


def _is_about(turn: Turn, key: SuppressionKey, dial: Dial) -> bool:
    campaign = turn.state.config.calling.campaigns.get(dial.campaign_id)
    known = dial.facts.subject if dial.facts else None
    return covers(key, dial.number, known or dial.subject, dial.campaign_id, campaign.seller if campaign else "")


def _stop(turn: Turn, event: SuppressionAdded, dial: Dial) -> None:
    """With the proof, where what is known suffices for one."""
    verdict = may_dial(turn.state, asked_for(dial), dial.facts, turn.now.at)
    if verdict.refusal:
        refuse(turn, asked_for(dial), verdict.refusal, verdict.proof)
    else:
        rule = f"DNC-{event.scope.upper().replace('_', '-')}"
        refuse(turn, asked_for(dial), Refusal(rule, f"the number is on our list {event.entry_id}"))
