"""The report's figures: days, windows and ceilings, to the call."""

import pytest

from cti.core.campaign_config import LedgerBound
from cti.core.zone import UTC
from cti.views.attempts import AttemptRow, RefusalRow
from cti.views.calling_report import Reporter, rate_ppm

DAY_MS = 86_400_000
FIRST = 20_000
"""A day, counted from 1970-01-01: 2024-10-04."""


def bound(days: int = 30, ceiling_ppm: int = 30_000) -> LedgerBound:
    return LedgerBound(ledger_id="harbour/sales/US-ABN", ceiling_ppm=ceiling_ppm, days=days)


class Calls:
    """Calls by day, each answered by a person."""

    def __init__(self, from_day: int = FIRST, to_day: int = FIRST + 2, days: int = 30) -> None:
        self.made = 0
        self.bound = bound(days)
        campaigns = frozenset({"spring"})
        self.reporter = Reporter(UTC, from_day, to_day, lambda row: row.campaign_id == "spring", campaigns, {})

    def answers(self, day: int, count: int, *, abandoned: bool = False, campaign_id: str = "spring") -> None:
        for _ in range(count):
            self.made += 1
            at = day * DAY_MS + self.made * 1_000
            row = AttemptRow(
                attempt_id=f"a{self.made}",
                campaign_id=campaign_id,
                seller="harbour",
                programme="sales",
                rules_version="r1",
                bounds=(self.bound,),
                dialled_at=at,
                answered_at=at + 100,
                counted_at=at + 200,
                counted_abandoned=abandoned,
                joined_at=0 if abandoned else at + 200,
                abandoned_at=at + 200 if abandoned else 0,
                message_at=at + 210 if abandoned else 0,
                ended_at=at + 500,
                outcome="ABANDONED" if abandoned else "HUMAN",
            )
            self.reporter.take(row, self.made)


def test_each_day_has_its_calls_and_the_total_has_all_of_them() -> None:
    calls = Calls()
    calls.answers(FIRST, 40)
    calls.answers(FIRST + 2, 9)
    calls.answers(FIRST + 2, 1, abandoned=True)
    report = calls.reporter.report()
    assert [(day.date, day.attempts, day.live_answers, day.connected, day.abandoned) for day in report.days] == [
        ("2024-10-04", 40, 40, 40, 0),
        ("2024-10-06", 10, 10, 9, 1),
    ]
    assert (report.total.attempts, report.total.messages_to_abandoned) == (50, 1)
    (lost,) = report.abandonments
    assert (lost.attempt_id, lost.position, lost.message_at - lost.answered_at) == ("a50", 50, 110)


def test_the_rate_is_over_the_window_that_ends_with_the_day_and_over_the_whole_programme() -> None:
    calls = Calls(days=2)
    calls.answers(FIRST - 1, 60, campaign_id="autumn")
    calls.answers(FIRST, 39)
    calls.answers(FIRST, 1, abandoned=True)
    calls.answers(FIRST + 2, 10)
    (found,) = calls.reporter.report().bounds
    assert [(day.window_answers, day.window_abandoned, day.rate_ppm, day.is_over) for day in found.days] == [
        (100, 1, 10_000, False),
        (40, 1, 25_000, False),
        (10, 0, 0, False),
    ]
    assert (found.highest_ppm, found.highest_at, found.is_ever_over) == (25_000, (FIRST + 1) * DAY_MS, False)


def test_a_ceiling_that_is_passed_in_the_middle_of_a_day_is_told_though_its_end_is_below() -> None:
    calls = Calls(to_day=FIRST)
    calls.answers(FIRST, 10)
    calls.answers(FIRST, 1, abandoned=True)
    calls.answers(FIRST, 89)
    (found,) = calls.reporter.report().bounds
    assert (found.days[0].is_over, found.is_ever_over, found.highest_ppm) == (False, True, rate_ppm(11, 1))


def test_other_campaigns_and_days_are_not_counted_as_this_ones_calls() -> None:
    calls = Calls()
    calls.answers(FIRST - 1, 3)
    calls.answers(FIRST, 2, campaign_id="autumn")
    calls.answers(FIRST + 3, 1)
    assert calls.reporter.report().total.attempts == 0


def test_refusals_are_counted_by_rule() -> None:
    calls = Calls()
    for place, (day, campaign_id) in enumerate(((FIRST, "spring"), (FIRST - 1, "spring"), (FIRST, "autumn"))):
        refusal = {"dial_id": f"d{place}", "seq": place, "at": day * DAY_MS, "campaign_id": campaign_id}
        calls.reporter.refuse(RefusalRow(rule="US-HOURS", **refusal))
    assert calls.reporter.report().refusals == {"US-HOURS": 1}


@pytest.mark.parametrize(("answers", "abandoned", "rate"), [(0, 0, 0), (3, 1, 333_334), (100, 3, 30_000)])
def test_rates_are_rounded_up(answers: int, abandoned: int, rate: int) -> None:
    assert rate_ppm(answers, abandoned) == rate
