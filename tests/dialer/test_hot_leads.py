"""Leads that come before others: whoever is posted with a higher priority, and whoever was promised a call."""

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.commands import ClaimLeads
from cti.core.leads import ClaimSpec, LeadOrder, Segment
from tests.dialer.campaign_site import CampaignSite, dialled


def posted(priority: int = 0, **fields: int) -> e.LeadPosted:
    number = e.LeadNumber(number="+12125559999", kind="mobile")
    return e.LeadPosted(list_id="spring", lead=e.LeadDetails(numbers=(number,), priority=priority, **fields))


def asked(site: CampaignSite) -> list[ClaimLeads]:
    return [each for each in site.asked if isinstance(each, ClaimLeads)]


def answer(site: CampaignSite, *leads: e.ClaimedLead, **fields: object) -> None:
    """The store answers the last question, as of now unless it is said otherwise."""
    question = asked(site)[-1]
    told = {"above": question.above, "only_first": question.only_first, "as_of_seq": site.state.last.seq, **fields}
    site.take(e.LeadsClaimed(campaign_id="spring", claim_id=question.claim_id, leads=leads, **told))


def lead(site: CampaignSite, number: int, priority: int = 0, segment: str = "") -> e.ClaimedLead:
    return replace(site.lead(number), priority=priority, segment=segment)


def next_called(site: CampaignSite, count: int) -> list[str]:
    """One after another is called, and does not answer."""
    found = []
    for _ in range(count):
        (leg_id,) = site.pace(1)
        found.append(site.state.lines[leg_id].lead_key.removeprefix("spring/"))
        site.no_answer(leg_id)
    return found


@pytest.mark.parametrize("restarts", [False, True])
def test_who_is_posted_with_a_higher_priority_is_fetched_at_once_and_called_next(*, restarts: bool) -> None:
    site = CampaignSite(agents=1)
    site.start(leads=200)
    before = len(asked(site))
    site.take(posted(9))
    question = asked(site)[-1]
    assert (len(asked(site)), question.above, question.only_first) == (before + 1, 0, True)
    assert question.since_seq == site.state.last.seq
    answer(site, lead(site, 900, 9))
    assert [event.lead_ids for event in site.happened(e.LeadsReleased)] == [("lead199",)], "the last goes back"
    if restarts:
        site.restart()
        site.connect("a0")
    assert next_called(site, 3) == ["lead900", "lead0", "lead1"]


def test_who_is_posted_with_no_higher_priority_is_not_asked_for_while_there_are_enough() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=200)
    before = len(asked(site))
    site.take(posted(0))
    site.take(posted(-5))
    site.take(replace(posted(9), list_id="autumn"))
    assert len(asked(site)) == before


def test_a_shuffled_order_knows_no_priorities() -> None:
    site = CampaignSite(dialled(claim=ClaimSpec(lists=("spring",), order=LeadOrder.SHUFFLED)), agents=1)
    site.start(leads=200)
    before = len(asked(site))
    site.take(posted(100))
    assert len(asked(site)) == before


def test_higher_priorities_come_before_lower_ones_and_equal_ones_as_they_came() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=150)
    for number, priority in ((900, 5), (901, 9), (902, 5)):
        site.take(posted(priority))
        answer(site, lead(site, number, priority))
    assert next_called(site, 4) == ["lead901", "lead900", "lead902", "lead0"]


def test_a_promised_call_comes_before_them() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=150)
    site.take(posted(9))
    promised = replace(site.lead(901), callback=True, due_at=site.at - 1_000)
    answer(site, promised, lead(site, 900, 9))
    assert next_called(site, 3) == ["lead901", "lead900", "lead0"]


def test_a_store_that_does_not_know_yet_who_was_posted_is_asked_again() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=150)
    known = site.state.last.seq
    site.take(posted(9))
    answer(site, as_of_seq=known)
    site.wait(1_010)
    answer(site, entering=True)
    site.wait(1_010)
    before = len(asked(site))
    answer(site, lead(site, 900, 9))
    site.wait(10_000)
    assert len(asked(site)) == before
    assert next_called(site, 1) == ["lead900"]


def test_who_is_posted_while_a_question_is_under_way_is_asked_for_after_it() -> None:
    site = CampaignSite(agents=1)
    site.control("start")
    known = site.state.last.seq
    site.take(posted(9))
    answer(site, *(lead(site, number) for number in range(150)), as_of_seq=known)
    site.wait(1_010)
    assert asked(site)[-1].above == 0
    answer(site, lead(site, 900, 9))
    assert next_called(site, 2) == ["lead900", "lead0"]


SHARED = ClaimSpec(
    lists=("spring",),
    segments=(Segment(segment_id="gold", when="true"), Segment(segment_id="tin", when="true", share=3)),
)


def test_segments_take_turns_as_ever_however_many_are_posted() -> None:
    """A quarter of the calls is for gold, who are all called before those of lower priority in it."""
    site = CampaignSite(dialled(claim=SHARED), agents=1)
    site.control("start")
    gold = [lead(site, number, segment="gold") for number in range(40)]
    tin = [lead(site, number, segment="tin") for number in range(100, 220)]
    answer(site, *(each for at in range(40) for each in (gold[at], *tin[3 * at : 3 * at + 3])))
    called = []
    for number in range(900, 910):
        site.take(posted(9))
        answer(site, lead(site, number, 9, "gold"))
        called += next_called(site, 2)
    assert len([name for name in called if name.startswith("lead9")]) == 5
    assert not [name for name in called if len(name) < len("lead100")], "nobody of lower priority in gold"


def test_a_segment_that_had_nobody_gets_its_turns_and_no_more() -> None:
    site = CampaignSite(dialled(claim=SHARED), agents=1)
    site.control("start")
    answer(site, *(lead(site, number, segment="tin") for number in range(120)))
    site.take(posted(9))
    answer(site, *(lead(site, number, 9, "gold") for number in range(900, 903)))
    called = next_called(site, 8)
    assert len([name for name in called[:4] if name.startswith("lead9")]) == 1
    assert len([name for name in called if name.startswith("lead9")]) == 2


@pytest.mark.parametrize("restarts", [False, True])
def test_whoever_was_promised_a_call_by_a_program_is_asked_for_when_it_is_due(*, restarts: bool) -> None:
    site = CampaignSite(agents=1)
    site.start(leads=200)
    site.take(posted(callback_at=site.at + 60_000))
    if restarts:
        site.restart()
        site.connect("a0")
    before = len(asked(site))
    site.wait(59_000)
    assert len(asked(site)) == before
    site.wait(1_010)
    assert (len(asked(site)), asked(site)[-1].only_first) == (before + 1, True)
    answer(site, replace(site.lead(900), callback=True, due_at=site.at))
    assert next_called(site, 2) == ["lead900", "lead0"]


def test_after_an_import_it_is_looked_for_promised_calls_and_again_when_the_store_says() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=200)
    site.take(e.LeadsImported(list_id="spring", import_id="i1", imported=5))
    site.wait(10_010)
    before = len(asked(site))
    assert asked(site)[-1].only_first
    answer(site, promised_at=site.at + 30_000)
    site.wait(30_010)
    assert len(asked(site)) == before + 1


def test_a_campaign_that_is_paused_looks_for_promised_calls_when_it_goes_on() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=200)
    site.take(posted(callback_at=site.at + 60_000))
    site.control("pause")
    before = len(asked(site))
    site.wait(120_000)
    assert len(asked(site)) == before
    site.control("start")
    site.wait(10)
    assert len(asked(site)) == before + 1
