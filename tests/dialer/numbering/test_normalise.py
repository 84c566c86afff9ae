"""Numbers as lists hold them: every usual way of writing one gives one form, the rest is refused in words."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cti.dialer.numbering.locate import NUMBER
from cti.dialer.numbering.normalise import FICTION, LETTERS, TOLL_FREE, UNASSIGNED, Normalised, Unusable, normalise
from tests.dialer.numbering.tables import place

WASHINGTON, LONDON = "+12025550123", "+442079460123"


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("+12025550123", ""),
        ("+1 (202) 555-0123", ""),
        ("+1.202.555.0123", "DE"),
        ("(202) 555-0123", "US"),
        ("202 555 0123", "us"),
        ("1-202-555-0123", "US"),
        ("12025550123", "US"),
        ("011 1 202 555 0123", "US"),
        ("0012025550123", "DE"),
        ("001 202 555 0123", ""),
        ("00 1 202 555 0123", "US"),
        ("011 1 202 555 0123", ""),
        ("tel:+1-202-555-0123", ""),
        ("tel:202-555-0123;phone-context=+1", ""),
        ("'+12025550123", ""),
        ('="+12025550123"', ""),
        ("“+12025550123”", ""),
        ("\u202a+1\u00a0202\u200b555\u20110123\u202c", ""),
        ("٢٠٢٥٥٥٠١٢٣", "US"),
        ("２０２５５５０１２３", "US"),
        ("Cell: 202-555-0123", "US"),
        ("Cell phone no. 202-555-0123", "US"),
        ("202-555-0123 (home)", "US"),
        ("\t202-555-0123\r\n", "US"),
    ],
)
def test_a_number_has_one_form(written, region):
    assert normalise(written, region) == Normalised(WASHINGTON, notes=(FICTION,))


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("020 7946 0123", "GB"),
        ("+44 (0)20 7946 0123", ""),
        ("+4402079460123", ""),
        ("0044 20 7946 0123", "US"),
        ("011 44 20 7946 0123", "US"),
        ("011 44 20 7946 0123", ""),
        ("442079460123", "GB"),
        ("00442079460123", ""),
    ],
)
def test_so_has_one_from_abroad(written, region):
    assert normalise(written, region) == Normalised(LONDON, notes=(FICTION,))


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        ("06 1234 5678", "IT", "+390612345678"),
        ("+39 06 1234 5678", "", "+390612345678"),
        ("+49 (0)30 123456", "", "+4930123456"),
        ("0049 0151 12345678", "US", "+4915112345678"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("+52 1 55 1234 5678", "", "+525512345678"),
        ("0052 1 55 1234 5678", "ES", "+525512345678"),
        ("044 55 1234 5678", "MX", "+525512345678"),
        ("045 55 1234 5678", "MX", "+525512345678"),
        ("01 55 1234 5678", "MX", "+525512345678"),
        ("55 1234 5678", "MX", "+525512345678"),
        ("+54 9 11 1234 5678", "", "+5491112345678"),
        ("+54 11 15 1234 5678", "", "+5491112345678"),
        ("+54 9 11 15 1234 5678", "", "+5491112345678"),
        ("011 15 1234-5678", "AR", "+5491112345678"),
        ("+54 11 4321 5678", "", "+541143215678"),
    ],
)
def test_zeros_and_old_prefixes_of_mobiles(written, region, expected):
    assert normalise(written, region) == Normalised(expected)


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("+1-800-FLOWERS", "", "+18003569377"),
        ("1 (800) flowers", "US", "+18003569377"),
        ("1-800-FLOWERS (work)", "US", "+18003569377"),
        ("800.GO.FEDEX", "US", "+18004633339"),
        ("0800-FLOWERS", "GB", "+448003569377"),
    ],
)
def test_letters(written, region, expected):
    assert normalise(written, region) == Normalised(expected, notes=(LETTERS, TOLL_FREE))


def test_letters_stand_behind_an_area_code():
    assert normalise("(305) CALL-NOW", "US") == Normalised("+13052255669", notes=(LETTERS,))


@pytest.mark.parametrize("region", ["US", "GB", "DE", ""])
@pytest.mark.parametrize(
    "written",
    [
        "call her sister",
        "unknown number",
        "do not call this person",
        "ask for Bob at desk",
        "moved to Florida",
        "disconnected",
        "FLOWERS",
        "305 unknown",
        "1-800 CALL NOW",
        "12 call her sister",
        "call her at 2",
        "305-555 ask for Bob",
        "do not call 305-555-0123",
        "305-555-0123 wrong person",
        "see 3055550123 ext 4",
        "in 3 days or so",
    ],
)
def test_words_are_no_numbers_and_make_one_of_nothing(written, region):
    found = normalise(written, region)
    assert isinstance(found, Unusable)
    assert "no telephone number" in found.what
    assert found.remedy == "write the number alone, in digits"


@pytest.mark.parametrize(
    ("written", "extension"),
    [
        ("+12025550123;ext=12", "12"),
        ("202-555-0123 x12", "12"),
        ("202-555-0123x12", "12"),
        ("202-555-0123 ext. 012", "012"),
        ("202-555-0123 extension 4567", "4567"),
        ("202-555-0123 #12", "12"),
        ("202-555-0123,,12#", "12"),
        ("tel:+1-202-555-0123;ext=12", "12"),
    ],
)
def test_an_extension_is_kept_apart(written, extension):
    assert normalise(written, "US") == Normalised(WASHINGTON, extension, (FICTION,))


@pytest.mark.parametrize(
    ("written", "region", "said"),
    [
        ("", "US", "there is no number"),
        ("   ", "US", "there is no number"),
        ("n/a", "US", "no telephone number"),
        ("anonymous", "US", "no telephone number"),
        ("+", "US", "no telephone number"),
        ("2.02555E+09", "US", "spreadsheet"),
        ("2025550123.0", "US", "spreadsheet"),
        ("202-555-0123 / 202-555-0124", "US", "several"),
        ("202-555-0123, 202-555-0124", "US", "several"),
        ("202-555-0123; 202-555-0124", "US", "several"),
        ("202-555-0123 or 202-555-0124", "US", "several"),
        ("2025550123 & 2025550124", "US", "several"),
        ("*67 202 555 0123", "US", "feature code"),
        ("#31#2025550123", "US", "feature code"),
        ("sip:anna@example.com", "US", "address"),
        ("911", "US", "emergency"),
        ("999", "GB", "emergency"),
        ("112", "DE", "emergency"),
        ("110", "DE", "emergency"),
        ("112", "", "emergency"),
        ("000", "AU", "emergency"),
        ("12345", "US", "short code"),
        ("116 123", "GB", "short code"),
        ("555-0123", "US", "area code is missing"),
        ("202555012", "US", "digits"),
        ("20255501234567", "US", "too many digits"),
        ("1-800-MATTRESS", "US", "too many digits"),
        ("(305) CALL-HER-SISTER", "US", "too many digits"),
        ("2025550123", "", "its country is not known"),
        ("+999 123456789", "", "no such country code"),
        ("+1911", "", "too few digits"),
        ("+19005551234", "", "premium"),
        ("09098790123", "GB", "premium"),
        ("9" * 251, "US", "more than 250 characters"),
    ],
)
def test_what_is_no_number_says_why_and_what_to_do(written, region, said):
    found = normalise(written, region)
    assert isinstance(found, Unusable)
    assert said in found.what
    assert found.remedy


def test_a_number_that_nobody_seems_to_have_is_kept_and_noted():
    """Plans grow faster than libraries: 729 is a code of Tennessee that phonenumbers does not know yet."""
    assert normalise("+1 729 555 1234", "") == Normalised("+17295551234", notes=(UNASSIGNED,))
    assert place("+17295551234").reason == ""
    assert normalise("+1 222 555 1234", "") == Normalised("+12225551234", notes=(UNASSIGNED,))
    assert place("+12225551234").reason.startswith(NUMBER)


@pytest.mark.parametrize("number", ["+12025550100", "+12025550199", "+447700900000", "+442079460999", "+33639980000"])
def test_numbers_for_films_are_flagged(number):
    assert FICTION in normalise(number).notes


@pytest.mark.parametrize("number", ["+12025550200", "+12025551123", "+447700901000", "+442079470000", "+33639990000"])
def test_their_neighbours_are_not(number):
    assert FICTION not in normalise(number).notes


@settings(max_examples=1_000, deadline=None)
@given(
    written=st.one_of(st.text(max_size=30), st.text("0123456789+ ()-x.ext;=/,*#ABC", max_size=30)),
    region=st.text(max_size=3),
)
@example(written="+0", region="US")
@example(written=";ext=1", region="US")
@example(written="x", region="")
def test_any_text_is_a_number_or_is_refused(written, region):
    found = normalise(written, region)
    if isinstance(found, Normalised):
        assert re.fullmatch(r"\+[1-9][0-9]{4,16}", found.number)
    else:
        assert found.what
        assert found.remedy


@settings(max_examples=300, deadline=None)
@given(
    written=st.text("0123456789+ ()-", max_size=20), region=st.sampled_from(["", "US", "GB", "DE", "MX", "AR", "IT"])
)
def test_a_number_that_was_read_is_read_the_same_again(written, region):
    found = normalise(written, region)
    if isinstance(found, Normalised):
        again = normalise(found.number)
        assert isinstance(again, Normalised)
        assert again.number == found.number
