"""`cti leads results` and `cti check` say how results get to another system, and what is in the way."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from cti.core.campaign_config import ResultsTarget
from cti.store.results.outbox import Outbox
from cti.store.store import Store
from tests.cli.dialer_files import SITE, leave_files
from tests.dialer.short_shift import shift
from tests.serving import command

URL = "https://crm.example.com/hooks/calls"
EXAMPLE = Path(__file__).parents[2] / "config"


@pytest.fixture
async def folder(tmp_path):
    site = shift(ResultsTarget(url=URL, secret="CRM"))
    await leave_files(tmp_path, tuple(site.records))
    return tmp_path


async def refuse_one(folder, words):
    store = await Store.open(f"sqlite:///{folder}/data/store.db")
    outbox = Outbox(store, SITE)
    first, second, *_ = await outbox.next("spring", 2**62, together=False)
    await outbox.received("spring", first, 1_800_000_000_000)
    await outbox.refused("spring", second, words, 1_800_000_000_000)
    await outbox.failing("spring", "503: busy", 3, 1_800_000_060_000, 1_800_000_120_000)
    await store.close()


async def test_it_says_how_many_wait_what_was_refused_and_what_is_in_the_way(folder):
    await refuse_one(folder, "422: =cmd|no such customer")
    status, output, errors = await command(folder, "leads", "results")
    assert (status, errors) == (0, "")
    assert f"spring: results to {URL}: 3 wait, 1 received lately, 1 refused" in output
    assert "Not sent since 2027-01-15 08:01 UTC: 503: busy; tried next at 2027-01-15 08:02 UTC" in output
    assert "refused with 422: =cmd|no such customer" in output
    assert "cti leads results spring --again" in output
    _, output, _ = await command(folder, "leads", "results", "spring", "--json")
    told = json.loads(output)
    assert (told["waiting"], told["received"], told["refused"], told["tries"]) == (3, 1, 1, 3)
    assert [each["why"] for each in told["refusals"]] == ["422: =cmd|no such customer"]


async def test_without_a_server_nothing_is_sent_again(folder):
    status, _, errors = await command(folder, "leads", "results", "spring", "--again")
    assert status == 1
    assert "No server answers" in errors


@pytest.mark.parametrize("more", [(), ("--again",)])
async def test_a_campaign_that_there_is_not_is_refused(folder, more):
    status, output, errors = await command(folder, "leads", "results", "sprin", *more)
    assert (status, output, errors) == (1, "", "There is no campaign 'sprin': did you mean \"spring\"?\n")


async def test_a_site_that_sends_nothing_says_so(tmp_path):
    await leave_files(tmp_path, tuple(shift().records))
    status, output, _ = await command(tmp_path, "leads", "results")
    assert status == 0
    assert "no results are sent anywhere" in output


async def test_check_warns_of_a_secret_and_a_host_that_are_missing(tmp_path):
    copytree(EXAMPLE, tmp_path / "config")
    campaign = tmp_path / "config/campaigns/us-sales.yaml"
    line = len(campaign.read_text().splitlines()) + 1
    campaign.write_text(f'{campaign.read_text()}results: {{url: "{URL}", secret: "secret:CRM"}}\n')
    status, output, _ = await command(tmp_path, "check", "config")
    assert status == 0, output
    (no_secret,) = [line for line in output.splitlines() if "there is no secret CRM" in line]
    assert no_secret.startswith(f"config/campaigns/us-sales.yaml:{line}:1: warning: results: ")
    assert "set CTI_SECRET_CRM, or put it into the file CRM of CTI_SECRETS_DIR" in no_secret
    (no_host,) = [line for line in output.splitlines() if "CTI_RESULTS_HOSTS" in line]
    assert "crm.example.com is not among the hosts" in no_host
    secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    named = {"CTI_SECRET_CRM": secret, "CTI_RESULTS_HOSTS": "crm.example.com"}
    _, output, _ = await command(tmp_path, "check", "config", **named)
    assert "results" not in output
    _, output, _ = await command(tmp_path, "check", "config", **named | {"CTI_SECRET_CRM": "hunter2"})
    assert "the secret CRM is none that signs" in output
    assert "hunter2" not in output
