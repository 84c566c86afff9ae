"""What is done next with a lead, by what came of the call: again later, on another number, or nothing more."""

from cti.core.apply.promised import MACHINE
from cti.core.base import changed
from cti.core.calling import CampaignConfig
from cti.core.campaign import HeldLead, Line, Said
from cti.core.campaign_config import Retry
from cti.core.events import (
    AttemptEnded,
    ClaimedLead,
    ContactClosed,
    DialRefused,
    DialWithdrawn,
    LeadNumberWrong,
    LeadPast,
    LeadReturned,
    LeadScheduled,
    LeadsReleased,
)
from cti.core.state import State
from cti.core.states import LeadStatus, Outcome
from cti.core.turn import Turn
from cti.dialer.abandoning import count_at_end
from cti.dialer.best_hour import best_time
from cti.dialer.traits import hour_of

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

RETRIES = {
    retry.outcome: retry
    for retry in (
        Retry(outcome=Outcome.BUSY, wait_ms=10 * MINUTE_MS, most=4),
        Retry(outcome=Outcome.NO_ANSWER, wait_ms=4 * HOUR_MS, most=6, next_number=True),
        Retry(outcome=Outcome.MACHINE, wait_ms=6 * HOUR_MS, most=4, next_number=True),
        Retry(outcome=Outcome.FAX, wait_ms=HOUR_MS, most=2, next_number=True),
        Retry(outcome=Outcome.ABANDONED, wait_ms=24 * HOUR_MS, most=2),
        Retry(outcome=Outcome.INVALID, wait_ms=0, most=0, next_number=True),
        Retry(outcome=Outcome.FAILED, wait_ms=30 * MINUTE_MS, most=3, next_number=True),
        Retry(outcome=Outcome.BLOCKED, wait_ms=24 * HOUR_MS, most=2, next_number=True),
        Retry(outcome=Outcome.UNKNOWN, wait_ms=4 * HOUR_MS, most=3),
    )
}
"""Where a campaign says nothing of its own. A carrier that blocks a call is not asked again at once. Who talked with
somebody is not called again."""

UNREACHED = (Outcome.NO_ANSWER, Outcome.MACHINE)
"""Nobody was there at that time of day. Where it is busy somebody is."""

SUCCESS, CALLBACK, AGAIN, WRONG_NUMBER = "success", "callback", "again", "wrong_number"
"""Kinds of dispositions that say what follows; after any other the lead is done with."""

AGAIN_MS = 4 * HOUR_MS
"""When to try again if the agent does not say."""

LATER_MS = 10 * MINUTE_MS
"""When to try again what no rule of calling forbids, and cannot be done just now."""

LISTED = "DNC-"
"""The rules that say so of whoever is on a list of our own."""

FOR_GOOD = ("destination", "denied", "premium", "malformed")
"""Why a number will not be rung tomorrow either."""


def decide_ended(turn: Turn, event: AttemptEnded) -> None:
    """Who talked with somebody is looked at once the agent has said what came of it."""
    line = turn.state.lines.get(event.attempt_id)
    if line is None:
        return
    count_at_end(turn, line)
    if not line.contact_id or line.contact_id not in turn.state.contacts:
        _over(turn, line)


def decide_contact_closed(turn: Turn, event: ContactClosed) -> None:
    """Nobody will say anything more about it."""
    line = turn.state.lines.get(event.attempt_id)
    if line and line.ended_at:
        _over(turn, line)


def _over(turn: Turn, line: Line) -> None:
    held = turn.state.leads.get(line.lead_key)
    campaign = turn.state.config.calling.campaigns.get(line.campaign_id)
    if held is None:
        return
    if line.unsent:  # whoever was to be called knows nothing of that
        turn.emit(_later(held, turn.now.at + LATER_MS))
        return
    scheduled = _after(turn.state, held, campaign, line, turn.now.at)
    wrong = line.said is not None and line.said.kind == WRONG_NUMBER
    number = held.lead.numbers[line.number_index].number
    turn.emit(scheduled)
    if wrong:
        turn.emit(LeadNumberWrong(list_id=held.lead.list_id, lead_id=held.lead.lead_id, number=number))


