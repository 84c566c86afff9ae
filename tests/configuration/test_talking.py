"""What the configuration says of telephones, recordings, messages and outside numbers; and what it may not say."""

import pytest

from cti.configuration.load import load
from cti.core.config import SupervisorConfig, VoicemailStep
from cti.core.plan import Say
from tests.configuration.trees import GOOD, mistakes, write

ALLOWED = 'dial_prefixes: ["+1202"]\n'


def site(more: str) -> str:
    return GOOD["site.yaml"] + more


def test_every_key_about_outside_numbers_and_the_carriers_rate(tmp_path):
    config = load(
        write(
            tmp_path,
            site=site(
                'dial_prefixes: ["+44", "+1202"]\ndial_denied: ["+4487"]\ndial_countries: [US, "NO"]\n'
                "dials_per_agent_hour: 5\ndials_per_hour: 50\ncalls_per_second: 3\n"
            ),
        )
    )
    assert config.dial_prefixes == ("+1202", "+44")
    assert (config.dial_denied, config.dial_countries) == (("+4487",), ("NO", "US"))
    assert (config.dials_per_agent_hour, config.dials_per_hour, config.calls_per_second) == (5, 50, 3)


def test_nothing_said_about_outside_numbers_allows_none_and_one_call_a_second(tmp_path):
    config = load(write(tmp_path))
    assert (config.dial_prefixes, config.dial_countries, config.calls_per_second) == ((), (), 1)
    assert (config.dials_per_agent_hour, config.dials_per_hour) == (60, 1_000)


def test_supervisors(tmp_path):
    config = load(
        write(
            tmp_path,
            site=site(
                "dial_countries: [US]\nsupervisors:\n  sue: {name: Sue}\n"
                '  tom: {name: Tom, endpoint: "tel:+12025550177"}\n'
            ),
        )
    )
    assert config.supervisors == {
        "sue": SupervisorConfig(supervisor_id="sue", name="Sue", endpoint="client:sue"),
        "tom": SupervisorConfig(supervisor_id="tom", name="Tom", endpoint="tel:+12025550177"),
    }


@pytest.mark.parametrize(
    ("written", "nailed_up", "desk"),
    [
        ("", False, True),
        ('endpoint: "tel:+12025550142"', False, False),
        ("endpoint: sip:ann@pbx.example", False, False),
        ('endpoint: "tel:+12025550142"\n  desk: true', False, True),
        ('endpoint: "tel:+12025550142"\n  nailed_up: true', True, True),
        ('endpoint: "tel:+12025550142"\n  nailed_up: true\n  desk: false', True, False),
        ("nailed_up: true", True, True),
    ],
)
def test_who_needs_a_desk(tmp_path, written, nailed_up, desk):
    agents = f"anna:\n  name: Anna\n  queues: [sales, support]\n  {written}\n"
    agent = load(write(tmp_path, site=site(ALLOWED), agents=agents)).agents["anna"]
    assert (agent.nailed_up, agent.desk) == (nailed_up, desk)


def test_telephones_that_would_never_ring_are_mistakes_beside_all_others(tmp_path):
    agents = (
        'anna:\n  name: Anna\n  endpoint: "tel:+4930123456"\n'
        'ben:\n  name: Ben\n  endpoint: "tel:+12025550142"\n'
        'cleo:\n  name: Cleo\n  endpoint: "tel:+19005550100"\n'
    )
    sue = 'supervisors:\n  sue: {name: Sue, endpoint: "tel:+12035550100"}\n'
    remedy = "cover it by dial_prefixes or dial_countries in site.yaml, or write another"
    found = mistakes(
        tmp_path,
        site=site(ALLOWED + 'dial_countries: [US]\ndial_denied: ["+1203"]\n' + sue),
        agents=agents,
        hours="1\n",
    )
    assert f"config/agents.yaml:3:13: anna.endpoint: this telephone may not be rung (destination), {remedy}" in found
    assert f"config/agents.yaml:9:13: cleo.endpoint: this telephone may not be rung (premium), {remedy}" in found
    assert (
        f"config/site.yaml:8:30: supervisors.sue.endpoint: this telephone may not be rung (denied), {remedy}" in found
    )
    assert len(found) == 4


