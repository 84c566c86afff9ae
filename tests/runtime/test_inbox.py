"""Live calls first, each rank its share, and no more than can be decided in time."""

import asyncio

import pytest

from cti.core.errors import Overloaded
from cti.core.events import (
    AcceptRequested,
    CallArrived,
    LegAnswered,
    ReadyRequested,
    SuppressionRequested,
    TokenRevoked,
)
from cti.core.state import State
from cti.runtime.decider import Input
from cti.runtime.inbox import INPUTS_MAX, Inbox
from cti.runtime.ranks import Rank, rank_of


def item(number: int) -> Input:
    return Input(event=ReadyRequested(request_id=f"r{number}", agent_id="anna"), key=f"k{number}", actor="agent:anna")


def keys(inbox: Inbox, count: int) -> list[str]:
    return [posted.item.key for posted in inbox.take(count)]


def test_what_an_input_is_about_says_its_rank():
    state = State("main")
    arrival = CallArrived(provider="test", provider_ref="CA1", to_number="+1", from_number="+2")
    assert rank_of(arrival, "carrier", state) is Rank.NEW_CALLS
    assert rank_of(LegAnswered(leg_id="main-l1"), "carrier", state) is Rank.LIVE_CALLS
    assert rank_of(ReadyRequested(request_id="r", agent_id="anna"), "agent:anna", state) is Rank.AGENTS
    # Somebody waits for this one, and its time runs out.
    assert (
        rank_of(AcceptRequested(request_id="r", agent_id="anna", offer_id="o"), "agent:anna", state) is Rank.LIVE_CALLS
    )
    assert rank_of(TokenRevoked(token_hash="h"), "admin", state) is Rank.REPORTS
    for origin, rank in (("agent", Rank.LIVE_CALLS), ("api", Rank.LIVE_CALLS), ("import", Rank.REPORTS)):
        asked = SuppressionRequested(scope="company", value="+12025550123", origin=origin)
        assert rank_of(asked, "admin", state) is rank


async def test_what_fits_into_a_batch_is_taken_as_it_came():
    inbox = Inbox()
    for number, rank in enumerate((Rank.REPORTS, Rank.AGENTS, Rank.NEW_CALLS, Rank.LIVE_CALLS)):
        inbox.post(item(number), rank)
    assert keys(inbox, 4) == ["k0", "k1", "k2", "k3"]
    assert len(inbox) == 0


async def test_of_more_than_a_batch_live_calls_get_most_and_everybody_something():
    inbox = Inbox()
    for rank in reversed(Rank):
        for number in range(100):
            inbox.post(item(1_000 * rank + number), rank)
    first = keys(inbox, 64)
    by_rank = {rank: sum(int(key[1:]) // 1_000 == rank for key in first) for rank in Rank}
    assert sum(by_rank.values()) == 64
    assert by_rank[Rank.LIVE_CALLS] > by_rank[Rank.NEW_CALLS] > by_rank[Rank.AGENTS] > by_rank[Rank.REPORTS] > 0
    assert len(inbox) == 400 - 64
    rest = []
    while len(inbox):
        rest += keys(inbox, 64)
    of_one_rank = [key for key in [*first, *rest] if int(key[1:]) // 1_000 == Rank.AGENTS]
    assert of_one_rank == sorted(of_one_rank)
    assert len({*first, *rest}) == 400


@pytest.mark.parametrize("rank", list(Rank))
async def test_a_line_is_bounded_and_the_others_are_not_full_because_of_it(rank):
    inbox = Inbox()
    for number in range(INPUTS_MAX[rank]):
        inbox.post(item(number), rank)
    with pytest.raises(Overloaded, match="wait already"):
        inbox.post(item(0), rank)
    for other in Rank:
        if other is not rank:
            inbox.post(item(0), other)
    assert inbox.load.refused[rank.name.lower()] == 1
    assert inbox.load.waiting[rank.name.lower()] == INPUTS_MAX[rank]
    inbox.take(64)
    inbox.post(item(0), rank)


async def test_where_somebody_has_waited_too_long_nobody_joins_but_live_calls(monkeypatch):
    inbox = Inbox()
    now = asyncio.get_running_loop().time()
    monkeypatch.setattr(inbox, "_time", lambda: now)
    for rank in Rank:
        inbox.post(item(0), rank)
    monkeypatch.setattr(inbox, "_time", lambda: now + 0.6)
    refused = [rank for rank in Rank if inbox.refuses(rank)]
    assert refused == [Rank.REPORTS]
    monkeypatch.setattr(inbox, "_time", lambda: now + 1.1)
    assert [rank for rank in Rank if inbox.refuses(rank)] == [Rank.NEW_CALLS, Rank.AGENTS, Rank.REPORTS]
    inbox.take(64)
    assert not any(inbox.refuses(rank) for rank in Rank)
