"""What keeps nothing from being used, and is hardly meant: told like a mistake, with `warning:` after the place."""

from datetime import date, timedelta

import pytest

from cti.configuration import zones
from cti.configuration.cautions import cautions
from cti.configuration.load import check, load, look
from tests.configuration.trees import CALLING, GOOD, write

TODAY = zones.data_known_since()
SHOP = GOOD["flows/main.yaml"]


def told(directory, today=TODAY, **changed):
    config = write(directory, **changed)
    assert check(config) == []
    return [str(caution) for caution in cautions(look(config), today)]


def test_nothing_is_said_of_a_tree_in_which_everything_is_used(tmp_path):
    assert told(tmp_path, **CALLING) == []


def test_a_registry_that_is_an_example(tmp_path):
    registries = "gb_ctps: {name: C, jurisdiction: GB}\ngb_tps: {name: N, jurisdiction: GB, example: true}\n"
    assert told(tmp_path, **{**CALLING, "do_not_call": registries}) == [
        (
            "config/do_not_call.yaml:2:1: warning: gb_tps: this is an example of a registry: nobody is on it, and it "
            "never grows old, take example away and import the real one before calling in earnest"
        )
    ]


def test_registries_that_are_examples_are_one_line_with_those_of_countries_that_are_called_first(tmp_path):
    names = {"au_dncr": "AU", "gb_ctps": "GB", "gb_tps": "GB"}
    registries = "".join(f"{key}: {{name: N, jurisdiction: {place}, example: true}}\n" for key, place in names.items())
    [line] = told(tmp_path, **{**CALLING, "do_not_call": registries})
    assert line.startswith("config/do_not_call.yaml:1:1: warning: gb_ctps, gb_tps, au_dncr: these are examples of")


CAMPAIGN = CALLING["campaigns/uk-sales"]
RULES = CALLING["calling_rules/gb"]


def test_a_campaign_whose_hours_never_come_together_with_those_of_its_rules(tmp_path):
    for number, (hours, warned) in enumerate(
        [
            ("{mon-fri: 22:00-23:00}", True),
            ("{sun: 10:00-12:00}", True),
            ("{mon-fri: 20:00-22:00}", False),
            ("{sun: 10:00-12:00, sat: 20:00-22:00}", False),
        ]
    ):
        found = told(tmp_path / str(number), **{**CALLING, "campaigns/uk-sales": f"{CAMPAIGN}hours: {hours}\n"})
        words = "warning: hours: its hours leave no time within those of GB-HOURS, so nobody is ever called"
        assert [words in line for line in found] == ([True] if warned else []), hours


def test_a_campaign_that_vouches_for_less_than_its_rules_ask_for(tmp_path):
    consent = "GB-CONSENT:\n  jurisdiction: GB\n  title: T\n  consent: express\n  source: S\n  confidence: statute\n"
    [line] = told(tmp_path / "1", **{**CALLING, "calling_rules/gb": RULES + consent})
    assert "config/campaigns/uk-sales.yaml:" in line
    assert (
        "warning: consent: GB-CONSENT needs more than the campaign vouches for (none), so nobody in GB is called but "
        "who is known to agree"
    ) in line
    vouched = CAMPAIGN + "consent: express\n"
    assert told(tmp_path / "2", **{**CALLING, "calling_rules/gb": RULES + consent, "campaigns/uk-sales": vouched}) == []
    mobile = consent.replace("  title", "  lines: [mobile]\n  title")
    [line] = told(tmp_path / "3", **{**CALLING, "calling_rules/gb": RULES + mobile})
    assert "so nobody on mobile lines in GB is called" in line
    over = consent + "  effective_to: 2020-01-01\n"
    assert told(tmp_path / "4", **{**CALLING, "calling_rules/gb": RULES + over}) == []


DIALLED = "dialling: {queue: sales, lists: [spring]}\n"
BY_HAND = {"queues": GOOD["queues.yaml"]}
QUEUES = {"queues": GOOD["queues.yaml"].replace("sales:\n", "sales:\n  takes_itself: true\n")}
ANNA, BEN = (f"{name}: {{name: {name}, queues: [sales, support], endpoint: 'client:{name}'" for name in ("anna", "ben"))
NAILED_UP = {"agents": f"{ANNA}, nailed_up: true}}\n{BEN}, nailed_up: true}}\n"}
ONE_OF_THEM = {"agents": f"{ANNA}, nailed_up: true}}\n{BEN}}}\n"}
NOBODY = {"agents": f"{ANNA}}}\n{BEN}}}\n".replace("sales, ", "")}
RUNG = {"agents": f"{ANNA}}}\n{BEN}}}\n"}


@pytest.mark.parametrize(
    ("mode", "changed", "words"),
    [
        ("predictive", NAILED_UP, ""),
        ("preview", RUNG | BY_HAND, ""),
        ("progressive", NOBODY, "nobody serves sales, so this campaign calls nobody, add the queue to its agents"),
        ("preview", NOBODY, "nobody serves sales, so this campaign calls nobody, add the queue to its agents"),
        ("predictive", RUNG, "nobody who serves sales has a line that stays up, so this campaign dials nobody"),
        ("progressive", ONE_OF_THEM, "of those who serve sales nothing is dialled for ben, who have no line"),
        ("progressive", NAILED_UP | BY_HAND, "agents must accept each call of sales by hand, which takes longer"),
        ("predictive", NAILED_UP | BY_HAND, "people wait, so its ceilings are not certain, as pacing.certain says"),
    ],
)
def test_a_campaign_whose_agents_could_not_be_there(tmp_path, mode, changed, words):
    tree = {**CALLING, **QUEUES, **changed, "campaigns/uk-sales": f"{CAMPAIGN}mode: {mode}\n{DIALLED}"}
    found = [line for line in told(tmp_path, **tree) if "campaigns/uk-sales.yaml:" in line]
    assert [words in line and "warning: dialling: " in line for line in found] == ([True] if words else [])


