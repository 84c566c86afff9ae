"""Taking turns: segments, each as often as its share says."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

Each = TypeVar("Each")


def by_shares(streams: Mapping[str, Iterator[Each]], shares: Mapping[str, int], taken: int) -> Iterator[Each]:
    """What streams yield, each in its share; one that is dry leaves its turns to the next. `taken` were so before."""
    turns, left, turn = _turns(shares), dict(streams), taken
    while left:
        ahead = (turns[(turn + place) % len(turns)] for place in range(len(turns)))
        name = next(each for each in ahead if each in left)
        found = next(left[name], None)
        if found is None:
            del left[name]
        else:
            turn += 1
            yield found


def _turns(shares: Mapping[str, int]) -> list[str]:
    """Each name as often as its share says, spread as evenly as can be."""
    total, credit = sum(shares.values()), dict.fromkeys(shares, 0)
    turns = []
    for _ in range(total):
        for name, share in shares.items():
            credit[name] += share
        chosen = max(credit, key=lambda name: credit[name])
        credit[chosen] -= total
        turns.append(chosen)
    return turns
