"""Files of customers, as programs export them and as hostile people make them."""

import io
import random

import pytest

from cti.store.card import CustomerCard
from cti.store.customer_csv.report import ImportReport, Rejection
from cti.store.customers import Customers
from cti.store.errors import StoreError
from cti.store.store import Store
from tests.store.files import Dribble, csv

HEADER = "id,name,account,segment,number,number2,address,email,value\n"
ANN = CustomerCard(
    customer_id="1",
    name="Ann Böll",
    account="A1",
    segment="gold",
    numbers=("+4930123456", "+4915112345678"),
    address="High Street 1",
    email="ann@example.com",
    value=1250.5,
    source="csv",
)
ANN_ROW = "1,Ann Böll,A1,gold,030 123456,0151 12345678,High Street 1,ann@example.com,1250.50\n"


@pytest.fixture
def customers(store):
    return Customers(store, "main", "DE")


@pytest.fixture
async def sqlite_customers(tmp_path):
    """Where only the file matters, and not the database."""
    store = await Store.open(f"sqlite:///{tmp_path}/store.db")
    yield Customers(store, "main", "DE")
    await store.close()


async def test_every_column_is_taken(customers):
    assert await customers.import_csv(csv(HEADER + ANN_ROW)) == ImportReport(imported=1)
    assert await customers.get("1") == ANN


async def test_importing_again_updates(customers):
    await customers.import_csv(csv(HEADER + ANN_ROW))
    report = await customers.import_csv(csv(HEADER + ANN_ROW.replace("gold", "silver") + "2,Bob,,,,,,,\n"))
    assert report == ImportReport(imported=1, updated=1)
    card = await customers.get("1")
    assert card is not None
    assert card.segment == "silver"


async def test_columns_that_the_file_does_not_have_are_left_as_they_are(customers):
    await customers.import_csv(csv(HEADER + ANN_ROW))
    await customers.import_csv(csv("segment,id\nsilver,1\n"), source="crm")
    expected = {name: getattr(ANN, name) for name in ANN.__struct_fields__} | {"segment": "silver", "source": "crm"}
    assert await customers.get("1") == CustomerCard(**expected)
    await customers.import_csv(csv("id,number\n1,+4930999999\n"))
    card = await customers.get("1")
    assert card is not None
    assert (card.numbers, card.name) == (("+4930999999",), "Ann Böll")


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + ANN_ROW).encode("utf-8-sig"),
        (HEADER + ANN_ROW).encode("utf-16"),
        b"\xfe\xff" + (HEADER + ANN_ROW).encode("utf-16-be"),
        (HEADER + ANN_ROW).encode("utf-32"),
        (HEADER + ANN_ROW).replace("\n", "\r\n").encode(),
        (HEADER + ANN_ROW).replace("\n", "\r").encode(),
        (HEADER + ANN_ROW).rstrip("\n").encode(),
        ("\n\n" + HEADER + "\n" + ANN_ROW + "\n\n,,,,,,,,\n").encode(),
        (HEADER + ANN_ROW).replace(",", ";").encode(),
        (HEADER + ANN_ROW).replace(",", "\t").encode("utf-16"),
        ("sep=|\n" + (HEADER + ANN_ROW).replace(",", "|")).encode(),
        (HEADER.upper() + ANN_ROW).encode(),
        (HEADER.replace("id", " Customer ID ").replace("email", "E-Mail") + ANN_ROW).encode(),
        ('"' + HEADER.strip().replace(",", '","') + '"\n"' + ANN_ROW.strip().replace(",", '","') + '"\n').encode(),
        (HEADER.strip() + ",,\n" + ANN_ROW.strip() + ",,\n").encode(),
        (HEADER + ANN_ROW.replace(",", " , ")).encode(),
    ],
    ids=(
        "bom utf16le utf16be utf32 crlf cr no_last_end empty_lines semicolons tabs sep upper names quoted trailing"
        " spaces"
    ).split(),
)
async def test_the_same_customer_however_the_file_is_written(sqlite_customers, content):
    report = await sqlite_customers.import_csv(Dribble(content))
    assert report == ImportReport(imported=1)
    assert await sqlite_customers.get("1") == ANN


