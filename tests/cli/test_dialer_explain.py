"""`cti dialer explain`: the answer, its sources, the next instant; under the example configuration and a journal."""

import asyncio
import json
import shutil
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from cti.cli.dialer.explain import explain
from cti.configuration.load import load
from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import HoursDemand
from cti.core.config import SiteConfig
from cti.core.errors import CtiError
from cti.core.record import Batch
from cti.core.times import OpeningSpan
from cti.journal.sql import SqlJournal
from cti.store.attempts_projector import AttemptsProjector
from cti.store.card import CustomerCard
from cti.store.customers import Customers
from cti.store.store import Store
from cti.store.suppressions_projector import SuppressionsProjector
from tests.dialer.calling.books import ms
from tests.dialer.calling_site import HOURS, OTHER, CallingSite, calling
from tests.house.sources import ROOT
from tests.runtime.owner import owning
from tests.serving import command
from tests.store.made import record

MIAMI = "+13055550123"
NOON = "2026-11-24T12:00:00-05:00"
EVENING = "2026-11-24T20:15:00-05:00"


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Path:
    """The data of a site that was started with the example configuration."""
    folder = tmp_path_factory.mktemp("started")
    asyncio.run(journal_of(load(ROOT / "config"), folder))
    return folder


async def journal_of(config: SiteConfig, folder: Path) -> None:
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{folder}/journal.db", "main")
    async with owning(config, journal=journal):
        pass
    await journal.close()
    await (await Store.open(f"sqlite+aiosqlite:///{folder}/store.db")).close()


@pytest.fixture(autouse=True)
def site(started, tmp_path, monkeypatch):
    monkeypatch.setenv("CTI_DATA_DIR", str(started))
    monkeypatch.setenv("CTI_CONFIG_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CTI_DATABASE_URL", raising=False)


def asked(capsys, number=MIAMI, **options) -> dict:
    options = {"campaign": "us-sales", "at": EVENING, "json": True} | options
    assert explain(number, **options) == 0
    return json.loads(capsys.readouterr().out)


def told(capsys, number=MIAMI, **options) -> str:
    assert explain(number, **{"campaign": "us-sales", "at": EVENING} | options) == 0
    return capsys.readouterr().out


def test_a_no_names_every_rule_its_source_and_the_next_instant(capsys):
    answer = asked(capsys)
    assert list(answer) == ["allowed", "blocked_by", "zones", "next_allowed_at", "rules_version"]
    assert answer["allowed"] is False
    (block,) = answer["blocked_by"]
    assert list(block) == ["rule", "detail", "source"]
    assert block["rule"] == "US-FL-HOURS"
    assert "tue 20:15 in America/New_York" in block["detail"]
    assert "501.616" in block["source"]
    assert answer["zones"] == ["America/New_York"]
    assert answer["next_allowed_at"] == "2026-11-25T13:00:00Z"
    assert len(answer["rules_version"]) == 16


def test_a_yes_is_allowed_at_that_very_instant(capsys):
    answer = asked(capsys, at="2026-11-24T19:59:29.500-05:00")
    assert (answer["allowed"], answer["blocked_by"]) == (True, [])
    assert answer["next_allowed_at"] == "2026-11-25T00:59:29.500Z"


def test_a_no_that_time_does_not_change_has_no_next_instant(capsys):
    answer = asked(capsys, "+493023125001", campaign="us-sales")
    assert "CAMPAIGN-COUNTRY" in [block["rule"] for block in answer["blocked_by"]]
    assert answer["next_allowed_at"] is None


@pytest.mark.parametrize("number", ["(305) 555-0123", "1-305-555-0123", "tel: +1 305 555 0123", "011 1 305 555 0123"])
def test_numbers_in_any_usual_form_are_the_same(capsys, number):
    assert asked(capsys, number) == asked(capsys)


def test_an_address_elsewhere_adds_its_zone_and_a_verified_one_stands_alone(capsys):
    elsewhere = {"address_country": "us", "address_state": "CA", "address_zip": "90001"}
    assert asked(capsys, **elsewhere)["zones"] == ["America/Los_Angeles", "America/New_York"]
    assert asked(capsys, **elsewhere, verified=True)["zones"] == ["America/Los_Angeles"]


