"""What a row of a list says of where its person is: states by their names, and addresses that nobody understands."""

import pytest

from cti.cli.leads.files.table import Row
from cti.cli.leads.mapping import guess
from cti.cli.leads.numbers import NumberReader
from cti.cli.leads.reading import LeadReader
from cti.dialer.numbering.states import state_code
from cti.store.leads.staging import Reject
from tests.dialer.numbering.tables import shipped

HEADINGS = ("mobile", "home", "country", "state", "zip", "zone")


def found(region="US", **cells):
    reader = LeadReader(guess(HEADINGS, (), lambda _: False), NumberReader(region, shipped()))
    by_name = dict.fromkeys(HEADINGS, "") | {"mobile": "(207) 555-0123"} | cells
    return reader.read(Row(2, list(by_name.values())))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Maine", "ME"),
        ("maine ", "ME"),
        ("WEST  VIRGINIA", "WV"),
        ("Washington, D.C.", "DC"),
        ("U.S. Virgin Islands", "VI"),
        ("Québec", "QC"),
        ("me", "ME"),
        ("US-ME", "US-ME"),
        ("Freedonia", "FREEDONIA"),
        ("", ""),
    ],
)
def test_a_state_is_known_by_its_name(written, code):
    assert state_code(written) == code


def test_every_code_of_a_name_is_one_that_the_tables_have():
    states = {code.partition("-")[2] for code in shipped().states}
    names = ("Alabama", "Puerto Rico", "Yukon", "Nunavut", "Tasmania", "Western Australia", "New South Wales")
    assert {state_code(name) for name in names} <= states


def test_a_lead_has_the_code_of_a_state_that_is_written_in_full():
    assert found(state="New Hampshire").details.address.state == "NH"


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ({"state": "Freedonia"}, "the state of its address is not known ('FREEDONIA')"),
        ({"state": "Ontario"}, "the state of its address is not known ('ON')"),
        ({"zip": "4"}, "the postcode of its address is not known ('4')"),
        ({"zone": "Mars/Base"}, "the zone of its address is not known ('Mars/Base')"),
        ({"country": "XX", "mobile": "+12075550123"}, "the country of its address is not known ('XX')"),
        ({"state": "AE"}, "it is a military address"),
    ],
)
def test_whose_address_nobody_understands_is_rejected_and_not_called_never(cells, what):
    rejected = found(**cells)
    assert isinstance(rejected, Reject)
    assert rejected.code == "ADDRESS"
    assert what in rejected.reason
    assert rejected.remedy


def test_an_address_counts_that_fits_one_of_the_numbers():
    assert not isinstance(found(state="Ontario", home="+1 416 555 0123"), Reject)


def test_an_address_that_names_its_country_need_not_be_the_numbers():
    address = found(country="Canada", state="Ontario").details.address
    assert (address.country, address.state) == ("CA", "ON")


def test_states_of_countries_whose_states_nobody_knows_are_taken_as_they_are():
    assert found(region="DE", mobile="030 23125 000", state="Bayern").details.address.state == "BAYERN"
