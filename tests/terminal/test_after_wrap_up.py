"""What became of a lead may be said after wrap-up ran out: the desk still asks for it."""

import contextlib

import pytest

from cti.configuration.zones import table
from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import HoursDemand
from cti.core.plan import Door
from cti.core.times import OpeningSpan
from tests.api.house import open_house
from tests.centre import DIRECT, agent, centre, queue
from tests.dialer.calling_site import HOURS, ZONES, calling
from tests.dialer.campaign_site import dialled
from tests.terminal.sitting import at_desk

DAY_AND_NIGHT = tuple(OpeningSpan(weekday=day, opens=0, closes=1_440) for day in range(7))
CENTRE = centre(
    agent("anna", nailed_up=True),
    queues=(queue(wrap_up_s=1, takes_itself=True, dispositions=("sold", "no")),),
    calling=calling(
        changed(HOURS, demand=HoursDemand(spans=DAY_AND_NIGHT)),
        campaigns=(dialled(mode="preview", queue_id="sales"),),
    ),
    zones={name: table(name) for name in ZONES},
)
LEAD = e.ClaimedLead(lead_id="lead0", list_id="spring", numbers=(e.LeadNumber(number="+12125560000"),))


PROMISES = changed(
    CENTRE,
    queues={
        "sales": queue(
            wrap_up_s=60,
            takes_itself=True,
            dispositions=("call_back", "no"),
            disposition_kinds={"call_back": "callback"},
        )
    },
)


@pytest.fixture
async def house():
    async with open_house(CENTRE) as house:
        yield house


async def placed(house, leg_id):
    """The carrier rings it, and it is answered."""
    ref = f"CR-{leg_id}"
    await house.post(e.LegPlaced(leg_id=leg_id, provider_ref=ref))
    await house.post(e.LegAlerting(leg_id=leg_id, provider_ref=ref))
    await house.post(e.LegAnswered(leg_id=leg_id, provider_ref=ref))


async def nail_up(house):
    """Anna's softphone calls, to stay."""
    called = e.CallArrived(provider="test", provider_ref="CA0", to_number="app", from_number="client:anna")
    await house.post(called)
    leg_id = house.state.leg_by_ref["CA0"]
    await house.post(e.CallJoined(call_id=house.state.legs[leg_id].bound_for, leg_id=leg_id))


async def start(house):
    """The campaign runs, and has a lead."""
    await house.post(e.CampaignControlRequested(campaign_id="spring", action="start", by="sue"))
    claimed = {"claim_id": house.state.runs["spring"].claim_id, "as_of_seq": house.state.last.seq, "leads": (LEAD,)}
    await house.post(e.LeadsClaimed(campaign_id="spring", **claimed))


@contextlib.asynccontextmanager
async def talking(house):
    """Anna was shown the lead, has called it, and talks: the person, and the customer's leg."""
    async with at_desk(house.url, await house.issue("anna")) as anna:
        await anna.press("s")
        await anna.sees("[r] ready")
        await nail_up(house)
        await anna.press("r")
        await start(house)
        await anna.sees("[l] next lead")
        await anna.press("l")
        await anna.sees("SOMEBODY TO CALL")
        await anna.press("a")
        await house.until(lambda: bool(house.state.gathering.rows))
        (leg_id,) = house.state.gathering.rows
        await house.post(e.CallFactsGathered(dial_id=leg_id, as_of_seq=house.state.last.seq))
        await placed(house, leg_id)
        await house.post(e.PlanRequested(leg_id=leg_id, door=Door.ANSWERED, nonce=0))
        contact = house.state.contacts[house.state.legs[leg_id].contact_id]
        await house.post(e.CallJoined(call_id=contact.call_id, leg_id=leg_id))
        await anna.sees("TALKING", "[o] outcome and notes")
        yield anna, leg_id


async def test_the_outcome_of_the_last_call_is_asked_for_and_taken(house):
    async with talking(house) as (anna, leg_id):
        await house.post(e.LegEnded(leg_id=leg_id, cause="NORMAL"))
        await anna.sees("Wrap-up is over: the time is up. The outcome is taken all", "[o] outcome of the last call")
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.press("enter")
        await anna.sees("Outcome noted: sold.")
        await anna.misses("outcome of the last call")
        (said,) = await house.inputs(e.DispositionGiven)
        assert said.disposition == "sold"
        assert house.state.leads.get("spring/lead0") is None, "it is settled"


