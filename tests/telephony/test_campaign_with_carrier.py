"""Campaigns from the list to the last call, beside the fake carrier: what its ledger says and what our journal says is
the same, call by call.

One server and one carrier serve all the tests; each has a campaign and a list of its own.
"""

import json
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cti.client import Connected
from cti.core import events as e
from cti.core.states import Outcome
from tests.chaos.play import Play
from tests.serving import command
from tests.telephony.campaign_books import books_agree, outcomes, report_agrees
from tests.telephony.campaign_centre import AGENTS, PHONES, CampaignCentre, numbers, open_centre

pytestmark = pytest.mark.asyncio(loop_scope="module")

TALKS = {"on_ring": "answer", "after_ms": 100, "talk_s": 0.4, "detected_after_ms": [200, 400]}
MACHINE = {"on_ring": "answer", "after_ms": 100, "answers_as": "machine", "detected_after_ms": [200, 400]}
FAX = {**MACHINE, "answers_as": "fax"}
LISTENS = {"on_ring": "answer", "after_ms": 100, "detected_after_ms": [200, 400]}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory) -> AsyncIterator[CampaignCentre]:
    async with open_centre(tmp_path_factory.mktemp("campaigns")) as running:
        yield running


async def test_both_books_agree_on_every_call(centre: CampaignCentre) -> None:
    people, machines = numbers(0, 14), numbers(14, 4)
    busy, rejects, nobodys, silent = numbers(18, 4)
    behaviours = dict.fromkeys(people, TALKS) | dict.fromkeys(machines, MACHINE)
    behaviours |= {busy: {"on_ring": "busy"}, rejects: {"on_ring": "reject"}}
    behaviours |= {nobodys: {"on_ring": "unreachable"}, silent: {"on_ring": "ignore"}}
    await centre.call_list("mixed", behaviours)
    async with centre.on_line(*AGENTS):
        await centre.campaign("mixed", "start")
        await centre.all_called("mixed", list(behaviours))
        assert (await centre.campaign("mixed", "drain"))["status"] == "STOPPED"
    book = await books_agree(centre, "mixed", list(behaviours))
    found = await outcomes(centre, "mixed")
    assert {found[number] for number in people} <= {Outcome.HUMAN, Outcome.ABANDONED}
    assert all(found[number] in (Outcome.MACHINE, Outcome.ABANDONED) for number in machines)
    expected = (Outcome.BUSY, Outcome.BLOCKED, Outcome.INVALID, Outcome.NO_ANSWER)
    assert tuple(found[number] for number in (busy, rejects, nobodys, silent)) == expected
    ours = {each.attempt_id for each in await centre.told(e.AttemptStarted) if each.campaign_id == "mixed"}
    counted = [each for each in await centre.told(e.LiveAnswerCounted) if each.attempt_id in ours]
    assert len(counted) == sum(outcome in (Outcome.HUMAN, Outcome.ABANDONED) for outcome in found.values())
    abandoned = [number for number, outcome in found.items() if outcome is Outcome.ABANDONED]
    assert [each.abandoned for each in counted].count(True) == len(abandoned)
    assert all(book[number].agents for number in people if number not in abandoned)
    report = await report_agrees(centre, "mixed", list(behaviours))
    assert (report["total"]["live_answers"], report["total"]["abandoned"]) == (len(counted), len(abandoned))


async def test_machines_are_left_a_message_at_the_beep_and_meet_no_agent(centre: CampaignCentre) -> None:
    person, machine, fax = numbers(100, 3)
    greeting = {"greeting_s": 0.5, "greeting_ends_with": "beep"}
    behaviours = {person: TALKS, machine: {**MACHINE, **greeting}, fax: FAX}
    await centre.call_list("first", behaviours)
    async with centre.on_line("ann", "bob"):
        await centre.campaign("first", "start")
        await centre.all_called("first", list(behaviours))
        await centre.campaign("first", "stop")
    book = await books_agree(centre, "first", list(behaviours))
    assert (book[machine].message, book[fax].message) == (True, False)
    assert not book[machine].agents | book[fax].agents
    found = await outcomes(centre, "first")
    assert (found[machine], found[fax]) == (Outcome.MACHINE, Outcome.FAX)
    (leg,) = [each for each in await centre.ledger("legs") if each["to"] == machine]
    assert leg["answered_by"] == "machine_end_beep"
    assert all(segment["start_ms"] >= leg["detected_at"] for segment in leg["segments"] if segment["heard"] == "speech")


