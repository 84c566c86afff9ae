"""Who is called next, out of a store that the journal fills."""

import pytest

from cti.core import events as e
from cti.core.commands import ClaimLeads
from cti.core.leads import ClaimSpec, LeadOrder, Segment
from cti.core.states import LeadStatus, Outcome
from cti.expressions.segments import segments_of
from cti.store.leads.looking import LookingAtLeads
from tests.store.leads.leads_made import NOON, Desk, details, ids, number, posted
from tests.store.made import SITE


async def test_leads_come_in_the_order_in_which_they_were_posted_and_with_all_that_is_known(desk):
    customer = e.Customer(customer_id="c1", name="Ann")
    await desk.happened(posted("a", customer=customer, consent="written", attributes=(("plan", "gold"),), priority=1))
    await desk.happened(posted("b", number=number(2)))
    await desk.asks()
    found = await desk.claim()
    assert ids(found) == ["a", "b"]
    first = found.leads[0]
    assert (first.customer, first.consent, first.attributes) == (customer, "written", (("plan", "gold"),))
    assert (first.numbers, first.number_index, first.attempts) == (details().numbers, 0, 0)
    assert (found.as_of_seq, found.next_due_at, found.left) == (desk.seq, 0, 0)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (LeadOrder.PRIORITY, ["high", "first", "second", "low"]),
        (LeadOrder.NEWEST, ["high", "second", "first", "low"]),
    ],
)
async def test_the_order_is_the_campaigns(desk, order, expected):
    spec = ClaimSpec(lists=("spring",), order=order)
    await desk.happened(posted("low", priority=-1), posted("first"), posted("high", priority=5), posted("second"))
    await desk.asks(spec=spec)
    assert ids(await desk.claim(spec)) == expected


async def test_a_shuffled_order_is_always_the_same_and_another_than_they_came(desk):
    spec = ClaimSpec(lists=("spring",), order=LeadOrder.SHUFFLED)
    names = [f"l{n}" for n in range(20)]
    await desk.happened(*(posted(name) for name in names))
    await desk.asks(spec=spec)
    found = ids(await desk.claim(spec))
    assert sorted(found) == sorted(names)
    assert found != names
    assert ids(await desk.claim(spec)) == found


async def test_whom_a_campaign_was_given_it_is_not_given_again_and_may_give_back(desk):
    await desk.happened(*(posted(name) for name in "abc"))
    await desk.asks()
    first = await desk.claim(leads_max=2)
    assert (ids(first), first.left) == (["a", "b"], 1)
    assert ids(await desk.claim(excluding=("a", "b"))) == ["c"]
    await desk.happened(first)
    assert ids(await desk.claim()) == ["c"]
    await desk.happened(e.LeadsReleased(campaign_id="sales", lead_ids=("b",)))
    assert ids(await desk.claim()) == ["b", "c"]


async def test_each_campaign_has_its_own_standing(desk):
    await desk.happened(posted("a"))
    await desk.asks()
    await desk.asks("other")
    assert await desk.take() == ["a"]
    assert ids(await desk.claim(campaign_id="other")) == ["a"]


async def test_who_is_due_again_comes_when_due_and_with_what_came_of_it(desk):
    await desk.happened(posted("a"), posted("b"))
    await desk.asks()
    await desk.take()
    await desk.scheduled("a", LeadStatus.RETRY, NOON + 60_000, attempts=2, last_outcome=Outcome.BUSY)
    await desk.scheduled("b", LeadStatus.DONE)
    waiting = await desk.claim()
    assert (ids(waiting), waiting.next_due_at, waiting.left) == ([], NOON + 60_000, 0)
    found = await desk.claim(at=NOON + 60_000)
    assert ids(found) == ["a"]
    assert (found.leads[0].attempts, found.leads[0].last_outcome, found.leads[0].due_at) == (
        2,
        Outcome.BUSY,
        NOON + 60_000,
    )
    assert found.next_due_at == 0


