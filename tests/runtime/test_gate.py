"""A call of yesterday, sent again, makes no call: not even when memory has forgotten it."""

import asyncio
from pathlib import Path

import pytest

from cti import engine
from cti.core.errors import JournalUnavailable
from cti.core.events import CallArrived, CommandFailed, LegEnded
from cti.core.states import EndCause
from cti.journal.memory import MemoryJournal
from cti.runtime.decider import SEEN_MAX, Seen
from cti.runtime.gate import Gate
from cti.runtime.recovery import KEYS_READ_MAX, recover
from cti.runtime.snapshots import Snapshots
from tests.centre import MENU, centre
from tests.runtime.owner import owning


def arrival(provider_ref: str) -> CallArrived:
    return CallArrived(provider="test", provider_ref=provider_ref, to_number=MENU, from_number="+16175550123")


async def test_a_call_of_long_ago_makes_no_call_even_when_its_answer_is_gone() -> None:
    async with owning(centre()) as owner:
        gate = Gate("main")
        gate.open(owner.driver, owner.journal)
        await gate.post(arrival("CA1"), key="voice:CA1", actor="carrier")
        leg_id = owner.driver.decider.state.leg_by_ref["CA1"]
        await owner.post(LegEnded(leg_id=leg_id, cause=EndCause.NORMAL), "ended")
        await owner.journal.forget_replies(2**60)
        owner.driver.decider.seen = Seen()
        owner.driver.decider.seen.complete = False
        records = len(owner.records)
        assert await gate.post(arrival("CA1"), key="voice:CA1", actor="carrier") == ""
        assert len(owner.records) == records
        assert await gate.post(arrival("CA2"), key="voice:CA2", actor="carrier")


async def test_a_call_that_is_up_is_known_whatever_was_forgotten() -> None:
    async with owning(centre()) as owner:
        gate = Gate("main")
        gate.open(owner.driver, owner.journal)
        first = await gate.post(arrival("CA1"), key="voice:CA1", actor="carrier")
        await owner.journal.forget_replies(2**60)
        owner.driver.decider.seen = Seen()
        owner.driver.decider.seen.complete = False
        assert await gate.post(arrival("CA1"), key="voice:CA1", actor="carrier") == first


class SilentJournal(MemoryJournal):
    """Never says whether a call arrived."""

    async def arrival(self, key: str) -> int:
        await asyncio.Event().wait()
        return 0


async def test_while_the_journal_cannot_say_whether_a_call_is_new_its_caller_is_held() -> None:
    async with owning(centre(), journal=SilentJournal("main")) as owner:
        gate = Gate("main")
        gate.open(owner.driver, owner.journal)
        owner.driver.decider.seen.complete = False
        records = len(owner.records)
        with pytest.raises(JournalUnavailable, match="whether the call is new"):
            await gate.post(arrival("CA1"), key="voice:CA1", actor="carrier")
        assert len(owner.records) == records


async def test_a_start_that_did_not_read_every_key_knows_that_it_did_not(tmp_path: Path) -> None:
    async with owning(centre()) as owner:
        gone = CommandFailed(command_id="1.0", leg_id="", code="GONE")
        for number in range(KEYS_READ_MAX):
            owner.driver.tell(gone, key=f"k{number}", actor="carrier")
        await owner.driver.post(gone, key="last", actor="carrier")
        await owner.call("CA1")
        snapshots = Snapshots(tmp_path)
        state, decider = owner.driver.decider.state, owner.driver.decider
        snapshots.write(state.last.seq, decider.last_hash, engine.LOGIC, engine.capture(state))
        recovered = await recover("main", owner.journal, snapshots)
        assert recovered.folded == 0
        assert recovered.seen.knows("voice:CA1")
        assert not recovered.seen.knows("voice:CA0")


async def test_a_forgotten_call_is_found_in_the_journal_and_a_new_one_is_taken() -> None:
    async with owning(centre()) as owner:
        gate = Gate("main")
        gate.open(owner.driver, owner.journal)
        first = await gate.post(arrival("CA1"), key="voice:CA1", actor="carrier")
        seen = owner.driver.decider.seen
        for other in range(SEEN_MAX):
            seen.add(f"other:{other}", "", other)
        state = owner.driver.decider.state
        state.leg_by_ref.rows.clear()  # the call has ended long ago
        records = len(owner.records)
        assert await gate.post(arrival("CA1"), key="voice:CA1", actor="carrier") == first
        assert len(owner.records) == records
        assert await gate.post(arrival("CA2"), key="voice:CA2", actor="carrier") != first
        assert len(owner.records) == records + 1
