"""What every journal promises, on memory, SQLite and PostgreSQL."""

import asyncio

import pytest
from msgspec.structs import replace

from cti.core.codec import decode
from cti.core.errors import Fenced, JournalError
from cti.core.ports import Tail
from cti.core.record import ARRIVAL, FIRST_HASH, Batch
from cti.journal.verify import verify
from tests.journal.made import BEFORE_FIRST, START_AT, batch, chain, change, command, end_of, number_of, record, reply


async def all_of(journal, after=0, upto=None):
    return [row async for row in journal.read(after, upto)]


async def test_an_empty_journal_ends_before_the_first_record(journal):
    assert await journal.tail() == Tail(0, FIRST_HASH, 0)
    assert await all_of(journal) == []
    assert await journal.recent_replies(10) == []
    assert await journal.open_commands() == []
    assert await journal.reply_for("voice:CA1", "token") is None


async def test_what_was_appended_is_read_as_it_was(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 3)
    await journal.append(batch(rows[:1], epoch=epoch))
    await journal.append(batch(rows[1:], epoch=epoch))
    assert await all_of(journal) == rows
    assert await journal.tail() == end_of(rows)
    assert decode((await all_of(journal))[2]).input.from_number == number_of(3)


@pytest.mark.parametrize("count", [1, 2, 3, 63, 64, 65, 200])
async def test_a_batch_may_have_any_number_of_records(journal, count):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, count)
    await journal.append(batch(rows, epoch=epoch))
    assert await all_of(journal) == rows
    assert [found.seq for found in await journal.recent_replies(count)] == [row.seq for row in rows]
    assert [row.command_id for row in await journal.open_commands()] == [
        f"{row.seq}.{ordinal}" for row in rows for ordinal in (0, 1)
    ]


async def test_reading_goes_from_after_one_record_up_to_another(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2_500)
    await journal.append(batch(rows, epoch=epoch))
    assert await all_of(journal, 2_498) == rows[2_498:]
    assert await all_of(journal, 3, 5) == rows[3:5]
    assert await all_of(journal, 500, 2_400) == rows[500:2_400]
    assert await all_of(journal, 2_500) == []
    assert await all_of(journal, 5, 5) == []


async def test_what_is_appended_while_somebody_reads_is_read_too(open_journal):
    journal, reader = await open_journal(), await open_journal()
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 1_500)
    await journal.append(batch(rows[:1_000], epoch=epoch))
    seen = []
    async for row in reader.read(0):
        seen.append(row)
        if row.seq == 1_000:
            await journal.append(batch(rows[1_000:], epoch=epoch))
    assert seen == rows


async def test_each_owner_has_the_next_epoch(open_journal):
    first, second = await open_journal(), await open_journal()
    assert [await first.take_over("a"), await second.take_over("b"), await first.take_over("a")] == [1, 2, 3]


async def test_an_owner_that_was_succeeded_can_append_no_more(open_journal):
    old, new = await open_journal(), await open_journal()
    old_epoch = await old.take_over("old")
    rows = chain(BEFORE_FIRST, 2, epoch=old_epoch)
    await old.append(batch(rows[:1], epoch=old_epoch))
    new_epoch = await new.take_over("new")
    with pytest.raises(Fenced):
        await old.append(batch(rows[1:], epoch=old_epoch))
    with pytest.raises(Fenced):
        await old.append(Batch(epoch=old_epoch, outbox_changes=(change(command(rows[0]), "sent"),)))
    assert await all_of(new) == rows[:1]
    following = record(await new.tail(), epoch=new_epoch)
    await new.append(batch([following], epoch=new_epoch))
    assert await all_of(new) == [rows[0], following]


async def test_nobody_appends_under_an_epoch_that_is_not_there_yet(journal):
    for epoch in (0, 1):
        with pytest.raises(Fenced):
            await journal.append(batch(chain(BEFORE_FIRST, 1), epoch=epoch))
    assert await journal.take_over("first") == 1
    for epoch in (0, 2):
        with pytest.raises(Fenced):
            await journal.append(batch(chain(BEFORE_FIRST, 1), epoch=epoch))
    assert await journal.tail() == BEFORE_FIRST


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda rows: rows[1:2], id="a sequence number that is taken"),
        pytest.param(lambda rows: rows[3:], id="a gap"),
        pytest.param(lambda rows: [rows[2], rows[4]], id="a gap within the batch"),
        pytest.param(lambda rows: [replace(rows[2], previous_hash="0" * 64)], id="a chain that forked"),
        pytest.param(lambda rows: [replace(rows[2], site="other")], id="another site"),
    ],
)
async def test_a_batch_that_does_not_follow_the_last_record_changes_nothing(open_journal, bad):
    journal = await open_journal()
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 5)
    await journal.append(batch(rows[:2], epoch=epoch))
    with pytest.raises(Fenced):
        await journal.append(Batch(epoch=epoch, records=tuple(bad(rows)), replies=(reply(rows[3]),)))
    # Also where nothing is remembered of the journal's end.
    another = await open_journal()
    with pytest.raises(Fenced):
        await another.append(Batch(epoch=epoch, records=tuple(bad(rows))))
    assert await all_of(another) == rows[:2]
    assert await another.reply_for(rows[3].source_key) is None
    await journal.append(batch(rows[2:], epoch=epoch))
    assert (await verify(another)).records == 5


