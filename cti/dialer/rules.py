"""What the dialer does when something happens: one table from event type to functions."""

from cti.core import events as e
from cti.dialer import (
    abandoning,
    answering,
    attempts,
    claims,
    control,
    gathering,
    launching,
    placing,
    rate,
    recycling,
    registries,
    spend,
    suppression,
    surplus,
)

RULES = {
    e.DialRequested: (rate.decide_dial_requested,),
    e.CallFactsGathered: (gathering.decide_facts_gathered,),
    e.DialCleared: (placing.decide_dial_cleared, spend.decide_dial_cleared),
    e.DialRefused: (placing.decide_dial_refused, recycling.decide_refused),
    e.ReleaseRequested: (rate.decide_released,),
    e.LegEnded: (rate.decide_leg_gone, spend.decide_leg_over, attempts.decide_leg_over),
    e.LegRefused: (rate.decide_leg_gone, spend.decide_leg_over, attempts.decide_leg_over),
    e.LegAnswered: (spend.decide_answered, attempts.decide_answered),
    e.CallJoined: (spend.decide_answered, attempts.decide_answered),
    e.ContactConnected: (attempts.decide_connected,),
    e.ContactRequeued: (spend.decide_contact_over,),
    e.ContactEnded: (spend.decide_contact_over,),
    e.SpendCommitted: (spend.decide_counted,),
    e.SpendMinuteBegan: (spend.decide_counted,),
    e.ConfigApplied: (rate.decide_config_applied, control.decide_config_applied),
    e.InputRejected: (rate.decide_input_rejected,),
    e.DialsResumeRequested: (rate.decide_resume,),
    e.SuppressionRequested: (suppression.decide_requested,),
    e.SuppressionRemovalRequested: (suppression.decide_removal_requested,),
    e.SuppressionFound: (suppression.decide_found,),
    e.SuppressionAdded: (suppression.decide_added,),
    e.RegistrySwitchRequested: (registries.decide_requested,),
    e.RegistrySwitchConfirmed: (registries.decide_confirmed,),
    e.CampaignControlRequested: (control.decide_control,),
    e.CampaignStatusChanged: (claims.decide_status_changed,),
    e.LeadsClaimed: (claims.decide_claimed,),
    e.PacingComputed: (launching.decide_paced,),
    e.DialWithdrawn: (recycling.decide_withdrawn,),
    e.AgentAbsent: (surplus.decide_agent_gone,),
    e.AgentNotReady: (surplus.decide_agent_gone,),
    e.AgentLegLost: (surplus.decide_agent_gone,),
    e.AgentSignedOut: (surplus.decide_agent_gone,),
    e.DeviceSuspected: (surplus.decide_agent_gone,),
    e.LeadReturned: (control.decide_maybe_drained,),
    e.PlanRequested: (answering.decide_answered,),
    e.ContactStarted: (answering.decide_contact_started,),
    e.ContactQueued: (answering.decide_queued,),
    e.AnswerAwaited: (answering.decide_awaited,),
    e.GreetingEnded: (answering.decide_greeting_ended,),
    e.AttemptConnected: (abandoning.decide_connected,),
    e.AttemptClassified: (answering.decide_classified, abandoning.decide_classified),
    e.AttemptAbandoned: (abandoning.decide_abandoned,),
    e.AttemptEnded: (recycling.decide_ended, control.decide_maybe_drained),
    e.ContactClosed: (recycling.decide_contact_closed, control.decide_maybe_drained),
}

_PROMISING = (rate, spend, gathering, attempts, claims, abandoning, surplus)

PROMISES = {kind: promised for room in _PROMISING for kind, promised in room.PROMISES.items()}

DUE = {kind: due for room in _PROMISING for kind, due in room.DUE.items()}
