"""How campaigns come to the leads that they hold: what they ask the store, and what of its answer they take."""

from collections.abc import Callable
from typing import Any

from cti.core.apply.campaigns import PROMISE, run_of
from cti.core.apply.promised import kept
from cti.core.base import Moment, changed
from cti.core.campaign import CampaignRun, HeldLead, RunStatus, lead_key
from cti.core.events import (
    ClaimedLead,
    LeadPosted,
    LeadsAsked,
    LeadsChanged,
    LeadsClaimed,
    LeadsImported,
    LeadsRemoved,
    LeadsRevived,
)
from cti.core.leads import ClaimSpec
from cti.core.shares import by_shares
from cti.core.state import State

CLAIM = "lead_claim"

NOTHING_LEFT_MS = 60_000
"""How often a campaign without leads looks whether there are new ones."""

FAILED_MS = 5_000
"""How soon after the store could not say."""

STALE_MS = 1_000
"""How soon after the store said what is too old."""

POSTED_MS = 1_000
"""How soon after the store did not know yet of a lead that was posted."""

IMPORTED_MS = 10_000
"""How soon after a file was taken in it is looked for calls that were promised."""


def apply_leads_asked(state: State, event: LeadsAsked, now: Moment) -> None:
    """Where it calls others than before, the store is waited for until it knows that, whichever question it answers."""
    run, spec = run_of(state, event.campaign_id), claim_of(state, event.campaign_id)
    for list_id in spec.lists if run.asked and is_otherwise(run.asked, spec) else ():
        state.removals.put(list_id, now.seq)
    asked = changed(run, claim_id=event.claim_id, claim_by=event.claim_by, claim_since=event.since_seq, claim_after=0)
    state.runs.put(event.campaign_id, changed(asked, asked=spec))
    state.deadlines.add(event.claim_by, CLAIM, event.campaign_id)


def claim_of(state: State, campaign_id: str) -> ClaimSpec:
    """What its file says that it calls; nobody where there is no such file, or none for the dialer."""
    campaign = state.config.calling.campaigns.get(campaign_id)
    return campaign.dialling.claim if campaign and campaign.dialling else ClaimSpec()


def is_otherwise(asked: ClaimSpec, spec: ClaimSpec) -> bool:
    """Whether other leads are called, or others first. How often each is called at most is found with the lead."""
    return changed(asked, attempts_max=0) != changed(spec, attempts_max=0)


def apply_leads_claimed(state: State, event: LeadsClaimed, now: Moment) -> None:
    """In line behind those who are there. A lead that is held already, or was called or removed since the store
    looked, is left out: the store is some records behind. So are all where a list was removed since."""
    run = run_of(state, event.campaign_id)
    is_stale = event.as_of_seq < run.claim_since
    taken = 0
    for ordinal, lead in enumerate(() if is_stale else event.leads):
        key = lead_key(event.campaign_id, lead.lead_id)
        if key in state.leads or _is_older(state, event, key, lead):
            continue
        place = (0, lead.due_at) if lead.callback else (now.seq, ordinal)  # whoever was promised a call comes first
        held = HeldLead(key=key, campaign_id=event.campaign_id, lead=lead, place=place)
        state.leads.put(key, kept(state, held))
        state.promised.drop(key)
        taken += 1
    if event.above is not None and taken:
        _line_up(state, run, event.above, now.seq)
    _forget_marks(state, event)
    if not (event.error or is_stale or event.entering or event.as_of_seq < run.posted_seq):
        run = changed(run, posted_seq=0, posted_priority=0)
    after = _ask_again(run, event, taken, now.at, is_stale=is_stale)
    promised_at = _look_again(run, event, now.at, is_stale=is_stale)
    asked = changed(run, claim_id="", claim_by=0, claim_since=0, claim_after=after, left=event.left)
    asked = changed(asked, promised_at=promised_at)
    if not event.error:
        newer = tuple(each for each in run.newer if each[1] > event.as_of_seq)
        asked = changed(asked, successes=event.successes, newer=newer)
    state.runs.put(event.campaign_id, asked)
    if asked.claim_after:
        state.deadlines.add(asked.claim_after, CLAIM, event.campaign_id)
    if promised_at:
        state.deadlines.add(promised_at, PROMISE, event.campaign_id)


