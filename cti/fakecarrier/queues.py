"""Queues: where documents park callers. First come, first in line; places move up when somebody leaves."""

import asyncio
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterator

from cti.fakecarrier.clock import Clock
from cti.fakecarrier.identifiers import new_sid
from cti.fakecarrier.legs.leg import Leg, Link


class QueueFull(Exception):
    """The queue holds as many callers as it may."""


class Meeting:
    """A `<Dial><Queue>` and the caller it fetches: the caller hears the whisper, then both talk, and part."""

    def __init__(self, dialer: Leg, whisper: Link | None) -> None:
        loop = asyncio.get_running_loop()
        self.dialer = dialer
        self.whisper = whisper
        self.ready: asyncio.Future[Leg | None] = loop.create_future()
        self.parted: asyncio.Future[str] = loop.create_future()

    def meet(self, member: Leg | None) -> None:
        """The caller is ready to talk; None if it will not come."""
        if not self.ready.done():
            self.ready.set_result(member)

    def part(self, why: str) -> None:
        """One of them has gone."""
        if not self.parted.done():
            self.parted.set_result(why)


class Place:
    """One caller's place in a queue, from joining to leaving."""

    def __init__(self, queue: "WaitingQueue", leg: Leg, number: int, joined_at: int) -> None:
        self.queue = queue
        self.leg = leg
        self.number = number
        self.joined_at = joined_at
        self.claimed: asyncio.Future[Meeting] = asyncio.get_running_loop().create_future()

    @property
    def sid(self) -> str:
        """The identifier of the caller's leg."""
        return self.leg.sid

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
        self.created_at = clock.now_ms()
        self._numbers: list[int] = []
        self._places: dict[int, Place] = {}
        self._fetching: deque[asyncio.Future[Place]] = deque()
        self._joined_total = 0
        self._joined_at_sum = 0

    def __len__(self) -> int:
        return len(self._numbers)

    def join(self, leg: Leg) -> Place:
        """Take the last place; QueueFull if there is none."""
        if len(self._numbers) >= self.members_max:
            raise QueueFull
        self._joined_total += 1
        place = Place(self, leg, self._joined_total, self.clock.now_ms())
        self._numbers.append(place.number)
        self._places[place.number] = place
        self._joined_at_sum += place.joined_at
        while self._fetching:
            waiter = self._fetching.popleft()
            if not waiter.done():
                self.remove(place)
                waiter.set_result(place)
                break
        return place

    async def fetch_first(self) -> Place:
        """The first in line, who is in line no more; waits until there is somebody."""
        if self._numbers:
            place = self._places[self._numbers[0]]
            self.remove(place)
            return place
        waiter: asyncio.Future[Place] = asyncio.get_running_loop().create_future()
        self._fetching.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._put_back(waiter.result())
            raise

    def _put_back(self, place: Place) -> None:
        """Who came to fetch this caller has gone: it is in line again, where it was."""
        insort(self._numbers, place.number)
        self._places[place.number] = place
        self._joined_at_sum += place.joined_at

    def places(self) -> list[Place]:
        """Who is in line, the next one first."""
        return [self._places[number] for number in self._numbers]

    def remove(self, place: Place) -> None:
        """The caller is gone; everybody behind moves up."""
        index = bisect_left(self._numbers, place.number)
        if index < len(self._numbers) and self._numbers[index] == place.number:
            del self._numbers[index], self._places[place.number]
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

    def find(self, sid: str) -> WaitingQueue | None:
        """The queue with that identifier."""
        return next((queue for queue in self._queues.values() if queue.sid == sid), None)

    def named(self, name: str) -> WaitingQueue | None:
        """The queue of that name, if there is one already."""
        return self._queues.get(name)

    def newest_first(self) -> Iterator[WaitingQueue]:
        """All queues, the newest first."""
        return reversed(self._queues.values())

    def delete(self, queue: WaitingQueue) -> None:
        """The queue is gone; its name means a new one."""
        del self._queues[queue.name]
