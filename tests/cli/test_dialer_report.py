"""`cti dialer report`: what became of calls, from the files of a server that does not run."""

import csv
import json
import re
from io import StringIO

import msgspec
import pytest
from rich.console import Console

from cti.cli.dialer.report_text import show
from cti.core.record import Batch
from cti.journal.sql import SqlJournal
from cti.views.calling_report import Report
from tests.cli.dialer_files import leave_files
from tests.dialer.campaign_site import CampaignSite, dialled
from tests.dialer.short_shift import shift
from tests.dialer.test_sharing_agents import talked_to
from tests.serving import command

PERIOD = ("--from", "2025-06-10", "--to", "2025-06-17")


@pytest.fixture(scope="module")
def site():
    return shift()


@pytest.fixture
async def folder(tmp_path, site):
    await leave_files(tmp_path, tuple(site.records))
    return tmp_path


async def test_it_tells_every_figure_without_a_server(folder):
    status, output, errors = await command(folder, "dialer", "report", "spring", *PERIOD, "--json")
    assert (status, errors) == (0, "")
    report = json.loads(output)
    assert report["total"] == {
        "attempts": 4,
        "by_hand": 0,
        "answered": 3,
        "live_answers": 2,
        "machines": 1,
        "connected": 1,
        "abandoned": 1,
        "abandoned_late": 0,
        "messages_to_abandoned": 1,
        "messages_else": 0,
    }
    assert [day["date"] for day in report["days"]] == ["2025-06-17"]
    assert report["refusals"] == {"DNC-COMPANY": 1}
    assert report["outcomes"] == {"ABANDONED": 1, "HUMAN": 1, "MACHINE": 1, "NO_ANSWER": 1}
    assert sum(report["clearances"].values()) == 4
    (bound,) = report["bounds"]
    assert (bound["ledger_id"], bound["is_ever_over"], bound["days"][-1]["rate_ppm"]) == (
        "harbour/service/US",
        True,
        500_000,
    )
    (lost,) = report["abandonments"]
    assert lost["answered_at"] < lost["abandoned_at"] <= lost["message_at"] < lost["ended_at"]
    assert report["chain"]["position"] == 5
    assert len(report["chain"]["hash"]) == 64


async def test_a_sellers_campaigns_are_one_report_and_a_programme_is_part_of_it(folder):
    async def attempts(*asked):
        status, output, _ = await command(folder, "dialer", "report", *asked, *PERIOD, "--json")
        assert status == 0
        return json.loads(output)["total"]["attempts"]

    assert await attempts("--seller", "harbour") == 4
    assert await attempts("--seller", "harbour", "--programme", "service") == 4
    assert await attempts("spring", "--programme", "service") == 4


async def test_in_a_file_no_column_is_cut_off(folder):
    status, output, _ = await command(folder, "dialer", "report", "spring", *PERIOD)
    assert status == 0
    heads = next(line for line in output.splitlines() if line.startswith("day"))
    assert " ".join(heads.split()).endswith("machines talks abandoned late messages others")


async def test_the_file_of_calls_has_each_of_them_to_the_millisecond(folder, site):
    file = folder / "calls.csv"
    status, output, _ = await command(folder, "dialer", "report", "spring", *PERIOD, "--csv", str(file))
    assert status == 0
    assert "harbour/service/US: at most 3.00 % within 30 days; at the end 1 of 2, 50.00 %" in output
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    assert [row["outcome"] for row in rows] == ["HUMAN", "ABANDONED", "MACHINE", "NO_ANSWER"]
    assert [row["live_answer"] for row in rows] == ["1", "1", "0", "0"]
    assert [row["clearance_position"] for row in rows] == ["1", "2", "3", "4"]
    assert all(re.fullmatch(r"2025-06-17T16:00:\d\d\.\d{3}Z", row["dialled_at"]) for row in rows)
    assert rows[3]["answered_at"] == ""
    numbers = re.compile(r"\+1212556\d{4}")
    assert not numbers.search(file.read_text(encoding="utf-8")), "numbers go sooner than the log"


