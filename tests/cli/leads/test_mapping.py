"""What columns are taken for, and what becomes of rows."""

import pytest

from cti.cli.leads.files.table import BadRow, Row
from cti.cli.leads.mapping import guess, said
from cti.cli.leads.numbers import NumberReader
from cti.cli.leads.reading import LeadReader
from cti.core.errors import CtiError
from cti.core.events import LeadNumber
from cti.store.leads.staging import Reject

US = NumberReader("US")
MIAMI = "(305) 555-0123"


def guessed(headings, *rows):
    return [str(column) for column in guess(headings, rows, US.is_number).columns]


def test_columns_are_known_by_what_they_are_called():
    headings = ("Lead ID", "First Name", "Mobile Phone", "Home Tel.", "ZIP Code", "Time Zone", "Favourite Colour")
    assert guessed(headings) == ["id", "first_name", "mobile", "home", "postcode", "zone", "attribute:favourite_colour"]


def test_columns_are_known_by_what_stands_in_them():
    rows = [("3055550123", "none", "yes"), ("3055550124", "none", "no")]
    assert guessed(("Contact number 1", "Phone", "3rd"), *rows) == ["number", "attribute:phone", "attribute:column_3rd"]
    assert guessed(("wer", "x", "y"), *rows) == ["number", "attribute:x", "attribute:y"]


def test_columns_are_known_in_other_languages_with_and_without_what_stands_above_the_letters():
    headings = ("Kundennr.", "Vorname", "Prénom", "Festnetz", "Büro", "Handynummer", "Einwilligung", "Größe", "PLZ")
    assert guessed(headings) == [
        *("id", "first_name", "attribute:prenom", "home", "work", "mobile", "consent", "attribute:groesse", "postcode")
    ]
    assert guessed(("Teléfono", "Buero", "Me\u0301lange")) == ["number", "work", "attribute:melange"]


def test_an_address_is_only_taken_for_verified_where_the_heading_and_the_cells_say_so():
    """What a vendor calls verified is a telephone or a mailbox, on some day."""
    row = ("3055550123", "yes", "2026-05-01")
    assert guessed(("phone", "verified", "x"), row) == ["number", "attribute:verified", "attribute:x"]
    assert guessed(("phone", "Zone verified", "Address verified"), row)[1:] == [
        "verified",
        "attribute:address_verified",
    ]


def test_a_lead_has_one_of_each_but_many_numbers():
    headings = ("name", "Full Name", "phone", "phone2", "cell")
    assert guessed(headings) == ["name", "attribute:full_name", "number", "other", "mobile"]


def test_what_is_said_goes_before_what_is_guessed():
    columns = guess(("Cell Phone", "X", "Y"), (), US.is_number)
    changed = said(columns, ["cell phone=home", "2=attribute:plan", "Y=-"])
    assert [str(column) for column in changed.columns] == ["home", "attribute:plan", "-"]


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("phone", "write column=field"),
        ("fone=number", "there is no column 'fone'"),
        ("phone=nummer", "there is no field 'nummer'"),
        ("phone=id:x", "there is no field 'id:x'"),
        ("X=consent:yes", "there is no field 'consent:yes'"),
        ("X=name", "are both name"),
    ],
)
def test_what_makes_no_sense_is_refused(told, wrong):
    with pytest.raises(CtiError, match=wrong):
        said(guess(("phone", "name", "X"), (), US.is_number), [told])


def test_headings_as_real_lists_have_them():
    headings = ("Customer No", "Member Number", "PLZ/ZIP", "Call back on", "Opt-In")
    assert guessed(headings) == ["id", "attribute:member_number", "postcode", "callback_at", "consent"]


def test_more_attributes_than_a_lead_may_have_are_refused():
    with pytest.raises(CtiError, match="More than 50 columns would become attributes"):
        guess([f"x{n}" for n in range(51)], (), US.is_number)


HEADINGS = (
    "id", "first name", "last name", "mobile", "home", "country", "state", "zip", "zone", "consent", "last purchase",
    "callback", "priority", "person id", "plan", "address verified",
)  # fmt: skip


def lead_of(**cells):
    reader = LeadReader(guess(HEADINGS, (), US.is_number), US)
    by_name = {name.replace(" ", "_"): "" for name in HEADINGS} | {"mobile": MIAMI} | cells
    return reader.read(Row(2, list(by_name.values()))), reader


def test_a_row_becomes_a_lead_with_all_that_it_says():
    lead, _ = lead_of(
        id="7", first_name="Ann", last_name=" Miller ", home="+1 212 555 0100", country="usa", state="fl", zip="33101",
        zone="America/New_York", consent="Written", last_purchase="2026-11-01", callback="2026-11-24T15:30",
        priority="5", person_id="p7", plan="=1+1",
    )  # fmt: skip
    details = lead.details
    assert details.numbers == (
        LeadNumber(number="+13055550123", kind="mobile"),
        LeadNumber(number="+12125550100", kind="home"),
    )
    assert (details.external_id, details.customer.name, details.consent, details.priority) == (
        "7",
        "Ann Miller",
        "written",
        5,
    )
    assert (details.address.country, details.address.state, details.address.postcode) == ("US", "FL", "33101")
    assert details.subject.person_id == "p7"
    assert details.customer_at == 1_793_491_200_000
    assert details.callback_at == 1_795_552_200_000
    assert details.attributes == (("plan", "=1+1"),), "a text is a text"


