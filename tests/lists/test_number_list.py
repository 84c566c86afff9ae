"""A list as whoever asks it sees it, whole or damaged."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti.lists.errors import ListDamaged, ListError
from cti.lists.layout import HEAD, MARK, VERSION
from cti.lists.number_list import NumberList
from tests.lists.made import list_of
from tests.lists.numbers import FIRST, LAST, SETS

SPARSE = {12_025_550_100, 12_025_550_199, 442_079_460_000}
DENSE = set(range(13_035_550_000, 13_035_551_400, 2))

files = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


@pytest.fixture
def path(tmp_path):
    return list_of(tmp_path / "list", SPARSE | DENSE)


@pytest.fixture
def numbers(path):
    with NumberList.open(path) as opened:
        yield opened


@files
@given(SETS, st.randoms(use_true_random=False))
def test_it_has_exactly_the_numbers_that_it_was_made_of(tmp_path, wanted, choice):
    shuffled = [*wanted, *choice.sample(sorted(wanted), len(wanted) // 3)]
    choice.shuffle(shuffled)
    around = {number + step for number in wanted for step in (-10_000, -8, -1, 1, 8, 10_000)}
    with NumberList.open(list_of(tmp_path / "list", shuffled)) as numbers:
        numbers.verify()
        assert list(numbers) == sorted(wanted)
        assert numbers.count == len(wanted)
        assert all(number in numbers for number in wanted)
        assert not any(number in numbers for number in around - wanted if FIRST <= number <= LAST)


def test_a_number_may_be_asked_for_as_it_is_written(numbers):
    assert "+12025550100" in numbers
    assert "12025550100" in numbers
    assert "+12025550101" not in numbers
    assert 13_035_550_002 in numbers
    assert 13_035_550_003 not in numbers


@pytest.mark.parametrize(
    "wrong", ["", "+", "anonymous", "+1 202 555 0100", "1_202", "٠٣٠", "-12025550100", 10**15, -1, None, 12025550100.0]
)
def test_what_is_no_number_is_not_answered(numbers, wrong):
    with pytest.raises(ValueError, match=r"E\.164"):
        wrong in numbers  # noqa: B015


def test_an_empty_list_has_nobody_on_it(tmp_path):
    with NumberList.open(list_of(tmp_path / "list", [])) as numbers:
        numbers.verify()
        assert (numbers.count, list(numbers), 12_025_550_100 in numbers) == (0, [], False)


def test_the_same_numbers_make_the_same_file_in_any_order(tmp_path):
    shuffled = sorted(SPARSE | DENSE)
    random.Random(3).shuffle(shuffled)
    one, other = list_of(tmp_path / "one", sorted(shuffled)), list_of(tmp_path / "other", [*shuffled, *shuffled])
    assert one.read_bytes() == other.read_bytes()


def test_the_layout_stays_what_it_was(numbers):
    """Lists of earlier releases are read, and a list made again has the name that it had."""
    assert numbers.digest == "661a703c3da9a286b62d4c2309827354b21e5170f62e8e683f4881a88b26f1fc"


def test_a_list_that_was_closed_is_not_asked(path):
    numbers = NumberList.open(path)
    numbers.close()
    with pytest.raises(ValueError, match="released"):
        12_025_550_100 in numbers  # noqa: B015


def test_whoever_has_it_open_keeps_it_when_it_is_replaced_or_removed(tmp_path, path, numbers):
    list_of(tmp_path / "new", [1_000_000]).replace(path)
    assert 12_025_550_100 in numbers
    path.unlink()
    numbers.verify()
    assert list(numbers) == sorted(SPARSE | DENSE)


def test_closing_in_the_middle_of_a_walk_ends_the_walk(path):
    numbers = NumberList.open(path)
    walk = iter(numbers)
    next(walk)
    numbers.close()
    with pytest.raises(ValueError, match=r"closed|released"):
        list(walk)


def ask_and_verify(path):
    with NumberList.open(path) as numbers:
        for number in (12_025_550_100, 13_035_550_002, 13_035_551_399, 442_079_460_000):
            assert (number in numbers) in (True, False)
        numbers.verify()


@pytest.mark.parametrize("change", [0xFF, 0x01, 0x80])
def test_every_byte_that_was_changed_is_found_and_crashes_nobody(tmp_path, path, change):
    good = path.read_bytes()
    bad = tmp_path / "bad"
    for place in range(len(good)):
        bad.write_bytes(good[:place] + bytes([good[place] ^ change]) + good[place + 1 :])
        with pytest.raises(ListDamaged):
            ask_and_verify(bad)


def test_a_list_that_was_cut_off_or_added_to_is_not_opened(tmp_path, path):
    good = path.read_bytes()
    bad = tmp_path / "bad"
    for length in range(len(good)):
        bad.write_bytes(good[:length])
        with pytest.raises(ListDamaged):
            NumberList.open(bad)
    for more in (b"\0", b"\n", good):
        bad.write_bytes(good + more)
        with pytest.raises(ListDamaged):
            NumberList.open(bad)


def test_a_list_of_another_version_says_so(tmp_path, path):
    newer = tmp_path / "newer"
    newer.write_bytes(HEAD.pack(MARK, VERSION + 1) + path.read_bytes()[HEAD.size :])
    with pytest.raises(ListDamaged, match=f"version {VERSION + 1}"):
        NumberList.open(newer)


def test_what_is_no_list_says_so(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"+12025550100\n" * 50)
    with pytest.raises(ListDamaged, match="is no list"):
        NumberList.open(other)


@pytest.mark.parametrize("name", ["missing", "."])
def test_what_cannot_be_read_says_so(tmp_path, name):
    with pytest.raises(ListError, match="cannot be read"):
        NumberList.open(tmp_path / name)
