"""Files as registries publish them and people save them: however they are written, the same list comes out."""

import gzip
import io
import zipfile

import pytest

from cti.lists.errors import SourceRefused
from cti.lists.reading import Rejection
from tests.lists.made import builder, on_list, text

NUMBERS = [12_025_550_100, 12_025_550_101, 13_035_550_102, 17_875_550_103]
TEN = [str(number)[1:] for number in NUMBERS]


def lines(form):
    return "".join(form.format(area=ten[:3], exchange=ten[3:6], rest=ten[6:]) + "\n" for ten in TEN)


PLAIN = lines("{area}{exchange}{rest}")


def in_zip(*members, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PLAIN, id="ten digits"),
        pytest.param(lines("1{area}{exchange}{rest}"), id="eleven digits"),
        pytest.param(lines("+1{area}{exchange}{rest}"), id="E.164"),
        pytest.param(lines("({area}) {exchange}-{rest}"), id="as people write them"),
        pytest.param(lines("{area}.{exchange}.{rest}"), id="with points"),
        pytest.param(lines("tel:+1-{area}-{exchange}-{rest}"), id="as links"),
        pytest.param(lines("  {area} {exchange}{rest}  "), id="spaces"),
        pytest.param(lines('"{area}{exchange}{rest}"'), id="quotes"),
        pytest.param(lines("{area},{exchange}{rest}"), id="area code and number"),
        pytest.param(lines("{area};{exchange}{rest}"), id="area code and number with semicolons"),
        pytest.param(lines('"{area}","{exchange}{rest}"'), id="area code and number in quotes"),
        pytest.param("area code,number\n" + lines("{area},{exchange}{rest}"), id="area code and number with headings"),
        pytest.param("area,number\n" + lines("{area},{exchange}{rest}"), id="headings that could be dialled"),
        pytest.param("AREA;NUMBER\n" + lines("{area};{exchange}{rest}"), id="the same in capitals"),
        pytest.param("Phone\n" + PLAIN, id="a heading"),
        pytest.param("\n\nPhone number\n\n" + PLAIN + "\n\n", id="empty lines"),
        pytest.param("id,phone,since\n" + lines("7,{area}{exchange}{rest},2020-01-01"), id="a table"),
        pytest.param("name;Telefon\n" + lines('"Ann ""A;"" B";+1{area}{exchange}{rest}'), id="a table with quotes"),
        pytest.param("name\tphone\n" + lines("Ann, of B\t{area}{exchange}{rest}"), id="tabs"),
        pytest.param("phone|x\n" + lines("{area}-{exchange}-{rest}|\xe9"), id="bars"),
        pytest.param("fax number,phone\n" + lines(",{area}{exchange}{rest}"), id="a column that is empty"),
        pytest.param(lines("{area}{exchange}{rest},residential"), id="a table without headings"),
        pytest.param(PLAIN.replace("\n", "\r\n"), id="CRLF"),
        pytest.param(PLAIN.replace("\n", "\r"), id="CR"),
        pytest.param(PLAIN.rstrip("\n"), id="no last line end"),
        pytest.param(PLAIN.replace("\n", "\r\n").rstrip("\n"), id="half a last line end"),
        pytest.param(PLAIN + PLAIN + PLAIN[:11], id="numbers twice"),
        pytest.param(PLAIN.encode("utf-8-sig"), id="byte order mark"),
        pytest.param(PLAIN.encode("utf-16"), id="UTF-16"),
        pytest.param(
            b"\xfe\xff" + ("name,phone\n" + lines("Böll,{area}{exchange}{rest}")).encode("utf-16-be"), id="BE"
        ),
        pytest.param(PLAIN.encode("utf-32"), id="UTF-32"),
        pytest.param(("name,phone\n" + lines("Böll,{area}{exchange}{rest}")).encode("latin-1"), id="Latin-1 names"),
        pytest.param(gzip.compress(PLAIN.encode()), id="gzip"),
        pytest.param(gzip.compress(PLAIN[:22].encode()) + gzip.compress(PLAIN[22:].encode()), id="two gzips"),
        pytest.param(in_zip(("list.txt", PLAIN)), id="zip"),
        pytest.param(
            in_zip(
                ("a/", ""), ("a/202.txt", PLAIN[:22]), ("__MACOSX/._x", "\0\1"), ("303.csv", "phone\n" + PLAIN[22:])
            ),
            id="zip with several",
        ),
    ],
)
def test_the_same_list_however_the_file_is_written(tmp_path, folder, content):
    built = builder(folder).build(text(tmp_path / "file", content))
    assert on_list(folder, built.digest) == NUMBERS
    assert (built.rejected, built.rejections) == (0, ())


def test_the_british_registry_puts_spaces_into_its_numbers(tmp_path, folder):
    content = "0207 3787244\r\n01635 506160\r\n0191 5657153\r\n07860 338653\r\n02073787245 \r\n"
    built = builder(folder, "GB").build(text(tmp_path / "file", content))
    assert built.rejected == 0
    assert on_list(folder, built.digest) == [
        441635506160,
        441915657153,
        442073787244,
        442073787245,
        447860338653,
    ]


