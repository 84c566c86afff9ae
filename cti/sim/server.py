"""The server as a whole: a journal that outlives its workers, the worker that serves, and whatever happens to it.

A worker is killed, or loses the journal, and another recovers from what is durable; or it is only paused, is taken
for dead, and wakes up after another took over.
"""

from collections.abc import Callable

from cti import engine
from cti.core.config import SiteConfig
from cti.core.errors import CommitUnknown, Fenced, JournalError, JournalUnavailable
from cti.core.events import AnyEvent, ConfigApplied, LookUpAwaited, ServerStarted
from cti.core.record import Batch, TurnRecord
from cti.core.state import State
from cti.core.states import LegState
from cti.runtime.decider import Taken
from cti.runtime.recovery import Recovered, recover
from cti.sim.centre import digest
from cti.sim.checks.journal import JournalChecks
from cti.sim.checks.violation import Violation
from cti.sim.directory import Directory
from cti.sim.dispatch import Dispatch, Leads, Lists
from cti.sim.documents import Documents
from cti.sim.edge import Edge
from cti.sim.faults import CRASHES_APART_MS
from cti.sim.guards import Guard, decider_for, journal_for, policy_for, seen_for, unfinished_for
from cti.sim.nature import Nature
from cti.sim.owner import Owner
from cti.sim.past import Past
from cti.sim.rest import Rest
from cti.sim.snapshots import KeptSnapshots
from cti.sim.stepping import step

SITE = "sim"
LOST_MS = 2_500, 4_500
"""How long a worker must be silent to be taken for dead: longer than a commit proves that it owns the site."""

IDLE_PAUSES = 3

Durable = Callable[[State, list[TurnRecord]], None]
Told = Callable[[TurnRecord], None]


