"""Numbers as people and programs write them."""

import pytest

from cti.store.numbers import NotANumber, e164


@pytest.mark.parametrize(
    ("written", "region", "expected"),
    [
        ("+4930123456", "", "+4930123456"),
        ("030 123456", "DE", "+4930123456"),
        ("+49 (0)30 123-456", "", "+4930123456"),
        ("0049 30 123456", "DE", "+4930123456"),
        ("tel:+4930123456", "", "+4930123456"),
        ("'+4930123456", "", "+4930123456"),
        ('="+4930123456"', "", "+4930123456"),
        ("(202) 555-0100", "US", "+12025550100"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("+44 7700 900123", "", "+447700900123"),
        ("٠٣٠١٢٣٤٥٦", "DE", "+4930123456"),
    ],
)
def test_a_number_has_one_form(written, region, expected):
    assert e164(written, region) == expected


@pytest.mark.parametrize(
    ("written", "region", "what"),
    [
        ("", "DE", "no telephone number"),
        ("anonymous", "DE", "no telephone number"),
        ("030 123456", "", "its country is not known"),
        ("+999 123456789", "DE", "no such country code"),
        ("112", "DE", "too few digits"),
        ("+49301234567890123456", "", "too many digits"),
        ("4.93E+12", "DE", "a spreadsheet"),
        ("493012345678.0", "DE", "a spreadsheet"),
        ("+4930123456/+4930123457", "DE", "no telephone number"),
        ("9" * 100_000, "DE", "too many digits"),
    ],
)
def test_what_is_none_says_why(written, region, what):
    with pytest.raises(NotANumber) as caught:
        e164(written, region)
    assert what in caught.value.what
    assert caught.value.remedy