async def test_a_repeat_gets_the_answer_by_its_token_or_else_by_its_key(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 3)
    replies = (reply(rows[0], token="t1"), reply(rows[1]), reply(rows[2], token="t3"))
    await journal.append(Batch(epoch=epoch, records=tuple(rows), replies=replies))
    assert await journal.reply_for("a key never seen", "t3") == replies[2]
    assert await journal.reply_for(rows[1].source_key, "a token never seen") == replies[1]
    assert await journal.reply_for(rows[1].source_key, "t1") == replies[0]
    assert await journal.reply_for(rows[1].source_key) == replies[1]
    assert await journal.reply_for("a key never seen") is None


async def test_a_request_keeps_its_first_answer(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2)
    first = reply(rows[0], token="t1")
    second = replace(first, seq=2, content="other", token="t2")
    await journal.append(Batch(epoch=epoch, records=tuple(rows[:1]), replies=(first, second)))
    await journal.append(Batch(epoch=epoch, records=tuple(rows[1:]), replies=(second, reply(rows[1]))))
    assert await journal.tail() == end_of(rows)
    assert await journal.reply_for(first.key) == first
    assert await journal.reply_for("", "t2") is None
    assert await journal.recent_replies(9) == [first, reply(rows[1])]


async def test_the_newest_replies_come_oldest_first(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 20)
    await journal.append(batch(rows, epoch=epoch))
    assert [found.seq for found in await journal.recent_replies(5)] == [16, 17, 18, 19, 20]
    assert await journal.recent_replies(0) == []


async def test_a_command_is_open_until_it_is_confirmed_or_void(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2)
    commands = [command(row, ordinal) for row in rows for ordinal in (0, 1)]
    await journal.append(Batch(epoch=epoch, records=tuple(rows), outbox=tuple(reversed(commands))))
    assert await journal.open_commands() == commands
    changes = tuple(map(change, commands, ("sent", "in_doubt", "confirmed", "void")))
    await journal.append(Batch(epoch=epoch, outbox_changes=changes))
    sent, in_doubt = await journal.open_commands()
    assert (sent.command_id, sent.status, sent.at) == ("1.0", "sent", START_AT)
    assert (in_doubt.command_id, in_doubt.status) == ("1.1", "in_doubt")


async def test_a_command_belongs_to_the_epoch_that_sent_it(open_journal):
    journal = await open_journal()
    first = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 1)
    commands = [command(rows[0], ordinal) for ordinal in range(3)]
    await journal.append(Batch(epoch=first, records=tuple(rows), outbox=tuple(commands)))
    await journal.append(Batch(epoch=first, outbox_changes=(change(commands[0], "sent"),)))
    second = await journal.take_over("second")
    changes = (change(commands[0], "in_doubt"), change(commands[1], "sent"))
    await journal.append(Batch(epoch=second, outbox_changes=changes))
    assert [row.epoch for row in await journal.open_commands()] == [first, second, first]


async def test_of_several_changes_of_one_command_the_last_one_stays(journal):
    epoch = await journal.take_over("first")
    await journal.take_over("second")
    epoch += 1
    rows = chain(BEFORE_FIRST, 1)
    row = command(rows[0])
    changes = (change(row, "confirmed"), change(row, "sent"), change(row, "in_doubt", at=START_AT + 5))
    await journal.append(Batch(epoch=epoch, records=tuple(rows), outbox=(row,), outbox_changes=changes))
    (found,) = await journal.open_commands()
    assert (found.status, found.at, found.epoch) == ("in_doubt", START_AT + 5, epoch)


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(lambda row: {"outbox_changes": (change(command(row, 7), "sent"),)}, id="an unknown command"),
        pytest.param(lambda row: {"outbox_changes": (change(command(row), "lost"),)}, id="a state that is none"),
        pytest.param(lambda row: {"outbox": (command(row),)}, id="a command that is there already"),
    ],
)
async def test_a_batch_with_a_mistake_in_it_changes_nothing(journal, bad):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2)
    await journal.append(batch(rows[:1], epoch=epoch))
    with pytest.raises(JournalError):
        await journal.append(Batch(epoch=epoch, records=tuple(rows[1:]), **bad(rows[0])))
    assert await all_of(journal) == rows[:1]
    await journal.append(batch(rows[1:], epoch=epoch))
    assert await journal.tail() == end_of(rows)


