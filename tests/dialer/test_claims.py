"""Leads that a campaign is given: none twice, none that is out of date."""

import pytest
from msgspec.structs import replace

from cti.core import events as e
from cti.core.commands import ClaimLeads
from cti.core.leads import ClaimSpec, LeadOrder, Segment
from tests.dialer.campaign_site import CampaignSite, dialled


def test_leads_that_come_after_the_question_was_given_up_are_not_taken() -> None:
    """What was called since the store looked is forgotten once a later answer knows of it."""
    site = CampaignSite(agents=1)
    site.control("start")
    late = [each for each in site.asked if isinstance(each, ClaimLeads)][-1]
    looked = site.state.last.seq
    site.wait(10_010)
    site.wait(5_010)
    site.give(leads=1)
    (leg_id,) = site.pace(1)
    site.no_answer(leg_id)
    site.wait(60_000)
    site.give(leads=0)
    answer = e.LeadsClaimed(
        campaign_id="spring", claim_id=late.claim_id, as_of_seq=looked, leads=(site.lead(0), site.lead(1))
    )
    site.take(answer)
    assert site.ignored()
    assert site.pace(2) == []


def claims(site: CampaignSite) -> list[ClaimLeads]:
    return [each for each in site.asked if isinstance(each, ClaimLeads)]


def released(site: CampaignSite) -> list[str]:
    """Whom the last turn gave back."""
    return [lead_id for event in site.happened(e.LeadsReleased) for lead_id in event.lead_ids]


def answer(site: CampaignSite, as_of_seq: int, *numbers: int, named: bool = False) -> None:
    """The store answers the last question as of a record of the past. Others call the leads `crm-0` to ..."""
    known = {number: {"external_id": f"crm-{number}"} if named else {} for number in numbers}
    leads = tuple(replace(site.lead(number), **fields) for number, fields in known.items())
    site.take(
        e.LeadsClaimed(campaign_id="spring", claim_id=claims(site)[-1].claim_id, as_of_seq=as_of_seq, leads=leads)
    )


@pytest.mark.parametrize("restarts", [False, True])
def test_an_answer_of_before_a_list_was_removed_is_not_taken(*, restarts: bool) -> None:
    """The store does not know yet of the removal that the question came from: nobody on the list is called."""
    site = CampaignSite()
    site.start(leads=20)
    known = site.state.last.seq
    site.take(e.LeadsRemoved(list_id="spring"))
    removed = site.state.last.seq
    assert len(released(site)) == 20
    assert claims(site)[-1].since_seq == removed
    if restarts:
        site.restart()
        site.connect("a0")
    answer(site, known, 0, 1)
    assert released(site) == ["lead0", "lead1"]
    assert site.pace(2) == []
    site.wait(1_010)
    assert claims(site)[-1].since_seq == removed
    answer(site, removed, 7)
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead7"]


@pytest.mark.parametrize("restarts", [False, True])
def test_an_answer_that_was_under_way_when_a_list_was_removed_is_not_taken(*, restarts: bool) -> None:
    site = CampaignSite()
    site.control("start")
    known, asked = site.state.last.seq, len(claims(site))
    site.take(e.LeadsRemoved(list_id="spring"))
    assert len(claims(site)) == asked
    if restarts:
        site.restart()
        site.connect("a0")
    answer(site, known, 0, 1)
    assert released(site) == ["lead0", "lead1"]
    assert site.pace(2) == []
    site.wait(1_010)
    assert claims(site)[-1].since_seq > known


def test_of_an_answer_that_was_under_way_only_a_lead_that_was_removed_is_left_out() -> None:
    site = CampaignSite()
    site.control("start")
    known = site.state.last.seq
    site.take(e.LeadsRemoved(list_id="spring", lead_id="lead0"))
    answer(site, known, 0, 1)
    assert released(site) == ["lead0"]
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead1"]


def test_a_campaign_that_starts_after_a_removal_asks_as_of_it_until_the_store_knows() -> None:
    site = CampaignSite()
    site.take(e.LeadsRemoved(list_id="spring", lead_id="lead0"))
    removed = site.state.last.seq
    site.take(e.LeadsRemoved(list_id="autumn"))
    site.control("start")
    assert claims(site)[-1].since_seq == removed
    answer(site, removed - 1, 0, 1)
    assert site.pace(2) == []
    site.wait(1_010)
    answer(site, removed, 1)
    assert len(site.pace(2)) == 1
    assert claims(site)[-1].since_seq == 0


