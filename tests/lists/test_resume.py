"""An import that is killed, at any moment and as often as may be, makes the list that it would have made."""

import gzip
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cti.lists.builder import ListBuilder
from cti.lists.errors import ListError
from tests.lists.made import SMALL, builder, on_list, text
from tests.lists.test_builder import base_of

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def some_lines(count, seed=5, sign=lambda choice: ""):
    choice = random.Random(seed)
    made = [f"{sign(choice)}{choice.choice((202, 303, 787))}555{choice.randrange(10_000):04}" for _ in range(count)]
    made[count // 2] = "nobody"
    return "\n".join(["phone" if not made[0].startswith(("+", "-")) else made[0], *made]) + "\n"


def signed(choice):
    return choice.choice("+-")


def children(plan, folder, file, meaning="list", base=""):
    """What the children of such a process said."""
    command = [sys.executable, "-m", "tests.lists.importer", plan, str(folder), str(file), meaning, base]
    run = subprocess.run(command, check=False, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.splitlines()


def result(built):
    return f"{built.digest} {built.lines} {built.accepted} {built.rejected}"


@pytest.mark.parametrize(
    ("meaning", "content"),
    [
        ("list", some_lines(50).encode()),
        ("list", gzip.compress(some_lines(50).encode())),
        ("changes", some_lines(25, sign=signed).encode()),
    ],
    ids=["list", "gzip", "changes"],
)
def test_killed_at_any_moment_it_goes_on_and_makes_the_same_list(tmp_path, folder, meaning, content):
    file = text(tmp_path / "file", content)
    base, other = "", tmp_path / "other"
    other.mkdir()
    if meaning == "changes":
        for where in (folder, other):
            base = base_of(where, range(12_025_550_000, 12_025_550_900, 3))
    whole = builder(other).build(file, meaning, base=base)
    said = children("each", folder, file, meaning, base)
    assert len(said) > 40
    assert set(said) == {result(whole)}
    assert {path.name for path in folder.iterdir()} == {"unfinished", whole.digest, base} - {""}
    assert list((folder / "unfinished").iterdir()) == []


@pytest.mark.parametrize("seed", range(4))
def test_killed_again_and_again_it_comes_to_an_end(tmp_path, folder, seed):
    file = text(tmp_path / "file", some_lines(400, seed))
    said = children(str(seed), folder, file)
    assert said.count("killed") == len(said) - 1 > 0
    whole = builder(tmp_path / "other").build(file)
    assert said[-1] == result(whole)


class Counting:
    """A normaliser that says how many lines it saw, and may kill the import: by an error that nobody expects."""

    def __init__(self, fails_at=None):
        self.seen = 0
        self.fails_at = fails_at

    def __call__(self, written):
        self.seen += 1
        if self.seen == self.fails_at:
            raise KeyboardInterrupt
        return written


LINES = 120
CONTENT = "".join(f"+1202555{number:04}\n" for number in range(LINES))
SAMPLED = 10
"""So many lines at most are looked at to guess what the file is like, each time."""


def interrupted(folder, file):
    """An import that got as far as two thirds."""
    with pytest.raises(KeyboardInterrupt):
        ListBuilder(folder, Counting(LINES * 2 // 3), limits=SMALL).build(file)


def go_on(folder, file):
    """The rest of it: the numbers, and how many lines were read for them."""
    normalise = Counting()
    built = ListBuilder(folder, normalise, limits=SMALL).build(file)
    assert built.accepted == LINES
    return on_list(folder, built.digest), normalise.seen


@pytest.fixture
def file(tmp_path):
    return text(tmp_path / "file", CONTENT)


NUMBERS = [12_025_550_000 + number for number in range(LINES)]


def test_what_was_read_is_not_read_again(folder, file):
    interrupted(folder, file)
    numbers, seen = go_on(folder, file)
    assert numbers == NUMBERS
    assert seen < LINES * 2 // 3


def test_a_file_that_changed_meanwhile_is_read_from_its_beginning(folder, file):
    interrupted(folder, file)
    file.write_text(CONTENT.replace("+1202", "+1303"))
    numbers, seen = go_on(folder, file)
    assert numbers == [number + 1_010_000_000 for number in NUMBERS]
    assert seen >= LINES


def test_a_file_that_was_only_touched_is_read_from_its_beginning(folder, file):
    interrupted(folder, file)
    os.utime(file, ns=(1, 1))
    assert go_on(folder, file)[1] >= LINES


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "checkpoint"])
def test_parts_that_are_not_whole_are_not_used(folder, file, damage):
    interrupted(folder, file)
    (work,) = (folder / "unfinished").iterdir()
    part = min(work.iterdir())
    content = part.read_bytes()
    if damage == "cut":
        part.write_bytes(content[:-1])
    elif damage == "changed":
        part.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
    elif damage == "gone":
        part.unlink()
    else:
        (work / "checkpoint").write_bytes(b"{}")
    numbers, seen = go_on(folder, file)
    assert numbers == NUMBERS
    assert seen >= LINES


def test_another_import_of_the_same_file_begins_at_its_beginning(folder, file):
    interrupted(folder, file)
    normalise = Counting()
    ListBuilder(folder, normalise, limits=SMALL).build(file, "add")
    assert normalise.seen >= LINES


def test_a_full_disk_says_so_and_the_import_goes_on_when_there_is_room(tmp_path, folder, file):
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from tests.lists.made import builder\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (140, 140))\n"
        "builder(Path(sys.argv[1])).build(Path(sys.argv[2]))\n"
    )
    command = [sys.executable, "-c", program, str(folder), str(file)]
    run = subprocess.run(command, check=False, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True)
    assert "was not imported: File too large. Import it again to go on." in run.stderr
    assert go_on(folder, file)[0] == NUMBERS


def test_the_process_that_was_killed_from_outside_holds_nothing(tmp_path, folder, file):
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.lists.made import builder\n"
        "def wait(done, of, counts):\n"
        "    print('reading', flush=True)\n"
        "    sys.stdin.read()\n"
        "builder(Path(sys.argv[1])).build(Path(sys.argv[2]), progress=wait)\n"
    )
    command = [sys.executable, "-c", program, str(folder), str(file)]
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"reading\n"
        with pytest.raises(ListError, match="Another process is importing this file"):
            builder(folder).build(file)
        process.send_signal(signal.SIGKILL)
    assert on_list(folder, builder(folder).build(file).digest) == NUMBERS
