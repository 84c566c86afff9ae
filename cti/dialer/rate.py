"""The queue for the carrier's calls a second: what is placed by REST leaves only with a token, the important first.

The carrier would queue them too, but blindly and unseen. What it dials itself, to forward a leg, needs no token.
"""

from cti.core.calling import SETUP_MS, Clearance
from cti.core.commands import GatherCallFacts
from cti.core.dial import HOUR_MS, PURPOSES, Dial, GatheredFacts, next_token_at
from cti.core.events import (
    CallFactsAsked,
    ConfigApplied,
    DialCleared,
    DialQueued,
    DialRefused,
    DialRequested,
    DialsResumed,
    DialsResumeRequested,
    DialsStopped,
    DialWithdrawn,
    InputRejected,
    LegEnded,
    LegRefused,
    ReleaseRequested,
    RequestAccepted,
)
from cti.core.lifecycle import NOT_SENT
from cti.core.state import State
from cti.core.states import LegState
from cti.core.turn import Turn
from cti.dialer import spend
from cti.dialer.clearance import needed
from cti.dialer.compliance import Refusal, Verdict, may_dial
from cti.dialer.state import DialerState

LEAVING_MAX = 100
"""How many leave the queue in one turn; the rest goes on at once."""

LEAVE_MS = 2_500
"""How long a request to ring somebody may take to leave (ms): what it was cleared by holds a little longer."""

ASKS_MAX = 5
"""How often it is asked what is known of one number."""

TOKEN = "dial_token"  # noqa: S105 - the carrier's rate, not a secret


def decide_dial_requested(turn: Turn, event: DialRequested) -> None:
    """Refused; or cleared, if there is room; else it waits for its turn, or first for what is to be known."""
    verdict = may_dial(turn.state, event, None, turn.now.at)
    if verdict.refusal:
        refuse(turn, event, verdict.refusal)
    elif verdict.lacking:
        turn.emit(_queued(event))
        ask_for_facts(turn, event)
    elif not event.leg_id or (len(turn.state.dials) == 0 and _has_token(turn)):
        _clear(turn, event, verdict, None)
    else:
        turn.emit(_queued(event))


def _queued(event: DialRequested) -> DialQueued:
    return DialQueued(
        dial_id=event.dial_id,
        importance=PURPOSES[event.purpose].importance,
        purpose=event.purpose,
        leg_id=event.leg_id,
        contact_id=event.contact_id,
        number=event.number,
        agent_id=event.agent_id,
        request_id=event.request_id,
        campaign_id=event.campaign_id,
        subject=event.subject,
        consent=event.consent,
        customer_at=event.customer_at,
        guaranteed=event.guaranteed,
        address=event.address,
    )


def ask_for_facts(turn: Turn, asked: DialRequested) -> None:
    """What the store and the registries know of the number."""
    campaign = turn.state.config.calling.campaigns[asked.campaign_id]
    turn.ask(
        GatherCallFacts(
            dial_id=asked.dial_id,
            campaign_id=campaign.campaign_id,
            seller=campaign.seller,
            number=asked.number,
            subject=asked.subject,
            registries=needed(turn.state, asked, campaign).to_ask,
            since_seq=turn.state.overlay.floor,
        )
    )


def _has_token(turn: Turn) -> bool:
    unlimited = turn.state.config.calls_per_second == 0
    return unlimited or turn.now.at >= next_token_at(turn.state.next_token_us)


def due_token(turn: Turn, key: str) -> None:
    """The next ones leave: whether they still may is decided now."""
    waiting = turn.state.room(DialerState).waiting
    for _ in range(LEAVING_MAX):
        if not len(waiting) or not _has_token(turn):
            return
        leave(turn, turn.state.dials[waiting.entries[0][-1]])


def leave(turn: Turn, dial: Dial) -> None:
    """The dial leaves the queue, one way or the other. What is known of its number may have become void: then it is
    asked for again, a few times."""
    asked = asked_for(dial)
    if not _is_wanted(turn.state, dial):
        turn.emit(DialWithdrawn(dial_id=dial.dial_id, leg_id=dial.leg_id))
        return
    verdict = may_dial(turn.state, asked, dial.facts, turn.now.at)
    if verdict.refusal:
        refuse(turn, asked, verdict.refusal, verdict.proof)
    elif verdict.lacking:
        ask_again(turn, dial, verdict.lacking)
    else:
        _clear(turn, asked, verdict, dial.facts)


def ask_again(turn: Turn, dial: Dial, reason: str) -> None:
    """What is known of the number does not hold."""
    if dial.asks >= ASKS_MAX:
        refuse(turn, asked_for(dial), Refusal("FACTS-STALE", f"What is known of the number is out of date: {reason}."))
        return
    turn.emit(CallFactsAsked(dial_id=dial.dial_id, reason=reason))
    ask_for_facts(turn, asked_for(dial))