def numbered(number: str, **fields: str) -> e.LeadDetails:
    return e.LeadDetails(numbers=(e.LeadNumber(number=number, kind="mobile"),), **fields)


CHANGES = [
    e.LeadPosted(list_id="spring", lead_id="lead0", lead=numbered("+12125559999")),
    e.LeadPosted(list_id="spring", lead=numbered("+12125559999", external_id="crm-0")),
    e.LeadPosted(list_id="spring", lead=numbered("+12125560000")),
    e.LeadsImported(list_id="spring", import_id="i1", imported=0, updated=1),
    e.LeadsImported(list_id="autumn", import_id="i1", imported=0, moved=1),
]


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_is_called_by_what_was_known_before_it_was_changed(change: e.AnyEvent) -> None:
    """The lead that waits goes back, and an answer of before the change is not taken for it."""
    site = CampaignSite()
    site.control("start")
    known = site.state.last.seq
    answer(site, known, 0, named=True)
    site.take(change)
    assert released(site) == ["lead0"]
    assert site.pace(1) == []
    site.wait(61_000)
    assert claims(site)[-1].since_seq > known
    answer(site, known, 0, named=True)
    assert site.pace(1) == []


@pytest.mark.parametrize("change", CHANGES)
def test_an_answer_that_was_under_way_when_a_lead_was_changed_is_not_taken_for_it(change: e.AnyEvent) -> None:
    site = CampaignSite()
    site.control("start")
    known = site.state.last.seq
    site.take(change)
    answer(site, known, 0, named=True)
    assert released(site) == ["lead0"]
    assert site.pace(1) == []


def test_who_is_posted_again_and_again_keeps_nobody_waiting_for_a_store_that_is_behind() -> None:
    """Only whom the posts name is left out of its answers; whatever was asked, and when."""
    site = CampaignSite()
    site.control("start")
    known = site.state.last.seq
    for form in (numbered("+12125560003"), numbered("+12125559999", external_id="crm-4"), numbered("+12125559997")):
        site.take(e.LeadPosted(list_id="spring", lead=form))
    site.wait(61_000)
    answer(site, known, 0, 1, 3, 4, named=True)
    called = {site.state.lines[leg].lead_key for leg in site.pace(2)}
    assert called == {"spring/lead0", "spring/lead1"}
    assert {held.lead.lead_id for held in site.state.leads.in_order()} == {"lead0", "lead1"}


def test_a_campaign_that_begins_waits_for_the_store_to_know_who_was_posted_lately() -> None:
    site = CampaignSite()
    site.control("start")
    answer(site, site.state.last.seq)
    site.control("stop")
    known = site.state.last.seq
    site.take(e.LeadPosted(list_id="spring", lead=numbered("+12125560000")))
    site.control("start")
    answer(site, known, 0, 1)
    assert site.pace(2) == []


def test_other_leads_of_the_list_are_called_meanwhile() -> None:
    site = CampaignSite()
    site.control("start")
    answer(site, site.state.last.seq, 0, 1, named=True)
    site.take(CHANGES[1])
    site.take(e.LeadPosted(list_id="spring", lead=numbered("+12125559998")))
    site.take(e.LeadsImported(list_id="spring", import_id="i1", imported=5))
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead1"]


QUOTA = ClaimSpec(
    lists=("spring",),
    segments=(Segment(segment_id="gold", when="true", quota=3), Segment(segment_id="tin", when="true")),
)


def in_segments(site: CampaignSite, as_of_seq: int, gold: range, tin: range, successes: int) -> None:
    """The store gives leads of both, as of a record of the past, and says how many of gold came to a success."""
    leads = [replace(site.lead(number), segment="gold") for number in gold]
    leads += [replace(site.lead(number), segment="tin") for number in tin]
    told = {"claim_id": claims(site)[-1].claim_id, "as_of_seq": as_of_seq, "successes": (("gold", successes),)}
    site.take(e.LeadsClaimed(campaign_id="spring", leads=tuple(leads), **told))


