"""Results reach another system: signed, in order, at least once, whatever that system or we ourselves do meanwhile."""

import asyncio
from itertools import count

from sqlalchemy import update

from cti.core import events as e
from cti.core.base import changed
from cti.store.result_tables import results
from cti.store.results.looking import LookingAtResults
from cti.store.results.outbox import Outbox
from tests.dialer.calling_site import NUMBER
from tests.dialer.campaign_site import dialled
from tests.dialer.preview_site import PreviewSite
from tests.dialer.short_shift import shift
from tests.results.sending import project, sending, stands, target
from tests.store.made import SITE

RESULTS = 5
"""Of a short shift: four calls, and one that may not be made."""


async def shifted(store, receiver, **fields):
    site = shift(target(receiver, **fields))
    await project(store, site)
    return site


def by_outcome(said):
    return {each["data"]["outcome"]: each["data"] for each in said}


async def test_each_result_is_sent_signed_with_all_that_is_known(store, receiver):
    site = await shifted(store, receiver)
    async with sending(store, receiver):
        await receiver.until(lambda: len(receiver.taken) == RESULTS)
        await stands(store, lambda stand: stand.sent == RESULTS)
    assert {each["type"] for each in receiver.accepted} == {"call.result"}
    assert len({each.id for each in receiver.taken}) == RESULTS
    told = by_outcome(receiver.accepted)
    assert set(told) == {"human", "abandoned", "machine", "no_answer", None}
    sold = told["human"]
    assert (sold["campaign"], sold["lead"], sold["attempt"]) == ("spring", "lead0", site.ever(e.LeadTaken)[0].leg_id)
    assert (sold["agent"], sold["disposition"], sold["note"], sold["by_hand"]) == ("a0", "sold", "wants blue", False)
    assert (sold["number"], sold["attempts"], sold["status"]) == ("+12125560000", 1, "done")
    assert sold["dialled_at"] < sold["answered_at"] < sold["joined_at"] < sold["ended_at"]
    assert (told["no_answer"]["status"], told["no_answer"]["agent"]) == ("retry", None)
    assert told["no_answer"]["next_at"] > told["no_answer"]["dialled_at"]
    never = told[None]
    assert (never["status"], never["rule"], never["attempt"]) == ("suppressed", "DNC-COMPANY", None)


async def test_who_the_lead_is_in_their_own_system_is_said(store, receiver):
    site = shift(target(receiver))
    details = e.LeadDetails(numbers=(e.LeadNumber(number="+12125560000"),), external_id="crm-7")
    site.take(e.LeadPosted(list_id="spring", lead_id="lead0", lead=details))
    await project(store, site)
    async with sending(store, receiver):
        await receiver.until(lambda: len(receiver.taken) == RESULTS)
    (said,) = [each["data"] for each in receiver.accepted if each["data"]["lead"] == "lead0"]
    assert (said["id"], said["list"]) == ("crm-7", "spring")


async def test_a_call_by_hand_has_a_result_once_its_contact_is_closed(store, receiver):
    site = PreviewSite(changed(dialled(mode="preview"), results=target(receiver)))
    site.take(e.NumberDialRequested(agent_id="a0", campaign_id="spring", number=NUMBER, request_id="dial"))
    (leg_id,) = [event.leg_id for event in site.happened(e.LegStarted)]
    site.tell(leg_id)
    site.rings(leg_id)
    site.customer_answers(leg_id)
    contact_id = site.state.legs[leg_id].contact_id
    site.end(leg_id)
    await project(store, site)
    assert (await stands(store, lambda stand: stand.open == 1)).waiting == 0
    site.take(e.DispositionGiven(agent_id="a0", contact_id=contact_id, disposition="sold", note="by hand"))
    site.wait(31_000)
    await project(store, site)
    async with sending(store, receiver):
        await receiver.until(lambda: len(receiver.taken) == 1)
    (said,) = [each["data"] for each in receiver.accepted]
    assert (said["by_hand"], said["number"], said["outcome"], said["lead"]) == (True, NUMBER, "human", None)
    assert (said["disposition"], said["note"], said["agent"]) == ("sold", "by hand", "a0")


async def test_nothing_is_kept_of_a_campaign_that_sends_its_results_nowhere(store, receiver):
    await project(store, shift())
    assert await LookingAtResults(store, SITE).stand() == []


async def test_a_receiver_that_fails_and_goes_away_gets_everything_when_it_is_back(store, receiver):
    await shifted(store, receiver)
    receiver.answer = lambda said: (503, "busy")
    async with sending(store, receiver):
        stand = await stands(store, lambda stand: stand.tries >= 2)
        assert (stand.why, stand.waiting, stand.failing_since >= 0) == ("503: busy", RESULTS, True)
        await receiver.close()
        await stands(store, lambda stand: "cannot be reached" in stand.why)
        receiver.answer = lambda said: (204, "")
        await receiver.open()
        stand = await stands(store, lambda stand: stand.sent == RESULTS)
        assert (stand.tries, stand.why, stand.waiting, stand.aside) == (0, "", 0, 0)
    bodies = {}
    for each in receiver.taken:
        assert bodies.setdefault(each.id, each.body) == each.body
    assert len(bodies) == len(receiver.accepted) == RESULTS


