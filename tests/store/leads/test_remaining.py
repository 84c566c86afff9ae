"""What is left of a campaign's lists."""

from cti.core import events as e
from cti.core.leads import ClaimSpec, Segment
from cti.core.states import LeadStatus
from cti.store.leads.remaining import remaining
from tests.store.leads.leads_made import NOON, ids, posted
from tests.store.made import SITE

HOUR_MS = 3_600_000


def scheduled(lead_id: str, status: LeadStatus, next_at: int = 0, **fields: object) -> e.LeadScheduled:
    return e.LeadScheduled(campaign_id="sales", lead_id=lead_id, status=status, next_at=next_at, **fields)


async def test_each_lead_is_counted_where_it_stands(desk):
    await desk.happened(*(posted(name) for name in "abcdefg"))
    await desk.asks()
    given = await desk.claim(leads_max=6)
    await desk.happened(given)
    await desk.happened(
        scheduled("a", LeadStatus.RETRY, NOON + 2 * HOUR_MS),
        scheduled("b", LeadStatus.CALLBACK, NOON + HOUR_MS),
        scheduled("c", LeadStatus.DONE, success=True),
        scheduled("d", LeadStatus.DONE),
        scheduled("e", LeadStatus.SUPPRESSED),
    )
    found = await remaining(desk.store, SITE, "sales")
    assert (found.fresh, found.waiting, found.callbacks, found.with_dialer) == (1, 2, 1, 1)
    assert (found.done, found.successes, found.refused, found.outside) == (2, 1, 1, 0)
    assert found.next_at == NOON + HOUR_MS


async def test_a_campaign_that_never_asked_has_nothing_counted_and_is_not_said_to_have_nobody(desk):
    await desk.happened(posted("a"))
    found = await remaining(desk.store, SITE, "sales")
    assert found.entering == 1
    assert not any(found._replace(entering=0))
    await desk.asks()
    found = await remaining(desk.store, SITE, "sales")
    assert (found.fresh, found.entering) == (1, 0)


async def test_leads_in_no_segment_are_counted_apart_and_those_of_a_removed_list_not_at_all(desk):
    spec = ClaimSpec(lists=("spring",), segments=(Segment(segment_id="coast", when="true"),))
    coast = (("segment", "coast"),)
    await desk.happened(posted("a", attributes=coast), posted("b"), posted("c", attributes=coast))
    await desk.asks(spec=spec)
    found = await remaining(desk.store, SITE, "sales")
    assert (found.fresh, found.outside) == (2, 1)
    await desk.happened(e.LeadsRemoved(list_id="spring"))
    found = await remaining(desk.store, SITE, "sales")
    assert not any(found)


async def test_whoever_was_called_as_often_as_its_file_says_by_now_is_not_left(desk):
    await desk.happened(*(posted(name) for name in "abc"))
    await desk.asks()
    await desk.take()
    for lead_id, attempts in (("a", 2), ("b", 3), ("c", 4)):
        await desk.scheduled(lead_id, LeadStatus.RETRY, NOON, attempts=attempts)
    fewer, more = (ClaimSpec(lists=("spring",), attempts_max=most) for most in (3, 4))
    await desk.asks(spec=fewer)
    found = await remaining(desk.store, SITE, "sales")
    assert (found.waiting, found.done, found.next_at) == (1, 2, NOON)
    claimed = await desk.claim(fewer)
    assert (ids(claimed), claimed.left) == (["a"], 0)
    await desk.asks(spec=more)
    assert ids(await desk.claim(more)) == ["a", "b"], "they come back with the number"
    assert (await remaining(desk.store, SITE, "sales")).waiting == 2
