"""How campaigns, the leads they hold and their lines move, and what their ledgers count."""

from collections.abc import Callable
from typing import Any

from cti.core import theta
from cti.core.base import Moment, changed
from cti.core.campaign import CampaignRun, HeldLead, Line, Pool, RunStatus, Today, lead_key
from cti.core.campaign_config import ledger_ids
from cti.core.contact import CONTACT_TRANSITIONS
from cti.core.detection import judged
from cti.core.events import (
    AnswerAwaited,
    AttemptAbandoned,
    AttemptClassified,
    AttemptConnected,
    AttemptEnded,
    AttemptStarted,
    CampaignStatusChanged,
    CampaignTuned,
    ContactEnded,
    ContactStarted,
    DetectionJudged,
    DialProgressed,
    GreetingEnded,
    LeadReturned,
    LeadScheduled,
    LeadsReleased,
    LeadTaken,
    LegAlerting,
    LegAnswered,
    LegRefused,
    LinesPaced,
    LineSurplus,
    LiveAnswerCounted,
    MessageBegun,
    PlanRequested,
    PoolBegun,
    PreviewsPutOff,
    WrapUpEnded,
)
from cti.core.learning import Knowledge, learnt_line, learnt_talk, learnt_wrap
from cti.core.ledger import Ledger, counted, day_of
from cti.core.plan import Door
from cti.core.ports import CALLER_ID
from cti.core.state import State
from cti.core.states import Outcome
from cti.core.zone import site_zone

CONNECT, SURPLUS, LOOK, PROMISE = "line_connect", "line_surplus", "preview_look", "lead_promise"

FATES, FATE_MS = 40, 5_000
"""Of so many who answered it is kept whether they were left alone; of one in each so long (ms), so that a moment in
which nothing went on does not count many times."""

TYPICAL_AGENTS, TYPICAL_CEILING_PPM = 20, 30_000
"""How many agents a pool is taken to have, and under which ceiling, until it is paced for the first time."""


def run_of(state: State, campaign_id: str) -> CampaignRun:
    """How the campaign stands; one that nobody ever started is stopped."""
    return state.runs.get(campaign_id) or CampaignRun(campaign_id=campaign_id)


def pool_of(state: State, pool_id: str) -> Pool:
    """What the pool has learnt; one that never dialled begins with what is known of others."""
    return state.pools.get(pool_id) or fresh_pool(pool_id, TYPICAL_AGENTS, TYPICAL_CEILING_PPM)


def fresh_pool(pool_id: str, agents: int, ceiling_ppm: int) -> Pool:
    """So many agents, under this ceiling."""
    return Pool(pool_id=pool_id, theta=theta.starting(agents, ceiling_ppm), knowledge=Knowledge(pool_id=pool_id))


def apply_status_changed(state: State, event: CampaignStatusChanged, now: Moment) -> None:
    run, status = run_of(state, event.campaign_id), RunStatus(event.status)
    fresh = changed(run, status=status, since=now.at, by=event.by, claim_after=0, served=event.served)
    fresh = changed(fresh, barred=0, fates=0, fate_at=0, why=event.reason)
    state.runs.put(event.campaign_id, fresh)
    if fresh.promised_at:
        state.deadlines.add(fresh.promised_at, PROMISE, event.campaign_id)


def apply_tuned(state: State, event: CampaignTuned, now: Moment) -> None:
    state.runs.put(event.campaign_id, changed(run_of(state, event.campaign_id), tuned=event.settings))


UNSENT = ("WITHDRAWN", "UNREACHABLE", "ABSENT", CALLER_ID)
"""Why a leg that was asked for surely never rang, and nobody's number is to blame: it grew late or was given up before
it left, nobody took it, it got lost on the way, or we may not call from our number."""

BARRED = (Outcome.BLOCKED, Outcome.FAILED)
"""Outcomes of which many in a row say more of us, or of the carrier, than of those who were called."""


def apply_lead_taken(state: State, event: LeadTaken, now: Moment) -> None:
    held, run = state.leads[event.lead_key], run_of(state, event.campaign_id)
    state.leads.put(event.lead_key, changed(held, leg_id=event.leg_id))
    state.runs.put(event.campaign_id, changed(run, served=run.served + 1))
    line = Line(
        leg_id=event.leg_id,
        campaign_id=event.campaign_id,
        pool_id=event.pool_id,
        lead_key=event.lead_key,
        begun_at=now.at,
        number_index=event.number_index,
        traits=event.traits,
        chance_ppm=event.chance_ppm,
        bounds=event.bounds,
        connect_ms=event.connect_ms,
        after_greeting=event.after_greeting,
        agent_id=event.agent_id,
        config_hash=state.config_hash,
        guaranteed=event.guaranteed,
    )
    state.lines.put(event.leg_id, line)


