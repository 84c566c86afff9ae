"""Who changed the tree is told where it differs from what is in force."""

import pytest

from cti.configuration.difference import NAMES_MAX, differences
from cti.configuration.load import load
from tests.centre import agent, centre
from tests.configuration.trees import CALLING, GOOD, write


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("site", "Corner Shop", "Corner shop", "site.yaml: name"),
        ("queues", "name: Sales", "name: Sales\n  ring_s: 21", "queues.yaml: sales"),
        ("entry_points", "5550100", "5550101", "entry_points.yaml: +12025550100, +12025550101"),
        ("flows/main", "Good bye", "Goodbye", "flows/main.yaml"),
    ],
)
def test_the_file_and_the_key_are_named(tmp_path, file, old, new, told):
    text = GOOD[f"{file}.yaml"].replace(old, new)
    in_force = load(write(tmp_path / "1"))
    assert differences(in_force, load(write(tmp_path / "2", **{file.replace("/", "_"): text}))) == [told]
    assert differences(in_force, load(write(tmp_path / "3"))) == []


def test_of_many_keys_the_first_are_named():
    many = [f"agent_{number:02}" for number in range(NAMES_MAX + 3)]
    [line] = differences(centre(agent("anna")), centre(agent("anna"), *map(agent, many)))
    assert line == f"agents.yaml: {', '.join(many[:NAMES_MAX])} and 3 more"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("calling_rules/gb", "A policy", "A statute", "calling_rules: GB-RING"),
        ("calling_rules/calendars/gb", "12-25", "12-26", "calling_rules/calendars: GB"),
        ("do_not_call", "Telephone", "telephone", "do_not_call.yaml: gb_tps"),
        ("campaigns/uk-sales", "Spring", "spring", "campaigns/uk-sales.yaml"),
    ],
)
def test_so_are_those_of_the_calling_rules(tmp_path, file, old, new, told):
    in_force = load(write(tmp_path / "1", **CALLING))
    other = load(write(tmp_path / "2", **{**CALLING, file: CALLING[file].replace(old, new)}))
    assert differences(in_force, other) == [told]
    assert differences(in_force, load(write(tmp_path / "3", **CALLING))) == []