async def test_whom_nobody_talks_to_hears_who_called_and_is_not_called_again_after_a_key(
    centre: CampaignCentre,
) -> None:
    (number,) = numbers(200, 1)
    rings_long = {"on_ring": "answer", "after_ms": 3_000, "presses": "9", "presses_after_ms": 50}
    await centre.call_list("nobody", {number: rings_long})
    async with centre.on_line("ann"):
        await centre.campaign("nobody", "start")
        await centre.until("rung", to=number)
        await centre.centre.control("POST", "endpoints", **{PHONES["ann"]: {"on_ring": "ignore"}})
        (line,) = [leg for leg in await centre.ledger("legs") if leg["to"] == PHONES["ann"] and not leg["ended_at"]]
        await centre.centre.control("POST", f"calls/{line['sid']}/hangup")
        await centre.all_called("nobody", [number])
        await centre.campaign("nobody", "stop")
    book = await books_agree(centre, "nobody", [number])
    assert (book[number].agents, book[number].message) == (set(), True)
    assert (await outcomes(centre, "nobody"))[number] is Outcome.ABANDONED
    report = await report_agrees(centre, "nobody", [number])
    (lost,) = report["abandonments"]
    assert lost["answered_at"] < lost["abandoned_at"] <= lost["message_at"] < lost["ended_at"]
    added = [each for each in await centre.told(e.SuppressionAdded) if each.value == number]
    assert [(each.scope, each.origin) for each in added] == [("company", "key_press")]


async def test_a_broadcast_tells_people_and_leads_who_wants_to_an_agent(centre: CampaignCentre) -> None:
    listens, asks, refuses, machine = numbers(300, 4)
    behaviours = {
        listens: LISTENS,
        asks: {**LISTENS, "presses": "1", "talk_s": 0.3},
        refuses: {**LISTENS, "presses": "9"},
        machine: MACHINE,
    }
    await centre.call_list("news", behaviours)
    async with centre.on_line("cleo") as desks:
        before = len(desks["cleo"].all(Connected))
        await centre.campaign("news", "start")
        await centre.all_called("news", list(behaviours))
        await centre.campaign("news", "stop")
        assert len(desks["cleo"].all(Connected)) == before + 1
    book = await books_agree(centre, "news", list(behaviours))
    assert [book[number].message for number in behaviours] == [True, True, True, False]
    assert [book[number].agents for number in behaviours] == [set(), {"cleo"}, set(), set()]
    found = await outcomes(centre, "news")
    assert [found[number] for number in behaviours] == [Outcome.HUMAN] * 3 + [Outcome.MACHINE]
    assert refuses in {each.value for each in await centre.told(e.SuppressionAdded)}
    report = await report_agrees(centre, "news", list(behaviours))
    assert (report["total"]["live_answers"], report["total"]["machines"]) == (3, 1)


async def test_a_carrier_that_fails_after_the_deed_or_is_at_its_limit_rings_nobody_twice(
    centre: CampaignCentre,
) -> None:
    people = numbers(400, 6)
    await centre.call_list("rough", dict.fromkeys(people, TALKS))
    dial = {"path": "/Calls.json", "method": "POST"}
    async with centre.on_line("ann", "bob"):
        await centre.faults(rest=[{**dial, "server_error": 1, "times": 2}])
        await centre.campaign("rough", "start")
        await centre.until("rest", fault="server_error")
        await centre.faults(rest=[{**dial, "lost_reply": 1, "times": 2}])
        await centre.until("rest", fault="lost_reply")
        await centre.faults(rest_concurrent_max=0)
        await centre.until("rest", code=20429)
        await centre.faults()
        await centre.all_tried("rough", len(people))
        await centre.campaign("rough", "stop")
    rung = list(await centre.calls(people))
    book = await books_agree(centre, "rough", rung)
    assert len(rung) >= 4
    assert all(call.answered for call in book.values())
    found = await outcomes(centre, "rough")
    assert {found[number] for number in people if number not in book} <= {Outcome.FAILED}


async def test_a_worker_that_dies_while_it_dials_rings_nobody_twice(centre: CampaignCentre) -> None:
    people = numbers(500, 10)
    await centre.call_list("killed", dict.fromkeys(people, TALKS))
    play = Play(centre.centre)
    async with centre.on_line("bob", "cleo"):
        await centre.campaign("killed", "start")
        for number in (people[1], people[5]):
            await centre.until("rung", to=number)
            await play.kill("worker")
        await centre.all_called("killed", people)
        await centre.campaign("killed", "stop")
    book = await books_agree(centre, "killed", people)
    assert all(call.answered for call in book.values())


