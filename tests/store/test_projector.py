"""Contact records follow from the journal alone: in whatever pieces it is projected, however often, also anew."""

import asyncio

import pytest
from sqlalchemy import text

from cti.core.codec import decode, encode
from cti.core.record import FIRST_HASH
from cti.core.states import Direction, EndCause
from cti.store.card import CustomerCard
from cti.store.customers import Customers
from cti.store.errors import StoreError
from cti.store.projector import Projector
from cti.store.records import ContactRecord, ContactRecords
from cti.store.retention import erase_numbers
from cti.store.store import Store
from tests.store.made import ARRIVED_AT, LENGTH_MS, SITE, closed, record, started

JOURNAL = [
    record(1, started("c1", "+4930123456")),
    record(2),
    record(3, started("c3", "anonymous"), started("c3.1", "+4930777777", to_number="+4930222222")),
    record(4, closed("c1", disposition="sold", agent_ids=("ann", "bob"), queue_id="sales", offers=3)),
    record(5, closed("c3.1", outcome="abandoned_in_queue", ended_at=ARRIVED_AT + 1)),
    record(6, started("c6")),
    record(7, closed("c3")),
]


async def rows_of(store, table="contact_records"):
    """Everything in a table, in order."""
    found = await store.read(lambda connection: connection.execute(text(f"SELECT * FROM {table}")).all())
    return sorted(map(tuple, found))


async def test_a_record_holds_what_the_end_says_and_the_numbers_of_the_start(store):
    await Projector(store, SITE).project(
        [
            record(1, started("c1", "+4930123456", "+4930222222")),
            record(
                2,
                closed(
                    "c1",
                    cause=EndCause.AGENT_HUNG_UP,
                    flow_id="main",
                    last_step="to_sales",
                    queue_id="sales",
                    queued_at=ARRIVED_AT + 1,
                    connected_at=ARRIVED_AT + 2,
                    agent_ids=("ann", "bob"),
                    offers=3,
                    disposition="sold",
                    queue_refused="support",
                    offers_missed=1,
                    offers_declined=2,
                ),
            ),
        ]
    )
    assert await ContactRecords(store, SITE).get("c1") == ContactRecord(
        contact_id="c1",
        seq=2,
        direction=Direction.INBOUND,
        cause=EndCause.AGENT_HUNG_UP,
        outcome="connected",
        arrived_at=ARRIVED_AT,
        ended_at=ARRIVED_AT + LENGTH_MS,
        flow_id="main",
        last_step="to_sales",
        queue_id="sales",
        queued_at=ARRIVED_AT + 1,
        connected_at=ARRIVED_AT + 2,
        agent_ids=("ann", "bob"),
        offers=3,
        disposition="sold",
        queue_refused="support",
        offers_missed=1,
        offers_declined=2,
        to_number="+4930222222",
        from_number="+4930123456",
    )


@pytest.mark.parametrize("length", [1, 2, 3, 7])
async def test_the_pieces_make_no_difference_nor_does_a_restart_between_them(store, store_url, length):
    whole = Projector(store, SITE)
    await whole.project(JOURNAL)
    expected, live = await rows_of(store), await rows_of(store, "live_contacts")
    assert [row[1] for row in expected] == ["c1", "c3", "c3.1"]
    assert [row[1:] for row in live] == [("c6", "+4930111111", "+4930123456")]
    await whole.reset()
    assert await rows_of(store) == await rows_of(store, "live_contacts") == []
    assert await whole.cursor() == 0
    for start in range(0, len(JOURNAL), length):
        restarted = await Store.open(store_url)
        await Projector(restarted, SITE).project(JOURNAL[start : start + length])
        await restarted.close()
    assert await rows_of(store) == expected
    assert await rows_of(store, "live_contacts") == live
    assert await whole.cursor() == 7


async def test_what_was_projected_before_is_passed_over(store):
    projector = Projector(store, SITE)
    await projector.project(JOURNAL)
    expected = await rows_of(store), await rows_of(store, "live_contacts")
    await projector.project(JOURNAL)
    await projector.project(JOURNAL[:3])
    await projector.project(JOURNAL[2:5])
    await projector.project([])
    assert (await rows_of(store), await rows_of(store, "live_contacts")) == expected
    assert await projector.cursor() == 7


async def test_a_gap_is_refused_and_nothing_of_its_piece_is_kept(store):
    projector = Projector(store, SITE)
    with pytest.raises(StoreError, match="record 2 of site main came where 1"):
        await projector.project(JOURNAL[1:])
    await projector.project(JOURNAL[:3])
    with pytest.raises(StoreError, match="record 5 of site main came where 4"):
        await projector.project([*JOURNAL[2:3], *JOURNAL[4:]])
    with pytest.raises(StoreError, match="record 6 of site main came where 5"):
        await projector.project([JOURNAL[3], JOURNAL[5]])
    assert await projector.cursor() == 3
    assert await rows_of(store) == []
    await projector.project(JOURNAL)
    assert len(await rows_of(store)) == 3


