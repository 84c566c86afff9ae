"""One name for what means the same."""

import pytest

from cti.configuration.digest import digest
from cti.configuration.load import load
from tests.configuration.trees import GOOD, write


def digest_of(tmp_path, **changed):
    return digest(load(write(tmp_path, **changed)))


def test_a_digest_is_64_hexadecimal_digits(tmp_path):
    found = digest_of(tmp_path)
    assert len(found) == 64
    assert int(found, 16)


def test_loading_again_gives_the_same(tmp_path):
    assert digest_of(tmp_path / "1") == digest_of(tmp_path / "2")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "site",
            "# a comment\nhold_music: [{play: music-20s.mp3, loop: 1}]\nzone: 'Europe/London'\nname: Corner Shop\n",
        ),
        ("queues", "support: {name: Support, ring_s: 20s}\nsales:\n  name: Sales\n  priority: 0\n"),
        ("hours", "shop:\n  open: {fri: 08:00-17:30, mon-thu: 8:00-17:30}\n  zone: Europe/London\n"),
    ],
)
def test_spelling_and_order_do_not_matter(tmp_path, file, text):
    assert digest_of(tmp_path / "written", **{file: text}) == digest_of(tmp_path / "good")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("site", "Corner Shop", "Corner shop"),
        ("site", "music-20s.mp3", "music-10s.mp3"),
        ("hours", "17:30", "17:31"),
        ("queues", "name: Sales", "name: Sales\n  ring_s: 21"),
        ("agents", "english: 5", "english: 4"),
        ("entry_points", "5550100", "5550101"),
        ("flows/main", "Good bye", "Goodbye"),
    ],
)
def test_what_matters_changes_it(tmp_path, file, old, new):
    text = GOOD[f"{file}.yaml"].replace(old, new)
    assert digest_of(tmp_path / "new", **{file.replace("/", "_"): text}) != digest_of(tmp_path / "good")