def apply_lead_returned(state: State, event: LeadReturned, now: Moment) -> None:
    state.lines.drop(event.leg_id)


def apply_lead_over(state: State, event: LeadScheduled, now: Moment) -> None:
    """The campaign has it no more; the store, which is some records behind, may still offer it."""
    key = lead_key(event.campaign_id, event.lead_id)
    held = state.leads.get(key)
    if held and held.leg_id:
        state.lines.drop(held.leg_id)
    if held and event.success:
        _count_success(state, held, now.seq)
    state.leads.drop(key)
    state.lead_marks.put(key, now.seq)


def _count_success(state: State, held: HeldLead, seq: int) -> None:
    """Where its segment has a quota."""
    run, segment = run_of(state, held.campaign_id), held.lead.segment
    if segment in dict(run.successes):
        state.runs.put(held.campaign_id, changed(run, newer=(*run.newer, (segment, seq))))


def apply_leads_released(state: State, event: LeadsReleased, now: Moment) -> None:
    for lead_id in event.lead_ids:
        state.leads.drop(lead_key(event.campaign_id, lead_id))


def _set(state: State, leg_id: str, **fields: Any) -> None:
    line = state.lines.get(leg_id)
    if line:
        state.lines.put(leg_id, changed(line, **fields))


def apply_attempt_started(state: State, event: AttemptStarted, now: Moment) -> None:
    _set(state, event.leg_id, dialled_at=now.at)


def apply_previews_put_off(state: State, event: PreviewsPutOff, now: Moment) -> None:
    state.runs.put(event.campaign_id, changed(run_of(state, event.campaign_id), look_at=event.look_at))
    if event.look_at:
        state.deadlines.add(event.look_at, LOOK, event.campaign_id)


def apply_dial_progressed(state: State, event: DialProgressed, now: Moment) -> None:
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, stage=event.stage))


def apply_surplus(state: State, event: LineSurplus, now: Moment) -> None:
    _set(state, event.leg_id, give_up_at=event.give_up_at)
    state.deadlines.add(event.give_up_at, SURPLUS, event.leg_id)


def apply_refused(state: State, event: LegRefused, now: Moment) -> None:
    """By the carrier; or it never came so far, and says nothing of who was to be called."""
    _set(state, event.leg_id, unsent=event.code in UNSENT)


def apply_alerting(state: State, event: LegAlerting, now: Moment) -> None:
    leg = state.find_leg(event.leg_id, event.provider_ref)
    if leg:
        _set(state, leg.leg_id, alerting_at=now.at)


def apply_answered(state: State, event: LegAnswered, now: Moment) -> None:
    """The carrier's report may come before the question what to hear, or after it."""
    leg = state.find_leg(event.leg_id, event.provider_ref)
    line = state.lines.get(leg.leg_id) if leg else None
    if line and not line.answered_at:
        _set(state, line.leg_id, answered_at=max(line.dialled_at, now.at - event.waited_ms))


def apply_plan_requested(state: State, event: PlanRequested, now: Moment) -> None:
    """What was not read at once tells of an answer that is older: at worst as old as it may have waited."""
    line = state.lines.get(event.leg_id)
    if line and event.waited_ms and event.door is Door.ANSWERED and not line.answered_at:
        _set(state, line.leg_id, answered_at=max(line.dialled_at, now.at - event.waited_ms))


def apply_contact_started(state: State, event: ContactStarted, now: Moment) -> None:
    """Somebody answered, perhaps a while ago: who is told apart first asks what to hear only then. Or an agent is about
    to call. Where the campaign is gone they hear what it had to say when it called."""
    if not event.attempt_id:
        return
    attempt, line = state.overlay.attempts.get(event.attempt_id), state.lines.get(event.attempt_id)
    if line:
        answered_at = 0 if event.agent_id else line.answered_at or now.at
        _set(state, line.leg_id, contact_id=event.contact_id, answered_at=answered_at)
    if attempt:
        state.overlay.put_attempt(changed(attempt, contact_id=event.contact_id))
    if line and line.config_hash in state.configs and not _is_dialled(state, event.campaign_id):
        contact = state.contacts[event.contact_id]
        state.contacts.put(event.contact_id, changed(contact, config_hash=line.config_hash))
    held = state.leads.get(line.lead_key) if line else None
    if held:
        contact, customer = state.contacts[event.contact_id], held.lead.customer
        known = {"look_up": "found", "customers": (customer,)} if customer else {}
        state.contacts.put(event.contact_id, changed(contact, attributes=held.lead.attributes, **known))