def sold(site: CampaignSite) -> None:
    """The next lead is called, and it is a success."""
    (leg_id,) = site.pace(1)
    site.pick_up(leg_id)
    contact = site.state.contacts[site.state.legs[leg_id].contact_id]
    site.join(leg_id, contact.call_id)
    site.end(leg_id)
    site.take(e.WrapUpEndRequested(agent_id="a0", contact_id=contact.contact_id))
    assert site.ever(e.LeadScheduled)[-1].success


@pytest.mark.parametrize("restarts", [False, True])
def test_leads_at_hand_of_a_segment_that_has_its_quota_are_not_called(*, restarts: bool) -> None:
    site = CampaignSite(dialled(claim=QUOTA), agents=1)
    site.control("start")
    in_segments(site, site.state.last.seq, range(10), range(20, 22), successes=1)
    sold(site)
    if restarts:
        site.restart()
        site.connect("a0")
    assert not site.ever(e.LeadsReleased)
    sold(site)
    assert [event.lead_ids for event in site.ever(e.LeadsReleased)] == [tuple(f"lead{n}" for n in range(2, 10))]
    sold(site)
    assert site.ever(e.LeadScheduled)[-1].lead_id == "lead20"


def test_an_answer_that_does_not_know_yet_of_the_last_success_brings_nobody_back() -> None:
    site = CampaignSite(dialled(claim=QUOTA), agents=1)
    site.control("start")
    known = site.state.last.seq
    in_segments(site, known, range(1), range(0), successes=2)
    sold(site)
    in_segments(site, known, range(1, 5), range(20, 21), successes=2)
    assert released(site) == ["lead1", "lead2", "lead3", "lead4"]
    sold(site)
    assert site.ever(e.LeadScheduled)[-1].lead_id == "lead20"


def test_a_promised_call_is_made_though_its_segment_has_its_quota() -> None:
    site = CampaignSite(dialled(claim=QUOTA), agents=1)
    site.control("start")
    in_segments(site, site.state.last.seq, range(3), range(20, 21), successes=2)
    sold(site)
    site.wait(61_000)
    promised = replace(site.lead(7), segment="gold", callback=True, due_at=site.at)
    told = {"claim_id": claims(site)[-1].claim_id, "as_of_seq": site.state.last.seq, "successes": (("gold", 3),)}
    site.take(e.LeadsClaimed(campaign_id="spring", leads=(promised,), **told))
    sold(site)
    assert site.ever(e.LeadScheduled)[-1].lead_id == "lead7"


def test_leads_at_hand_that_were_called_as_often_as_the_file_says_now_go_back() -> None:
    site = CampaignSite(dialled(claim=ClaimSpec(lists=("spring",), attempts_max=5)), agents=1)
    site.control("start")
    twice = [replace(site.lead(number), attempts=2) for number in range(3)]
    promised = replace(site.lead(7), attempts=4, callback=True, due_at=site.at)
    told = {"claim_id": claims(site)[-1].claim_id, "as_of_seq": site.state.last.seq}
    site.take(e.LeadsClaimed(campaign_id="spring", leads=(*twice, site.lead(9), promised), **told))
    fewer = dialled(claim=ClaimSpec(lists=("spring",), attempts_max=2))
    site.apply(replace(site.state.config, calling=replace(site.state.config.calling, campaigns={"spring": fewer})))
    assert released(site) == ["lead0", "lead1", "lead2"]
    assert {each.removeprefix("spring/") for each in site.state.leads.rows} == {"lead7", "lead9"}


@pytest.mark.parametrize("is_asking", [False, True])
def test_who_is_asked_again_is_asked_for_as_of_that_record(*, is_asking: bool) -> None:
    """A campaign that ran out of leads does not wait for its next look, and takes no answer that knows nothing yet."""
    site = CampaignSite(agents=1)
    site.control("start")
    if not is_asking:
        site.give(leads=0)
    known = site.state.last.seq
    site.take(e.LeadsRevived(list_id="spring", by="anna"))
    if is_asking:
        answer(site, known, 0)
        assert site.pace(1) == []
        site.wait(1_010)
    assert claims(site)[-1].since_seq > known
    answer(site, site.state.last.seq, 0)
    assert len(site.pace(1)) == 1


def test_a_list_that_no_campaign_calls_moves_nobody() -> None:
    site = CampaignSite(agents=1)
    site.control("start")
    site.give(leads=0)
    asked = len(claims(site))
    site.take(e.LeadsRevived(list_id="autumn"))
    assert len(claims(site)) == asked