@pytest.mark.parametrize(
    ("cells", "verified"),
    [
        ({"zone": "Pacific/Honolulu", "address_verified": "ja"}, True),
        ({"state": "FL", "address_verified": "Yes"}, True),
        ({"state": "FL", "address_verified": "nein"}, False),
        ({"state": "FL"}, False),
        ({"address_verified": "x"}, None),
    ],
)
def test_an_address_is_verified_where_the_row_says_so_and_there_is_one(cells, verified):
    lead, _ = lead_of(**cells)
    address = lead.details.address
    assert (address.verified if address else None) is verified


@pytest.mark.parametrize(
    ("cells", "code", "what"),
    [
        ({"mobile": ""}, "NUMBER", "there is no number"),
        ({"mobile": "911"}, "NUMBER", "mobile: it is an emergency number"),
        ({"mobile": "1-900-555-0100"}, "NUMBER", "premium"),
        ({"mobile": "9005550100"}, "NUMBER", "premium"),
        ({"mobile": "72345"}, "NUMBER", "short code"),
        ({"mobile": "3055550123 x12"}, "NUMBER", "extension"),
        ({"mobile": "4.93E+12"}, "NUMBER", "a spreadsheet computed with it"),
        ({"country": "Freedonia"}, "COUNTRY", "its country is 'Freedonia'"),
        ({"consent": "maybe"}, "CONSENT", "its consent is 'maybe'"),
        ({"priority": "high"}, "PRIORITY", "its priority is 'high'"),
        ({"priority": "101"}, "PRIORITY", "its priority is '101'"),
        ({"callback": "tomorrow"}, "TIME", "its callback_at is 'tomorrow'"),
        ({"callback": "2026-11-24T15:30"}, "TIME", "has no offset"),
        ({"callback": "2026-11-24T15:30", "zone": "Mars/Base"}, "ZONE", "Mars/Base"),
        ({"address_verified": "perhaps"}, "VERIFIED", "whether its address is certain is 'perhaps'"),
        ({"last_purchase": "0001-01-01"}, "TIME", "before 1970"),
        ({"first_name": "x" * 1_001}, "CELL", "more than 1000 characters"),
        ({"first_name": "a\x00b"}, "CELL", "control characters"),
        ({"first_name": "J\ufffdrgen"}, "CELL", "not UTF-8"),
        ({"id": "x" * 201}, "ID", "more than 200 characters"),
    ],
)
def test_a_row_that_is_no_lead_says_why_and_is_kept_as_it_was(cells, code, what):
    found, _ = lead_of(**cells)
    assert isinstance(found, Reject)
    assert (found.row, found.code) == (2, code)
    assert what in found.reason
    assert found.remedy
    assert set(cells.values()) <= set(found.cells)


@pytest.mark.parametrize(
    ("told", "written", "consent"),
    [
        ("consent:written", "Yes", "written"),
        ("consent:express", "x", "express"),
        ("consent:written", "N", "none"),
        ("consent:written", "", "none"),
        ("consent:written", "Ja", "written"),
        ("consent:express", "nein", "none"),
        ("consent:written", "express", "express"),
        ("consent", "no", "none"),
        ("consent", "", ""),
    ],
)
def test_what_a_yes_stands_for_is_said_and_a_no_is_plain(told, written, consent):
    columns = said(guess(("mobile", "Opt-In"), (), US.is_number), [f"Opt-In={told}"])
    assert [str(column) for column in columns.columns] == ["mobile", told]
    assert LeadReader(columns, US).read(Row(2, [MIAMI, written])).details.consent == consent


@pytest.mark.parametrize("written", ["O", "I", "s", "perhaps"])
def test_what_is_neither_yes_nor_no_is_no_consent(written):
    """`O` may stand for out."""
    columns = said(guess(("mobile", "Opt-In"), (), US.is_number), ["Opt-In=consent:written"])
    found = LeadReader(columns, US).read(Row(2, [MIAMI, written]))
    assert (found.code, found.remedy) == ("CONSENT", "write yes or no")


def test_a_yes_alone_is_rejected_with_how_to_say_which():
    found, _ = lead_of(consent="Y")
    assert (found.code, found.reason) == ("CONSENT", "its consent is 'Y'")
    assert "--map COLUMN=consent:express or consent:written" in found.remedy


@pytest.mark.parametrize(
    "written",
    "3055550123;1 305 555 0123;+13055550123;(305) 555-0123;011 1 305 555 0123;305.555.0123;001-305-555-0123".split(";"),
)
def test_formats_of_one_number_are_one_number(written):
    lead, _ = lead_of(mobile=written, home="+1 (305) 555 0123")
    assert [each.number for each in lead.details.numbers] == ["+13055550123"]


def test_other_numbers_that_cannot_be_used_do_not_cost_the_lead():
    lead, reader = lead_of(home="911")
    assert (len(lead.details.numbers), reader.left_out) == (1, 1)


def test_numbers_without_a_country_code_are_of_the_rows_country():
    lead, _ = lead_of(mobile="07911 123456", country="UK")
    assert lead.details.numbers[0].number == "+447911123456"


def test_a_row_that_could_not_be_read_is_a_reject():
    reader = LeadReader(guess(HEADINGS, (), US.is_number), US)
    found = reader.read(BadRow(9, "its quotes do not match", "mend them", ('"x',)))
    assert found == Reject(9, "ROW", "its quotes do not match", "mend them", ('"x',))
