"""The carrier's rooms (conferences): who hears whom, and what is reported of it."""

from collections.abc import Callable

from cti.core.events import CallEnded, CallJoined, CallLeft
from cti.core.states import EndCause
from cti.sim.ledger import Ledger
from cti.sim.line import Hears, Line
from cti.sim.network import Network

Hear = Callable[[Line, Hears], None]
LeftRoom = Callable[[Line], None]


class Room:
    """One stretch of a room's life: the same name may be used again, and is then another room of the carrier."""

    __slots__ = ("lines", "name", "ref", "reports", "started")

    def __init__(self, name: str, ref: str) -> None:
        self.name = name
        self.ref = ref
        self.lines: list[Line] = []
        self.reports = 0
        self.started = False


class Rooms:
    """`left` is told of each line that has to go on because its room ended."""

    def __init__(self, ledger: Ledger, network: Network, hear: Hear) -> None:
        self._ledger = ledger
        self._network = network
        self._hear = hear
        self._rooms: dict[str, Room] = {}
        self._made = 0

    def join(self, line: Line, name: str, *, ends_room: bool) -> None:
        """The line enters the room of this name."""
        room = self._rooms.get(name)
        if room is None:
            self._made += 1
            room = self._rooms[name] = Room(name, f"CF{self._made}")
        room.lines.append(line)
        line.room, line.ends_room = room, ends_room
        self._ledger.note("told", line.ref, f"enters room {name}")
        self._report(room, "join", line, lambda sequence: _joined(room, line, sequence))
        self._settle(room)
        self._bridge_newest(room)

    def leave(self, line: Line, cause: EndCause, left: LeftRoom) -> None:
        """The line goes out, which may end the room for the others."""
        room = line.room
        assert room is not None
        self._go(room, line, cause)
        if line.ends_room or not room.lines:
            del self._rooms[room.name]
            others = room.lines[:]
            for other in others:
                self._go(room, other, EndCause.CANCELLED)
            self._report(
                room, "end", None, lambda sequence: CallEnded(call_id=room.name, sequence=sequence, leg_id=line.label)
            )
            for other in others:
                left(other)
        else:
            self._settle(room)

    def _go(self, room: Room, line: Line, cause: EndCause) -> None:
        talked = line.hears is Hears.TALK
        if talked and cause is EndCause.TRANSFERRED:
            self._ledger.note("moved", line.ref, "is moved away in the middle of a talk")
        room.lines.remove(line)
        line.room = None
        self._ledger.note("told", line.ref, f"leaves room {room.name}")
        self._hear(line, Hears.SILENCE)
        if talked:
            for other in room.lines:
                if other.inbound != line.inbound:
                    caller, agent = (line, other) if line.inbound else (other, line)
                    words = f"no longer talks to {agent.to_number}"
                    self._ledger.note("parted", caller.ref, words, other=agent.ref, label=line.ref)
                    other.person.parted(other)
            line.person.parted(line)
        self._report(room, "leave", line, lambda sequence: _left(room, line, cause, sequence))

    def _settle(self, room: Room) -> None:
        """Whoever has somebody of the other side in the room talks. A caller who comes first hears music; whoever stays
        behind hears nothing."""
        sides = {line.inbound for line in room.lines}
        room.started = room.started or len(sides) > 1
        for line in room.lines:
            if len(sides) < 2:
                self._hear(line, Hears.SILENCE if room.started or not line.inbound else Hears.SOUND)
            elif line.hears is not Hears.TALK:
                self._hear(line, Hears.TALK)

    def _bridge_newest(self, room: Room) -> None:
        newest = room.lines[-1]
        for other in room.lines[:-1]:
            if other.inbound != newest.inbound:
                caller, agent = (newest, other) if newest.inbound else (other, newest)
                self._ledger.note("bridged", caller.ref, f"talks to {agent.to_number}", other=agent.ref)
                for line in (caller, agent):
                    line.person.bridged(line)

    def _report(self, room: Room, kind: str, line: Line | None, event_of: Callable[[int], object]) -> None:
        room.reports += 1
        sequence = room.reports
        key = f"room:{room.name}:{room.ref}:{kind}:{sequence}:{line.ref if line else ''}"
        self._network.report(event_of(sequence), key)  # type: ignore[arg-type]


def _joined(room: Room, line: Line, sequence: int) -> CallJoined:
    return CallJoined(call_id=room.name, leg_id=line.label, provider_ref=line.ref, sequence=sequence, room_ref=room.ref)


def _left(room: Room, line: Line, cause: EndCause, sequence: int) -> CallLeft:
    return CallLeft(call_id=room.name, leg_id=line.label, provider_ref=line.ref, cause=cause, sequence=sequence)
