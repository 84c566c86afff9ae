"""Documents, performed: what a line hears, verb by verb, and where it asks next."""

from collections.abc import Callable
from typing import Any, ClassVar

from cti.core.plan import (
    Collect,
    Door,
    Forward,
    GoOn,
    HangUp,
    Join,
    Park,
    Pause,
    Plan,
    Play,
    Record,
    Refuse,
    Say,
    Verb,
)
from cti.core.states import EndCause, LeaveResult
from cti.sim.documents import Answer, Document, Holding, Request
from cti.sim.ledger import Ended, Ledger
from cti.sim.line import Hears, Line, Listening, Part, Terms
from cti.sim.nature import Nature
from cti.sim.network import Network
from cti.sim.recording import Recordings
from cti.sim.rooms import Rooms
from cti.sim.telephones import Ring

SAY_CHARACTER_MS = 60
HOLDING_MS = 5_000
PLAY_MS = {"music-10s.wav": 10_000, "music-20s.wav": 20_000}
LOOP_MIN_MS = 100
"""A waiting document that takes no time is not asked for more often than this."""

Go = Callable[[], None]
Hear = Callable[[Line, Hears], None]
End = Callable[[Line, Ended, str], None]
Outside = Callable[[str], Ring]


class Performer:
    """Performs documents on lines. `end` ends a line for good; `outside` says who answers to whom a line is
    forwarded."""

    def __init__(
        self,
        nature: Nature,
        ledger: Ledger,
        network: Network,
        rooms: Rooms,
        recordings: Recordings,
        hear: Hear,
        end: End,
        outside: Outside,
    ) -> None:
        self._nature = nature
        self._ledger = ledger
        self._network = network
        self._rooms = rooms
        self._recordings = recordings
        self._hear = hear
        self._end = end
        self._outside = outside

    # Asking

    def ask(self, line: Line, request: Request) -> None:
        """Ask the server what the line shall do, in silence."""
        if line.answered_at:
            self._hear(line, Hears.SILENCE)
        run = line.run

        def failed() -> None:
            if line.run == run:
                self._end(line, Ended.ERROR, "request and fallback failed")

        self._network.request(request, lambda answer: self._answered(line, run, answer), failed)

    def _answered(self, line: Line, run: int, answer: Answer) -> None:
        """An answer for a line that was moved meanwhile is thrown away."""
        if line.run != run:
            return
        if isinstance(answer, Holding):
            self._answer_phone(line)
            self._ledger.note("held", line.ref, "is held, and asks the same again")
            self._hear(line, Hears.SOUND)
            self._then(line, HOLDING_MS, lambda: self.ask(line, answer.resume))
        else:
            self.perform(line, answer)

    def perform(self, line: Line, document: Document) -> None:
        """A document as the answer to a request: the line stays in the waiting room, if it is there."""
        line.label = line.label or document.leg_id
        line.document = document
        only_passes_time = _only_passes_time(document.plan)
        self._ledger.note("held" if only_passes_time else "given", line.ref, f"is given {words_of(document.plan)}")
        self._verb(line, document, 0)

    def push(self, line: Line, document: Document) -> None:
        """A document that comes unasked: the line leaves whatever it was in."""
        name = line.room.name if line.room else ""
        again = any(isinstance(verb, Join) and verb.call_id == name for verb in document.plan.verbs)
        self.interrupt(line, LeaveResult.REDIRECTED, EndCause.TRANSFERRED, again=again)
        self.perform(line, document)

    def interrupt(self, line: Line, result: LeaveResult, cause: EndCause, *, again: bool = False) -> None:
        """Out of waiting room, room, talk outside and message. The doors are told why. `again`: back into the room."""
        line.run += 1
        line.listening = None
        if line.outside:
            self._leave_outside(line, result)
        if line.message and line.document:
            message, line.message = line.message, None
            over = "_over" if result is LeaveResult.HUNG_UP else ""
            told = f"{self._recordings.end_message(line, message)}{over}"
            self._network.tell(self._request(line, line.document, Door.RECORDED, told))
        if line.parked:
            self._network.tell(self._request(line, line.parked, Door.PARKED, result))
            line.parked = None
        if line.room:
            if line.joined and result is LeaveResult.HUNG_UP and self._nature.chance(0.5):
                self._network.tell(self._request(line, line.joined, Door.JOINED, result))
            self._rooms.leave(line, cause, self.left_room, again=again)
        line.joined = None

    def left_room(self, line: Line) -> None:
        """Its room ended: a line that was sent there asks what next, one that was dialled in is over."""
        if line.joined is None:
            self._end(line, Ended.ROOM, "its room ended")
        else:
            document, line.joined = line.joined, None
            self.ask(line, self._request(line, document, Door.JOINED, LeaveResult.BRIDGED))

    def _request(self, line: Line, document: Document, door: Door, told: str = "") -> Request:
        return Request(
            door=door,
            ref=line.ref,
            leg_id=document.leg_id,
            nonce=document.nonce,
            told=told,
            from_number=line.from_number,
            to_number=line.to_number,
        )

    # Verbs

    def _then(self, line: Line, delay_ms: int, go: Go) -> None:
        """Go on later, unless the line has been moved by then."""
        run = line.run

        def still() -> None:
            if line.run == run:
                go()

        self._nature.timeline.after(delay_ms, still)

    def _answer_phone(self, line: Line) -> None:
        if not line.answered_at:
            line.answered_at = self._nature.now
            whose = "" if line.part is Part.CUSTOMER else line.endpoint
            self._ledger.note("answered", line.ref, "is answered", other=whose)

    def _verb(self, line: Line, document: Document, place: int) -> None:
        verbs = document.plan.verbs
        if place == len(verbs):
            self._ran_out(line, document)
            return
        verb = verbs[place]
        if not isinstance(verb, Refuse):
            self._answer_phone(line)
        if line.parked and isinstance(verb, (Park, Join, Forward, Record, Refuse)):
            self._end(line, Ended.ERROR, f"a waiting document may not hold {type(verb).__name__}")
            return
        self._PERFORM[type(verb)](self, line, document, place, verb)

    def _ran_out(self, line: Line, document: Document) -> None:
        if line.parked:
            parked = line.parked
            self._hear(line, Hears.SILENCE)
            self._then(line, LOOP_MIN_MS, lambda: self.ask(line, self._request(line, parked, Door.WAIT)))
        else:
            self._end(line, Ended.ERROR, "its document ran out")

    def _sound(self, line: Line, document: Document, place: int, verb: Any) -> None:
        self._hear(line, Hears.SILENCE if isinstance(verb, Pause) else Hears.SOUND)
        self._then(line, _length_ms(verb), lambda: self._verb(line, document, place + 1))

    def _collect(self, line: Line, document: Document, place: int, verb: Collect) -> None:
        self._hear(line, Hears.MENU)
        until = self._nature.now + sum(_length_ms(prompt) for prompt in verb.prompts) + 1_000 * verb.timeout_s
        listening = line.listening = Listening(verb, document, place, until)
        line.person.heard_menu(line)
        self._take_keys(line)
        self._await_keys(line, listening)

    def _await_keys(self, line: Line, listening: Listening) -> None:
        def look() -> None:
            if line.listening is not listening:
                return
            if self._nature.now >= listening.until:
                self._heard_enough(line, listening)
            else:
                self._await_keys(line, listening)

        if line.listening is listening:
            self._nature.timeline.at(listening.until, look)

    def press(self, line: Line, key: str) -> None:
        """A key that is pressed before anybody listens waits until somebody does."""
        line.keys.append(key)
        self._take_keys(line)

    def _take_keys(self, line: Line) -> None:
        while line.keys and line.listening:
            listening = line.listening
            key = line.keys.popleft()
            if key == listening.verb.finish_on_key:
                self._heard_enough(line, listening)
                continue
            listening.digits += key
            listening.until = self._nature.now + 1_000 * listening.verb.timeout_s
            if len(listening.digits) >= listening.verb.digits_max:
                self._heard_enough(line, listening)

    def _heard_enough(self, line: Line, listening: Listening) -> None:
        """Digits go to their door; without any, the document goes on."""
        line.listening = None
        if listening.digits:
            self.ask(line, self._request(line, listening.document, Door.DIGITS, listening.digits))
        else:
            self._verb(line, listening.document, listening.place + 1)

    def _go_on(self, line: Line, document: Document, place: int, verb: GoOn) -> None:
        self.ask(line, self._request(line, document, verb.door))

    def _park(self, line: Line, document: Document, place: int, verb: Park) -> None:
        if self._nature.strikes("waiting_room_failed"):
            result = self._nature.pick((LeaveResult.FULL, LeaveResult.FAILED))
            self.ask(line, self._request(line, document, Door.PARKED, result))
            return
        line.parked = document
        self._ledger.note("told", line.ref, "waits in the waiting room")
        self.ask(line, self._request(line, document, Door.WAIT))

    def _join(self, line: Line, document: Document, place: int, verb: Join) -> None:
        line.joined = document
        self._rooms.join(line, verb.call_id, Terms(ends_room=verb.ends_call))

    def _forward(self, line: Line, document: Document, place: int, verb: Forward) -> None:
        """The carrier rings somebody itself, asks no server, and comes back when that is over."""
        line.outside = document.endpoint
        self._ledger.note("forwarded", line.ref, f"is forwarded to {document.endpoint}", other=document.endpoint)
        self._hear(line, Hears.SOUND)
        ring = self._outside(document.endpoint)
        ringing_ms = min(ring.after_ms, 1_000 * verb.timeout_s)
        if ring.end is None and ring.after_ms <= ringing_ms:
            self._then(line, ringing_ms, lambda: self._talk_outside(line, document, ring.talks_ms))
        else:
            result = LeaveResult.BUSY if ring.end is EndCause.BUSY else LeaveResult.NO_ANSWER
            self._then(line, ringing_ms, lambda: self._come_back(line, document, result))

    def _talk_outside(self, line: Line, document: Document, talks_ms: int) -> None:
        self._hear(line, Hears.TALK)
        self._ledger.note("outside", line.ref, f"talks to {line.outside}", other=line.outside)
        line.person.bridged(line)
        self._then(line, talks_ms, lambda: self._come_back(line, document, LeaveResult.BRIDGED))

    def _come_back(self, line: Line, document: Document, result: LeaveResult) -> None:
        self._ledger.note("returned", line.ref, f"comes back from {line.outside}: {result}", other=line.outside)
        if line.hears is Hears.TALK:
            line.person.parted(line)
        line.outside = ""
        self.ask(line, self._request(line, document, Door.FORWARDED, result))

    def _leave_outside(self, line: Line, result: LeaveResult) -> None:
        """Hung up, or moved away."""
        if result is not LeaveResult.HUNG_UP and line.hears is Hears.TALK:
            self._ledger.note("torn", line.ref, f"is torn out of a talk to {line.outside}")
        elif line.document and self._nature.chance(0.5):
            self._network.tell(self._request(line, line.document, Door.FORWARDED, result))
        line.outside = ""

    def _record(self, line: Line, document: Document, place: int, verb: Record) -> None:
        """A message, or not a word: then the document goes on."""
        self._hear(line, Hears.MENU)
        silence_ms = 1_000 * verb.silence_s
        if self._nature.chance(0.2):
            self._then(line, silence_ms, lambda: self._verb(line, document, place + 1))
            return
        line.message = self._recordings.begin_message(line)
        says_ms = min(self._nature.between(1_000, 20_000), 1_000 * verb.seconds_max)
        self._then(line, says_ms + silence_ms, lambda: self._said(line, document))

    def _said(self, line: Line, document: Document) -> None:
        message, line.message = line.message, None
        if message:
            told = self._recordings.end_message(line, message)
            self.ask(line, self._request(line, document, Door.RECORDED, told))

    def _hang_up(self, line: Line, document: Document, place: int, verb: HangUp) -> None:
        self._end(line, Ended.DOCUMENT, "its document hung up")

    def _refuse(self, line: Line, document: Document, place: int, verb: Refuse) -> None:
        self._end(line, Ended.DOCUMENT, f"its document refused the call: {verb.reason}")

    _PERFORM: ClassVar[dict[type[Verb], Callable[..., None]]] = {
        Say: _sound,
        Play: _sound,
        Pause: _sound,
        Collect: _collect,
        GoOn: _go_on,
        Park: _park,
        Join: _join,
        Forward: _forward,
        Record: _record,
        HangUp: _hang_up,
        Refuse: _refuse,
    }


def words_of(plan: Plan) -> str:
    """The verbs by name."""
    return ", ".join(type(verb).__name__ for verb in plan.verbs) or "nothing"


def _only_passes_time(plan: Plan) -> bool:
    """Something to hear, then come back for what one really is to do."""
    *heard, last = plan.verbs or (HangUp(),)
    return last == GoOn(door=Door.NEXT) and all(isinstance(verb, (Say, Play, Pause)) for verb in heard)


def _length_ms(verb: Say | Play | Pause) -> int:
    match verb:
        case Say():
            return max(300, SAY_CHARACTER_MS * len(verb.text))
        case Play():
            return PLAY_MS[verb.audio] * verb.loop
        case Pause():
            return 1_000 * verb.seconds
