"""A carrier in virtual time, at the level of the core's ports: lines, rooms and plans. Its own work: it shares no code
with the server's adapters, nor with the carrier that speaks HTTP."""

import msgspec

from cti.core.events import (
    AnyEvent,
    AttemptClassified,
    GreetingEnded,
    LegAlerting,
    LegAnswered,
    LegEnded,
    LegPlaced,
    RecordingSeen,
)
from cti.core.plan import Door
from cti.core.states import EndCause, LeaveResult, Outcome, RecordingAction
from cti.sim.documents import Document, Request
from cti.sim.ledger import Ended, Ledger
from cti.sim.line import ORDINARY, Hears, Line, Part, Person, Terms
from cti.sim.nature import Nature
from cti.sim.network import Network
from cti.sim.performing import Performer, words_of
from cti.sim.recording import Recordings
from cti.sim.rooms import Rooms
from cti.sim.telephones import Made, Ring, Telephones
from cti.sim.timeline import Action

SILENCE_MAX_MS = 15_000
CALLS_APART_MS = 1_000
DETECT_MAX_MS = 5_000
"""Then whatever answered is nobody knows what."""

RING_BUFFER_MS = 5_000

_CAUSE = {
    Ended.FAR_END: EndCause.NORMAL,
    Ended.DOCUMENT: EndCause.NORMAL,
    Ended.SERVER: EndCause.NORMAL,
    Ended.ROOM: EndCause.NORMAL,
    Ended.RINGING: EndCause.NO_ANSWER,
    Ended.BROKEN: EndCause.FAILED,
    Ended.ERROR: EndCause.FAILED,
}


