"""Agents who call leads and numbers, through the SDK, beside the fake carrier: who hears whom is for its ledger to say.

One server and one carrier serve all the tests; each has numbers of its own.
"""

import asyncio
import csv
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cti.client import Connected, DialProgress, Offer, OfferOver, Pop, Refused, RequestRefused, WrapUp, WrapUpOver
from cti.core import events as e
from cti.core.states import LeadStatus, Outcome
from tests.patience import PATIENCE_S
from tests.serving import command
from tests.telephony.campaign_books import books_agree, outcomes
from tests.telephony.campaign_centre import QUEUES, TO_AGENTS, CampaignCentre, campaign, numbers, open_centre
from tests.telephony.trap_centre import Desktop

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALKS = {"on_ring": "answer", "after_ms": 100}
CAMPAIGNS = {
    "shown": campaign("shown", "preview", f"{TO_AGENTS}  preview: 0\n"),
    "timed": campaign("timed", "preview", f"{TO_AGENTS}  preview: 1s\n"),
}
KINDS = "  dispositions: [sold, call_back]\n  disposition_kinds: {sold: success, call_back: callback}\n"
OUT = f"""
out:
  name: Out
  wrap_up_s: 60
  takes_itself: true
  music: [Please wait., {{pause: 1s}}]
{KINDS}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory) -> AsyncIterator[CampaignCentre]:
    assert "takes_itself" in QUEUES
    async with open_centre(tmp_path_factory.mktemp("previews"), CAMPAIGNS, queues=OUT) as running:
        yield running


async def progress(desk: Desktop, stage: str, times: int = 1) -> DialProgress:
    found: DialProgress = await desk.saw_that(DialProgress, lambda event: event.stage == stage, times)
    return found


async def hang_up(desk: Desktop, contact_id: str) -> None:
    """The conversation is over, and the agent wraps up."""
    await desk.client.hang_up(contact_id)
    await desk.saw_that(WrapUp, lambda event: event.contact_id == contact_id)


async def shown(desk: Desktop, times: int = 1) -> Offer:
    """The lead that is on the screen, after the card."""
    offer: Offer = await desk.saw(Offer, times)
    await desk.saw_that(Pop, lambda event: event.contact_id == offer.contact_id)
    return offer


async def test_leads_are_shown_called_passed_over_and_promised_a_call(centre: CampaignCentre) -> None:
    skipped, busy, buys, later = numbers(0, 4)
    behaviours = {skipped: TALKS, busy: {"on_ring": "busy"}, buys: TALKS, later: TALKS}
    await centre.call_list("shown", behaviours)
    async with centre.on_line("ann") as desks:
        desk, client = desks["ann"], desks["ann"].client
        await centre.campaign("shown", "start")
        met = []
        for times in range(1, 5):
            await asks_until_shown(desk, times)
            offer = await shown(desk, times)
            met.append(offer.from_number)
            if offer.from_number == skipped:
                await client.skip_lead(offer.contact_id, "works nights")
                continue
            await client.dial_lead(offer.contact_id)
            if offer.from_number == busy:
                await progress(desk, "busy")
                assert (await desk.saw_that(OfferOver, lambda over: over.reason == "not_reached")).contact_id
                continue
            await desk.saw_that(Connected, lambda event, sought=offer.contact_id: event.contact_id == sought)
            await hang_up(desk, offer.contact_id)
            if offer.from_number == buys:
                await client.dispose(offer.contact_id, "sold", amount=129_900_000, currency="USD")
            else:
                with pytest.raises(Refused) as refused:
                    await client.dispose(offer.contact_id, "call_back", callback_local="2020-01-01T10:00")
                assert refused.value.code == "bad_time"
                at = offer.at + 3 * 86_400_000
                await client.dispose(offer.contact_id, "call_back", callback_at=at, callback_for="me")
            await desk.saw_that(WrapUpOver, lambda event, sought=offer.contact_id: event.contact_id == sought)
        await centre.campaign("shown", "stop")
    assert sorted(met) == sorted(behaviours)
    book = await books_agree(centre, "shown", [busy, buys, later])
    assert [book[number].agents for number in (busy, buys, later)] == [set(), {"ann"}, {"ann"}]
    assert skipped not in await centre.calls([skipped])
    found = await outcomes(centre, "shown")
    assert [found[number] for number in (busy, buys, later)] == [Outcome.BUSY, Outcome.HUMAN, Outcome.HUMAN]
    scheduled = await centre.told(e.LeadScheduled)
    assert [each.amount for each in scheduled if each.success] == [129_900_000]
    assert [each.callback_for for each in scheduled if each.status is LeadStatus.CALLBACK] == ["ann"]


async def asks_until_shown(desk: Desktop, times: int) -> None:
    """The follower may still be entering the leads."""
    while len(desk.all(Offer)) < times:
        try:
            await desk.client.next_lead("shown")
        except Refused:  # the last call is about to be over, or the leads are being entered
            await asyncio.sleep(0.1)


async def test_a_lead_comes_and_is_called_by_itself(centre: CampaignCentre) -> None:
    (number,) = numbers(100, 1)
    await centre.call_list("timed", {number: TALKS})
    async with centre.on_line("bob") as desks:
        await centre.campaign("timed", "start")
        offer = await shown(desks["bob"])
        assert offer.campaign_id == "timed"
        connected = await desks["bob"].saw(Connected)
        assert connected.contact_id == offer.contact_id
        await centre.campaign("timed", "stop")
        await hang_up(desks["bob"], offer.contact_id)
        await desks["bob"].client.dispose(offer.contact_id, "sold")
    book = await books_agree(centre, "timed", [number])
    assert book[number].agents == {"bob"}


async def test_numbers_are_called_by_hand_and_again(centre: CampaignCentre) -> None:
    (number,) = numbers(200, 1)
    await centre.centre.control("POST", "endpoints", **{number: {"role": "customer", "on_ring": "busy"}})
    async with centre.on_line("cleo") as desks:
        desk, client = desks["cleo"], desks["cleo"].client
        await client.dial_number("(212) 556-0200", "shown")
        await progress(desk, "busy")
        await centre.centre.control("POST", "endpoints", **{number: {"role": "customer", **TALKS}})
        await client.redial()
        connected = await desk.saw(Connected)
        await hang_up(desk, connected.contact_id)
        await client.end_wrap_up(connected.contact_id)
        with pytest.raises(Refused) as refused:
            await client.dial_number("+4930123456", "shown")
        assert (refused.value.code, len(desk.all(RequestRefused))) == ("not_allowed", 0)
    rung = [each for each in await centre.ledger("rung") if each["to"] == number]
    assert len(rung) == 2
    assert [each.purpose for each in await centre.told(e.DialCleared) if each.number == number] == ["manual"] * 2
    legs = [each["sid"] for each in await centre.ledger("legs") if each["to"] == number]
    assert await by_hand(centre, "shown", len(legs)) == {legs[0]: ("BUSY", "cleo"), legs[1]: ("HUMAN", "cleo")}


async def by_hand(centre: CampaignCentre, campaign_id: str, count: int) -> dict[str, tuple[str, str]]:
    """The calls by hand that the campaign's report has, by the carrier's name: what came of them, and whose they were.
    The audit agrees."""
    folder = centre.centre.data_dir.parent
    file = folder / "by_hand.csv"
    rows: list[dict[str, str]] = []
    async with asyncio.timeout(2 * PATIENCE_S):
        while len(rows) < count:
            await command(folder, "dialer", "report", campaign_id, "--csv", str(file))
            with file.open(newline="", encoding="utf-8") as text:
                rows = [row for row in csv.DictReader(text) if row["purpose"] == "manual" and row["ended_at"]]
    status, output, _ = await command(folder, "dialer", "audit", "--json")
    assert (status, json.loads(output)["calls"]["findings"]) == (0, [])
    return {row["provider_ref"]: (row["outcome"], row["agent_id"]) for row in rows}
