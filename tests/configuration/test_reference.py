"""The reference names every key with its default and its limits, and its examples load."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cti.configuration.load import load
from cti.configuration.written import (
    agents,
    calendars,
    calling_rules,
    campaigns,
    dialling,
    do_not_call,
    entry_points,
    flow,
    hours,
    numbering,
    prompt,
    queues,
    results,
    site,
)
from cti.configuration.written.base import Written
from tests.configuration.trees import write

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "configuration.md").read_text()

SECTIONS = {
    "Prompts": (prompt.SayPart, prompt.PlayPart, prompt.PausePart),
    "`site.yaml`": (site.SiteWritten,),
    "`supervisors`": (site.SupervisorWritten,),
    "`hours.yaml`": (hours.HoursWritten,),
    "`queues.yaml`": (queues.QueueWritten,),
    "`agents.yaml`": (agents.AgentWritten,),
    "`entry_points.yaml`": (entry_points.EntryPointWritten,),
    "`flows/*.yaml`": (flow.FlowWritten,),
    **{f"`{kind}`": (step,) for kind, step in flow.BY_KIND.items()},
    "`calling_rules/*.yaml`": (calling_rules.CallingRuleWritten,),
    "`cap`": (calling_rules.CapWritten,),
    "`rest`": (calling_rules.RestWritten,),
    "`registry`": (calling_rules.RegistryDemandWritten,),
    "`conduct`": (calling_rules.ConductWritten,),
    "`calling_rules/calendars/*.yaml`": (calendars.CalendarWritten,),
    "`days`": (calendars.DayWritten,),
    "`calling_rules/numbering/*.yaml`": (numbering.TableWritten,),
    "`nanp.yaml`": (numbering.NanpWritten,),
    "`us_postcodes.yaml`": (numbering.PostcodesWritten,),
    "`zones.yaml`": (numbering.PlacesWritten,),
    "`do_not_call.yaml`": (do_not_call.RegistryWritten,),
    "`campaigns/*.yaml`": (campaigns.CampaignWritten,),
    "`dialling`": (dialling.DiallingWritten,),
    "`segments`": (dialling.SegmentWritten,),
    "`again`": (dialling.RetryWritten,),
    "`pacing`": (dialling.PacingWritten,),
    "`answering`": (dialling.AnsweringWritten,),
    "`results`": (results.ResultsWritten,),
}

TABLES = ("`nanp.yaml`", "`us_postcodes.yaml`", "`zones.yaml`")
"""What they begin with stands in the section before."""


def rows(heading):
    """The table of a section: key -> (default, limits)."""
    section = re.split(r"^#+ ", TEXT.split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line] for line in lines]
    return {key.strip("`"): (default, limits) for key, _, default, limits in cells}


FIELDS = [
    (heading, field.alias or name, field)
    for heading, models in SECTIONS.items()
    for model in models
    for name, field in model.model_fields.items()
    if heading not in TABLES or name not in numbering.TableWritten.model_fields
]


@pytest.mark.parametrize("heading", SECTIONS)
def test_a_section_names_the_keys_that_there_are_and_no_others(heading):
    assert list(rows(heading)) == list(dict.fromkeys(name for found, name, _ in FIELDS if found == heading))


@pytest.mark.parametrize(("heading", "name", "field"), FIELDS)
def test_a_key_is_documented_with_its_default(heading, name, field):
    default, _ = rows(heading)[name]
    assert (default == "required") == field.is_required()
    written = re.match(r"`([^`]*)`", default)
    if not field.is_required() and field.default is not None:
        default_written = written and YAML(typ="safe", pure=True).load(written[1])
        assert isinstance(field.default, Written) or default_written == field.default


@pytest.mark.parametrize(("heading", "name", "field"), FIELDS)
def test_a_key_is_documented_with_its_limits(heading, name, field):
    _, limits = rows(heading)[name]
    documented = {int(number) for number in re.findall(r"-?\d+", limits.replace(",", ""))}
    bounds = [getattr(rule, bound, None) for rule in field.metadata for bound in ("ge", "le", "max_length")]
    if "SayPart" not in str(field.annotation):  # what holds for every prompt stands in their section
        assert {bound for bound in bounds if bound is not None} <= documented


def examples():
    blocks = re.findall(r"```yaml\n# (\S+)\n(.*?)```", TEXT, flags=re.DOTALL)
    assert len(blocks) == TEXT.count("```yaml") == 16
    return {name.removesuffix(".yaml"): text for name, text in blocks}


def test_the_examples_make_a_site_together(tmp_path):
    config = load(write(tmp_path, **examples()))
    assert set(config.flows) == {"main", "club", "nobody_free"}
    assert set(config.calling.campaigns) == {"check-up", "us-sales"}


def test_every_key_is_shown_in_an_example():
    shown = "\n".join(examples().values())
    unseen = {name for _, name, _ in FIELDS if not re.search(rf"\b{name}:", shown)}
    assert unseen <= {"loop", "pause", "say", "timeout_s"}  # Prompts shows the first three in its list
