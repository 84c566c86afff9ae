"""The only loop: take what came in, decide, make the batch durable, and only then let anything out.

What was decided is ahead of the journal while a commit runs. So a commit that fails, or whose fate is unknown, ends
the worker: the next one starts from the journal. A commit is never cancelled.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from cti.core.errors import JournalError
from cti.core.events import AnyEvent
from cti.core.ports import Journal
from cti.core.record import Batch, OutboxState, TurnRecord
from cti.runtime.clock import Clock
from cti.runtime.decider import Decider, Input, Repeat, Taken, mark_of
from cti.runtime.failpoints import Failpoints
from cti.runtime.inbox import Inbox, Mark, Posted, refuse
from cti.runtime.note import Note
from cti.runtime.ranks import rank_of

BATCH_MAX = 64

GATHER_FROM = 8
GATHER_S = 0.002
"""Behind a batch of at least so many inputs the next one gathers for so long, as a commit costs the processor what
fifty inputs cost. Who calls alone does not wait; who calls first after a rush does."""

ANSWERS_MAX = 20_000
"""How many answers memory keeps for repeats; older ones are read from the journal."""

OWNER_S = 2.0
"""How long a commit proves that the site is ours. Nobody may take over from a silent owner sooner."""

SLOW_S = 0.5
"""A commit that takes longer keeps nobody waiting who only asks again."""

REPLY_S = 2.5
"""How long a request of the carrier may be left open before it gets a filler; also when a commit counts as slow."""


class Driver:
    """Inputs in, answers out, and in between the one commit that both wait for."""

    def __init__(self, decider: Decider, journal: Journal, clock: Clock, failpoints: Failpoints, note: Note) -> None:
        self.inbox = Inbox()
        self.decider = decider
        self.committed: list[Callable[[TurnRecord], None]] = []
        self._journal = journal
        self._clock = clock
        self._failpoints = failpoints
        self._note = note
        self._answers: OrderedDict[str, str] = OrderedDict()
        self._open: dict[str, list[asyncio.Future[str]]] = {}
        self._commit_began_at = 0.0
        self._owner_until = 0.0
        self._background: set[asyncio.Task[None]] = set()
        self._rush = False

    @property
    def holding(self) -> str:
        """Why nothing can be recorded now; empty when all is well."""
        if self.inbox.closed:
            return self.inbox.closed
        if self._commit_began_at:
            waited_s = asyncio.get_running_loop().time() - self._commit_began_at
            if waited_s > REPLY_S:
                return f"the journal has not answered for {waited_s:.0f} s"
        return ""

    def post(
        self,
        event: AnyEvent,
        *,
        key: str,
        actor: str,
        token: str = "",
        changes: tuple[OutboxState, ...] = (),
    ) -> "asyncio.Future[str]":
        """Put an input in line; the future is its answer. See `cti.core.ports.Intake`. While the journal is slow, who
        asks what was answered before gets the answer at once."""
        if self._commit_began_at and asyncio.get_running_loop().time() - self._commit_began_at > SLOW_S:
            repeat = None if changes else self.decider.seen.find(key, token)
            if repeat and repeat.key in self._answers and not self.inbox.closed:
                answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
                answered.set_result(self._answers[repeat.key])
                return answered
        rank = rank_of(event, actor, self.decider.state)
        return self.inbox.post(Input(event=event, key=key, actor=actor, token=token), rank, changes)

    def tell(self, event: AnyEvent, *, key: str, actor: str, changes: tuple[OutboxState, ...] = ()) -> None:
        """Put an input in line whose answer nobody waits for."""
        self.inbox.tell(Input(event=event, key=key, actor=actor), changes)

    async def prove_ownership(self) -> None:
        """Return once the journal has confirmed, not long ago, that the site is still ours. Raises `JournalError`. A
        process may be paused for so long that another has taken over, and does not feel it."""
        if asyncio.get_running_loop().time() > self._owner_until:
            await self.inbox.mark(None)

    async def run(self) -> None:
        """Until cancelled, or until the journal cannot be written: then raises its error."""
        try:
            while True:
                await self.inbox.wait(self._idle_s())
                if self._rush and len(self.inbox) < BATCH_MAX:
                    await asyncio.sleep(GATHER_S)
                await self._one_batch()
        except JournalError as error:
            self.inbox.close(f"the journal cannot be written: {error}")
            raise
        finally:
            self.inbox.close(self.inbox.closed or "the server is stopping")

    def _idle_s(self) -> float | None:
        due_at = self.decider.next_due_at()
        return None if due_at is None else self._clock.seconds_until(due_at)

    async def _one_batch(self) -> None:
        posted = self.inbox.take(BATCH_MAX)
        self._rush = len(posted) >= GATHER_FROM
        marks = self.inbox.take_marks()
        try:
            await self._take(posted, marks)
        except JournalError as error:
            refuse(posted, marks, f"the journal cannot be written: {error}")
            raise

    async def _take(self, posted: list[Posted], marks: list[Mark]) -> None:
        if posted:
            self._failpoints.here("after_read")
        decided = [(waiting, self._decide(waiting.item)) for waiting in [*self._due(), *posted]]
        taken = [(waiting, result) for waiting, result in decided if isinstance(result, Taken)]
        # What a result makes of a command is its last change, so marks come first.
        marked = [change for change, _ in marks if change is not None]
        changes = marked + [change for waiting, _ in decided for change in waiting.changes]
        if taken or changes or marks:
            await self._commit(taken, changes)
        for _, done in marks:
            if not done.done():
                done.set_result(None)
        for waiting, result in decided:
            if isinstance(result, Taken):
                self._release(waiting, result)
            else:
                self._repeat(waiting, result)

    def _due(self) -> list[Posted]:
        item = self.decider.due(self._clock.now())
        return [Posted(item, self.inbox.nobody)] if item else []

    def _decide(self, item: Input) -> Taken | Repeat:
        self._note.deciding(mark_of(item))
        self._failpoints.here("in_decide")
        result = self.decider.take(item, self._clock.now())
        self._note.done()
        self._failpoints.here("after_decide")
        return result

    async def _commit(self, taken: list[tuple[Posted, Taken]], changes: list[OutboxState]) -> None:
        batch = Batch(
            epoch=self.decider.epoch,
            records=tuple([result.stored for _, result in taken]),
            replies=tuple([reply for _, result in taken for reply in result.replies]),
            outbox=tuple([row for _, result in taken for row in result.outbox]),
            outbox_changes=tuple(changes),
        )
        self._commit_began_at = asyncio.get_running_loop().time()
        await self._failpoints.pass_by("before_commit")
        await self._journal.append(batch)
        self._owner_until = self._commit_began_at + OWNER_S
        self._failpoints.here("after_commit")
        self._commit_began_at = 0.0

    def _release(self, waiting: Posted, taken: Taken) -> None:
        """The record is durable: answers go out, commands start, desktops are told."""
        self._failpoints.here("before_reply")
        key = waiting.item.answer_key
        for answered_key, content in taken.answers.items():
            self._remember(answered_key, content)
            for future in self._open.pop(answered_key, ()):
                if not future.done():
                    future.set_result(content)
        if taken.reply_open:
            self._open[key] = [waiting.answer]
            asyncio.get_running_loop().call_later(self._clock.real_s(REPLY_S), self._reply_overdue, key)
        elif not waiting.answer.done():
            waiting.answer.set_result(taken.answers.get(key, ""))
        for told in self.committed:
            told(taken.record)
        self._failpoints.here("after_reply")

    def _remember(self, key: str, content: str) -> None:
        self._answers[key] = content
        if len(self._answers) > ANSWERS_MAX:
            self._answers.popitem(last=False)

    def _reply_overdue(self, key: str) -> None:
        event = self.decider.overdue(key) if key in self._open else None
        if event and not self.inbox.closed:
            self.tell(event, key=f"overdue:{key}:{event.nonce}", actor="clock")

    def _repeat(self, waiting: Posted, repeat: Repeat) -> None:
        """The first answer again: from memory, from an open request, or from the journal."""
        if waiting.answer.done():
            return
        if repeat.key in self._answers:
            waiting.answer.set_result(self._answers[repeat.key])
        elif repeat.key in self._open:
            self._open[repeat.key].append(waiting.answer)
        else:
            task = asyncio.get_running_loop().create_task(self._repeat_from_journal(waiting, repeat))
            self._background.add(task)
            task.add_done_callback(self._background.discard)

    async def _repeat_from_journal(self, waiting: Posted, repeat: Repeat) -> None:
        try:
            reply = await self._journal.reply_for(repeat.key, waiting.item.token)
        except JournalError as error:
            refuse([waiting], [], str(error))
            return
        again = None if reply else self.decider.ask_again(waiting.item, repeat)
        if again is not None and not self.inbox.closed:
            self.inbox.put(Posted(again, waiting.answer))
        elif not waiting.answer.done():
            waiting.answer.set_result(reply.content if reply else "")
