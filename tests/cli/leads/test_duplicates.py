"""Rows whose numbers or ids are somebody's already: within a file, on its list, on others."""

import pytest

from cti.cli.leads.duplicates import Keys, Policy, decide
from cti.store.leads.looking import StagedKeys


class Known:
    """Leads that were there before: number, lead, list; and by id."""

    def __init__(self, *having, named=()):
        self._having = having
        self._named = named

    async def is_empty(self, list_id):
        return not self._having and not self._named

    async def having(self, numbers):
        return [each for each in self._having if each[0] in numbers]

    async def named(self, list_id, external_ids):
        return [each for each in self._named if each[0] in external_ids]


async def decided(rows, known=None, policy=Policy.SKIP):
    known = known or Known()
    keys = Keys()

    async def pieces():
        for start in range(0, len(rows), 2):
            yield rows[start : start + 2]

    await keys.take(pieces(), known, "spring")
    return await decide(keys, known, "spring", policy)


def row(line, *numbers, external_id=""):
    return StagedKeys(line, external_id, tuple(f"+1305555{number:04}" for number in numbers))


async def test_of_two_rows_with_one_number_the_first_is_taken():
    found = await decided([row(2, 1), row(3, 2), row(4, 1, 3), row(5, 3)])
    assert [(each.row, each.reason) for each in found.rejects] == [(4, "row 2 has the same number")]
    assert found.changes == ()


async def test_of_two_rows_with_one_id_the_first_is_taken():
    found = await decided(
        [row(2, 1, external_id="a"), row(3, 2, external_id="b"), row(4, 3, external_id="a")], policy=Policy.KEEP
    )
    assert [(each.row, each.reason) for each in found.rejects] == [(4, "its id is that of row 2")]


@pytest.mark.parametrize(
    ("policy", "rejected", "changes", "moved"),
    [(Policy.SKIP, [2, 3], (), 0), (Policy.KEEP, [], (), 0), (Policy.MOVE, [], ((2, "x"), (3, "y")), 1)],
)
async def test_what_is_on_a_list_already_is_skipped_kept_or_moved(policy, rejected, changes, moved):
    known = Known(("+13055550001", "x", "autumn"), ("+13055550002", "y", "spring"))
    found = await decided([row(2, 1), row(3, 2), row(4, 3)], known, policy)
    assert [each.row for each in found.rejects] == rejected
    assert (found.changes, found.moved) == (changes, moved)


async def test_who_is_on_the_list_by_id_is_changed_whatever_the_number():
    known = Known(("+13055550001", "x", "spring"), named=(("a", "x"),))
    for number in (1, 9):
        found = await decided([row(2, number, external_id="a")], known)
        assert (found.rejects, found.changes, found.moved) == ((), ((2, "x"),), 0)


async def test_a_change_does_not_take_somebody_elses_number():
    known = Known(("+13055550001", "x", "spring"), ("+13055550002", "y", "autumn"), named=(("a", "x"),))
    found = await decided([row(2, 2, external_id="a")], known, Policy.MOVE)
    assert [each.reason for each in found.rejects] == ["its number is on list autumn already, as y"]


async def test_two_rows_do_not_move_one_lead():
    known = Known(("+13055550001", "x", "autumn"), ("+13055550002", "x", "autumn"))
    found = await decided([row(2, 1), row(3, 2)], known, Policy.MOVE)
    assert found.changes == ((2, "x"),)
    assert [each.reason for each in found.rejects] == ["row 2 is the same lead"]


async def test_nothing_comes_of_nothing():
    assert await decided([]) == ((), (), 0)
