"""The example's calendars against those of the `holidays` package, for every year that ours know. Where they differ,
the statute that ours name was followed, and the difference stands here."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import holidays
import pytest

from cti.configuration.day_rules import FromEaster, month_day, observed, weekday_rule
from cti.configuration.load import load

CONFIG = Path(__file__).parents[2] / "config"

MONDAY, TUESDAY, FRIDAY = 0, 1, 4


class Other(NamedTuple):
    """The package's calendar. `ours` are the rules of days that only ours has, `theirs` the names of those that only
    theirs has, as it calls them; `once` single days that only ours has."""

    country: str
    part: str | None = None
    categories: tuple[str, ...] = ("public",)
    ours: tuple[str, ...] = ()
    theirs: tuple[str, ...] = ()
    once: tuple[str, ...] = ()

    def days(self, years):
        found = holidays.country_holidays(self.country, subdiv=self.part, years=years, categories=self.categories)
        return {day: name for day, name in found.items() if day.year in years}


JUNETEENTH = "Juneteenth National Independence Day"
JUNETEENTHS = (JUNETEENTH, f"{JUNETEENTH} (observed)")
FRIDAYS = ("Christmas Day", "Independence Day", "New Year's Day", "Veterans Day")
"""On a Saturday the package has them observed on the Friday before."""
ON_FRIDAYS = tuple(f"{name} (observed)" for name in FRIDAYS)
THE_DAY_AFTER = "friday after fourth thursday of november"
ELECTION = "tuesday after first monday of november"

MOVED = ("2012-05-28", "2020-05-04", "2022-05-30")
"""Bank holidays that were moved to a jubilee: ours are closed on both days."""

OTHERS = {
    ("US",): Other("US"),
    # The package lacks Mardi Gras, which only two counties keep, the day that is proclaimed after Thanksgiving, and
    # Mrs. Rosa L. Parks Day, which each county may keep.
    ("US-AL",): Other("US", "AL", ours=("easter -47", THE_DAY_AFTER, "12-01")),
    # La. R.S. 1:55 has more days than the package, and Juneteenth on a Saturday.
    ("US-LA",): Other(
        *("US", "LA"),
        ours=(
            *("01-08", "third saturday of june", "08-30", "second monday of october"),
            *("11-01", THE_DAY_AFTER),
        ),
        theirs=JUNETEENTHS,
        once=("2004-11-02", "2006-11-07"),  # election days
    ),
    # Miss. Code 3-3-7 does not know Juneteenth, and moves from Sundays only.
    ("US-MS",): Other("US", "MS", theirs=(*JUNETEENTHS, *ON_FRIDAYS)),
    # The same of 44 P.S. 11, which has Good Friday, Flag Day and Election Day, and not the day after Thanksgiving.
    ("US-PA",): Other(
        *("US", "PA"),
        ours=("easter -2", "06-14", ELECTION),
        theirs=("Day After Thanksgiving", *JUNETEENTHS, *ON_FRIDAYS),
    ),
    # Sales calls keep the holidays of the state and the federal ones. It moves to Mondays, from Saturdays too.
    ("US-RI", "US"): Other("US", "RI", ours=("05-04", ELECTION, "01-01", "07-04", "11-11", "12-25")),
    # Utah Code 63G-1-301: Juneteenth on a Monday; Good Friday from 2027 on.
    ("US-UT",): Other("US", "UT", ours=("third monday of june", "easter -2"), theirs=JUNETEENTHS),
    ("GB",): Other("GB", "ENG", once=MOVED),
    # St Andrew's Day is one since 2006.
    ("GB", "GB-SCT", "GB-NIR"): Other(
        *("GB", "SCT"),
        ours=("easter 1", "last monday of august", "03-17", "07-12"),
        once=(*MOVED, "2003-11-30", "2003-12-01", "2004-11-30", "2005-11-30"),
    ),
    ("DE",): Other("DE"),
    # The package leaves out Whit Monday while it was a day of work for the old; the code of work had it.
    ("FR",): Other("FR", once=("2005-05-16", "2006-06-05", "2007-05-28")),
    ("CA",): Other("CA", categories=("government", "public")),
    # The states move these off the weekend, each in its own way; the package gives the days that all of them keep.
    ("AU",): Other("AU", ours=("01-01", "01-26", "04-25", "12-25", "12-26")),
}


@pytest.fixture(scope="module")
def calendars():
    return load(CONFIG).calling.calendars


def _on(rule, year):
    """When it is, and the days on which one of a weekend may be observed."""
    found = FromEaster(int(rule[7:])) if rule.startswith("easter ") else month_day(rule) or weekday_rule(rule)
    day = found.of(year)
    moved = {observed(day, to) for to in (FRIDAY, MONDAY, TUESDAY)}
    return {day} | (moved if day.weekday() > FRIDAY else set())


@pytest.mark.parametrize("calendar_ids", OTHERS, ids="+".join)
def test_the_dates_are_those_of_the_package_but_for_what_is_listed(calendars, calendar_ids):
    other, known = OTHERS[calendar_ids], [calendars[calendar_id] for calendar_id in calendar_ids]
    years = range(max(each.first for each in known), min(each.last for each in known) + 1)
    ours = {day for each in known for iso in each.dates if (day := date.fromisoformat(iso)).year in years}
    theirs = other.days(years)
    extra = {rule: {day for year in years for day in _on(rule, year)} for rule in other.ours}
    assert sorted(ours - set(theirs) - set().union(*extra.values())) == sorted(map(date.fromisoformat, other.once))
    assert sorted(day for day in set(theirs) - ours if theirs[day] not in other.theirs) == []
    needless = [rule for rule, days in extra.items() if not days & (ours - set(theirs))]
    assert needless == [name for name in other.theirs if name not in {theirs[day] for day in set(theirs) - ours}] == []


def test_the_three_national_days_of_india(calendars):
    india = calendars["IN"]
    years = range(india.first, india.last + 1)
    three = {"Republic Day", "Independence Day", "Mahatma Gandhi's Birthday"}
    days = {day.isoformat() for day, name in Other("IN").days(years).items() if three & set(name.split("; "))}
    assert len(days) == 3 * len(years)
    assert days <= set(india.dates)
