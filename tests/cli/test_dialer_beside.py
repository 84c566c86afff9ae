"""What `cti dialer report` says that no ledger counts: people taken for machines, and calls that rang too short."""

import json
from io import StringIO

from rich.console import Console

from cti.api.campaigns import with_every_field
from cti.cli.campaign.showing import show_one
from cti.core import events as e
from cti.core.base import changed
from cti.core.calling import CallingRule, ConductDemand
from cti.core.states import EndCause, Outcome
from cti.views.campaign import stand_of
from tests.cli.dialer_files import leave_files
from tests.dialer.calling_site import HOURS
from tests.dialer.campaign_site import ABANDONED, CampaignSite, dialled
from tests.dialer.test_detection import listening, talk
from tests.serving import command

PERIOD = ("--from", "2025-06-10", "--to", "2025-06-17")


async def test_d38_the_report_says_the_rate_with_the_estimate(tmp_path) -> None:
    site = listening()
    talk(site, Outcome.MACHINE, "machine")
    talk(site, Outcome.MACHINE, "later")
    talk(site, Outcome.HUMAN, "sold")
    talk(site, Outcome.HUMAN, "machine")
    await leave_files(tmp_path, tuple(site.records))
    asked = ("dialer", "report", "spring", *PERIOD)
    status, output, errors = await command(tmp_path, *asked, "--json")
    assert (status, errors) == (0, "")
    report = json.loads(output)
    assert (report["total"]["live_answers"], report["total"]["abandoned"]) == (2, 0)
    assert (report["detection"]["people"], report["detection"]["missed"], report["detection"]["estimate"]) == (1, 1, 1)
    assert report["estimated_ppm"] == 500_000  # one of one live answer and one person who was taken for a machine
    page = tmp_path / "report.html"
    status, output, _ = await command(tmp_path, *asked, "--html", str(page))
    said = (
        "2 calls were taken for one, agents heard 2 of them, of which 1 were people: about 1 people in all, 1 at most"
    )
    assert said in output
    assert "with them 50.00 % abandoned" in output
    assert said in page.read_text(encoding="utf-8")


async def test_d48_a_telephone_that_the_carrier_did_not_let_ring_long_enough_is_reported(tmp_path) -> None:
    """The rules ask for fifteen seconds; the carrier gives one call up after ten, and never says when another rang."""
    rings = CallingRule(rule_id="US-RING", jurisdiction="US", title="Ring", demand=ConductDemand(ring_s_min=15))
    site = CampaignSite(changed(dialled(mode="progressive"), ring_s=20), agents=3, rules=(HOURS, ABANDONED, rings))
    site.start()
    long, short, silent = site.pace(3)
    for leg_id, rang_ms in ((short, 10_000), (long, 20_000)):
        site.place(leg_id)
        site.alert(leg_id)
        site.wait(rang_ms)
        site.take(e.LegEnded(leg_id=leg_id, cause=EndCause.NO_ANSWER), 0)
    site.no_answer(silent)
    assert {event.outcome for event in site.ever(e.AttemptEnded)} == {Outcome.NO_ANSWER}
    await leave_files(tmp_path, tuple(site.records))
    status, output, errors = await command(tmp_path, "dialer", "report", "spring", *PERIOD, "--json")
    assert (status, errors) == (0, "")
    assert json.loads(output)["rings"] == {"unanswered": 3, "short": 1, "shortest_ms": 10_000, "untimed": 1}
    _, output, _ = await command(tmp_path, "dialer", "report", "spring", *PERIOD)
    assert "not answered: 3; 1 rang for less than the rules ask, the shortest rang for 10.0 s" in output


def test_the_standing_of_a_campaign_says_what_was_taken_for_machines() -> None:
    site = listening()
    talk(site, Outcome.MACHINE, "machine")
    said = StringIO()
    show_one(with_every_field(stand_of(site.state, "spring", site.at)), Console(file=said, width=200))
    assert "machines, within 30 days: 1 calls were taken for one, agents heard 1 of them" in said.getvalue()