async def test_a_cell_in_quotes_may_hold_separators_quotes_and_lines(sqlite_customers):
    text = 'id,name,address\n1,"Ann ""the boss"", Böll","High Street 1\r\n\r\n  12345   Berlin\t"\r\n2,5" pipe,\n'
    assert await sqlite_customers.import_csv(csv(text)) == ImportReport(imported=2)
    assert await sqlite_customers.get("1") == CustomerCard(
        customer_id="1", name='Ann "the boss", Böll', address="High Street 1\n12345 Berlin", source="csv"
    )
    assert await sqlite_customers.get("2") == CustomerCard(customer_id="2", name='5" pipe', source="csv")


@pytest.mark.parametrize(
    "cell", ["=1+1", "=HYPERLINK(0)", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+1", "<script>", "NULL"]
)
async def test_a_cell_that_a_spreadsheet_would_compute_is_kept_as_text(sqlite_customers, cell):
    await sqlite_customers.import_csv(csv(f'id,name\n"{cell}","{cell}"\n'))
    assert await sqlite_customers.get(cell) == CustomerCard(customer_id=cell, name=cell, source="csv")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("", None),
        ("0", 0.0),
        ("1250", 1250.0),
        ("-3.5", -3.5),
        ("1250,50", 1250.5),
        ("1.250,50", 1250.5),
        ("1,250.50", 1250.5),
        ("1,250,000", 1250000.0),
        ("1'250.5", 1250.5),
        ("1 250", 1250.0),
        ("0.125", 0.125),
    ],
)
async def test_a_value_may_be_written_in_the_usual_ways(sqlite_customers, written, value):
    assert (await sqlite_customers.import_csv(csv(f'id;value\n1;"{written}"\n'))).rejected == []
    card = await sqlite_customers.get("1")
    assert card is not None
    assert card.value == value


@pytest.mark.parametrize(
    "written", ["1,250", "1.250", "1.250.5", "1.234.567.89", "much", "nan", "inf", "1e5", "$5", "9" * 400]
)
async def test_a_value_that_is_none_or_can_be_read_in_two_ways_is_rejected(sqlite_customers, written):
    report = await sqlite_customers.import_csv(csv(f'id;value\n1;"{written}"\n2;3\n'))
    assert [rejection.line for rejection in report.rejected] == [2]
    assert report.imported == 1


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("9,N\x00ull,", "control characters"),
        ("9,B\x1bell,", "control characters"),
        (",No id,", "it has no id"),
        ("  ,No id,", "it has no id"),
        (f"{'9' * 201},Long id,", "more than 200 characters"),
        ("1,Again,", "its id is that of line 2"),
        ("9,Bad number,12", "too few digits"),
        ("9,Bad number,4.9E+12", "a spreadsheet"),
        ("9,Bad number,n/a", "no telephone number"),
        (f"9,{'x' * 1_001},", "more than 1000 characters"),
        (f"9,{'x' * 1_000_000},", "more than 20000 characters"),
        (f'9,"{"x" * 1_000_000}",', "more than 20000 characters"),
        ("9,Too,,,many", "it has 5 cells"),
        ("9,Too few", "it has 2 cells"),
        ("9", "it has 1 cells"),
        ('9,"Wrong"quotes,', "quotes"),
        ('9,"Open,', "quote"),
    ],
)
async def test_a_bad_row_costs_only_itself(sqlite_customers, row, what):
    text = f'id,name,number\n1,Before,+4930123456\n{row}\n3,"After, ""all""",+4930123457\n4,Last,\n'
    report = await sqlite_customers.import_csv(csv(text))
    assert [rejection.line for rejection in report.rejected] == [3]
    assert what in report.rejected[0].what
    assert report.rejected[0].remedy
    assert (report.imported, report.rejected_rows) == (3, 1)
    assert [await sqlite_customers.get(key) is not None for key in ("1", "3", "4", "9")] == [True, True, True, False]


async def test_bytes_of_another_encoding_cost_only_their_rows(sqlite_customers):
    text = "id,name\n1,Ann\n2,Müller\n3,Bob\n"
    report = await sqlite_customers.import_csv(csv(text, "cp1252"))
    assert report.imported == 2
    assert report.rejected == [Rejection(3, "it has characters that are not UTF-8", 'save the file as "CSV UTF-8"')]


async def test_line_numbers_are_those_of_the_file(sqlite_customers):
    text = 'id,address\n\n1,"two\nlines"\n\n,first\n2,"three\nmore\nlines"\n,second\n'
    report = await sqlite_customers.import_csv(csv(text))
    assert [rejection.line for rejection in report.rejected] == [6, 10]