def test_without_an_instant_it_is_now(capsys):
    assert asked(capsys, at="now")["rules_version"] == asked(capsys)["rules_version"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"campaign": "us-sale"}, "There is no campaign 'us-sale': did you mean \"us-sales\"."),
        ({"campaign": "zebra"}, "there are au-sales, ca-sales, de-sales"),
        ({"number": "12"}, "it is a short code"),
        ({"number": "call me"}, "cannot be rung"),
        ({"number": "+1 305 555"}, "too few digits"),
        ({"number": "911"}, "it is an emergency number"),
        ({"at": "2026-11-24T20:15:00"}, "does not say where clocks show it"),
        ({"at": "2026-02-30T20:15:00Z"}, "is no instant"),
        ({"at": "tomorrow"}, "is no instant"),
        ({"at": "2500-01-01T00:00Z"}, "nothing is known of the year 2500"),
        ({"at": "0001-01-01T00:00+14:00"}, "nothing is known of the year 1;"),
        ({"address_country": "XX"}, "the country of its address is not known ('XX')."),
        ({"address_state": "ZZ"}, "the state of its address is not known ('ZZ')."),
        ({"address_zip": "ABCDE"}, "the postcode of its address is not known ('ABCDE')."),
        ({"number": "+18005550199", "address_state": "FL", "verified": True}, "add --address-country US"),
        ({"number": "+16135550123", "address_state": "FL"}, "the state of its address is not known ('FL')."),
        ({"at": "2026-11-24T20:15:00+25:00"}, "'2026-11-24T20:15:00+25:00' is no instant that exists: write it like"),
        ({"number": "+1" + "3" * 5_000}, f"'+1{'3' * 38}' cannot be rung: it has more than 250 characters"),
        ({"zone": "America/New_Yrok"}, 'did you mean "America/New_York".'),
        ({"zone": "EST5EDT/Mars"}, "there is no time zone 'EST5EDT/Mars'"),
    ],
)
def test_a_question_that_makes_no_sense_is_one_sentence(options, words):
    options = {"number": MIAMI, "campaign": "us-sales", "at": EVENING} | options
    with pytest.raises(CtiError) as refused:
        explain(options.pop("number"), **options)
    assert words in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert "timedelta" not in str(refused.value)


def test_a_number_in_no_place_is_placed_by_a_verified_address_that_names_its_country(capsys):
    address = {"address_country": "US", "address_state": "FL", "verified": True}
    assert "America/New_York" in asked(capsys, "+18005550199", **address)["zones"]
    assert asked(capsys, "+18005550199", address_state="US-FL", verified=True)["zones"]


async def test_the_program_says_so_on_its_error_output_and_exits_with_1(tmp_path):
    status, output, errors = await command(
        tmp_path, "dialer", "explain", MIAMI, "--campaign", "nobody", CTI_CONFIG_DIR=str(ROOT / "config")
    )
    assert (status, output) == (1, "")
    assert errors.startswith("There is no campaign 'nobody'")


def test_people_are_told_why_by_which_source_and_what_was_known(capsys):
    said = told(capsys)
    for words in (
        "No: +1 305-555-0123 may not be rung for Spring sale (us-sales)",
        "Tue 24 Nov 2026 20:15",
        "America/New_York",
        "US-FL-HOURS",
        "501.616",
        "Wed 25 Nov 2026 08:00",
        "2026-11-25T13:00:00Z",
        "sales to a consumer for Harbour Supplies",
        "us_national (an empty example): not listed",
        "none is known",
        "from the site's journal, record",
    ):
        assert words in " ".join(said.split()), words
    assert all(len(line) <= 80 for line in said.splitlines())


def test_people_are_told_yes(capsys):
    said = told(capsys, at="2026-11-24T12:00:00-05:00")
    assert said.startswith("Yes: +1 305-555-0123 may be rung for")
    assert "Who says no" not in said


