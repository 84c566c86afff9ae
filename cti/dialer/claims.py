"""Leads at hand: each running campaign holds a few of its own, and asks the store for more before they run out."""

from collections import Counter

from cti.core.apply.campaigns import PROMISE, run_of
from cti.core.apply.claims import CLAIM, is_ahead, is_otherwise
from cti.core.campaign import CampaignRun, HeldLead, RunStatus, lead_key
from cti.core.commands import ClaimLeads
from cti.core.events import (
    CampaignStatusChanged,
    ClaimedLead,
    ConfigApplied,
    LeadNumberWrong,
    LeadPosted,
    LeadsAsked,
    LeadsChanged,
    LeadScheduled,
    LeadsClaimed,
    LeadsImported,
    LeadsReleased,
    LeadsRemoved,
    LeadsRevived,
)
from cti.core.ids import CLAIM as CLAIM_ID
from cti.core.leads import ClaimSpec, LeadOrder
from cti.core.state import State
from cti.core.turn import Turn
from cti.dialer.state import DialerState

HELD_MAX = 200
"""How many leads a campaign holds."""

HELD_MIN = 100
"""With fewer it asks for more."""

FIRST_ROOM = 20
"""How many more it takes of those who come before others."""

CLAIM_MS = 10_000
"""How long the store has for an answer; then it is asked again."""

RELEASED_MAX = 500
"""How many leads go back in one event."""


def ask_for_leads(turn: Turn, campaign_id: str, *, there_are_new: bool = False, promised: bool = False) -> None:
    """Unless there are enough, a question is under way, or there were none a moment ago and none came since. For
    whoever was promised a call there is always room, and for whoever was posted and comes before others."""
    state = turn.state
    run, campaign = run_of(state, campaign_id), state.config.calling.campaigns.get(campaign_id)
    if run.status is not RunStatus.RUNNING or campaign is None or campaign.dialling is None:
        return
    waiting = waiting_leads(state, campaign_id)
    above = _overtaken(state, run, campaign.dialling.claim, waiting)
    enough = len(waiting) >= HELD_MIN
    if run.claim_id or (enough and above is None and not promised):
        return
    if run.claim_after > turn.now.at and not (there_are_new or promised):
        return
    claim_id, spec = turn.new_id(CLAIM_ID), campaign.dialling.claim
    since_seq = max((state.removals.get(list_id) or 0 for list_id in spec.lists), default=0)
    if run.since == turn.now.at:
        since_seq = max(since_seq, run.posted_seq)  # it begins: no marks tell it whom it may not be given as they were
    if run.asked and is_otherwise(run.asked, spec):
        since_seq = turn.now.seq  # by this record the store gets to know who is called now
    by = turn.now.at + CLAIM_MS
    turn.emit(LeadsAsked(campaign_id=campaign_id, claim_id=claim_id, claim_by=by, since_seq=since_seq))
    held = [each.lead.lead_id for each in state.leads.in_order() if each.campaign_id == campaign_id]
    turn.ask(
        ClaimLeads(
            campaign_id=campaign_id,
            claim_id=claim_id,
            leads_max=max(FIRST_ROOM, HELD_MAX - len(waiting)),
            due_by=turn.now.at,
            spec=spec,
            excluding=tuple(held),
            since_seq=max(since_seq, run.posted_seq),
            above=above,
            only_first=enough,
        )
    )


def _overtaken(state: State, run: CampaignRun, spec: ClaimSpec, waiting: list[str]) -> int | None:
    """The lowest priority at hand, where somebody was posted who comes before it; None for nobody, or no room."""
    if not run.posted_seq or spec.order is LeadOrder.SHUFFLED or len(waiting) >= HELD_MAX + FIRST_ROOM:
        return None
    leads = [state.leads[key].lead for key in waiting]
    lowest = min((lead.priority for lead in leads if not lead.callback), default=None)
    return lowest if lowest is not None and run.posted_priority > lowest else None


def decide_leads_came(turn: Turn, event: LeadPosted | LeadsImported) -> None:
    """Nobody is called by what was known of them until now. Whoever ran out of leads need not wait for the next
    look."""
    change = _change(turn.state, event)
    if change:
        _void(turn, change)
    _ask_for_new(turn, event.list_id)


