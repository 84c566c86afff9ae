"""State that can be taken back: after a roll-back everything is exactly as before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.core.tables import SortedIndex, Table, Undo

KEYS = st.sampled_from("abcd")
ENTRIES = st.tuples(st.integers(0, 3), KEYS)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEYS, st.integers()),
        st.tuples(st.just("drop"), KEYS),
        st.tuples(st.just("add"), ENTRIES),
        st.tuples(st.just("remove"), ENTRIES),
        st.tuples(st.just("take"), ENTRIES),
        st.tuples(st.just("mark")),
    ),
    max_size=40,
)


class World:
    def __init__(self):
        self.undo = Undo()
        self.table = Table(self.undo)
        self.index = SortedIndex(self.undo)
        self.marks = []

    def do(self, operation):
        match operation:
            case ("put", key, row):
                self.table.put(key, row)
            case ("drop", key):
                self.table.drop(key)
            case ("add", entry) if entry not in self.index.entries:
                self.index.add(entry)
            case ("remove", entry) if entry in self.index.entries:
                self.index.remove(entry)
            case ("take", entry):
                before = list(self.index.entries)
                taken = self.index.take_before(entry)
                assert (taken, self.index.entries) == (
                    [each for each in before if each < entry],
                    [each for each in before if each >= entry],
                )
            case ("mark",):
                self.marks.append((len(self.undo.steps), self.seen()))

    def seen(self):
        return dict(self.table.rows), list(self.index.entries)


@given(OPERATIONS, OPERATIONS)
def test_a_turn_taken_back_never_was(stands, taken_back):
    world = World()
    for operation in stands:
        world.do(operation)
    world.undo.forget()
    before = world.seen()
    for operation in taken_back:
        world.do(operation)
    world.undo.roll_back()
    assert world.seen() == before
    assert world.undo.steps == []


@given(OPERATIONS, OPERATIONS)
def test_half_a_turn_can_be_taken_back(stands, taken_back):
    world = World()
    for operation in stands:
        world.do(operation)
    mark, before = len(world.undo.steps), world.seen()
    for operation in taken_back:
        world.do(operation)
    for steps, seen in reversed([each for each in world.marks if each[0] >= mark]):
        world.undo.roll_back(steps)
        assert world.seen() == seen
    world.undo.roll_back(mark)
    assert world.seen() == before


@given(st.lists(ENTRIES, unique=True))
def test_an_index_is_in_order_whatever_the_order_of_adding(entries):
    index = SortedIndex(Undo())
    for entry in entries:
        index.add(entry)
    assert list(index) == sorted(entries)
    assert [index.place(entry) for entry in sorted(entries)] == list(range(len(entries)))


@given(st.lists(ENTRIES, unique=True), st.integers(0, 3), st.integers(0, 3))
def test_an_index_counts_what_is_between_two_numbers(entries, first, last):
    index = SortedIndex(Undo())
    for entry in entries:
        index.add(entry)
    assert index.between(first, max(first, last)) == sum(first <= entry[0] <= max(first, last) for entry in entries)


def test_an_index_that_lost_track_says_so():
    index = SortedIndex(Undo())
    index.add((1, "a"))
    assert index.place((1, "b")) == -1
    with pytest.raises(KeyError):
        index.remove((1, "b"))
    assert len(index) == 1


def test_a_tables_rows_come_in_the_order_of_their_keys():
    table = Table(Undo())
    for key in "cab":
        table.put(key, key.upper())
    assert table.in_order() == ["A", "B", "C"]
    assert ("b" in table, "d" in table, table.get("d"), len(table)) == (True, False, None, 3)
    with pytest.raises(KeyError):
        table["d"]