def decide_refused(turn: Turn, event: DialRefused) -> None:
    """Not now, or never, on this number: perhaps on the lead's next."""
    line = turn.state.lines.get(event.dial_id)
    held = turn.state.leads.get(line.lead_key) if line else None
    if line is None or held is None:
        return
    turn.emit(LeadReturned(leg_id=line.leg_id, reason=event.rule))
    turn.emit(not_called(held, event, turn.now.at))


def put_off(turn: Turn, line: Line) -> None:
    """An agent was shown the lead, and passed it over."""
    held = turn.state.leads.get(line.lead_key)
    campaign = turn.state.config.calling.campaigns.get(line.campaign_id)
    if held is None:
        return
    skip_ms = campaign.dialling.skip_ms if campaign and campaign.dialling else LATER_MS
    turn.emit(LeadReturned(leg_id=line.leg_id, reason="skipped"))
    turn.emit(_later(held, turn.now.at + skip_ms))


def give_back(turn: Turn, line: Line, reason: str) -> None:
    """It was not called, and nothing speaks against it."""
    held = turn.state.leads.get(line.lead_key)
    if held:
        turn.emit(LeadReturned(leg_id=line.leg_id, reason=reason))
        turn.emit(LeadsReleased(campaign_id=held.campaign_id, lead_ids=(held.lead.lead_id,)))


def decide_withdrawn(turn: Turn, event: DialWithdrawn) -> None:
    """It was not called, and nothing speaks against it."""
    line = turn.state.lines.get(event.dial_id)
    if line:
        give_back(turn, line, "withdrawn")


def not_called(held: HeldLead, refused: DialRefused, at: int) -> LeadScheduled:
    """A rule that knows no end of its no is for ever; until then the person is on a list, or too little is known."""
    lead = held.lead
    ruled = refused.clearance is not None and bool(refused.clearance.blocks)
    listed = refused.rule.startswith(LISTED)  # while it waited
    is_for_good = refused.next_allowed_at < 0 and (ruled or listed or refused.rule in FOR_GOOD)
    if not is_for_good:
        return _later(held, max(refused.next_allowed_at, at + (0 if ruled else LATER_MS)))
    number = lead.numbers[lead.number_index].number
    refused_by = (*lead.past.refused, (number, refused.rule))
    past = changed(lead.past, spent=_with(lead.past.spent, number), refused=refused_by)
    index = _next_index(lead, past)
    if index is None:
        return changed(_later(held, 0), status=LeadStatus.SUPPRESSED, callback_for="", past=past)
    return changed(_later(held, at), number_index=index, past=past)


def _later(held: HeldLead, at: int) -> LeadScheduled:
    """It was not called, and stands as before: a call that was promised stays a promise, of the same agent."""
    lead = held.lead
    return LeadScheduled(
        campaign_id=held.campaign_id,
        lead_id=lead.lead_id,
        status=LeadStatus.CALLBACK if lead.callback else LeadStatus.RETRY,
        next_at=at,
        number_index=lead.number_index,
        attempts=lead.attempts,
        last_outcome=lead.last_outcome,
        callback_for=lead.callback_for if lead.callback else "",
    )


def _after(state: State, held: HeldLead, campaign: CampaignConfig | None, line: Line, at: int) -> LeadScheduled:
    """By what an agent said of it, if that says anything; else by what came of the call."""
    lead, outcome, said = held.lead, Outcome(line.outcome), line.said
    scheduled = LeadScheduled(
        campaign_id=held.campaign_id,
        lead_id=lead.lead_id,
        status=LeadStatus.DONE,
        number_index=lead.number_index,
        attempts=lead.attempts + 1,
        last_outcome=outcome,
        last_at=line.dialled_at,
        success=outcome is Outcome.HUMAN and (said is None or said.kind in ("", SUCCESS)),
        disposition=said.disposition if said else "",
        amount=said.amount if said else 0,
        currency=said.currency if said else "",
    )
    if said and said.kind == MACHINE:  # whatever the carrier made out
        scheduled = changed(scheduled, last_outcome=Outcome.MACHINE, success=False)
    scheduled = changed(scheduled, past=_past(scheduled, lead, campaign, line))
    if said and said.kind not in ("", MACHINE):
        return _as_said(scheduled, lead, campaign, said, at)
    again = _by_outcome(scheduled, lead, campaign, at)
    if campaign is None or again.next_at < at + HOUR_MS:  # a busy line is tried soon, whatever the hour
        return again
    assert again.past is not None
    lead = changed(lead, number_index=again.number_index, past=again.past)
    return changed(again, next_at=best_time(state, campaign, line, lead, again.next_at))


