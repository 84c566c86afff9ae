"""The week as letters and as a picture: whole, readable without colour, in 80 columns, on days of 23 and 25 hours."""

import io
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from cti.cli.dialer import week_svg, week_text
from cti.cli.dialer.drawing import Drawing, Told, draw
from cti.core.calling import HoursDemand
from cti.core.zone import UTC, local_day
from cti.dialer.calling.week import week
from tests.dialer.calling.books import CHICAGO, NEW_YORK, Call, ms, rule, spans

SVG = "{http://www.w3.org/2000/svg}"
FEDERAL = rule(HoursDemand(spans=spans(mon_sun="08:00-21:00")), "US-HOURS")
FLORIDA = rule(HoursDemand(spans=spans(mon_sat="08:00-20:00")), "US-FL-HOURS", jurisdiction="US-FL")
NIGHT = rule(HoursDemand(spans=spans(mon_sun="00:00-01:30 01:45-24:00")), "US-NIGHT")


NOTHING = Told()
PHOENIX = "America/Phoenix"


def drawn(at: str, *rules, zones=(NEW_YORK,), title="+1 305-555-0123 for Sale (sale)", told=NOTHING) -> Drawing:
    call = Call(*rules, zones=zones, jurisdictions=("US", "US-FL"))
    found = week(call.book, call.facts, call.campaign, ms(at))
    about = {each.rule_id: f"{each.title} <&> (a statute)" for each in rules}
    return draw(title, found, tuple(call.book.zones[name] for name in zones), about, ms(at), told)


