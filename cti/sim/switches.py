"""What is done to legs in rooms: hold, mute, who ends the room, who is coached; and tones."""

from cti.core.commands import AnyCommand, CoachLeg, HoldLeg, KeepCall, MuteLeg, SendDigits
from cti.core.events import AnyEvent, LegHeld, LegMuted, LegRetrieved
from cti.core.ports import Result
from cti.sim.carrier import Carrier
from cti.sim.line import Line
from cti.sim.rooms import changed_terms

InRoom = HoldLeg | MuteLeg | KeepCall | CoachLeg

NOT_YET_S = 0.5
"""The room has not begun, or whom to coach is not in it: so long until that is asked again."""


class Switches:
    """What the carrier answered of legs that are held or muted. A report that contradicts it is about an earlier time:
    nobody but us holds and mutes. A worker remembers only what it was told itself."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool] = {}

    def begins(self, command: AnyCommand) -> None:
        """Asked for: what comes next is news."""
        if isinstance(command, HoldLeg | MuteLeg):
            self._known.pop((command.provider_ref, _switch_of(command)), None)

    def done(self, command: AnyCommand) -> None:
        """The carrier answered that it is so."""
        if isinstance(command, HoldLeg):
            self._known[command.provider_ref, _switch_of(command)] = command.held
        elif isinstance(command, MuteLeg):
            self._known[command.provider_ref, _switch_of(command)] = command.muted

    def is_late(self, event: AnyEvent) -> bool:
        """Whether the report is one that must not be believed any more."""
        match event:
            case LegHeld(provider_ref=ref) | LegRetrieved(provider_ref=ref):
                return self._known.get((ref, "held")) is (not isinstance(event, LegHeld))
            case LegMuted(provider_ref=ref, muted=muted):
                return self._known.get((ref, "muted")) is (not muted)
            case _:
                return False

    def forget(self) -> None:
        """Another worker serves."""
        self._known.clear()


def _switch_of(command: HoldLeg | MuteLeg) -> str:
    return "held" if isinstance(command, HoldLeg) else "muted"


def change(carrier: Carrier, command: InRoom) -> Result:
    """Put a leg on other terms. The answer counts as the report."""
    line = _in_room(carrier, command)
    if isinstance(line, Result):
        return line
    match command:
        case HoldLeg(leg_id=leg_id, provider_ref=ref, call_id=call_id, held=held):
            carrier.rooms.change(line, changed_terms(line, held=held))
            kind = LegHeld if held else LegRetrieved
            return Result("done", (kind(leg_id=leg_id, provider_ref=ref, call_id=call_id),))
        case MuteLeg(leg_id=leg_id, provider_ref=ref, call_id=call_id, muted=muted):
            carrier.rooms.change(line, changed_terms(line, muted=muted))
            return Result("done", (LegMuted(leg_id=leg_id, muted=muted, provider_ref=ref, call_id=call_id),))
        case KeepCall(ends_call=ends_call):
            carrier.rooms.change(line, changed_terms(line, ends_room=ends_call))
        case CoachLeg(muted=muted, coaches=coaches):
            if coaches and not (line.room and any(other.ref == coaches for other in line.room.lines)):
                return Result("retry", detail="whom to coach is not there", retry_after_s=NOT_YET_S)
            carrier.rooms.change(line, changed_terms(line, muted=muted, coaches=coaches))
    return Result("done")


def press(carrier: Carrier, command: SendDigits) -> Result:
    """Keys, played to a leg in a room."""
    line = _in_room(carrier, command)
    if isinstance(line, Result):
        return line
    carrier.press_for(line, command.digits)
    return Result("done")


def _in_room(carrier: Carrier, command: InRoom | SendDigits) -> Line | Result:
    """The line in the room; or what to say when it is not, or the room has not begun."""
    line = carrier.lines.get(command.provider_ref)
    room = carrier.rooms.find(command.call_id, line) if line and not line.over else None
    if line is None or room is None:
        return Result("failed", code="GONE", detail="it is not in the room")
    if not room.started:
        return Result("retry", detail="the room has not begun", retry_after_s=NOT_YET_S)
    return line
