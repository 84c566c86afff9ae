"""What reports and histories ask for."""

from cti.core.states import Direction
from cti.store.projector import Projector
from cti.store.records import ContactRecords
from tests.store.made import ARRIVED_AT, SITE, closed, record, started


async def fill(store):
    journal = []
    for seq in range(1, 41):
        number = f"+49307777{seq % 4}"
        # Two end in the same millisecond: then the later record is the later one.
        ended_at = ARRIVED_AT + seq // 2
        journal.append(record(seq, started(f"c{seq}", number), closed(f"c{seq}", ended_at=ended_at)))
    await Projector(store, SITE).project(journal)


async def test_the_latest_to_end_come_first(store, reader):
    await fill(store)
    records = ContactRecords(reader, SITE)
    assert [found.contact_id for found in await records.recent(5)] == ["c40", "c39", "c38", "c37", "c36"]
    assert len(await records.recent(1_000_000)) == 40
    assert await records.recent(0) == await records.recent(-1) == []


async def test_those_of_one_direction(store, reader):
    called = started("c41", "+4930777771"), closed("c41", ended_at=ARRIVED_AT + 50, direction=Direction.OUTBOUND)
    await fill(store)
    await Projector(store, SITE).project([record(41, *called)])
    records = ContactRecords(reader, SITE)
    assert [found.contact_id for found in await records.recent(5, Direction.OUTBOUND)] == ["c41"]
    assert [found.contact_id for found in await records.recent(2, Direction.INBOUND)] == ["c40", "c39"]
    assert [found.contact_id for found in await records.recent(2)] == ["c41", "c40"]


async def test_a_number_has_its_contacts_however_it_is_written(store, reader):
    await fill(store)
    records = ContactRecords(reader, SITE, "DE")
    expected = [f"c{seq}" for seq in range(37, 0, -4)]
    for written in ("+49307777 1", "0049 30 77771", "030/77771", "+49 (0)30 77771"):
        assert [found.contact_id for found in await records.by_number(written, 100)] == expected
    assert [found.contact_id for found in await records.by_number("+493077771", 2)] == expected[:2]


async def test_what_is_no_number_has_no_contacts(store, reader):
    await Projector(store, SITE).project(
        [record(1, started("c1", "anonymous"), closed("c1")), record(2, started("c2", ""), closed("c2"))]
    )
    records = ContactRecords(reader, SITE, "DE")
    for written in ("anonymous", "", "%", "+", "\x00", "x" * 100_000):
        assert await records.by_number(written, 10) == []


async def test_a_contact_that_is_not_closed_has_no_record(store, reader):
    await Projector(store, SITE).project([record(1, started("c1"))])
    records = ContactRecords(reader, SITE)
    assert await records.get("c1") is None
    assert await records.get("c2") is None
