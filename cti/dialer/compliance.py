"""May this number be rung now? The one door for every outside number: desks, transfers, callbacks, campaigns.

Destinations are allowed by prefix, and denied without one. The answer is an event, in the turn that asks.
"""

from cti.core.events import DialCleared, DialRefused, DialRequested
from cti.core.turn import Turn

RULES_VERSION = "destinations-1"


def decide_dial_requested(turn: Turn, event: DialRequested) -> None:
    """Cleared when the number is whole and an allowed prefix covers it; else refused with the rule that says so."""
    digits = event.number[1:]
    if not event.number:  # a softphone is nobody outside
        _clear(turn, event)
    elif not (event.number.startswith("+") and digits.isascii() and digits.isdigit()):
        _refuse(turn, event, "malformed", "An outside number begins with + and the country code.")
    elif not any(event.number.startswith(prefix) for prefix in turn.state.config.dial_prefixes):
        _refuse(turn, event, "destination", "No allowed prefix covers this number; see dial_prefixes in site.yaml.")
    else:
        _clear(turn, event)


def _clear(turn: Turn, event: DialRequested) -> None:
    turn.emit(
        DialCleared(
            dial_id=event.dial_id,
            rules_version=RULES_VERSION,
            purpose=event.purpose,
            leg_id=event.leg_id,
            contact_id=event.contact_id,
            number=event.number,
            agent_id=event.agent_id,
        )
    )


def _refuse(turn: Turn, event: DialRequested, rule: str, detail: str) -> None:
    turn.emit(
        DialRefused(
            dial_id=event.dial_id,
            rule=rule,
            detail=detail,
            purpose=event.purpose,
            leg_id=event.leg_id,
            contact_id=event.contact_id,
            agent_id=event.agent_id,
            request_id=event.request_id,
        )
    )
