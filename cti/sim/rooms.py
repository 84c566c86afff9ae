"""The carrier's rooms (conferences): who hears whom, and what is reported of it.

Who is on hold hears music and is not heard. Who is muted hears. A supervisor is nobody's company: a customer who has
nobody else hears, for the checks, nothing.
"""

from collections.abc import Callable

import msgspec

from cti.core.events import CallEnded, CallJoined, CallLeft, LegHeld, LegMuted, LegRetrieved
from cti.core.states import EndCause
from cti.sim.ledger import Ledger
from cti.sim.line import ORDINARY, Hears, Line, Part, Terms
from cti.sim.network import Network

Hear = Callable[[Line, Hears], None]
LeftRoom = Callable[[Line], None]


class Room:
    """One stretch of a room's life: the same name may be used again, and is then another room of the carrier. `met` are
    the customers and those who talked to them here."""

    __slots__ = ("lines", "met", "name", "ref", "reports", "started")

    def __init__(self, name: str, ref: str) -> None:
        self.name = name
        self.ref = ref
        self.lines: list[Line] = []
        self.met: dict[tuple[str, str], None] = {}
        self.reports = 0
        self.started = False

    def company(self, line: Line) -> list[Line]:
        """Whom the line talks to."""
        if line.terms.held:
            return []
        others = [other for other in self.lines if other is not line and not other.terms.held]
        if line.part is Part.SUPERVISOR:
            return others
        return [other for other in others if other.part is not Part.SUPERVISOR]


