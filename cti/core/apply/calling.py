"""How our own lists, registries, what is known of dials and what came of them move."""

from collections.abc import Callable
from typing import Any

from cti.core.apply.dialling import promise_token
from cti.core.base import Moment, changed
from cti.core.dial import FACTS, FACTS_MS, PURPOSES, GatheredFacts
from cti.core.events import (
    AttemptAbandoned,
    AttemptAnswered,
    AttemptClassified,
    AttemptConnected,
    AttemptEnded,
    AttemptRefused,
    AttemptUnwanted,
    CallFactsAsked,
    CallFactsGathered,
    ContactClosed,
    ContactConnected,
    DialCleared,
    DialRefused,
    DialWithdrawn,
    LegAlerting,
    RefusalRecorded,
    RegistrySwitched,
    RegistrySwitchHeld,
    SuppressionAdded,
    SuppressionFound,
    SuppressionRemovalRequested,
    SuppressionRemoved,
    SuppressionRequested,
)
from cti.core.overlay import Attempt, SuppressionChange, told_of
from cti.core.registry import HeldVersion, RegistryInForce
from cti.core.state import State
from cti.core.states import Direction, Outcome
from cti.core.suppression import SuppressionKey

RING = "attempt_ring"

MACHINES = (Outcome.MACHINE, Outcome.FAX)


Said = SuppressionRequested | SuppressionAdded | SuppressionRemovalRequested | SuppressionFound | SuppressionRemoved


def _key(event: Said) -> SuppressionKey:
    beside = event.beside if isinstance(event, SuppressionAdded | SuppressionRemoved) else ""
    return SuppressionKey(
        scope=event.scope, value=event.value, campaign_id=event.campaign_id, seller=event.seller, beside=beside
    )


def _change_of(state: State, event: SuppressionAdded | SuppressionRemoved, now: Moment) -> SuppressionChange:
    key = _key(event)
    found = state.overlay.changes.get(key.text)
    return changed(found, seq=now.seq) if found else SuppressionChange(key=key, seq=now.seq, at=now.at)


def apply_suppression_requested(state: State, event: SuppressionRequested, now: Moment) -> None:
    """Whoever asked before for its removal knew nothing of this: the entry stays, and is no other one."""
    change = state.overlay.changes.get(_key(event).text)
    if change and change.entry_id and change.unwanted:
        state.overlay.put_change(changed(change, unwanted=False, added_seq=now.seq))


def apply_suppression_added(state: State, event: SuppressionAdded, now: Moment) -> None:
    change = _change_of(state, event, now)
    added = changed(change, at=now.at, entry_id=event.entry_id, added_seq=now.seq, unwanted=False)
    state.overlay.put_change(added)


def apply_removal_requested(state: State, event: SuppressionRemovalRequested, now: Moment) -> None:
    """It may go any moment, unless somebody asks for it again."""
    change = state.overlay.changes.get(_key(event).text)
    if change and change.entry_id:
        state.overlay.put_change(changed(change, unwanted=True))


def apply_suppression_found(state: State, event: SuppressionFound, now: Moment) -> None:
    """What was there already keeps its name: the store made no second entry."""
    change = state.overlay.changes.get(_key(event).text)
    if change is None or not change.entry_id or event.error or event.as_of_seq < state.overlay.floor:
        return
    first = next((each for each in event.found if each.entry_id not in change.removed), None)
    if first:
        state.overlay.put_change(changed(change, entry_id=first.entry_id, at=first.since))


def apply_suppression_removed(state: State, event: SuppressionRemoved, now: Moment) -> None:
    """All that says the same is gone, unless it was asked for again after this was to be removed. Who stands beside a
    number goes with that."""
    change = _change_of(state, event, now)
    gone = change.unwanted or bool(event.beside) or change.entry_id == event.entry_id
    removed = dict.fromkeys((*change.removed, event.entry_id, *([change.entry_id] if gone and change.entry_id else [])))
    in_force = "" if gone else change.entry_id
    state.overlay.put_change(changed(change, entry_id=in_force, removed=tuple(removed)))


