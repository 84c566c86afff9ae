"""Nobody is rung but by the one owner of a site, and by that one only for what its journal has."""

import pytest

from cti.core.commands import Originate
from cti.core.errors import JournalError, JournalUnavailable
from cti.journal.memory import MemoryJournal
from tests.runtime.owner import new_decider
from tests.runtime.test_dispatcher import CALLED, Facts, ask_to_call, at_work


async def test_d54_an_owner_that_was_succeeded_dials_nobody() -> None:
    """Two processes believe that the site is theirs. The fence is in the journal: what the older one decides is never
    recorded, so it never leaves."""
    async with at_work(Facts()) as (owner, carrier):
        await ask_to_call(owner, "main-x1", CALLED)
        assert (await carrier.next(Originate)).leg_id == "main-x1"  # type: ignore[union-attr]
        newer = await new_decider(owner.journal)
        assert newer.epoch > owner.driver.decider.epoch
        with pytest.raises(JournalError):
            await ask_to_call(owner, "main-x2", "+12125550125")
        assert carrier.asked.empty()
        assert "main-x2" not in newer.state.legs


class FullJournal(MemoryJournal):
    """One that cannot be written any more, from some moment on."""

    full = False

    async def append(self, batch) -> None:
        if self.full:
            raise JournalUnavailable("no space left on device")
        await super().append(batch)


async def test_d57_while_the_ledger_cannot_be_written_nothing_is_dialled() -> None:
    journal = FullJournal("main")
    async with at_work(Facts(), journal=journal) as (owner, carrier):
        await ask_to_call(owner, "main-x1", CALLED)
        assert (await carrier.next(Originate)).leg_id == "main-x1"  # type: ignore[union-attr]
        journal.full = True
        with pytest.raises(JournalError):
            await ask_to_call(owner, "main-x2", "+12125550125")
        assert owner.driver.holding
        assert carrier.asked.empty()
    journal.full = False
    again = await new_decider(journal)
    assert "main-x1" in again.state.legs
    assert "main-x2" not in again.state.legs
