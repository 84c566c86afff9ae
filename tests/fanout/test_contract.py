"""What every fan-out promises. Frames reach those who listen, in order, and those who come back; who is too slow is
told so."""

from cti.core.ports import GAP
from cti.fanout.memory import after_turn
from tests.fanout.conftest import taken


def frames(deliveries):
    return [delivery.frame for delivery in deliveries]


async def test_every_listener_of_a_topic_gets_each_frame_once_and_in_order(world):
    first, second = world.here.subscribe("a"), world.here.subscribe("a", "b")
    for seq in range(1, 6):
        world.publish("a", seq, b"a%d" % seq)
        world.publish("b", seq, b"b%d" % seq)
    await world.settled()
    assert await taken(first, 5) == [b"a1", b"a2", b"a3", b"a4", b"a5"]
    assert await taken(second, 4) == [b"a1", b"b1", b"a2", b"b2"]


async def test_who_has_left_gets_nothing_more(world):
    stays, leaves = world.here.subscribe("a"), world.here.subscribe("a")
    world.here.unsubscribe(leaves)
    world.here.unsubscribe(leaves)
    world.publish("a", 1, b"1")
    await world.settled()
    leaves.say(b"only this")
    assert await taken(stays, 1) == [b"1"]
    assert await taken(leaves, 1) == [b"only this"]


async def test_what_the_holder_says_stands_between_the_frames(world):
    subscription = world.here.subscribe("a")
    world.publish("a", 1, b"1")
    await world.settled()
    subscription.say(b"said")
    world.publish("a", 2, b"2")
    await world.settled()
    assert await taken(subscription, 3) == [b"1", b"said", b"2"]


async def test_a_slow_reader_loses_its_own_frames_only_and_is_told(world):
    told = []
    slow = world.here.subscribe("a", outbox_max=3, overflowed=lambda: told.append("slow"))
    quick = world.here.subscribe("a")
    for seq in range(1, 11):
        world.publish("a", seq, b"%d" % seq)
    await world.settled()
    assert told == ["slow"]
    assert await slow.next() is None
    assert await slow.next() is None
    assert await taken(quick, 10) == [b"%d" % seq for seq in range(1, 11)]


async def test_who_waits_is_woken_by_an_overflow(world):
    none_allowed = world.here.subscribe("a", outbox_max=0)
    world.publish("a", 1, b"1")
    await world.settled()
    assert await none_allowed.next() is None


async def test_what_was_missed_is_served_from_memory(world):
    world.publish("a", 5, b"5.0", 0)
    world.publish("b", 5, b"5.1", 1)
    world.publish("a", 5, b"5.2", 2)
    world.publish("a", 7, b"7.0", 0)
    await world.settled()
    assert frames(world.here.after((5, 0), "a", "b")) == [b"5.1", b"5.2", b"7.0"]
    assert frames(world.here.after((5, 2), "a", "b")) == [b"7.0"]
    assert frames(world.here.after(after_turn(5), "a")) == [b"7.0"]
    assert frames(world.here.after(after_turn(7), "a")) == []
    assert frames(world.here.after(after_turn(4), "a", "nobody")) == [b"5.0", b"5.2", b"7.0"]


async def test_what_is_no_longer_remembered_is_said_to_be_missing(open_world):
    world = await open_world(ring_max=4)
    for seq in range(1, 11):
        world.publish("a", seq, b"%d" % seq)
    await world.settled()
    assert frames(world.here.after(after_turn(6), "a")) == [b"7", b"8", b"9", b"10"]
    assert world.here.after(after_turn(5), "a") is None
    assert frames(world.here.newest("a")) == [b"7", b"8", b"9", b"10"]


async def test_what_was_before_this_process_is_not_made_up(world):
    assert (world.here.head, world.here.since) == (0, 0)
    world.publish("head", 100, b"")
    await world.settled()
    assert (world.here.head, world.here.since) == (100, 99)
    assert world.here.after(after_turn(98), "a") is None
    assert frames(world.here.after(after_turn(99), "a")) == []


async def test_earlier_frames_can_be_recalled(open_world):
    world = await open_world(ring_max=3)
    world.publish("a", 100, b"100")
    await world.settled()
    world.here.recall(90, {"a": [(91, 0, b"91"), (95, 0, b"95.0"), (95, 1, b"95.1")], "b": [(92, 4, b"92.4")]})
    assert world.here.since == 90
    assert frames(world.here.after((95, 0), "a")) == [b"95.1", b"100"]
    assert world.here.after((90, 5), "a") is None  # 91 had no room in the ring of three
    assert frames(world.here.after(after_turn(90), "b")) == [b"92.4"]
    assert frames(world.here.after(after_turn(90), "c")) == []
    assert world.here.after(after_turn(89), "c") is None


async def test_the_topics_without_news_forget_first(open_world):
    world = await open_world(remembered_max=10)
    world.publish("quiet", 1, b"q")
    for seq in range(2, 12):
        world.publish("busy", seq, b"%d" % seq)
    await world.settled()
    assert world.here.after(after_turn(0), "quiet") is None
    assert frames(world.here.after(after_turn(1), "quiet")) == []
    assert len(world.here.after(after_turn(1), "busy")) == 10


async def test_a_gap_is_told_to_each_listener_once_and_nothing_from_before_it_is_at_hand(world):
    both, other = world.here.subscribe("a", "b"), world.here.subscribe("c")
    world.publish("a", 1, b"1")
    await world.settled()
    world.here.lose(4)
    assert [(await each.next()).topic for each in (both, both, other)] == ["a", GAP, GAP]
    assert (world.here.head, world.here.since, world.here.gaps) == (4, 4, 1)
    assert world.here.after((1, 0), "a") is None
    assert frames(world.here.after(after_turn(4), "a")) == []
    assert frames(world.here.newest("a")) == []


async def test_what_was_lost_can_be_recalled(world):
    world.publish("a", 1, b"1")
    await world.settled()
    world.here.lose(4)
    world.here.recall(0, {"a": [(1, 0, b"1"), (3, 0, b"3")], "b": [(4, 0, b"4")]})
    assert frames(world.here.after((1, 0), "a", "b")) == [b"3", b"4"]
    assert frames(world.here.newest("a")) == [b"1", b"3"]
