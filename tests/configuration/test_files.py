"""What a directory may hold, and what is refused before it is read."""

import os

import pytest

from cti.configuration.load import check
from tests.configuration.trees import CALLING, GOOD, mistakes, write


@pytest.mark.parametrize("name", ["site", "hours", "queues", "agents", "entry_points"])
def test_every_file_must_be_there(tmp_path, name):
    found = mistakes(tmp_path, **{name: None})
    assert found == [
        f"config/{name}.yaml:1:1: the file is missing, create it; write {{}} in it if there is nothing to say"
    ]


def test_there_must_be_a_flow(tmp_path):
    assert mistakes(tmp_path, flows_main=None) == [
        "config/flows:1:1: there is no flow, write one, such as flows/main.yaml"
    ]


def test_a_missing_directory(tmp_path):
    assert [str(mistake) for mistake in check(tmp_path / "konfig")] == [
        "konfig:1:1: the directory cannot be read (No such file or directory), name a directory that holds site.yaml"
    ]


@pytest.mark.parametrize("name", ["site.yaml", "a\0b"])
def test_a_directory_that_is_none(tmp_path, name):
    found = check(write(tmp_path) / name)
    assert [mistake.what.partition(" (")[0] for mistake in found] == ["the directory cannot be read"]
    assert str(found[0]).isprintable()


def test_files_that_would_be_overlooked_are_named(tmp_path):
    config = write(tmp_path)
    (config / "queue.yaml").touch()
    (config / "recordings.yaml").touch()
    (config / "site.yml").touch()
    (config / "flows" / "vip.yml").touch()
    (config / "flows" / "more").mkdir()
    assert [str(mistake) for mistake in check(config)] == [
        "config/flows/more:1:1: folders among the flows are not read, put the files into flows",
        "config/flows/vip.yml:1:1: files of flows end in .yaml, call it vip.yaml",
        'config/queue.yaml:1:1: this is not a file of the configuration, did you mean "queues.yaml"?',
        (
            "config/recordings.yaml:1:1: this is not a file of the configuration, "
            "take it away, or put a flow into the folder flows"
        ),
        'config/site.yml:1:1: this is not a file of the configuration, did you mean "site.yaml"?',
    ]


def test_without_the_folder_of_flows(tmp_path):
    config = write(tmp_path, flows_main=None)
    (config / "flows").rmdir()
    assert [str(mistake) for mistake in check(config)] == [
        "config/flows:1:1: the folder is missing, create it, with a file for each flow"
    ]


def test_files_that_would_be_overlooked_among_the_calling_rules_are_named(tmp_path):
    config = write(tmp_path, **CALLING)
    (config / "calling_rules" / "fr.yml").touch()
    (config / "calling_rules" / "states").mkdir()
    (config / "calling_rules" / "calendars" / "fr.yml").touch()
    (config / "campaigns" / "old").mkdir()
    (config / "do_not_call.yml").touch()
    assert [str(mistake) for mistake in check(config)] == [
        "config/calling_rules/calendars/fr.yml:1:1: files of calendars end in .yaml, call it fr.yaml",
        "config/calling_rules/fr.yml:1:1: files of calling rules end in .yaml, call it fr.yaml",
        (
            "config/calling_rules/states:1:1: folders among the calling rules are not read, "
            "put the files into calling_rules"
        ),
        "config/campaigns/old:1:1: folders among the campaigns are not read, put the files into campaigns",
        'config/do_not_call.yml:1:1: this is not a file of the configuration, did you mean "do_not_call.yaml"?',
    ]


def test_a_folder_that_is_none(tmp_path):
    config = write(tmp_path)
    (config / "campaigns").write_text("")
    assert [str(mistake) for mistake in check(config)] == [
        ("config/campaigns:1:1: the folder cannot be read (Not a directory), check what it is, and who may read it")
    ]


def test_what_others_keep_beside_it_is_left_alone(tmp_path):
    config = write(tmp_path)
    for name in ("customers.csv", "README.md", ".site.yaml.swp", "site.yaml~", ".#site.yaml", "flows/.main.yaml"):
        (config / name).write_text("not: [ours")
    (config / "recordings").mkdir()
    assert check(config) == []


