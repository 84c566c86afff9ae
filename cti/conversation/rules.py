"""What happens while somebody talks: one table from event type to functions, in order."""

from collections.abc import Callable

from cti.conversation import accounting, consult, holding, parting, recording, supervision, telling, transfer
from cti.core import events as e
from cti.core.deadlines import Promised
from cti.core.turn import Turn

_GONE = (
    parting.decide_leg_gone,
    consult.decide_leg_gone,
    supervision.decide_leg_gone,
    transfer.decide_agent_gone,
)

_RULES: dict[type, tuple[Callable[..., None], ...]] = {
    e.HoldRequested: (holding.decide_hold,),
    e.RetrieveRequested: (holding.decide_retrieve,),
    e.MuteRequested: (holding.decide_mute,),
    e.DigitsRequested: (holding.decide_digits,),
    e.TransferRequested: (transfer.decide_transfer,),
    e.ContactQueued: (transfer.decide_queued,),
    e.QueueRefused: (transfer.decide_queue_refused,),
    e.DialCleared: (transfer.decide_dial_cleared, consult.decide_dial_cleared),
    e.DialRefused: (transfer.decide_dial_refused, supervision.decide_dial_refused),
    e.ConsultRequested: (consult.decide_consult,),
    e.ConsultEndRequested: (consult.decide_consult_end,),
    e.ConferenceRequested: (consult.decide_conference,),
    e.LegRetrieved: (consult.decide_retrieved,),
    e.OfferDeclined: (consult.decide_offer_over,),
    e.OfferExpired: (consult.decide_offer_over,),
    e.OfferWithdrawn: (consult.decide_offer_over,),
    e.CallJoined: (consult.decide_call_joined, supervision.decide_call_joined),
    e.CallLeft: (
        parting.decide_leg_gone,
        consult.decide_leg_gone,
        supervision.decide_leg_gone,
        transfer.decide_agent_gone,
    ),
    e.LegEnded: (
        parting.decide_leg_gone,
        consult.decide_leg_gone,
        supervision.decide_leg_gone,
        transfer.decide_agent_gone,
    ),
    e.LegChecked: (transfer.decide_leg_checked,),
    e.LegRefused: (consult.decide_leg_gone, supervision.decide_leg_gone),
    e.CallEnded: (parting.decide_call_ended,),
    e.PlanRequested: (parting.decide_came_back,),
    e.HangUpRequested: (parting.decide_hang_up,),
    e.AgentAbsent: (parting.decide_agent_absent,),
    e.ContactConnected: (recording.decide_connected,),
    e.RecordingRequested: (recording.decide_requested,),
    e.RecordingStarted: (recording.decide_started,),
    e.RecordingFailed: (accounting.decide_failed,),
    e.RecordingsChecked: (accounting.decide_checked,),
    e.SupervisionRequested: (supervision.decide_requested,),
    e.SupervisionEndRequested: (supervision.decide_end_requested,),
    e.ContactTransferred: (recording.decide_over, supervision.decide_over),
    e.ContactForwarded: (recording.decide_over, supervision.decide_over),
    e.ContactRequeued: (recording.decide_over, supervision.decide_over),
    e.ContactEnded: (consult.decide_contact_ended, supervision.decide_over),
}

RULES = {kind: (*_RULES.get(kind, ()), *telling.RULES.get(kind, ())) for kind in {**_RULES, **telling.RULES}}
"""Who talks is told last, of everything that the others did about it."""

PROMISES: dict[str, Promised] = {**accounting.PROMISES}

DUE: dict[str, Callable[[Turn, str], None]] = {**accounting.DUE}
