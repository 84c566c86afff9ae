"""How many people were taken for machines: a reasoned estimate, from those calls that agents heard.

Of the calls that the carrier took for machines, agents hear some (see `cti.core.detection`). The share of people among
those is taken for the share among all, as Ofcom describes a reasoned estimate: from live calls of the user's own, and
not from what the maker of the detection promises ("Tackling abandoned and silent calls", statements of 2008 and 2010,
and annex 3 of the statement on persistent misuse of 20 December 2016). Where few were heard that share is uncertain:
the upper end of Wilson's interval says what it may be at most (E. B. Wilson, Journal of the American Statistical
Association 22, 1927), with a confidence of 95 %, one-sided.
"""

from collections.abc import Iterable
from math import ceil, sqrt

import msgspec

from cti.core.apply.campaigns import run_of
from cti.core.detection import DetectionDay
from cti.core.state import State

Z = 1.6448536269514722
"""The normal deviate that 5 % exceed."""


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """Of calls taken for `machines` agents heard `heard`, of which `people` were people. So `estimate` people were
    taken for machines in all, rounded up, and `at_most` (95 %); both are None where there were machines and nobody
    heard any. `missed` are machines that agents met."""

    machines: int
    heard: int
    people: int
    missed: int
    estimate: int | None
    at_most: int | None


def detection_of(days: Iterable[DetectionDay]) -> Detection:
    """Of all these days."""
    rows = list(days)
    machines, heard, people = (
        sum(row.machines for row in rows),
        sum(row.heard for row in rows),
        sum(row.people for row in rows),
    )
    estimate = at_most = None
    if heard or not machines:
        unheard = machines - heard
        estimate = people + -(-unheard * people // heard) if heard else 0
        at_most = people + ceil(unheard * _upper(people, heard)) if heard else 0
    return Detection(
        machines=machines,
        heard=heard,
        people=people,
        missed=sum(row.missed for row in rows),
        estimate=estimate,
        at_most=at_most,
    )


def detection_within(state: State, campaign_ids: Iterable[str], from_day: int, to_day: int) -> Detection:
    """Of these campaigns, on these days (counted from 1970-01-01) of the site's zone."""
    days = [day for campaign_id in campaign_ids for day in run_of(state, campaign_id).detection]
    return detection_of(day for day in days if from_day <= day.day <= to_day)


def _upper(count: int, of: int) -> float:
    """The highest share that still explains so few, by Wilson's score."""
    share, square = count / of, Z * Z
    middle = share + square / (2 * of)
    spread = Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return min(1.0, (middle + spread) / (1 + square / of))