async def test_a_probe_needs_no_owner_and_changes_no_epoch(journal):
    await journal.probe()
    assert await journal.take_over("first") == 1
    await journal.probe()
    await journal.append(batch(chain(BEFORE_FIRST, 1), epoch=1))


async def test_emptied_personal_values_are_gone_and_the_chain_still_verifies(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2_500)
    rows_at = {row.seq: row.at for row in rows}
    await journal.append(batch(rows, epoch=epoch))
    assert await journal.erase_personal(rows_at[2_301]) == 2_300
    found = await all_of(journal)
    assert [row.seq for row in found if row.personal is not None] == list(range(2_301, 2_501))
    assert found[:2_300] == [replace(row, personal=None) for row in rows[:2_300]]
    assert decode(found[0]).input.from_number == ""
    assert decode(found[-1]).input.from_number == number_of(2_500)
    assert (await verify(journal)).first_bad is None


async def test_emptying_goes_on_where_it_stopped(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 10)
    await journal.append(batch(rows, epoch=epoch))
    emptied = [await journal.erase_personal(before) for before in (0, rows[3].at, rows[3].at, rows[8].at, START_AT * 2)]
    assert emptied == [0, 3, 0, 5, 2]
    following = chain(end_of(rows), 1)
    await journal.append(batch(following, epoch=epoch))
    assert await journal.erase_personal(START_AT * 2) == 1


async def test_old_replies_are_forgotten(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2_010)
    await journal.append(batch(rows, epoch=epoch))
    assert await journal.forget_replies(rows[2_005].at) == 2_005
    assert await journal.forget_replies(rows[2_005].at) == 0
    assert await journal.reply_for(rows[2_004].source_key, "token-2005") is None
    assert [found.seq for found in await journal.recent_replies(10)] == [2_006, 2_007, 2_008, 2_009, 2_010]


async def test_an_arrival_is_found_by_its_key_for_ever(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 20)
    await journal.append(batch(rows, epoch=epoch))
    await journal.forget_replies(START_AT * 2)
    assert [await journal.arrival(row.source_key) for row in rows] == [row.seq for row in rows]
    assert await journal.arrival(f"{ARRIVAL}CA-never-seen") == 0


async def test_when_a_command_was_sent_and_what_went_wrong_stay_beside_what_became_of_it(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 1)
    first = command(rows[0])
    at = START_AT + 10
    steps = (
        (change(first, "sent", at=at),),
        (change(first, "intent", at=at + 1, detail="no connection"), change(first, "sent", at=at + 2)),
        (change(first, "in_doubt", at=at + 3),),
    )
    await journal.append(Batch(epoch=epoch, records=tuple(rows), outbox=(first,)))
    for changes in steps:
        await journal.append(Batch(epoch=epoch, outbox_changes=changes))
    [row] = await journal.open_commands()
    assert (row.status, row.at, row.sent_at) == ("in_doubt", at + 3, at + 2)


async def test_old_finished_commands_are_forgotten_and_open_ones_never(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 2)
    commands = [command(rows[0], ordinal) for ordinal in range(4)]
    states = ("confirmed", "void", "in_doubt", "confirmed")
    changes = [
        change(row, status, at=START_AT + at) for at, (row, status) in enumerate(zip(commands, states, strict=True))
    ]
    await journal.append(
        Batch(epoch=epoch, records=tuple(rows[:1]), outbox=tuple(commands), outbox_changes=tuple(changes))
    )
    assert await journal.forget_commands(START_AT + 3) == 2
    assert [row.command_id for row in await journal.open_commands()] == ["1.2"]
    # What was forgotten is not there; what was finished later is.
    with pytest.raises(JournalError):
        await journal.append(Batch(epoch=epoch, outbox_changes=(change(commands[0], "void"),)))
    await journal.append(Batch(epoch=epoch, outbox_changes=(change(commands[3], "void"),)))


async def test_batches_go_in_in_the_order_in_which_they_were_given(journal):
    epoch = await journal.take_over("first")
    rows = chain(BEFORE_FIRST, 100)
    await asyncio.gather(*(journal.append(batch(rows[at : at + 5], epoch=epoch)) for at in range(0, 100, 5)))
    assert await all_of(journal) == rows


async def test_text_comes_back_as_it_was(journal):
    epoch = await journal.take_over("first")
    strange = "quote ' \" \\ % ; -- é 日本 🎧 \n\t\x7f"
    (row,) = chain(BEFORE_FIRST, 1)
    answer = replace(reply(row, token=strange), key=strange, content=strange * 10_000)
    await journal.append(Batch(epoch=epoch, records=(row,), replies=(answer,)))
    assert await journal.reply_for(strange) == answer
    assert await journal.reply_for("", strange) == answer
