"""One worker of the server: decides in batches, commits, and only then lets anything out.

It is the driver of `cti.runtime` without an event loop. What it decides, and what it remembers of repeats, is the
server's own `Decider`.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

import msgspec

from cti.core.errors import JournalError
from cti.core.events import AnyEvent
from cti.core.record import Batch, OutboxState, TurnRecord
from cti.core.state import State
from cti.runtime.decider import Decider, Input, Repeat, Taken
from cti.sim.nature import Nature
from cti.sim.timeline import Action

BATCH_MAX = 64
REPLY_MS = 2_500
OWNER_S = 2.0
SLOW_MS = 500

Answered = Callable[[str, str], None]
"""Is told the key under which the input was taken, and the answer."""

CRASH_POINTS = (
    "after read", "after decide", "after commit", "amid replies", "after replies", "before send", "after send",
    "before confirm",
)  # fmt: skip


class Posted(msgspec.Struct):
    """An input, who waits for its answer, and what it makes of the commands that it reports on."""

    item: Input
    answered: Answered | None = None
    changes: tuple[OutboxState, ...] = ()


class Mark(msgspec.Struct):
    """A command's new state, or none, and what waits for it to be durable."""

    change: OutboxState | None
    then: Action | None = None


class Parent(Protocol):
    """What a worker needs from the server around it."""

    def append(self, owner: "Owner", batch: Batch, taken: list[Taken]) -> None:
        """Make a batch durable. Raises what a journal raises."""

    def failed(self, owner: "Owner", error: JournalError) -> None:
        """The batch is not durable, or nobody knows: this worker is at its end."""

    def released(self, owner: "Owner", record: TurnRecord) -> None:
        """What a record says may be known."""

    def find_reply(self, key: str, token: str) -> str:
        """The stored answer to a request; empty if there is none."""

    def may_crash(self) -> bool:
        """Whether the world allows it now."""

    def crashed(self, owner: "Owner", point: str) -> None:
        """It was killed at this point."""

    def paused(self, owner: "Owner") -> None:
        """It was stopped, for a while."""


