"""What people get wrong, and the line they are told: where it is, what it is, and what to do.

The cases are texts in mistakes/: what somebody writes, and after `>` what is said about it.
"""

from pathlib import Path
from textwrap import indent

import pytest

from tests.configuration.trees import CALLING, mistakes

FOLDER = Path(__file__).parent / "mistakes"


def cases():
    for path in sorted(FOLDER.glob("*.txt")):
        for block in path.read_text().strip().split("\n\n"):
            written, _, said = block.partition("\n> ")
            yield pytest.param(path.stem, written, said, id=f"{path.stem}: {written[:40]}")


def place(kind, written):
    """The file that a case belongs into, and the text of it around what somebody writes."""
    of_calling = {
        "rule": (
            "calling_rules/gb",
            "GB-X:\n  jurisdiction: GB\n  title: T\n  source: S\n  confidence: statute\n" + indent(written, "  "),
        ),
        "rule_entry": (
            "calling_rules/gb",
            f"{written}\n  title: T\n  source: S\n  confidence: statute\n  never: true\n",
        ),
        "calendar": ("calling_rules/calendars/gb", f"GB:\n  name: N\n  source: S\n{indent(written, '  ')}\n"),
        "day": ("calling_rules/calendars/gb", f"GB:\n  name: N\n  source: S\n  days:\n    - {written}\n"),
        "nanp": ("calling_rules/numbering/nanp", f"source: S\nread_on: 2026-11-22\n{written}\n"),
        "postcodes": (
            "calling_rules/numbering/us_postcodes",
            f"source: S\nread_on: 2026-11-22\npostcodes:\n{indent(written, '  ')}\n",
        ),
        "places": (
            "calling_rules/numbering/zones",
            f"source: S\nread_on: 2026-11-22\ncountries: {{}}\ncanadian_postcodes: {{}}\n{written}\n",
        ),
        "registry": ("do_not_call", f"gb_tps: {written}\n"),
        "campaign": ("campaigns/uk-sales", f"name: N\nseller: S\n{written}\n"),
    }
    if kind in of_calling:
        return of_calling[kind]
    match kind:
        case "site":
            return "site", f"name: S\nzone: Europe/London\nhold_music: Wait.\n{written}\n"
        case "zone":
            return "site", f"name: S\nhold_music: Wait.\n{written}\n"
        case "queue":
            return "queues", f"sales:\n{indent(written, '  ')}\nsupport: {{name: T}}\n"
        case "entry":
            return "queues", f"{written}\nsales: {{name: S}}\nsupport: {{name: T}}\n"
        case "week":
            return "hours", f"shop:\n  open:\n{indent(written, '    ')}\n"
        case "hours":
            return "hours", f"shop:\n{indent(written, '  ')}\n"
        case "agent":
            return "agents", f"anna:\n  name: Anna\n{indent(written, '  ')}\nben: {{name: Ben}}\n"
        case "entry_point":
            return "entry_points", f"{written}\n"
        case "step":
            return "flows_main", f"start: step\nlanguage: en-GB\nsteps:\n  step: {written}\n  end: {{hang_up: Bye.}}\n"
    raise AssertionError(kind)


@pytest.mark.parametrize(("kind", "written", "said"), list(cases()))
def test_a_mistake_is_named_with_its_place_and_its_remedy(tmp_path, kind, written, said):
    file, text = place(kind, written)
    calling = CALLING if file in CALLING else {}
    if kind.startswith("rule"):  # what a rule does not say any more a campaign would miss
        calling = {**calling, "campaigns/uk-sales": None}
    found = mistakes(tmp_path, **{**calling, file: text})
    if kind == "step":  # what is wrong with a step may also cut off the next one
        found = [line for line in found if "no way leads to this step" not in line]
    assert found == [f"config/{file.replace('_main', '/main') if 'flows' in file else file}.yaml:{said}"]


def test_all_that_is_wrong_with_how_a_campaign_dials_is_said_at_once(tmp_path):
    written = (
        f"{CALLING['campaigns/uk-sales']}mode: predictive\ndialling:\n  lists: [a]\n  queue: sales\n"
        "  begins: 2026-12-31\n  ends: 2026-01-01\n  pacing: {at_most: 5, aim: 7}\n"
        "  segments:\n    - {id: x, when: \"state = 'FL'\"}\n    - {id: y, when: state ==}\n"
    )
    found = mistakes(tmp_path, **{**CALLING, "campaigns/uk-sales": written})
    assert [line.split(": ", 1)[1] for line in found] == [
        "dialling.ends: it ends before it begins, write a later date",
        "dialling.pacing.aim: it aims at more than the most, write at_most or less",
        "dialling.segments[1].when: '=' at character 7 cannot be read, write ==",
        "dialling.segments[2].when: something is missing at its end, write it like state == 'FL' && priority > 3",
    ]


def test_missing_keys_are_reported_where_they_are_missing(tmp_path):
    assert mistakes(tmp_path, site="name: S\n", queues="sales:\n  name: S\nsupport: {}\n") == [
        "config/queues.yaml:3:1: support: the key name is missing, add it",
        "config/site.yaml:1:1: the key hold_music is missing, add it",
        "config/site.yaml:1:1: the key zone is missing, add it",
    ]


def test_a_flow_starts_at_one_of_its_steps(tmp_path):
    flow = "start: begin\nsteps:\n  beginn: {hang_up: Bye.}\n"
    assert mistakes(tmp_path, flows_main=flow) == [
        'config/flows/main.yaml:1:8: start: there is no step "begin", did you mean "beginn"?'
    ]


def test_an_agents_name_is_an_identifier(tmp_path):
    assert mistakes(tmp_path, agents="Anna-Maria: {name: Anna}\n") == [
        'config/agents.yaml:1:1: Anna-Maria: "Anna-Maria" is not a possible name here, write anna_maria'
    ]


def test_what_cannot_be_read_is_not_said_to_be_missing_elsewhere(tmp_path):
    found = mistakes(tmp_path, queues="sales: {name: S\n", hours="shop: ]\n", agents="anna: *x\n")
    assert [line.split(" ")[0] for line in found] == [
        "config/agents.yaml:1:7:",
        "config/hours.yaml:1:7:",
        "config/queues.yaml:1:8:",
    ]


def test_everything_at_once(tmp_path):
    found = mistakes(
        tmp_path,
        site="name: 1\nzone: Mars\nhold_music: {play: a b}\n",
        hours="shop: {open: {mon: 9}}\n",
        queues="sales: {name: S, ring_s: 1}\nsupport: {name: 2}\n",
        agents="anna: {name: A, queues: [x], skills: {a: 9}}\n",
        entry_points='"+12025550100": {flow: x}\n',
        flows_main="start: x\nsteps:\n  a: {play: A., next: a}\n  b: {enqueue: x, full: y}\n",
    )
    assert [line.split(" ")[0] for line in found] == [
        "config/agents.yaml:1:26:",
        "config/agents.yaml:1:42:",
        "config/entry_points.yaml:1:24:",
        "config/flows/main.yaml:1:8:",
        "config/flows/main.yaml:3:3:",
        "config/flows/main.yaml:4:16:",
        "config/flows/main.yaml:4:25:",
        "config/hours.yaml:1:20:",
        "config/queues.yaml:1:26:",
        "config/queues.yaml:2:17:",
        "config/site.yaml:1:7:",
        "config/site.yaml:2:7:",
        "config/site.yaml:3:20:",
    ]
