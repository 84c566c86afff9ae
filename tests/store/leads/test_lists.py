"""Leads on lists: posted, imported, changed, moved and removed."""

import pytest
from sqlalchemy import func, select

from cti.core import events as e
from cti.core.leads import ClaimSpec, LeadOrder
from cti.core.numbering import Address
from cti.core.states import LeadStatus
from cti.store.errors import StoreError
from cti.store.leads import common
from cti.store.leads.looking import LookingAtLeads
from cti.store.leads.projector import LeadsProjector
from cti.store.leads.staging import Begin, Reject, Rows, Sorted, StagedLead
from cti.store.tables import (
    campaign_counts,
    campaign_leads,
    lead_imports,
    lead_lists,
    lead_numbers,
    lead_rejects,
    leads,
)
from tests.store.leads.leads_made import NOON, details, ids, number, posted
from tests.store.made import SITE


async def rows(desk, table):
    return await desk.store.read(lambda connection: connection.execute(select(table)).all())


async def known_numbers(desk):
    return {(row.number, row.lead_id) for row in await rows(desk, lead_numbers)}


async def test_an_import_is_seen_whole_or_not_at_all(desk):
    await desk.asks()
    import_id = await desk.imported(details(), details(number(2)), visible=False)
    await desk.keep_up()
    assert ids(await desk.claim()) == []
    await desk.happened(e.LeadsImported(list_id="spring", import_id=import_id, imported=2))
    await desk.keep_up()
    assert ids(await desk.claim()) == [f"{import_id}.1", f"{import_id}.2"]


async def test_an_import_that_was_interrupted_goes_on_where_it_was(desk):
    file = Begin("spring", "the file", "leads.csv", "anna", NOON)
    begun = await desk.staging.begin(file)
    first = tuple(StagedLead(row, details(number(row))) for row in (1, 2))
    await desk.staging.add(begun.import_id, Rows(0, 3, first, (Reject(3, "NUMBER", "there is no number"),)))
    again = await desk.staging.begin(file)
    assert (again.import_id, again.rows) == (begun.import_id, 3)
    await desk.staging.add(begun.import_id, Rows(0, 3, first))
    with pytest.raises(StoreError, match="row 3 was expected"):
        await desk.staging.add(begun.import_id, Rows(7, 9))
    await desk.staging.add(begun.import_id, Rows(3, 4, (StagedLead(4, details(number(4))),)))
    numbers = tuple((number(row), row) for row in (1, 2, 4))
    for _ in range(2):
        await desk.staging.sort(begun.import_id, Sorted(numbers, (Reject(2, "DUPLICATE", "row 1 has it"),)))
    [row] = await rows(desk, lead_imports)
    assert (row.rows, row.rejected, row.status) == (4, 2, "STAGING")
    assert {(each.row, each.code) for each in await rows(desk, lead_rejects)} == {(2, "DUPLICATE"), (3, "NUMBER")}
    await desk.happened(e.LeadsImported(list_id="spring", import_id=begun.import_id, imported=2))
    await desk.asks()
    assert ids(await desk.claim()) == [f"{begun.import_id}.1", f"{begun.import_id}.4"]
    other = await desk.staging.begin(file)
    assert other.import_id != begun.import_id, "done is done"
    with pytest.raises(StoreError, match="is done"):
        await desk.staging.add(begun.import_id, Rows(4, 5))


async def test_more_leads_than_a_piece_are_all_entered(desk):
    await desk.imported(*(details(number(row)) for row in range(2_500)))
    await desk.asks()
    found = await desk.claim(leads_max=1_000)
    assert (len(found.leads), found.left, found.next_due_at) == (1_000, 1_500, 0)