def printed(drawing: Drawing, width: int = 80, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    week_text.show(drawing, Console(file=file, width=width))
    file.flush()
    return file.buffer.getvalue().decode(encoding).splitlines()


def picture(drawing: Drawing) -> ET.Element:
    return ET.fromstring(week_svg.svg(drawing))


def test_a_row_a_day_with_what_holds_longest_and_exact_times():
    lines = printed(drawn("2026-11-24T20:29-05:00", FEDERAL, FLORIDA))
    assert lines[0] == "+1 305-555-0123 for Sale (sale)"
    assert lines[1] == "the week from Tue 24 Nov 2026, local time of America/New_York"
    assert lines[4:6] == [
        "Tue 24 Nov " + "a" * 16 + "█" * 24 + "@b" + "a" * 6 + " 08:00-19:59:30",
        "Wed 25 Nov " + "a" * 16 + "█" * 24 + "bb" + "a" * 6 + " 08:00-19:59:30",
    ]  # fmt: skip
    assert "Sun 29 Nov " + "a" * 16 + "b" * 26 + "a" * 6 + " closed" in lines
    assert "a  closed by US-HOURS, US-FL-HOURS" in lines
    assert "b  closed by US-FL-HOURS" in lines
    assert "@  the instant asked about, Tue 24 Nov 20:29" in lines
    assert "US-FL-HOURS  us-fl-hours <&> (a statute)" in lines


@pytest.mark.parametrize("at", ["2026-11-24T12:00Z", "2026-10-28T12:00Z", "2027-03-10T12:00Z"])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_it_fits_80_columns_without_colour_and_plain_terminals(at, encoding):
    lines = printed(drawn(at, FEDERAL, FLORIDA, zones=(NEW_YORK, CHICAGO)), encoding=encoding)
    assert all(len(line) <= 80 and "\x1b" not in line for line in lines)
    assert sum("08:00-" in line or "09:00-" in line for line in lines) == 6


def test_where_there_is_room_a_column_is_a_quarter_of_an_hour():
    lines = printed(drawn("2026-11-24T12:00-05:00", NIGHT), width=140)
    assert lines[6] == "Wed 25 Nov " + "█" * 6 + "a" + "█" * 89 + " 00:00-01:29:30"
    assert lines[7].strip() == "01:45-24:00"


def test_what_the_clock_does_not_show_is_empty_and_what_it_shows_twice_is_said():
    spring, autumn = printed(drawn("2027-03-12T12:00Z", FEDERAL)), printed(drawn("2026-10-30T12:00Z", NIGHT))
    assert "Sun 14 Mar aaaa  aaaaaaaaaa" + "█" * 26 + "a" * 6 + " 08:00-20:59:30" in spring
    assert "!  Sun 14 Mar: the clock is set from 02:00 to 03:00; the time between does not" in spring
    begins = next(number for number, line in enumerate(autumn) if line.startswith("Sun  1 Nov"))
    assert [line[60:] for line in autumn[begins : begins + 5]] == [
        "00:00-01:29:30",
        "01:45-02:00",
        "01:00-01:29:30 again",
        "01:45-02:00 again",
        "02:00-24:00",
    ]


def test_the_picture_says_in_words_what_it_shows():
    drawing = drawn("2026-11-24T20:29-05:00", FEDERAL, FLORIDA)
    root = picture(drawing)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "title desc"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == drawing.title
    assert "Tue 24 Nov: 08:00-19:59:30; Wed 25 Nov: 08:00-19:59:30" in description.text
    assert "b is closed by US-FL-HOURS" in description.text
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert "closed by US-HOURS, US-FL-HOURS" in words
    assert "US-HOURS: us-hours <&> (a statute)" in words
    assert words.count("open") == 6


def test_every_bar_has_its_pattern_and_says_what_it_is():
    root = picture(drawn("2026-11-24T20:29-05:00", FEDERAL, FLORIDA))
    patterns = {f"url(#{element.attrib['id']})" for element in root.iter(f"{SVG}pattern")}
    fills = {bar.attrib["fill"] for bar in root.iter(f"{SVG}rect") if bar.attrib["fill"].startswith("url")}
    assert fills <= patterns
    told = [group.find(f"{SVG}title").text for group in root.iter(f"{SVG}g")]
    assert "08:00-19:59:30 open" in told
    assert "21:00-24:00 closed by US-HOURS, US-FL-HOURS" not in told  # it closes before, so that nothing rings on
    assert "20:59:30-24:00 closed by US-HOURS, US-FL-HOURS" in told


@pytest.mark.parametrize(("at", "hours"), [("2026-11-24T12:00Z", 168), ("2027-03-12T12:00Z", 167)])
def test_the_bars_cover_every_hour_of_the_week(at, hours):
    widths = [float(bar.attrib["width"]) for bar in _bars(picture(drawn(at, FEDERAL, FLORIDA)))]
    assert sum(widths) / week_svg.HOUR == pytest.approx(hours, abs=0.05)


def test_an_hour_that_comes_twice_is_two_half_bars_one_below_the_other():
    bars = _bars(picture(drawn("2026-10-30T12:00Z", FEDERAL)))
    half = [
        (bar.attrib["x"], bar.attrib["width"], float(bar.attrib["y"])) for bar in bars if bar.attrib["height"] == "13.0"
    ]
    (above, below) = half
    assert above[:2] == below[:2] == ("148.00", "32.00")
    assert below[2] - above[2] == week_svg.BAR / 2 + 1


def test_the_time_that_comes_twice_is_labelled():
    titles = [element.text for element in picture(drawn("2026-10-30T12:00Z", FEDERAL)).iter(f"{SVG}title")]
    assert "01:00-02:00 comes twice: the clock is set back. Above the first, below the second." in titles
    assert not [title for title in titles if "comes twice" in title and "01:00-02:00" not in title]


def test_the_picture_says_the_verdict_and_by_which_rules_it_was_drawn():
    told = Told("No, it may not be rung.", "Drawn by rules 9f2c.")
    words = [element.text for element in picture(drawn("2026-11-24T12:00Z", FEDERAL, told=told)).iter(f"{SVG}text")]
    assert words[1] == "No, it may not be rung."
    assert words[-1] == "Drawn by rules 9f2c."


def test_holidays_have_a_mark_of_their_own_and_a_name():
    thanksgiving = local_day(UTC, ms("2026-11-26T12:00Z"))
    told = Told(holidays={thanksgiving: "2026-11-26 is Thanksgiving, calendar US"})
    drawing = drawn("2026-11-24T12:00-05:00", FEDERAL, told=told)
    lines = printed(drawing)
    assert [line[:11] for line in lines if line.startswith("Thu 26 Nov")] == ["Thu 26 Nov*"]
    assert "*  Thu 26 Nov: 2026-11-26 is Thanksgiving, calendar US" in lines
    root = picture(drawing)
    assert "Thu 26 Nov: 2026-11-26 is Thanksgiving, calendar US" in [each.text for each in root.iter(f"{SVG}text")]
    assert "(2026-11-26 is Thanksgiving, calendar US)" in root.find(f"{SVG}desc").text


def test_clocks_of_other_zones_are_told_beside_those_of_the_drawn_one():
    lines = printed(drawn("2026-11-24T12:00Z", FEDERAL, zones=(NEW_YORK, CHICAGO, PHOENIX)), width=200)
    assert lines[1] == (
        "the week from Tue 24 Nov 2026, local time of America/New_York; all zones were asked, and it is open where all "
        "are: America/Chicago (1 h behind), America/Phoenix (2 h behind)"
    )
    lines = printed(drawn("2027-03-12T12:00Z", FEDERAL, zones=(NEW_YORK, PHOENIX)), width=200)
    assert "America/Phoenix (2 h behind, then 3 h behind)" in lines[1]


def test_more_kinds_of_closed_than_hatchings_are_told_apart():
    rules = [rule(HoursDemand(spans=spans(mon_sun=f"{hour:02d}:00-24:00")), f"US-{hour}") for hour in range(1, 15)]
    root = picture(drawn("2026-11-24T12:00Z", *rules))
    kinds = [ET.tostring(element).split(b">", 1)[1] for element in root.iter(f"{SVG}pattern")]
    assert len(kinds) == len(set(kinds)) == 14


def _bars(root: ET.Element) -> list[ET.Element]:
    return [bar for group in root.iter(f"{SVG}g") for bar in group.findall(f"{SVG}rect")]