async def test_whoever_dies_between_sending_and_knowing_sends_the_same_again(store, receiver):
    await shifted(store, receiver)
    receiver.holds = asyncio.Event()
    async with sending(store, receiver):
        await receiver.until(lambda: len(receiver.taken) == RESULTS)
    receiver.holds.set()
    receiver.holds = None
    first = {each.id: each.body for each in receiver.taken}
    async with sending(store, receiver):
        await stands(store, lambda stand: stand.sent == RESULTS)
    again = {each.id: each.body for each in receiver.taken[RESULTS:]}
    assert again == first
    async with sending(store, receiver):
        assert (await stands(store, lambda stand: stand.sent == RESULTS)).waiting == 0
    assert len(receiver.taken) == 2 * RESULTS


async def test_what_is_refused_is_set_aside_with_the_receivers_words_and_can_be_sent_again(store, receiver):
    await shifted(store, receiver)
    receiver.answer = lambda said: (422, "no such\ncustomer") if said["data"]["outcome"] == "machine" else (200, "")
    async with sending(store, receiver):
        await stands(store, lambda stand: (stand.sent, stand.aside, stand.waiting) == (RESULTS - 1, 1, 0))
        (aside,) = await LookingAtResults(store, SITE).aside("spring", 10)
        assert aside.why == "422: no such customer"
        receiver.answer = lambda said: (200, "")
        assert await Outbox(store, SITE).again("spring") == 1
        await stands(store, lambda stand: (stand.sent, stand.aside) == (RESULTS, 0))
    refused = [each for each in receiver.taken if each.status == 422]
    assert receiver.taken[-1].body == refused[0].body
    assert receiver.taken[-1].id == refused[0].id == aside.result_id


async def test_an_answer_that_is_about_the_key_or_the_address_sets_nothing_aside(store, receiver):
    await shifted(store, receiver)
    for status in (401, 403, 404, 410, 429, 301):
        receiver.answer = lambda said, status=status: (status, "")
        async with sending(store, receiver):
            stand = await stands(store, lambda stand, status=status: stand.why == str(status))
            assert (stand.aside, stand.sent, stand.waiting) == (0, 0, RESULTS)


async def test_of_one_lead_nothing_goes_before_what_was_earlier(store, receiver):
    await shifted(store, receiver)
    await store.write(lambda connection: connection.execute(update(results).values(lead_id="one")))
    asked = count()
    receiver.answer = lambda said: (500, "") if next(asked) % 2 else (200, "")
    async with sending(store, receiver):
        await stands(store, lambda stand: stand.sent == RESULTS)
    in_order = [f"{each['timestamp']} {each['data']['result']}" for each in receiver.accepted]
    assert in_order == sorted(in_order)
    tried = list(dict.fromkeys(each.id for each in receiver.taken))
    assert [each.id for each in receiver.taken if each.status == 200] == tried


async def test_those_of_a_span_of_time_are_one_message_when_it_is_over(store, receiver):
    minute = 60_000
    site = await shifted(store, receiver, every_ms=10 * minute)
    clock = [site.state.last.at]
    async with sending(store, receiver, now=lambda: clock[0]):
        stand = await stands(store, lambda stand: stand.waiting > 0)
        clock[0] += 10 * minute
        await stands(store, lambda stand: stand.sent == RESULTS)
    assert stand.sent < RESULTS
    (batch,) = receiver.accepted
    assert (batch["type"], batch["data"]["campaign"]) == ("call.results", "spring")
    ids = [each["result"] for each in batch["data"]["results"]]
    assert len(set(ids)) == RESULTS


async def test_those_of_a_day_are_one_message_at_its_hour(store, receiver):
    site = await shifted(store, receiver, daily_at=18 * 60 + 30)
    clock = [site.state.last.at]
    async with sending(store, receiver, now=lambda: clock[0]):
        assert (await stands(store, lambda stand: stand.waiting == RESULTS)).sent == 0
        clock[0] += 24 * 3_600_000
        await stands(store, lambda stand: stand.sent == RESULTS)
    assert [len(each["data"]["results"]) for each in receiver.accepted] == [RESULTS]


async def test_in_a_message_of_many_the_one_that_is_refused_is_found_out(store, receiver):
    site = await shifted(store, receiver, every_ms=60_000)

    def picky(said):
        bad = any(each["outcome"] == "machine" for each in said["data"]["results"])
        return (400, "a machine") if bad else (200, "")

    receiver.answer = picky
    async with sending(store, receiver, now=lambda: site.state.last.at + 600_000):
        await stands(store, lambda stand: (stand.sent, stand.aside, stand.waiting) == (RESULTS - 1, 1, 0))
    taken = [each["result"] for said in receiver.accepted for each in said["data"]["results"]]
    assert len(taken) == len(set(taken)) == RESULTS - 1


async def test_nothing_leaves_for_a_host_that_nobody_allowed_or_without_its_secret(store, receiver):
    await shifted(store, receiver)
    async with sending(store, receiver, hosts=("crm.example.com",)):
        await stands(store, lambda stand: "CTI_RESULTS_HOSTS" in stand.why)
    async with sending(store, receiver, secrets={}):
        await stands(store, lambda stand: "CTI_SECRET_CRM" in stand.why)
    async with sending(store, receiver, secrets={"CTI_SECRET_CRM": "password"}):
        stand = await stands(store, lambda stand: "none that signs" in stand.why)
    assert "password" not in stand.why
    assert receiver.taken == []
