"""Ways through a flow: every step is reached, every caller comes to an end."""

import pytest

from cti.configuration.load import check
from tests.configuration.trees import write

CIRCLE_REMEDY = "let one of these steps lead elsewhere, such as to a hang_up"


def said(tmp_path, *steps, start="a"):
    flow = f"start: {start}\nsteps:\n" + "".join(f"  {step}\n" for step in steps)
    return [
        f"{mistake.line}:{mistake.column}: {mistake.what}, {mistake.remedy}"
        for mistake in check(write(tmp_path, flows_main=flow))
    ]


def test_a_step_that_no_way_leads_to(tmp_path):
    assert said(tmp_path, "a: {hang_up: }", "b: {play: B., next: c}", "c: {play: C., next: a}") == [
        "4:3: steps.b: no way leads to this step, lead one here, or take it out",
        "5:3: steps.c: no way leads to this step, lead one here, or take it out",
    ]


def test_while_a_way_leads_nowhere_nothing_is_called_out_of_reach(tmp_path):
    assert said(tmp_path, "a: {play: A., next: bb}", "b: {hang_up: }") == [
        '3:23: steps.a.next: there is no step "bb", add it to the steps of this flow'
    ]


def test_callers_who_are_never_asked_anything(tmp_path):
    assert said(tmp_path, "a: {play: A., next: b}", "b: {hours: shop, open: c, closed: a}", "c: {hang_up: }") == [
        f"3:3: steps.a: callers go round for ever and are never asked anything (a -> b -> a), {CIRCLE_REMEDY}"
    ]


def test_a_step_that_leads_to_itself(tmp_path):
    assert said(tmp_path, "a: {play: A., next: a}") == [
        f"3:3: steps.a: callers go round for ever and are never asked anything (a -> a), {CIRCLE_REMEDY}"
    ]


def test_callers_who_press_nothing(tmp_path):
    steps = ['a: {menu: A., choices: {"1": c}, otherwise: b}', "b: {play: B., next: a}", "c: {hang_up: }"]
    assert said(tmp_path, *steps) == [
        f"3:3: steps.a: a caller who presses nothing goes round for ever (a -> b -> a), {CIRCLE_REMEDY}"
    ]


def test_callers_before_a_full_queue(tmp_path):
    assert said(tmp_path, "a: {enqueue: sales, full: b}", "b: {play: Please wait., next: a}") == [
        f"3:3: steps.a: while the queue is full a caller goes round for ever (a -> b -> a), {CIRCLE_REMEDY}"
    ]


@pytest.mark.parametrize(
    "steps",
    [
        ['a: {menu: A., choices: {"1": b}, otherwise: c}', "b: {play: B., next: a}", "c: {hang_up: }"],
        ["a: {collect: A., into: x, digits: 4, next: a, otherwise: c}", "c: {hang_up: }"],
    ],
)
def test_going_back_by_key_is_no_circle(tmp_path, steps):
    assert said(tmp_path, *steps) == []


def test_circles_are_found_while_other_steps_are_wrong(tmp_path):
    found = said(tmp_path, "a: {play: A., next: b}", "b: {play: 5, next: a}", "c: {hangup: }")
    assert [line.partition(":")[0] for line in found] == ["3", "4", "5"]


def test_a_long_circle_is_told_in_short(tmp_path):
    steps = [f"s{number}: {{play: A., next: s{(number + 1) % 20}}}" for number in range(20)]
    (line,) = said(tmp_path, *steps, start="s0")
    assert "(s0 -> s1 -> s2 -> ... -> s18 -> s19 -> s0)" in line


def chain(length):
    return [*(f"s{number}: {{play: A., next: s{number + 1}}}" for number in range(length)), f"s{length}: {{hang_up: }}"]


def test_no_caller_is_taken_through_more_steps_at_once_than_the_rules_allow(tmp_path):
    assert said(tmp_path, *chain(49), start="s0") == []
    assert said(tmp_path, *chain(50), start="s0") == [
        "3:3: steps.s0: from here 51 steps follow each other without asking the caller anything, make it at most 50"
    ]


def test_what_is_said_at_once_fits_into_one_document(tmp_path):
    text = "x" * 2_900
    steps = [f"s{number}: {{play: {text}, next: s{number + 1}}}" for number in range(3)]
    menu = 'menu: {menu: M., choices: {"1": s0}, otherwise: end}'
    assert said(tmp_path, menu, *steps, "s3: {hang_up: Bye.}", "end: {hang_up: }", start="menu") == []
    assert said(tmp_path, menu, *steps, f"s3: {{hang_up: {text}}}", "end: {hang_up: }", start="menu") == [
        (
            "4:3: steps.s0: from here about 11840 characters are said before the caller is asked anything, "
            "make it at most 10000"
        )
    ]


def test_a_large_flow_is_checked_quickly_and_a_larger_one_refused(tmp_path):
    choices = ", ".join(f'"{key}": s{{}}' for key in range(10))
    ways = [choices.format(*((number + key) % 499 for key in range(10))) for number in range(499)]
    steps = [f"s{number}: {{menu: M., otherwise: end, choices: {{{way}}}}}" for number, way in enumerate(ways)]
    assert said(tmp_path, *steps, "end: {hang_up: }", start="s0") == []
    assert said(tmp_path, *steps, "t: {play: T., next: end}", "end: {hang_up: }", start="s0") == [
        "3:3: steps: there is too much of it, write at most 500"
    ]
