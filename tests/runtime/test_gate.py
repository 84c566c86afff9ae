"""A call of yesterday, sent again, makes no call: not even when memory has forgotten it."""

from cti.core.events import CallArrived
from cti.runtime.decider import SEEN_MAX
from cti.runtime.gate import Gate
from tests.centre import MENU, centre
from tests.runtime.owner import owning


def arrival(provider_ref: str) -> CallArrived:
    return CallArrived(provider="test", provider_ref=provider_ref, to_number=MENU, from_number="+16175550123")


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
