"""What is read at a glance is what the numbers' library would have read."""

import random

import phonenumbers
import pytest

from cti.lists.country import country
from cti.store.numbers import NotANumber, e164

REGIONS = sorted(region for region in phonenumbers.SUPPORTED_REGIONS if country(region))
BEGINNINGS = ["", "", "", "0", "00", "1", "8", "06", "011", "0011", "1831", "180020", "1411", "810"]
LINES = 300


def lines(region, *, plus):
    """Digits as they may stand in a file of the region: some with its code, or with what is dialled before a number."""
    choice = random.Random(region)
    code = str(phonenumbers.country_code_for_region(region))
    for _ in range(LINES):
        digits = "".join(choice.choices("0123456789", k=choice.randint(4, 13)))
        sign = "+" if plus and choice.random() < 0.2 else ""
        yield sign + choice.choice(("", "", code)) + choice.choice(BEGINNINGS) + digits


@pytest.mark.parametrize("region", REGIONS)
def test_a_glance_and_the_library_agree(region):
    plan = country(region)
    for line in lines(region, plus=True):
        if found := plan.plain.fullmatch(line):
            assert "+" + plan.code + found[1] == e164(line, region), line


@pytest.mark.parametrize("region", REGIONS)
def test_after_a_sign_it_is_one_of_the_two_numbers_that_it_can_be(region):
    plan = country(region)
    for line in lines(region, plus=False):
        if found := plan.changed.fullmatch(line):
            assert "+" + plan.code + found[1] in {read(line, region), read(f"+{line}", region)}, line


def read(line, region):
    try:
        return e164(line, region)
    except NotANumber:
        return None


def test_most_countries_can_be_read_at_a_glance():
    assert {"US", "CA", "GB", "DE", "FR", "IN", "AU"} <= set(REGIONS)
    assert len(REGIONS) > 150


@pytest.mark.parametrize(
    ("region", "line", "number"),
    [
        ("US", "2025550100", "12025550100"),
        ("US", "12025550100", "12025550100"),
        ("US", "+12025550100", "12025550100"),
        ("GB", "02079460000", "442079460000"),
        ("GB", "2079460000", "442079460000"),
        ("GB", "442079460000", "442079460000"),
        ("GB", "+442079460000", "442079460000"),
        ("DE", "030123456", "4930123456"),
        ("DE", "+4930123456", "4930123456"),
        ("FR", "0123456789", "33123456789"),
        ("AU", "0412345678", "61412345678"),
    ],
)
def test_usual_lines_are_read_at_a_glance(region, line, number):
    plan = country(region)
    assert plan
    found = plan.plain.fullmatch(line)
    assert found
    assert plan.code + found[1] == number


@pytest.mark.parametrize(
    ("region", "line"),
    [
        ("US", "1025550100"),
        ("US", "20255501000"),
        ("US", "5550100"),
        ("US", "442079460000"),
        ("US", "0112025550100"),
        ("GB", "00442079460000"),
        ("GB", "+4402079460000"),
        ("DE", "+49030123456"),
        ("IT", "0612345678"),
    ],
)
def test_what_needs_thought_is_left_to_the_library(region, line):
    plan = country(region)
    assert plan
    assert plan.plain.fullmatch(line) is None


@pytest.mark.parametrize("region", ["", "AR", "BR", "JE", "ZZ"])
def test_where_the_library_changes_numbers_nothing_is_read_at_a_glance(region):
    assert country(region) is None