def _is_dialled(state: State, campaign_id: str) -> bool:
    campaign = state.config.calling.campaigns.get(campaign_id)
    return campaign is not None and campaign.dialling is not None


def apply_answer_awaited(state: State, event: AnswerAwaited, now: Moment) -> None:
    line = state.lines.get(event.attempt_id)
    _set(state, event.attempt_id, connect_by=event.connect_by, answered_at=line.answered_at or now.at if line else 0)
    state.deadlines.add(event.connect_by, CONNECT, event.attempt_id)


def apply_greeting_ended(state: State, event: GreetingEnded, now: Moment) -> None:
    _set(state, event.leg_id, greeting_at=now.at - event.ago_ms)


def apply_classified(state: State, event: AttemptClassified, now: Moment) -> None:
    _set(state, event.attempt_id, classified_at=now.at, outcome=event.outcome)


def apply_connected(state: State, event: AttemptConnected, now: Moment) -> None:
    _set(state, event.attempt_id, connected_at=now.at, connect_by=0)


def apply_abandoned(state: State, event: AttemptAbandoned, now: Moment) -> None:
    """Whoever nobody is on the way to is in line for nobody any more."""
    _set(state, event.attempt_id, abandoned_at=now.at, connect_by=0)
    contact = state.contacts.get(event.contact_id)
    if contact and not event.late:
        moved = CONTACT_TRANSITIONS[contact.state][AttemptAbandoned]
        state.contacts.put(event.contact_id, changed(contact, state=moved))


def apply_message_begun(state: State, event: MessageBegun, now: Moment) -> None:
    """Into a flow; where it was before is over for it."""
    contact = state.contacts[event.contact_id]
    state.contacts.put(event.contact_id, changed(contact, flow_id=event.flow_id, step_id=""))


def apply_answer_counted(state: State, event: LiveAnswerCounted, now: Moment) -> None:
    """A line that a person answered: the pool learns that, too."""
    line = state.lines.get(event.attempt_id)
    if line is None:
        return
    state.lines.put(event.attempt_id, changed(line, counted=True))
    _learn_line(state, line, now.at, answered=True)
    _count_today(state, line, now.at, answers=1, abandoned=int(event.abandoned))
    _note_fate(state, line, now.at, abandoned=event.abandoned)
    day = day_of(now.at, site_zone(state.config))
    for ledger_id in ledger_ids(line.bounds):
        ledger = state.ledgers.get(ledger_id) or Ledger(ledger_id=ledger_id)
        state.ledgers.put(ledger_id, counted(ledger, day, answers=1, abandoned=int(event.abandoned)))
    if event.target_ppm:
        pool = pool_of(state, event.pool_id)
        learnt = theta.theta_after(pool.theta, abandoned=event.abandoned, target_ppm=event.target_ppm)
        state.pools.put(event.pool_id, changed(pool, theta=learnt))


def apply_detection_judged(state: State, event: DetectionJudged, now: Moment) -> None:
    run, day = run_of(state, event.campaign_id), day_of(now.at, site_zone(state.config))
    days = judged(run.detection, day, machine=event.machine, heard=event.heard)
    state.runs.put(event.campaign_id, changed(run, detection=days))


def apply_attempt_ended(state: State, event: AttemptEnded, now: Moment) -> None:
    """The line is kept until it is decided what is done next with the lead."""
    line = state.lines.get(event.attempt_id)
    if line is None:
        return
    if not line.counted and not line.connected_at and not line.unsent:
        _learn_line(state, line, now.at, answered=False)
    if line.connected_at and event.outcome is Outcome.HUMAN:
        _count_today(state, line, now.at, connects=1)
    _set(state, event.attempt_id, ended_at=now.at, outcome=event.outcome, connect_by=0)
    run = run_of(state, line.campaign_id)
    barred = run.barred if line.unsent else (run.barred + 1) * (event.outcome in BARRED)
    if barred != run.barred:
        state.runs.put(line.campaign_id, changed(run, barred=barred))