def decide_leads_revived(turn: Turn, event: LeadsRevived) -> None:
    """Whoever ran out of leads need not wait for the next look."""
    _ask_for_new(turn, event.list_id)


def _ask_for_new(turn: Turn, list_id: str) -> None:
    for campaign_id, campaign in sorted(turn.state.config.calling.campaigns.items()):
        if campaign.dialling and list_id in campaign.dialling.claim.lists:
            ask_for_leads(turn, campaign_id, there_are_new=True)


def decide_number_wrong(turn: Turn, event: LeadNumberWrong) -> None:
    """No other campaign rings it, either."""
    for campaign_id in _void(turn, LeadsChanged(list_ids=(event.list_id,), lead_id=event.lead_id)):
        ask_for_leads(turn, campaign_id)


def _void(turn: Turn, change: LeadsChanged) -> list[str]:
    """Who waits goes back. Returns to which campaigns they were given."""
    turn.emit(change)
    meant = [held for held in turn.state.leads.in_order() if not held.leg_id and _is_meant(held.lead, change)]
    return _let_go(turn, meant)


def _change(state: State, event: LeadPosted | LeadsImported) -> LeadsChanged | None:
    """Who may have been there before, on lists that campaigns call. Those whom an import has moved came from lists that
    nobody named."""
    campaigns = state.config.calling.campaigns.values()
    called = {list_id for each in campaigns if each.dialling for list_id in each.dialling.claim.lists}
    if isinstance(event, LeadsImported):
        among = called if event.moved else called & {event.list_id} if event.updated else set[str]()
        return LeadsChanged(list_ids=tuple(sorted(among))) if among else None
    if event.list_id not in called or not (event.lead_id or event.lead):
        return None
    external_id, numbers = "", tuple[str, ...]()
    if event.lead and not event.lead_id:
        external_id = event.lead.external_id
        numbers = () if external_id else tuple(dict.fromkeys(each.number for each in event.lead.numbers))
    return LeadsChanged(list_ids=(event.list_id,), lead_id=event.lead_id, external_id=external_id, numbers=numbers)


def _is_meant(lead: ClaimedLead, change: LeadsChanged) -> bool:
    if lead.list_id not in change.list_ids:
        return False
    if change.lead_id:
        return lead.lead_id == change.lead_id
    if change.external_id:
        return lead.external_id == change.external_id
    return not change.numbers or any(each.number in change.numbers for each in lead.numbers)


def decide_leads_removed(turn: Turn, event: LeadsRemoved) -> None:
    """Whoever waits for a call does not any more. A call that is under way goes on."""
    gone = [
        held
        for held in turn.state.leads.in_order()
        if not held.leg_id and held.lead.list_id == event.list_id and event.lead_id in ("", held.lead.lead_id)
    ]
    for campaign_id in _let_go(turn, gone):
        ask_for_leads(turn, campaign_id)


def _let_go(turn: Turn, gone: list[HeldLead]) -> list[str]:
    """Back to the store. Returns whose they were."""
    campaign_ids = sorted({held.campaign_id for held in gone})
    for campaign_id in campaign_ids:
        _give_back(turn, campaign_id, [held.lead.lead_id for held in gone if held.campaign_id == campaign_id])
    return campaign_ids


def waiting_leads(state: State, campaign_id: str) -> list[str]:
    """The keys of those who wait for their turn, first come first."""
    buffer = state.room(DialerState).buffers.get(campaign_id)
    return [entry[-1] for entry in buffer.entries] if buffer else []


def decide_scheduled(turn: Turn, event: LeadScheduled) -> None:
    """A success may be the last that its segment's quota asks for."""
    if event.success:
        _let_go_of_full(turn, event.campaign_id)


