"""`cti dialer rules`: which rules are in force where, by which source."""

import json

import pytest

from cti.cli.dialer.rules import rules
from cti.core.errors import CtiError
from tests.house.sources import ROOT


@pytest.fixture(autouse=True)
def site(tmp_path, monkeypatch):
    """A site that never ran, under the example's rules."""
    monkeypatch.setenv("CTI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CTI_CONFIG_DIR", str(ROOT / "config"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("CTI_DATABASE_URL", raising=False)


def shown(capsys, *arguments, **options) -> str:
    assert rules(*arguments, **options) == 0
    return capsys.readouterr().out


def rows(capsys, *arguments, **options) -> dict:
    return {row["rule"]: row for row in map(json.loads, shown(capsys, *arguments, json=True, **options).splitlines())}


def test_a_state_has_its_rules_and_those_of_its_country_each_with_its_source(capsys):
    said = " ".join(shown(capsys, "us-fl").split())
    assert "US-FL-HOURS Sales calls to Florida" in said
    assert "Fla. Stat. 501.616(6)(a)" in said
    assert "read on 2026-11-22)" in said
    assert "US-HOURS" in said
    assert "US-TX" not in said
    found = rows(capsys, "US-FL")
    assert {row["jurisdiction"] for row in found.values()} <= {"*", "US", "US-FL"}
    assert list(found["US-HOURS"]) == [
        "rule", "jurisdiction", "title", "binds", "effective_from", "effective_to", "source", "read_on", "confidence",
    ]  # fmt: skip


def test_only_what_is_in_force_on_that_day(capsys):
    before, after = rows(capsys, "FR", on="2026-08-10"), rows(capsys, "FR", on="2026-08-11")
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    assert gone
    assert come
    assert {before[rule]["effective_to"] for rule in gone} == {"2026-08-11"}
    assert {after[rule]["effective_from"] for rule in come} == {"2026-08-11"}


def test_without_a_jurisdiction_which_there_are(capsys):
    assert json.loads(shown(capsys, json=True))["US-FL"] >= 1
    assert "US-FL" in shown(capsys)


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("ZZ",), {}, "There are no rules of 'ZZ': there are AU, CA, "),
        (("U",), {}, "There are no rules of 'U':"),
        (("US",), {"on": "22/11/2026"}, "--on: '22/11/2026' is no date: write it like 2026-11-22."),
    ],
)
def test_a_question_that_makes_no_sense_is_one_sentence(arguments, options, words):
    with pytest.raises(CtiError) as refused:
        rules(*arguments, **options)
    assert str(refused.value).startswith(words)


def test_a_state_without_rules_of_its_own_has_those_of_its_country(capsys):
    assert rows(capsys, "US-ZZ").keys() == rows(capsys, "US").keys()