async def test_a_quote_that_is_never_closed_costs_only_its_line(sqlite_customers):
    rows = [f"{number},Customer {number},\n" for number in range(2, 200)]
    rows[100] = '102,"Customer 102,\n'
    report = await sqlite_customers.import_csv(csv("id,name,number\n" + "".join(rows)))
    assert report.imported == 197
    assert [rejection.line for rejection in report.rejected] == [102]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "the file is empty"),
        (b"\n\n \n", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (b"1,Ann,+4930123456\n2,Bob,\n", "no column is named id"),
        (b"name,number\nAnn,+4930123456\n", "no column is named id"),
        (b"id,name,NAME\n1,Ann,Ann\n", "two columns are named name"),
        ("id,name\n1,Ann\n".encode("utf-16-le"), "control characters"),
        (b"\x00" * 100_000, "more than 1000 characters"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100, "not UTF-8"),
        (b"PK\x03\x04" + bytes(range(256)) * 100, "control characters"),
        (b"x" * 5_000_000, "more than 1000 characters"),
    ],
)
async def test_a_file_without_a_header_is_not_imported(sqlite_customers, content, what):
    report = await sqlite_customers.import_csv(io.BytesIO(content))
    assert report.imported == report.updated == 0
    assert [what in rejection.what for rejection in report.rejected] == [True]
    assert report.rejected_rows == 1


async def test_columns_that_mean_nothing_are_named_and_ignored(sqlite_customers):
    report = await sqlite_customers.import_csv(csv("id,Segmnt,shoe size,number\n1,gold,42,+4930123456\n"))
    assert report == ImportReport(imported=1, ignored_columns=("Segmnt", "shoe size"))


async def test_without_a_region_a_national_number_is_rejected_with_the_remedy(store):
    report = await Customers(store, "main").import_csv(csv("id,number\n1,030 123456\n2,+49 30 123456\n"))
    assert report.imported == 1
    assert report.rejected == [
        Rejection(
            2,
            "'030 123456' cannot be taken as a number: its country is not known",
            "write it with + and the country code",
        )
    ]


async def test_any_number_of_number_columns(sqlite_customers):
    numbers = [f"+4930123{place:03}" for place in range(20)]
    header = ",".join(["Number", *(f"number {place}" for place in range(2, 21))])
    await sqlite_customers.import_csv(csv(f"{header},id\n{','.join(numbers)},1\n"))
    card = await sqlite_customers.get("1")
    assert card is not None
    assert card.numbers == tuple(numbers)


async def test_progress_is_told_after_each_thousand(customers):
    rows = "".join(f"{number},{'' if number % 10 else 'bad'}\n" for number in range(1, 2_501))
    told = []
    report = await customers.import_csv(csv("id,number\n" + rows), progress=told.append)
    assert told == [1_000, 2_000, 2_500]
    assert (report.imported, report.rejected_rows, len(report.rejected)) == (2_250, 250, 250)


async def test_an_import_that_is_interrupted_keeps_whole_thousands_and_can_be_repeated(customers):
    class Stop(Exception):
        pass

    def stop(rows):
        if rows == 2_000:
            raise Stop

    file = "id,name\n" + "".join(f"{number},Customer\n" for number in range(1, 3_001))
    with pytest.raises(Stop):
        await customers.import_csv(csv(file), progress=stop)
    assert [await customers.get(key) is not None for key in ("2000", "2001")] == [True, False]
    assert await customers.import_csv(csv(file)) == ImportReport(imported=1_000, updated=2_000)


async def test_only_so_many_rejections_are_named(sqlite_customers):
    report = await sqlite_customers.import_csv(csv("id,name\n" + ",nobody\n" * 5_000))
    assert (len(report.rejected), report.rejected_rows) == (1_000, 5_000)


async def test_a_reader_cannot_import(reader):
    with pytest.raises(StoreError, match="reading only"):
        await Customers(reader, "main").import_csv(csv(HEADER + ANN_ROW))


@pytest.mark.parametrize("seed", range(5))
async def test_no_bytes_make_it_fail(sqlite_customers, seed):
    dice = random.Random(seed)
    alphabet = [b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"1", b"x" * 30_000, b"'", b"\xef\xbb\xbf", b"+4930123456"]
    content = b"id,name,number\n" + b"".join(dice.choices(alphabet, k=3_000)) + b"\nlast,Ann,\n"
    report = await sqlite_customers.import_csv(io.BytesIO(content))
    assert report.rejected_rows > 0
