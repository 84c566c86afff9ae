"""The days before: a world may begin with ledgers that know of them. The journal's first record is the last of those
days, and a snapshot says what came of them."""

from collections.abc import Iterator

from cti import engine
from cti.core.events import ServerStarted
from cti.core.ledger import Ledger
from cti.core.record import FIRST_HASH, Batch, TurnRecord
from cti.core.state import State
from cti.journal.memory import MemoryJournal
from cti.runtime.decider import Decider, Input, Seen, Taken
from cti.runtime.snapshots import Snapshots
from cti.sim.documents import Documents
from cti.sim.nature import DAY_MS, Nature
from cti.sim.snapshots import KeptSnapshots
from cti.sim.stepping import step


class Past:
    """`lay` puts it into an empty journal; `snapshots` lead to it from there on."""

    def __init__(self, nature: Nature, ledgers: tuple[Ledger, ...]) -> None:
        self.ledgers = ledgers
        self.snapshots = FoundingSnapshots()
        self._at = nature.began_at - DAY_MS

    def lay(self, journal: MemoryJournal, site: str) -> TurnRecord:
        """The one record of the days before."""
        state = engine.new_state(site)
        epoch = step(journal.take_over("yesterday"))
        decider = Decider(
            state, epoch=epoch, last_hash=FIRST_HASH, renderer=Documents(), salt=lambda: "00", seen=Seen()
        )
        started = Input(event=ServerStarted(epoch=epoch, logic=engine.LOGIC), key=f"epoch:{epoch}", actor="server")
        taken = decider.take(started, self._at)
        assert isinstance(taken, Taken)
        step(journal.append(Batch(epoch=epoch, records=(taken.stored,))))
        self.add(state)
        self.snapshots.first.keep(decider, taken.record)
        return taken.record

    def add(self, state: State) -> None:
        """To a state as of the first record."""
        for ledger in self.ledgers:
            state.ledgers.put(ledger.ledger_id, ledger)
        state.undo.forget()


class FoundingSnapshots(KeptSnapshots):
    """There is always one of the beginning (`first`), for nothing else says what was before."""

    def __init__(self) -> None:
        super().__init__()
        self.first = KeptSnapshots()

    def newest_first(self) -> Iterator[Snapshots.Found]:
        """The oldest comes last."""
        yield from super().newest_first()
        yield from self.first.newest_first()
