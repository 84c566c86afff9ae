"""The queue for the carrier's calls a second: what is placed by REST leaves only with a token, the important first.

The carrier would queue them too, but blindly and unseen. What it dials itself, to forward a leg, needs no token.
"""

from cti.core.dial import HOUR_MS, PURPOSES, Dial, next_token_at
from cti.core.events import (
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
from cti.core.state import State
from cti.core.states import LegState
from cti.core.turn import Turn
from cti.dialer import spend
from cti.dialer.compliance import Refusal, refusal, rules_version
from cti.dialer.state import DialerState

LEAVING_MAX = 100
"""How many leave the queue in one turn; the rest goes on at once."""

TOKEN = "dial_token"  # noqa: S105 - the carrier's rate, not a secret


def decide_dial_requested(turn: Turn, event: DialRequested) -> None:
    """Refused; or cleared, if there is room; else it waits for its turn."""
    reason = refusal(turn.state, event, turn.now.at)
    if reason:
        _refuse(turn, event, reason)
    elif not event.leg_id or (len(turn.state.dials) == 0 and _has_token(turn)):
        _clear(turn, event)
    else:
        turn.emit(
            DialQueued(
                dial_id=event.dial_id,
                importance=PURPOSES[event.purpose].importance,
                purpose=event.purpose,
                leg_id=event.leg_id,
                contact_id=event.contact_id,
                number=event.number,
                agent_id=event.agent_id,
                request_id=event.request_id,
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
        dial = turn.state.dials[waiting.entries[0][-1]]
        asked = _asked(dial)
        if not _is_wanted(turn.state, dial):
            turn.emit(DialWithdrawn(dial_id=dial.dial_id, leg_id=dial.leg_id))
        elif reason := refusal(turn.state, asked, turn.now.at):
            _refuse(turn, asked, reason)
        else:
            _clear(turn, asked)


def decide_config_applied(turn: Turn, event: ConfigApplied) -> None:
    """The rate may have gone up."""
    due_token(turn, "")


def _asked(dial: Dial) -> DialRequested:
    return DialRequested(
        dial_id=dial.dial_id,
        purpose=dial.purpose,
        leg_id=dial.leg_id,
        contact_id=dial.contact_id,
        number=dial.number,
        agent_id=dial.agent_id,
        request_id=dial.request_id,
    )


def _is_wanted(state: State, dial: Dial) -> bool:
    leg = state.legs.get(dial.leg_id)
    return leg is not None and leg.state is LegState.INITIATED and not leg.released and not leg.provider_ref


def _clear(turn: Turn, event: DialRequested) -> None:
    turn.emit(
        DialCleared(
            dial_id=event.dial_id,
            rules_version=rules_version(turn.state.config),
            purpose=event.purpose,
            leg_id=event.leg_id,
            contact_id=event.contact_id,
            number=event.number,
            agent_id=event.agent_id,
        )
    )


def _refuse(turn: Turn, event: DialRequested, reason: Refusal) -> None:
    """The first that is one too many for the site stops them all, and rings the alarm; one that is too dear for what is
    left of a cap stops nobody else."""
    if reason.rule == "site_cap":
        count = turn.state.dial_counts[""]
        turn.emit(DialsStopped(dials=count.dials, hour_began_at=count.hour * HOUR_MS))
    cap = next((cap for cap in spend.caps(turn.state, event.agent_id, turn.now.at) if cap.rule == reason.rule), None)
    if cap and cap.is_reached:
        spend.raise_alarm(turn, cap)
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
        )
    )


def decide_released(turn: Turn, event: ReleaseRequested) -> None:
    """Given up before it was sent: nobody will ever report its end."""
    leg = turn.state.legs.get(event.leg_id)
    if event.leg_id not in turn.state.dials:
        return
    turn.emit(DialWithdrawn(dial_id=event.leg_id, leg_id=event.leg_id))
    if leg and leg.state is LegState.INITIATED and not leg.provider_ref:
        turn.emit(LegRefused(leg_id=event.leg_id, code="NOT_SENT"))


def decide_leg_gone(turn: Turn, event: LegEnded | LegRefused) -> None:
    """A leg that is over leaves the queue."""
    if event.leg_id in turn.state.dials:
        turn.emit(DialWithdrawn(dial_id=event.leg_id, leg_id=event.leg_id))


def decide_input_rejected(turn: Turn, event: InputRejected) -> None:
    """The first in the queue made the rules fail: it must not stop the others."""
    waiting = turn.state.room(DialerState).waiting
    if event.input_type == f"Due:{TOKEN}" and len(waiting):
        dial = turn.state.dials[waiting.entries[0][-1]]
        _refuse(turn, _asked(dial), Refusal("failed", "The server could not do this, and placed no call."))


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
