"""J: what was acknowledged is in the journal, once; what goes out was asked for there, by whoever owns the site."""

from typing import TYPE_CHECKING

from cti import engine
from cti.core.commands import AnyCommand
from cti.core.events import InputRejected
from cti.core.ids import command_id
from cti.core.record import TurnRecord
from cti.journal.memory import MemoryJournal
from cti.runtime.decider import Taken
from cti.runtime.outbox import Entry
from cti.runtime.recovery import Recovered, recover
from cti.runtime.snapshots import Snapshots
from cti.sim.checks.violation import Violation
from cti.sim.nature import Nature
from cti.sim.stepping import step

if TYPE_CHECKING:
    from cti.sim.owner import Owner


class JournalChecks:
    """Keeps what is durable, apart from the journal itself. `became_durable_at` is the world's time (ms), by record."""

    def __init__(self, nature: Nature) -> None:
        self.records: list[TurnRecord] = []
        self.became_durable_at: list[int] = []
        self._nature = nature
        self._epoch = 0
        self._seqs: dict[str, int] = {}
        self._commands: dict[str, AnyCommand] = {}

    def laid(self, record: TurnRecord) -> None:
        """It was in the journal before the first worker started."""
        self.records.append(record)
        self.became_durable_at.append(record.at)
        self._seqs[record.source_key] = record.seq

    def took_over(self, epoch: int) -> None:
        """Another owner has the site."""
        self._epoch = epoch

    def appended(self, owner: "Owner", taken: list[Taken]) -> None:
        """A batch became durable."""
        for each in taken:
            record = each.record
            if owner.decider.epoch != self._epoch:
                raise Violation("J", f"record {record.seq} is of an owner that was replaced")
            if record.seq != len(self.records) + 1:
                raise Violation("J", f"record {record.seq} follows record {len(self.records)}")
            if record.source_key in self._seqs:
                before = self._seqs[record.source_key]
                raise Violation("J", f"input {record.source_key} is in records {before} and {record.seq}")
            self.records.append(record)
            self.became_durable_at.append(self._nature.now)
            self._seqs[record.source_key] = record.seq
            for ordinal, command in enumerate(record.commands):
                self._commands[command_id(record.seq, ordinal)] = command
            if isinstance(record.input, InputRejected):
                rejected = record.input
                raise Violation("R", f"{rejected.input_type}: {rejected.reason}", rejected.leg_id)

    def acknowledged(self, owner: "Owner", key: str) -> None:
        """An answer goes out to the request with this key."""
        if key not in self._seqs:
            raise Violation("J", f"{key} was answered, but is not in the journal")
        self._check_owner(owner, f"answers {key}")

    def sending(self, owner: "Owner", entry: Entry) -> None:
        """A command goes out."""
        if self._commands.get(entry.command_id) != entry.command:
            raise Violation("J", f"command {entry.command_id} goes out, but is not in the journal")
        self._check_owner(owner, f"sends {type(entry.command).__name__} {entry.command_id}")

    def recovered(self, journal: MemoryJournal, recovered: Recovered, first: Snapshots | None) -> None:
        """A new owner has read the journal. From a snapshot it must arrive where the whole journal leads, from the
        `first` one on."""
        if recovered.snapshot_seq <= (1 if first else 0):
            return
        folded = step(recover(recovered.state.site, journal, first))
        if engine.capture(folded.state) != engine.capture(recovered.state):
            raise Violation("J", f"the snapshot of record {recovered.snapshot_seq} leads elsewhere than the journal")

    def _check_owner(self, owner: "Owner", does: str) -> None:
        if owner.decider.epoch != self._epoch:
            raise Violation("J", f"an owner that was replaced {does}")
