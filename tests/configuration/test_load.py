"""A tree that people wrote becomes what the rules read."""

import time

import pytest

from cti.configuration.load import check, heard_without_rules, load
from cti.configuration.mistake import ConfigRefused
from cti.core.config import (
    CollectStep,
    EnqueueStep,
    HangUpStep,
    LookUpStep,
    Membership,
    MenuStep,
    OpeningSpan,
    PlayStep,
    SkillRequirement,
)
from cti.core.errors import ConfigError
from cti.core.plan import Pause, Play, Say
from tests.configuration.trees import GOOD, write


def test_the_smallest_useful_tree(tmp_path):
    config = load(write(tmp_path))
    assert (config.name, config.zone, config.language) == ("Corner Shop", "Europe/London", "en-US")
    assert config.hold_music == (Play(audio="music-20s.mp3"),)
    assert list(config.queues) == ["sales", "support"]
    assert config.entry_points["+12025550100"].flow_id == "main"
    assert config.flows["main"].start == "open"


def test_a_queue_takes_its_music_and_language_from_the_site(tmp_path):
    config = load(
        write(
            tmp_path,
            site="name: Laden\nzone: Europe/Berlin\nlanguage: de-DE\nhold_music: Einen Moment bitte.\n",
            queues="sales: {name: Verkauf, announce_position: false}\nsupport: {name: Help, language: en-GB}\n",
        )
    )
    assert config.queues["sales"].music == (Say(text="Einen Moment bitte.", language="de-DE"),)
    assert config.queues["sales"].language == "de-DE"
    assert config.queues["support"].language == "en-GB"


def test_every_key_of_a_queue(tmp_path):
    queue = load(
        write(
            tmp_path,
            queues="""
sales:
  name: Sales
  priority: -5
  contacts_max: 2
  ring_s: 8
  wrap_up_s: 1m30s
  music: [{play: a/b.mp3, loop: 2}, One moment., {pause: 2s}, {say: Gleich., language: de-DE}]
  announce_position: true
  announcement: You are number {position}.
  language: en-GB
  dispositions: [sale, no_sale]
support: {name: Support}
""",
        )
    ).queues["sales"]
    assert (queue.priority, queue.contacts_max, queue.ring_s, queue.wrap_up_s) == (-5, 2, 8, 90)
    assert queue.music == (
        Play(audio="a/b.mp3", loop=2),
        Say(text="One moment.", language="en-GB"),
        Pause(seconds=2),
        Say(text="Gleich.", language="de-DE"),
    )
    assert queue.announcement == "You are number {position}."
    assert queue.dispositions == ("sale", "no_sale")


@pytest.mark.parametrize(
    ("written", "seconds"), [("20", 20), ("20s", 20), ('"20s"', 20), ("1m", 60), ("1m30s", 90), ("90s", 90)]
)
def test_a_duration_is_seconds_or_says_its_unit(tmp_path, written, seconds):
    config = load(write(tmp_path, queues=f"sales: {{name: S, ring_s: {written}}}\nsupport: {{name: T}}\n"))
    assert config.queues["sales"].ring_s == seconds


def test_an_agent_has_a_softphone_of_its_own_name_unless_told_otherwise(tmp_path):
    agents = load(
        write(
            tmp_path,
            site=GOOD["site.yaml"] + 'dial_prefixes: ["+1202"]\n',
            agents="""
anna: {name: Anna, queues: [sales, support: 2], skills: {english: 5}}
ben: {name: Ben, endpoint: "tel:+12025550142"}
cleo: {name: Cleo, endpoint: sip:cleo@example.com}
dora: {name: Dora, endpoint: client:dora_desk}
""",
        )
    ).agents
    assert agents["anna"].endpoint == "client:anna"
    assert agents["anna"].memberships == (Membership(queue_id="sales"), Membership(queue_id="support", rank=2))
    assert agents["anna"].skills == {"english": 5}
    assert [agents[name].endpoint for name in ("ben", "cleo", "dora")] == [
        "tel:+12025550142",
        "sip:cleo@example.com",
        "client:dora_desk",
    ]


def spans(hours):
    return [(span.weekday, span.opens, span.closes) for span in hours.spans]


def test_opening_hours_as_people_write_them(tmp_path):
    hours = load(
        write(
            tmp_path,
            hours="""
shop:
  open:
    mon-wed: 08:00-17:30
    Thu: 8:00 - 20:00
    "sat, sun": [13:00–16:00, 09:00-12:00]
  holidays: [2026-12-26, 2026-12-25]
always: {open: 24/7}
never: {open: never, zone: Asia/Tokyo}
bar: {open: {fri-mon: "18:00-26:00"}}
""",
        )
    ).hours
    assert spans(hours["shop"]) == [
        (0, 480, 1050),
        (1, 480, 1050),
        (2, 480, 1050),
        (3, 480, 1200),
        (5, 540, 720),
        (5, 780, 960),
        (6, 540, 720),
        (6, 780, 960),
    ]
    assert hours["shop"].holidays == ("2026-12-25", "2026-12-26")
    assert hours["shop"].zone == "Europe/London"
    assert hours["always"].spans == tuple(OpeningSpan(weekday=day, opens=0, closes=1440) for day in range(7))
    assert (hours["never"].spans, hours["never"].zone) == ((), "Asia/Tokyo")
    assert spans(hours["bar"]) == [(0, 1080, 1560), (4, 1080, 1560), (5, 1080, 1560), (6, 1080, 1560)]


def test_the_zones_of_site_and_hours_come_with_the_configuration(tmp_path):
    config = load(write(tmp_path, hours="shop: {open: 24/7, zone: Asia/Tokyo}\nother: {open: never}\n"))
    assert sorted(config.zones) == ["Asia/Tokyo", "Europe/London"]
    assert config.zone_data.startswith("20")


