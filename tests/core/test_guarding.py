"""How many changes of the day a ceiling outlasts without another answer, by the calendars of those who count in it."""

import pytest

from cti.core.base import changed
from cti.core.calling import Calendar
from cti.core.guarding import guard_days
from cti.core.ledger import GUARD_DAYS, Ledger, day_of
from cti.core.times import OpeningSpan
from cti.core.zone import site_zone
from tests.dialer.campaign_site import CampaignSite, dialled

WEEKDAYS = tuple(OpeningSpan(weekday=day, opens=9 * 60, closes=17 * 60) for day in range(5))
MONDAYS_THURSDAYS = (WEEKDAYS[0], WEEKDAYS[3])
MONDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (20_255 + days for days in (0, 2, 3, 4, 5))
"""The week of 2025-06-16."""

LEDGER = "harbour/service/US"


def guard(day: int, *campaigns, closed: tuple[str, ...] = (), start: tuple[str, ...] = ("spring",)) -> int:
    site = CampaignSite(*campaigns)
    if closed:
        calendar = Calendar(calendar_id="X", name="Holidays", first=2025, last=2025, dates=closed)
        calling = changed(site.state.config.calling, calendars={"X": calendar})
        site.apply(changed(site.state.config, calling=calling))
    for campaign_id in start:
        site.control("start", campaign_id)
    return guard_days(site.state, LEDGER, day)


@pytest.mark.parametrize(("day", "changes"), [(MONDAY, 2), (WEDNESDAY, 2), (THURSDAY, 4), (FRIDAY, 4), (SATURDAY, 3)])
def test_it_reaches_to_the_next_day_but_one_on_which_is_dialled(day: int, changes: int) -> None:
    assert guard(day, dialled(spans=WEEKDAYS)) == changes


def test_days_on_which_is_seldom_dialled_are_waited_for() -> None:
    assert guard(THURSDAY, dialled(spans=MONDAYS_THURSDAYS)) == 7


def test_holidays_that_the_calendar_knows_are_no_dialling_days() -> None:
    closed = tuple(f"2025-06-{day}" for day in (20, 23, 24, 25, 26, 27, 30))
    assert guard(THURSDAY, dialled(spans=WEEKDAYS, closed_on=("X",)), closed=closed) == 13


@pytest.mark.parametrize("fields", [{}, {"spans": WEEKDAYS, "until_date": "2025-06-20"}])
def test_where_nobody_knows_when_is_dialled_next_it_is_a_week(fields: dict) -> None:
    """At any time; or once more at most."""
    assert guard(FRIDAY, dialled(**fields)) == GUARD_DAYS


def test_it_is_the_longest_of_those_that_run_and_count_there() -> None:
    campaigns = (dialled(spans=WEEKDAYS), dialled("autumn", spans=MONDAYS_THURSDAYS))
    assert guard(THURSDAY, *campaigns) == 4
    assert guard(THURSDAY, *campaigns, start=("spring", "autumn")) == 7
    assert guard(THURSDAY, *campaigns, start=()) == GUARD_DAYS


@pytest.mark.parametrize(("spans", "lines"), [(WEEKDAYS, 20), ((), 1)])
def test_what_a_longer_silence_would_forget_gives_room_to_who_dials_again_before(spans: tuple, lines: int) -> None:
    """On a Tuesday, with answers of four weeks ago that the window forgets on Friday."""
    site = CampaignSite(dialled(spans=spans), agents=1)
    today = day_of(site.at, site_zone(site.state.config))
    assert today == MONDAY + 1
    for state in (site.state, site.twin):
        ledger = Ledger(ledger_id=LEDGER, days=((today - 27, 2_000, 0), (today - 1, 1_000, 30)))
        state.ledgers.put(LEDGER, ledger)
        state.undo.forget()
    site.start(leads=30)
    assert len(site.pace(20)) == lines