def decide_config_applied(turn: Turn, event: ConfigApplied) -> None:
    """The rate may have gone up."""
    due_token(turn, "")


def asked_for(dial: Dial) -> DialRequested:
    """What was asked."""
    return DialRequested(
        dial_id=dial.dial_id,
        purpose=dial.purpose,
        leg_id=dial.leg_id,
        contact_id=dial.contact_id,
        number=dial.number,
        agent_id=dial.agent_id,
        request_id=dial.request_id,
        campaign_id=dial.campaign_id,
        subject=dial.subject,
        consent=dial.consent,
        customer_at=dial.customer_at,
        guaranteed=dial.guaranteed,
        address=dial.address,
    )


def _is_wanted(state: State, dial: Dial) -> bool:
    if not dial.leg_id:  # somebody is sent on
        return True
    leg = state.legs.get(dial.leg_id)
    return leg is not None and leg.state is LegState.INITIATED and not leg.released and not leg.provider_ref


def _clear(turn: Turn, event: DialRequested, verdict: Verdict, facts: GatheredFacts | None) -> None:
    campaign = turn.state.config.calling.campaigns.get(event.campaign_id) if verdict.proof else None
    at = turn.now.at
    turn.emit(
        DialCleared(
            dial_id=event.dial_id,
            rules_version=verdict.rules_version,
            purpose=event.purpose,
            leg_id=event.leg_id,
            contact_id=event.contact_id,
            number=event.number,
            agent_id=event.agent_id,
            campaign_id=event.campaign_id,
            seller=campaign.seller if campaign else "",
            subject=(facts.subject if facts else None) or event.subject,
            clearance=verdict.proof,
            leave_by=at + LEAVE_MS if campaign else 0,
            ring_by=at + campaign.ring_s * 1_000 + SETUP_MS if campaign else 0,
        )
    )


def refuse(turn: Turn, event: DialRequested, reason: Refusal, proof: Clearance | None = None) -> None:
    """The first that is one too many for the site stops them all, and rings the alarm; one that is too dear for what is
    left of a cap stops nobody else."""
    if reason.rule == "site_cap":
        count = turn.state.dial_counts[""]
        turn.emit(DialsStopped(dials=count.dials, hour_began_at=count.hour * HOUR_MS))
    cap = next((cap for cap in spend.caps(turn.state, event.agent_id, turn.now.at) if cap.rule == reason.rule), None)
    if cap and cap.is_reached:
        spend.raise_alarm(turn, cap)
    judged = event.purpose in PURPOSES and PURPOSES[event.purpose].judged
    turn.emit(
        DialRefused(
            dial_id=event.dial_id,
            rule=reason.rule,
            detail=reason.detail,
            next_allowed_at=reason.next_allowed_at,
            purpose=event.purpose,
            leg_id=event.leg_id,
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            request_id=event.request_id,
            number=event.number if judged else "",
            campaign_id=event.campaign_id,
            clearance=proof,
        )
    )


def decide_released(turn: Turn, event: ReleaseRequested) -> None:
    """Given up before it was sent: nobody will ever report its end."""
    leg = turn.state.legs.get(event.leg_id)
    if not _waits(turn.state, event.leg_id):
        return
    turn.emit(DialWithdrawn(dial_id=event.leg_id, leg_id=event.leg_id))
    if leg and leg.state is LegState.INITIATED and not leg.provider_ref:
        turn.emit(LegRefused(leg_id=event.leg_id, code=NOT_SENT))


def _waits(state: State, dial_id: str) -> bool:
    return dial_id in state.dials or dial_id in state.gathering


def decide_leg_gone(turn: Turn, event: LegEnded | LegRefused) -> None:
    """A leg that is over leaves the queue."""
    if _waits(turn.state, event.leg_id):
        turn.emit(DialWithdrawn(dial_id=event.leg_id, leg_id=event.leg_id))


def decide_input_rejected(turn: Turn, event: InputRejected) -> None:
    """The first in the queue made the rules fail: it must not stop the others."""
    waiting = turn.state.room(DialerState).waiting
    if event.input_type == f"Due:{TOKEN}" and len(waiting):
        dial = turn.state.dials[waiting.entries[0][-1]]
        refuse(turn, asked_for(dial), Refusal("failed", "The server could not do this, and placed no call."))


def decide_resume(turn: Turn, event: DialsResumeRequested) -> None:
    """From now on, with a new count."""
    count = turn.state.dial_counts.get("")
    if count and count.stopped:
        turn.emit(DialsResumed(supervisor_id=event.supervisor_id))
    turn.emit(RequestAccepted(agent_id="", request_id=event.request_id, supervisor_id=event.supervisor_id))


def _token_at(state: State, key: str) -> int:
    return next_token_at(state.next_token_us) if len(state.dials) else 0


PROMISES = {TOKEN: _token_at}
DUE = {TOKEN: due_token}