class Rooms:
    """`left` is told of each line that has to go on because its room ended."""

    def __init__(self, ledger: Ledger, network: Network, hear: Hear) -> None:
        self._ledger = ledger
        self._network = network
        self._hear = hear
        self._rooms: dict[str, Room] = {}
        self._made = 0

    def join(self, line: Line, name: str, terms: Terms = ORDINARY) -> None:
        """The line enters the room of this name."""
        room = self._rooms.get(name)
        if room is None:
            self._made += 1
            room = self._rooms[name] = Room(name, f"CF{self._made}")
        room.lines.append(line)
        line.room, line.terms = room, terms
        heard = "heard" if line.part is Part.SUPERVISOR and not (terms.muted or terms.coaches) else ""
        self._ledger.note("enters", line.ref, f"enters room {name}", other=heard, label=line.label)
        self._report(room, "join", line, lambda sequence: _joined(room, line, sequence))
        self._settle(room)

    def leave(self, line: Line, cause: EndCause, left: LeftRoom, *, again: bool = False) -> None:
        """The line goes out, which may end the room for the others; and perhaps comes back `again`, at once."""
        room = line.room
        assert room is not None
        ends_room = line.terms.ends_room
        self._go(room, line, cause, again=again)
        if ends_room or not room.lines:
            self._end(room, line.label, left)
        else:
            self._settle(room)

    def close(self, name: str, left: LeftRoom) -> bool:
        """End the room of this name; whether there was one."""
        room = self._rooms.get(name)
        if room:
            self._end(room, "", left)
        return room is not None

    def find(self, name: str, line: Line) -> Room | None:
        """The room of this name, if the line is in it."""
        room = self._rooms.get(name)
        return room if room and line.room is room else None

    def change(self, line: Line, terms: Terms) -> None:
        """The line stays on other terms, and whatever changed is reported."""
        room = line.room
        assert room is not None
        before, line.terms = line.terms, terms
        whose = {"leg_id": line.label, "provider_ref": line.ref, "call_id": room.name}
        if terms.held is not before.held:
            self._ledger.note("hold" if terms.held else "back", line.ref, f"on hold: {terms.held}", label=line.label)
            kind = LegHeld if terms.held else LegRetrieved
            self._report(room, "hold", line, lambda n: kind(sequence=n, **whose))
        if terms.muted is not before.muted:
            self._ledger.note("told", line.ref, f"muted: {terms.muted}", label=line.label)
            self._report(
                room,
                "mute",
                line,
                lambda n: LegMuted(muted=terms.muted, sequence=n, **whose),
            )
        if (terms.ends_room, terms.coaches) != (before.ends_room, before.coaches):
            words = f"ends its room by leaving: {terms.ends_room}; speaks to {terms.coaches or 'everybody'}"
            self._ledger.note("told", line.ref, words, label=line.label)
        self._settle(room)

    def _end(self, room: Room, ended_by: str, left: LeftRoom) -> None:
        del self._rooms[room.name]
        others = room.lines[:]
        for other in others:
            self._go(room, other, EndCause.CANCELLED, put_out=True)
        self._report(
            room, "end", None, lambda sequence: CallEnded(call_id=room.name, sequence=sequence, leg_id=ended_by)
        )
        for other in others:
            left(other)

    def _go(self, room: Room, line: Line, cause: EndCause, *, put_out: bool = False, again: bool = False) -> None:
        talked, was_held = line.hears is Hears.TALK, line.terms.held
        moved = cause is EndCause.TRANSFERRED
        if moved and line.part is Part.CUSTOMER and (talked or was_held):
            kind, words = ("returns", "leaves for the same room") if again else ("moved", "is moved away")
            self._ledger.note(kind, line.ref, f"{words} in the middle of a talk")
        room.lines.remove(line)
        line.room, line.terms = None, ORDINARY
        self._ledger.note("leaves", line.ref, f"leaves room {room.name}", label=line.label)
        self._hear(line, Hears.SILENCE)
        for other in room.lines:
            self._part(room, line, other, "" if put_out else line.ref)
        if moved and (talked or was_held):
            line.person.moved(line)
        elif talked:
            line.person.parted(line)
        self._report(room, "leave", line, lambda sequence: _left(room, line, cause, sequence))

    def _part(self, room: Room, line: Line, other: Line, who_left: str) -> None:
        """One who goes, and one who is still there."""
        caller, agent = (line, other) if line.part is Part.CUSTOMER else (other, line)
        if (caller.ref, agent.ref) in room.met:
            words = f"no longer talks to {agent.endpoint}"
            self._ledger.note("parted", caller.ref, words, other=agent.ref, label=who_left)
        if other.hears is Hears.TALK and all(each is other or each.part is Part.SUPERVISOR for each in room.lines):
            other.person.parted(other)

    def _settle(self, room: Room) -> None:
        """Whoever has company talks. Who comes first hears music; whoever stays behind hears nothing."""
        room.started = room.started or len(room.lines) > 1
        for line in list(room.lines):
            company = room.company(line)
            self._hear(line, _heard(room, line, company))
            if line.part is Part.CUSTOMER:
                self._meet(room, line, company)

    def _meet(self, room: Room, line: Line, company: list[Line]) -> None:
        for other in company:
            if (line.ref, other.ref) in room.met:
                continue
            room.met[line.ref, other.ref] = None
            words = f"talks to {other.endpoint}"
            self._ledger.note("bridged", line.ref, words, other=other.ref, label=other.label)
            for each in (line, other):
                each.person.bridged(each)

    def _report(self, room: Room, kind: str, line: Line | None, event_of: Callable[[int], object]) -> None:
        room.reports += 1
        sequence = room.reports
        key = f"room:{room.name}:{room.ref}:{kind}:{sequence}:{line.ref if line else ''}"
        self._network.report(event_of(sequence), key)  # type: ignore[arg-type]


def _heard(room: Room, line: Line, company: list[Line]) -> Hears:
    if line.terms.held:
        return Hears.HOLD
    if company:
        return Hears.TALK
    waits = not room.started and line.joined is not None
    return Hears.SOUND if waits else Hears.SILENCE


def changed_terms(line: Line, **fields: bool | str) -> Terms:
    """The terms that the line is on, but for these."""
    return msgspec.structs.replace(line.terms, **fields)


def _joined(room: Room, line: Line, sequence: int) -> CallJoined:
    return CallJoined(call_id=room.name, leg_id=line.label, provider_ref=line.ref, sequence=sequence, room_ref=room.ref)


def _left(room: Room, line: Line, cause: EndCause, sequence: int) -> CallLeft:
    return CallLeft(
        call_id=room.name,
        leg_id=line.label,
        provider_ref=line.ref,
        cause=cause,
        sequence=sequence,
        room_ref=room.ref,
    )
