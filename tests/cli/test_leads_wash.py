"""Washing lists of leads against everything."""

import asyncio
import csv
import gzip
import io
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.cli.dnc_side import calling_server, done, example_with_registries, registry_file, start_and_stop
from tests.serving import command

NOON = "2026-11-24T12:00:00-05:00"
EVENING = "2026-11-24T20:15:00-05:00"
NEW = ["washed_number", "washed_verdict", "washed_rules", "washed_next", "washed_why"]


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """A site that was started with the example's rules."""
    folder = tmp_path_factory.mktemp("started")
    example_with_registries(folder)
    asyncio.run(start_and_stop(folder))
    return folder


@pytest.fixture
def folder(started, tmp_path):
    """The site's data, and a folder for files."""
    shutil.copytree(started, tmp_path, dirs_exist_ok=True)
    return tmp_path


async def wash(folder: Path, file: str, *arguments: str, at: str = NOON) -> tuple[list[list[str]], str]:
    """The rows that come out, and the summary."""
    status, output, errors = await command(folder, "leads", "wash", file, "--at", at, *arguments)
    assert status == 0, errors
    return list(csv.reader(io.StringIO(output))), errors


def leads(folder: Path, *rows: str, name: str = "leads.csv") -> str:
    (folder / name).write_text("\n".join(rows) + "\n")
    return name


async def test_rows_come_out_again_with_what_may_be_done_with_them(folder):
    file = leads(
        folder,
        "name,phone,note",
        "Ann,(305) 555-0123,likes boats",
        'Bob,212-555-0123,"two\nlines, and a comma"',
        "Cy,12,short",
        "Di,+1 800 555 0123,toll free",
        "Ed,+44 20 7946 0018,abroad",
        "Flo,+1 767 448 0123,an island",
    )
    rows, summary = await wash(folder, file, "--campaign", "us-sales", at=EVENING)
    assert rows[0] == ["name", "phone", "note", *NEW]
    assert [row[:3] for row in rows[2:3]] == [["Bob", "212-555-0123", "two\nlines, and a comma"]]
    washed = {row[0]: row[3:] for row in rows[1:]}
    assert washed["Ann"][:4] == ["+13055550123", "later", "US-FL-HOURS", "2026-11-25T13:00:00Z"]
    assert washed["Ann"][4].startswith("US-FL-HOURS: Sales calls to Florida")
    assert "it is tue 20:15 in America/New_York" in washed["Ann"][4]
    assert washed["Bob"] == ["+12125550123", "yes", "", "2026-11-25T01:15:00Z", ""]
    assert washed["Cy"] == ["", "no", "NUMBER", "", "NUMBER: it is a short code; write it whole, with its area code"]
    assert washed["Di"][1:3] == ["no", "ZONE-UNKNOWN"]
    assert "CAMPAIGN-COUNTRY" in washed["Ed"][2].split()
    assert {"CAMPAIGN-COUNTRY", "NO-RULES"} <= set(washed["Flo"][2].split())
    assert "6 rows: 1 may be called, 1 later, 4 not" in summary
    assert "NUMBER" in summary


async def test_what_the_row_says_of_its_person_counts(folder):
    file = leads(
        folder,
        "phone;country;state;zip;consent",
        "+12125550123;US;FL;33101;",
        "030 23125012;DE;;;written",
        "030 23125012;DE;;;",
        "+12125550124;US;XX;;",
    )
    us, _ = await wash(folder, file, "--campaign", "us-sales", at=EVENING)
    assert us[0] == ["phone;country;state;zip;consent;" + ";".join(NEW)]
    rows = [row[0].split(";") for row in us[1:]]
    assert rows[0][6:8] == ["later", "US-FL-HOURS"]
    assert rows[3][6:8] == ["no", "ZONE-UNKNOWN"]
    assert rows[3][9] == "ZONE-UNKNOWN: the state of its address is not known"
    rules = {"germany": await wash(folder, file, "--campaign", "de-sales", at="2026-11-24T12:00:00+01:00")}
    written, none = [row[0].split(";") for row in rules["germany"][0][2:4]]
    assert (written[5], written[6]) == ("+493023125012", "yes")
    assert none[6] == "yes", "the campaign itself vouches for consent"