def test_whisper_recording_and_notice_of_a_queue(tmp_path):
    queues = (
        "sales:\n  name: Sales\n  whisper: Sales!\n  recording: always\n  recording_notice: We record.\n"
        "support:\n  name: Support\n"
    )
    config = load(write(tmp_path, queues=queues))
    sales, support = config.queues["sales"], config.queues["support"]
    assert (sales.whisper, sales.recording) == ((Say(text="Sales!", language="en-US"),), "always")
    assert sales.recording_notice == (Say(text="We record.", language="en-US"),)
    assert (support.whisper, support.recording, support.recording_notice) == ((), "never", ())


def voicemail(more: str = "") -> str:
    return f"start: message\nsteps:\n  message:\n    voicemail: Speak.\n    next: end\n{more}  end: {{hang_up: Bye.}}\n"


def test_a_step_that_takes_a_message(tmp_path):
    flow = load(
        write(tmp_path, flows_main=voicemail('    seconds_max: 1m30s\n    silence_s: 3\n    finish_on_key: ""\n'))
    )
    step = flow.flows["main"].steps["message"]
    assert step == VoicemailStep(
        prompt=(Say(text="Speak.", language="en-US"),), next="end", seconds_max=90, silence_s=3, finish_on_key=""
    )


@pytest.mark.parametrize(
    ("kind", "written", "said"),
    [
        (
            "site",
            site('dial_denied: ["0044"]\n'),
            ['config/site.yaml:4:15: dial_denied[1]: "0044" does not begin telephone numbers'],
        ),
        (
            "site",
            site('dial_prefixes: ["+44"]\ndial_denied: ["+44"]\n'),
            ["config/site.yaml:5:15: dial_denied[1]: +44 is allowed and denied"],
        ),
        ("site", site("dial_countries: [UK]\n"), ['config/site.yaml:4:18: dial_countries[1]: "UK" is not a country']),
        (
            "site",
            site("calls_per_second: 1.5\n"),
            ["config/site.yaml:4:19: calls_per_second: 1.5 is not a whole number"],
        ),
        ("site", site("calls_per_second: -1\n"), ["config/site.yaml:4:19: calls_per_second: -1 is too small"]),
        ("site", site("dials_per_hour: many\n"), ["config/site.yaml:4:17: dials_per_hour: many is not a whole number"]),
        (
            "site",
            site("supervisors:\n  sue: {name: Sue, endpoint: sue}\n"),
            ['config/site.yaml:5:30: supervisors.sue.endpoint: "sue" is not an address'],
        ),
        (
            "site",
            site("supervisors:\n  sue: {endpoint: client:sue}\n"),
            ["config/site.yaml:5:3: supervisors.sue: the key name is missing"],
        ),
        (
            "queues",
            "sales: {name: S, recording: sometimes}\nsupport: {name: S}\n",
            ['config/queues.yaml:1:29: sales.recording: "sometimes" does not say what is recorded'],
        ),
        (
            "queues",
            "sales: {name: S, recording_notice: We record.}\nsupport: {name: S}\n",
            ["config/queues.yaml:1:36: sales.recording_notice: nothing is recorded here"],
        ),
        (
            "agents",
            "anna: {name: A, queues: [sales, support], desk: false}\n",
            ["config/agents.yaml:1:49: anna.desk: a softphone rings at a desk"],
        ),
        (
            "agents",
            "anna: {name: A, queues: [sales, support], nailed_up: yes}\n",
            ["config/agents.yaml:1:54: anna.nailed_up: yes is neither true nor false"],
        ),
        (
            "flows_main",
            voicemail("    seconds_max: 1h\n"),
            ["config/flows/main.yaml:6:18: steps.message.seconds_max: 1h is too large"],
        ),
        (
            "flows_main",
            voicemail().replace("next: end", "next: message"),
            ["config/flows/main.yaml:3:3: steps.message: a caller who presses nothing goes round"],
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, kind, written, said):
    found = mistakes(tmp_path, **{kind: written})
    assert [line[: len(start)] for line, start in zip(found, said, strict=False)] == said, found
