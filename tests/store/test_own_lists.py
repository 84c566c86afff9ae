"""Our own lists as people look at them, and many numbers at once."""

from cti.core.events import DialCleared, SuppressionAdded, SuppressionRemoved
from cti.store.attempts_projector import AttemptsProjector
from cti.store.own_lists import START, OwnLists
from cti.store.suppressions_projector import SuppressionsProjector
from cti.store.washing import Washing
from tests.store.made import ARRIVED_AT, SITE, record

MIAMI, OTHER = "+13055550123", "+13055550124"


def added(entry_id: str, value: str, scope: str = "company", **fields: str) -> SuppressionAdded:
    said = {"reason": "asked", "origin": "cli", "by": "anna", **fields}
    return SuppressionAdded(entry_id=entry_id, scope=scope, value=value, **said)


def gone(entry_id: str, value: str, scope: str = "company") -> SuppressionRemoved:
    return SuppressionRemoved(entry_id=entry_id, scope=scope, value=value, reason="changed mind", by="eve")


async def project(store, *events) -> None:
    records = [record(seq, event) for seq, event in enumerate(events, 1)]
    for kind in (SuppressionsProjector, AttemptsProjector):
        await kind(store, SITE).project(records)


async def every(lists: OwnLists, limit: int) -> list[str]:
    found, place = [], START
    while place:
        page, place = await lists.page(place, limit)
        found += [entry.entry_id for entry in page]
    return found


async def test_an_entry_says_who_why_and_since_when_also_when_it_holds_no_longer(store, reader):
    await project(store, added("s1", MIAMI), gone("s1", MIAMI), added("s2", MIAMI, reason="again"))
    lists = OwnLists(reader, SITE)
    first, second = await lists.about([MIAMI])
    assert (first.added_by, first.reason, first.added_at) == ("anna", "asked", ARRIVED_AT + 1)
    assert (first.removed_by, first.removed_reason, first.removed_at) == ("eve", "changed mind", ARRIVED_AT + 2)
    assert not first.stands
    assert second.stands
    assert await lists.about([MIAMI], standing=True) == [second]
    assert (await lists.as_of(), await lists.count()) == (3, 2)
    assert await OwnLists(reader, "other").about([MIAMI]) == []


async def test_a_walk_through_all_meets_each_once(store, reader):
    values = [(f"s{number}", f"+1305555{number:04}") for number in range(12)]
    events = [added(entry_id, value) for entry_id, value in values]
    events += [
        added("s90", "+1305", "area_code"),
        added("s91", "+1305555????", "wildcard"),
        added("s92", "H", "household"),
    ]
    await project(store, *events)
    wanted = [event.entry_id for event in events]
    for limit in (1, 3, 12, 100):
        assert await every(OwnLists(reader, SITE), limit) == wanted
    assert await every(OwnLists(reader, "other"), 5) == []


async def test_many_numbers_are_asked_for_at_once(store, reader):
    cleared = DialCleared(dial_id="x1", number=OTHER, campaign_id="spring", purpose="campaign", rules_version="r")
    await project(
        store,
        added("s1", MIAMI),
        added("s2", "+1212", "area_code"),
        added("s3", "+1415555????", "wildcard"),
        added("s4", OTHER, "campaign", campaign_id="spring"),
        added("s5", OTHER, "company", seller="other"),
        added("s6", "+12025550100"),
        gone("s6", "+12025550100"),
        cleared,
    )
    numbers = [MIAMI, OTHER, "+12125550123", "+14155550123", "+12025550100"]
    batch = await Washing(reader, SITE).known(numbers)

    def on(number: str, campaign_id: str = "", seller: str = "") -> list[str]:
        return [entry.entry_id for entry in batch.entries(number, campaign_id, seller)]

    assert [on(number) for number in numbers] == [["s1"], [], ["s2"], ["s3"], []]
    assert on(OTHER, "spring", "harbour") == ["s4"]
    assert on(OTHER, "spring", "other") == ["s4", "s5"]
    assert [attempt.attempt_id for attempt in batch.attempts(OTHER)] == ["x1"]
    assert batch.attempts(MIAMI) == ()
