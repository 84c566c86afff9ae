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


@pytest.mark.parametrize(
    ("at", "rules"),
    [
        ("2004-06-15T12:00:00-04:00", []),
        ("2006-03-20T08:30:00-05:00", []),
        ("2006-03-20T07:30:00-05:00", ["US-HOURS"]),  # until 2006 clocks were changed in April
        ("2003-01-02T12:00:00-05:00", []),
        ("2002-12-31T12:00:00-05:00", ["ZONE-DATA"]),
        ("2040-12-28T12:00:00-05:00", []),
        ("2041-01-02T12:00:00-05:00", ["ZONE-DATA"]),
    ],
)
def test_an_instant_long_ago_is_judged_by_the_clocks_of_its_year(capsys, at, rules):
    told = asked(capsys, "+12125550123", at=at)
    assert [block["rule"] for block in told["blocked_by"]] == rules


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
        ({"campaign": "us-sale"}, "There is no campaign 'us-sale': did you mean \"us-sales\"?"),
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
        ({"zone": "America/New_Yrok"}, 'did you mean "America/New_York"?'),
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


@pytest.mark.parametrize("number", ["garbage", "", " ", "+19005551234", "911", "12", "+1 305 555", "+12005551234"])
@pytest.mark.parametrize("week", [False, True])
def test_programs_get_the_same_shape_for_what_is_no_number(capsys, number, week):
    told = asked(capsys, number, week=week)
    assert told.pop("week", None) is None or week
    version = asked(capsys)["rules_version"]
    [block] = told["blocked_by"]
    assert set(block) == {"rule", "detail", "source"}
    assert (block["rule"], bool(block["detail"]), bool(block["source"])) == ("NUMBER", True, True)
    assert told | {"blocked_by": []} == {
        "allowed": False,
        "blocked_by": [],
        "zones": [],
        "next_allowed_at": None,
        "rules_version": version,
    }


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"number": "+12005551234"}, "NUMBER"),
        ({"at": "2002-06-01T12:00:00-04:00"}, "ZONE-DATA"),
        ({"number": "+18005550199"}, "ZONE-UNKNOWN"),
        ({"number": "+390612345678"}, "NO-RULES"),
    ],
)
def test_whatever_says_no_names_a_source(capsys, options, rule):
    told = asked(capsys, **options)["blocked_by"]
    assert rule in [block["rule"] for block in told]
    assert all(block["source"] for block in told)


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


@pytest.mark.parametrize(
    ("number", "campaign", "words"),
    [
        ("+493023125001", "us-sales", "a campaign that calls DE, such as de-sales"),
        ("+4312345678", "us-sales", "a campaign that calls AT: there is none for AT"),
        ("+4312345678", "us-sales", "calling rules of AT, in calling_rules"),
        ("+18005550199", "us-sales", "with --address-country, --address-state and --address-zip, or --zone; and --ver"),
    ],
)
def test_people_are_told_what_would_change_what_time_does_not(capsys, number, campaign, words):
    said = " ".join(told(capsys, number, campaign=campaign, at=NOON).split())
    assert "no time would change that, but:" in said
    assert words in said


def test_who_asks_with_half_an_address_is_told_all_flags_at_once():
    with pytest.raises(CtiError, match=r"--address-country US, .*--address-state and --address-zip, .*--verified"):
        explain("+18005550199", campaign="us-sales", address_state="FL", verified=True)


def test_people_are_told_yes(capsys):
    said = told(capsys, at="2026-11-24T12:00:00-05:00")
    assert said.startswith("Yes: +1 305-555-0123 may be rung for")
    assert "Who says no" not in said


def test_what_was_asked_now_is_headed_by_whole_seconds(capsys):
    first = told(capsys, at="2026-11-24T12:00:00.264-05:00")
    assert "2026-11-24T17:00:00Z" in " ".join(first.split())
    assert ".264" not in first


def test_a_postcode_that_lost_its_zeros_is_shown_as_it_was_read(capsys):
    said = " ".join(told(capsys, address_country="US", address_zip="9021").split())
    assert "the address 9021 (read as 09021) US" in said
    assert "military" in said


def test_of_a_number_that_is_nowhere_it_is_said_in_words(capsys):
    said = " ".join(told(capsys, "+88312345678", at=NOON).split())
    assert "in no country that is known; in no time zone that is known; a" in said
    assert "none; unknown" not in said


def test_the_week_in_the_terminal_and_as_a_picture(capsys, tmp_path):
    said = told(capsys, week=True, svg=tmp_path / "week.svg")
    assert "Wed 25 Nov " in said
    assert "08:00-19:59:30" in said
    root = ET.fromstring((tmp_path / "week.svg").read_text("utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Wed 25 Nov: 08:00-19:59:30" in root.find("{http://www.w3.org/2000/svg}desc").text


def test_where_a_number_may_be_in_several_zones_the_likeliest_comes_first(capsys):
    at = "2026-07-01T12:00:00+10:00"  # when clocks on the island are half an hour ahead
    said = " ".join(told(capsys, "+61293744000", campaign="au-sales", at=at, week=True).split())
    assert "Wed 1 Jul 2026 12:00 Australia/Sydney Wed 1 Jul 2026 12:30 Australia/Lord_Howe" in said
    assert "local time of Australia/Sydney; all zones were asked, and it is open where all are: Australia/Lord" in said
    assert "(30 min ahead)" in said
    assert asked(capsys, "+61293744000", campaign="au-sales")["zones"] == ["Australia/Lord_Howe", "Australia/Sydney"]
    there = {"address_country": "US", "address_state": "CA", "address_zip": "90001"}
    assert "local time of America/Los_Angeles;" in " ".join(told(capsys, **there, week=True).split())


def test_a_holiday_is_named_and_marked_and_the_legend_names_no_moment(capsys, tmp_path):
    picture = tmp_path / "week.svg"
    said = told(capsys, "+442079460018", campaign="uk-sales", at="2026-12-28T10:00:00Z", week=True, svg=picture)
    assert "2026-12-28 is Boxing Day (observed), calendar GB" in " ".join(said.split())
    assert "Mon 28 Dec*" in said
    content = picture.read_text("utf-8")
    assert "No, it may not be rung at Mon 28 Dec 2026 10:00 (Europe/London): GB-HOURS; next allowed: Tue 29" in content
    assert f"by rules {asked(capsys)['rules_version']}, from the site&#x27;s journal" in content.replace("'", "&#x27;")


def test_the_legend_of_the_week_says_what_a_campaigns_hours_are_and_of_no_moment(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    with (tmp_path / "config" / "campaigns" / "us-sales.yaml").open("a") as file:
        file.write("hours: {mon-fri: 10:00-12:00}\n")
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path / "empty"))
    monkeypatch.setenv("CTI_CONFIG_DIR", str(tmp_path / "config"))
    said = told(capsys, week=True).splitlines()
    assert "CAMPAIGN-HOURS  allowed mon-fri 10:00-12:00" in said


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
    detail = answer["blocked_by"][0]["detail"]
    assert "since 2026-11-24 17:00 UTC, by anna" in detail
    assert detail.endswith("[main-s1]")
    assert "cti dnc remove" in told(capsys, at=NOON)
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
