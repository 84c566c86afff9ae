"""What agents say of leads, and calls that they promise: when, by whom, and until when they are kept for them."""

from collections.abc import Callable
from typing import Any

from cti.core.base import Moment, changed
from cti.core.campaign import HeldLead, PromisedCall, Said, lead_key
from cti.core.contact import Contact
from cti.core.detection import Heard
from cti.core.events import (
    CallbackFreed,
    CallbackSought,
    DispositionRecorded,
    LeadNumberWrong,
    LeadScheduled,
    LeadsReleased,
)
from cti.core.state import State
from cti.core.states import LeadStatus

DUE, KEPT = "callback_due", "callback_kept"

MACHINE = "machine"
"""The kind of dispositions by which agents say that a machine answered."""

GIVEN_BACK_MS = 60_000
"""A promised call that a campaign gave back is looked for again so much later."""


def kept(state: State, held: HeldLead) -> HeldLead:
    """For the agent who promised it, while the campaign says so."""
    campaign = state.config.calling.campaigns.get(held.campaign_id)
    agent_id = held.lead.callback_for
    if agent_id not in state.config.agents or campaign is None or campaign.dialling is None:
        return held
    until = held.lead.due_at + campaign.dialling.keep_ms
    state.deadlines.add(until, KEPT, held.key)
    return changed(held, kept_for=agent_id, kept_until=until)


def apply_said(state: State, event: DispositionRecorded, now: Moment) -> None:
    """Kept with the line until it is decided what is done next with the lead."""
    contact = state.contacts.get(event.contact_id)
    line = state.lines.get(contact.attempt_id) if contact else None
    if contact is None or line is None:
        return
    said = Said(
        disposition=event.disposition,
        kind=event.kind,
        amount=event.amount,
        currency=event.currency,
        callback_at=event.callback_at,
        callback_for=event.callback_for,
        again_ms=event.again_ms,
        heard=_heard(state, contact, event.kind),
    )
    state.lines.put(line.leg_id, changed(line, said=said))


def _heard(state: State, contact: Contact, kind: str) -> Heard:
    """Who could have said that it was a machine, and said something else, heard a person."""
    queue = state.config.queues.get(contact.queue_id)
    if queue is None or MACHINE not in queue.disposition_kinds.values():
        return Heard.NOTHING
    return Heard.MACHINE if kind == MACHINE else Heard.PERSON


def _promise(state: State, campaign_id: str, lead_id: str, due_at: int, tries: int = 0) -> None:
    key = lead_key(campaign_id, lead_id)
    row = PromisedCall(key=key, campaign_id=campaign_id, lead_id=lead_id, due_at=due_at, tries=tries)
    state.promised.put(key, row)
    state.deadlines.add(due_at, DUE, key)


def apply_scheduled(state: State, event: LeadScheduled, now: Moment) -> None:
    """The store is asked for it when it is due, however many others wait."""
    if event.status is LeadStatus.CALLBACK:
        _promise(state, event.campaign_id, event.lead_id, event.next_at)
    else:
        state.promised.drop(lead_key(event.campaign_id, event.lead_id))


def apply_released(state: State, event: LeadsReleased, now: Moment) -> None:
    """It is not forgotten."""
    for lead_id in event.lead_ids:
        held = state.leads.get(lead_key(event.campaign_id, lead_id))
        if held and held.lead.callback:
            _promise(state, event.campaign_id, lead_id, now.at + GIVEN_BACK_MS)


def apply_sought(state: State, event: CallbackSought, now: Moment) -> None:
    key = lead_key(event.campaign_id, event.lead_id)
    row = state.promised.get(key)
    if row and event.again_at:
        _promise(state, event.campaign_id, event.lead_id, event.again_at, row.tries + 1)
    else:
        state.promised.drop(key)


def apply_freed(state: State, event: CallbackFreed, now: Moment) -> None:
    key = lead_key(event.campaign_id, event.lead_id)
    state.leads.put(key, changed(state.leads[key], kept_for="", kept_until=0))


def apply_number_wrong(state: State, event: LeadNumberWrong, now: Moment) -> None:
    """In other campaigns that hold the lead as well, if another number is left."""
    for campaign_id in sorted(state.config.calling.campaigns):
        held = state.leads.get(lead_key(campaign_id, event.lead_id))
        left = tuple(each for each in held.lead.numbers if each.number != event.number) if held else ()
        if held and not held.leg_id and left:
            lead = changed(held.lead, numbers=left, number_index=held.lead.number_index % len(left))
            state.leads.put(held.key, changed(held, lead=lead))


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    DispositionRecorded: apply_said,
    LeadScheduled: apply_scheduled,
    LeadsReleased: apply_released,
    CallbackSought: apply_sought,
    CallbackFreed: apply_freed,
    LeadNumberWrong: apply_number_wrong,
}
"""Before what campaigns make of the same events, which forget what they are done with."""
