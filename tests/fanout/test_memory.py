"""Frames reach those who listen, in order, and those who come back; who is too slow is told so."""

from hypothesis import given
from hypothesis import strategies as st

from cti.fanout.memory import MemoryFanout, after_turn


def frames(deliveries):
    return [delivery.frame for delivery in deliveries]


async def taken(subscription, count):
    return [(await subscription.next()).frame for _ in range(count)]


async def test_every_listener_of_a_topic_gets_each_frame_once_and_in_order():
    fanout = MemoryFanout()
    first, second = fanout.subscribe("a"), fanout.subscribe("a", "b")
    for seq in range(1, 6):
        fanout.publish("a", seq, b"a%d" % seq)
        fanout.publish("b", seq, b"b%d" % seq)
    assert await taken(first, 5) == [b"a1", b"a2", b"a3", b"a4", b"a5"]
    assert await taken(second, 4) == [b"a1", b"b1", b"a2", b"b2"]


async def test_who_has_left_gets_nothing_more():
    fanout = MemoryFanout()
    stays, leaves = fanout.subscribe("a"), fanout.subscribe("a")
    fanout.unsubscribe(leaves)
    fanout.unsubscribe(leaves)
    fanout.publish("a", 1, b"1")
    leaves.say(b"only this")
    assert await taken(stays, 1) == [b"1"]
    assert await taken(leaves, 1) == [b"only this"]


async def test_what_the_holder_says_stands_between_the_frames():
    fanout = MemoryFanout()
    subscription = fanout.subscribe("a")
    fanout.publish("a", 1, b"1")
    subscription.say(b"said")
    fanout.publish("a", 2, b"2")
    assert await taken(subscription, 3) == [b"1", b"said", b"2"]


async def test_a_slow_reader_loses_its_own_frames_only_and_is_told():
    fanout, told = MemoryFanout(), []
    slow = fanout.subscribe("a", outbox_max=3, overflowed=lambda: told.append("slow"))
    quick = fanout.subscribe("a")
    for seq in range(1, 11):
        fanout.publish("a", seq, b"%d" % seq)
    assert told == ["slow"]
    assert await slow.next() is None
    assert await slow.next() is None
    assert await taken(quick, 10) == [b"%d" % seq for seq in range(1, 11)]


async def test_who_waits_is_woken_by_an_overflow():
    fanout = MemoryFanout()
    none_allowed = fanout.subscribe("a", outbox_max=0)
    fanout.publish("a", 1, b"1")
    assert await none_allowed.next() is None


def test_what_was_missed_is_served_from_memory():
    fanout = MemoryFanout()
    fanout.publish("a", 5, b"5.0", 0)
    fanout.publish("b", 5, b"5.1", 1)
    fanout.publish("a", 5, b"5.2", 2)
    fanout.publish("a", 7, b"7.0", 0)
    assert frames(fanout.after((5, 0), "a", "b")) == [b"5.1", b"5.2", b"7.0"]
    assert frames(fanout.after((5, 2), "a", "b")) == [b"7.0"]
    assert frames(fanout.after(after_turn(5), "a")) == [b"7.0"]
    assert frames(fanout.after(after_turn(7), "a")) == []
    assert frames(fanout.after(after_turn(4), "a", "nobody")) == [b"5.0", b"5.2", b"7.0"]


def test_what_is_no_longer_remembered_is_said_to_be_missing():
    fanout = MemoryFanout(ring_max=4)
    for seq in range(1, 11):
        fanout.publish("a", seq, b"%d" % seq)
    assert frames(fanout.after(after_turn(6), "a")) == [b"7", b"8", b"9", b"10"]
    assert fanout.after(after_turn(5), "a") is None
    assert frames(fanout.newest("a")) == [b"7", b"8", b"9", b"10"]


def test_what_was_before_this_process_is_not_made_up():
    fanout = MemoryFanout()
    assert (fanout.head, fanout.since) == (0, 0)
    fanout.publish("head", 100, b"")
    assert (fanout.head, fanout.since) == (100, 99)
    assert fanout.after(after_turn(98), "a") is None
    assert frames(fanout.after(after_turn(99), "a")) == []


def test_earlier_frames_can_be_recalled():
    fanout = MemoryFanout(ring_max=3)
    fanout.publish("a", 100, b"100")
    fanout.recall(90, {"a": [(91, 0, b"91"), (95, 0, b"95.0"), (95, 1, b"95.1")], "b": [(92, 4, b"92.4")]})
    assert fanout.since == 90
    assert frames(fanout.after((95, 0), "a")) == [b"95.1", b"100"]
    assert fanout.after((90, 5), "a") is None  # 91 had no room in the ring of three
    assert frames(fanout.after(after_turn(90), "b")) == [b"92.4"]
    assert frames(fanout.after(after_turn(90), "c")) == []
    assert fanout.after(after_turn(89), "c") is None


def test_the_topics_without_news_forget_first():
    fanout = MemoryFanout(remembered_max=10)
    fanout.publish("quiet", 1, b"q")
    for seq in range(2, 12):
        fanout.publish("busy", seq, b"%d" % seq)
    assert fanout.after(after_turn(0), "quiet") is None
    assert frames(fanout.after(after_turn(1), "quiet")) == []
    assert len(fanout.after(after_turn(1), "busy")) == 10


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