async def test_a_number_a_line_needs_no_headings(folder):
    leads(folder, "+13055550123", "", "212 555 0123", name="numbers.txt")
    with gzip.open(folder / "numbers.txt.gz", "wb") as packed:
        packed.write((folder / "numbers.txt").read_bytes())
    for name in ("numbers.txt", "numbers.txt.gz"):
        rows, summary = await wash(folder, name, "--country", "US")
        assert [row[:3] for row in rows] == [
            ["+13055550123", "+13055550123", "yes"],
            ["212 555 0123", "+12125550123", "yes"],
        ]
        assert "a number a line" in summary


async def test_cells_that_a_spreadsheet_would_calculate_are_texts_in_what_comes_out(folder):
    file = leads(folder, "phone,note", "+13055550123,=1+1", "+13055550124,-5", "+13055550125,@SUM(A1)")
    rows, _ = await wash(folder, file)
    assert [row[:2] for row in rows[1:]] == [
        ["+13055550123", "'=1+1"],
        ["+13055550124", "-5"],
        ["+13055550125", "'@SUM(A1)"],
    ]


async def test_rows_that_are_none_are_told_and_left_out(folder):
    good = [f"+1305555{number:04},fine" for number in range(200, 220)]
    file = leads(folder, "phone,note", "+13055550123,fine", '+13055550124,"open', "+13055550125,a,b", *good)
    rows, summary = await wash(folder, file)
    assert [row[0] for row in rows[1:]] == ["+13055550123", *[row.partition(",")[0] for row in good]]
    assert "leads.csv:3: its quotes do not match" in summary
    assert "leads.csv:4: it has 3 cells" in summary
    assert "21 rows: 21 may be called, 0 later, 0 not, 2 left out" in summary


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.csv",), "nowhere.csv cannot be read: No such file or directory."),
        (("empty.csv",), "empty.csv is empty."),
        (("words.csv",), "words.csv was not read: none of its first 2 lines is a telephone number."),
        (("two.csv",), 'several of its columns could be the numbers: "a", "b". Say which it is with --column'),
        (("two.csv", "--column", "fax number"), 'has no column fax number; its first line has "a", "b".'),
        (
            ("national.csv",),
            'column "phone" has numbers without a country code. Say of which country they are, such as',
        ),
        (("zeros.csv",), "is no text"),
        (("wide.csv",), "has more than 200 columns"),
        (("leads.csv", "--campaign", "us-sale"), 'did you mean "us-sales"'),
        (("leads.csv", "--out", "leads.csv"), "give another file"),
        (("leads.csv", "--out", "no/where.csv"), "cannot be written: No such file or directory."),
        (("leads.csv", "--at", "noon"), "--at: 'noon' is no instant"),
        ((".",), "is no file"),
    ],
)
async def test_what_cannot_be_washed_is_said_in_a_sentence(folder, arguments, said):
    leads(folder, "phone,name", "+13055550123,Ann")
    leads(folder, "hello", "world", name="words.csv")
    leads(folder, "name,phone", "Ann,305 555 0123", "Bob,305 555 0124", name="national.csv")
    leads(folder, "305 555 0123", "305 555 0124", name="national.txt")
    leads(folder, "a,b", "+13055550123,+13055550124", name="two.csv")
    (folder / "empty.csv").write_text("")
    (folder / "wide.csv").write_text("1," * 9_000)
    (folder / "zeros.csv").write_bytes(b"+13055550123\n\0\0\0\n")
    status, output, errors = await command(folder, "leads", "wash", *arguments)
    assert (status, output) == (1, "")
    assert said in errors
    assert "Traceback" not in errors


