"""The state for who only looks: what the journal says at this moment, with a snapshot or without, beside its owner."""

import msgspec
import pytest

from cti import engine
from cti.core.errors import JournalDamaged
from cti.journal.memory import MemoryJournal
from cti.runtime.recovery import standing
from cti.runtime.snapshots import Snapshots
from tests.centre import centre
from tests.runtime.owner import owning


async def test_it_is_the_owners_state_with_a_snapshot_and_without(tmp_path):
    async with owning(centre()) as owner:
        await owner.call("CA1")
        state = owner.driver.decider.state
        snapshots = Snapshots(tmp_path)
        snapshots.write(state.last.seq, owner.driver.decider.last_hash, engine.LOGIC, engine.capture(state))
        await owner.call("CA2")
        for found in (
            await standing("main", owner.journal, None),
            await standing("main", owner.journal, snapshots),
        ):
            assert engine.capture(found) == engine.capture(state)
            assert found.config == centre()
        assert (await owner.call("CA3")).strip()  # the owner goes on undisturbed


class Tampered(MemoryJournal):
    """Somebody has written over its second record."""

    async def read(self, after, upto=None):
        async for row in super().read(after, upto):
            yield msgspec.structs.replace(row, actor="somebody else") if row.seq == 2 else row


async def test_a_changed_record_is_found():
    async with owning(centre(), journal=Tampered("main")) as owner:
        await owner.call("CA1")
        with pytest.raises(JournalDamaged, match="record 2"):
            await standing("main", owner.journal, None)


async def test_an_empty_journal_has_no_configuration():
    assert (await standing("main", MemoryJournal("main"), None)).config_hash == ""
