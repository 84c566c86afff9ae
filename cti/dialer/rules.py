"""What the dialer does when something happens: one table from event type to functions."""

from cti.core import events as e
from cti.dialer import attempts, gathering, placing, rate, registries, spend, suppression

RULES = {
    e.DialRequested: (rate.decide_dial_requested,),
    e.CallFactsGathered: (gathering.decide_facts_gathered,),
    e.DialCleared: (placing.decide_dial_cleared, spend.decide_dial_cleared),
    e.DialRefused: (placing.decide_dial_refused,),
    e.ReleaseRequested: (rate.decide_released,),
    e.LegEnded: (rate.decide_leg_gone, spend.decide_leg_over, attempts.decide_leg_over),
    e.LegRefused: (rate.decide_leg_gone, spend.decide_leg_over, attempts.decide_leg_over),
    e.LegAnswered: (spend.decide_answered, attempts.decide_answered),
    e.CallJoined: (spend.decide_answered, attempts.decide_answered),
    e.ContactConnected: (attempts.decide_connected,),
    e.DispositionRecorded: (attempts.decide_disposition,),
    e.RefusalReported: (attempts.decide_refusal_reported,),
    e.ContactRequeued: (spend.decide_contact_over,),
    e.ContactEnded: (spend.decide_contact_over,),
    e.SpendCommitted: (spend.decide_counted,),
    e.SpendMinuteBegan: (spend.decide_counted,),
    e.ConfigApplied: (rate.decide_config_applied,),
    e.InputRejected: (rate.decide_input_rejected,),
    e.DialsResumeRequested: (rate.decide_resume,),
    e.SuppressionRequested: (suppression.decide_requested,),
    e.SuppressionRemovalRequested: (suppression.decide_removal_requested,),
    e.SuppressionFound: (suppression.decide_found,),
    e.SuppressionAdded: (suppression.decide_added,),
    e.RegistrySwitchRequested: (registries.decide_requested,),
    e.RegistrySwitchConfirmed: (registries.decide_confirmed,),
}

PROMISES = {**rate.PROMISES, **spend.PROMISES, **gathering.PROMISES, **attempts.PROMISES}

DUE = {**rate.DUE, **spend.DUE, **gathering.DUE, **attempts.DUE}