def is_ahead(lead: ClaimedLead, above: int) -> bool:
    """Whether it comes before those of the priority `above`, or a lower one: it was asked for as such."""
    return lead.priority > above and not lead.attempts and not lead.callback


def _line_up(state: State, run: CampaignRun, above: int, seq: int) -> None:
    """Those who came by record `seq` and are ahead of others come before the first of a lower priority in their
    segment. Segments take turns as ever, by how many lines were begun: one that had nobody has not lost its turn."""
    ours = [held for held in state.leads.in_order() if held.campaign_id == run.campaign_id]
    waiting = [held for held in ours if not (held.leg_id or held.kept_for or held.lead.callback)]
    waiting.sort(key=lambda held: (*held.place, held.key))
    segments: dict[str, list[HeldLead]] = {}
    for held in waiting:
        segment = segments.setdefault(held.lead.segment, [])
        if held.place[0] == seq and is_ahead(held.lead, above):
            lower = (at for at, each in enumerate(segment) if each.lead.priority < held.lead.priority)
            segment.insert(next(lower, len(segment)), held)
        else:
            segment.append(held)
    spec = claim_of(state, run.campaign_id)
    shares = {each.segment_id: max(1, each.share) for each in spec.segments}
    shares |= {name: 1 for name in segments if name not in shares}
    streams = {name: iter(segment) for name, segment in segments.items()}
    in_turn = by_shares(streams, shares, run.served)
    for place, held in zip([held.place for held in waiting], list(in_turn), strict=True):
        if held.place != place:
            state.leads.put(held.key, changed(held, place=place))


def _is_older(state: State, event: LeadsClaimed, key: str, lead: ClaimedLead) -> bool:
    """Than what became of the lead since the store looked."""
    names = (lead.external_id, *(each.number for each in lead.numbers))
    marks = (key, *(_other_name(event.campaign_id, lead.list_id, name) for name in names if name))
    return any((state.lead_marks.get(mark) or 0) > event.as_of_seq for mark in marks)


def _other_name(campaign_id: str, list_id: str, name: str) -> str:
    """The mark of a lead by what others call it, or by a number; no lead of ours is called so."""
    return lead_key(campaign_id, f"{list_id}={name}")


def _ask_again(run: CampaignRun, event: LeadsClaimed, taken: int, now: int, *, is_stale: bool) -> int:
    """When to ask next (ms), 0: as soon as more are needed."""
    if event.error:
        return now + FAILED_MS
    if is_stale:
        return now + STALE_MS
    if run.posted_seq:
        return now + POSTED_MS
    if taken or event.only_first:
        return 0
    latest = now + NOTHING_LEFT_MS
    return min(latest, max(now + 1_000, event.next_due_at)) if event.next_due_at else latest


def _forget_marks(state: State, event: LeadsClaimed) -> None:
    """What the store knows by now need not be kept."""
    begins = f"{event.campaign_id}/"
    known = [key for key, seq in state.lead_marks.rows.items() if seq <= event.as_of_seq and key.startswith(begins)]
    for key in known:
        state.lead_marks.drop(key)
    for list_id in [key for key, seq in state.removals.rows.items() if seq <= event.as_of_seq]:
        state.removals.drop(list_id)


def _look_again(run: CampaignRun, event: LeadsClaimed, now: int, *, is_stale: bool) -> int:
    """When to look for calls that were promised (ms), 0: never. Of a lead that was posted meanwhile the store may not
    know yet that it was promised one."""
    if event.error or is_stale:
        return run.promised_at and max(run.promised_at, now + FAILED_MS)
    if run.posted_seq and run.promised_at:
        return _sooner(event.promised_at, max(run.promised_at, now + POSTED_MS))
    return event.promised_at