async def test_the_page_needs_nothing_else_and_says_what_is_drawn(folder):
    file = folder / "report.html"
    status, _, _ = await command(folder, "dialer", "report", "spring", *PERIOD, "--html", str(file))
    assert status == 0
    page = file.read_text(encoding="utf-8")
    assert not re.search(r"(src|href)=|url\(|@import|<script", page)
    for part in ("<svg", 'role="img"', "<title", "<desc", "table-header-group", "counter(page)", "size: A4"):
        assert part in page
    for words in ("Calls of Spring (spring)", "DNC-COMPANY", "The ceiling was passed.", "how it is counted"):
        assert words in page


async def test_on_80_columns_every_heading_and_outcome_is_a_whole_word(folder):
    _, output, _ = await command(folder, "dialer", "report", "spring", *PERIOD, "--json")
    console = Console(width=80, file=StringIO(), record=True)
    show(msgspec.json.decode(output, type=Report), (1, "abc"), console)
    told = console.export_text()
    words = told.partition("in all")[0].split()
    for title in ("attempts", "hand", "answered", "live", "machines", "talks", "abandoned", "messages", "others"):
        assert title in words
    assert "06-17" in words
    assert "outcomes: abandoned 1, a person answered 1, a machine answered 1, no answer 1" in told


async def test_the_page_leaves_out_days_on_which_nothing_was(folder):
    file = folder / "report.html"
    await command(folder, "dialer", "report", "spring", *PERIOD, "--html", str(file))
    page = file.read_text(encoding="utf-8")
    assert "Days without calls are left out." in page
    assert "Left out: 7 days with no live answer within the window." in page
    assert "<td>2025-06-16</td>" not in page
    assert "<td>a person answered</td><td>1</td>" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "Name a campaign, or a seller with --seller: one of the two.\n"),
        (("spring", "--seller", "harbour"), "Name a campaign, or a seller with --seller: one of the two.\n"),
        (("sprung",), "There is no campaign 'sprung': "),
        (("--seller", "harbor"), "There is no seller 'harbor': did you mean"),
        (
            ("--seller", "harbour", "--programme", "winter"),
            "None of these campaigns calls for the programme 'winter': ",
        ),
        (
            ("spring", "--programme", "servise"),
            "None of these campaigns calls for the programme 'servise': did you mean \"service\"?",
        ),
        (("spring", "--to", "2025-02-30"), "--to: '2025-02-30' is no date that exists: write it like 2026-11-24.\n"),
        (("spring", "--from", "2025-06-18", "--to", "2025-06-17"), "--from: 2025-06-18 is after 2025-06-17"),
        (("spring", "--csv", "/nowhere/calls.csv"), "--csv: /nowhere/calls.csv cannot be written: "),
    ],
)
async def test_a_slip_is_told_in_a_sentence(folder, asked, said):
    status, _, errors = await command(folder, "dialer", "report", *asked)
    assert status == 1
    assert errors.startswith(said)


async def test_without_a_store_it_says_so(tmp_path, site):
    data = await leave_files(tmp_path, tuple(site.records))
    (data / "store.db").unlink()
    status, _, errors = await command(tmp_path, "dialer", "report", "spring")
    assert status == 1
    assert "The store cannot be read" in errors


async def test_a_report_that_is_behind_says_that_a_server_has_to_take_in_the_rest(tmp_path, site):
    """Nobody else does: in a moment it would be as it is."""
    records = tuple(site.records)
    data = await leave_files(tmp_path, records[:-2])
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{data}/journal.db", "main")
    await journal.append(Batch(epoch=1, records=records[-2:]))
    await journal.close()
    status, _, errors = await command(tmp_path, "dialer", "report", "spring", *PERIOD)
    assert status == 0
    assert errors == (
        "the journal has 2 records more than this report: no server runs on these files; start it, which takes them "
        "in, and make the report again\n"
    )


async def test_a_rate_of_nothing_is_of_no_day(tmp_path):
    calls = CampaignSite(dialled(), agents=1)
    talked_to(calls, "spring")
    await leave_files(tmp_path, tuple(calls.records))
    file = tmp_path / "report.html"
    status, _, _ = await command(tmp_path, "dialer", "report", "spring", *PERIOD, "--html", str(file))
    assert status == 0
    page = file.read_text(encoding="utf-8")
    assert "At the end of every day from 2025-06-10 to 2025-06-17 the rate within 30 days was 0.00 %, not above" in page
    assert "at most at the end of a day" not in page
