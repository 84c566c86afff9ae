"""Files of leads: what they are taken for, which rows come out, and what hostile ones cost."""

import gzip
import io
import json
import zipfile
from contextlib import closing
from datetime import datetime

import pytest
from openpyxl import Workbook

from cti.cli.leads.files.opening import open_table
from cti.cli.leads.files.table import BadRow, Row
from cti.core.errors import CtiError

DAY = datetime(2026, 11, 1)  # noqa: DTZ001 - spreadsheets know no zones


def is_number(text):
    return sum(map(str.isdigit, text)) > 6


def file_of(tmp_path, content, name="leads"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path, **options):
    table = open_table(path, is_number, **options)
    try:
        rows = list(table.rows())
        assert list(table.rows()) == rows, "a file reads the same twice"
        return table.headings, rows
    finally:
        table.close()


def book(*rows, sheet="Leads", **other):
    made = Workbook()
    made.active.title = sheet
    for row in rows:
        made.active.append(row)
    for name, content in other.items():
        made.create_sheet(name).append(content)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings_are_seen(tmp_path, delimiter, encoding):
    text = f"name{delimiter}phone\nJürgen{delimiter}3055550123\n"
    assert read(file_of(tmp_path, text.encode(encoding))) == (("name", "phone"), [Row(2, ["Jürgen", "3055550123"])])


def test_other_encodings_are_said_and_compressed_files_are_read(tmp_path):
    text = gzip.compress("name,phone\nJürgen,3055550123\n".encode("cp1252"))
    assert read(file_of(tmp_path, text), encoding="cp1252")[1] == [Row(2, ["Jürgen", "3055550123"])]
    with pytest.raises(CtiError, match="there is no 'klingon'"):
        read(file_of(tmp_path, text), encoding="klingon")


def test_a_table_without_headings_has_none(tmp_path):
    headings, rows = read(file_of(tmp_path, "\n3055550123,Ann\n3055550124,Ben\n"))
    assert headings == ("column 1", "column 2")
    assert rows == [Row(2, ["3055550123", "Ann"]), Row(3, ["3055550124", "Ben"])]


TITLES = ["Members of the club", "as of 22 November"]
UNDER_TITLES = (("name", "phone"), [Row(5, ["Ann", "3055550123"]), Row(6, ["Bob", ""])])


def test_titles_above_the_headings_of_a_spreadsheet_are_none(tmp_path):
    rows = [["name", "phone"], ["Ann", 3055550123], ["Bob"]]
    path = file_of(tmp_path, book([TITLES[0]], [], ["", TITLES[1]], *rows, Notes=["x"]), "leads.xlsx")
    assert read(path) == UNDER_TITLES
    with closing(open_table(path, is_number)) as table:
        assert table.words == "XLSX, sheet 'Leads' (others: Notes), headings in row 4"


@pytest.mark.parametrize("end", ["", ";"])
def test_titles_above_the_headings_of_a_text_are_none(tmp_path, end):
    rows = [TITLES[0] + end, "", TITLES[1] + end, "name;phone", "Ann;3055550123", "Bob;"]
    path = file_of(tmp_path, "\n".join(rows) + "\n")
    assert read(path) == UNDER_TITLES
    with closing(open_table(path, is_number)) as table:
        assert table.words == "CSV, with semicolons between cells, headings below 2 lines of title"


@pytest.mark.parametrize("text", ["phone\n3055550123\n3055550124, evenings\n", "3055550123\n3055550124,Ann\n"])
def test_a_column_alone_is_no_title(tmp_path, text):
    headings, rows = read(file_of(tmp_path, text))
    assert len(headings) == 1
    assert "3055550123" in rows[0].cells


def test_a_row_that_is_none_costs_itself_and_is_kept_as_it_stands(tmp_path):
    text = 'name,phone\nAnn,1\n"Ben,2\nEve,3,4\n"two\nlines",5\nZoe\n'
    _, rows = read(file_of(tmp_path, text))
    assert [row for row in rows if isinstance(row, Row)] == [Row(2, ["Ann", "1"]), Row(5, ["two\nlines", "5"])]
    bad = {row.line: row.cells for row in rows if isinstance(row, BadRow)}
    assert bad == {3: ('"Ben,2',), 4: ("Eve,3,4",), 7: ("Zoe",)}


def test_headings_have_a_name_each(tmp_path):
    headings, _ = read(file_of(tmp_path, "phone,phone,,phone\na,b,c,d\n"))
    assert headings == ("phone", "phone (2)", "column 3", "phone (4)")


