"""Every dependency that pyproject.toml names is in the lock, with a hash: a clean checkout installs what was tested."""

import re
import tomllib

import pytest

from tests.house.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def canonical(requirement: str) -> str:
    """The distribution that a requirement names: lower case, no extras, no version."""
    name = re.match(r"[\w.-]+", requirement)
    assert name
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def locked(path: str) -> dict[str, int]:
    """Each pinned distribution of a lock and how many hashes it has."""
    text = (ROOT / path).read_text(encoding="utf-8")
    pins = re.split(r"\n(?=[a-z0-9])", text)
    return {canonical(pin): pin.count("--hash=sha256:") for pin in pins if "==" in pin.splitlines()[0]}


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("requirements/run.txt", PROJECT["project"]["dependencies"]),
        ("requirements/dev.txt", PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_the_lock_holds_every_dependency(path, wanted):
    pins = locked(path)
    assert {canonical(requirement) for requirement in wanted} <= set(pins), "run `make lock`"
    assert all(pins.values())


def test_both_locks_choose_the_same_releases():
    run = (ROOT / "requirements/run.txt").read_text(encoding="utf-8")
    dev = (ROOT / "requirements/dev.txt").read_text(encoding="utf-8")
    assert set(re.findall(r"^\S+==\S+", run, re.MULTILINE)) <= set(re.findall(r"^\S+==\S+", dev, re.MULTILINE))