async def test_a_question_that_outlives_the_wrap_up_may_still_be_answered(house):
    async with talking(house) as (anna, leg_id):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.type("wants two")
        await house.post(e.LegEnded(leg_id=leg_id, cause="NORMAL"))
        await anna.sees("! Wrap-up is over: what you say is taken all the same", "wants two")
        await anna.press("tab", "enter")
        await anna.sees("Outcome noted: sold.")
        (said,) = await house.inputs(e.DispositionGiven)
        assert (said.disposition, said.note) == ("sold", "wants two")


async def test_a_note_that_was_kept_for_later_is_there_until_nothing_may_be_said_any_more(house):
    async with talking(house) as (anna, leg_id):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.type("wants two")
        await anna.press("escape")
        await house.post(e.LegEnded(leg_id=leg_id, cause="NORMAL"))
        await anna.sees("[o] outcome of the last call")
        await anna.press("o")
        await anna.sees("wants two")
        await anna.press("escape")
        await house.post(e.CampaignControlRequested(campaign_id="spring", action="drain", by="sue"))
        await anna.sees("Without an outcome your note was not saved. It was: wants two")
        await anna.misses("outcome of the last call")


async def test_a_desk_that_is_opened_again_may_still_say_what_became_of_the_last_call(house):
    """Whatever was closed, lost or restarted: the server knows of whom something may be said."""
    async with talking(house) as (anna, leg_id):
        await house.post(e.LegEnded(leg_id=leg_id, cause="NORMAL"))
        await anna.sees("[o] outcome of the last call")
    async with at_desk(house.url, await house.issue("anna")) as anna:
        await anna.sees("[o] outcome of the last call")
        await anna.press("o")
        await anna.sees("+12125560000. Your note:")
        await anna.press("enter")
        await anna.sees("Outcome noted: sold.")
        await anna.misses("outcome of the last call")


async def test_what_is_typed_where_an_outcome_is_chosen_is_the_note(house):
    """After a conversation the question begins at the outcomes: nothing that is typed there is lost."""
    async with talking(house) as (anna, leg_id):
        await house.post(e.LegEnded(leg_id=leg_id, cause="NORMAL"))
        await anna.sees("[o] outcome of the last call")
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.type("2 of them")
        await anna.sees("2 of them")
        await anna.press("tab", "enter")
        await anna.sees("Outcome noted: sold.")
        (said,) = await house.inputs(e.DispositionGiven)
        assert (said.disposition, said.note) == ("sold", "2 of them")


async def test_a_question_says_when_nothing_of_it_is_taken_any_more(house):
    async with talking(house) as (anna, leg_id):
        await anna.press("o")
        await anna.sees("Your note:")
        await house.post(e.LegEnded(leg_id=leg_id, cause="NORMAL"))
        await anna.sees("! Wrap-up is over: what you say is taken all the same")
        arrived = e.CallArrived(provider="test", provider_ref="CA7", to_number=DIRECT, from_number="+12025550177")
        await house.post(arrived)
        caller = house.state.leg_by_ref["CA7"]
        contact = house.state.contacts[house.state.legs[caller].contact_id]
        await house.post(e.CallJoined(call_id=contact.call_id, leg_id=caller))
        await house.post(e.LegEnded(leg_id=caller, cause="NORMAL"))
        await anna.sees("! The time for it is over, or your next conversation is: nothing of this can")


async def test_a_time_at_which_no_call_may_be_promised_is_asked_for_anew_with_the_reason():
    """The customer is still there to be asked for another one; what was written and chosen stays."""
    async with open_house(PROMISES) as house, talking(house) as (anna, _):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.type("wants one")
        await anna.press("tab", "enter")
        await anna.sees("When shall they be called")
        await anna.type("+90 23:59")
        await anna.press("enter")
        await anna.sees("Who calls?")
        await anna.press("1")
        await anna.sees("! Not done: Say a time to come, within 90 days", "When shall they be called, by")
        await anna.type("tomorrow 10:30")
        await anna.press("enter")
        await anna.sees("Who calls?")
        await anna.press("2")
        await anna.sees("Outcome noted: call back.")
        said = (await house.inputs(e.DispositionGiven))[-1]
        assert (said.note, said.callback_for, said.callback_local[-5:]) == ("wants one", "", "10:30")