async def test_promised_calls_come_first_then_those_due_again_then_the_rest(desk):
    await desk.happened(*(posted(name) for name in "abcd"), posted("promised", callback_at=NOON - 5))
    await desk.asks()
    assert await desk.take(leads_max=4) == ["promised", "a", "b", "c"]
    await desk.scheduled("a", LeadStatus.RETRY, NOON - 10)
    await desk.scheduled("b", LeadStatus.RETRY, NOON - 20)
    await desk.scheduled("c", LeadStatus.CALLBACK, NOON - 1)
    found = await desk.claim()
    assert ids(found) == ["c", "b", "a", "d"]
    assert [lead.callback for lead in found.leads] == [True, False, False, False]


async def test_who_was_called_often_enough_is_not_called_again(desk):
    spec = ClaimSpec(lists=("spring",), attempts_max=3)
    await desk.happened(posted("a"), posted("b"))
    await desk.asks(spec=spec)
    await desk.take(spec)
    await desk.scheduled("a", LeadStatus.RETRY, NOON - 1, attempts=3)
    await desk.scheduled("b", LeadStatus.RETRY, NOON - 1, attempts=2)
    assert ids(await desk.claim(spec)) == ["b"]


async def test_segments_take_turns_by_their_shares_and_a_dry_one_leaves_its_turns(desk):
    spec = ClaimSpec(
        lists=("spring",), segments=(Segment(segment_id="gold", when="", share=3), Segment(segment_id="tin", when=""))
    )
    gold = [posted(f"g{n}", attributes=(("segment", "gold"),)) for n in range(6)]
    tin = [posted(f"t{n}", attributes=(("segment", "tin"),)) for n in range(6)]
    await desk.happened(*gold, *tin, posted("nowhere"))
    await desk.asks(spec=spec)
    one_by_one = [(await desk.take(spec, leads_max=1))[0][0] for _ in range(8)]
    assert one_by_one.count("g") == 6
    assert sorted(one_by_one[:4]) == ["g", "g", "g", "t"]
    assert [each[0] for each in await desk.take(spec)] == ["t"] * 4
    assert await desk.take(spec) == []


async def test_a_segment_that_has_its_quota_is_not_called_any_more(desk):
    spec = ClaimSpec(lists=("spring",), segments=(Segment(segment_id="gold", when="", quota=1),))
    await desk.happened(*(posted(name, attributes=(("segment", "gold"),)) for name in "abc"))
    await desk.asks(spec=spec)
    await desk.take(spec, leads_max=1)
    await desk.scheduled("a", LeadStatus.DONE)
    assert await desk.take(spec, leads_max=1) == ["b"]
    assert (await desk.claim(spec)).successes == (("gold", 0),)
    await desk.scheduled("b", LeadStatus.DONE, success=True)
    found = await desk.claim(spec)
    assert (ids(found), found.left, found.successes) == ([], 0, (("gold", 1),))


async def test_a_campaign_that_calls_something_else_is_entered_anew_and_leads_stand_where_they_stood(desk):
    await desk.happened(posted("a"), posted("b", priority=3), posted("x", list_id="autumn"))
    await desk.asks()
    await desk.take(leads_max=1)
    newest = ClaimSpec(lists=("spring", "autumn"), order=LeadOrder.NEWEST)
    assert (await desk.claim(newest)).next_due_at > NOON, "it is told to ask again soon"
    await desk.asks(spec=newest)
    assert ids(await desk.claim(newest)) == ["x", "a"]


async def test_the_answer_waits_for_the_record_that_is_asked_for_and_says_how_far_it_is(desk):
    await desk.happened(posted("a"))
    await desk.asks()
    assert (await desk.claim(since_seq=2)).as_of_seq == 2
    assert (await desk.claim(since_seq=99)).as_of_seq == 2


async def test_an_attempt_counts_from_when_it_starts(desk):
    await desk.happened(posted("a"))
    await desk.asks()
    await desk.take()
    await desk.happened(e.AttemptStarted(campaign_id="sales", attempt_id="main-d1", lead_id="a", leg_id="main-l1"))
    await desk.happened(e.LeadsReleased(campaign_id="sales", lead_ids=("a",)))
    assert (await desk.claim()).leads[0].attempts == 1


