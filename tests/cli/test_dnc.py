"""Our own lists from the command line, beside a running server."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
import pytest_asyncio

from cti.cli.local import Refused, request_local
from tests.cli.dnc_side import MIAMI, OTHER, calling_server, dnc, done, looked_up
from tests.serving import command

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def folder(tmp_path_factory):
    """Where a server has its files."""
    path = tmp_path_factory.mktemp("dnc")
    async with calling_server(path):
        yield path


async def ask(folder, path: str, body: object):
    return await request_local(folder / "data" / "admin.sock", "POST", path, json=body)


async def test_a_request_not_to_call_is_honoured_at_once_kept_once_and_removed_with_a_reason(folder):
    output = await done(folder, "add", "+1 (305) 555-0123", "--reason", "asked on the telephone", "--by", "anna")
    assert output.startswith(f"{MIAMI}, scope company (the number, for everything that we call for): added")
    answer = await looked_up(folder, MIAMI)
    assert answer["listed"]
    (entry,) = answer["own"]
    told = {"by": "anna", "origin": "cli", "reason": "asked on the telephone", "scope": "company", "in_force": True}
    assert told.items() <= entry.items()
    output = await done(folder, "add", MIAMI, "--reason", "asked again", "--by", "ben")
    assert f"there already since {entry['since'][:10]}" in output
    assert f"[{entry['entry_id']}]" in output
    assert len((await looked_up(folder, MIAMI))["own"]) == 1

    output = await done(folder, "remove", MIAMI, "--reason", "wrote to us", "--by", "eve")
    assert output.endswith(f"removed [{entry['entry_id']}]\n")
    answer = await looked_up(folder, MIAMI)
    assert not answer["listed"]
    assert {"removed_by": "eve", "removed_reason": "wrote to us"}.items() <= answer["own"][0].items()
    assert "no longer: company: since" in await done(folder, "check", MIAMI)
    assert json.loads(await done(folder, "check", MIAMI, "--json", "--campaign", "us-sales"))["listed"] is False
    status, _, errors = await dnc(folder, "remove", MIAMI, "--reason", "once more", "--by", "eve")
    assert status == 1
    assert "There is no such entry" in errors

    await done(folder, "add", MIAMI, "--reason", "changed mind", "--by", "anna")
    assert [entry["in_force"] for entry in (await looked_up(folder, MIAMI))["own"]] == [False, True]


async def test_an_entry_for_one_campaign_is_told_apart_from_one_for_all(folder):
    await done(folder, "add", OTHER, "--campaign", "us-sales", "--reason", "not for this", "--by", "anna")
    assert (await looked_up(folder, OTHER, "us-sales"))["listed"]
    assert not (await looked_up(folder, OTHER, "us-collections"))["listed"]
    status, _, errors = await dnc(folder, "remove", OTHER, "--reason", "x", "--by", "eve")
    assert status == 1
    assert "There is: campaign for us-sales: since" in errors
    status, _, errors = await dnc(folder, "add", OTHER, "--seller", "Harbor Supplies", "--reason", "x")
    assert status == 1
    assert 'did you mean "Harbour Supplies"?' in errors


async def test_households_are_looked_up_by_name_and_entries_by_any_of_their_words(folder):
    await done(folder, "add", "p-4711", "--scope", "household", "--reason", "asked in a letter", "--by", "anna")
    said = await done(folder, "check", "--household", "p-4711")
    assert said.startswith("Listed: p-4711 is not to be called")
    assert "household p-4711: since" in said
    assert "Not listed: p-4712" in await done(folder, "check", "--household", "p-4712")
    answer = json.loads(await done(folder, "check", "--household", "p-4711", "--json"))
    assert (answer["listed"], answer["registries"]) == (True, [])
    status, _, errors = await dnc(folder, "check", "p-4711")
    assert status == 1
    assert "If it names a household or a person: cti dnc check --household 'p-4711'." in errors
    status, _, errors = await dnc(folder, "remove", "p-4711", "--reason", "moved")
    assert (status, errors) == (1, "Say who removes it, with --by NAME: it stays on record.\n")
    status, _, errors = await dnc(folder, "check")
    assert (status, errors) == (1, "Say a number, or --household NAME for a household or a person.\n")
    status, output, errors = await dnc(folder, "list", "--own", "--search", "LETTER")
    assert (status, output.startswith("household p-4711: since"), len(output.splitlines())) == (0, True, 1)
    assert errors.startswith("1 entry; read from the site's journal, record ")
    (line,) = (await done(folder, "list", "--search", "in a letter", "--json")).splitlines()
    assert json.loads(line)["value"] == "p-4711"
    await done(folder, "remove", "p-4711", "--scope", "household", "--reason", "moved", "--by", "eve")
    assert await done(folder, "list", "--search", "p-4711") == ""
    assert "no longer: household p-4711" in await done(folder, "list", "--search", "p-4711", "--removed")


async def test_the_person_goes_on_the_list_with_the_number_and_off_with_it(folder):
    asked = ("--reason", "asked", "--by", "anna", "--person", "p-4711")
    output = await done(folder, "add", "+12025550177", *asked)
    assert "and for the person, at whatever number" in output
    listed = await done(folder, "export", "--scope", "household")
    assert "household,p-4711" in listed
    output = await done(folder, "remove", "+12025550177", "--reason", "wrote to us", "--by", "eve")
    assert "and for the person, which was added with it" in output
    assert "p-4711" not in await done(folder, "export", "--scope", "household")


async def test_a_refusal_is_recorded_for_a_campaign_that_is_known(folder):
    output = await done(folder, "refused", "+12025550178", "--campaign", "us-sales", "--by", "anna")
    assert "refused what us-sales calls for; counts from now on" in output
    with pytest.raises(Refused, match="no such campaign"):
        await ask(folder, "/refusals", {"number": "+12025550178", "campaign_id": "us-winter"})


async def test_a_campaign_for_which_something_counts_is_not_dropped_unnoticed(folder):
    config = folder / "renamed"
    shutil.copytree(Path(__file__).parents[2] / "config", config)
    (config / "campaigns" / "us-sales.yaml").rename(config / "campaigns" / "us-spring.yaml")
    await done(folder, "add", "+12025550179", "--campaign", "us-sales", "--reason", "not this", "--by", "anna")
    status, output, errors = await command(folder, "check", str(config), CTI_DATA_DIR=str(folder / "data"))
    assert status == 1, errors
    assert "campaign us-sales is gone" in output
    assert "write id: us-sales" in output
    with (config / "campaigns" / "us-spring.yaml").open("a") as file:
        file.write("\nid: us-sales\n")
    status, output, _ = await command(folder, "check", str(config), CTI_DATA_DIR=str(folder / "data"))
    assert (status, "no mistakes" in output) == (0, True)


async def test_patterns_and_prefixes_cover_numbers(folder):
    await done(folder, "add", "+1787*", "--reason", "island", "--by", "anna")
    await done(folder, "add", "+1646555????", "--reason", "test numbers", "--by", "anna")
    for number, scope in (("+17875550123", "area_code"), ("+16465550123", "wildcard")):
        assert [entry["scope"] for entry in (await looked_up(folder, number))["own"]] == [scope]
    assert not (await looked_up(folder, "+16465500123"))["listed"]


async def test_many_are_added_from_a_file_once_however_often(folder):
    file = folder / "many.csv"
    file.write_text(
        "name,phone,reason\nA,4155550101,wrote\nB,+1415,cut off\nC,(415) 555-0102,\nA again,+14155550101,\n"
    )
    arguments = ("add", "--from", "many.csv", "--country", "US", "--reason", "spring list", "--by", "anna")
    status, output, errors = await dnc(folder, *arguments)
    assert (status, output) == (1, "2 added, 1 there already, 1 rejected\n")
    assert errors.startswith("many.csv:3: '+1415' cannot be taken: it has too few digits")
    reasons = {
        number: [entry["reason"] for entry in (await looked_up(folder, number))["own"]]
        for number in ("+14155550101", "+14155550102")
    }
    assert reasons == {"+14155550101": ["wrote"], "+14155550102": ["spring list"]}
    status, output, _ = await dnc(folder, *arguments)
    assert (status, output) == (1, "0 added, 3 there already, 1 rejected\n")
    status, _, errors = await dnc(folder, "add", "--from", "nowhere.csv", "--reason", "x")
    assert (status, errors) == (1, "nowhere.csv cannot be read: No such file or directory.\n")


async def test_what_was_exported_is_harmless_to_spreadsheets_and_can_be_added_again(folder):
    await done(folder, "add", "+14155550177", "--reason", '=HYPERLINK("http://x","y")', "--by", "@eve")
    await done(folder, "add", "house 17", "--scope", "household", "--reason", "all of them", "--by", "anna")
    assert "entries" in await done(folder, "export", "ours.csv")
    rows = list(csv.DictReader(io.StringIO((folder / "ours.csv").read_text())))
    row = next(row for row in rows if row["value"] == "+14155550177")
    assert (row["reason"], row["by"]) == ('\'=HYPERLINK("http://x","y")', "'@eve")
    status, output, errors = await dnc(folder, "add", "--from", "ours.csv", "--by", "anna")
    assert (status, errors) == (0, "")
    assert output == f"0 added, {len(rows)} there already, 0 rejected\n"
    only = list(csv.DictReader(io.StringIO(await done(folder, "export", "--scope", "household"))))
    assert [row["value"] for row in only] == ["house 17"]
    (folder / "houses.csv").write_text("value,scope,reason\nhouse 17,household,x\n'=18,household,x\n19,company,x\n")
    status, output, errors = await dnc(folder, "add", "--from", "houses.csv", "--by", "anna")
    assert (status, output) == (1, "1 added, 1 there already, 1 rejected\n")
    assert errors.startswith("houses.csv:4: '19' cannot be taken")
    assert list(csv.DictReader(io.StringIO(await done(folder, "export", "--removed")))) != rows


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", MIAMI), "Say why, with --reason"),
        (("add", "--reason", "x"), "Say whom not to call"),
        (("add", "+1305555012", "--reason", "x"), "too few digits"),
        (("add", MIAMI, "--campaign", "us-sale", "--reason", "x"), 'did you mean "us-sales"'),
        (("remove", MIAMI, "--reason", " ", "--by", "eve"), "Say why they may be called again"),
        (("remove", MIAMI, "--reason", "x", "--by", " "), "Say who removes it"),
        (("add", MIAMI, "--reason", "one\ntwo"), "one line of text"),
        (("add", MIAMI, "--reason", "x" * 501), "The body is not right"),
        (("check", "12"), "cannot be rung"),
        (("export", "--scope", "everything"), "there is no scope 'everything'"),
        (("export", "no/where/ours.csv"), "cannot be written: No such file or directory."),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_sentence(folder, arguments, said):
    status, _, errors = await dnc(folder, *arguments)
    assert status == 1
    assert said in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "body",
    [
        {"entries": []},
        {"entries": [{"scope": "company", "value": MIAMI}] * 201},
        {"entries": [{"scope": "company", "value": "+1" * 60}]},
        {"entries": "all"},
        {"entries": [{"scope": "company"}]},
    ],
)
async def test_the_door_takes_no_more_than_is_sensible(folder, body):
    with pytest.raises(Refused) as refused:
        await ask(folder, "/suppressions", body)
    assert refused.value.status == 400


async def test_the_journal_has_who_asked_and_nobodys_number_in_its_keys(folder):
    await done(folder, "add", "+14155550188", "--reason", "asked", "--by", "anna")
    _, output, _ = await command(folder, "journal", "show", "--json", "--limit", "1000")
    records = [json.loads(line) for line in output.splitlines()]
    asked = [row for row in records if row["input"]["type"] == "SuppressionRequested"]
    assert asked
    assert all("14155550188" not in json.dumps(row) for row in asked)


async def test_where_nobody_sees_a_bar_it_is_said_how_far_a_long_file_is(folder):
    (folder / "many.txt").write_text("".join(f"+1808555{number:04}\n" for number in range(5_100)))
    status, output, errors = await dnc(folder, "add", "--from", "many.txt", "--reason", "mailing", "--by", "anna")
    assert (status, output) == (0, "5,100 added, 0 there already, 0 rejected\n")
    assert errors == "so far 5,000 added, 0 there already, 0 rejected\n"
