"""Fan-out within one process. Publishing costs the same however many others listen to other topics.

Each topic remembers its newest frames, so that a client that was away for a moment gets what it missed. What a topic
no longer remembers is said so, never left out silently.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence

from cti.core.ports import GAP
from cti.fanout.subscription import OUTBOX_MAX, Delivery, Listening, Position, Subscription

RING_MAX = 256
"""How many frames a topic remembers."""

REMEMBERED_MAX = 50_000
"""How many frames all topics together remember; the topics that were longest without news forget first."""

Recalled = tuple[int, int, bytes]
"""A frame of an earlier life: turn, place in it, content."""


def after_turn(seq: int) -> Position:
    """Behind every frame of turn `seq`, before any of the next."""
    return (seq + 1, -1)


class _Ring:
    """A topic's newest frames; `lost` is the position after which none is missing."""

    __slots__ = ("frames", "lost")

    def __init__(self, lost: Position) -> None:
        self.frames: deque[Delivery] = deque()
        self.lost = lost


class MemoryFanout:
    """`Fanout` of `cti.core.ports`, with subscriptions. Use it from one event loop."""

    def __init__(self, *, ring_max: int = RING_MAX, remembered_max: int = REMEMBERED_MAX) -> None:
        self.head = 0
        """The newest turn of which anything was published; 0 before the first."""
        self.since = 0
        """Turns up to here were never published here, nor recalled."""
        self.gaps = 0
        """How often something was lost on the way here."""
        self._rings: OrderedDict[str, _Ring] = OrderedDict()
        self._listeners: dict[str, list[Subscription]] = {}
        self._ring_max = ring_max
        self._remembered_max = remembered_max
        self._remembered = 0
        self._forgotten = after_turn(0)

    @property
    def trouble(self) -> str | None:
        """What is the matter on the way to other processes: there is no such way."""
        return None

    def publish(self, topic: str, seq: int, frame: bytes, index: int = 0) -> None:
        """Deliver a frame. Positions never go back."""
        if not self.head:
            self.since = seq - 1
            self._forgotten = after_turn(self.since)
        self.head = seq
        delivery = Delivery(topic, (seq, index), frame)
        self._remember(delivery)
        for subscription in self._listeners.get(topic, ()):
            subscription.put(delivery)

    def subscribe(
        self, *topics: str, outbox_max: int = OUTBOX_MAX, overflowed: Callable[[], None] | None = None
    ) -> Subscription:
        """Everything that is published on these topics from now on, in order."""
        subscription = Subscription(topics, outbox_max, overflowed)
        for topic in topics:
            self._listeners[topic] = [*self._listeners.get(topic, ()), subscription]
        return subscription

    def unsubscribe(self, subscription: Listening) -> None:
        """Deliver no more to it. Twice does no harm."""
        for topic in subscription.topics:
            rest = [other for other in self._listeners.get(topic, ()) if other is not subscription]
            if rest:
                self._listeners[topic] = rest
            else:
                self._listeners.pop(topic, None)

    def after(self, position: Position, *topics: str) -> list[Delivery] | None:
        """What these topics had after `position`, in order; None when some of it is no longer remembered."""
        found: list[Delivery] = []
        for topic in topics:
            ring = self._rings.get(topic)
            if (ring.lost if ring else self._forgotten) > position:
                return None
            found += [delivery for delivery in ring.frames if delivery.position > position] if ring else []
        return sorted(found, key=lambda delivery: delivery.position)

    def newest(self, topic: str) -> Sequence[Delivery]:
        """What the topic remembers, oldest first."""
        ring = self._rings.get(topic)
        return ring.frames if ring else ()

    def lose(self, upto: int) -> None:
        """Some of the turns up to `upto` never came, and will not: everything up to there counts as not published here,
        and whoever listens is told. The next turn is a later one."""
        self.head = self.since = upto
        self.gaps += 1
        self._rings.clear()
        self._remembered = 0
        self._forgotten = after_turn(upto)
        gap = Delivery(GAP, (0, 0), b"")
        for subscription in {id(each): each for topic in self._listeners.values() for each in topic}.values():
            subscription.put(gap)

    def recall(self, since: int, frames: Mapping[str, Sequence[Recalled]]) -> None:
        """Remember what was published before this process was: by topic, every frame of the turns after `since` up to
        `self.since`. Does nothing once older frames had to be forgotten."""
        before = after_turn(self.since)
        if self._forgotten != before:
            return
        self.since, self._forgotten = since, after_turn(since)
        for topic in {**self._rings, **frames}:
            ring = self._rings.get(topic)
            if ring is None:
                ring = self._rings[topic] = _Ring(before)
                self._rings.move_to_end(topic, last=False)
            if ring.lost == before:
                recalled = [Delivery(topic, (seq, index), frame) for seq, index, frame in frames.get(topic, ())]
                ring.lost = self._forgotten
                ring.frames.extendleft(reversed(recalled))
                self._remembered += len(recalled)
                self._trim(ring)
        self._forget()

    def _remember(self, delivery: Delivery) -> None:
        ring = self._rings.get(delivery.topic)
        if ring is None:
            ring = self._rings[delivery.topic] = _Ring(self._forgotten)
        else:
            self._rings.move_to_end(delivery.topic)
        ring.frames.append(delivery)
        self._remembered += 1
        self._trim(ring)
        self._forget()

    def _trim(self, ring: _Ring) -> None:
        while len(ring.frames) > self._ring_max:
            ring.lost = ring.frames.popleft().position
            self._remembered -= 1

    def _forget(self) -> None:
        while self._remembered > self._remembered_max:
            _, ring = self._rings.popitem(last=False)
            self._remembered -= len(ring.frames)
            self._forgotten = max(self._forgotten, ring.lost, *[delivery.position for delivery in ring.frames])
