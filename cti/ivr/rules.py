"""What flows do when something happens: one table from event type to functions."""

from cti.core import events as e
from cti.ivr import answers, arrival, waiting

RULES = {
    e.CallArrived: (arrival.decide_call_arrived,),
    e.ContactStarted: (arrival.decide_contact_started,),
    e.MessageBegun: (arrival.decide_message_begun,),
    e.PlanRequested: (answers.decide_plan_requested,),
    e.ContactQueued: (waiting.decide_contact_queued,),
    e.LegEnded: (answers.decide_leg_ended,),
    e.VoicemailLeft: (answers.decide_message_left,),
    e.QueueRefused: (answers.decide_queue_refused,),
    e.PositionTold: (waiting.decide_position_told,),
    e.RecordingEnded: (answers.decide_recording_ended,),
    e.RecordingsSettled: (answers.decide_recordings_settled,),
    e.CustomersFound: (answers.decide_customers_found,),
}

PROMISES = answers.PROMISES

DUE = answers.DUE
