"""Carries commands out, after their record is durable. What to do next is decided in `outbox`; here it is done.

Commands on one leg go out in the order they were asked for; everything else side by side, but that nobody is brought
into a room before those in it are on hold who were to be, and nobody is taken off hold while somebody may still come
who is not wanted any more: a customer must not overhear a consultation. A question waits for what was asked for before
it, but nothing waits for a question. Nor for what has become void: whoever backs off hears of every record about the
leg, so a hang-up is behind what is being sent just now at most.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import msgspec
import structlog

from cti.core.call import Leg
from cti.core.commands import (
    AnyCommand,
    ClaimLeads,
    Effect,
    FindSuppression,
    GatherCallFacts,
    HoldLeg,
    LookUpCustomer,
    Originate,
    RedirectLeg,
)
from cti.core.errors import JournalError
from cti.core.events import CustomersFound
from cti.core.ids import command_id
from cti.core.plan import Join
from cti.core.ports import CallFactsSource, Carrier, Directory, LeadsSource, Result
from cti.core.record import OutboxState, TurnRecord
from cti.core.state import State
from cti.core.states import LegState
from cti.runtime import outbox
from cti.runtime.clock import Clock
from cti.runtime.driver import Driver
from cti.runtime.failpoints import Failpoints
from cti.runtime.outbox import Entry, Status, Step

log = structlog.get_logger()

LOOK_UP_S = 2.0
"""How long the directory may take."""

LOOK_INTO_LISTS_S = 5.0
"""How long the store may take to say what is known of a number."""

FIND_ENTRIES_S = 9.0
"""And how long where a person waits for it: nobody asks again."""

STRAY_S = 5.0
"""How long a customer stays on hold for a leg to be gone that is on its way into the room and not wanted any more."""


class Dispatcher:
    """Gives each durable command a task that sees it through to its end."""

    def __init__(
        self,
        driver: Driver,
        carrier: Carrier,
        directory: Directory,
        clock: Clock,
        failpoints: Failpoints,
        facts: CallFactsSource | None = None,
        leads: LeadsSource | None = None,
    ) -> None:
        """Without `facts` nothing is known of any number, and without `leads` there are none, so nobody is called for a
        campaign."""
        self._driver = driver
        self._carrier = carrier
        self._directory = directory
        self._facts = facts
        self._leads = leads
        self._clock = clock
        self._failpoints = failpoints
        self._tasks: set[asyncio.Task[None]] = set()
        self._last_of_leg: dict[str, asyncio.Task[None]] = {}
        self._news_of_leg: dict[str, asyncio.Event] = {}
        self._holds_of_call: dict[str, set[asyncio.Task[None]]] = {}
        self._next_record: asyncio.Event | None = None
        """Set and forgotten with the next record; none while nobody waits for it."""

    @property
    def _state(self) -> State:
        return self._driver.decider.state

    def committed(self, record: TurnRecord) -> None:
        """Start the commands of a record."""
        for ordinal, command in enumerate(record.commands):
            self.start(Entry(command_id=command_id(record.seq, ordinal), seq=record.seq, command=command))
        if self._next_record:
            self._next_record.set()
            self._next_record = None
        if self._news_of_leg:
            for happened in (record.input, *record.events):
                news = self._news_of_leg.pop(getattr(happened, "leg_id", ""), None)
                if news:
                    news.set()

    def resume(self, entries: Iterable[Entry]) -> None:
        """Go on with what the worker before did not finish."""
        for entry in entries:
            self.start(outbox.after_restart(entry))

    def start(self, entry: Entry) -> None:
        """See one command through, after those on the same leg that were asked for before it, and the holds in the room
        that it leads into."""
        leg_id, held_in = getattr(entry.command, "leg_id", ""), _holds_in(entry.command)
        before = set(self._holds_of_call.get(_leads_into(entry.command), ()))
        if leg_id in self._last_of_leg:
            before.add(self._last_of_leg[leg_id])
        task = asyncio.get_running_loop().create_task(self._carry_out(entry, before))
        self._tasks.add(task)
        if leg_id and entry.command.effect is not Effect.QUERY:
            self._last_of_leg[leg_id] = task
        if held_in:
            self._holds_of_call.setdefault(held_in, set()).add(task)
        task.add_done_callback(lambda done: self._finished(done, leg_id, held_in))

    def _finished(self, task: "asyncio.Task[None]", leg_id: str, held_in: str) -> None:
        self._tasks.discard(task)
        holds = self._holds_of_call.get(held_in, set())
        holds.discard(task)
        if not holds:
            self._holds_of_call.pop(held_in, None)
        if self._last_of_leg.get(leg_id) is task:
            del self._last_of_leg[leg_id]
            self._news_of_leg.pop(leg_id, None)
        if not task.cancelled():
            task.exception()  # a journal that is gone is reported by the driver

    async def close(self) -> None:
        """Stop everything where it is: the next worker goes on from what is recorded."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry_out(self, entry: Entry, before: "set[asyncio.Task[None]]") -> None:
        if before:
            await asyncio.wait(before)
        if isinstance(entry.command, HoldLeg) and not entry.command.held:
            await self._nobody_strays_into(entry.command.call_id)
        try:
            while entry.status in outbox.OPEN:
                entry, wait_s = await self._one_step(entry)
                if wait_s:
                    await self._back_off(entry, wait_s)
        except JournalError:
            return  # the worker is about to end; the next one goes on from what is recorded

    async def _nobody_strays_into(self, call_id: str) -> None:
        """Until no leg that shall be gone may still come into the room, or long enough."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._clock.real_s(STRAY_S)):
                while any(_strays(leg, call_id) for leg in self._state.legs.rows.values()):
                    self._next_record = self._next_record or asyncio.Event()
                    await self._next_record.wait()

    async def _back_off(self, entry: Entry, wait_s: float) -> None:
        """Wait, unless a record about the leg leaves nothing to do."""
        leg_id = getattr(entry.command, "leg_id", "")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._clock.real_s(wait_s)):
                while outbox.step_of(entry, self._state) is not Step.VOID:
                    await self._news_of_leg.setdefault(leg_id, asyncio.Event()).wait()

    async def _one_step(self, entry: Entry) -> tuple[Entry, float]:
        step = outbox.step_of(entry, self._state)
        if step is Step.VOID or (step is Step.MARK_SENT and outbox.is_late(entry, self._clock.now())):
            following = outbox.voided(entry)
            self._record(entry, following)
            return following.entry, 0.0
        if step is Step.MARK_SENT:
            entry = msgspec.structs.replace(entry, status=Status.SENT, sent_at=self._clock.now())
            await self._driver.inbox.mark(self._change(entry, Status.SENT))
        await self._driver.prove_ownership()
        if step is Step.MARK_SENT and outbox.is_overtaken(entry, self._state, self._clock.now()):
            following = outbox.unsent(entry)
            self._record(entry, following)
            return following.entry, 0.0
        if step is Step.RECONCILE and isinstance(entry.command, Originate):
            result = await self._reconcile(entry.command, entry.sent_at)
        else:
            self._failpoints.here("before_send")
            result = await self._execute(entry.command)
            self._failpoints.here("after_send")
        following = outbox.after_result(entry, result)
        self._record(entry, following)
        return following.entry, following.wait_s

    def _record(self, before: Entry, following: outbox.Next) -> None:
        """Reports enter with the change of the command in the same commit; a change alone goes with the next."""
        entry = following.entry
        has_changed = (entry.status, entry.detail) != (before.status, before.detail)
        changes = (self._change(entry, entry.status),) if has_changed else ()
        self._failpoints.here("before_confirm")
        for place, event in enumerate(following.events):
            key = f"result:{entry.command_id}:{entry.tries}:{place}"
            self._driver.tell(event, key=key, actor="carrier", changes=changes if place == 0 else ())
        if changes and not following.events:
            self._driver.inbox.note_change(changes[0])

    def _change(self, entry: Entry, status: Status) -> OutboxState:
        at = entry.sent_at if status is Status.SENT else self._clock.now()
        return OutboxState(command_id=entry.command_id, seq=entry.seq, status=status, at=at, detail=entry.detail)

    async def _execute(self, command: AnyCommand) -> Result:
        if isinstance(command, LookUpCustomer):
            return await self._look_up(command)
        if isinstance(command, GatherCallFacts | FindSuppression):
            return await self._look_into_lists(command)
        if isinstance(command, ClaimLeads):
            return await self._claim(command)
        try:
            return await self._carrier.execute(command)
        except Exception as error:  # a mistake of ours must not leave a caller waiting for a command that is gone
            log.exception("command_failed", command=type(command).__name__)
            status = "unknown" if command.effect is Effect.DIAL else "retry"
            return Result(status, detail=type(error).__name__)

    async def _reconcile(self, command: Originate, sent_at: int) -> Result:
        try:
            return await self._carrier.reconcile(command, sent_at)
        except Exception as error:
            log.exception("reconciliation_failed")
            return Result("unknown", detail=type(error).__name__)

    async def _look_up(self, command: LookUpCustomer) -> Result:
        try:
            async with asyncio.timeout(LOOK_UP_S):
                found = await self._directory.find(command.number)
        except TimeoutError:
            return Result("failed", code="TIMEOUT", detail=f"the directory took more than {LOOK_UP_S} s")
        except Exception as error:  # noqa: BLE001 - a directory is somebody else's system; the call goes on without it
            return Result("failed", code="FAILED", detail=f"{type(error).__name__}: {error}")
        return Result("done", (CustomersFound(contact_id=command.contact_id, matches=found, count=len(found)),))

    async def _look_into_lists(self, command: GatherCallFacts | FindSuppression) -> Result:
        if self._facts is None:
            return Result("failed", code="NO_STORE", detail="there is no store to look into")
        try:
            async with asyncio.timeout(LOOK_INTO_LISTS_S if isinstance(command, GatherCallFacts) else FIND_ENTRIES_S):
                if isinstance(command, GatherCallFacts):
                    return Result("done", (await self._facts.gather(command),))
                return Result("done", (await self._facts.find_entries(command),))
        except TimeoutError:
            return Result("failed", code="TIMEOUT", detail="the store took too long")
        except Exception as error:
            log.exception("lists_not_looked_into")
            return Result("failed", code="FAILED", detail=type(error).__name__)

    async def _claim(self, command: ClaimLeads) -> Result:
        if self._leads is None:
            return Result("failed", code="NO_STORE", detail="there is no store to look into")
        try:
            async with asyncio.timeout(LOOK_INTO_LISTS_S):
                return Result("done", (await self._leads.claim(command),))
        except TimeoutError:
            return Result("failed", code="TIMEOUT", detail=f"the store took more than {LOOK_INTO_LISTS_S:.0f} s")
        except Exception as error:
            log.exception("leads_not_claimed")
            return Result("failed", code="FAILED", detail=type(error).__name__)


def _holds_in(command: AnyCommand) -> str:
    """The room in which somebody shall be on hold."""
    return command.call_id if isinstance(command, HoldLeg) and command.held else ""


def _strays(leg: Leg, call_id: str) -> bool:
    """On its way there, and not wanted any more."""
    return leg.released and leg.bound_for == call_id != leg.call_id and leg.state is not LegState.ENDED


def _leads_into(command: AnyCommand) -> str:
    """The room into which somebody shall come."""
    if isinstance(command, Originate):
        return command.call_id
    verbs = command.plan.verbs if isinstance(command, RedirectLeg) else ()
    return next((verb.call_id for verb in verbs if isinstance(verb, Join)), "")
