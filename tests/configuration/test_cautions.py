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
    ("lines", "dialled", "words"),
    [
        (
            'caller_id: "+2025550100"',
            "",
            "caller_id: +2025550100 is no number that its country's plan gives to anybody",
        ),
        ('caller_id: "+12025550100"', "", ""),
        ("", ", ends: 2020-01-31", "dialling: its last date was 2020-01-31, so this campaign dials nobody any more"),
        ("", ", ends: 2099-01-31", ""),
        ("", ", pacing: {at_most: 4}", "dialling: pacing.at_most is more than GB-ABN allows (3 %), and the rule holds"),
        ("", ", pacing: {at_most: 3}", ""),
    ],
)
def test_what_a_campaign_says_of_itself_and_will_not_do(tmp_path, lines, dialled, words):
    abandoned = "GB-ABN:\n  jurisdiction: GB\n  title: T\n  conduct: {abandoned_at_most: 3}\n  source: S\n"
    rules = f"{RULES}{abandoned}  confidence: statute\n"
    said = f"{CAMPAIGN}mode: predictive\n{DIALLED.replace('}', dialled + '}')}{lines}\n"
    tree = {**CALLING, **QUEUES, **NAILED_UP, "calling_rules/gb": rules, "campaigns/uk-sales": said}
    found = [line for line in told(tmp_path, **tree) if "campaigns/uk-sales.yaml:" in line]
    assert [f"warning: {words}" in line for line in found] == ([True] if words else [])


@pytest.mark.parametrize(
    ("zone", "week", "warned"),
    [
        ("Europe/London", "{sun: 10:00-16:00}", True),
        ("Europe/London", "{sun: 10:00-16:00, sat: 09:00-12:00}", False),
        ("America/Los_Angeles", "{mon-fri: 14:00-18:00}", True),
        ("America/Los_Angeles", "{mon-fri: 12:00-18:00}", False),
        ("Asia/Tokyo", "{mon: 07:00-12:00}", True),
        ("Asia/Tokyo", "{mon: 07:00-18:30}", False),
        ("Asia/Tokyo", "{tue: 05:00-05:50}", False),  # in winter
    ],
)
def test_a_week_in_which_nobody_may_be_called(tmp_path, zone, week, warned):
    """The one is by the site's clock, the other by that of who is called."""
    dialled = DIALLED.replace("}", f", week: {week}}}")
    site = GOOD["site.yaml"].replace("Europe/London", zone)
    tree = {**CALLING, **BY_HAND, **RUNG, "site": site, "campaigns/uk-sales": f"{CAMPAIGN}mode: preview\n{dialled}"}
    days = (TODAY + timedelta(days=passed) for passed in (0, 90, 180, 270))
    told_of = [told(tmp_path / str(day), day, **tree) for day in days]
    assert len({tuple(line.partition("config")[2] for line in lines if "week" in line) for lines in told_of}) == 1
    found = [line for line in told_of[0] if "campaigns/uk-sales.yaml:" in line]
    words = (
        "warning: dialling: dialling.week leaves no time within the hours of GB-HOURS, so nobody in GB is ever "
        f"dialled, write a week, by the clock of {zone}, in which people there may be called"
    )
    assert [words in line for line in found] == ([True] if warned else [])


@pytest.mark.parametrize(
    ("mode", "changed", "words"),
    [
        ("predictive", NAILED_UP, ""),
        ("preview", RUNG | BY_HAND, ""),
        ("progressive", NOBODY, "nobody serves sales, so this campaign calls nobody, add the queue to its agents"),
        ("preview", NOBODY, "nobody serves sales, so this campaign calls nobody, add the queue to its agents"),
        ("predictive", RUNG, "nobody who serves sales has a line that stays up, so this campaign dials nobody"),
        ("progressive", ONE_OF_THEM, "of those who serve sales nothing is dialled for ben, who has no line"),
        ("progressive", NAILED_UP | BY_HAND, "agents must accept each call of sales by hand, which takes longer"),
        ("predictive", NAILED_UP | BY_HAND, "people wait, so its ceilings are not certain, as pacing.certain says"),
    ],
)
def test_a_campaign_whose_agents_could_not_be_there(tmp_path, mode, changed, words):
    dialled = DIALLED.replace("[spring]", "[spring], pacing: {at_most: 3}")
    tree = {**CALLING, **QUEUES, **changed, "campaigns/uk-sales": f"{CAMPAIGN}mode: {mode}\n{dialled}"}
    found = [line for line in told(tmp_path, **tree) if "campaigns/uk-sales.yaml:" in line]
    assert [words in line and "warning: dialling: " in line for line in found] == ([True] if words else [])


