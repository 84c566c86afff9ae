"""How the queue for the carrier's rate moves, and what is counted of it."""

from collections.abc import Callable
from typing import Any

from cti.core.apply.contacts import with_party
from cti.core.apply.spend import spend_of
from cti.core.base import Moment, changed
from cti.core.contact import Contact, Offer
from cti.core.dial import FACTS, FACTS_MS, HOUR_MS, PURPOSES, Dial, DialCount, gap_us, next_token_at
from cti.core.events import DialCleared, DialQueued, DialRefused, DialsResumed, DialsStopped, DialWithdrawn
from cti.core.spend import SITE_DAY
from cti.core.state import State
from cti.core.states import OfferState

CONNECT_MS = 35_000
"""How long an agent's leg may take to be in the room, or a phone to ring, once it may be rung."""

LATE_US = 5_000
"""A token that is taken so little late counts as taken in time, so that a clock's slack does not lower the rate."""


def apply_dial_queued(state: State, event: DialQueued, now: Moment) -> None:
    """One that is judged waits first, apart, for what is to be known: it must hold nobody up."""
    judged = PURPOSES[event.purpose].judged
    dial = Dial(
        dial_id=event.dial_id,
        importance=event.importance,
        purpose=event.purpose,
        asked_at=now.at,
        asked_seq=now.seq,
        leg_id=event.leg_id,
        contact_id=event.contact_id,
        number=event.number,
        agent_id=event.agent_id,
        request_id=event.request_id,
        campaign_id=event.campaign_id,
        subject=event.subject,
        consent=event.consent,
        customer_at=event.customer_at,
        guaranteed=event.guaranteed,
        address=event.address,
        facts_by=now.at + FACTS_MS if judged else 0,
        asks=1 if judged else 0,
    )
    if judged:
        state.gathering.put(dial.dial_id, dial)
        state.deadlines.add(dial.facts_by, FACTS, dial.dial_id)
    else:
        state.dials.put(dial.dial_id, dial)
        promise_token(state)


def promise_token(state: State) -> None:
    """Whoever waits is looked at when the carrier's rate has room again."""
    if len(state.dials):
        state.deadlines.add(next_token_at(state.next_token_us), "dial_token", "")


def apply_dial_cleared(state: State, event: DialCleared, now: Moment) -> None:
    """A leg that we place takes a token; the time that others give it begins now."""
    state.dials.drop(event.dial_id)
    if event.leg_id:
        _spend(state, now)
        _start_clock(state, event, now)
    purpose = PURPOSES.get(event.purpose)
    if event.number and purpose and purpose.counted:
        for agent_id in dict.fromkeys(("", event.agent_id)):
            _count(state, agent_id, now)
    promise_token(state)


def _spend(state: State, now: Moment) -> None:
    gap = gap_us(state.config.calls_per_second)
    if gap:
        now_us, due_us = 1_000 * now.at, state.next_token_us
        state.rate.put("next_us", (due_us if now_us - due_us <= LATE_US else now_us) + gap)


def _start_clock(state: State, event: DialCleared, now: Moment) -> None:
    """An agent's leg must come into the room in time; a phone that is the offer must ring."""
    contact = state.contacts.get(event.contact_id)
    for party_id, offer in _offers(contact) if contact else ():
        if contact is None or offer.leg_id != event.leg_id:
            continue
        by = now.at + CONNECT_MS
        accepted = offer.state is OfferState.ACCEPTED
        timed = changed(offer, connect_by=by) if accepted else changed(offer, ring_by=by)
        moved = with_party(contact, party_id, offer=timed) if party_id else changed(contact, offer=timed)
        state.contacts.put(contact.contact_id, moved)
        key = f"{contact.contact_id}/{party_id}" if party_id else contact.contact_id
        state.deadlines.add(by, "offer_connect" if accepted else "offer_ring", key)
        return


def _offers(contact: Contact) -> list[tuple[str, Offer]]:
    offers = [("", contact.offer), *((party.party_id, party.offer) for party in contact.parties)]
    return [(party_id, offer) for party_id, offer in offers if offer]


def _count(state: State, agent_id: str, now: Moment) -> None:
    hour = now.at // HOUR_MS
    count = state.dial_counts.get(agent_id) or DialCount(agent_id=agent_id, hour=hour)
    before = count.dials if count.hour == hour else 0
    state.dial_counts.put(agent_id, changed(count, hour=hour, dials=before + 1))


def apply_dial_gone(state: State, event: DialRefused | DialWithdrawn, now: Moment) -> None:
    state.dials.drop(event.dial_id)
    promise_token(state)


def apply_dials_stopped(state: State, event: DialsStopped, now: Moment) -> None:
    hour = now.at // HOUR_MS
    count = DialCount(agent_id="", hour=hour, dials=event.dials, stopped=True, rule=event.rule)
    state.dial_counts.put("", count)


def apply_dials_resumed(state: State, event: DialsResumed, now: Moment) -> None:
    """Only what stopped the site is counted anew: a word after a full hour must not forget the day, else as many words
    as hours spend any amount."""
    count = state.dial_counts.get("")
    if count is None or not count.rule:
        state.dial_counts.drop("")
        return
    state.dial_counts.put("", changed(count, stopped=False, rule=""))
    spend = spend_of(state, "", now.at)
    alarmed = tuple(rule for rule in spend.alarmed if rule != count.rule)
    spans: dict[str, int] = {"in_day": 0} if count.rule == SITE_DAY else {"in_hour": 0}
    state.spends.put("", changed(spend, alarmed=alarmed, **spans))


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    DialQueued: apply_dial_queued,
    DialCleared: apply_dial_cleared,
    DialRefused: apply_dial_gone,
    DialWithdrawn: apply_dial_gone,
    DialsStopped: apply_dials_stopped,
    DialsResumed: apply_dials_resumed,
}
