"""Queues: where documents park callers. First come, first in line; places move up when somebody leaves."""

from bisect import bisect_left

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.identifiers import new_sid


class QueueFull(Exception):
    """The queue holds as many callers as it may."""


class Place:
    """One caller's place in a queue, from joining to leaving."""

    def __init__(self, queue: "WaitingQueue", number: int, joined_at: int) -> None:
        self.queue = queue
        self.number = number
        self.joined_at = joined_at

    @property
    def position(self) -> int:
        """1 for the next in line."""
        return self.queue.position_of(self)

    def seconds(self) -> int:
        """How long the caller has waited."""
        return (self.queue.clock.now_ms() - self.joined_at) // 1000

    def leave(self) -> None:
        """Give up the place."""
        self.queue.remove(self)

    def waiting_parameters(self) -> dict[str, str]:
        """What requests for the waiting document carry."""
        return {
            "QueueSid": self.queue.sid,
            "QueuePosition": str(self.position),
            "QueueTime": str(self.seconds()),
            "AvgQueueTime": str(self.queue.average_seconds()),
            "CurrentQueueSize": str(len(self.queue)),
            "MaxQueueSize": str(self.queue.members_max),
        }


class WaitingQueue:
    """One queue. Places are numbered in the order of joining, so a position is found by bisection."""

    def __init__(self, clock: Clock, name: str, members_max: int) -> None:
        self.clock = clock
        self.sid = new_sid("QU")
        self.name = name
        self.members_max = members_max
        self._numbers: list[int] = []
        self._joined_total = 0
        self._joined_at_sum = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def join(self) -> Place:
        """Take the last place; QueueFull if there is none."""
        if len(self._numbers) >= self.members_max:
            raise QueueFull
        self._joined_total += 1
        place = Place(self, self._joined_total, self.clock.now_ms())
        self._numbers.append(place.number)
        self._joined_at_sum += place.joined_at
        return place

    def remove(self, place: Place) -> None:
        """The caller is gone; everybody behind moves up."""
        index = bisect_left(self._numbers, place.number)
        if index < len(self._numbers) and self._numbers[index] == place.number:
            del self._numbers[index]
            self._joined_at_sum -= place.joined_at

    def position_of(self, place: Place) -> int:
        """1 for the next in line."""
        return bisect_left(self._numbers, place.number) + 1

    def average_seconds(self) -> int:
        """How long those in line have waited on average."""
        if not self._numbers:
            return 0
        return (self.clock.now_ms() - self._joined_at_sum // len(self._numbers)) // 1000


class Queues:
    """All queues of the account, by name; a queue comes into being when it is first named."""

    def __init__(self, clock: Clock, members_max: int) -> None:
        self._clock = clock
        self._members_max = members_max
        self._queues: dict[str, WaitingQueue] = {}

    def open(self, name: str, members_max: int | None = None) -> WaitingQueue:
        """The queue of that name; a size given with it is the queue's from now on."""
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = WaitingQueue(self._clock, name, self._members_max)
        if members_max is not None:
            queue.members_max = members_max
        return queue
