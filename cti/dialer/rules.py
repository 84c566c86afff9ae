"""What the dialer does when something happens: one table from event type to functions."""

from cti.core import events as e
from cti.dialer import placing, rate, spend

RULES = {
    e.DialRequested: (rate.decide_dial_requested,),
    e.DialCleared: (placing.decide_dial_cleared, spend.decide_dial_cleared),
    e.DialRefused: (placing.decide_dial_refused,),
    e.ReleaseRequested: (rate.decide_released,),
    e.LegEnded: (rate.decide_leg_gone, spend.decide_leg_over),
    e.LegRefused: (rate.decide_leg_gone, spend.decide_leg_over),
    e.LegAnswered: (spend.decide_answered,),
    e.CallJoined: (spend.decide_answered,),
    e.ContactRequeued: (spend.decide_contact_over,),
    e.ContactEnded: (spend.decide_contact_over,),
    e.SpendCommitted: (spend.decide_counted,),
    e.SpendMinuteBegan: (spend.decide_counted,),
    e.ConfigApplied: (rate.decide_config_applied,),
    e.InputRejected: (rate.decide_input_rejected,),
    e.DialsResumeRequested: (rate.decide_resume,),
}

PROMISES = {**rate.PROMISES, **spend.PROMISES}

DUE = {**rate.DUE, **spend.DUE}