async def test_who_is_posted_again_is_changed_and_entered_anew(desk):
    first = e.LeadPosted(list_id="spring", lead=details(number(1), external_id="x", priority=0))
    await desk.happened(first)
    await desk.happened(posted("b", number=number(2), priority=1))
    await desk.asks()
    name = f"{SITE}-w1.1"
    assert ids(await desk.claim()) == ["b", name]
    await desk.happened(e.LeadPosted(list_id="spring", lead=details(number(3), external_id="x", priority=2)))
    await desk.keep_up()
    assert ids(await desk.claim()) == [name, "b"]
    assert await known_numbers(desk) == {(number(2), "b"), (number(3), name)}
    assert len(await rows(desk, campaign_leads)) == 2


def form(*numbers, list_id="spring", **fields):
    """A form on a web page knows no id."""
    return e.LeadPosted(list_id=list_id, lead=details(*numbers, **fields))


async def test_who_is_posted_again_without_an_id_is_known_by_a_number(desk):
    """Whoever fills a form in twice is called once. On other lists they are others."""
    await desk.happened(form(number(1), number(2), external_id="x"), form(number(2), list_id="autumn"))
    await desk.asks()
    name = f"{SITE}-w1.1"
    where = Address(country="US", state="FL")
    debt = e.LeadPosted(
        list_id="spring", lead=details(number(1), number(2), external_id="x", address=where, consent="express")
    )
    await desk.happened(debt)
    await desk.happened(form(number(3), number(2), priority=4, attributes=(("plan", "gold"),)))
    await desk.keep_up()
    (lead,) = (await desk.claim()).leads
    assert (lead.lead_id, lead.external_id, lead.priority, lead.attributes) == (name, "x", 4, (("plan", "gold"),))
    assert (lead.address, lead.consent) == (where, "express"), "what a form does not know stays"
    assert [each.number for each in lead.numbers] == [number(3), number(2), number(1)]
    assert {pair for pair in await known_numbers(desk) if pair[1] == name} == {(number(of), name) for of in (1, 2, 3)}
    await desk.happened(form(number(7)))
    assert len(await rows(desk, leads)) == 3


async def test_of_several_who_share_a_number_a_form_is_always_the_same_one(desk):
    await desk.happened(posted("b", number=number(2)), posted("a", number=number(2)))
    for priority in (1, 2, 3):
        await desk.happened(form(number(9), number(2), priority=priority))
    known = {row.lead_id: common.read(row.details).priority for row in await rows(desk, leads)}
    assert known == {"a": 3, "b": 0}


async def test_whoever_asks_again_after_they_were_called_is_called_again(desk):
    """Not whoever is changed by an id: who does that knows more of them than a form."""
    await desk.happened(form(number(1)), form(number(1)))
    await desk.asks()
    [lead_id] = await desk.take()
    await desk.scheduled(lead_id, LeadStatus.DONE, past=e.LeadPast(spent=(number(1),), refused=((number(1), "US-X"),)))
    await desk.keep_up()
    assert ids(await desk.claim()) == []
    await desk.happened(posted(lead_id, number=number(1)))
    await desk.keep_up()
    assert ids(await desk.claim()) == []
    await desk.happened(form(number(1)))
    await desk.keep_up()
    (again,) = (await desk.claim()).leads
    assert (again.lead_id, again.attempts, again.past.spent) == (lead_id, 0, ())
    assert len(await rows(desk, leads)) == 1


@pytest.mark.parametrize("status", [LeadStatus.RETRY, LeadStatus.DONE])
@pytest.mark.parametrize("by_number", [True, False])
async def test_a_call_may_be_promised_to_somebody_who_was_called(desk, status, by_number):
    await desk.happened(form(number(1)))
    await desk.asks()
    [lead_id] = await desk.take()
    await desk.scheduled(lead_id, status, NOON + 9_000_000 if status is LeadStatus.RETRY else 0, last_at=NOON)
    post = (
        form(number(1), callback_at=NOON + 500)
        if by_number
        else posted(lead_id, number=number(1), callback_at=NOON + 500)
    )
    await desk.happened(post)
    await desk.keep_up()
    assert ids(await desk.claim()) == []
    assert [lead.callback for lead in (await desk.claim(at=NOON + 500)).leads] == [True]
    await desk.take(at=NOON + 500)
    await desk.scheduled(lead_id, LeadStatus.DONE, last_at=NOON + 600)
    await desk.asks(spec=ClaimSpec(lists=("spring",), order=LeadOrder.NEWEST))
    assert ids(await desk.claim(ClaimSpec(lists=("spring",), order=LeadOrder.NEWEST), at=NOON + 900)) == [], (
        "it was kept"
    )