class Server:
    """`durable` hears of each batch that is in the journal, with the state it led to; `told` of each record when
    desktops are; `cut` that all sockets are gone."""

    def __init__(
        self,
        nature: Nature,
        without: Guard | None,
        config: ConfigApplied,
        checks: JournalChecks,
        documents: Documents,
        past: Past | None = None,
    ) -> None:
        self.journal = journal_for(SITE, without)
        self.past = past
        self.edge = Edge(nature, documents, checks)
        self.owner: Owner | None = None
        self.restarts = 0
        self.durable: Durable = _no_batch
        self.told: Told = _nobody
        self.cut: Callable[[], None] = lambda: None
        self._nature = nature
        self._without = without
        self._config = config
        self._checks = checks
        self._documents = documents
        self._snapshots = past.snapshots if past else KeptSnapshots()
        if past:
            checks.laid(past.lay(self.journal, SITE))
        self._down_until = 0
        self._crash_after = nature.now
        self._recoveries_left = 0

    def begin(self, rest: Rest, directory: Directory, lists: Lists | None = None, leads: Leads | None = None) -> None:
        """The first worker starts."""
        self._rest = rest
        self._lists = lists
        self._leads = leads
        self._directory = directory
        self._start()
        for _ in range(IDLE_PAUSES):
            self._nature.after(10_000, 200_000, self._perhaps_pause)

    def reconfigure(self, config: SiteConfig) -> None:
        """A supervisor changes the centre, as soon as there is somebody to tell."""
        self._config = ConfigApplied(config_hash=digest(config), config=config)
        owner = self.edge.owner
        if owner is not None and not owner.asleep:
            owner.post(self._config, key=f"config:{self._config.config_hash}", actor="supervisor")

    def _perhaps_pause(self) -> None:
        """Not in the middle of anything, but with requests on their way."""
        if self.owner and self.may_crash() and self._nature.chance(20 * self._nature.faults.pause):
            self.paused(self.owner)

    # What the worker needs

    def append(self, owner: Owner, batch: Batch, taken: list[Taken]) -> None:
        """The one way into the journal, which fails at times. Raises what a journal raises."""
        nature = self._nature
        if nature.strikes("journal_down"):
            self._down_until = nature.now + nature.between(200, 12_000)
        if nature.strikes("journal_unknown"):
            self.journal.fail_next(CommitUnknown("the connection broke"), written=nature.chance(0.5))
        self._break_if_down()
        try:
            step(self.journal.append(batch))
        except (Fenced, JournalUnavailable, CommitUnknown):
            raise
        except JournalError as error:
            raise Violation("J", f"the journal refused a batch: {error}") from error
        finally:
            if taken and step(self.journal.tail()).hash == taken[-1].stored.hash:
                self._checks.appended(owner, taken)
                self.durable(owner.state, [each.record for each in taken])

    def failed(self, owner: Owner, error: JournalError) -> None:
        """Its commit failed, or nobody knows: the worker ends, and the next one starts from what is durable."""
        was_serving = self.owner is owner
        self._nature.met[type(error).__name__] += 1
        self._lose(owner, gently=self._nature.chance(0.5))
        if was_serving:
            if isinstance(error, JournalUnavailable):
                self.edge.hold(str(error))
            self._start_soon()

    def find_reply(self, key: str, token: str) -> str:
        """The stored answer to a request; empty if there is none."""
        reply = step(self.journal.reply_for(key, token))
        return reply.content if reply else ""

    def may_crash(self) -> bool:
        """Not during recovery, and not so soon after the last time that nobody could stand it."""
        return self._nature.now >= self._crash_after and self.edge.owner is self.owner is not None

    def crashed(self, owner: Owner, point: str) -> None:
        """Another one is started at once."""
        self._nature.met[f"killed {point}"] += 1
        self._lose(owner)
        self._start_soon()

    def paused(self, owner: Owner) -> None:
        """It stops in the middle of what it does. If that lasts, another takes over."""
        nature = self._nature
        self._crash_after = nature.now + CRASHES_APART_MS
        nature.met["fell asleep"] += 1
        owner.asleep = True
        self.edge.serving_since = None
        wakes_after_ms = nature.between(100, 15_000)
        lost_after_ms = nature.between(*LOST_MS)
        nature.timeline.after(wakes_after_ms, lambda: self._wake(owner))
        if wakes_after_ms > lost_after_ms:
            nature.timeline.after(lost_after_ms, lambda: self._replace(owner))

    def released(self, owner: Owner, record: TurnRecord) -> None:
        """What a record says is known now."""
        self.told(record)
        if self._nature.chance(0.004):
            self._snapshots.keep(owner.decider, record)
        for event in record.events:
            if isinstance(event, LookUpAwaited) and self._nature.strikes("crash_looking_up"):
                self._kill_looking_up(owner, event.contact_id)

    def _kill_looking_up(self, owner: Owner, contact_id: str) -> None:
        """In the middle of a step that waits for the directory, unless the answer was faster."""

        def kill() -> None:
            contact = owner.state.contacts.get(contact_id)
            if contact and contact.look_up == "pending" and self.may_crash() and self.owner is owner:
                self.crashed(owner, "amid a look-up")

        owner.later(self._nature.between(0, 150), kill)

    # Workers come and go

    def _lose(self, owner: Owner, *, gently: bool = False) -> None:
        owner.die()
        if self.owner is owner:
            self._part_with(gently=gently)

    def _wake(self, owner: Owner) -> None:
        owner.wake()
        if self.owner is owner:
            self.edge.open(owner)

    def _replace(self, owner: Owner) -> None:
        """It does not answer: let another one have the site."""
        if self.owner is owner and owner.asleep:
            self._part_with()
            self._start()

    def _part_with(self, *, gently: bool = False) -> None:
        self.owner = None
        self._crash_after = self._nature.now + CRASHES_APART_MS
        self._recoveries_left = 2
        self.edge.close(gently=gently)
        self.cut()

    def _start_soon(self) -> None:
        self._nature.after(50, 300, self._start)

    def _break_if_down(self) -> None:
        if self._nature.now < self._down_until:
            self.journal.fail_next(JournalUnavailable("the disk is full"))

    def _start(self) -> None:
        """Take the journal over, fold it, and go on from there."""
        if self.owner is not None:
            return
        nature = self._nature
        self._break_if_down()
        try:
            epoch = step(self.journal.take_over("sim"))
        except JournalUnavailable as error:
            self.edge.hold(str(error))
            nature.timeline.after(1_000, self._start)
            return
        self.edge.holding = ""
        self._checks.took_over(epoch)
        self.restarts += 1
        if self._killed_again():
            return
        first = self.past.snapshots.first if self.past else None
        recovered = step(recover(SITE, self.journal, self._snapshots if nature.chance(0.5) else first))
        nature.met["snapshot"] += recovered.snapshot_seq > 0
        self._checks.recovered(self.journal, recovered, first)
        if self._killed_again():
            return
        nature.after(20, 1_200, lambda: self._work(epoch, recovered))

    def _killed_again(self) -> bool:
        """In the middle of recovery; it is tried again, a few times at most."""
        if self._recoveries_left > 0 and self._nature.strikes("crash_recovering"):
            self._recoveries_left -= 1
            self._start_soon()
            return True
        return False

    def _work(self, epoch: int, recovered: Recovered) -> None:
        if self.owner is not None:
            return
        nature = self._nature
        decider = decider_for(self._without)(
            recovered.state,
            epoch=epoch,
            last_hash=recovered.last_hash,
            renderer=self._documents,
            salt=lambda: "00",
            seen=seen_for(recovered.seen, self._without),
        )
        owner = self.owner = Owner(nature, self, decider, nature.between(-500, 500))
        policy, sending = policy_for(self._without), self._checks.sending
        dispatch = Dispatch(owner, policy, self._rest, self._directory, sending, self._lists, self._leads)
        owner.started.append(dispatch.committed)
        started = ServerStarted(epoch=epoch, logic=engine.LOGIC)

        def serve(key: str, text: str) -> None:
            dispatch.resume(unfinished_for(recovered.unfinished, self._without))
            self.edge.open(owner)
            self._survey(owner)

        owner.post(started, key=f"epoch:{epoch}", actor="server", answered=serve)
        if not recovered.state.config_hash:
            owner.post(self._config, key=f"config:{self._config.config_hash}", actor="server")

    def _survey(self, owner: Owner) -> None:
        """Behind open doors: what the carrier knows of the legs that are held to be alive."""
        alive = [
            (leg.leg_id, leg.provider_ref)
            for leg in owner.state.legs.in_order()
            if leg.state is not LegState.ENDED and leg.provider_ref
        ]

        def compared(events: list[AnyEvent]) -> None:
            for event in events:
                owner.post(event, key=f"survey:{owner.decider.epoch}:{event}", actor="survey")

        if alive:
            self._rest.survey(alive, lambda events: owner.guarded(lambda: compared(events))())


def _no_batch(state: State, records: list[TurnRecord]) -> None:
    pass


def _nobody(record: TurnRecord) -> None:
    pass