def test_the_week_in_the_terminal_and_as_a_picture(capsys, tmp_path):
    said = told(capsys, week=True, svg=tmp_path / "week.svg")
    assert "Wed 25 Nov " in said
    assert "08:00-19:59:30" in said
    root = ET.fromstring((tmp_path / "week.svg").read_text("utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Wed 25 Nov: 08:00-19:59:30" in root.find("{http://www.w3.org/2000/svg}desc").text


def test_the_week_for_programs_has_no_gap(capsys):
    week = asked(capsys, week=True)["week"]
    assert week[0]["from"] == "2026-11-24T05:00:00Z"
    assert week[-1]["until"] == "2026-12-01T05:00:00Z"
    assert all(before["until"] == after["from"] for before, after in pairwise(week))
    assert {"from": "2026-11-24T13:00:00Z", "until": "2026-11-25T00:59:30.001Z", "closed_by": []} in week


def test_a_picture_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(CtiError, match="cannot be written: No such file"):
        explain(MIAMI, campaign="us-sales", svg=tmp_path / "nowhere" / "week.svg")


def test_a_site_without_a_journal_goes_by_the_configuration_directory(tmp_path, monkeypatch, capsys):
    from_journal = asked(capsys)
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("CTI_CONFIG_DIR", str(ROOT / "config"))
    assert asked(capsys) == from_journal
    assert "as the site has no configuration yet" in " ".join(told(capsys).split())
    assert not (tmp_path / "empty").exists()


async def test_the_journals_configuration_is_in_force_beside_its_owner(tmp_path, monkeypatch, capsys):
    config = load(ROOT / "config")
    changed = msgspec.structs.replace(config.calling.campaigns["us-sales"], name="In force")
    calling = msgspec.structs.replace(config.calling, campaigns={"us-sales": changed})
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CTI_CONFIG_DIR", str(ROOT / "config"))
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{tmp_path}/journal.db", "main")
    await (await Store.open(f"sqlite+aiosqlite:///{tmp_path}/store.db")).close()
    async with owning(msgspec.structs.replace(config, calling=calling), journal=journal):
        assert "for In force (us-sales)" in await asyncio.to_thread(told, capsys)
    await journal.close()


def remembered(started, folder, *events) -> str:
    """The data of that site, and what the store made of these events. Returns its folder."""
    shutil.copytree(started, folder)

    rows = [msgspec.structs.replace(record(seq, each), at=ms(NOON) + seq) for seq, each in enumerate(events, 1)]

    async def project() -> None:
        store = await Store.open(f"sqlite+aiosqlite:///{folder}/store.db")
        for kind in (SuppressionsProjector, AttemptsProjector):
            await kind(store, "main").project(rows)
        await store.close()

    asyncio.run(project())
    return str(folder)


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ({"scope": "company", "value": MIAMI}, "DNC-COMPANY"),
        ({"scope": "area_code", "value": "+1305"}, "DNC-AREA-CODE"),
        ({"scope": "wildcard", "value": "+1305555????"}, "DNC-WILDCARD"),
        ({"scope": "campaign", "value": MIAMI, "campaign_id": "us-sales"}, "DNC-CAMPAIGN"),
    ],
)
def test_who_is_on_our_own_lists_is_not_called(started, tmp_path, monkeypatch, capsys, entry, rule):
    added = e.SuppressionAdded(entry_id="main-s1", by="anna", **entry)
    monkeypatch.setenv("CTI_DATA_DIR", remembered(started, tmp_path / "data", added))
    answer = asked(capsys, at=NOON)
    assert [block["rule"] for block in answer["blocked_by"]] == [rule]
    assert answer["next_allowed_at"] is None
    assert asked(capsys, "+12125550123", at=NOON)["allowed"]


def test_calls_of_the_last_hours_count(started, tmp_path, monkeypatch, capsys):
    calls = [
        e.DialCleared(
            dial_id=f"main-x{hour}",
            number=MIAMI,
            campaign_id="us-sales",
            seller="Harbour Supplies",
            purpose="campaign",
            rules_version="r",
        )
        for hour in range(3)
    ]
    monkeypatch.setenv("CTI_DATA_DIR", remembered(started, tmp_path / "data", *calls))
    answer = asked(capsys, at="2026-11-24T13:00:00-05:00")
    assert [block["rule"] for block in answer["blocked_by"]] == ["US-FL-CALLS"]
    assert answer["next_allowed_at"] == "2026-11-25T17:00:00.001Z"
    assert "3, the last at 2026-11-24T17:00:00.003Z" in " ".join(told(capsys, at="2026-11-24T13:00:00-05:00").split())
    assert asked(capsys, at="2026-11-24T12:00:00-05:00")["allowed"]  # before the first of them


