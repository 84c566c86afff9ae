"""Carries a worker's commands out: the dispatcher of `cti.runtime` without an event loop. What to do with a command
next is the server's own policy (`cti.runtime.outbox`). Commands on one leg go out in the order they were asked for."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

import msgspec

from cti.core.commands import ClaimLeads, FindSuppression, GatherCallFacts, LookUpCustomer, Originate
from cti.core.ids import command_id
from cti.core.ports import Result
from cti.core.record import OutboxState, TurnRecord
from cti.runtime import outbox
from cti.runtime.outbox import Entry, Status, Step
from cti.sim.directory import Directory
from cti.sim.guards import Policy
from cti.sim.owner import Owner
from cti.sim.rest import Rest

Sending = Callable[[Owner, Entry], None]


class Lists(Protocol):
    """What is known of numbers that are to be rung."""

    def ask(self, command: GatherCallFacts | FindSuppression, done: Callable[[Result], None]) -> None:
        """Some day `done` hears."""


class Leads(Protocol):
    """Who is to be called next."""

    def claim(self, command: ClaimLeads, done: Callable[[Result], None]) -> None:
        """Some day `done` hears."""


class Dispatch:
    """`sending` is told of each request before it leaves."""

    def __init__(
        self,
        owner: Owner,
        policy: Policy,
        rest: Rest,
        directory: Directory,
        sending: Sending,
        lists: Lists | None = None,
        leads: Leads | None = None,
    ) -> None:
        self._lists = lists
        self._leads = leads
        self._owner = owner
        self._policy = policy
        self._rest = rest
        self._directory = directory
        self._sending = sending
        self._lines: dict[str, deque[Entry]] = {}

    def committed(self, record: TurnRecord) -> None:
        """Start the commands of a record."""
        for ordinal, command in enumerate(record.commands):
            self._start(Entry(command_id=command_id(record.seq, ordinal), seq=record.seq, command=command))

    def resume(self, entries: Iterable[Entry]) -> None:
        """Go on with what the worker before did not finish."""
        for entry in entries:
            self._start(self._policy.after_restart(entry))

    def _start(self, entry: Entry) -> None:
        leg_id = getattr(entry.command, "leg_id", "")
        if not leg_id:
            self._step(entry)
            return
        line = self._lines.setdefault(leg_id, deque())
        line.append(entry)
        if len(line) == 1:
            self._step(entry)

    def _finished(self, entry: Entry) -> None:
        leg_id = getattr(entry.command, "leg_id", "")
        line = self._lines.get(leg_id)
        if line is None:
            return
        line.popleft()
        if line:
            self._step(line[0])
        else:
            del self._lines[leg_id]

    def _step(self, entry: Entry) -> None:
        owner = self._owner
        if not owner.alive:
            return
        step = self._policy.step_of(entry, owner.state)
        if step is Step.VOID or (step is Step.MARK_SENT and outbox.is_late(entry, owner.clock())):
            self._record(entry, self._policy.voided(entry))
            self._finished(entry)
        elif step is Step.MARK_SENT:
            sent = msgspec.structs.replace(entry, status=Status.SENT, sent_at=owner.clock())
            owner.mark(self._change(sent, Status.SENT), lambda: owner.prove_ownership(lambda: self._leave(sent)))
        else:
            owner.prove_ownership(lambda: self._go_on(entry, step))

    def _go_on(self, entry: Entry, step: Step) -> None:
        if step is Step.RECONCILE and isinstance(entry.command, Originate):
            self._rest.reconcile(entry.command, entry.sent_at, lambda result: self._came_back(entry, result))
        else:
            self._execute(entry)

    def _leave(self, entry: Entry) -> None:
        """Unless, while the mark became durable, it grew late or unwanted."""
        if outbox.is_overtaken(entry, self._owner.state, self._owner.clock()):
            self._record(entry, outbox.unsent(entry))
            self._finished(entry)
        else:
            self._execute(entry)

    def _execute(self, entry: Entry) -> None:
        if self._owner.dies_at("before send"):
            return
        self._sending(self._owner, entry)
        if isinstance(entry.command, LookUpCustomer):
            self._directory.find(entry.command, lambda result: self._came_back(entry, result))
        elif isinstance(entry.command, GatherCallFacts | FindSuppression):
            assert self._lists is not None
            self._lists.ask(entry.command, lambda result: self._came_back(entry, result))
        elif isinstance(entry.command, ClaimLeads):
            assert self._leads is not None
            self._leads.claim(entry.command, lambda result: self._came_back(entry, result))
        else:
            self._rest.execute(entry.command, self._owner, lambda result: self._came_back(entry, result))
        self._owner.dies_at("after send")

    def _came_back(self, entry: Entry, result: Result) -> None:
        self._owner.guarded(lambda: self._take_result(entry, result))()

    def _take_result(self, entry: Entry, result: Result) -> None:
        following = self._policy.after_result(entry, result)
        if self._owner.dies_at("before confirm"):
            return
        self._record(entry, following)
        if following.entry.status in outbox.OPEN:
            self._owner.later(int(1_000 * following.wait_s), lambda: self._step(following.entry))
        else:
            self._finished(following.entry)

    def _record(self, before: Entry, following: outbox.Next) -> None:
        """Reports enter with the change of the command in the same commit; a change alone goes with the next."""
        entry = following.entry
        changes = (self._change(entry, entry.status),) if entry.status is not before.status else ()
        for place, event in enumerate(following.events):
            key = f"result:{entry.command_id}:{entry.tries}:{place}"
            self._owner.post(event, key=key, actor="carrier", changes=changes if place == 0 else ())
        if changes and not following.events:
            self._owner.mark(changes[0])

    def _change(self, entry: Entry, status: Status) -> OutboxState:
        has_been_sent = status in (Status.SENT, Status.IN_DOUBT) and entry.sent_at
        at = entry.sent_at if has_been_sent else self._owner.clock()
        return OutboxState(command_id=entry.command_id, seq=entry.seq, status=status, at=at)