def _count_today(state: State, line: Line, at: int, connects: int = 0, answers: int = 0, abandoned: int = 0) -> None:
    run, day = run_of(state, line.campaign_id), day_of(at, site_zone(state.config))
    before = run.today if run.today.day == day else Today(day=day)
    today = Today(
        day=day,
        connects=before.connects + connects,
        answers=before.answers + answers,
        abandoned=before.abandoned + abandoned,
    )
    state.runs.put(line.campaign_id, changed(run, today=today))


def _note_fate(state: State, line: Line, at: int, *, abandoned: bool) -> None:
    """One of those who answer within `FATE_MS`."""
    run = run_of(state, line.campaign_id)
    if at - run.fate_at >= FATE_MS:
        fates = (run.fates << 1 | abandoned) & ((1 << FATES) - 1)
        state.runs.put(line.campaign_id, changed(run, fates=fates, fate_at=at))


def _learn_line(state: State, line: Line, at: int, *, answered: bool) -> None:
    pool = pool_of(state, line.pool_id)
    age_ms = (line.answered_at or at) - line.dialled_at
    knowledge = learnt_line(pool.knowledge, at, age_ms, answered=answered, traits=line.traits)
    state.pools.put(line.pool_id, changed(pool, knowledge=knowledge))


def apply_contact_ended(state: State, event: ContactEnded, now: Moment) -> None:
    """How long agents talk."""
    line = state.lines.get(state.contacts[event.contact_id].attempt_id)
    if line and event.talk_ms:
        pool = pool_of(state, line.pool_id)
        state.pools.put(line.pool_id, changed(pool, knowledge=learnt_talk(pool.knowledge, event.talk_ms)))


def apply_wrap_up_ended(state: State, event: WrapUpEnded, now: Moment) -> None:
    """And how long they need afterwards."""
    contact = state.contacts.get(event.contact_id)
    line = state.lines.get(contact.attempt_id) if contact else None
    if contact and line and contact.ended_at:
        pool = pool_of(state, line.pool_id)
        knowledge = learnt_wrap(pool.knowledge, now.at - contact.ended_at)
        state.pools.put(line.pool_id, changed(pool, knowledge=knowledge))


def apply_pool_begun(state: State, event: PoolBegun, now: Moment) -> None:
    pool, known = fresh_pool(event.pool_id, event.agents, event.ceiling_ppm), state.pools.get(event.learnt_from)
    if known:
        pool = changed(pool, theta=known.theta, knowledge=changed(known.knowledge, pool_id=event.pool_id))
    state.pools.put(event.pool_id, pool)


def apply_paced(state: State, event: LinesPaced, now: Moment) -> None:
    pool = pool_of(state, event.pool_id)
    moved = theta.decided(pool.theta, event.exposure, blocked=event.blocked)
    state.pools.put(event.pool_id, changed(pool, theta=moved))


APPLY: dict[type, Callable[[State, Any, Moment], None]] = {
    CampaignStatusChanged: apply_status_changed,
    CampaignTuned: apply_tuned,
    LeadTaken: apply_lead_taken,
    LeadReturned: apply_lead_returned,
    LeadScheduled: apply_lead_over,
    LeadsReleased: apply_leads_released,
    AttemptStarted: apply_attempt_started,
    LegAlerting: apply_alerting,
    LegAnswered: apply_answered,
    PlanRequested: apply_plan_requested,
    LegRefused: apply_refused,
    ContactStarted: apply_contact_started,
    AnswerAwaited: apply_answer_awaited,
    GreetingEnded: apply_greeting_ended,
    AttemptClassified: apply_classified,
    AttemptConnected: apply_connected,
    AttemptAbandoned: apply_abandoned,
    MessageBegun: apply_message_begun,
    LiveAnswerCounted: apply_answer_counted,
    AttemptEnded: apply_attempt_ended,
    DetectionJudged: apply_detection_judged,
    ContactEnded: apply_contact_ended,
    WrapUpEnded: apply_wrap_up_ended,
    LinesPaced: apply_paced,
    PoolBegun: apply_pool_begun,
    LineSurplus: apply_surplus,
    PreviewsPutOff: apply_previews_put_off,
    DialProgressed: apply_dial_progressed,
}
"""Beside what other rooms make of the same events: these rows are nobody else's."""
