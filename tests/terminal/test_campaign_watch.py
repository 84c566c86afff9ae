"""Campaigns watched in a terminal: the real doors of a server, in a folder of its own, and what is seen of them."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from cti.api.campaigns import CampaignDoors
from cti.api.leads import remaining_routes
from cti.api.outcomes import Outcomes
from cti.cli.campaign.watching import asking
from cti.core import events as e
from cti.core.base import changed
from cti.store.leads.remaining import Remaining
from cti.terminal.campaigns import chart
from cti.terminal.campaigns.app import CampaignsApp
from cti.terminal.campaigns.picture import Shown, picture
from cti.terminal.campaigns.source import Campaigns
from cti.views.campaign_ceilings import every_bound
from cti.views.campaign_trail import CampaignTrail
from tests.api.house import House, open_house
from tests.centre import agent, centre, queue
from tests.dialer.calling_site import HOURS, calling
from tests.dialer.campaign_site import ABANDONED, OUTBOUND, dialled
from tests.terminal.sitting import SMALL, Person

TALL = (120, 40)
LEFT = Remaining(
    fresh=12_311,
    waiting=402,
    callbacks=3,
    next_at=0,
    with_dialer=176,
    done=3_120,
    successes=90,
    refused=12,
    outside=0,
    entering=0,
)


class Doors:
    """The worker's and the follower's doors in a folder, while they are open."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder, self.left = house, folder, LEFT
        self.trail = CampaignTrail()
        self._runners: list[web.AppRunner] = []

    async def open(self) -> None:
        outcomes = Outcomes()
        self.house.driver.committed.append(outcomes.committed)
        doors = CampaignDoors(self.house.gate, outcomes, self.trail, lambda: self.house.state.last.at, every_bound)
        await self._serve("admin.sock", doors.routes())
        await self._serve("follower.sock", remaining_routes(self._remaining))

    async def _remaining(self, campaign_id: str) -> Remaining:
        return self.left

    async def _serve(self, name: str, routes: Sequence[web.RouteDef]) -> None:
        application = web.Application()
        application.add_routes(routes)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.UnixSite(runner, str(self.folder / name)).start()
        self._runners.append(runner)

    async def close(self) -> None:
        """The server is gone: nothing is left of its doors."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners = []
        for name in ("admin.sock", "follower.sock"):
            (self.folder / name).unlink(missing_ok=True)


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    campaigns = (dialled("autumn", mode="progressive"), dialled("spring"))
    config = centre(
        agent("anna", OUTBOUND, nailed_up=True),
        queues=(queue(OUTBOUND, takes_itself=True), queue("sales")),
        calling=calling(HOURS, ABANDONED, campaigns=campaigns),
    )
    async with open_house(config) as house:
        found = Doors(house, tmp_path)
        await found.open()
        yield found
        await found.close()


@contextlib.asynccontextmanager
async def watching(doors: Doors, size: tuple[int, int] = SMALL, *names: str) -> AsyncIterator[Person]:
    app = CampaignsApp(str(doors.folder), Campaigns(asking(doors.folder), names), "sue")
    async with app.run_test(size=size) as pilot:
        yield Person(app, pilot)


@pytest.mark.parametrize("size", [SMALL, TALL])
async def test_campaigns_are_listed_and_one_is_shown_whole(doors: Doors, size: tuple[int, int]) -> None:
    async with watching(doors, size) as sue:
        await sue.sees("2 campaigns, 0 running", "connected", "> autumn", "autumn, progressive, STOPPED")
        await sue.sees("blocked   nobody has started it yet", "shares its agents with spring")
        await sue.sees("12,311 fresh, 402 again, 3 of them promised, 176 at hand", "ceilings  not used: US-ABN 3 %")
        assert len(sue.screen.splitlines()) == size[1]
        assert max(map(len, sue.screen.splitlines())) <= size[0]


async def test_the_one_that_dials_comes_first_and_the_list_has_the_rows_that_are_left(doors: Doors) -> None:
    names = [f"c{number}" for number in range(1, 10)]
    campaigns = {name: dialled(name) for name in names}
    config = doors.house.state.config
    await doors.house.apply(changed(config, calling=changed(config.calling, campaigns=campaigns)))
    await doors.house.post(e.CampaignControlRequested(campaign_id="c9", action="start", by="sue"))
    async with watching(doors) as sue:
        await sue.sees("9 campaigns, 1 running", "> c9", "c9, predictive, RUNNING", *names[:7])
        rows = [line.split()[0].strip(">") or line.split()[1] for line in sue.screen.splitlines()[3:11]]
        assert rows == ["c9", *names[:7]]


async def test_keys_start_pause_and_drain_what_is_chosen(doors: Doors) -> None:
    async with watching(doors) as sue:
        await sue.sees("> autumn", "[s] start", "[tab] next campaign")
        await sue.press("tab")
        await sue.sees("> spring", "spring, predictive, STOPPED")
        await sue.press("s")
        await sue.sees("spring is running now.", "spring, predictive, RUNNING", "1 running", "[p] pause")
        assert doors.house.state.runs["spring"].by == "sue"
        await sue.press("p")
        await sue.sees("spring is paused now.", "blocked   paused by sue since", "[s] start")
        await sue.press("d")
        await sue.sees("Drain spring?", "> 1  yes: no new lines")
        await sue.press("2")
        await sue.misses("Drain spring?")
        assert doors.house.state.runs["spring"].status == "PAUSED"
        await sue.press("d")
        await sue.sees("Drain spring?")
        await sue.press("1")
        await sue.sees("spring is stopped now.")
        await sue.press("tab")
        await sue.sees("> autumn")


async def test_a_server_that_goes_away_is_told_and_comes_back(doors: Doors) -> None:
    async with watching(doors) as sue:
        await sue.sees("2 campaigns", "connected")
        await doors.close()
        await sue.sees("SERVER AWAY", "The server does not answer: calls may go on", "autumn, progressive")
        assert "[s] start" not in sue.screen
        await doors.open()
        await sue.sees("Connected again.", "[s] start")
        await sue.misses("SERVER AWAY")


async def test_a_server_that_is_not_there_yet_is_waited_for(doors: Doors) -> None:
    await doors.close()
    async with watching(doors) as sue:
        await sue.sees("NO ANSWER, trying again", "No server answers in")
        await doors.open()
        await sue.sees("2 campaigns", "connected")


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_it_is_left_by_a_key(doors: Doors, key: str) -> None:
    async with watching(doors) as sue:
        await sue.sees("2 campaigns")
        await sue.press(key)
        await sue.pilot.pause()
        assert not sue.app.is_running
        assert not sue.app.return_code


async def test_only_those_that_were_asked_for_are_shown_and_a_list_of_one_is_none(doors: Doors) -> None:
    async with watching(doors, SMALL, "spring") as sue:
        await sue.sees("1 campaign, 0 running", "spring, predictive, STOPPED")
        assert "autumn" not in sue.screen.replace("shares its agents with autumn", "")
        assert "Campaigns (" not in sue.screen
        assert "[tab]" not in sue.screen


async def test_a_name_that_is_none_ends_it_with_those_that_there_are(doors: Doors) -> None:
    async with watching(doors, SMALL, "winter") as sue:
        await sue.pilot.pause(0.1)
        await sue._until(lambda: not sue.app.is_running, "it goes on")  # noqa: SLF001 - the screen is gone by then
        assert sue.app.return_code == 1


async def test_what_is_tuned_is_seen(doors: Doors) -> None:
    await doors.house.post(e.CampaignTuneRequested(campaign_id="spring", values=(("aim", 20_000),), by="bob"))
    async with watching(doors, SMALL, "spring") as sue:
        await sue.sees("tuned     aim 2 % by bob")


def stand(**fields: Any) -> dict[str, Any]:
    """How a campaign stands amid its day."""
    ledger = {
        "rule_id": "US-ABN-3", "ceiling_ppm": 30_000, "days": 30, "answers": 12_400, "abandoned": 301, "room": 72,
        "aim_ppm": 20_000, "today_answers": 640, "today_abandoned": 12, "today_room": 0, "used": True,
    }  # fmt: skip
    return {
        "campaign_id": "check-up", "name": "Winter check-up", "mode": "predictive", "dialled": True,
        "status": "RUNNING", "since": 1, "by": "sue", "held": 180, "left": 41_873, "lists": ["owners"],
        "lines": {"asked": 1, "ringing": 8, "waiting": 1, "talking": 11, "others": 0},
        "agents": {"free": 2, "talking": 11, "wrapping": 3, "away": 1, "kept": 1, "line_ms": 36_000_000},
        "ledgers": [ledger], "pool_id": "check-up", "exposure": 7, "peers": ["check-up"], "agents_kept": 1,
        "today": {"connects": 620, "answers": 640, "abandoned": 12}, "pool_connects": 620, "tuned": [],
        "paced": {"method": "hazard", "wanted": 0, "risk_ppm": 18_000, "theta_ppm": 12_000, "free_ppm": 2_400_000,
                  "answers_ppm": 1_900_000},
        "obstacles": [], "at": 1_750_176_000_000, "offset_s": -14_400, "zone": "America/New_York", **fields,
    }  # fmt: skip


TRAIL = [
    {"at": n, "air": 100 * (n % 9), "talking": 1_100, "free": 50, "answers": 3, "abandoned": n % 2} for n in range(60)
]


@pytest.mark.parametrize("size", [(78, 15), (78, 9), (118, 30), (60, 12)])
def test_a_picture_fits_whatever_room_there_is(size: tuple[int, int]) -> None:
    drawn = picture(Shown(stand(), TRAIL, LEFT._asdict()), *size).plain.splitlines()
    assert len(drawn) <= size[1]
    assert max(map(len, drawn)) <= size[0]


def test_a_picture_says_everything_without_a_colour_on_a_small_screen() -> None:
    drawn = picture(Shown(stand(), TRAIL, LEFT._asdict()), 78, 15).plain
    for words in (
        "check-up: Winter check-up, predictive, RUNNING",
        "dials     the next line waits until an agent is nearer: too risky just now",
        "agents    █ 11 talking  ▒ 3 wrapping up  ░ 2 free (1 kept for lines, 1 left",
        "          for callers)  · 1 away",
        "lines     10 in the air: 8 ringing, 1 to be cleared, 1 answer waits for an",
        "7 could find nobody at worst",
        "pacing    next risks 1.8 % (theta 1.2 %); expects 2.4 free, 1.9 answers",
        "today     620 talks (62.0 an agent hour), 640 live answers, 12 abandoned",
        "aim       █████████▃ 1.88 of 2 %, 12 of 640, no more may; today",
        "ceiling   ████████▁· 2.43 of 3 %, 301 of 12,400, 72 more may; 30 days US-ABN-3",
        "leads     12,311 fresh, 402 again, 3 of them promised, 176 at hand, 3,120",
        "done, 12 refused",
    ):
        assert words in drawn, drawn


def test_a_ceiling_that_was_passed_is_told_by_more_than_a_colour() -> None:
    over = {**stand()["ledgers"][0], "abandoned": 380, "room": 0}
    drawn = picture(Shown(stand(ledgers=[over])), 78, 20).plain
    assert "ceiling   ██████████ ! OVER: 3.06 of 3 %, 380 of 12,400, no more may" in drawn


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ({"fresh": 0, "waiting": 0, "refused": 0}, "its lists are at their end: nobody is left to be called"),
        ({"fresh": 0, "waiting": 0}, "12 are refused: `cti dialer report check-up` has by which rules"),
        ({"fresh": 0, "waiting": 0, "entering": 1}, "its lists are being read"),
        ({"fresh": 0, "waiting": 4}, "everybody who is left waits: the next of 4 is due 14:05 America/New_York"),
        ({"fresh": 9, "waiting": 4}, "nobody on its lists may be called just now"),
    ],
)
def test_why_lists_give_nobody_is_told_by_what_is_left(left: dict[str, int], words: str) -> None:
    counts = {**LEFT._asdict(), "next_at": 1_750_176_000_000 + 7_500_000, **left}
    obstacle = {"code": "no_leads", "words": "nobody on its lists may be called just now", "until": 0}
    drawn = picture(Shown(stand(obstacles=[obstacle]), (), counts), 140, 20).plain
    (blocked,) = [line for line in drawn.splitlines() if line.startswith("blocked")]
    assert blocked.endswith(words)


def test_charts_draw_the_newest_at_the_right_and_tell_nothing_from_unknown() -> None:
    assert chart.rows([0, 1, 4, 8], 8, 6, 1) == ["  ·▁▄█"]
    assert chart.rows([8, 4, 12], 12, 3, 2) == ["▃ █", "█▅█"]
    assert chart.rows(list(range(10)), 9, 3, 1) == ["▆▇█"]
    assert chart.rows([], 1, 3, 1) == ["   "]
    assert [chart.gauge(share, 4) for share in (0, 0.5, 2)] == ["····", "██··", "████"]
    assert chart.shares([("T", 3), ("F", 2)], 9) == "TTTFF"
    assert chart.shares([("T", 300), ("W", 1), ("F", 100)], 9) == "TTTTTTTWF"[:9]


def test_a_ceiling_that_no_call_has_fallen_under_is_named_last_and_as_such() -> None:
    (used,) = stand()["ledgers"]
    other = {**used, "rule_id": "US-CA-1PCT", "ceiling_ppm": 10_000, "answers": 0, "abandoned": 0, "room": 0}
    other |= {"aim_ppm": 10_000, "today_answers": 0, "today_abandoned": 0, "used": False}
    drawn = picture(Shown(stand(ledgers=[other, used])), 78, 30).plain
    assert "1.88 of 2 %, 12 of 640, no more may; today" in drawn
    assert "ceilings  not used: US-CA-1PCT 1 %" in drawn
    assert "of 1 %" not in drawn


def test_of_a_campaign_that_agents_dial_nothing_is_said_to_be_left() -> None:
    byhand = stand(dialled=False, pool_id="", ledgers=[], status="STOPPED")
    drawn = picture(Shown(byhand, (), None), 78, 30).plain
    assert "leads     agents call whom they choose" in drawn
    assert "follower" not in drawn
