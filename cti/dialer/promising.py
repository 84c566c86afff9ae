"""Calls that agents promise: at a time at which they may be made, sought when it comes, kept for who promised them."""

from datetime import datetime

from cti.core.apply.campaigns import run_of
from cti.core.apply.promised import DUE as CALLBACK_DUE
from cti.core.apply.promised import KEPT
from cti.core.calling import CampaignConfig, Clearance
from cti.core.campaign import HeldLead, Line, RunStatus
from cti.core.events import (
    CallbackAsked,
    CallbackFreed,
    CallbackPromised,
    CallbackSought,
    RequestRefused,
)
from cti.core.numbering import Address, Place
from cti.core.state import State
from cti.core.turn import Turn
from cti.core.zone import UTC, day_of, local_instant
from cti.dialer.claims import ask_for_leads
from cti.dialer.clearance import not_before, ready_for
from cti.dialer.foreseeing import foreseen
from cti.dialer.words import when

AHEAD_MS_MAX = 90 * 86_400_000
"""Nobody promises anything for later."""

MINE = "me"

SOUGHT_AGAIN_MS, SOUGHT_MAX = 60_000, 5
"""How soon, and how often, the store is asked again for a lead that it did not give."""


def decide_asked(turn: Turn, event: CallbackAsked) -> None:
    """Judged as if it were that time, by what is known now; and judged again when they are called."""
    state = turn.state
    contact = state.contacts[event.contact_id]
    line = state.lines.get(contact.attempt_id)
    held = state.leads.get(line.lead_key) if line else None
    campaign = state.config.calling.campaigns.get(contact.campaign_id)
    if line is None or held is None or campaign is None:
        detail = "Only somebody on a list can be promised a call: say something else, and add them to a list."
        _refuse(turn, event, "no_lead", detail)
        return
    place = ready_for(state).place(_number(held, line), held.lead.address)
    clock = clock_of(state, place, held.lead.address)
    at = event.callback_at or local_time(state, clock, event.callback_local)
    if not turn.now.at < at <= turn.now.at + AHEAD_MS_MAX:
        detail = "Say a time to come, within 90 days, such as 2025-06-18T10:30 by the clock where they are."
        _refuse(turn, event, "bad_time", detail)
        return
    proof = foreseen(state, held.lead, _number(held, line), campaign, at)
    if isinstance(proof, Clearance) and proof.blocks:
        _refuse_illegal(turn, event, campaign, proof, at, clock)
        return
    turn.emit(
        CallbackPromised(
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            disposition=event.disposition,
            note=event.note,
            callback_at=at,
            callback_for=event.agent_id if event.callback_for == MINE else "",
        )
    )


def _refuse(turn: Turn, event: CallbackAsked, code: str, detail: str, rule: str = "", next_allowed_at: int = 0) -> None:
    turn.emit(
        RequestRefused(
            agent_id=event.agent_id,
            code=code,
            detail=detail,
            request_id=event.request_id,
            rule=rule,
            next_allowed_at=next_allowed_at,
        )
    )


def _number(held: HeldLead, line: Line) -> str:
    return held.lead.numbers[line.number_index].number


def clock_of(state: State, place: Place, address: Address | None) -> str:
    """The zone by whose clock somebody says when. Of several in which they may be it is the one that their address
    states, or else the site's own, or else the first."""
    stated = state.config.calling.numbering.zones.get(address.zone, address.zone) if address else ""
    return next((zone for zone in (stated, state.config.zone, *place.zones) if zone in place.zones), "")


def local_time(state: State, clock: str, written: str) -> int:
    """The instant (ms) at which the clock of that zone shows this (ISO, to the minute); 0 for what is no time."""
    zone = state.config.zones.get(clock, UTC)
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return 0
    if read.tzinfo is not None:
        return 0
    return local_instant(zone, day_of(read.date().isoformat()), read.hour * 60 + read.minute)


def _refuse_illegal(
    turn: Turn, event: CallbackAsked, campaign: CampaignConfig, proof: Clearance, at: int, clock: str
) -> None:
    """With the next time at which it would do."""
    first = proof.blocks[0]
    again = not_before(ready_for(turn.state).book, proof, campaign, at)
    words = f"{first.rule}: {first.detail.rstrip('.')}."
    if again >= 0:
        words = f"{words} It would do from {when(turn.state, again, clock)} on."
    _refuse(turn, event, "not_allowed", words, first.rule, again)


def due_callback(turn: Turn, key: str) -> None:
    """The store is asked for it before all others. A campaign that begins later asks anyway."""
    row = turn.state.promised[key]
    running = run_of(turn.state, row.campaign_id).status is RunStatus.RUNNING
    again_at = turn.now.at + SOUGHT_AGAIN_MS if running and row.tries < SOUGHT_MAX else 0
    turn.emit(CallbackSought(campaign_id=row.campaign_id, lead_id=row.lead_id, again_at=again_at))
    ask_for_leads(turn, row.campaign_id, promised=True)


def due_kept(turn: Turn, key: str) -> None:
    """It was kept for long enough."""
    held = turn.state.leads[key]
    turn.emit(CallbackFreed(campaign_id=held.campaign_id, lead_id=held.lead.lead_id))


def _due_at(state: State, key: str) -> int:
    row = state.promised.get(key)
    return row.due_at if row else 0


def _kept_until(state: State, key: str) -> int:
    held = state.leads.get(key)
    return held.kept_until if held and held.kept_for and not held.leg_id else 0


PROMISES = {CALLBACK_DUE: _due_at, KEPT: _kept_until}
DUE = {CALLBACK_DUE: due_callback, KEPT: due_kept}