async def test_the_command_line_tells_how_campaigns_stand(centre: CampaignCentre) -> None:
    folder = centre.centre.data_dir.parent
    status, output, _ = await command(folder, "campaign", "list")
    assert status == 0
    assert [line.split()[0] for line in output.splitlines()] == [
        "campaign",
        "by_hand",
        "first",
        "killed",
        "mixed",
        "news",
        "nobody",
        "rough",
    ]
    assert re.search(r"  0 of 3  \d\.\d\d of 25 %", output), "agents who are free, of all; nothing is cut off"
    status, output, _ = await command(folder, "campaign", "start", "mixed", "--by", "sue")
    assert status == 0
    assert output.startswith("mixed: running\n  blocked: "), "nobody is left to be called, and no agent is there"
    status, output, _ = await command(folder, "campaign", "show", "mixed")
    assert "by sue" in output
    assert "\n  blocked: " in output
    assert "US-ABANDONED  30 days" in output
    assert "0 could find nobody now, at worst" in output
    status, _, errors = await command(folder, "campaign", "pause", "mixd")
    assert (status, errors) == (1, "There is no campaign 'mixd': did you mean \"mixed\"?\n")
    for nothing in ("", ".", ".."):
        status, _, errors = await command(folder, "campaign", "start", nothing)
        assert (status, errors) == (1, f"There is no campaign {nothing!r}: see `cti campaign list`.\n")
    status, _, errors = await command(folder, "campaign", "start", "by_hand")
    assert (status, errors.splitlines()) == (1, ["Its file says nothing about dialling: give it a queue and lists."])
    status, output, _ = await command(folder, "campaign", "show", "by_hand", "--json")
    assert (json.loads(output)["dialled"], json.loads(output)["status"]) == (False, "STOPPED")
    status, output, _ = await command(folder, "campaign", "stop", "mixed", "--by", "sue")
    assert (status, output) == (0, "mixed: stopped\n")


async def test_a_campaign_is_tuned_from_the_command_line(centre: CampaignCentre) -> None:
    folder = centre.centre.data_dir.parent
    status, output, _ = await command(folder, "campaign", "tune", "mixed", "aim=20", "lines_max=7", "--by", "sue")
    assert status == 0
    assert [line.split(" by sue, ")[0] for line in output.splitlines()] == ["mixed: aim 20 %", "mixed: lines_max 7"]
    assert "(as the ceiling says)" in output
    assert "(its file says 1,000)" in output
    status, output, _ = await command(folder, "campaign", "show", "mixed")
    assert "  tuned: lines_max 7 by sue, " in output
    for setting, words in (
        ("aim=26", "aim: 26 % is more than the rule US-ABANDONED allows (25 %), write 25 % or less."),
        ("aim=much", "aim: this is not a share in per cent, write a number from 0 to 100, such as 3 or 0.5."),
        ("ring=2", "ring: 2 is too small, write 5 or more."),
        ("speed=2", "speed: unknown key, write mode or aim or lines_max or share or keep_free or ring or wrap_up."),
        ("rign=2", 'rign: unknown key, did you mean "ring"?'),
        ("aim", "'aim' says no value: write aim=VALUE, or --reset to have it as in the file."),
    ):
        status, _, errors = await command(folder, "campaign", "tune", "mixed", setting)
        assert (status, errors) == (1, f"{words}\n")
    status, output, _ = await command(folder, "campaign", "tune", "mixed", "aim", "--reset")
    assert [line.split(" by ")[0] for line in output.splitlines()] == ["mixed: lines_max 7"]
    status, output, _ = await command(folder, "campaign", "tune", "mixed", "--reset", "--by", "bob")
    assert (status, output) == (0, "mixed: all as in its file\n")
    assert [(each.by, len(each.settings)) for each in await centre.told(e.CampaignTuned)][-1] == ("bob", 0)


async def test_a_campaign_is_watched_by_programs(centre: CampaignCentre) -> None:
    folder = centre.centre.data_dir.parent
    status, output, _ = await command(folder, "campaign", "watch", "mixed", "news", "--once", "--json")
    assert status == 0
    (line,) = output.splitlines()
    mixed, news = json.loads(line)["campaigns"]
    assert (mixed["campaign_id"], news["campaign_id"]) == ("mixed", "news")
    assert mixed["leads"]["done"] >= 14
    assert 0 < mixed["today"]["answers"] <= mixed["ledgers"][0]["today_answers"]  # others count there, too
    assert mixed["agents"]["line_ms"] > 0
    assert mixed["obstacles"][0]["code"] == "stopped"
    status, output, _ = await command(folder, "campaign", "watch", "mixed", "--once")
    assert status == 0
    assert output.startswith("mixed, predictive, STOPPED")
    assert "blocked   stopped by " in output
    assert "\x1b" not in output
    status, _, errors = await command(folder, "campaign", "watch", "--once", "mixd")
    assert (status, errors.split(":")[0]) == (1, "There is no campaign 'mixd'")
    status, _, errors = await command(folder, "campaign", "watch")
    assert (status, errors.split(",")[0]) == (1, "`cti campaign watch` is for people")