def test_each_kind_of_step(tmp_path):
    steps = (
        load(
            write(
                tmp_path,
                flows_main="""
start: known
language: en-GB
steps:
  known: {look_up: 4s, known: hello, unknown: ask}
  hello: {play: [{play: chime.mp3}, Hello.], next: menu}
  ask:
    collect: Your account?
    into: account
    digits: 4-8
    invalid: Once more.
    finish_on_key: "*"
    tries: 2
    timeout_s: 7s
    secret: true
    next: menu
    otherwise: menu
  menu:
    menu: Press 1, star or hash.
    choices: {"1": queue, "*": ask, "#": end}
    invalid: No.
    tries: 1
    timeout_s: 4
    otherwise: end
  queue: {enqueue: support, priority: 3, skills: {spanish: 4}, full: end}
  end: {hang_up: }
""",
            )
        )
        .flows["main"]
        .steps
    )
    assert steps["known"] == LookUpStep(known="hello", unknown="ask", wait_s=4)
    assert steps["hello"] == PlayStep(
        prompt=(Play(audio="chime.mp3"), Say(text="Hello.", language="en-GB")), next="menu"
    )
    assert steps["ask"] == CollectStep(
        prompt=(Say(text="Your account?", language="en-GB"),),
        into="account",
        digits_min=4,
        digits_max=8,
        next="menu",
        otherwise="menu",
        invalid=(Say(text="Once more.", language="en-GB"),),
        finish_on_key="*",
        tries=2,
        timeout_s=7,
        secret=True,
    )
    assert steps["menu"] == MenuStep(
        prompt=(Say(text="Press 1, star or hash.", language="en-GB"),),
        choices={"1": "queue", "*": "ask", "#": "end"},
        otherwise="end",
        invalid=(Say(text="No.", language="en-GB"),),
        tries=1,
        timeout_s=4,
    )
    assert steps["queue"] == EnqueueStep(
        queue_id="support", full="end", priority=3, skills=(SkillRequirement(skill="spanish", level=4),)
    )
    assert steps["end"] == HangUpStep()


def test_digits_of_one_length(tmp_path):
    flow = "start: a\nsteps:\n  a: {collect: Pin?, into: pin, digits: 4, next: b, otherwise: b}\n  b: {hang_up: Bye.}\n"
    step = load(write(tmp_path, flows_main=flow)).flows["main"].steps["a"]
    assert (step.digits_min, step.digits_max) == (4, 4)


def test_what_is_heard_on_hold_is_told_whatever_else_is_wrong(tmp_path):
    site = GOOD["site.yaml"] + "apology: Sorry.\n"
    config = write(tmp_path, site=site, queues="sales: ]\n", flows_main=None, agents=None)
    assert heard_without_rules(config) == (
        (Say(text="Sorry.", language="en-US"),),
        (Play(audio="music-20s.mp3"),),
    )


def test_what_is_heard_on_hold_is_refused_where_the_site_is_wrong(tmp_path):
    with pytest.raises(ConfigRefused) as refused:
        heard_without_rules(write(tmp_path, site="name: S\nzone: UTC\nhold_music: {play: a b}\n", queues="sales: ]\n"))
    assert {mistake.file for mistake in refused.value.mistakes} == {"config/site.yaml"}


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistakes(tmp_path):
    text = b"\xef\xbb\xbfname: Corner Shop\r\nzone: Europe/London\r\nhold_music: Wait.\r\n"
    assert load(write(tmp_path, site=text)).name == "Corner Shop"


def test_a_refusal_carries_every_mistake_of_every_file_sorted(tmp_path):
    config = write(tmp_path, site="nam: x\n", queues="sales: {name: 1}\n", hours="shop: [")
    with pytest.raises(ConfigRefused) as refused:
        load(config)
    assert isinstance(refused.value, ConfigError)
    assert refused.value.mistakes == tuple(sorted(refused.value.mistakes)) == tuple(check(config))
    assert {mistake.file for mistake in refused.value.mistakes} == {
        "config/hours.yaml",
        "config/queues.yaml",
        "config/site.yaml",
        "config/agents.yaml",  # its queue `support` is gone
    }
    assert str(refused.value).splitlines() == [str(mistake) for mistake in refused.value.mistakes]


def test_the_directory_may_be_named_in_any_way(tmp_path, monkeypatch):
    config = write(tmp_path, site="nam: x\n")
    monkeypatch.chdir(config)
    for directory in (config, str(config), ".", "../config", "flows/.."):
        assert {mistake.file for mistake in check(directory)} == {"config/site.yaml"}


def test_a_large_centre_loads_in_a_few_seconds(tmp_path):
    queues = "".join(
        f"queue_{number}:\n  name: Queue {number}\n  ring_s: 20s\n  music: {{play: music.mp3}}\n"
        "  dispositions: [sale, no_sale]\n"
        for number in range(500)
    )
    agents = "".join(
        f"agent_{number}:\n  name: Agent {number}\n"
        f"  queues: [queue_{number % 500}, queue_{(number + 7) % 500}: 2]\n  skills: {{english: 3, spanish: 2}}\n"
        for number in range(1_000)
    )
    flow = "start: a\nsteps:\n  a: {enqueue: queue_7, full: b}\n  b: {hang_up: Bye.}\n"
    config = write(tmp_path, queues=queues, agents=agents, flows_main=flow)
    began_s = time.process_time()
    loaded = load(config)
    assert time.process_time() - began_s < 5
    assert (len(loaded.queues), len(loaded.agents)) == (500, 1_000)
