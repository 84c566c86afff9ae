"""A leg that was cleared is asked of the carrier; one that was not counts as refused."""

from cti.core.base import changed
from cti.core.campaign_config import CampaignDialling, leaves_messages
from cti.core.events import AttemptStarted, DialCleared, DialRefused, LegRefused
from cti.core.placing import originate
from cti.core.states import ContactState, LegState
from cti.core.tuning import tuned_campaign
from cti.core.turn import Turn


def decide_dial_cleared(turn: Turn, event: DialCleared) -> None:
    """Unless it was given up meanwhile. Who is called for a campaign sees its number, and is rung for no longer than
    was judged."""
    leg = turn.state.legs.get(event.leg_id)
    if leg is None or leg.state is LegState.ENDED:
        return
    command = originate(turn.state, leg)
    campaign = tuned_campaign(turn.state, event.campaign_id) if event.clearance else None
    if campaign:
        caller_id = campaign.caller_id or command.caller_id
        command = changed(command, caller_id=caller_id, timeout_s=campaign.ring_s, leave_by=event.leave_by)
    line, contact = turn.state.lines.get(event.leg_id), turn.state.contacts.get(event.contact_id)
    by_agent = contact is not None and contact.leg_id == event.leg_id and contact.state is ContactState.DIALLING
    if line and campaign:
        held = turn.state.leads[line.lead_key]
        turn.emit(
            AttemptStarted(
                campaign_id=line.campaign_id,
                attempt_id=line.leg_id,
                lead_id=held.lead.lead_id,
                leg_id=line.leg_id,
                number_index=line.number_index,
            )
        )
    if campaign and (line or by_agent):
        how = campaign.dialling or CampaignDialling()
        detect = "off" if by_agent else how.answering.detect
        to_beep = not by_agent and leaves_messages(how)
        command = changed(command, screened=False, called=True, detect=detect, to_beep=to_beep)
    turn.ask(command)


def decide_dial_refused(turn: Turn, event: DialRefused) -> None:
    """With the rule that says so."""
    if event.leg_id in turn.state.legs:
        turn.emit(LegRefused(leg_id=event.leg_id, code="NOT_ALLOWED", detail=f"{event.rule}: {event.detail}"))
