"""Which version of a registry is in force. One that has lost more than it should needs a second operator's word."""

from cti.core.events import (
    RegistrySwitchConfirmed,
    RegistrySwitched,
    RegistrySwitchHeld,
    RegistrySwitchRefused,
    RegistrySwitchRequested,
)
from cti.core.registry import RegistryInForce, shrinks
from cti.core.turn import Turn
from cti.dialer.operators import operator_of, wrong_name


def decide_requested(turn: Turn, event: RegistrySwitchRequested) -> None:
    """Switched to at once, unless it looks as if something went wrong with it."""
    in_force = turn.state.registries.get(event.registry_id) or RegistryInForce(registry_id=event.registry_id)
    refusal = _mistake(turn, event, in_force)
    if refusal:
        _refuse(turn, event, *refusal)
        return
    reason = _suspicion(event, in_force)
    if reason:
        turn.emit(
            RegistrySwitchHeld(
                registry_id=event.registry_id,
                version=event.version,
                count=event.count,
                as_of=event.as_of,
                reason=reason,
                by=event.by,
                added=event.added,
                removed=event.removed,
            )
        )
        return
    turn.emit(
        RegistrySwitched(
            registry_id=event.registry_id,
            version=event.version,
            count=event.count,
            as_of=event.as_of,
            by=event.by,
            added=event.added,
            removed=event.removed,
        )
    )


def _mistake(turn: Turn, event: RegistrySwitchRequested, in_force: RegistryInForce) -> tuple[str, str] | None:
    if event.registry_id not in turn.state.config.calling.registries:
        return "UNKNOWN-REGISTRY", "There is no such registry: see do_not_call.yaml."
    if not event.by.strip():
        return "NOBODY", "Say who switches it: it stays on record."
    wrong = wrong_name(turn.state.config, event.by)
    if wrong:
        return "UNKNOWN-OPERATOR", wrong
    if not event.version or event.count < 0:
        return "BAD-VERSION", "Say which version, and how many numbers there are in it."
    if event.as_of > turn.now.at:
        return "FROM-THE-FUTURE", "Its date lies in the future: nobody would notice that it goes stale."
    if event.version == in_force.version and event.as_of <= in_force.as_of:
        return "IN-FORCE", "This very version is in force."
    return None


def _suspicion(event: RegistrySwitchRequested, in_force: RegistryInForce) -> str:
    if event.doubt:
        return event.doubt
    if not in_force.version:
        return "" if event.count else "it is the first version, and there is no number in it"
    if shrinks(in_force.count, event.count):
        return f"it would shrink from {in_force.count} to {event.count} numbers, by more than 1 %"
    if shrinks(in_force.count, in_force.count - event.removed):
        return f"it would lose {event.removed} of {in_force.count} numbers, more than 1 %, whatever is new in it"
    if event.as_of < in_force.as_of:
        return "it is older than the version in force"
    return ""


def decide_confirmed(turn: Turn, event: RegistrySwitchConfirmed) -> None:
    """By somebody else than who brought it, and for this very version."""
    in_force = turn.state.registries.get(event.registry_id)
    held = in_force.held if in_force else None
    if held is None or held.version != event.version:
        _refuse(turn, event, "NOT-HELD", "This version does not wait for anybody's word: look which one does.")
    elif not event.by.strip() or _is_same(turn, event.by, held.by):
        _refuse(turn, event, "SAME-OPERATOR", "Somebody else than who brought it must have a look, by name.")
    elif wrong := wrong_name(turn.state.config, event.by):
        _refuse(turn, event, "UNKNOWN-OPERATOR", wrong)
    else:
        turn.emit(
            RegistrySwitched(
                registry_id=event.registry_id,
                version=held.version,
                count=held.count,
                as_of=held.as_of,
                by=held.by,
                confirmed_by=event.by,
                added=held.added,
                removed=held.removed,
            )
        )


def _is_same(turn: Turn, one: str, other: str) -> bool:
    config = turn.state.config
    return operator_of(config, one) == operator_of(config, other)


def _refuse(turn: Turn, event: RegistrySwitchRequested | RegistrySwitchConfirmed, code: str, detail: str) -> None:
    turn.emit(
        RegistrySwitchRefused(
            registry_id=event.registry_id, version=event.version, code=code, detail=detail, by=event.by
        )
    )