def test_lines_that_are_no_numbers_are_told_with_their_place_and_reason(tmp_path, folder):
    content = PLAIN + "call me\n\n123\n2025550100 or 3035550102\n441632960000.0\n2.0255501E+9\n" + PLAIN
    built = builder(folder).build(text(tmp_path / "file", content))
    assert on_list(folder, built.digest) == NUMBERS
    assert (built.lines, built.accepted, built.rejected) == (14, 8, 5)
    assert [rejection.line for rejection in built.rejections] == [5, 7, 8, 9, 10]
    assert "no telephone number" in built.rejections[0].reason
    assert "spreadsheet" in built.rejections[4].reason
    assert not any("2025550100" in rejection.reason for rejection in built.rejections)


def test_places_in_an_archive_are_told_by_file(tmp_path, folder):
    content = in_zip(("a.txt", PLAIN), ("b.txt", "phone\n" + PLAIN + "nobody\n"))
    built = builder(folder).build(text(tmp_path / "file", content))
    assert [(rejection.text, rejection.line) for rejection in built.rejections] == [("b.txt", 6)]


def test_a_thousand_rejections_are_told_and_all_are_counted(tmp_path, folder):
    built = builder(folder).build(text(tmp_path / "file", PLAIN + "nobody\n" * 1_200))
    assert (built.rejected, len(built.rejections)) == (1_200, 1_000)
    assert built.rejections[0] == Rejection(5, built.rejections[0].reason)


def test_a_row_with_too_few_columns_or_open_quotes_costs_one_line(tmp_path, folder):
    content = "name,phone\n" + lines("Ann,{area}{exchange}{rest}") + 'Bob\n"Cid,2025550109\n' + "Dan,2025550110\n"
    built = builder(folder).build(text(tmp_path / "file", content))
    assert on_list(folder, built.digest) == sorted([*NUMBERS, 12_025_550_110])
    assert [(rejection.line, rejection.reason) for rejection in built.rejections] == [
        (6, "it has no column 2"),
        (7, "its quotes do not match"),
    ]


TWO_COLUMNS = "one,two\n" + "".join(f"{ten},{ten[:-1]}9\n" for ten in TEN)


def test_where_the_number_is_may_be_said(tmp_path, folder):
    expected = sorted({number // 10 * 10 + 9 for number in NUMBERS})
    file = text(tmp_path / "file", TWO_COLUMNS)
    for column in ("two", "2", "TWO"):
        built = builder(folder).build(file, column=column)
        assert on_list(folder, built.digest) == expected
        assert built.shapes == ("column 2",)


def test_two_columns_that_make_a_number_may_be_said(tmp_path, folder):
    content = lines("{area},x,{exchange}{rest},A")
    built = builder(folder).build(text(tmp_path / "file", content), column="1+3")
    assert on_list(folder, built.digest) == NUMBERS
    assert built.shapes == ("column 1+3",)


def test_of_two_columns_with_numbers_the_one_with_the_heading_is_meant(tmp_path, folder):
    built = builder(folder).build(text(tmp_path / "file", TWO_COLUMNS.replace("one", "Phone")))
    assert on_list(folder, built.digest) == NUMBERS


@pytest.mark.parametrize(
    ("content", "column", "reason"),
    [
        (TWO_COLUMNS, "", "Say which it is"),
        (TWO_COLUMNS, "three", "no column three"),
        (TWO_COLUMNS, "3", "no column 3"),
        (PLAIN, "2", "no column 2"),
        ("name,town\nAnn,Berlin\n", "", "no column with telephone numbers"),
        ("the quick brown fox\njumps over\n", "", "none of its first 2 lines"),
        ("phone\n", "", "no telephone number in it"),
        ("", "", "no telephone number in it"),
        ("\n\n\n", "", "no telephone number in it"),
        (gzip.compress(b"", mtime=0), "", "no telephone number in it"),
        (in_zip(), "", "no telephone number in it"),
        ("<html><body>Please sign in</body></html>\n", "", "web page"),
        ("<list type='full'/> <ac val='416'>\n<ph val='1234567' />\n", "", "XML"),
        (PLAIN + "-2025550100\n", "", "as changes"),
        (lines("{area},{exchange}{rest},A"), "", "as changes"),
        ("phone,what\n" + lines("{area}{exchange}{rest},add") + "2025550100,delete\n", "", "as changes"),
    ],
)
def test_what_may_be_read_wrongly_is_refused(tmp_path, folder, content, column, reason):
    with pytest.raises(SourceRefused, match=reason):
        builder(folder).build(text(tmp_path / "file", content), column=column)
    assert [path for path in folder.iterdir() if path.is_file()] == []


def test_a_minus_far_down_is_no_number_of_the_list(tmp_path, folder):
    content = PLAIN * 60 + "-2025550177\n"
    built = builder(folder).build(text(tmp_path / "file", content))
    assert on_list(folder, built.digest) == NUMBERS
    assert [rejection.reason for rejection in built.rejections] == ["it begins with a minus sign"]
