"""Campaigns are started, paused, drained and stopped."""

from cti.core.apply.campaigns import run_of
from cti.core.campaign import CampaignRun, Line, RunStatus
from cti.core.campaign_config import CampaignDialling
from cti.core.events import (
    AttemptEnded,
    CampaignControlRefused,
    CampaignControlRequested,
    CampaignStatusChanged,
    ConfigApplied,
    ContactClosed,
    LeadReturned,
    OfferWithdrawn,
)
from cti.core.pools import DIALLED, pools_of
from cti.core.state import State
from cti.core.states import OfferState, WithdrawReason
from cti.core.tuning import tuned_campaign
from cti.core.turn import Turn

ACTIONS = {
    "start": RunStatus.RUNNING,
    "pause": RunStatus.PAUSED,
    "drain": RunStatus.DRAINING,
    "stop": RunStatus.STOPPED,
}


def decide_control(turn: Turn, event: CampaignControlRequested) -> None:
    """At once. Lines in the air are never cut: who rings has a right to be heard out. What has not left is taken
    back."""
    campaign = turn.state.config.calling.campaigns.get(event.campaign_id)
    status = ACTIONS.get(event.action)
    if campaign is None:
        _refuse(turn, event, "unknown_campaign", "There is no such campaign: see the files of campaigns/.")
    elif status is None:
        _refuse(turn, event, "unknown_action", f"Say one of these: {', '.join(ACTIONS)}.")
    elif status is RunStatus.RUNNING and (campaign.dialling is None or campaign.mode not in DIALLED):
        _refuse(turn, event, "not_dialled", "Its file says nothing about dialling: give it a queue and lists.")
    else:
        _change(turn, event.campaign_id, status, event.by, "", event.request_id)


def _refuse(turn: Turn, event: CampaignControlRequested, code: str, detail: str) -> None:
    turn.emit(
        CampaignControlRefused(
            campaign_id=event.campaign_id, code=code, detail=detail, by=event.by, request_id=event.request_id
        )
    )


def _change(turn: Turn, campaign_id: str, status: RunStatus, by: str, reason: str, request_id: str = "") -> None:
    turn.emit(
        CampaignStatusChanged(
            campaign_id=campaign_id,
            status=status,
            by=by,
            reason=reason,
            request_id=request_id,
            served=_fair_start(turn.state, run_of(turn.state, campaign_id)),
        )
    )
    if status is not RunStatus.RUNNING:
        _take_back(turn, campaign_id)
        _stop_if_drained(turn, campaign_id)


def _fair_start(state: State, run: CampaignRun) -> int:
    """Who begins does not catch up on what the others had before."""
    pool, own = pools_of(state).by_campaign.get(run.campaign_id), _dialling(state, run.campaign_id)
    if pool is None or own is None:
        return run.served
    others = [
        each.served * own.share // how.share
        for each in (run_of(state, campaign_id) for campaign_id in pool.campaign_ids)
        if each.campaign_id != run.campaign_id and each.status is RunStatus.RUNNING
        if (how := _dialling(state, each.campaign_id))
    ]
    return max(run.served, min(others)) if others else run.served


def _dialling(state: State, campaign_id: str) -> CampaignDialling | None:
    campaign = tuned_campaign(state, campaign_id)
    return campaign.dialling if campaign else None


def _take_back(turn: Turn, campaign_id: str) -> None:
    """Lines that wait for the carrier's rate, or for what is to be known of a number."""
    for line in turn.state.lines.in_order():
        if line.campaign_id == campaign_id and not line.dialled_at:
            _take_line_back(turn, line)


def _take_line_back(turn: Turn, line: Line) -> None:
    """Whoever is shown the lead is shown it no longer."""
    contact = turn.state.contacts.get(line.contact_id)
    offer = contact.offer if contact else None
    if contact and offer and offer.state is OfferState.PENDING:
        turn.emit(
            OfferWithdrawn(
                offer_id=offer.offer_id,
                contact_id=contact.contact_id,
                agent_id=offer.agent_id,
                reason=WithdrawReason.NOT_WANTED,
            )
        )
    else:
        turn.release(line.leg_id)


def pause(turn: Turn, campaign_id: str, reason: str) -> None:
    """Nobody asked for it: `reason` says why, and what to look at."""
    _change(turn, campaign_id, RunStatus.PAUSED, "", reason)


def decide_maybe_drained(turn: Turn, event: AttemptEnded | LeadReturned | ContactClosed) -> None:
    """Whatever was the last of it."""
    for run in turn.state.runs.in_order():
        if run.status is RunStatus.DRAINING:
            _stop_if_drained(turn, run.campaign_id)


def _stop_if_drained(turn: Turn, campaign_id: str) -> None:
    state = turn.state
    run = run_of(state, campaign_id)
    if run.status is not RunStatus.DRAINING:
        return
    lines = any(line.campaign_id == campaign_id for line in state.lines.rows.values())
    talks = any(contact.campaign_id == campaign_id for contact in state.contacts.rows.values())
    if not lines and not talks:
        _change(turn, campaign_id, RunStatus.STOPPED, run.by, "drained")


def decide_config_applied(turn: Turn, event: ConfigApplied) -> None:
    """A campaign that is no more, or is not dialled any more, stops."""
    campaigns = turn.state.config.calling.campaigns
    for run in turn.state.runs.in_order():
        campaign = campaigns.get(run.campaign_id)
        dialled = campaign is not None and campaign.dialling is not None and campaign.mode in DIALLED
        if run.status is not RunStatus.STOPPED and not dialled:
            _change(turn, run.campaign_id, RunStatus.STOPPED, "", "removed from the configuration")