def test_a_calendar_that_ends_within_a_year(tmp_path):
    day = "    - {on: [%d-11-08], name: Diwali}\n"
    calendar = CALLING["calling_rules/calendars/gb"] + "IN:\n  name: H\n  source: S\n  days:\n" + day % TODAY.year
    tree = {**CALLING, "calling_rules/calendars/gb": calendar}
    assert told(tmp_path / "1", **tree) == [
        (
            f"config/calling_rules/calendars/gb.yaml:7:1: warning: IN: nothing is known of it after {TODAY.year}, "
            "and nobody is called then where it counts, write the dates of these years as well"
        )
    ]
    long = calendar.replace(str(TODAY.year), str(TODAY.year + 1))
    for today, count in ((date(TODAY.year, 12, 31), 0), (date(TODAY.year + 1, 1, 2), 1)):
        found = told(tmp_path / today.isoformat(), today, **{**tree, "calling_rules/calendars/gb": long})
        assert len([line for line in found if "IN: nothing is known of it after" in line]) == count


def test_a_calendar_that_has_not_begun(tmp_path):
    year = TODAY.year + 1
    calendar = f"GB:\n  name: H\n  source: S\n  days: [{{on: [{year}-11-08, {year + 1}-11-08], name: D}}]\n"
    [line] = told(tmp_path, **{**CALLING, "calling_rules/calendars/gb": calendar})
    assert f"warning: GB: nothing is known of it before {year}, and nobody is called then" in line


def test_zone_data_that_are_old(tmp_path):
    assert told(tmp_path / "1", TODAY + timedelta(days=90)) == []
    assert told(tmp_path / "2", TODAY + timedelta(days=91)) == [
        (
            f"config:1:1: warning: the zone data of this machine, {zones.data_version()}, have not been renewed for 91 "
            "days, install the newest tzdata"
        )
    ]


def test_zone_data_are_no_older_than_their_year():
    assert date(zones.data_year(), 1, 1) <= TODAY


def test_a_queue_that_no_agent_serves(tmp_path):
    assert told(tmp_path, queues=GOOD["queues.yaml"] + "club: {name: Club}\n") == [
        (
            "config/queues.yaml:5:1: warning: club: no agent serves this queue, "
            "give it an agent in agents.yaml, or take it away"
        )
    ]


def test_a_flow_that_no_entry_point_leads_to(tmp_path):
    assert told(tmp_path, flows_spare=SHOP) == [
        (
            "config/flows/spare.yaml:1:1: warning: no entry point leads to this flow, "
            "bind a number to it in entry_points.yaml, or take it away"
        )
    ]


def test_they_are_sorted_by_place_and_keep_nothing_from_being_used(tmp_path):
    found = told(tmp_path, queues=GOOD["queues.yaml"] + "club: {name: C}\nattic: {name: A}\n", flows_spare=SHOP)
    assert [line.partition(" ")[0] for line in found] == [
        "config/flows/spare.yaml:1:1:",
        "config/queues.yaml:5:1:",
        "config/queues.yaml:6:1:",
    ]
    assert load(tmp_path / "config").queues["club"].name == "C"


def test_they_are_not_looked_for_where_there_are_mistakes(tmp_path):
    assert cautions(look(write(tmp_path, queues="sales: {nam: S}\n")), TODAY) == []


def test_numbers_that_are_forgotten_sooner_than_a_rule_wants_them_proved(tmp_path):
    rule = (
        "GB-%s:\n  jurisdiction: GB\n  title: Kept\n  conduct: {keep_years: %d}\n  source: S\n  confidence: statute\n%s"
    )
    rows = (
        rule % ("FIVE", 5, "")
        + rule % ("TWO", 2, "")
        + rule % ("OLD", 9, f"  effective_to: {TODAY}\n")
        + rule % ("SURVEYS", 10, "  purposes: [survey]\n")
        + rule % ("BROADCASTS", 11, "  modes: [broadcast]\n")
        + rule % ("COMPANIES", 12, "  parties: [business]\n")
    )
    tree = write(tmp_path, **{**CALLING, "calling_rules/gb": CALLING["calling_rules/gb"] + rows})
    assert check(tree) == []
    [told] = cautions(look(tree), TODAY, numbers_days=1_826)
    assert str(told).endswith(
        "warning: GB-FIVE: it demands that calls are proved for 5 years, and CTI_CLEARANCE_NUMBERS_DAYS deletes the "
        "numbers that were called after 1826 days, set it to 1827 or more"
    )
    assert cautions(look(tree), TODAY, numbers_days=1_827) == cautions(look(tree), TODAY) == []


def test_a_rest_that_is_longer_than_calls_are_remembered(tmp_path):
    rest = (
        "GB-REST:\n  jurisdiction: GB\n  title: T\n  rest: {after: refusals, for: 400 days, per: person}\n"
        "  source: S\n  read_on: 2026-01-01\n  confidence: one_source\n"
    )
    tree = {**CALLING, "calling_rules/gb_rest": rest}
    warned = [line for line in told(tmp_path, **tree) if "GB-REST" in line]
    assert warned == [
        (
            "config/calling_rules/gb_rest.yaml:1:1: warning: GB-REST: it counts 401 days, and calls are forgotten "
            "after 400, set CTI_CALL_HISTORY_DAYS to that at least"
        )
    ]