def call_others(site: CampaignSite, spec: ClaimSpec) -> None:
    """The campaign's file says something else now."""
    now = {"spring": dialled(claim=spec)}
    site.apply(replace(site.state.config, calling=replace(site.state.config.calling, campaigns=now)))


OTHERWISE = [
    ClaimSpec(lists=("autumn",)),
    replace(QUOTA, segments=QUOTA.segments[1:]),
    replace(QUOTA, order=LeadOrder.NEWEST),
]


@pytest.mark.parametrize("spec", OTHERWISE)
@pytest.mark.parametrize("restarts", [False, True])
def test_leads_at_hand_go_back_when_the_file_says_otherwise_whom_it_calls(spec: ClaimSpec, *, restarts: bool) -> None:
    """They are asked for anew, as of the record from which the store knows what is called now."""
    site = CampaignSite(dialled(claim=QUOTA))
    site.control("start")
    in_segments(site, site.state.last.seq, range(3), range(20, 22), successes=0)
    known = site.state.last.seq
    if restarts:
        site.restart()
        site.connect("a0")
    call_others(site, spec)
    assert sorted(released(site)) == ["lead0", "lead1", "lead2", "lead20", "lead21"]
    assert site.pace(2) == []
    assert (claims(site)[-1].spec, claims(site)[-1].excluding) == (spec, ())
    assert claims(site)[-1].since_seq > known
    answer(site, known, 5)
    assert site.pace(2) == []
    site.wait(1_010)
    assert claims(site)[-1].since_seq > known
    answer(site, site.state.last.seq, 6)
    assert [site.state.lines[leg].lead_key for leg in site.pace(2)] == ["spring/lead6"]


@pytest.mark.parametrize("spec", OTHERWISE)
def test_an_answer_to_what_a_campaign_asked_before_its_file_was_changed_is_not_taken(spec: ClaimSpec) -> None:
    site = CampaignSite(dialled(claim=QUOTA))
    site.control("start")
    before = claims(site)[-1]
    call_others(site, spec)
    assert claims(site)[-1].claim_id != before.claim_id
    late = (site.lead(0), site.lead(1))
    site.take(e.LeadsClaimed(campaign_id="spring", claim_id=before.claim_id, as_of_seq=site.state.last.seq, leads=late))
    assert site.ignored()
    assert site.pace(2) == []


def test_a_campaign_that_is_changed_while_it_pauses_asks_for_others_once_it_goes_on() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=5)
    site.control("pause")
    call_others(site, ClaimSpec(lists=("autumn",)))
    assert len(released(site)) == 5
    asked, known = len(claims(site)), site.state.last.seq
    site.control("start")
    assert len(claims(site)) == asked + 1
    assert claims(site)[-1].spec.lists == ("autumn",)
    assert claims(site)[-1].since_seq > known


@pytest.mark.parametrize(("lists", "is_kept"), [(("spring", "autumn"), True), (("autumn",), False)])
def test_a_promised_call_stays_at_hand_as_long_as_its_list_is_called(lists: tuple[str, ...], *, is_kept: bool) -> None:
    """Where its list is not, it is still promised, and sought again. The agent who promised it is not at the desk."""
    site = CampaignSite(agents=1)
    site.disconnect("a0")
    site.control("start")
    promised = replace(site.lead(7), callback=True, callback_for="a0", due_at=site.at)
    told = {"claim_id": claims(site)[-1].claim_id, "as_of_seq": site.state.last.seq}
    site.take(e.LeadsClaimed(campaign_id="spring", leads=(site.lead(0), promised), **told))
    call_others(site, ClaimSpec(lists=lists))
    assert released(site) == (["lead0"] if is_kept else ["lead0", "lead7"])
    assert ("spring/lead7" in site.state.leads) is is_kept
    site.wait(61_000)
    assert [event.lead_id for event in site.ever(e.CallbackSought)] == ([] if is_kept else ["lead7"])


def test_a_file_that_says_of_leads_what_it_said_before_lets_go_of_nobody() -> None:
    site = CampaignSite(agents=1)
    site.start(leads=5)
    call_others(site, ClaimSpec(lists=("spring",), attempts_max=9))
    assert not site.ever(e.LeadsReleased)
    assert len(site.pace(1)) == 1
