"""Blocks against Python's sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.lists.blocks import BITMAP_BYTES, BLOCK, DENSE, count, differences, fold, pack, unpack

FEW = st.sets(st.integers(0, BLOCK - 1), max_size=20)
MANY = st.builds(range, st.integers(0, BLOCK), st.integers(0, BLOCK), st.integers(1, 9)).map(set)
RESTS = st.builds(set.union, FEW, MANY | st.just(set()))


@given(RESTS)
def test_a_block_gives_back_its_numbers(rests):
    block = pack(rests)
    assert list(unpack(block)) == sorted(rests)
    assert count(block) == len(rests)
    assert (len(block) == BITMAP_BYTES) == (len(rests) >= DENSE)
    assert len(block) <= BITMAP_BYTES


@given(st.lists(st.tuples(st.booleans(), RESTS), min_size=1, max_size=5))
def test_adding_and_removing_is_what_sets_do(steps):
    expected: set[int] = set()
    for add, rests in steps:
        expected = expected | rests if add else expected - rests
    assert fold([(add, pack(rests)) for add, rests in steps]) == pack(expected)


@given(RESTS, RESTS)
def test_differences_are_those_of_sets(old, new):
    assert differences(pack(old), pack(new)) == (len(new - old), len(old - new))


@pytest.mark.parametrize("size", [DENSE - 1, DENSE, DENSE + 1, BLOCK])
def test_a_block_never_takes_more_than_the_shorter_of_its_two_forms(size):
    assert len(pack(range(size))) == min(2 * size, BITMAP_BYTES)
