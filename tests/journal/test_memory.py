"""What simulations do to the journal in memory."""

import pytest

from cti.core.errors import CommitUnknown, Fenced, JournalUnavailable
from cti.journal.memory import MemoryJournal
from tests.journal.made import BEFORE_FIRST, SITE, batch, chain, end_of


def step(coroutine):
    """The result of a coroutine that never suspends."""
    with pytest.raises(StopIteration) as done:
        coroutine.send(None)
    return done.value.value


def read(journal):
    async def all_of():
        return [row async for row in journal.read(0)]

    return step(all_of())


@pytest.fixture
def journal():
    journal = MemoryJournal(SITE)
    step(journal.take_over("first"))
    return journal


def test_nothing_suspends(journal):
    rows = chain(BEFORE_FIRST, 3)
    step(journal.append(batch(rows)))
    step(journal.probe())
    assert step(journal.tail()) == end_of(rows)
    assert read(journal) == rows
    assert step(journal.reply_for(rows[0].source_key)).seq == 1
    assert len(step(journal.recent_replies(9))) == 3
    assert len(step(journal.open_commands())) == 6
    assert step(journal.erase_personal(rows[2].at)) == 2
    assert step(journal.forget_replies(rows[2].at)) == 2
    assert step(journal.forget_commands(rows[2].at)) == 0
    step(journal.close())


def test_writes_fail_as_told_and_no_longer(journal):
    rows = chain(BEFORE_FIRST, 1)
    journal.fail_next(JournalUnavailable("disk full"), count=2)
    with pytest.raises(JournalUnavailable, match="disk full"):
        step(journal.append(batch(rows)))
    with pytest.raises(JournalUnavailable, match="disk full"):
        step(journal.probe())
    assert read(journal) == []
    step(journal.append(batch(rows)))
    assert read(journal) == rows


@pytest.mark.parametrize("written", [True, False])
def test_an_unknown_commit_may_or_may_not_have_happened(journal, written):
    rows = chain(BEFORE_FIRST, 1)
    journal.fail_next(CommitUnknown("lost"), written=written)
    with pytest.raises(CommitUnknown):
        step(journal.append(batch(rows)))
    assert read(journal) == (rows if written else [])


def test_a_fenced_journal_takes_nothing_from_the_owner_it_had(journal):
    journal.fence()
    with pytest.raises(Fenced):
        step(journal.append(batch(chain(BEFORE_FIRST, 1))))
    assert step(journal.take_over("third")) == 3


def test_the_next_process_finds_what_was_durable_and_nothing_of_what_comes_later(journal):
    rows = chain(BEFORE_FIRST, 4)
    step(journal.append(batch(rows[:2])))
    journal.fail_next(JournalUnavailable("disk full"))
    found = journal.after_crash()
    assert read(found) == rows[:2]
    assert [reply.seq for reply in step(found.recent_replies(9))] == [1, 2]
    assert step(found.take_over("second")) == 2
    step(found.append(batch(chain(end_of(rows[:2]), 1, epoch=2), epoch=2)))
    with pytest.raises(JournalUnavailable):
        step(journal.probe())
    step(journal.append(batch(rows[2:])))
    assert read(journal) == rows
    assert step(found.tail()).seq == 3
    assert len(step(found.open_commands())) == 6