def _as_said(
    scheduled: LeadScheduled, lead: ClaimedLead, campaign: CampaignConfig | None, said: Said, at: int
) -> LeadScheduled:
    """What was promised is kept, however often they were called."""
    if said.kind == CALLBACK:
        told = {"status": LeadStatus.CALLBACK, "next_at": said.callback_at, "callback_for": said.callback_for}
        return changed(scheduled, **told)
    if _is_enough(campaign, scheduled.attempts):
        return scheduled
    if said.kind == AGAIN:
        return changed(scheduled, status=LeadStatus.RETRY, next_at=at + (said.again_ms or AGAIN_MS))
    if said.kind == WRONG_NUMBER:
        wrong = lead.numbers[lead.number_index].number
        left = tuple(each for each in lead.numbers if each.number != wrong)  # they move up
        index = _next_index(changed(lead, numbers=left, number_index=lead.number_index - 1), lead.past)
        return scheduled if index is None else _retried(scheduled, at, index)
    return scheduled


def _by_outcome(scheduled: LeadScheduled, lead: ClaimedLead, campaign: CampaignConfig | None, at: int) -> LeadScheduled:
    """Again, as long as not too many calls ended so; on the lead's next number in any case, where that was not called
    yet this time, or where this one is spent."""
    assert scheduled.last_outcome is not None
    assert scheduled.past is not None
    retry = _retry(campaign, scheduled.last_outcome)
    if retry is None or _is_enough(campaign, scheduled.attempts):
        return scheduled
    index = _next_index(lead, scheduled.past) if retry.next_number else lead.number_index
    if index is None:
        return scheduled
    others = index > lead.number_index or lead.numbers[lead.number_index].number in scheduled.past.spent
    ended = dict(scheduled.past.ended)[scheduled.last_outcome]
    if ended < retry.most or (retry.next_number and others):
        return _retried(scheduled, at + retry.wait_ms, index)
    return scheduled


def _is_enough(campaign: CampaignConfig | None, attempts: int) -> bool:
    """Whether the lead was called as often as it may be in all."""
    most = campaign.dialling.claim.attempts_max if campaign and campaign.dialling else 0
    return bool(most) and attempts >= most


def _retried(scheduled: LeadScheduled, at: int, number_index: int) -> LeadScheduled:
    return changed(scheduled, status=LeadStatus.RETRY, next_at=at, number_index=number_index)


def _past(scheduled: LeadScheduled, lead: ClaimedLead, campaign: CampaignConfig | None, line: Line) -> LeadPast:
    """With this call. A number is spent with an outcome after which it is never rung again."""
    assert scheduled.last_outcome is not None
    ended = dict(lead.past.ended)
    ended[scheduled.last_outcome] = ended.get(scheduled.last_outcome, 0) + 1
    retry = _retry(campaign, scheduled.last_outcome)
    spent = lead.past.spent
    if retry and not retry.most:
        spent = _with(spent, lead.numbers[lead.number_index].number)
    hour, missed = hour_of(line.traits), dict(lead.past.missed)
    if hour is not None and scheduled.last_outcome in UNREACHED:
        missed[hour] = missed.get(hour, 0) + 1
    told = {"ended": tuple(sorted(ended.items())), "missed": tuple(sorted(missed.items()))}
    return changed(lead.past, spent=spent, **told)


def _with(numbers: tuple[str, ...], number: str) -> tuple[str, ...]:
    return numbers if number in numbers else (*numbers, number)


def _retry(campaign: CampaignConfig | None, outcome: Outcome) -> Retry | None:
    own = campaign.dialling.retries if campaign and campaign.dialling else ()
    return next((retry for retry in own if retry.outcome == outcome), RETRIES.get(outcome))


def _next_index(lead: ClaimedLead, past: LeadPast) -> int | None:
    """The number whose turn is next, behind the last one the first again; None where all are spent."""
    count = len(lead.numbers)
    places = ((lead.number_index + further) % count for further in range(1, count + 1))
    return next((place for place in places if lead.numbers[place].number not in past.spent), None)