def _let_go_of_full(turn: Turn, campaign_id: str) -> None:
    """Of segments that have their quota nobody is called any more."""
    campaign, run = turn.state.config.calling.campaigns.get(campaign_id), run_of(turn.state, campaign_id)
    if campaign is None or campaign.dialling is None:
        return
    reached = Counter(dict(run.successes)) + Counter(segment for segment, _ in run.newer)
    segments = campaign.dialling.claim.segments
    full = {each.segment_id for each in segments if each.quota and reached[each.segment_id] >= each.quota}
    if full:
        waiting = [held for held in turn.state.leads.in_order() if held.campaign_id == campaign_id and not held.leg_id]
        _let_go(turn, [held for held in waiting if held.lead.segment in full and not held.lead.callback])


def decide_config_applied(turn: Turn, event: ConfigApplied) -> None:
    """Whom files do not name any more is not called, nor is once more who was called as often as they say by now."""
    for campaign_id, campaign in sorted(turn.state.config.calling.campaigns.items()):
        if campaign.dialling is None:
            continue
        spec, asked = campaign.dialling.claim, run_of(turn.state, campaign_id).asked
        if asked is None or is_otherwise(asked, spec):
            _ask_anew(turn, campaign_id, spec)
        most = spec.attempts_max
        waiting = [turn.state.leads[key] for key in waiting_leads(turn.state, campaign_id)] if most else []
        _let_go(turn, [held for held in waiting if held.lead.attempts >= most and not held.lead.callback])


def _ask_anew(turn: Turn, campaign_id: str, spec: ClaimSpec) -> None:
    """It calls others than those whom it asked for: they go back, and an answer that is under way is none. A promise
    is kept as long as its list is called."""
    waiting = [held for held in turn.state.leads.in_order() if held.campaign_id == campaign_id and not held.leg_id]
    _let_go(turn, [held for held in waiting if not held.lead.callback or held.lead.list_id not in spec.lists])
    claim_id = run_of(turn.state, campaign_id).claim_id
    if claim_id:
        error = "it calls others by now"
        turn.emit(LeadsClaimed(campaign_id=campaign_id, claim_id=claim_id, as_of_seq=0, error=error))
    ask_for_leads(turn, campaign_id, there_are_new=True)


def decide_claimed(turn: Turn, event: LeadsClaimed) -> None:
    """Whom the campaign did not take goes back; and what it was given that was stopped, or had its quota,
    meanwhile."""
    keys = ((lead.lead_id, lead_key(event.campaign_id, lead.lead_id)) for lead in event.leads)
    _give_back(turn, event.campaign_id, [lead_id for lead_id, key in keys if key not in turn.state.leads])
    if run_of(turn.state, event.campaign_id).status is RunStatus.STOPPED:
        release(turn, event.campaign_id)
    else:
        _let_go_of_full(turn, event.campaign_id)
        _let_go_of_last(turn, event)


def _let_go_of_last(turn: Turn, event: LeadsClaimed) -> None:
    """For each that came before others where there were enough, the last of its segment goes back: so there are as many
    at hand of each segment as before, and its turns are no more."""
    above, state = event.above, turn.state
    if above is None or not event.only_first:
        return
    held = [state.leads.get(lead_key(event.campaign_id, lead.lead_id)) for lead in event.leads]
    came = Counter(each.lead.segment for each in held if each and is_ahead(each.lead, above))
    gone = []
    for key in reversed(waiting_leads(state, event.campaign_id)):
        last = state.leads[key]
        if came[last.lead.segment] and not last.lead.callback and last.lead.priority <= above:
            came[last.lead.segment] -= 1
            gone.append(last)
    _let_go(turn, gone)


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


def due_promise(turn: Turn, campaign_id: str) -> None:
    """Somebody whom a file, or a program, promised a call. While twice as many wait as are to, there is no room."""
    if len(waiting_leads(turn.state, campaign_id)) < 2 * HELD_MAX:
        ask_for_leads(turn, campaign_id, promised=True)


def _promised_at(state: State, key: str) -> int:
    run = state.runs.get(key)
    return run.promised_at if run and run.status is RunStatus.RUNNING else 0


def _claim_at(state: State, key: str) -> int:
    run = state.runs.get(key)
    if run is None or run.status is not RunStatus.RUNNING:
        return 0
    return run.claim_by or run.claim_after


PROMISES = {CLAIM: _claim_at, PROMISE: _promised_at}
DUE = {CLAIM: due_claim, PROMISE: due_promise}
