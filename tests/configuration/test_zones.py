"""Zones as tables: the same offsets as the zone data gives, for as long as the table says."""

from bisect import bisect_right
from datetime import UTC, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.configuration.zones import data_year, names, table

FIRST = int(datetime(2003, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(data_year() + 15, 1, 1, tzinfo=UTC).timestamp()) - 1


def offset_s(zone, at_s):
    return zone.offsets_s[bisect_right(zone.starts_at, at_s * 1_000) - 1]


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(names()), at_s=st.integers(FIRST, LAST))
def test_a_table_agrees_with_the_zone_data(name, at_s):
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:  # the machine's may be older
        expected = datetime.fromtimestamp(at_s, ZoneInfo.from_file(file)).utcoffset()
    assert offset_s(table(name), at_s) == expected.total_seconds()


def test_a_change_is_placed_to_the_second():
    zone = table("America/New_York")
    change = int(datetime(2027, 3, 14, 7, tzinfo=UTC).timestamp())
    assert (offset_s(zone, change - 1), offset_s(zone, change)) == (-18_000, -14_400)


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/Phoenix"])
def test_a_zone_without_changes_is_one_row(name):
    assert len(table(name).starts_at) == 1


def test_a_table_begins_in_1970_so_that_every_moment_has_an_offset():
    assert all(table(name).starts_at[0] == 0 for name in ("UTC", "Europe/London", "Africa/Casablanca"))


def test_half_hours():
    zone = table("Australia/Lord_Howe")
    assert set(zone.offsets_s) == {37_800, 39_600}
    assert len(zone.starts_at) == len(zone.offsets_s) > 30
    assert list(zone.starts_at) == sorted(set(zone.starts_at))


def test_all_zones_of_the_data_are_known():
    assert len(names()) > 550
    assert {"UTC", "Europe/London", "America/Argentina/Buenos_Aires"} <= set(names())