def apply_registry_switched(state: State, event: RegistrySwitched, now: Moment) -> None:
    state.registries.put(
        event.registry_id,
        RegistryInForce(
            registry_id=event.registry_id, version=event.version, as_of=event.as_of, count=event.count, seq=now.seq
        ),
    )


def apply_registry_held(state: State, event: RegistrySwitchHeld, now: Moment) -> None:
    row = state.registries.get(event.registry_id) or RegistryInForce(registry_id=event.registry_id)
    held = HeldVersion(
        version=event.version,
        count=event.count,
        as_of=event.as_of,
        by=event.by,
        reason=event.reason,
        added=event.added,
        removed=event.removed,
    )
    state.registries.put(event.registry_id, changed(row, held=held))


def apply_facts_asked(state: State, event: CallFactsAsked, now: Moment) -> None:
    """What was known is void."""
    dial = state.dials[event.dial_id]
    state.dials.drop(event.dial_id)
    state.overlay.wait_no_more(event.dial_id)
    asked = changed(dial, facts=None, facts_by=now.at + FACTS_MS, asks=dial.asks + 1)
    state.gathering.put(event.dial_id, asked)
    state.deadlines.add(asked.facts_by, FACTS, event.dial_id)


def apply_facts_gathered(state: State, event: CallFactsGathered, now: Moment) -> None:
    """From now on the dial waits for the carrier's rate alone. What no facts need any more is let go of."""
    if event.missing:
        return
    dial = state.gathering[event.dial_id]
    facts = GatheredFacts(
        as_of_seq=event.as_of_seq,
        listed=event.listed,
        registries=event.registries,
        attempts=event.attempts,
        subject=event.subject,
    )
    state.gathering.drop(event.dial_id)
    state.dials.put(event.dial_id, changed(dial, facts=facts, facts_by=0))
    if state.next_token_us:  # else it leaves in this very turn
        promise_token(state)
    state.overlay.wait_with(event.dial_id, event.as_of_seq)
    state.overlay.let_go()


def apply_dial_over(state: State, event: DialRefused | DialWithdrawn, now: Moment) -> None:
    state.gathering.drop(event.dial_id)
    state.overlay.wait_no_more(event.dial_id)


def apply_dial_cleared(state: State, event: DialCleared, now: Moment) -> None:
    """Counted before anything is sent: whatever becomes of it, it was a call."""
    state.gathering.drop(event.dial_id)
    state.overlay.wait_no_more(event.dial_id)
    purpose = PURPOSES.get(event.purpose)
    if purpose is None or not purpose.judged:
        return
    attempt = Attempt(
        attempt_id=event.dial_id,
        seq=now.seq,
        at=now.at,
        number=event.number,
        subject=event.subject,
        campaign_id=event.campaign_id,
        seller=event.seller,
        live=event.leg_id in state.legs,
        leg_id=event.leg_id,
        contact_id=event.contact_id,
        ring_by=event.ring_by,
        open=event.contact_id in state.contacts,
    )
    state.overlay.put_attempt(attempt)
    if event.ring_by:
        state.deadlines.add(event.ring_by, RING, event.dial_id)


def _told(state: State, attempt_id: str, word: str, now: Moment) -> None:
    attempt = state.overlay.attempts.get(attempt_id)
    if attempt and word not in attempt.told:
        state.overlay.put_attempt(changed(told_of(attempt, word, now.seq), ring_by=0))


def apply_attempt_answered(state: State, event: AttemptAnswered, now: Moment) -> None:
    _told(state, event.attempt_id, "answers", now)


def apply_attempt_connected(state: State, event: AttemptConnected, now: Moment) -> None:
    _told(state, event.attempt_id, "conversations", now)


def apply_attempt_refused(state: State, event: AttemptRefused, now: Moment) -> None:
    _told(state, event.attempt_id, "refusals", now)


def apply_refusal_recorded(state: State, event: RefusalRecorded, now: Moment) -> None:
    """As a call that was none of ours, which counts for the seller and the campaign that were refused."""
    attempt = Attempt(
        attempt_id=event.attempt_id,
        seq=now.seq,
        at=now.at,
        number=event.number,
        subject=event.subject,
        campaign_id=event.campaign_id,
        seller=event.seller,
        told=("refusals",),
        called=False,
    )
    state.overlay.put_attempt(attempt)