async def test_what_nobody_knows_does_no_harm(desk):
    await desk.scheduled("nobody", LeadStatus.DONE)
    await desk.happened(e.LeadsClaimed(campaign_id="x", claim_id="k", as_of_seq=0, leads=(e.ClaimedLead(lead_id="q"),)))
    await desk.happened(e.LeadsReleased(campaign_id="x", lead_ids=("q",)), e.LeadsRemoved(list_id="none"))
    await desk.happened(e.LeadPosted(list_id="spring"), e.LeadsImported(list_id="spring", import_id="i", imported=1))
    await desk.keep_up()
    assert ids(await desk.claim()) == []


async def test_a_promised_call_says_for_whom_and_is_made_however_often_they_were_called(desk):
    spec = ClaimSpec(lists=("spring",), attempts_max=1)
    await desk.happened(posted("a"), posted("b"))
    await desk.asks(spec=spec)
    await desk.take(spec)
    await desk.scheduled("a", LeadStatus.CALLBACK, NOON, attempts=3, callback_for="anna", disposition="call_back")
    await desk.scheduled("b", LeadStatus.RETRY, NOON, attempts=3)
    found = await desk.claim(spec)
    assert [(lead.lead_id, lead.callback, lead.callback_for) for lead in found.leads] == [("a", True, "anna")]


async def test_a_wrong_number_is_the_leads_no_more_and_without_any_it_is_done_with_in_every_campaign(desk):
    two = (e.LeadNumber(number=number(1)), e.LeadNumber(number=number(2)))
    await desk.happened(posted("a", numbers=two), posted("b", number=number(3)))
    await desk.asks()
    await desk.asks("other")
    for lead_id, wrong in (("a", number(1)), ("b", number(3))):
        await desk.happened(e.LeadNumberWrong(list_id="spring", lead_id=lead_id, number=wrong))
    await desk.asks("later")
    for campaign_id in ("sales", "other", "later"):
        found = await desk.claim(campaign_id=campaign_id)
        assert [[each.number for each in lead.numbers] for lead in found.leads] == [[number(2)]], campaign_id
        assert found.left == 0


async def test_what_was_said_in_the_last_call_stands_when_the_next_one_may_not_be_made_yet(desk):
    await desk.happened(posted("a"))
    await desk.asks()
    await desk.take()
    await desk.scheduled("a", LeadStatus.RETRY, NOON, last_at=NOON - 5, disposition="later", amount=7, currency="USD")
    await desk.take()
    await desk.scheduled("a", LeadStatus.RETRY, NOON + 60_000)
    [standing] = (await LookingAtLeads(desk.store, SITE).standing(["a"]))["a"]
    assert (standing.status, standing.next_at) == (LeadStatus.RETRY, NOON + 60_000)
    said = (standing.last_at, standing.disposition, standing.amount, standing.currency)
    assert said == (NOON - 5, "later", 7, "USD")


async def test_what_calls_came_to_is_given_along_and_stands_until_more_is_told(desk):
    past = e.LeadPast(ended=((Outcome.BUSY, 2),), spent=(number(1),))
    await desk.happened(posted("a"))
    await desk.asks()
    assert (await desk.claim()).leads[0].past == e.LeadPast()
    await desk.take()
    await desk.scheduled("a", LeadStatus.RETRY, NOON, past=past)
    await desk.take()
    await desk.scheduled("a", LeadStatus.RETRY, NOON)
    assert (await desk.claim()).leads[0].past == past