class Carrier:
    """Lines by the carrier's reference. What happens to them goes into the ledger, and is reported."""

    def __init__(self, nature: Nature, ledger: Ledger, network: Network, telephones: Telephones) -> None:
        self.lines: dict[str, Line] = {}
        self._nature = nature
        self._ledger = ledger
        self._network = network
        self._telephones = telephones
        self.rooms = Rooms(ledger, network, self._hear)
        self._recordings = Recordings(nature, ledger, network)
        self._performer = Performer(
            nature, ledger, network, self.rooms, self._recordings, self._hear, self._end, telephones.outside
        )
        self._next_call_at = 0
        self.calls_apart_ms = CALLS_APART_MS

    # What people do

    def call(self, from_number: str, to_number: str, person: Person, part: Part = Part.CUSTOMER) -> Line:
        """Somebody dials one of our numbers; or a softphone just dials."""
        line = self._new_line(inbound=True, from_number=from_number, to_number=to_number, person=person, part=part)
        self._ledger.note("arrived", line.ref, f"a call to {to_number or 'us'} from {from_number or 'nobody'}")
        request = Request(door=Door.VOICE, ref=line.ref, from_number=from_number, to_number=to_number)
        self._performer.ask(line, request)
        return line

    def press(self, line: Line, key: str) -> None:
        """The caller presses a key."""
        if not line.over:
            self._performer.press(line, key)

    def hang_up(self, line: Line) -> None:
        """The far end hangs up."""
        if not line.over:
            self._end(line, Ended.FAR_END, "the far end hung up")

    def break_off(self, line: Line) -> None:
        """The network loses the line."""
        if not line.over:
            self._end(line, Ended.BROKEN, "the network lost it")

    # What the server asks for; each says whether there was anything to do it to

    def redirect(self, ref: str, document: Document) -> bool:
        """Give a line that is in progress another document."""
        line = self.lines.get(ref)
        if line is None or line.over or not line.answered_at:
            return False
        self._ledger.note("told", ref, f"is redirected to {words_of(document.plan)}")
        self._performer.push(line, document)
        return True

    def release(self, ref: str) -> bool:
        """Hang a line up."""
        line = self.lines.get(ref)
        if line is None or line.over:
            return False
        self._end(line, Ended.SERVER, "the server hung it up")
        return True

    def recordings_of(self, leg_id: str) -> tuple[RecordingSeen, ...]:
        """The recordings of a leg, for who asks."""
        return self._recordings.shown(leg_id)

    def record(self, line: Line, action: RecordingAction, recording_id: str) -> tuple[AnyEvent, ...] | None:
        """Start or change a recording; None if there is none."""
        return self._recordings.act(line, action, recording_id)

    def press_for(self, line: Line, digits: str) -> None:
        """Play tones to a line in a room."""
        self._ledger.note("tones", line.ref, f"hears the keys {digits}", label=digits)

    def close_room(self, name: str) -> bool:
        """End a room."""
        return self.rooms.close(name, self._performer.left_room)

    def dial(self, endpoint: str, label: str, room: str, ring_ms: int, terms: Terms = ORDINARY) -> Line:
        """Ring an endpoint, when its turn comes, and put whoever answers into the room; without one ask the server what
        to do with them."""
        line = self._dialled(endpoint, label)
        line.screened = not room
        self._in_turn(lambda: self._ring(line, room, ring_ms, terms))
        return line

    def call_out(self, endpoint: str, label: str, ring_ms: int, detect: str) -> Line:
        """Ring somebody for a campaign, and ask the server what whoever answers shall hear: before, or as soon as
        (`detect`), it is known what that is."""
        line = self._dialled(endpoint, label)
        line.detect = detect
        self._in_turn(lambda: self._ring(line, "", ring_ms, ORDINARY))
        return line

    def _dialled(self, endpoint: str, label: str) -> Line:
        person, part = self._telephones.at(endpoint), self._telephones.part(endpoint)
        line = self._new_line(inbound=False, from_number="", to_number=endpoint, person=person, part=part, label=label)
        self._ledger.note("dialled", line.ref, f"{endpoint} is dialled", other=endpoint, label=label)
        return line

    def _in_turn(self, ring: Action) -> None:
        """The carrier rings one telephone after the other."""
        self._next_call_at = max(self._nature.now, self._next_call_at) + self.calls_apart_ms
        self._nature.timeline.at(self._next_call_at - self.calls_apart_ms, ring)

    # How lines go

    def _new_line(
        self, *, inbound: bool, from_number: str, to_number: str, person: Person, part: Part, label: str = ""
    ) -> Line:
        line = Line(
            f"CA{len(self.lines) + 1}",
            inbound=inbound,
            from_number=from_number,
            to_number=to_number,
            person=person,
            part=part,
            now=self._nature.now,
            label=label,
        )
        self.lines[line.ref] = line
        return line

    def _ring(self, line: Line, room: str, ring_ms: int, terms: Terms) -> None:
        if line.over:
            return
        line.sent = True
        self._report_leg(line, LegPlaced(leg_id=line.label, provider_ref=line.ref))
        ring = self._telephones.ring(line)
        if ring.end:
            self._nature.timeline.after(ring.after_ms, lambda: self._not_answered(line, ring))
            return
        line.alerted_at = self._nature.now
        self._report_leg(line, LegAlerting(leg_id=line.label, provider_ref=line.ref, sequence=1))
        if ring.after_ms > ring_ms + RING_BUFFER_MS:
            self._nature.timeline.after(ring_ms + RING_BUFFER_MS, lambda: self._not_answered(line, Ring(0)))
        else:
            self._nature.timeline.after(ring.after_ms, lambda: self._answer(line, ring, room, terms))

    def _not_answered(self, line: Line, ring: Ring) -> None:
        if not line.over:
            self._end(line, Ended.RINGING, f"was not answered: {ring.end or 'rang out'}", ring.end)

    def _answer(self, line: Line, ring: Ring, room: str, terms: Terms) -> None:
        if line.over:
            return
        line.answered_at = self._nature.now
        self._ledger.note("answered", line.ref, f"{line.to_number} answers", other=line.to_number)
        if ring.voicemail:
            line.person = ring.voicemail
            self._ledger.note("voicemail", line.ref, "it is voicemail")
        self._report_leg(line, LegAnswered(leg_id=line.label, provider_ref=line.ref, sequence=2))
        if line.detect and ring.made:
            self._answered_out(line, ring.made)
        elif not line.screened:
            self.rooms.join(line, room, terms)
        else:
            self._performer.ask(line, Request(door=Door.SCREEN, ref=line.ref, leg_id=line.label))
        if not ring.voicemail:
            self._telephones.answered(line)

    def _answered_out(self, line: Line, made: Made) -> None:
        """The server is asked at once, or once it is known what answered. What is told beside may come too late."""
        line.made = made
        after, run, leg_id = self._nature.timeline.after, line.run, line.label
        request = Request(door=Door.ANSWERED, ref=line.ref, leg_id=leg_id)

        def told_apart() -> None:
            if line.run == run:
                found = made.found if made.detect_ms <= DETECT_MAX_MS else Outcome.UNKNOWN
                self._performer.ask(line, msgspec.structs.replace(request, answered_by=found))

        if line.detect == "first":
            self._hear(line, Hears.SILENCE)
            after(min(made.detect_ms, DETECT_MAX_MS), told_apart)
        else:
            self._performer.ask(line, request)
        if line.detect == "beside":
            found = AttemptClassified(attempt_id=leg_id, outcome=made.found)
            after(made.detect_ms, lambda: self._found(line, found))
        if line.detect != "off":
            greeted = GreetingEnded(leg_id=leg_id)
            after(made.greeting_ms, lambda: self._greeted(line, greeted))

    def _greeted(self, line: Line, greeted: GreetingEnded) -> None:
        if not line.over:
            self._network.report(greeted, f"greeting:{line.label}")

    def _found(self, line: Line, found: AttemptClassified) -> None:
        """Of a line that is over, too, at times."""
        if not line.over or self._nature.chance(0.3):
            self._ledger.note("found", line.ref, f"is taken to be {found.outcome}", label=line.label)
            self._network.report(found, f"amd:{line.label}")

    def _end(self, line: Line, ended: Ended, why: str, cause: EndCause | None = None) -> None:
        line.over = True
        self._performer.interrupt(line, LeaveResult.HUNG_UP, EndCause.NORMAL)
        self._recordings.end(line)
        self._ledger.note("ended", line.ref, why, ended=ended, other=line.endpoint)
        if line.inbound:
            event = LegEnded(leg_id="", provider_ref=line.ref, cause=_CAUSE[ended])
            self._network.report(event, f"status:{line.ref}")
        elif line.sent:  # a call that was still in line for its turn is not reported at all
            event = LegEnded(leg_id=line.label, provider_ref=line.ref, cause=cause or _CAUSE[ended], sequence=3)
            self._report_leg(line, event)
        line.person.ended(line)

    def _report_leg(self, line: Line, event: AnyEvent) -> None:
        line.reports += 1
        self._network.report(event, f"leg:{line.label}:{line.ref}:{line.reports}")

    def _hear(self, line: Line, hears: Hears) -> None:
        """Silence that lasts is noted. A sound of no length does not break it."""
        now = self._nature.now
        if hears is line.hears:
            return
        if hears is Hears.SILENCE and line.part is Part.CUSTOMER:
            if line.sound_began_at < now or not line.silent_since:
                line.silent_since = now
                self._nature.timeline.after(SILENCE_MAX_MS + 1, lambda: self._still_silent(line, now))
        elif line.hears is Hears.SILENCE:
            line.sound_began_at = now
        line.hears = hears

    def _still_silent(self, line: Line, since: int) -> None:
        if line.hears is Hears.SILENCE and line.silent_since == since and not line.over:
            self._ledger.note("silent", line.ref, f"has heard nothing for {SILENCE_MAX_MS / 1000:g} s")
