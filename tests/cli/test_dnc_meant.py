"""What people write when they say whom not to call."""

import pytest

from cti.cli.dnc.meant import meant
from cti.core.errors import CtiError


@pytest.mark.parametrize(
    ("written", "fields", "scope", "value"),
    [
        ("+1 (305) 555-0123", {}, "company", "+13055550123"),
        ("305 555 0123", {"region": "US"}, "company", "+13055550123"),
        ("020 7946 0018", {"region": "GB"}, "company", "+442079460018"),
        ("+13055550123", {"campaign_id": "us-sales"}, "campaign", "+13055550123"),
        ("+1305", {}, "area_code", "+1305"),
        ("+1 305 555", {}, "area_code", "+1305555"),
        ("+130555501*", {}, "area_code", "+130555501"),
        ("+1*", {}, "area_code", "+1"),
        ("+1305555????", {}, "wildcard", "+1305555????"),
        ("+1-305-555-??-??", {}, "wildcard", "+1305555????"),
        ("household 17", {"scope": "household"}, "household", "household 17"),
        ("+1305", {"scope": "wireless"}, "wireless", "+1305"),
        ("+13055550123", {"scope": "wireless"}, "wireless", "+13055550123"),
    ],
)
def test_what_is_plain_is_understood_and_said(written, fields, scope, value):
    found = meant(written, **fields)
    assert (found.key.scope, found.key.value) == (scope, value)
    assert bool(found.guess) == ("scope" not in fields)


@pytest.mark.parametrize(
    ("written", "fields", "said"),
    [
        ("+1305555012", {}, r"too few digits; .* If the beginning of numbers is meant, end it with \*\."),
        ("+130", {}, "too few digits"),
        ("+1305", {"guess": False}, r"end it with \*"),
        ("3055550123", {}, r"its country is not known; write it with \+"),
        ("H-1234", {}, "say --scope household"),
        ("+1305555O123", {}, "--scope household"),
        ("911", {"region": "US"}, "emergency number"),
        ("", {}, "there is no number"),
        ("*", {}, "give the beginning of numbers"),
        ("?", {}, "give a pattern"),
        ("1305", {"scope": "area_code"}, "give the beginning of numbers"),
        ("+13055550123", {"scope": "everywhere"}, "there is no scope 'everywhere'; there are company"),
        ("+13055550123", {"scope": "campaign"}, "say which campaign"),
        ("x" * 300, {"scope": "household"}, "the name of a household"),
        ("a\nb", {"scope": "household"}, "the name of a household"),
    ],
)
def test_what_could_be_a_slip_is_refused_with_words(written, fields, said):
    with pytest.raises(CtiError, match=said):
        meant(written, **fields)
