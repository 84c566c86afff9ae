"""From an input to a sealed record: stamp it, refuse repeats, decide, render replies, chain.

Everything here is memory. Nothing may leave the process before the journal has the record.
"""

from collections import OrderedDict
from collections.abc import Callable

import msgspec
import structlog

from cti import engine
from cti.core.base import Moment
from cti.core.codec import encode
from cti.core.deadlines import DUE_MAX
from cti.core.errors import reason_of
from cti.core.events import AnyEvent, CallArrived, DeadlinesReached, InputRejected, PlanRequested, ReplyOverdue
from cti.core.ids import command_id
from cti.core.plan import Door
from cti.core.ports import Renderer
from cti.core.record import OutboxRow, StoredRecord, StoredReply, TurnRecord
from cti.core.state import State
from cti.core.states import LegState
from cti.core.turn import Reply

SEEN_MAX = 100_000
"""How many keys of answered inputs memory holds. Older repeats carry an old nonce and change nothing."""


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """Something to decide about. `key` makes it a repeat when seen again; `token` is the carrier's own mark."""

    event: AnyEvent
    key: str
    actor: str
    token: str = ""
    stands_for: str = ""
    """The key of an older request whose answer this one's will be."""

    @property
    def answer_key(self) -> str:
        """Under what its answer is kept."""
        return self.stands_for or self.key


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A decided turn, ready for the journal. `answers` are documents by the key of the request they answer."""

    record: TurnRecord
    stored: StoredRecord
    answers: dict[str, str]
    replies: tuple[StoredReply, ...]
    outbox: tuple[OutboxRow, ...]
    reply_open: bool


class Repeat(msgspec.Struct, frozen=True):
    """The input was taken before, under `key` in record `seq`."""

    key: str
    seq: int


class Seen:
    """Which inputs were taken, by key and by token; the newest `SEEN_MAX` of them."""

    def __init__(self) -> None:
        self._seqs: OrderedDict[str, tuple[str, int]] = OrderedDict()
        self.complete = True
        """Whether nothing had to be forgotten; if not, only the journal knows for sure what is new."""

    def add(self, key: str, token: str, seq: int) -> None:
        """Remember an input under its key and, if it has one, its token."""
        self._seqs[key] = (key, seq)
        if token:
            self._seqs[f"token:{token}"] = (key, seq)
        while len(self._seqs) > SEEN_MAX:
            self._seqs.popitem(last=False)
            self.complete = False

    def knows(self, key: str) -> bool:
        """Whether memory can tell if an input with this key was taken."""
        return self.complete or key in self._seqs

    def find(self, key: str, token: str) -> Repeat | None:
        """The turn that took this input before. The token counts first: it names the very request."""
        found = self._seqs.get(f"token:{token}") if token else None
        found = found or self._seqs.get(key)
        return Repeat(*found) if found else None


DUE_BATCH = "due:batch"

log = structlog.get_logger()


def mark_of(item: Input) -> str:
    """By what an input is known when it comes again after a restart: its key, or the promise that it is."""
    if isinstance(item.event, DeadlinesReached):
        first = item.event.due[0]
        return DUE_BATCH if len(item.event.due) > 1 else f"due:{first.kind}:{first.key}:{first.at}"
    return item.key


class Decider:
    """The owner's mind: the state, the end of the chain, and which requests of the carrier still wait for a plan."""

    def __init__(
        self,
        state: State,
        *,
        epoch: int,
        last_hash: str,
        renderer: Renderer,
        salt: Callable[[], str],
        seen: Seen,
        apology: str = "",
    ) -> None:
        """`apology` is the document of last resort: for a caller whose apology cannot be rendered."""
        self.state = state
        self.epoch = epoch
        self.last_hash = last_hash
        self.seen = seen
        self.suspects: set[str] = set()
        """Inputs at which a worker died or hung, by `mark_of`: not decided about again."""
        self._renderer = renderer
        self._apology = apology
        self._salt = salt
        self._open_requests: dict[str, str] = {}

    def now(self, clock_ms: int) -> Moment:
        """Time never runs backwards into the core."""
        return Moment(self.state.last.seq + 1, max(self.state.last.at, clock_ms))

    def due(self, clock_ms: int) -> Input | None:
        """The promises that are due, as an input; None when there are none. After a worker died or hung at a batch of
        them, they come one by one, so that the one to blame is found."""
        state = self.state
        count_max = 1 if DUE_BATCH in self.suspects else DUE_MAX
        due = state.deadlines.take_due(state, max(state.last.at, clock_ms), engine.PROMISES, count_max)
        if not due:
            return None
        return Input(event=DeadlinesReached(due=due), key=f"due:{state.last.seq + 1}", actor="clock")

    def next_due_at(self) -> int | None:
        """When the next promise falls due (ms); None when there is none. It may turn out to be kept already."""
        return self.state.deadlines.next_at()

    def take(self, item: Input, clock_ms: int) -> Taken | Repeat:
        """Decide. An input that makes the rules fail is taken as `InputRejected`. Of promises that fail together, which
        one by one they did not, the first is taken alone and the others stay due."""
        repeat = self.seen.find(item.key, item.token)
        if repeat:
            return repeat
        reason = self._suspicion(item)
        if not reason:
            try:
                return self._turn(item, clock_ms)
            except Exception as error:  # whatever a rule raised, only its own contact may notice
                reason = reason_of(error)
                log.error("input_rejected", input=type(item.event).__name__, key=item.key, exc_info=error)
        if isinstance(item.event, DeadlinesReached):
            first, *others = item.event.due
            for promise in others:
                self.state.deadlines.add(promise.at, promise.kind, promise.key)
            if others:
                return self.take(msgspec.structs.replace(item, event=DeadlinesReached(due=(first,))), clock_ms)
            self.state.deadlines.put_off(first, self.now(clock_ms).at)
        return self._reject(item, reason, clock_ms)

    def _reject(self, item: Input, reason: str, clock_ms: int) -> Taken:
        """Its contact is affected, and nobody else. Where even that fails, the input is noted as being about nobody."""
        rejected = engine.rejected(item.event, reason, item.key)
        try:
            return self._turn(msgspec.structs.replace(item, event=rejected), clock_ms)
        except Exception as error:
            log.error("rejection_failed", input=rejected.input_type, key=item.key, exc_info=error)
        about_nobody = InputRejected(input_type=rejected.input_type, reason=reason, key=item.key)
        return self._turn(msgspec.structs.replace(item, event=about_nobody), clock_ms)

    def _suspicion(self, item: Input) -> str:
        if mark_of(item) not in self.suspects:
            return ""
        log.error("input_suspected", input=type(item.event).__name__, key=item.key)
        return "a worker died or hung at this input"

    def ask_again(self, item: Input, repeat: Repeat) -> Input | None:
        """For a repeat of a request that was taken but never answered, because the worker before ended meanwhile: the
        leg asks anew, and the answer is the old request's too. None when there is no such leg any more."""
        leg = self.state.legs.get(self._asking_leg(item.event))
        if leg is None or leg.state is LegState.ENDED or leg.awaiting:
            return None
        event = PlanRequested(leg_id=leg.leg_id, door=Door.NEXT, nonce=leg.nonce)
        key = f"again:{repeat.key}:{self.state.last.seq}"
        return Input(event=event, key=key, actor=item.actor, stands_for=repeat.key)

    def _turn(self, item: Input, clock_ms: int) -> Taken:
        now = self.now(clock_ms)
        sealed: list[Taken] = []
        engine.advance(self.state, item.event, now, lambda outcome: sealed.append(self._seal(item, now, outcome)))
        taken = sealed[0]
        self.last_hash = taken.stored.hash
        self.seen.add(item.key, item.token, now.seq)
        self._note_open_requests(item, taken)
        return taken

    def _seal(self, item: Input, now: Moment, outcome: engine.Outcome) -> Taken:
        """The record and its answers, made while the turn can still be taken back."""
        state = self.state
        record = TurnRecord(
            site=state.site,
            epoch=self.epoch,
            seq=now.seq,
            at=now.at,
            actor=item.actor,
            source_key=item.key,
            logic=engine.LOGIC,
            config_hash=state.config_hash,
            input=item.event,
            events=outcome.events,
            commands=outcome.commands,
        )
        answers = self._answers(item, outcome)
        return Taken(
            record=record,
            stored=encode(record, self.last_hash, self._salt()),
            answers=answers,
            replies=tuple(
                StoredReply(
                    key=key, seq=now.seq, at=now.at, content=content, token=item.token if key == item.answer_key else ""
                )
                for key, content in answers.items()
            ),
            outbox=tuple(
                OutboxRow(
                    command_id=command_id(now.seq, ordinal),
                    seq=now.seq,
                    ordinal=ordinal,
                    effect=command.effect,
                    status="intent",
                    at=now.at,
                    epoch=self.epoch,
                )
                for ordinal, command in enumerate(outcome.commands)
            ),
            reply_open=self._awaited_leg(item.event) != "" and item.answer_key not in answers,
        )

    def _answers(self, item: Input, outcome: engine.Outcome) -> dict[str, str]:
        """A reply belongs to the input that asked, or to an older request of its leg that was left open."""
        own_leg = self._asking_leg(item.event)
        answers: dict[str, str] = {}
        for reply in outcome.replies:
            key = item.answer_key if reply.leg_id == own_leg else self._open_requests.get(reply.leg_id)
            if key:
                answers[key] = self._document(item, reply)
        return answers

    def _document(self, item: Input, reply: Reply) -> str:
        """A plan that cannot be rendered makes its input fail; an apology for that is given in any case."""
        try:
            return self._renderer.document(reply.plan, reply.leg_id, reply.nonce, reply.endpoint)
        except Exception as error:
            if not isinstance(item.event, InputRejected):
                raise
            log.error("apology_not_rendered", leg=reply.leg_id, exc_info=error)
            return self._apology

    def _asking_leg(self, event: AnyEvent) -> str:
        """The leg whose request this input is; empty when it is none."""
        if isinstance(event, PlanRequested):
            return event.leg_id
        if isinstance(event, CallArrived | InputRejected):
            leg = self.state.find_leg(getattr(event, "leg_id", ""), event.provider_ref)
            return leg.leg_id if leg else ""
        return ""

    def _awaited_leg(self, event: AnyEvent) -> str:
        """The asking leg, if its request was left without a reply on purpose."""
        leg = self.state.legs.get(self._asking_leg(event))
        return leg.leg_id if leg and leg.awaiting else ""

    def _note_open_requests(self, item: Input, taken: Taken) -> None:
        if taken.reply_open:
            self._open_requests[self._asking_leg(item.event)] = item.answer_key
        for leg_id, key in list(self._open_requests.items()):
            if key in taken.answers or leg_id not in self.state.legs:
                del self._open_requests[leg_id]

    def overdue(self, key: str) -> ReplyOverdue | None:
        """The input that makes the rules give a filler to a request left open."""
        for leg_id, open_key in self._open_requests.items():
            if open_key == key:
                return ReplyOverdue(leg_id=leg_id, nonce=self.state.legs[leg_id].nonce)
        return None
