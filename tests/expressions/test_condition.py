"""Conditions that people write: what they may ask, and what comes of nonsense."""

import pytest

from cti.expressions.condition import BadCondition, Condition

NAMES = ("state", "priority", "kinds", "attributes")
SAID = {"state": "FL", "priority": 3, "kinds": ["mobile", "home"], "attributes": {"plan": "gold", "age": "41"}}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("true", True),
        ("state == 'FL' && priority > 2", True),
        ("state in ['GA', 'AL']", False),
        ("'mobile' in kinds", True),
        ("attributes.plan == 'gold' || attributes.missing == 'x'", True),
        ("attributes.missing == 'x'", False),
        ("attributes.missing != 'x'", False),
        ("has(attributes.missing)", False),
        ("!has(attributes.missing)", True),
        ("attributes['plan'].startsWith('go')", True),
        ("int(attributes.age) >= 40", True),
        ("int(attributes.plan) >= 40", False),
        ("priority == 'high'", False),
        ("priority / 0 == 1", False),
        ("priority", False),
        ("size(kinds) > 1 ? state == 'FL' : false", True),
        ("attributes.plan.matches('^g.*d$')", True),
        ("state == 'a.map(b)'", False),
    ],
)
def test_a_condition_holds_or_does_not_and_never_fails(text, holds):
    assert Condition(text, NAMES).holds(SAID) is holds


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "it is empty"),
        ("state ==", "something is missing at its end"),
        ("(state == 'FL'", "something is missing at its end"),
        ("state = 'FL'", "'=' at character 7 cannot be read; write =="),
        ("state == 'FL' and priority > 3", "'and' at character 15 cannot be read; write &&"),
        ("state == 'FL", "its quote at character 10 is not closed"),
        ("state == 'FL' ? priority", "something is missing at its end"),
        ("state in [FL]", "a text stands in quotes: 'FL'"),
        ("stat == 'FL'", "it speaks of stat; it may speak of attributes, kinds, priority, state"),
        ("kinds.exists(kind, kind == 'home')", "it goes over a list"),
        ("kinds . map (kind, kind) == []", "it goes over a list"),
        ("timestamp('2026-01-01T00:00:00Z') == state", "it uses timestamp"),
        ("state.danger(1)", "it uses danger"),
        ("state == '" + "x" * 1_000 + "'", "more than 1000 characters"),
        ("(" * 21 + "true" + ")" * 21, "nested deeper than 20"),
        ("\x00", "cannot be read"),
    ],
)
def test_what_is_no_condition_is_refused_with_what_to_do(text, wrong):
    with pytest.raises(BadCondition, match=r".") as found:
        Condition(text, NAMES)
    assert wrong in str(found.value)