def apply_contact_closed(state: State, event: ContactClosed, now: Moment) -> None:
    """Nobody says any more what came of its calls."""
    for attempt in state.overlay.attempts_of(event.contact_id):
        if attempt.open:
            state.overlay.put_attempt(changed(attempt, open=False))


def apply_attempt_abandoned(state: State, event: AttemptAbandoned, now: Moment) -> None:
    _told(state, event.attempt_id, "abandoned", now)


def apply_attempt_classified(state: State, event: AttemptClassified, now: Moment) -> None:
    if event.outcome in MACHINES:
        _told(state, event.attempt_id, "machines", now)


def apply_attempt_ended(state: State, event: AttemptEnded, now: Moment) -> None:
    """Nothing more comes of it."""
    attempt = state.overlay.attempts.get(event.attempt_id)
    if attempt:
        state.overlay.put_attempt(changed(attempt, live=False, ring_by=0))
    if event.outcome in MACHINES:
        _told(state, event.attempt_id, "machines", now)


def apply_attempt_unwanted(state: State, event: AttemptUnwanted, now: Moment) -> None:
    attempt = state.overlay.attempts.get(event.attempt_id)
    if attempt is None:
        return
    state.overlay.put_attempt(changed(attempt, unwanted=event.entry_id, ring_by=event.ring_by))
    if event.ring_by:
        state.deadlines.add(event.ring_by, RING, event.attempt_id)


def apply_leg_alerting(state: State, event: LegAlerting, now: Moment) -> None:
    """From now on somebody hears it ring."""
    leg = state.find_leg(event.leg_id, event.provider_ref) if len(state.overlay.live) else None
    attempt_id = state.overlay.live.get(leg.leg_id) if leg else None
    attempt = state.overlay.attempts[attempt_id] if attempt_id else None
    if attempt and not attempt.rings_at:
        state.overlay.put_attempt(changed(attempt, rings_at=now.at))


def apply_contact_connected(state: State, event: ContactConnected, now: Moment) -> None:
    """Somebody who called us talks with an agent: that starts the rest that some rules grant after a conversation. A
    site that calls nobody need not know: its first campaign raises the floor."""
    contact = state.contacts[event.contact_id]
    is_numbered = contact.direction is Direction.INBOUND and contact.from_number.startswith("+")
    if not is_numbered or not state.config.calling.campaigns:
        return
    before = state.overlay.attempts.get(contact.contact_id)
    attempt = Attempt(
        attempt_id=contact.contact_id,
        seq=now.seq,
        at=now.at,
        number=contact.from_number,
        told=before.told if before else ("conversations",),
        called=False,
        contact_id=contact.contact_id,
        open=True,
    )
    state.overlay.put_attempt(attempt)


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    SuppressionRequested: apply_suppression_requested,
    SuppressionAdded: apply_suppression_added,
    SuppressionRemovalRequested: apply_removal_requested,
    SuppressionFound: apply_suppression_found,
    SuppressionRemoved: apply_suppression_removed,
    RegistrySwitched: apply_registry_switched,
    RegistrySwitchHeld: apply_registry_held,
    CallFactsAsked: apply_facts_asked,
    CallFactsGathered: apply_facts_gathered,
    DialRefused: apply_dial_over,
    DialWithdrawn: apply_dial_over,
    DialCleared: apply_dial_cleared,
    AttemptAnswered: apply_attempt_answered,
    AttemptConnected: apply_attempt_connected,
    AttemptAbandoned: apply_attempt_abandoned,
    AttemptRefused: apply_attempt_refused,
    RefusalRecorded: apply_refusal_recorded,
    ContactClosed: apply_contact_closed,
    AttemptClassified: apply_attempt_classified,
    AttemptEnded: apply_attempt_ended,
    AttemptUnwanted: apply_attempt_unwanted,
    LegAlerting: apply_leg_alerting,
    ContactConnected: apply_contact_connected,
}
"""Beside what other rooms make of the same events: these rows are nobody else's."""