def test_where_there_is_a_folder_of_prompts_they_must_be_in_it(tmp_path):
    site = "name: S\nzone: UTC\nhold_music: {play: music/calm.wav}\napology: {play: https://example.com/sorry.wav}\n"
    config = write(tmp_path, site=site)
    assert check(config) == []
    (config / "prompts" / "music").mkdir(parents=True)
    (config / "prompts" / "music" / "clam.wav").touch()
    assert [str(mistake) for mistake in check(config)] == [
        (
            "config/site.yaml:3:20: hold_music.play: there is no file prompts/music/calm.wav, "
            'did you mean "music/clam.wav"?'
        )
    ]
    (config / "prompts" / "music" / "calm.wav").touch()
    assert check(config) == []


def test_a_link_inside_is_followed_and_one_that_leads_out_is_not(tmp_path):
    config = write(tmp_path)
    (config / "queues.yaml").rename(config / "queues-2026.txt")
    (config / "queues.yaml").symlink_to("queues-2026.txt")
    assert check(config) == []
    (tmp_path / "elsewhere.yaml").write_text(GOOD["agents.yaml"])
    (config / "agents.yaml").unlink()
    (config / "agents.yaml").symlink_to("../elsewhere.yaml")
    assert [str(mistake) for mistake in check(config)] == [
        "config/agents.yaml:1:1: the file is a link that leads out of the directory, put the file itself here"
    ]


def test_a_directory_that_is_a_link_itself(tmp_path):
    write(tmp_path / "releases" / "7")
    (tmp_path / "config").symlink_to("releases/7/config")
    assert check(tmp_path / "config") == []


def test_links_in_a_circle_and_to_nowhere(tmp_path):
    config = write(tmp_path, site=None, hours=None)
    (config / "site.yaml").symlink_to("site.yaml")
    (config / "hours.yaml").symlink_to("gone.yaml")
    assert [(mistake.file, mistake.what.partition(" (")[0]) for mistake in check(config)] == [
        ("config/hours.yaml", "the file is missing"),
        ("config/site.yaml", "the file cannot be read"),
    ]


def test_neither_a_pipe_nor_a_folder_is_waited_for(tmp_path):
    config = write(tmp_path, site=None, hours=None)
    os.mkfifo(config / "site.yaml")
    (config / "hours.yaml").mkdir()
    assert [str(mistake) for mistake in check(config)] == [
        "config/hours.yaml:1:1: this is not a regular file, put a file of that name here",
        "config/site.yaml:1:1: this is not a regular file, put a file of that name here",
    ]


def test_text_that_is_not_utf8_is_placed(tmp_path):
    assert mistakes(tmp_path, site="name: S\nzone: Zürich".encode("latin-1")) == [
        "config/site.yaml:2:8: the byte 0xfc is not UTF-8, save the file as UTF-8"
    ]
    assert mistakes(tmp_path, site="name: S".encode("utf-16")) == [
        "config/site.yaml:1:1: the byte 0xff is not UTF-8, save the file as UTF-8"
    ]


def test_huge_files_are_not_read(tmp_path):
    assert mistakes(tmp_path, site=b"a" * 10_000_000) == [
        "config/site.yaml:1:1: the file is larger than 2 MB, make it smaller"
    ]


def test_the_tree_as_a_whole_is_bounded(tmp_path):
    config = write(tmp_path)
    for number in range(5):
        (config / "flows" / f"flow_{number}.yaml").write_text("# " + "x" * 2_000_000)
    assert "config:1:1: the files together are larger than 8 MB, make them smaller" in map(str, check(config))


def test_too_many_flows(tmp_path):
    config = write(tmp_path)
    for number in range(1_000):
        (config / "flows" / f"z{number}.yaml").write_text("start: a\nsteps: {a: {hang_up: Bye.}}\n")
    assert [str(mistake) for mistake in check(config)] == [
        "config/flows:1:1: there are 1001 files of flows, keep at most 1000"
    ]


def test_a_flow_is_called_after_its_file(tmp_path):
    config = write(tmp_path)
    (config / "flows" / "Main Menu.yaml").write_text(GOOD["flows/main.yaml"])
    assert [str(mistake) for mistake in check(config)] == [
        (
            "config/flows/Main Menu.yaml:1:1: a flow is called after its file, and this is not a possible name, "
            "call the file by small letters, digits and _, such as main.yaml"
        )
    ]


def test_names_of_files_cannot_disturb_a_report(tmp_path):
    config = write(tmp_path)
    (config / "flows" / os.fsdecode(b"a\nb\xff.yaml")).write_text("start: a\nsteps: {a: {hang_up: Bye.}}\n")
    (line,) = map(str, check(config))
    assert line.isprintable()
    assert line.encode()