def _sooner(one: int, other: int) -> int:
    """Of two instants, of which 0 is none."""
    return min(one, other) if one and other else one or other


def apply_lead_posted(state: State, event: LeadPosted, now: Moment) -> None:
    """Kept until the store is known to know it, whoever asks for what until then."""
    priority, callback_at = (event.lead.priority, event.lead.callback_at) if event.lead else (0, 0)
    for run in _calling(state, event.list_id):
        highest = max(run.posted_priority, priority) if run.posted_seq else priority
        state.runs.put(run.campaign_id, changed(run, posted_seq=now.seq, posted_priority=highest))
        if callback_at > 0:
            _promise(state, run.campaign_id, max(callback_at, now.at))


def apply_imported(state: State, event: LeadsImported, now: Moment) -> None:
    """Calls may have been promised to those who are in the file."""
    for run in _calling(state, "" if event.moved else event.list_id):
        _promise(state, run.campaign_id, now.at + IMPORTED_MS)


def _calling(state: State, list_id: str) -> list[CampaignRun]:
    """The campaigns that call this list (empty: any), as far as they were ever started."""
    found = []
    for run in state.runs.in_order():
        campaign = state.config.calling.campaigns.get(run.campaign_id)
        if campaign and campaign.dialling and (not list_id or list_id in campaign.dialling.claim.lists):
            found.append(run)
    return found


def _promise(state: State, campaign_id: str, at: int) -> None:
    run = run_of(state, campaign_id)
    promised_at = _sooner(run.promised_at, at)
    state.runs.put(campaign_id, changed(run, promised_at=promised_at))
    state.deadlines.add(promised_at, PROMISE, campaign_id)


def apply_leads_removed(state: State, event: LeadsRemoved, now: Moment) -> None:
    """Whoever is asked for from now on is asked for as of this record. An answer that is under way may be older: of
    one lead a mark tells, and after a whole list is gone the answer is of no use."""
    state.removals.put(event.list_id, now.seq)
    for run in [run for run in state.runs.in_order() if run.claim_id]:
        if event.lead_id:
            state.lead_marks.put(lead_key(run.campaign_id, event.lead_id), now.seq)
        else:
            state.runs.put(run.campaign_id, changed(run, claim_since=now.seq))


def apply_leads_revived(state: State, event: LeadsRevived, now: Moment) -> None:
    """Whoever asks from now on waits until the store knows; what was asked before may not know of them."""
    state.removals.put(event.list_id, now.seq)
    for run in [run for run in state.runs.in_order() if run.claim_id]:
        state.runs.put(run.campaign_id, changed(run, claim_since=now.seq))


def apply_leads_changed(state: State, event: LeadsChanged, now: Moment) -> None:
    """What was asked before is no answer, for the one lead or for all. Of whoever is posted by another name a mark
    tells each campaign, whatever it asks when: somebody is posted all the time, and a store that is a little behind
    would otherwise never answer."""
    names = (event.external_id,) if event.external_id else event.numbers
    if names and not event.lead_id:
        calling = _calling(state, event.list_ids[0])
        for run in [run for run in calling if run.status is RunStatus.RUNNING or run.claim_id]:
            for name in names:
                state.lead_marks.put(_other_name(run.campaign_id, event.list_ids[0], name), now.seq)
        return
    for list_id in event.list_ids:
        state.removals.put(list_id, now.seq)
    for run in [run for run in state.runs.in_order() if run.claim_id]:
        if event.lead_id:
            state.lead_marks.put(lead_key(run.campaign_id, event.lead_id), now.seq)
        else:
            state.runs.put(run.campaign_id, changed(run, claim_since=now.seq))


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    LeadPosted: apply_lead_posted,
    LeadsImported: apply_imported,
    LeadsAsked: apply_leads_asked,
    LeadsClaimed: apply_leads_claimed,
    LeadsRemoved: apply_leads_removed,
    LeadsChanged: apply_leads_changed,
    LeadsRevived: apply_leads_revived,
}
"""Beside what other rooms make of the same events: these rows are nobody else's."""