async def test_a_call_that_is_promised_while_they_are_called_in_vain_is_made_then(desk):
    await desk.happened(form(number(1)))
    await desk.asks()
    [lead_id] = await desk.take()
    await desk.happened(form(number(1), callback_at=2 * NOON))
    await desk.keep_up()
    await desk.scheduled(lead_id, LeadStatus.RETRY, NOON + 50, last_at=NOON)
    assert ids(await desk.claim(at=NOON + 60)) == []
    assert [lead.callback for lead in (await desk.claim(at=2 * NOON)).leads] == [True]


async def test_a_call_may_be_promised_to_somebody_who_is_there(desk):
    await desk.happened(posted("a"))
    await desk.asks()
    await desk.happened(posted("a", callback_at=NOON + 5))
    await desk.keep_up()
    assert (await desk.claim()).next_due_at == NOON + 5
    assert [lead.callback for lead in (await desk.claim(at=NOON + 5)).leads] == [True]


async def test_a_file_may_change_who_was_there_and_move_them_from_another_list(desk):
    await desk.happened(
        posted("a", number=number(1)), posted("b", number=number(2)), posted("c", list_id="autumn", number=number(3))
    )
    both = ClaimSpec(lists=("spring", "autumn"))
    await desk.asks()
    await desk.asks("all", both)
    await desk.take(both, campaign_id="all")
    await desk.scheduled("c", LeadStatus.RETRY, NOON + 5, "all", attempts=4)
    import_id = await desk.imported(
        details(number(11)), details(number(3)), details(number(7)), changes=((1, "a"), (2, "c"), (3, "gone"))
    )
    await desk.keep_up()
    new = f"{import_id}.3"
    assert sorted(ids(await desk.claim())) == sorted(["a", "b", "c", new])
    assert await known_numbers(desk) == {(number(11), "a"), (number(2), "b"), (number(3), "c"), (number(7), new)}
    [moved] = (await desk.claim(both, campaign_id="all", at=NOON + 5)).leads[:1]
    assert (moved.lead_id, moved.list_id, moved.attempts) == ("c", "spring", 4)
    assert {row.lead_id for row in await rows(desk, leads)} == {"a", "b", "c", new}
    assert (await rows(desk, lead_imports))[0].status == "DONE"


async def test_whom_a_file_is_about_to_change_nobody_is_given_meanwhile(desk):
    await desk.happened(posted("a", number=number(1)), posted("b", number=number(2)))
    await desk.asks()
    await desk.imported(details(number(11)), changes=((1, "a"),))
    waiting = await desk.claim()
    assert ids(waiting) == ["b"]
    assert waiting.next_due_at, "it is asked again soon"
    await desk.keep_up()
    found = await desk.claim()
    assert {lead.lead_id: lead.numbers[0].number for lead in found.leads} == {"a": number(11), "b": number(2)}


async def test_a_lead_that_is_removed_is_gone_everywhere(desk):
    await desk.happened(posted("a"), posted("b", number=number(2)))
    await desk.asks()
    await desk.happened(e.LeadsRemoved(list_id="other", lead_id="a"))
    assert ids(await desk.claim()) == ["a", "b"]
    await desk.happened(e.LeadsRemoved(list_id="spring", lead_id="a"))
    found = await desk.claim()
    assert (ids(found), found.left) == (["b"], 0)
    assert await known_numbers(desk) == {(number(2), "b")}