async def test_a_column_that_is_named_is_taken(folder):
    file = leads(folder, "a,b", "+13055550123,+12125550124")
    for column in ("b", "2"):
        rows, _ = await wash(folder, file, "--column", column)
        assert rows[1][2] == "+12125550124"


async def test_our_lists_and_registries_are_washed_out(tmp_path):
    example_with_registries(tmp_path, "us_national")
    async with calling_server(tmp_path):
        await done(tmp_path, "import", "us_national", registry_file(tmp_path, range(100)), "--by", "anna")
        await done(tmp_path, "add", "+13055550123", "--reason", "asked", "--by", "anna")
        await done(tmp_path, "add", "+1646555????", "--reason", "no", "--by", "anna", "--campaign", "us-sales")
        await done(tmp_path, "add", "+12125550177", "--reason", "asked", "--by", "anna")
        await done(tmp_path, "remove", "+12125550177", "--reason", "changed mind", "--by", "eve")
    numbers = ["+12025550007", "+13055550123", "+16465550111", "+12125550177", "+12125550100"]
    file = leads(tmp_path, *numbers)
    rows, _ = await wash(tmp_path, file, "--campaign", "us-sales")
    assert [row[2:4] for row in rows] == [
        ["no", "US-DNC"],
        ["no", "DNC-COMPANY"],
        ["no", "DNC-WILDCARD"],
        ["yes", ""],
        ["yes", ""],
    ]
    rows, _ = await wash(tmp_path, file)
    assert [row[2:4] for row in rows] == [
        ["no", "us_national"],
        ["no", "DNC-COMPANY"],
        ["yes", ""],
        ["yes", ""],
        ["yes", ""],
    ]
    status, _, _ = await command(tmp_path, "leads", "wash", file, "--campaign", "us-sales", "--out", "out.csv")
    assert status == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == len(numbers)


async def test_a_number_with_an_extension_cannot_be_rung_as_an_import_says_too(folder):
    file = leads(folder, "phone", "212-555-0199 ext 5", "212-555-0198")
    rows, summary = await wash(folder, file, "--campaign", "us-sales")
    why = "NUMBER: it has an extension, which cannot be rung; give the number of a direct line"
    assert rows[1] == ["212-555-0199 ext 5", "", "no", "NUMBER", "", why]
    assert rows[2][1] == "+12125550198"
    assert "NUMBER" in summary


async def test_numbers_of_another_country_and_twice_the_same_are_told(folder):
    file = leads(folder, "phone,state", "3052608856,FL", "030 23125012,", "+49 30 23125012,", "030 23125013,BE")
    rows, summary = await wash(folder, file, "--campaign", "de-sales")
    assert [row[2] for row in rows[1:]] == ["+493052608856", "+493023125012", "+493023125012", "+493023125013"]
    assert "the state FL is not one of its number's country" in rows[1][6]
    assert (rows[2][4], rows[3][4]) == ("", "DUPLICATE")
    assert rows[3][3] == rows[2][3]
    assert "DUPLICATE: an earlier row has the same number" in rows[3][6]
    assert "state" not in rows[4][6]
    assert "1 row names a state that the country of their number does not have (FL)" in summary
    assert "DUPLICATE" in summary


async def test_rows_that_name_their_country_need_no_other(folder):
    file = leads(folder, "phone,country", "030 23125012,DE", "305 555 0123,US")
    rows, _ = await wash(folder, file)
    assert [row[2] for row in rows[1:]] == ["+493023125012", "+13055550123"]


async def test_a_registry_without_a_copy_is_a_no_and_an_empty_example_is_said(tmp_path):
    example_with_registries(tmp_path, "us_national")
    await start_and_stop(tmp_path)
    file = leads(tmp_path, "+13055550123", "+442079460018")
    rows, summary = await wash(tmp_path, file)
    assert [row[2:4] for row in rows] == [["no", "us_national"], ["yes", ""]]
    assert "empty examples, on which nobody is: gb_ctps, gb_tps, us_fl" in summary
    rows, summary = await wash(tmp_path, file, "--campaign", "us-sales")
    assert rows[0][2:4] == ["no", "US-DNC"]
    assert "empty examples, on which nobody is:" in summary
    assert "us_fl" in summary


