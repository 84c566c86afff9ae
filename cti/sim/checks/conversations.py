"""P: in a conversation nobody is heard, and nothing recorded, that must not be. And what L has to say of conversations:
what the carrier does to a line is what the server believes, and everybody in a room has a reason to be there.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from cti.core.commands import RecordLeg
from cti.core.contact import Contact, leg_ids_of
from cti.core.events import RecordingPaused
from cti.core.record import TurnRecord
from cti.core.state import State
from cti.core.states import ContactState, LegState, RecordingAction, RecordingState, SupervisorMode
from cti.sim.checks.violation import Violation
from cti.sim.ledger import Fact
from cti.sim.line import Line, Part

ASKED_MS = 45_000
"""What was asked of the carrier about a line is done by then: each request is bounded, and made again."""

UNHEARD_MS = 100_000
"""What only a report would tell."""

ASTRAY_MS = 30_000
"""A line that stays up from one conversation to the next, and was not moved, is looked for and sent again by then."""


class Pending(msgspec.Struct, frozen=True):
    """Something under way: its name, how long it may stay what it is (ms), and what to say if it stays longer."""

    name: str
    limit_ms: int
    words: str
    about: str = ""


class PrivacyChecks:
    """Learns from the records what was asked for last, then looks at the lines."""

    def __init__(self) -> None:
        self._asked: dict[str, RecordingAction] = {}
        self._resting: dict[str, bool] = {}

    def take(self, records: Iterable[TurnRecord]) -> None:
        """Which recordings rest: paused, and not asked to go on since."""
        for record in records:
            if isinstance(record.input, RecordingPaused):
                self._resting[record.input.leg_id] = self._asked.get(record.input.leg_id) is RecordingAction.PAUSE
            for command in record.commands:
                if isinstance(command, RecordLeg):
                    self._asked[command.leg_id] = command.action
                    if command.action is not RecordingAction.PAUSE:
                        self._resting[command.leg_id] = False

    def look(self, state: State, lines: Mapping[str, Line]) -> None:
        """What the record calls paused does not run. Raises `Violation`."""
        for contact in state.contacts.rows.values():
            if contact.recording is not RecordingState.PAUSED:
                continue
            leg = state.legs.get(contact.leg_id)
            line = lines.get(leg.provider_ref) if leg else None
            if line and self._resting.get(contact.leg_id) and any(each.runs for each in line.recordings):
                raise Violation("P", f"{contact.contact_id} is recorded although that is paused", contact.contact_id)


def judge_entry(fact: Fact) -> None:
    """Whoever supervises comes in unheard: until then the mode may have changed. Raises `Violation`."""
    if fact.kind == "enters" and fact.other == "heard":
        raise Violation("P", "a supervisor comes in and is heard at once", fact.label)


def pending_in_conversations(state: State, alive: Iterable[Line]) -> Iterator[Pending]:
    """What is not yet as it should be."""
    for line in alive:
        leg = state.find_leg(line.label, line.ref)
        contact = state.contacts.get(leg.contact_id) if leg else None
        yield from _switches(state, line)
        if line.part is Part.CUSTOMER:
            yield from _customer(line, contact)
        elif line.room:
            yield from _guest(state, line, contact)


def _switches(state: State, line: Line) -> Iterator[Pending]:
    """Whom the server believes to be on hold or mute is so, and nobody else."""
    leg = state.find_leg(line.label, line.ref)
    if leg is None or line.room is None or not leg.call_id:
        return
    if line.terms.held is not (leg.state is LegState.HELD):
        words = f"leg {leg.leg_id} is {leg.state}, and on hold at the carrier: {line.terms.held}"
        yield Pending(f"hold {leg.leg_id} {leg.state}", UNHEARD_MS, words, leg.leg_id)
    if line.part is Part.AGENT and line.terms.muted is not leg.muted:
        words = f"leg {leg.leg_id} is muted: {leg.muted}, at the carrier: {line.terms.muted}"
        yield Pending(f"mute {leg.leg_id} {leg.muted}", UNHEARD_MS, words, leg.leg_id)


def _customer(line: Line, contact: Contact | None) -> Iterator[Pending]:
    """On hold with somebody to come back, recorded only in a talk with us, sent on if so decided."""
    if line.terms.held and line.room and len(line.room.lines) == 1:
        yield Pending(f"left on hold {line.ref}", ASKED_MS, "a caller is on hold, and nobody there", line.ref)
    talks = contact is not None and contact.state in (ContactState.CONNECTED, ContactState.ENDED)
    if any(each.runs for each in line.recordings) and not talks:
        yield Pending(f"recorded {line.ref}", ASKED_MS, "a caller is recorded who talks to nobody of ours", line.ref)
    if contact and contact.state is ContactState.FORWARDED and not line.outside:
        yield Pending(f"sent on {line.ref}", ASKED_MS, "a caller was to be sent on, and is not", line.ref)


def _guest(state: State, line: Line, contact: Contact | None) -> Iterator[Pending]:
    """Whoever is in a room with a caller belongs there, and takes part as was said last."""
    assert line.room is not None
    with_caller = any(other.part is Part.CUSTOMER for other in line.room.lines)
    belongs = contact is not None and line.label in leg_ids_of(contact) and contact.state is ContactState.CONNECTED
    if with_caller and not belongs:
        leg = state.legs.get(line.label)
        limit_ms = ASTRAY_MS if leg and leg.nailed_up else ASKED_MS
        words = f"{line.endpoint} is in a room with a caller, and has no business there"
        yield Pending(f"guest {line.ref} {line.room.ref}", limit_ms, words, line.label)
    for each in contact.supervisions if contact else ():
        heard = not line.terms.muted and not line.terms.coaches
        if each.leg_id == line.label and heard is not (each.mode is SupervisorMode.BARGE):
            words = f"a supervisor in mode {each.mode} is heard by all: {heard}"
            yield Pending(f"mode {line.ref} {each.mode}", ASKED_MS, words, line.label)