async def test_a_list_that_is_removed_is_gone_at_once_and_forgotten_in_pieces(desk):
    await desk.imported(*(details(number(row)) for row in range(1_200)))
    waiting = await desk.imported(details(), visible=False)
    await desk.happened(posted("a"), posted("other", list_id="autumn", number=number(9_999)))
    both = ClaimSpec(lists=("spring", "autumn"))
    await desk.asks(spec=both)
    await desk.happened(e.LeadsRemoved(list_id="spring"))
    assert ids(await desk.claim(both)) == ["other"]
    with pytest.raises(StoreError, match="just being removed"):
        await desk.staging.begin(Begin("spring", "again", "leads.csv", "anna", NOON))
    await desk.happened(posted("new", number=number(1)))
    assert await desk.keep_up() > 3
    assert sorted(ids(await desk.claim(both))) == ["new", "other"]
    with pytest.raises(StoreError, match="there is no import"):
        await desk.staging.add(waiting, Rows(1, 2))
    assert {row.lead_id for row in await rows(desk, leads)} == {"new", "other"}
    assert {row.list_id for row in await rows(desk, lead_lists)} == {"spring", "autumn"}
    assert await LookingAtLeads(desk.store, SITE).imports() == []
    await desk.happened(e.LeadsRemoved(list_id="spring"))
    await desk.keep_up()
    assert {row.list_id for row in await rows(desk, lead_lists)} == {"autumn"}


async def test_names_of_imports_and_their_leads_never_come_back(desk):
    """The result of a call to somebody on a list that was removed is nobody else's."""
    await desk.happened(posted("a", list_id="other"))
    await desk.asks()
    first = await desk.imported(details(number(1)))
    await desk.imported(details(number(2)), visible=False)
    await desk.keep_up()
    assert await desk.take() == [f"{first}.1"]
    await desk.happened(e.LeadsRemoved(list_id="spring"))
    await desk.keep_up()
    again = await desk.imported(details(number(3)))
    await desk.keep_up()
    assert (first, again) == (f"{SITE}-i1", f"{SITE}-i3")
    await desk.scheduled(f"{first}.1", LeadStatus.DONE)
    assert ids(await desk.claim()) == [f"{again}.1"]
    [left] = [row for row in await rows(desk, lead_imports) if row.import_id == first]
    assert (left.status, left.list_id, left.source, left.imported_by, left.headings) == ("GONE", "", "", "", "")


async def test_what_is_counted_is_what_is_there(desk):
    await desk.imported(*(details(number(row)) for row in range(10)))
    await desk.happened(posted("a"), posted("b", list_id="autumn"))
    both = ClaimSpec(lists=("spring", "autumn"))
    await desk.asks(spec=both)
    taken = await desk.take(both, leads_max=5)
    await desk.scheduled(taken[0], LeadStatus.DONE)
    await desk.scheduled(taken[1], LeadStatus.RETRY, NOON)
    await desk.happened(e.LeadsReleased(campaign_id="sales", lead_ids=(taken[2],)))
    await desk.happened(e.LeadsRemoved(list_id="spring", lead_id=taken[3]))
    await desk.happened(e.LeadsRemoved(list_id="autumn"))
    await desk.keep_up()
    key = ("list_id", "segment", "status")
    standing = select(*(campaign_leads.c[name] for name in key), func.count().label("count"))
    grouped = standing.group_by(*(campaign_leads.c[name] for name in key))
    there = await desk.store.read(lambda connection: {tuple(row) for row in connection.execute(grouped)})
    counted = {
        (row.list_id, row.segment, row.status, row[5])
        for row in await rows(desk, campaign_counts)
        if row[5] and row.status not in ("TAKEN", "SUCCESS")
    }
    assert counted == there


async def test_leads_cannot_be_made_anew_from_the_journal(desk):
    with pytest.raises(StoreError, match="cannot be made anew"):
        await LeadsProjector(desk.store, SITE).reset()
