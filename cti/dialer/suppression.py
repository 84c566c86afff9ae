"""Whom not to call: an addition holds at once, for dials that wait as well, and until it is removed with a reason."""

from collections.abc import Iterable, Sequence
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
from cti.core.suppression import HOUSEHOLD, NUMBERS, ORIGINS, SuppressionKey, covers, mistake
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
    beside = event.beside if isinstance(event, SuppressionAdded) else ""
    return SuppressionKey(
        scope=event.scope, value=event.value, campaign_id=event.campaign_id, seller=event.seller, beside=beside
    )


def decide_requested(turn: Turn, event: SuppressionRequested) -> None:
    """It holds from now on, whatever removal is under way. Who waits for an answer hears as well if it held already.
    Beside a number goes its person: who is named; else who was called there, and whoever the store finds."""
    key = key_of(event)
    wrong = mistake(key) or ("" if event.origin in ORIGINS else f"Say one of these origins: {', '.join(ORIGINS)}.")
    if wrong:
        _refuse(turn, event, "BAD-ENTRY", wrong)
        return
    change = turn.state.overlay.changes.get(key.text)
    if change and change.entry_id:
        entry_id, unanswered = change.entry_id, ""
        turn.emit(SuppressionKept(entry_id=entry_id, since=change.at, request_id=event.request_id, by=event.by))
    else:
        entry_id, unanswered = turn.new_id(SUPPRESSION), event.request_id
        _add(turn, event, key, entry_id)
    is_number = event.scope in NUMBERS
    if is_number:
        _add_beside(turn, event, [event.person_id] if event.person_id else _called_at(turn, event.value))
    searched = is_number and not event.person_id and event.origin != "import"
    if unanswered or searched:
        _find(turn, event, unanswered, entry_id, persons=searched)


def _called_at(turn: Turn, number: str) -> list[str]:
    """For whom this number was called just now: the store may not know it yet."""
    subjects = [each.subject for each in turn.state.overlay.attempts_about(number, None) if each.subject]
    return [name for each in subjects for name in (each.person_id, *each.known_as) if name]


def _add_beside(turn: Turn, event: SuppressionRequested | SuppressionFound, persons: Iterable[str]) -> None:
    """Whoever wants no call at this number wants none at their others, those of later included."""
    for name in dict.fromkeys(persons):
        key = key_of(event).with_person(name)
        change = turn.state.overlay.changes.get(key.text)
        is_there = change is not None and change.entry_id
        if not is_there and not mistake(key):
            _add(turn, event, key, turn.new_id(SUPPRESSION))


def _add(turn: Turn, event: SuppressionRequested | SuppressionFound, key: SuppressionKey, entry_id: str) -> None:
    turn.emit(
        SuppressionAdded(
            entry_id=entry_id,
            scope=key.scope,
            value=key.value,
            campaign_id=key.campaign_id,
            seller=key.seller,
            reason=event.reason,
            origin=event.origin,
            by=event.by,
            request_id=event.request_id,
            beside=key.beside,
        )
    )


def _refuse(turn: Turn, event: Asked, code: str, detail: str) -> None:
    turn.emit(SuppressionRefused(code=code, detail=detail, request_id=event.request_id, by=event.by))


def _find(
    turn: Turn,
    event: SuppressionRequested | SuppressionRemovalRequested,
    request_id: str,
    entry_id: str = "",
    *,
    persons: bool = False,
) -> None:
    turn.ask(
        FindSuppression(
            scope=event.scope,
            value=event.value,
            campaign_id=event.campaign_id,
            seller=event.seller,
            entry_id=entry_id,
            reason=event.reason,
            by=event.by,
            request_id=request_id,
            since_seq=turn.state.overlay.floor,
            asked_seq=turn.now.seq,
            origin=event.origin,
            persons=persons,
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
        _find(turn, event, event.request_id)


def decide_found(turn: Turn, event: SuppressionFound) -> None:
    """The store's answer, with what happened since."""
    is_known = not event.error and not _is_forgotten(turn, event)
    if event.entry_id:
        _added_before(turn, event, is_known=is_known)
    elif is_known:
        _remove(turn, event)
    else:
        detail = "The lists could not be looked into; nothing was changed. Try again later."
        _refuse(turn, event, "UNAVAILABLE", detail)


def _added_before(turn: Turn, event: SuppressionFound, *, is_known: bool) -> None:
    """Whether the entry was there already; and its persons, unless it has gone meanwhile, or may go any moment: whoever
    asks for it again has them looked for again."""
    key = key_of(event)
    standing = _standing(turn, event.as_of_seq, key, event.found) if is_known and event.request_id else []
    before = next((each for each in standing if each.entry_id != event.entry_id), None)
    if before:
        turn.emit(
            SuppressionKept(entry_id=before.entry_id, since=before.since, request_id=event.request_id, by=event.by)
        )
    change = turn.state.overlay.changes.get(key.text)
    if change is None or (change.entry_id and not change.unwanted):
        _add_beside(turn, event, event.persons)


def _remove(turn: Turn, event: SuppressionFound) -> None:
    """The entry, and those that stand beside it."""
    key = key_of(event)
    if not _standing(turn, event.as_of_seq, key, event.found):
        detail = "There is no such entry: look at how it was written, and whether it was for one campaign or seller."
        more = " One that stands beside a number's goes with that." if event.scope == HOUSEHOLD else ""
        _refuse(turn, event, "NOT-LISTED", f"{detail}{more}")
    elif _is_wanted_again(turn, event):
        detail = "Somebody asked again not to be called, after you asked for the removal: the entry stays."
        _refuse(turn, event, "ASKED-AGAIN", detail)
    else:
        _take_away(turn, event, key, event.found)
        newer = [change.key.value for change in turn.state.overlay.beside(key)]
        for name in dict.fromkeys((*(each.value for each in event.beside), *newer)):
            found = [each for each in event.beside if each.value == name]
            _take_away(turn, event, key.with_person(name), found)


def _take_away(turn: Turn, event: SuppressionFound, key: SuppressionKey, found: Sequence[FoundEntry]) -> None:
    for entry in _standing(turn, event.as_of_seq, key, found):
        turn.emit(
            SuppressionRemoved(
                entry_id=entry.entry_id,
                scope=key.scope,
                value=key.value,
                campaign_id=key.campaign_id,
                seller=key.seller,
                reason=event.reason,
                by=event.by,
                request_id=event.request_id,
                beside=key.beside,
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


def _standing(turn: Turn, as_of_seq: int, key: SuppressionKey, found: Sequence[FoundEntry]) -> list[FoundEntry]:
    """What is in force and says this: one entry, by the one name that the store has for it, if it has any."""
    change = turn.state.overlay.changes.get(key.text)
    if change is None or change.seq <= as_of_seq:
        return list(found)
    if not change.entry_id:
        return []
    known = [each for each in found if each.entry_id not in change.removed]
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
    known = dial.facts.subject if dial.facts else None
    return covers(key, dial.number, known or dial.subject, dial.campaign_id, campaign.seller if campaign else "")


def _stop(turn: Turn, event: SuppressionAdded, dial: Dial) -> None:
    """With the proof, where what is known suffices for one."""
    verdict = may_dial(turn.state, asked_for(dial), dial.facts, turn.now.at)
    if verdict.refusal:
        refuse(turn, asked_for(dial), verdict.refusal, verdict.proof)
    else:
        rule = f"DNC-{event.scope.upper().replace('_', '-')}"
        refuse(turn, asked_for(dial), Refusal(rule, f"it is on our own lists, by the entry {event.entry_id}"))
