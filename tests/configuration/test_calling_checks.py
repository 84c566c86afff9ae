"""What is wrong with the calling rules as a whole."""

import pytest

from cti.configuration import zones
from tests.configuration.trees import CALLING, mistakes

ROW = "jurisdiction: GB, title: T, source: S, confidence: statute"
RULES = CALLING["calling_rules/gb"]


def found(directory, **changed):
    return mistakes(directory, **{**CALLING, **changed})


def campaign(**changed):
    """The good campaign with some keys changed; None leaves one out."""
    keys = {"name": "N", "seller": "S", "purpose": "sales", "countries": "[GB]", **changed}
    return "".join(f"{key}: {value}\n" for key, value in keys.items() if value is not None)


def of_campaign(directory, rules, **changed):
    """What is said of a campaign under these rules, without the place."""
    lines = found(directory, **{"calling_rules/gb": rules, "campaigns/uk-sales": campaign(**changed)})
    assert all(line.startswith("config/campaigns/uk-sales.yaml:") for line in lines)
    return [line.split(": ", 1)[1] for line in lines]


def test_a_good_tree_holds_no_mistake(tmp_path):
    assert found(tmp_path) == []


def test_a_rule_that_is_in_two_files(tmp_path):
    assert found(tmp_path, **{"calling_rules/more": f"GB-RING: {{{ROW}, never: true, modes: [manual]}}\n"}) == [
        (
            "config/calling_rules/more.yaml:1:1: GB-RING: GB-RING is in calling_rules/gb.yaml as well, "
            "keep one of them, or name it otherwise"
        )
    ]


def test_a_calendar_that_is_in_two_files(tmp_path):
    calendar = CALLING["calling_rules/calendars/gb"]
    assert found(tmp_path, **{"calling_rules/calendars/uk": calendar}) == [
        (
            "config/calling_rules/calendars/uk.yaml:1:1: GB: GB is in calling_rules/calendars/gb.yaml as well, "
            "keep one of them, or name it otherwise"
        )
    ]


def test_a_rule_that_is_in_one_file_twice(tmp_path):
    twice = f"GB-X: {{{ROW}, never: true, modes: [manual]}}\n" * 2
    assert found(tmp_path, **{"calling_rules/more": twice}) == [
        "config/calling_rules/more.yaml:2:1: the key GB-X is here a second time (first in line 1), keep one of them"
    ]


def test_without_registries_every_rule_that_names_one_is_told(tmp_path):
    assert found(tmp_path, do_not_call=None) == [
        (
            'config/calling_rules/gb.yaml:20:20: GB-TPS.registry.list: there is no registry "gb_tps", '
            "add it to do_not_call.yaml"
        )
    ]


def test_what_cannot_be_read_is_not_said_to_be_missing_elsewhere(tmp_path):
    assert [line.split(" ")[0] for line in found(tmp_path, do_not_call="gb_tps: ]\n")] == [
        "config/do_not_call.yaml:1:9:"
    ]
    lines = found(tmp_path / "calendar", **{"calling_rules/calendars/gb": "GB: ]\n"})
    assert [line.split(" ")[0] for line in lines] == ["config/calling_rules/calendars/gb.yaml:1:5:"]
    lines = found(tmp_path / "rules", **{"calling_rules/gb": "GB-X: ]\n"})
    assert [line.split(" ")[0] for line in lines] == ["config/calling_rules/gb.yaml:1:7:"]


def test_a_country_needs_hours_for_the_purpose(tmp_path):
    hours = f"GB-HOURS: {{{ROW}, purposes: [sales], hours: 24/7}}\n"
    assert of_campaign(tmp_path, hours) == []
    assert of_campaign(tmp_path, hours, purpose="survey") == [
        (
            "purpose: no rule says at which hours calls for survey to GB may be made at all, "
            "write a rule with hours that binds them"
        )
    ]


def test_hours_of_a_part_of_the_country_are_none_for_the_rest(tmp_path):
    hours = f"AU-NSW-HOURS: {{{ROW.replace('GB', 'AU-NSW')}, hours: 24/7}}\n"
    [line] = of_campaign(tmp_path, hours, countries="[AU]")
    assert line.startswith("purpose: no rule says")


def test_hours_that_hold_everywhere_do(tmp_path):
    hours = f"""ALL-HOURS: {{{ROW.replace("GB", '"*"')}, hours: 24/7}}\nGB-X: {{{ROW}, consent: express}}\n"""
    assert of_campaign(tmp_path, hours) == []


def test_hours_for_one_kind_of_line_are_none_for_the_others(tmp_path):
    [line] = of_campaign(tmp_path, f"GB-HOURS: {{{ROW}, lines: [mobile], hours: 24/7}}\n")
    assert line.startswith("purpose: no rule says at which hours calls for sales to GB, line fixed, may be made at all")


