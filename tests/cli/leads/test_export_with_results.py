"""`cti leads export` has what came of each lead: outcome, what the agent said and wrote, and who it was."""

import csv
import io
import json

import pytest

from cti.core import events as e
from cti.core.codec import decode
from cti.core.events import LeadsClaimed
from cti.expressions.segments import segments_of
from cti.store.leads.upkeep import Upkeep
from cti.store.projectors import projections_of
from cti.store.store import Store
from tests.cli.dialer_files import SITE
from tests.dialer.short_shift import shift
from tests.serving import command

FORMULA = '=HYPERLINK("https://evil.example","click")'


def posted(number):
    numbers = (e.LeadNumber(number=f"+1212556000{number}"),)
    lead = e.LeadDetails(numbers=numbers, external_id=f"crm-{number}")
    return e.LeadPosted(list_id="spring", lead_id=f"lead{number}", lead=lead)


@pytest.fixture
async def folder(tmp_path):
    """Leads are entered for the campaign when it first asks for some, and then called."""
    (tmp_path / "data").mkdir()
    store = await Store.open(f"sqlite:///{tmp_path}/data/store.db")
    records = [decode(row) for row in shift(note=FORMULA, posted=tuple(map(posted, range(5)))).records]
    claimed = next(place for place, record in enumerate(records) if isinstance(record.input, LeadsClaimed))
    await projections_of(store, SITE).project(records[:claimed])
    upkeep = Upkeep(store, SITE, segments_of)
    while await upkeep.step():
        pass
    await projections_of(store, SITE).project(records[claimed:])
    await store.close()
    return tmp_path


async def test_a_row_has_what_came_of_the_lead_and_no_formula(folder):
    status, output, _ = await command(folder, "leads", "export", "spring")
    assert status == 0
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(output))}
    sold = rows["crm-0"]
    assert (sold["result_last_outcome"], sold["result_disposition"], sold["result_agent"]) == ("human", "sold", "a0")
    assert (sold["result_status"], sold["result_attempts"], sold["result_amount"]) == ("done", "1", "")
    assert sold["result_note"] == f"'{FORMULA}"
    assert sold["result_last_at"].startswith("2")
    assert rows["crm-3"]["result_last_outcome"] == "no_answer"
    assert (rows["crm-3"]["result_agent"], rows["crm-3"]["result_note"]) == ("", "")
    assert rows["crm-4"]["result_status"] == "suppressed"


async def test_an_object_has_it_as_it_was_written(folder):
    status, output, _ = await command(folder, "leads", "export", "spring", "--format", "jsonl")
    assert status == 0
    told = {row["external_id"]: row["campaigns"] for row in map(json.loads, output.splitlines())}
    (sold,) = told["crm-0"]
    assert (sold["campaign"], sold["disposition"], sold["note"], sold["agent"]) == ("spring", "sold", FORMULA, "a0")
    assert (sold["callback_at"], sold["callback_for"], sold["currency"]) == ("", "", "")


async def test_who_was_refused_is_shown_with_the_rule_and_the_way_back(folder):
    status, output, errors = await command(folder, "leads", "show", "crm-4")
    assert status == 0
    (standing,) = json.loads(output)["campaigns"]
    assert standing["status"] == "suppressed"
    assert standing["refused"] == [{"number": "+12125560004", "rule": "DNC-COMPANY"}]
    assert errors == (
        "spring: set aside, as DNC-COMPANY knows no end of its no. What the rules say now: cti dialer explain "
        "+12125560004 --campaign spring. The lead is asked again once it is changed, or after "
        "cti leads revive spring.\n"
    )
    assert (await command(folder, "leads", "show", "crm-0"))[2] == ""