async def told_by(site: CallingSite, folder: Path, known: int = 0) -> None:
    """The journal of what happened at the site, after `known` records."""
    journal = await SqlJournal.open(f"sqlite+aiosqlite:///{folder}/journal.db", "main")
    epoch = await journal.take_over("test")
    await journal.append(Batch(epoch=epoch, records=tuple(site.records[known:])))
    await journal.close()
    await (await Store.open(f"sqlite+aiosqlite:///{folder}/store.db")).close()


@pytest.mark.parametrize("over", [False, True])
def test_that_they_are_being_called_is_said_of_now_and_nobody_knows_until_when(over, tmp_path, monkeypatch, capsys):
    around_the_clock = tuple(OpeningSpan(weekday=day, opens=0, closes=24 * 60) for day in range(7))
    site = CallingSite(calling(changed(HOURS, demand=HoursDemand(spans=around_the_clock))))
    leg_id = site.call_out(MIAMI)
    if over:
        site.refuse(leg_id)
    asyncio.run(told_by(site, tmp_path))
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path))
    answer = asked(capsys, campaign="spring", at="now")
    blocks = {block["rule"]: block["detail"] for block in answer["blocked_by"]}
    assert ("PERSON-BUSY" in blocks) is not over
    assert asked(capsys, campaign="spring", at="2099-11-24T12:00:00-05:00")["allowed"]
    if over:
        return
    assert answer["next_allowed_at"] is None
    assert blocks["PERSON-BUSY"].endswith("try again when it is over.")
    words = " ".join(told(capsys, campaign="spring", at="now").split())
    assert "Next allowed when the other call is over, and nothing else says no: nobody knows when" in words
    known = len(site.records)
    site.suppress(MIAMI)
    asyncio.run(told_by(site, tmp_path, known))
    assert "Next allowed no time would change that" in " ".join(told(capsys, campaign="spring", at="now").split())


def test_that_they_are_being_called_at_another_number_of_theirs_is_said(tmp_path, monkeypatch, capsys):
    site = CallingSite()
    site.call_out(OTHER)
    asyncio.run(told_by(site, tmp_path))

    async def one_person() -> None:
        store = await Store.open(f"sqlite+aiosqlite:///{tmp_path}/store.db")
        await Customers(store, "main").upsert_many([CustomerCard(customer_id="p1", numbers=(MIAMI, OTHER))])
        await store.close()

    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path))
    blocked = [[block["rule"] for block in asked(capsys, campaign="spring", at="now")["blocked_by"]]]
    asyncio.run(one_person())
    blocked += [[block["rule"] for block in asked(capsys, campaign="spring", at="now")["blocked_by"]]]
    assert ["PERSON-BUSY" in rules for rules in blocked] == [False, True]


def test_a_store_that_is_not_there_is_said(started, tmp_path, monkeypatch):
    shutil.copy(started / "journal.db", tmp_path / "journal.db")
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path))
    with pytest.raises(CtiError, match="Lists and earlier calls cannot be read"):
        explain(MIAMI, campaign="us-sales")


async def test_a_database_without_our_tables_is_a_site_without_a_journal(postgres_url, monkeypatch, capsys):
    monkeypatch.setenv("CTI_DATABASE_URL", postgres_url)
    monkeypatch.setenv("CTI_CONFIG_DIR", str(ROOT / "config"))
    said = await asyncio.to_thread(told, capsys)
    assert "as the site has no configuration yet" in " ".join(said.split())


def test_without_any_configuration_it_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path))
    with pytest.raises(CtiError, match="The site has no configuration yet"):
        explain(MIAMI, campaign="us-sales")


def test_a_journal_that_cannot_be_read_is_said_and_not_passed_over(tmp_path, monkeypatch):
    (tmp_path / "journal.db").write_bytes(b"no database at all, but long enough to be looked at" * 99)
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CTI_CONFIG_DIR", str(ROOT / "config"))
    with pytest.raises(CtiError, match="The journal cannot be opened"):
        explain(MIAMI, campaign="us-sales")