async def test_a_copy_that_is_too_old_is_a_no_also_without_a_campaign(tmp_path):
    example_with_registries(tmp_path, "us_national")
    async with calling_server(tmp_path):
        file = registry_file(tmp_path, range(100))
        await done(tmp_path, "import", "us_national", file, "--by", "anna", "--as-of", "2026-01-02")
    file = leads(tmp_path, "+12025550177")
    fresh, _ = await wash(tmp_path, file, at="2026-01-20T12:00:00-05:00")
    stale, _ = await wash(tmp_path, file, at="2026-02-20T12:00:00-05:00")
    assert (fresh[0][2:4], stale[0][2:4]) == (["yes", ""], ["no", "us_national"])


def spreadsheet(folder: Path, *rows: list[object], name: str = "leads.xlsx") -> str:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.create_sheet("Notes").append(["nothing here"])
    book.save(folder / name)
    return name


async def test_a_spreadsheet_is_washed_as_it_is_imported(folder):
    file = spreadsheet(
        folder,
        ["Spring leads"],
        ["Name", "Cell", "Bundesland"],
        ["Ann", "(305) 555-0123", "FL"],
        ["Bob", 2125550123, None],
    )
    rows, summary = await wash(folder, file, "--campaign", "us-sales", at=EVENING)
    assert rows[0] == ["Name", "Cell", "Bundesland", *NEW]
    assert [row[3:6] for row in rows[1:]] == [["+13055550123", "later", "US-FL-HOURS"], ["+12125550123", "yes", ""]]
    assert 'numbers in "Cell"' in summary
    (folder / "leads.jsonl").write_text('{"phone": "+12125550123", "note": "=1+1"}\n')
    rows, _ = await wash(folder, "leads.jsonl", "--campaign", "us-sales")
    assert rows[1][:4] == ["+12125550123", "'=1+1", "+12125550123", "yes"]
    status, _, errors = await command(folder, "leads", "wash", file, "--country", "US", "--sheet", "Notes")
    assert status == 1
    assert "no column is one of numbers. Say which with --column" in errors


async def test_a_column_of_opt_ins_says_what_an_import_would_make_of_it(folder):
    file = leads(folder, "phone,Newsletter,Opt-in", "+12125550123,x,yes", "+12125550124,,no", "+12125550125,,")
    rows, summary = await wash(folder, file, "--campaign", "us-sales")
    assert [row[5] for row in rows[1:]] == ["CONSENT", "", ""]
    assert "say which a yes is: --map COLUMN=consent:express or consent:written" in rows[1][7]
    assert "CONSENT" in summary
    rows, _ = await wash(folder, file, "--campaign", "us-sales", "--map", "Opt-in=consent:written")
    assert [row[4] for row in rows[1:]] == ["yes", "yes", "yes"]
    rows, _ = await wash(folder, file, "--map", "Opt-in=-", "--map", "phone=number")
    assert [row[3:5] for row in rows[1:2]] == [["+12125550123", "yes"]]
    status, _, errors = await command(folder, "leads", "wash", file, "--map", "Optin=consent:written")
    assert status == 1
    assert "--map: there is no column 'Optin'" in errors


async def test_titles_and_empty_lines_above_the_headings_are_none(folder):
    """As imports read them; lines are told as they are in the file."""
    file = leads(folder, "Autumn", "", "name,town,phone", "Ann,Miami,(305) 555-0123", "Bob,Miami", "Cy,,12")
    found, said = await wash(folder, file, "--campaign", "us-sales")
    assert found[0] == ["name", "town", "phone", *NEW]
    assert [row[0] for row in found[1:]] == ["Ann", "Cy"]
    assert "leads.csv:5: it has 2 cells" in said