CEILING = (
    "GB-RATE:\n  jurisdiction: GB\n  title: T\n  conduct: {abandoned_at_most: 3}\n  source: S\n  confidence: statute\n"
)
RULED = {"calling_rules/gb": RULES + CEILING}


def test_who_is_hung_up_on_as_nobody_can_tell_who_it_is(tmp_path):
    answering = "answering: {detect: first, unknown: hang_up}}\n"
    unknown = DIALLED.replace("}\n", f", {answering}")
    ahead = f"{CAMPAIGN}mode: predictive\n{unknown}"
    tree = {**CALLING, **RULED, **QUEUES, **NAILED_UP, "campaigns/uk-sales": ahead}
    [line] = [line for line in told(tmp_path, **tree) if "campaigns/uk-sales.yaml:" in line]
    assert "each call that it ends counts as abandoned" in line


def test_a_campaign_without_a_programme_beside_one_that_has_one(tmp_path):
    ahead = f"{CAMPAIGN}mode: predictive\n{DIALLED}"
    tree = {**CALLING, **RULED, **QUEUES, **NAILED_UP, "campaigns/uk-sales": ahead}
    assert told(tmp_path / "1", **tree, **{"campaigns/two": ahead}) == []
    found = told(tmp_path / "2", **tree, **{"campaigns/two": f"{ahead}programme: loans\n"})
    assert ["uk-sales.yaml" in line and "write what it calls for as its programme" in line for line in found] == [True]


def test_a_campaign_that_keeps_a_stricter_ceiling_of_its_programme(tmp_path):
    ahead = f"{CAMPAIGN}mode: predictive\n{DIALLED}"
    one, two = (ahead.replace("}\n", f", pacing: {{at_most: {share}}}}}\n") for share in (0.5, 2))
    found = told(tmp_path, **CALLING | QUEUES | NAILED_UP | {"campaigns/uk-sales": one, "campaigns/two": two})
    words = "another campaign of its programme promises at most 0.5 %, which this one keeps as well"
    assert ["two.yaml" in line and words in line for line in found] == [True]


def test_a_campaign_that_may_abandon_nobody_and_asks_to_dial_ahead(tmp_path):
    campaign = f"{CAMPAIGN}mode: predictive\n{DIALLED}"
    tree = {**CALLING, **QUEUES, **NAILED_UP, "campaigns/uk-sales": campaign}
    [line] = [each for each in told(tmp_path / "1", **tree) if "campaigns/uk-sales.yaml:" in each]
    assert "warning: dialling: no rule for GB says how many answers may be abandoned" in line
    own = campaign.replace("[spring]", "[spring], pacing: {at_most: 3}")
    for number, changed in enumerate(({"campaigns/uk-sales": own}, RULED), 2):
        found = told(tmp_path / str(number), **{**tree, **changed})
        assert [each for each in found if "campaigns/uk-sales.yaml:" in each] == []


MESSAGE = """\
start: message
steps:
  message:
    menu: This is the Corner Shop. To be called no more, press 9.
    choices: {"9": no_more}
    otherwise: bye
  no_more:
    opt_out: seller
    next: bye
  bye:
    hang_up: Good bye.
"""


def test_a_message_that_lets_nobody_opt_out_though_the_campaign_says_so(tmp_path):
    said = "message: [seller, number, opt_out]\n"
    dialled = "dialling: {queue: sales, lists: [spring], abandoned_flow: sorry}\n"
    deaf = MESSAGE.replace("opt_out: seller", "play: Well.")
    words = "message says that people can opt out, and sorry, its abandoned_flow, has no step that takes it"
    for number, (flow, message, warned) in enumerate(
        [(deaf, said, True), (MESSAGE, said, False), (deaf, "message: [seller, number]\n", False)]
    ):
        campaign = f"{CAMPAIGN}mode: progressive\n{message}{dialled}"
        tree = {**CALLING, **QUEUES, **NAILED_UP, "campaigns/uk-sales": campaign, "flows/sorry": flow}
        found = told(tmp_path / str(number), **tree)
        assert any(words in line for line in found) is warned, found


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
