"""Nothing here names a place that only its author has: a folder of one machine, a package registry's address."""

import re

import pytest

from tests.house.sources import ROOT, files

# Written apart, so that this file does not name them itself.
PLACES = re.compile(
    "|".join(
        [
            "/wo" + "rk/",
            r"(?<![\w./-])(?:\.\.?/)?sha" + "red/",
            "/ro" + "ot/",
            r"pypi\.o" + "rg",
            r"pythonhos" + r"ted\.org",
            r"registry\.npm" + r"js\.org",
            r"registry\.yarn" + r"pkg\.com",
            r"deb\.deb" + r"ian\.org",
            r"security\.deb" + r"ian\.org",
        ]
    )
)


def named(text: str) -> list[tuple[int, str]]:
    """Each place the text names, with its line."""
    lines = enumerate(text.splitlines(), 1)
    return [(number, match.group()) for number, line in lines for match in PLACES.finditer(line)]


def test_no_file_names_such_a_place():
    offences = []
    for path in files():
        text = path.read_bytes().decode("utf-8", errors="replace")
        offences += [f"{path.relative_to(ROOT)}:{line}: {place}" for line, place in named(text)]
    assert offences == []


@pytest.mark.parametrize(
    "text",
    [
        "see /wo" + "rk/main",
        "read ../sha" + "red/DESIGN.md",
        "in sha" + "red/reference",
        '"resolved": "https://registry.npm' + 'js.org/preact"',
        "--index-url https://pypi.o" + "rg/simple",
    ],
)
def test_such_a_place_is_found(text):
    assert len(named(text)) == 1


def test_other_words_are_left_alone():
    assert named("multiprocessing.shared_memory, cti/web/sha" + "red/clock.js, framework/main, a shared lock") == []
