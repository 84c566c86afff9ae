"""Leads at hand: each running campaign holds a few of its own, and asks the store for more before they run out."""

from cti.core.apply.campaigns import CLAIM, run_of
from cti.core.campaign import RunStatus, lead_key
from cti.core.commands import ClaimLeads
from cti.core.events import (
    CampaignStatusChanged,
    LeadPosted,
    LeadsAsked,
    LeadsClaimed,
    LeadsImported,
    LeadsReleased,
    LeadsRemoved,
)
from cti.core.ids import CLAIM as CLAIM_ID
from cti.core.state import State
from cti.core.turn import Turn
from cti.dialer.state import DialerState

HELD_MAX = 200
"""How many leads a campaign holds."""

HELD_MIN = 100
"""With fewer it asks for more."""

PROMISED_ROOM = 20
"""How many more it takes when a call is due that was promised."""

CLAIM_MS = 10_000
"""How long the store has for an answer; then it is asked again."""

RELEASED_MAX = 500
"""How many leads go back in one event."""


def ask_for_leads(turn: Turn, campaign_id: str, *, there_are_new: bool = False, promised: bool = False) -> None:
    """Unless there are enough, a question is under way, or there were none a moment ago and none came since. For
    whoever was promised a call there is always room."""
    state = turn.state
    run, campaign = run_of(state, campaign_id), state.config.calling.campaigns.get(campaign_id)
    if run.status is not RunStatus.RUNNING or campaign is None or campaign.dialling is None:
        return
    waiting = waiting_leads(state, campaign_id)
    enough = len(waiting) >= HELD_MIN and not promised
    if enough or run.claim_id or (run.claim_after > turn.now.at and not (there_are_new or promised)):
        return
    claim_id, lists = turn.new_id(CLAIM_ID), campaign.dialling.claim.lists
    since_seq = max((state.removals.get(list_id) or 0 for list_id in lists), default=0)
    by = turn.now.at + CLAIM_MS
    turn.emit(LeadsAsked(campaign_id=campaign_id, claim_id=claim_id, claim_by=by, since_seq=since_seq))
    held = [each.lead.lead_id for each in state.leads.in_order() if each.campaign_id == campaign_id]
    turn.ask(
        ClaimLeads(
            campaign_id=campaign_id,
            claim_id=claim_id,
            leads_max=max(PROMISED_ROOM, HELD_MAX - len(waiting)),
            due_by=turn.now.at,
            spec=campaign.dialling.claim,
            excluding=tuple(held),
            since_seq=since_seq,
        )
    )


def decide_leads_came(turn: Turn, event: LeadPosted | LeadsImported) -> None:
    """Whoever ran out of leads need not wait for the next look."""
    for campaign_id, campaign in sorted(turn.state.config.calling.campaigns.items()):
        if campaign.dialling and event.list_id in campaign.dialling.claim.lists:
            ask_for_leads(turn, campaign_id, there_are_new=True)


def decide_leads_removed(turn: Turn, event: LeadsRemoved) -> None:
    """Whoever waits for a call does not any more. A call that is under way goes on."""
    gone = [
        held
        for held in turn.state.leads.in_order()
        if not held.leg_id and held.lead.list_id == event.list_id and event.lead_id in ("", held.lead.lead_id)
    ]
    for campaign_id in sorted({held.campaign_id for held in gone}):
        lead_ids = tuple(held.lead.lead_id for held in gone if held.campaign_id == campaign_id)
        turn.emit(LeadsReleased(campaign_id=campaign_id, lead_ids=lead_ids))
        ask_for_leads(turn, campaign_id)


def waiting_leads(state: State, campaign_id: str) -> list[str]:
    """The keys of those who wait for their turn, first come first."""
    buffer = state.room(DialerState).buffers.get(campaign_id)
    return [entry[-1] for entry in buffer.entries] if buffer else []


def decide_claimed(turn: Turn, event: LeadsClaimed) -> None:
    """Whom the campaign did not take goes back; and what it was given that was stopped meanwhile."""
    keys = ((lead.lead_id, lead_key(event.campaign_id, lead.lead_id)) for lead in event.leads)
    _give_back(turn, event.campaign_id, [lead_id for lead_id, key in keys if key not in turn.state.leads])
    if run_of(turn.state, event.campaign_id).status is RunStatus.STOPPED:
        release(turn, event.campaign_id)


def decide_status_changed(turn: Turn, event: CampaignStatusChanged) -> None:
    """A campaign that begins asks for leads; one that is stopped gives them back."""
    if event.status == RunStatus.STOPPED:
        release(turn, event.campaign_id)
    else:
        ask_for_leads(turn, event.campaign_id)


def release(turn: Turn, campaign_id: str) -> None:
    """Whoever waits was not called, and waits as before."""
    waiting = [held for held in turn.state.leads.in_order() if held.campaign_id == campaign_id and not held.leg_id]
    in_line = sorted(waiting, key=lambda held: (*held.place, held.key))
    _give_back(turn, campaign_id, [held.lead.lead_id for held in in_line])


def _give_back(turn: Turn, campaign_id: str, lead_ids: list[str]) -> None:
    for first in range(0, len(lead_ids), RELEASED_MAX):
        some = tuple(lead_ids[first : first + RELEASED_MAX])
        turn.emit(LeadsReleased(campaign_id=campaign_id, lead_ids=some))


def due_claim(turn: Turn, campaign_id: str) -> None:
    """The store has not answered, or had nothing a while ago."""
    run = run_of(turn.state, campaign_id)
    if run.claim_id:
        turn.emit(LeadsClaimed(campaign_id=campaign_id, claim_id=run.claim_id, as_of_seq=0, error="no answer in time"))
    else:
        ask_for_leads(turn, campaign_id)


def _claim_at(state: State, key: str) -> int:
    run = state.runs.get(key)
    if run is None or run.status is not RunStatus.RUNNING:
        return 0
    return run.claim_by or run.claim_after


PROMISES = {CLAIM: _claim_at}
DUE = {CLAIM: due_claim}