async def test_who_has_a_higher_priority_comes_first_if_it_is_asked_for_and_by_shares(desk):
    spec = ClaimSpec(
        lists=("spring",), segments=(Segment(segment_id="gold", when="", share=2), Segment(segment_id="tin", when=""))
    )
    gold, tin = ((("segment", name),) for name in ("gold", "tin"))
    await desk.happened(posted("again", attributes=gold), posted("promised", attributes=tin, callback_at=NOON - 5))
    await desk.asks(spec=spec)
    await desk.take(spec)
    await desk.scheduled("again", LeadStatus.RETRY, NOON - 10)
    await desk.scheduled("promised", LeadStatus.CALLBACK, NOON - 10)
    hot = [posted(f"g{n}", attributes=gold, priority=n) for n in (4, 5, 6, 7)]
    hot += [posted(f"t{n}", attributes=tin, priority=n) for n in (5, 6)]
    await desk.happened(*hot, posted("plain", attributes=tin))
    await desk.keep_up()
    first = await desk.claim(spec, above=4, only_first=True)
    assert ids(first)[0] == "promised"
    assert sorted(ids(first)[1:]) == ["g5", "g6", "g7", "t5", "t6"]
    assert [name for name in ids(first) if name[0] == "g"] == ["g7", "g6", "g5"]
    assert [name[0] for name in ids(first)[1:4]].count("t") == 1
    assert (first.above, first.only_first, first.entering) == (4, True, False)
    everybody = ids(await desk.claim(spec, above=4))
    assert everybody[:6] == ids(first)
    assert sorted(everybody[6:]) == ["again", "g4", "plain"]


async def test_who_is_posted_is_entered_before_files_and_said_to_be_on_the_way(desk):
    await desk.asks()
    await desk.imported(*(details(number(n)) for n in range(1_500)))
    seq = await desk.happened(posted("hot", number="+12125559999", priority=9))
    found = await desk.claim(above=0, only_first=True, since_seq=seq)
    assert (ids(found), found.entering) == ([], True)
    assert await desk.upkeep.step()
    found = await desk.claim(above=0, only_first=True, since_seq=seq)
    assert (ids(found), found.entering) == (["hot"], False)


async def test_it_says_when_the_next_promised_call_is_due(desk):
    await desk.happened(posted("a", callback_at=NOON + 500), posted("b", callback_at=NOON - 1), posted("c"))
    await desk.asks()
    assert (await desk.claim()).promised_at == NOON + 500
    assert (await desk.claim(at=NOON + 500)).promised_at == 0


async def test_a_promised_call_is_made_where_its_segment_has_its_quota_and_counts_as_left(desk):
    spec = ClaimSpec(lists=("spring",), segments=(Segment(segment_id="gold", when="", quota=1),))
    await desk.happened(*(posted(name, attributes=(("segment", "gold"),)) for name in "abcd"))
    await desk.asks(spec=spec)
    await desk.take(spec, leads_max=3)
    await desk.scheduled("a", LeadStatus.DONE, success=True)
    await desk.scheduled("b", LeadStatus.CALLBACK, NOON, callback_for="anna")
    await desk.scheduled("c", LeadStatus.RETRY, NOON)
    assert (await desk.claim(spec, at=NOON - 1)).promised_at == NOON
    found = await desk.claim(spec)
    assert (ids(found), found.left) == (["b"], 0)
    await desk.take(spec)
    await desk.scheduled("b", LeadStatus.RETRY, NOON)
    assert ids(await desk.claim(spec)) == [], "the promise was kept"


async def test_whose_segment_has_another_condition_by_now_is_not_given_before_they_are_entered_by_it(store):
    """The names are the same; until all are entered anew, leads stand where the old conditions have put them."""
    desk = Desk(store, segments_of)
    gold = ClaimSpec(lists=("spring",), segments=(Segment(segment_id="gold", when="attributes.plan == 'gold'"),))
    for of, plan in enumerate(("gold", "gold", "tin")):
        await desk.happened(posted(f"lead{of}", number=number(of), attributes=(("plan", plan),), priority=-of))
    await desk.asks(spec=gold)
    assert ids(await desk.claim(gold)) == ["lead0", "lead1"]
    await desk.happened(posted("lead0", number=number(0), attributes=(("plan", "gold"),), callback_at=NOON))
    await desk.keep_up()
    tin = ClaimSpec(lists=("spring",), segments=(Segment(segment_id="gold", when="attributes.plan == 'tin'"),))
    asked = ClaimLeads(campaign_id="sales", claim_id="k", leads_max=100, spec=tin)
    await desk.happened(asked=(asked,))
    assert ids(await desk.claim(tin)) == ["lead0"], "who was promised a call"
    await desk.keep_up()
    assert "lead2" in ids(await desk.claim(tin))
    assert "lead1" not in ids(await desk.claim(tin))
