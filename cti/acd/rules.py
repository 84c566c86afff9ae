"""What the distributor does when something happens: one table from event type to functions, in order."""

from cti.acd import connecting, forcing, nailed_up, offers, phones, presence, relook, waiting, wrap_up
from cti.core import events as e

RULES = {
    e.ConfigApplied: (relook.decide_config_applied,),
    e.QueueRequested: (waiting.decide_queue_requested,),
    e.PositionAsked: (waiting.decide_position_asked,),
    e.AttemptAbandoned: (offers.decide_abandoned,),
    e.MessageBegun: (offers.decide_abandoned,),
    e.ContactQueued: (offers.decide_contact_queued,),
    e.OfferAcknowledged: (offers.decide_acknowledged,),
    e.AcceptRequested: (offers.decide_accept,),
    e.DeclineRequested: (offers.decide_decline,),
    e.OfferDeclined: (nailed_up.decide_moved_on, offers.decide_offer_over),
    e.OfferExpired: (nailed_up.decide_moved_on, offers.decide_offer_over),
    e.OfferWithdrawn: (nailed_up.decide_moved_on, offers.decide_offer_over),
    e.AgentSignedIn: (nailed_up.decide_signed_in,),
    e.AgentSignedOut: (nailed_up.decide_signed_out,),
    e.AgentAbsent: (connecting.decide_agent_absent, nailed_up.decide_absent),
    e.AgentLegNailedUp: (offers.decide_agent_free,),
    e.OfferMade: (phones.decide_offer_made,),
    e.LegAlerting: (phones.decide_alerting,),
    e.LegAnswered: (phones.decide_alerting,),
    e.LegHeld: (phones.decide_held,),
    e.OfferAccepted: (nailed_up.decide_accepted, connecting.decide_accepted),
    e.CallArrived: (nailed_up.decide_call_arrived,),
    e.AgentReady: (nailed_up.decide_ready, offers.decide_agent_free),
    e.WrapUpStarted: (offers.decide_agent_free,),
    e.WrapUpEnded: (offers.decide_agent_free,),
    e.AssignmentReleased: (offers.decide_agent_free,),
    e.DeviceProven: (offers.decide_agent_free,),
    e.AgentLegGone: (offers.decide_agent_free,),
    e.AgentReturned: (offers.decide_agent_free,),
    e.DesktopConnected: (presence.decide_connected, offers.decide_agent_free),
    e.DesktopDisconnected: (presence.decide_disconnected,),
    e.SignInRequested: (presence.decide_sign_in,),
    e.SignOutRequested: (presence.decide_sign_out,),
    e.ReadyRequested: (presence.decide_ready,),
    e.NotReadyRequested: (presence.decide_not_ready,),
    e.ProbeAnswered: (presence.decide_probe,),
    e.StateForced: (forcing.decide_state_forced,),
    e.CallJoined: (connecting.decide_call_joined, nailed_up.decide_call_joined),
    e.CallLeft: (connecting.decide_call_left, nailed_up.decide_call_left),
    e.CallEnded: (connecting.decide_call_ended, nailed_up.decide_call_ended),
    e.LegEnded: (connecting.decide_leg_ended, nailed_up.decide_leg_gone),
    e.CommandFailed: (connecting.decide_command_failed,),
    e.LegChecked: (connecting.decide_leg_checked, nailed_up.decide_leg_checked),
    e.LegRefused: (connecting.decide_leg_refused, nailed_up.decide_leg_gone),
    e.PlanRequested: (connecting.decide_came_back, nailed_up.decide_came_back, phones.decide_plan_requested),
    e.HangUpRequested: (connecting.decide_hang_up,),
    e.ContactTransferred: (wrap_up.decide_transferred, nailed_up.decide_moved_on),
    e.ContactForwarded: (wrap_up.decide_transferred, nailed_up.decide_moved_on),
    e.ContactRequeued: (wrap_up.decide_requeued, offers.decide_contact_queued, nailed_up.decide_moved_on),
    e.ConsultEnded: (wrap_up.decide_consult_ended, nailed_up.decide_consult_ended),
    e.ContactEnded: (connecting.decide_contact_ended, wrap_up.decide_contact_ended, nailed_up.decide_contact_ended),
    e.ContactQuarantined: (connecting.decide_quarantined,),
    e.DispositionGiven: (wrap_up.decide_disposition,),
    e.WrapUpEndRequested: (wrap_up.decide_wrap_up_end,),
}

PROMISES = (
    offers.PROMISES | connecting.PROMISES | wrap_up.PROMISES | presence.PROMISES | relook.PROMISES | nailed_up.PROMISES
)

DUE = offers.DUE | connecting.DUE | wrap_up.DUE | presence.DUE | relook.DUE | nailed_up.DUE
