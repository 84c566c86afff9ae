"""Is a command still wanted? Asked before it is repeated, and for every unfinished one after a restart."""

from cti.core.call import Leg
from cti.core.commands import (
    AnyCommand,
    CheckLeg,
    CheckRecordings,
    ClaimLeads,
    CoachLeg,
    EndCall,
    FindSuppression,
    GatherCallFacts,
    HangUpLeg,
    HoldLeg,
    KeepCall,
    LookUpCustomer,
    MuteLeg,
    Originate,
    RecordLeg,
    RedirectLeg,
    SendDigits,
)
from cti.core.plan import Join
from cti.core.state import State
from cti.core.states import LegState, RecordingAction


def still_wanted(state: State, command: AnyCommand) -> bool:
    """False once what it was to bring about has happened, or its reason is gone."""
    if isinstance(command, LookUpCustomer):
        contact = state.contacts.get(command.contact_id)
        return contact is not None and contact.look_up == "pending"
    if isinstance(command, GatherCallFacts):
        return command.dial_id in state.gathering
    if isinstance(command, FindSuppression):
        return True
    if isinstance(command, ClaimLeads):
        run = state.runs.get(command.campaign_id)
        return run is not None and run.claim_id == command.claim_id
    if isinstance(command, CheckRecordings):
        return command.leg_id in state.recorded
    if isinstance(command, EndCall):
        return True
    leg = state.legs.get(getattr(command, "leg_id", ""))
    if isinstance(command, HangUpLeg):
        return leg is None or leg.state is not LegState.ENDED
    if leg is None or leg.state is LegState.ENDED:
        return False
    if isinstance(command, CheckLeg):
        return True
    if isinstance(command, KeepCall) and not command.ends_call:  # the more so as it is about to leave
        return leg.call_id == command.call_id
    if leg.released:
        return False
    if isinstance(command, Originate):
        return not leg.provider_ref and leg.state is LegState.INITIATED
    if isinstance(command, RedirectLeg):
        joins = [verb.call_id for verb in command.plan.verbs if isinstance(verb, Join)]
        return leg.nonce == command.nonce and not (joins and leg.call_id == joins[0])
    if isinstance(command, HoldLeg | MuteLeg | KeepCall | SendDigits | CoachLeg):
        return leg.call_id == command.call_id
    return not _is_taken_back(state, leg, command)


def _is_taken_back(state: State, leg: Leg, command: RecordLeg) -> bool:
    """A pause or its end after which something else was asked for: a recording that goes on although the agent has
    paused it anew has a card's number in it."""
    contact = state.contacts.get(leg.contact_id)
    if contact is None or command.action not in (RecordingAction.PAUSE, RecordingAction.RESUME):
        return False
    return contact.recording_asked not in (None, command.action)
