"""The example centre in config/ is a good one, and what the demonstration needs of it is there."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import phonenumbers

from cti.configuration import zones
from cti.configuration.cautions import cautions
from cti.configuration.load import check, load, look
from cti.core.calling import RegistryDemand
from cti.core.config import EnqueueStep, HangUpStep, HoursStep, MenuStep

CONFIG = Path(__file__).parents[2] / "config"

READ_ON = date(2026, 11, 22)
"""When its rules were read: later, its calendars may want new dates."""


def test_the_clocks_are_known_since_the_oldest_rule_holds():
    first, _ = zones.years()
    dated = [rule.effective_from for rule in load(CONFIG).calling.rules if rule.effective_from]
    assert min(dated) >= f"{first}-01-01"


def flow_of(config, number):
    return config.flows[config.entry_points[number].flow_id]


def test_it_holds_no_mistake():
    assert check(CONFIG) == []


def test_the_main_line_leads_everywhere():
    flow = flow_of(load(CONFIG), "+12025550100")
    menu = flow.steps["menu"]
    assert isinstance(menu, MenuStep)
    assert {key: flow.steps[name].__class__.__name__ for key, name in menu.choices.items()} == {
        "1": "EnqueueStep",
        "2": "EnqueueStep",
        "3": "PlayStep",
        "9": "CollectStep",
    }
    assert isinstance(flow.steps[menu.otherwise], EnqueueStep)


def test_a_line_with_a_short_queue_and_one_that_is_always_closed():
    config = load(CONFIG)
    queue_ids = [
        step.queue_id for step in flow_of(config, "+12025550101").steps.values() if isinstance(step, EnqueueStep)
    ]
    assert [config.queues[queue_id].contacts_max for queue_id in queue_ids] == [2]
    closed = flow_of(config, "+12025550102")
    first = closed.steps[closed.start]
    assert isinstance(first, HoursStep)
    assert config.hours[first.hours_id].spans == ()
    assert isinstance(closed.steps[first.closed], HangUpStep)


def test_the_club_line_asks_for_priority_and_a_skill():
    config = load(CONFIG)
    (step,) = [step for step in flow_of(config, "+12025550103").steps.values() if isinstance(step, EnqueueStep)]
    assert step.priority > 0
    assert step.skills
    assert config.queues[step.queue_id].priority > max(
        queue.priority for queue in config.queues.values() if queue.queue_id != step.queue_id
    )


def test_every_queue_is_served():
    config = load(CONFIG)
    served = {membership.queue_id for agent in config.agents.values() for membership in agent.memberships}
    assert served == set(config.queues)


def test_the_customers_are_fictional_and_some_share_a_number():
    with (CONFIG / "customers.csv").open(newline="") as file:
        customers = list(csv.DictReader(file))
    assert list(customers[0]) == ["id", "name", "account", "segment", "number"]
    assert len(customers) == len({customer["id"] for customer in customers}) == 30
    numbers = Counter(customer["number"] for customer in customers)
    assert max(numbers.values()) == 3
    for number in [*numbers, *load(CONFIG).entry_points]:
        assert phonenumbers.is_possible_number(phonenumbers.parse(number))
        assert number[5:10] == "55501"  # numbers set apart for fiction


def test_it_calls_by_campaign_under_the_rules_of_seven_countries():
    calling = load(CONFIG).calling
    countries = {campaign_id: campaign.countries for campaign_id, campaign in calling.campaigns.items()}
    assert countries == {
        "us-sales": ("US",),
        "sea-charts": ("US",),
        "us-collections": ("US",),
        "uk-sales": ("GB",),
        "ca-sales": ("CA",),
        "de-sales": ("DE",),
        "fr-sales": ("FR",),
        "in-sales": ("IN",),
        "au-sales": ("AU",),
    }
    named = {rule.demand.registry_id for rule in calling.rules if isinstance(rule.demand, RegistryDemand)}
    assert named == set(calling.registries)


def test_all_that_it_is_warned_of_are_its_example_registries():
    registries = load(CONFIG).calling.registries
    (told,) = (caution.what.partition(":")[0] for caution in cautions(look(CONFIG), READ_ON))
    assert sorted(told.split(", ")) == sorted(registries)
    assert all(registry.example for registry in registries.values())


def test_the_journal_keeps_it_whole_in_less_than_half_a_megabyte():
    assert len(msgspec.json.encode(load(CONFIG))) < 500_000