class Owner:
    """`clock_ahead_ms` is how far its clock is off. While paused, what would happen to it waits until it wakes."""

    def __init__(self, nature: Nature, parent: Parent, decider: Decider, clock_ahead_ms: int) -> None:
        self.decider = decider
        self.alive = True
        self.died_at = 0
        self.asleep = False
        self.started: list[Callable[[TurnRecord], None]] = []
        """Told of each durable record: carries its commands out."""
        self._nature = nature
        self._parent = parent
        self._clock_ahead_ms = clock_ahead_ms
        self._inbox: deque[Posted] = deque()
        self._marks: list[Mark] = []
        self._committing = False
        self._looking = False
        self._wakes_at = 0
        self._owner_until = 0
        self._doom = ""
        self._overslept: list[Action] = []
        self._commit_began_at = 0
        self._answers: dict[str, str] = {}
        self._open: dict[str, list[Answered]] = {}

    @property
    def state(self) -> State:
        """What it has decided, be it durable or not yet."""
        return self.decider.state

    def clock(self) -> int:
        """The time that it thinks it is, in ms."""
        return self._nature.now + self._clock_ahead_ms

    # Time passes for a worker only while it lives and is awake

    def later(self, delay_ms: int, action: Action) -> None:
        """Do something in a while, if it lives and is awake."""
        self._nature.timeline.after(delay_ms, self.guarded(action))

    def guarded(self, action: Action) -> Action:
        """The action, as far as the worker is there to do it."""

        def act() -> None:
            if self.asleep:
                self._overslept.append(act)
            elif self.alive:
                action()

        return act

    def wake(self) -> None:
        """Go on as if nothing had been."""
        self.asleep = False
        overslept, self._overslept = self._overslept, []
        for action in overslept:
            action()

    def die(self) -> None:
        """Nothing that it was going to do happens any more."""
        self.alive = False
        self.died_at = self._nature.now

    def dies_at(self, point: str) -> bool:
        """Whether it is dead from here on: killed at this point by chance, or before."""
        if self._doom != point or not self.alive:
            return not self.alive
        self._parent.crashed(self, point)
        return True

    # The driver

    def post(self, event: AnyEvent, *, key: str, actor: str, token: str = "", answered: Answered | None = None,
             changes: tuple[OutboxState, ...] = ()) -> None:  # fmt: skip
        """Put an input in line; `answered` hears the answer. While the journal is slow, what was answered before is
        answered at once."""
        is_slow = self._commit_began_at and self._nature.now - self._commit_began_at > SLOW_MS
        repeat = self.decider.seen.find(key, token) if is_slow and not changes else None
        if repeat and repeat.key in self._answers and answered:
            answered(repeat.key, self._answers[repeat.key])
            return
        self._inbox.append(Posted(Input(event=event, key=key, actor=actor, token=token), answered, changes))
        self._look()

    def mark(self, change: OutboxState | None, then: Action | None = None) -> None:
        """Have a command's new state made durable with the next commit; without one, just have a commit."""
        self._marks.append(Mark(change, then))
        self._look()

    def prove_ownership(self, then: Action) -> None:
        """Go on once the journal has confirmed, not long ago, that the site is still ours."""
        if self._nature.now > self._owner_until:
            self.mark(None, then)
        else:
            then()

    def _look(self) -> None:
        if not (self._looking or self._committing):
            self._looking = True
            self.later(self._nature.between(0, 3), self._batch)

    def _batch(self) -> None:
        self._looking = False
        if self._nature.strikes("crash") and self._parent.may_crash():
            self._doom = self._nature.pick(CRASH_POINTS)
        self._committing = True
        posted = [self._inbox.popleft() for _ in range(min(BATCH_MAX, len(self._inbox)))]
        marks, self._marks = self._marks, []
        if self.dies_at("after read"):
            return
        if self._nature.strikes("pause") and self._parent.may_crash():
            self._parent.paused(self)
            self.later(0, lambda: self._decide(posted, marks))
        else:
            self._decide(posted, marks)

    def _decide(self, posted: list[Posted], marks: list[Mark]) -> None:
        due = self.decider.due(self.clock())
        waiting = [Posted(due), *posted] if due else posted
        decided = [(each, self.decider.take(each.item, self.clock())) for each in waiting]
        changes = [mark.change for mark in marks if mark.change]
        changes += [change for each in waiting for change in each.changes]
        if not marks and not changes and not any(isinstance(result, Taken) for _, result in decided):
            self._committing = False
            self._release(decided, marks)
            return
        began_at = self._commit_began_at = self._nature.now
        slow = self._nature.strikes("journal_slow")
        self.later(
            self._nature.between(1, 5_000 if slow else 12), lambda: self._commit(decided, changes, marks, began_at)
        )
        if self._nature.strikes("pause") and self._parent.may_crash():
            self._parent.paused(self)

    def _commit(
        self,
        decided: list[tuple[Posted, Taken | Repeat]],
        changes: list[OutboxState],
        marks: list[Mark],
        began_at: int,
    ) -> None:
        if self.dies_at("after decide"):
            return
        taken = [result for _, result in decided if isinstance(result, Taken)]
        batch = Batch(
            epoch=self.decider.epoch,
            records=tuple([each.stored for each in taken]),
            replies=tuple([reply for each in taken for reply in each.replies]),
            outbox=tuple([row for each in taken for row in each.outbox]),
            outbox_changes=tuple(changes),
        )
        try:
            self._parent.append(self, batch, taken)
        except JournalError as error:
            self._parent.failed(self, error)
            return
        self._committing, self._commit_began_at = False, 0
        self._owner_until = began_at + int(1_000 * OWNER_S)
        if not self.dies_at("after commit"):
            self._release(decided, marks)

    def _release(self, decided: list[tuple[Posted, Taken | Repeat]], marks: list[Mark]) -> None:
        """Now it may be known: answers go out, commands start."""
        for mark in marks:
            if mark.then and self.alive:
                mark.then()
        for waiting, result in decided:
            if not self.alive:
                return
            if isinstance(result, Taken):
                self._answer(waiting, result)
                self._parent.released(self, result.record)
                for told in self.started:
                    told(result.record)
            else:
                self._repeat(waiting, result)
            self.dies_at("amid replies")
        if not self.alive or self.dies_at("after replies"):
            return
        if self._inbox or self._marks:
            self._look()
        self._arm()

    def _arm(self) -> None:
        """Wake for the next promise that falls due."""
        due_at = self.decider.next_due_at()
        if due_at is None:
            return
        wakes_at = max(due_at - self._clock_ahead_ms, self._nature.now)
        if self._nature.now < self._wakes_at <= wakes_at:
            return
        self._wakes_at = wakes_at
        self.later(wakes_at - self._nature.now, self._look)

    def _answer(self, waiting: Posted, taken: Taken) -> None:
        key = waiting.item.answer_key
        for answered_key, content in taken.answers.items():
            self._answers[answered_key] = content
            for answered in self._open.pop(answered_key, ()):
                answered(answered_key, content)
        if taken.reply_open:
            self._open[key] = [waiting.answered] if waiting.answered else []
            self.later(REPLY_MS, lambda: self._reply_overdue(key))
        elif waiting.answered:
            waiting.answered(key, taken.answers.get(key, ""))

    def _reply_overdue(self, key: str) -> None:
        event = self.decider.overdue(key) if key in self._open else None
        if event:
            self.post(event, key=f"overdue:{key}:{event.nonce}", actor="clock")

    def _repeat(self, waiting: Posted, repeat: Repeat) -> None:
        """The first answer again: from memory, from an open request, or from the journal."""
        if waiting.answered is None:
            return
        if repeat.key in self._answers:
            waiting.answered(repeat.key, self._answers[repeat.key])
        elif repeat.key in self._open:
            self._open[repeat.key].append(waiting.answered)
        else:
            self._repeat_from_journal(waiting, repeat, waiting.answered)

    def _repeat_from_journal(self, waiting: Posted, repeat: Repeat, answered: Answered) -> None:
        """A request that was taken but never answered, because the worker before ended meanwhile, is asked anew."""
        reply = self._parent.find_reply(repeat.key, waiting.item.token)
        again = None if reply else self.decider.ask_again(waiting.item, repeat)
        if again is None:
            answered(repeat.key, reply)
        else:
            self._inbox.append(Posted(again, answered))
            self._look()