def test_hours_that_end_must_be_followed_by_others(tmp_path):
    year = zones.data_year() + 2
    old = f"GB-OLD: {{{ROW}, hours: 24/7, effective_to: {year}-03-01}}\n"
    new = f"GB-NEW: {{{ROW}, hours: 24/7, effective_from: %s}}\n"
    assert of_campaign(tmp_path / "1", old + new % f"{year}-03-01") == []
    for number, text in enumerate((old, old + new % f"{year}-03-02")):
        [line] = of_campaign(tmp_path / f"gap{number}", text)
        assert f"for sales to GB may be made from {year}-03-01 on" in line
    [line] = of_campaign(tmp_path / "late", new % f"{year}-01-01")
    assert f"may be made from {zones.data_year()}-01-01 on" in line


HOURS = f"GB-HOURS: {{{ROW}, hours: 24/7}}\n"


@pytest.mark.parametrize(
    ("rule", "keys", "said"),
    [
        ("conduct: {ring_at_least: 26s}", {}, "GB-X demands that it rings for 26 s at least, write ring: 26s or more"),
        ("conduct: {ring_at_least: 26s}", {"ring": "26s"}, None),
        ("conduct: {ring_at_least: 26s}, modes: [predictive]", {}, None),
        ("conduct: {ring_at_least: 26s}, parties: [business]", {}, None),
        ("conduct: {ring_at_least: 26s}, purposes: [survey]", {}, None),
        ("conduct: {ring_at_least: 26s}, unless_consent: express", {"consent": "written"}, None),
        ("conduct: {ring_at_least: 26s}, unless_consent: written", {"consent": "express"}, "GB-X"),
        ("conduct: {ring_at_least: 26s}, effective_to: 2030-01-01", {}, None),
        ("conduct: {ring_at_least: 26s}, lines: [mobile]", {}, "GB-X demands"),
        ("conduct: {caller_id: true}", {}, "GB-X demands a number to show, and there is none, write caller_id"),
        ("conduct: {caller_id: true}", {"caller_id": '"+442079460100"'}, None),
        ("conduct: {message: [seller, number]}, modes: [predictive]", {}, None),  # somebody of ours is there
        (
            "conduct: {message: [seller, number]}, modes: [progressive]",
            {"mode": "progressive"},
            "GB-X demands",
        ),
        (
            "conduct: {message: [seller, number]}",
            {"mode": "predictive", "message": "[seller]"},
            "message: GB-X demands that the recorded message says number, have it said, and add it to message",
        ),
        ("conduct: {message: [seller, number]}", {"mode": "predictive", "message": "[number, seller]"}, None),
        (
            "never: true",
            {},
            "countries[1]: GB-X allows no such call to GB, take the country out, or change what the campaign is",
        ),
        ("never: true, unless_opted_in: true", {}, "countries[1]: GB-X allows no such call"),
        ("never: true, unless_opted_in: true", {"opted_in": "true"}, None),
        ("never: true, unless_guaranteed: true", {}, None),
        ("never: true, unless_customer_days: 30", {}, None),
        ("never: true, unless_consent: express", {}, None),  # somebody may have agreed
        ("never: true, lines: [mobile]", {}, None),
        ("never: true, modes: [predictive]", {}, None),
        ("never: true, effective_to: 2027-01-01", {}, None),
    ],
)
def test_a_campaign_that_the_rules_refuse(tmp_path, rule, keys, said):
    lines = of_campaign(tmp_path, HOURS + f"GB-X: {{{ROW}, {rule}}}\n", **keys)
    assert len(lines) == (said is not None)
    assert all(line.startswith(said) for line in lines)


def test_a_state_of_the_country_counts_too(tmp_path):
    state = f"AU-NSW-X: {{{ROW.replace('GB', 'AU-NSW')}, conduct: {{ring_at_least: 40s}}}}\n"
    [line] = of_campaign(tmp_path, HOURS.replace("GB", "AU") + state, countries="[AU]")
    assert line.startswith("AU-NSW-X demands that it rings for 40 s")


def test_a_campaigns_name_is_its_files(tmp_path):
    good = campaign()
    assert found(tmp_path, **{"campaigns/uk-sales": None, "campaigns/Spring Sale": good}) == [
        (
            "config/campaigns/Spring Sale.yaml:1:1: a campaign is called after its file, and this is not a possible "
            "name, call the file by small letters, digits, - and _, such as spring-sale.yaml"
        )
    ]


def test_everything_at_once(tmp_path):
    lines = found(
        tmp_path,
        **{
            "calling_rules/gb": RULES.replace("jurisdiction: GB\n", "jurisdiction: UK\n", 1),
            "calling_rules/calendars/gb": "GB: {name: N, source: S, days: [{date: 13-01, name: D}]}\n",
            "do_not_call": "gb_tsp: {name: N, jurisdiction: GB, example: 1}\n",
            "campaigns/uk-sales": campaign(ring="1s", purpose="sell"),
        },
    )
    assert [line.split(" ")[0] for line in lines] == [
        "config/calling_rules/calendars/gb.yaml:1:40:",
        "config/calling_rules/gb.yaml:2:17:",
        "config/calling_rules/gb.yaml:20:20:",
        "config/campaigns/uk-sales.yaml:3:10:",
        "config/campaigns/uk-sales.yaml:5:7:",
        "config/do_not_call.yaml:1:46:",
    ]