def test_objects_become_rows_and_what_is_inside_has_a_point(tmp_path):
    lines = [{"phone": "3055550123", "address": {"state": "FL"}, "age": 41}, {"phone": None, "vip": True}]
    headings, rows = read(file_of(tmp_path, "\n".join(map(json.dumps, lines)) + "\n\nno\n[]\n"))
    assert headings == ("phone", "address.state", "age", "vip")
    assert rows[:2] == [Row(1, ["3055550123", "FL", "41", ""]), Row(2, ["", "", "", "true"])]
    assert [(row.line, row.what.partition(":")[0]) for row in rows[2:]] == [
        (4, "it is no JSON"),
        (5, "it is no object"),
    ]


def test_a_name_that_comes_late_is_not_lost_silently(tmp_path):
    lines = ['{"phone": "3055550123"}'] * 1_000 + ['{"phone": "3055550124", "late": 1}']
    _, rows = read(file_of(tmp_path, "\n".join(lines)))
    assert rows[-1].what == "its 'late' is in none of the first 1000 lines"


def test_a_spreadsheet_is_read_as_people_see_it(tmp_path):
    path = file_of(
        tmp_path,
        book(
            [],
            ["name", "phone", "since", "vip"],
            ["Ann", 3055550123, DAY, True],
            ["Ben", 3055550124.0, DAY.replace(hour=15, minute=30), None],
            [],
            ["Eve", "=1+1", None, None],
            ["a", "b", "c", "d", "e"],
            Second=["x"],
        ),
    )
    headings, rows = read(path)
    assert headings == ("name", "phone", "since", "vip")
    assert rows[:2] == [
        Row(3, ["Ann", "3055550123", "2026-11-01", "yes"]),
        Row(4, ["Ben", "3055550124", "2026-11-01T15:30:00", ""]),
    ]
    assert rows[2] == Row(6, ["Eve", "", "", ""]), "nobody has computed it"
    assert (rows[3].line, rows[3].what) == (7, "it has 5 cells, but the headings name 4 columns")
    assert read(path, sheet="Second") == (("x",), [])
    with pytest.raises(CtiError, match="has no sheet 'Third'; it has Leads, Second"):
        read(path, sheet="Third")


def zipped(members):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def changed(member, change):
    """A good workbook with one part of it changed."""
    with zipfile.ZipFile(io.BytesIO(book(["phone"], ["3055550123"]))) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    members[member] = change(members[member])
    return zipped(members)


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"<html><table>", "is a web page or XML"),
        (b"\x00\x01\x02\x03" * 9, "is no text"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "of an old kind, or is encrypted"),
        (b'[{"phone": 1}]', "one JSON array"),
        (b"PK\x03\x04" + b"x" * 99, "cut off or damaged"),
        (gzip.compress(b"x" * 200_000_000), "expands to more than 100 times"),
        (zipped({"a.csv": "phone\n1\n"}), "is an archive"),
        (("a," * 300 + "b\n").encode(), "more than 200 columns"),
        (zipped({"[Content_Types].xml": "<Types/>"}), "no spreadsheet"),
        (book(["phone"])[:-40], "cut off or damaged"),
        (book(), "is empty"),
        (changed(SHEET, lambda xml: LAUGHS + xml), "begins as no spreadsheet does"),
        (changed(SHEET, lambda xml: b"<!--" + b"x" * 99_999 + b"-->" + LAUGHS + xml), "begins as no spreadsheet does"),
        (changed(SHEET, lambda xml: xml[: len(xml) // 2]), "no spreadsheet"),
        (changed(SHEET, lambda xml: b" " * 50_000_000 + xml), "far more than a list of leads needs"),
        (book([f"c{n}" for n in range(300)]), "more than 200 columns"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(tmp_path, content, said):
    with pytest.raises(CtiError, match=r".") as refused:
        read(file_of(tmp_path, content))
    assert said in str(refused.value)


def test_a_claim_of_a_billion_rows_costs_what_is_there(tmp_path):
    lying = changed(SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="1048570"').replace(b'"A2"', b'"A1048570"'))
    _, rows = read(file_of(tmp_path, lying))
    assert rows == [], "it lies behind ten thousand empty rows"


def test_cells_of_megabytes_are_cut_or_rejected(tmp_path):
    _, rows = read(file_of(tmp_path, "name,phone\n" + "x" * 30_000_000 + ",1\nAnn,3055550123\n"))
    assert isinstance(rows[0], BadRow)
    assert len(rows[0].cells[0]) <= 20_000
    assert rows[1] == Row(3, ["Ann", "3055550123"])
    with pytest.raises(CtiError, match="for spreadsheets"):
        read(file_of(tmp_path, "a\n1\n"), sheet="x")