async def test_sites_in_one_database_do_not_meet(store):
    north, south = Projector(store, "north"), Projector(store, "south")
    await north.project([record(1, started("c1", "+4930123456"), site="north")])
    await south.project([record(1, started("c1", "+4930777777"), site="south")])
    await south.project([record(2, closed("c1"), site="south")])
    with pytest.raises(StoreError, match="of site south came where 2 of north"):
        await north.project([record(2, closed("c1"), site="south")])
    await north.reset()
    assert await ContactRecords(store, "north").recent(10) == []
    assert [found.from_number for found in await ContactRecords(store, "south").recent(10)] == ["+4930777777"]


async def test_two_writers_that_project_the_same_make_it_once(store_url):
    stores = [await Store.open(store_url) for _ in range(2)]
    journal = [record(seq, started(f"c{seq}"), closed(f"c{seq}")) for seq in range(1, 51)]
    pieces = [journal[start : start + 5] for start in range(0, 50, 5)]

    async def project(store):
        for piece in pieces:
            await Projector(store, SITE).project(piece)

    await asyncio.gather(*map(project, stores))
    assert await Projector(stores[0], SITE).cursor() == 50
    assert len(await rows_of(stores[0])) == 50
    for store in stores:
        await store.close()


async def test_a_contact_whose_start_was_never_seen_is_recorded_without_numbers(store):
    await Projector(store, SITE).project([record(1, closed("c1"))])
    (found,) = await ContactRecords(store, SITE).recent(10)
    assert (found.contact_id, found.from_number, found.to_number) == ("c1", "", "")


@pytest.mark.parametrize("number", ["\x00", "+49\x0030", "\ud800", "x" * 100_000, "☎" * 5_000, "'; DROP TABLE cursors"])
async def test_whatever_a_carrier_sends_as_a_number_does_not_stop_the_projection(store, number):
    projector = Projector(store, SITE)
    await projector.project([record(1, started("c1", number, number)), record(2, closed("c1", disposition=number))])
    assert await projector.cursor() == 2
    found = await ContactRecords(store, SITE).get("c1")
    assert found is not None
    assert found.from_number == number.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")[:255]


async def test_a_long_journal_in_one_piece(store):
    journal = [record(seq, started(f"c{seq}"), closed(f"c{seq}")) for seq in range(1, 2_502)]
    await Projector(store, SITE).project(journal)
    assert len(await rows_of(store)) == 2_501
    assert await rows_of(store, "live_contacts") == []


async def test_a_journal_whose_personal_values_are_emptied_gives_records_without_them(store):
    turns = [record(1, started("c1", "+4930123456")), record(2, closed("c1"))]
    stored = [encode(turn, FIRST_HASH, "salt") for turn in turns]
    emptied = [
        decode(type(row)(**{name: getattr(row, name) for name in row.__struct_fields__} | {"personal": None}))
        for row in stored
    ]
    await Projector(store, SITE).project(emptied)
    found = await ContactRecords(store, SITE).get("c1")
    assert found is not None
    assert (found.from_number, found.to_number) == ("", "+4930111111")


async def test_numbers_are_emptied_when_their_time_is_over_and_nothing_else(store, store_url):
    await Projector(store, SITE).project(JOURNAL)
    await Projector(store, "other").project([record(1, started("c1"), closed("c1", ended_at=1), site="other")])
    assert await erase_numbers(store, SITE, ARRIVED_AT + 2) == 1
    assert await erase_numbers(store, SITE, ARRIVED_AT + 2) == 0
    records = ContactRecords(store, SITE)
    assert {found.contact_id: found.from_number for found in await records.recent(10)} == {
        "c1": "+4930123456",
        "c3": "anonymous",
        "c3.1": "",
    }
    assert await records.by_number("+4930777777", 10) == []
    assert (await ContactRecords(store, "other").recent(1))[0].from_number == "+4930123456"


async def test_what_is_emptied_or_removed_is_not_left_in_any_file(tmp_path):
    store = await Store.open(f"sqlite:///{tmp_path}/store.db")
    await Projector(store, SITE).project([record(1, started("c1", "+4930987654")), record(2, closed("c1"))])
    customers = Customers(store, SITE)
    await customers.upsert_many([CustomerCard(customer_id="1", name="Ann30987654", numbers=("+4930987654",))])
    assert any(b"30987654" in path.read_bytes() for path in tmp_path.iterdir())
    assert await erase_numbers(store, SITE, 2**62) == 1
    assert await customers.remove("1")
    assert not any(b"30987654" in path.read_bytes() for path in tmp_path.iterdir())
    await store.close()
