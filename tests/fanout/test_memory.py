"""After a position comes everything that was published, or the word that something is missing; whatever was."""

from hypothesis import given
from hypothesis import strategies as st

from cti.fanout.memory import MemoryFanout, after_turn


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2)), min_size=1, max_size=60),
    st.integers(0, 40),
    st.integers(1, 6),
    st.integers(5, 20),
)
def test_after_a_position_comes_everything_or_the_word_that_something_is_missing(steps, asked, ring_max, remembered):
    fanout, published, seq, index = MemoryFanout(ring_max=ring_max, remembered_max=remembered), [], 10, 0
    for topic, step in steps:
        seq, index = (seq + step, 0) if step else (seq, index + 1)
        fanout.publish(topic, seq, f"{seq}.{index}".encode(), index)
        published.append((topic, (seq, index)))
    for topics in (("a",), ("a", "b")):
        position = after_turn(asked)
        found = fanout.after(position, *topics)
        if found is not None:
            expected = [place for topic, place in published if topic in topics and place > position]
            assert [delivery.position for delivery in found] == expected
            assert asked >= 9  # nothing is known of turns before the first
