"""The people whom the demonstration calls: none of them can be real, and the calling rules let some of them be called
at any hour of any day."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from cti.cli.demo.people import people
from cti.configuration.load import load
from cti.core.numbering import Address
from cti.dialer.calling.facts import call_facts
from cti.dialer.calling.judge import judge
from cti.dialer.calling.rulebook import Rulebook
from cti.dialer.compliance import by_destination
from cti.dialer.numbering.locate import locate

CONFIG = Path(__file__).parents[2] / "config"
EVERYBODY = list(people(random.Random(7)))
SOME = EVERYBODY[:60]
"""About as many as are on the list at one time; every clock is among theirs."""

DAYS = {
    "a Sunday in summer": (2026, 7, 5),
    "Thanksgiving": (2026, 11, 26),
    "Christmas": (2027, 12, 25),
    "New Year's Day": (2028, 1, 1),
    "the day on which American clocks go forward": (2027, 3, 14),
}


@pytest.fixture(scope="module")
def asked():
    """Who of them the campaign may ring at an instant (UTC), and the rules that say no to the others."""
    config = load(CONFIG)
    book, campaign = Rulebook(config.calling, config.zones), config.calling.campaigns["sea-charts"]
    facts = []
    for each in SOME:
        lead = each.lead()
        place = locate(each.number, msgspec.convert(lead["address"], Address), config.calling.numbering)
        facts.append(call_facts(campaign, place, consent=lead["consent"]))

    def at(instant):
        ms = round(instant.timestamp() * 1_000)
        found = [judge(book, fact, campaign, ms) for fact in facts]
        return sum(not blocks for blocks in found), {block.rule for blocks in found for block in blocks}

    return at


@pytest.mark.parametrize("day", DAYS)
def test_a_third_may_be_called_whenever_it_is_shown(asked, day):
    midnight = datetime(*DAYS[day], tzinfo=UTC)
    for minutes in range(0, 24 * 60, 20):
        allowed, rules = asked(midnight + timedelta(minutes=minutes, seconds=-1))
        assert allowed >= len(SOME) // 3, minutes
        assert rules == {"US-HOURS"}  # for the others it is night, and nothing else


def test_the_centre_may_ring_all_of_them():
    config = load(CONFIG)
    countries = config.calling.campaigns["sea-charts"].countries
    assert [each.number for each in EVERYBODY if by_destination(config, each.number, countries)] == []


def test_their_numbers_are_set_apart_for_fiction_and_each_is_called_once():
    assert len({each.number for each in EVERYBODY}) == len(EVERYBODY) == 2_000
    assert {each.number[5:10] for each in EVERYBODY} == {"55501"}


def test_everything_that_can_become_of_a_call_becomes_of_some():
    kinds = Counter(each.behaviour.get("on_ring", each.behaviour.get("answers_as", "person")) for each in EVERYBODY)
    assert set(kinds) == {"person", "machine", "fax", "busy", "reject", "unreachable", "ignore"}
    assert kinds["person"] > len(EVERYBODY) / 3
    assert sum(each.refuses for each in EVERYBODY) == len(EVERYBODY) // 20
