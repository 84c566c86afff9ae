"""Agents who call say more at their desks: amounts, when to call again and who does; and ask for the next lead."""

from datetime import date, datetime, timedelta

import pytest

from cti.core import events as e
from cti.terminal.agent.saying_more import Complaint, read_amount, read_wait, read_when
from tests.api.house import open_house
from tests.centre import agent, centre, queue
from tests.dialer.calling_site import calling
from tests.dialer.campaign_site import dialled
from tests.terminal.sitting import at_desk, talking

KINDS = {"sold": "success", "call_back": "callback", "try_again": "again"}
CENTRE = centre(
    agent("anna"),
    queues=(queue(wrap_up_s=30, dispositions=("sold", "call_back", "try_again", "no"), disposition_kinds=KINDS),),
    calling=calling(campaigns=(dialled(mode="preview"),)),
)


@pytest.fixture
async def house():
    async with open_house(CENTRE) as house:
        yield house


async def given(house):
    return (await house.inputs(e.DispositionGiven))[-1]


async def test_an_amount_is_typed_and_what_cannot_be_read_is_mended(house):
    async with talking(house) as (anna, _):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.press("tab", "enter")
        await anna.sees("What is it worth?")
        await anna.type("a lot")
        await anna.press("enter")
        await anna.sees("! Write digits")
        await anna.press(*["backspace"] * 5)
        await anna.type("129,90 usd")
        await anna.press("enter")
        await anna.sees("Outcome noted: sold.")
        said = await given(house)
        assert (said.disposition, said.amount, said.currency) == ("sold", 129_900_000, "USD")


async def test_without_an_amount_enter_is_enough_and_escape_leaves_it_unsaid(house):
    async with talking(house) as (anna, _):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.type("wants one")
        await anna.press("tab", "enter")
        await anna.sees("What is it worth?")
        await anna.press("escape")
        await anna.sees("your note: wants one")
        assert await house.inputs(e.DispositionGiven) == []
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.press("tab", "enter")
        await anna.sees("What is it worth?")
        await anna.press("enter")
        await anna.sees("Outcome noted: sold.")
        said = await given(house)
        assert (said.amount, said.note) == (0, "wants one")


@pytest.mark.parametrize(("who", "key"), [("me", "1"), ("", "2")])
async def test_a_call_is_promised_by_the_clock_where_they_are_for_me_or_for_anybody(house, who, key):
    async with talking(house) as (anna, _):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.press("tab", "down", "enter")
        await anna.sees("When shall they be called, by the clock where they are?")
        day = datetime.now().astimezone().date() + timedelta(days=2)
        await anna.type(f"{day.isoformat()} 10:30")
        await anna.press("enter")
        await anna.sees(f"{day.isoformat()} 10:30, by the clock where they are. Who calls?")
        await anna.press(key)
        await anna.sees("Only somebody on a list can be promised a call")  # this one called us
        said = await given(house)
        assert (said.callback_local, said.callback_for) == (f"{day.isoformat()}T10:30", who)


async def test_when_to_try_again_is_typed_and_another_kind_asks_nothing(house):
    async with talking(house) as (anna, _):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.press("tab", "down", "down", "enter")
        await anna.sees("When shall they be tried again?")
        await anna.type("1h30m")
        await anna.press("enter")
        await anna.sees("Outcome noted: try again.")
        assert (await given(house)).again_s == 5_400
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.press("tab", "down", "down", "down", "enter")
        await anna.sees("Outcome noted: no.")


async def test_a_question_that_outlives_the_wrap_up_says_so_and_keeps_what_was_written_in_sight():
    short = centre(agent("anna"), queues=(queue(wrap_up_s=1, dispositions=("sold",)),))
    async with open_house(short) as house, talking(house) as (anna, contact_id):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.type("wants two")
        await house.part(contact_id)
        await anna.sees("! Wrap-up is over: nothing of this can be saved any more.", "wants two")
        await anna.press("tab", "enter")
        await anna.sees("! Not saved, since wrap-up was over: outcome sold, note wants two")
        assert await house.inputs(e.DispositionGiven) == []


async def test_how_a_promise_is_written_is_told_whole_on_a_small_screen(house):
    async with talking(house) as (anna, _):
        await anna.press("o")
        await anna.sees("Your note:")
        await anna.press("tab", "down", "enter")
        await anna.sees("fri 10:30", "Escape\n goes back.")


async def test_the_next_lead_is_asked_for_by_a_key_that_is_there_when_it_can_be(house):
    async with at_desk(house.url, await house.issue("anna")) as anna:
        await anna.press("s")
        await anna.sees("[r] ready")
        assert "next lead" not in anna.screen
        await anna.press("r")
        await anna.sees("[l] next lead")
        await anna.press("l")
        await anna.sees("! Not done: ")
        (asked,) = await house.inputs(e.NextLeadRequested)
        assert (asked.agent_id, asked.campaign_id) == ("anna", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {}),
        ("12", {"amount": 12_000_000}),
        ("0.10 eur", {"amount": 100_000, "currency": "EUR"}),
        ("1234567890.5", None),
        ("0", None),
        ("-3", None),
        ("1.234.5", None),
    ],
)
def test_amounts(text, said):
    assert (None if isinstance(read := read_amount(text), Complaint) else read) == said


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("10:30", "2026-12-30T10:30"),  # a Wednesday
        ("tomorrow 9:05", "2026-12-31T09:05"),
        ("fri 10:30", "2027-01-01T10:30"),
        ("Wednesday 10:30", "2027-01-06T10:30"),
        ("+3 10:30", "2027-01-02T10:30"),
        ("01-18 10:30", "2027-01-18T10:30"),
        ("2027-01-18 10:30", "2027-01-18T10:30"),
        ("2026-12-29 10:30", None),
        ("2027-12-29 10:30", None),
        ("02-30 10:30", None),
        ("24:00", None),
        ("soon", None),
    ],
)
def test_times(text, at):
    read = read_when(text, date(2026, 12, 30))
    assert (None if isinstance(read, Complaint) else read) == (at and {"callback_local": at})


@pytest.mark.parametrize(("text", "said"), [("", {}), ("2h", 7_200), ("1d 2h 5m", 93_900), ("0m", None), ("x", None)])
def test_waits(text, said):
    read = read_wait(text)
    assert (None if isinstance(read, Complaint) else read.get("again_s", {})) == said
