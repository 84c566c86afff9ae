"""How much of the hours in which a campaign dials is gone, in the site's zone."""

import pytest

from cti.core.calling import Calendar, CallingConfig
from cti.core.config import SiteConfig
from cti.core.dialling_hours import day_gone_ppm, dials_at, dials_next_at
from cti.core.times import OpeningSpan, ZoneTable
from cti.core.zone import local_instant
from tests.dialer.campaign_site import dialled

ZONE = ZoneTable(name="Here", starts_at=(0,), offsets_s=(2 * 3_600,))
SITE = SiteConfig(name="Site", zone="Here", zones={"Here": ZONE})
TUESDAY = 20_256
TUESDAYS = tuple(f"2025-06-{day}" for day in (17, 24))
HOLIDAYS = CallingConfig(
    calendars={"X": Calendar(calendar_id="X", name="Holidays", first=2025, last=2025, dates=TUESDAYS)}
)
CLOSING = SiteConfig(name="Site", zone="Here", zones={"Here": ZONE}, calling=HOLIDAYS)
NIGHT = OpeningSpan(weekday=0, opens=20 * 60, closes=26 * 60)
MORNING = OpeningSpan(weekday=1, opens=10 * 60, closes=12 * 60)
EVENING = OpeningSpan(weekday=1, opens=18 * 60, closes=22 * 60)


@pytest.mark.parametrize(
    ("hour", "gone_ppm"), [(1, 125_000), (9, 250_000), (11, 375_000), (15, 500_000), (20, 750_000), (23, 1_000_000)]
)
def test_so_much_of_the_day_is_gone(hour: int, gone_ppm: int) -> None:
    how = dialled(spans=(NIGHT, MORNING, EVENING)).dialling
    assert day_gone_ppm(how, SITE, local_instant(ZONE, TUESDAY, hour * 60)) == gone_ppm


def test_it_goes_by_the_second() -> None:
    how = dialled(spans=(OpeningSpan(weekday=1, opens=600, closes=601),)).dialling
    assert day_gone_ppm(how, SITE, local_instant(ZONE, TUESDAY, 600) + 15_000) == 250_000


@pytest.mark.parametrize("spans", [(), (MORNING, EVENING)])
def test_nobody_knows_when_a_campaign_stops_on_a_day_without_hours(spans: tuple[OpeningSpan, ...]) -> None:
    assert day_gone_ppm(dialled(spans=spans).dialling, SITE, local_instant(ZONE, TUESDAY + 1, 600)) is None


def here(day: int, hour: int) -> int:
    return local_instant(ZONE, day, hour * 60)


def test_on_a_holiday_of_the_site_it_does_not_dial_but_for_what_began_the_day_before() -> None:
    how = dialled(spans=(NIGHT, MORNING, EVENING), closed_on=("X",)).dialling
    assert dials_at(how, CLOSING, here(TUESDAY, 1))
    assert not dials_at(how, CLOSING, here(TUESDAY, 11))
    assert dials_at(how, SITE, here(TUESDAY, 11)), "by a calendar that is gone nothing is closed"
    anytime = dialled(closed_on=("X",)).dialling
    assert [dials_at(anytime, CLOSING, here(TUESDAY + days, 0)) for days in (-1, 0, 1)] == [True, False, True]


def test_hours_of_a_holiday_are_no_part_of_the_day() -> None:
    how = dialled(spans=(NIGHT, MORNING, EVENING), closed_on=("X",)).dialling
    assert day_gone_ppm(how, CLOSING, here(TUESDAY, 1)) == 500_000
    assert day_gone_ppm(how, CLOSING, here(TUESDAY, 11)) == 1_000_000


def test_after_holidays_it_dials_again_however_long_they_last() -> None:
    how = dialled(spans=(MORNING,), closed_on=("X",)).dialling
    assert dials_next_at(how, CLOSING, here(TUESDAY - 1, 12)) == here(TUESDAY + 14, 10)


def test_in_a_year_that_a_calendar_does_not_know_it_does_not_dial() -> None:
    assert not dials_at(dialled(closed_on=("X",)).dialling, CLOSING, here(TUESDAY + 365, 10))
