"""Events wait for a program that is slow, up to a point; then it is told how many are gone."""

import pytest

from cti.client.inbox import Inbox, Lost


async def test_the_oldest_are_dropped_and_that_is_told():
    inbox: Inbox[int] = Inbox(events_max=3)
    for number in range(10):
        inbox.put(number)
    assert [await inbox.next() for _ in range(4)] == [Lost(7), 7, 8, 9]
    inbox.put(10)
    assert await inbox.next() == 10


async def test_what_is_there_is_taken_before_the_end():
    inbox: Inbox[int] = Inbox()
    inbox.put(1)
    inbox.finish(ValueError("over"))
    assert await inbox.next() == 1
    with pytest.raises(ValueError, match="over"):
        await inbox.next()
