"""Each folder of tests is named for the package it tests, so nobody has to search."""

from tests.house.sources import ROOT, files

# Folders that belong to the tests alone.
OWN = {
    "house": "these tests",
    "e2e": "the whole of it, through its outermost doors",
    "chaos": "the long fault runs",
    "contracts": "one suite for every implementation of a port",
    "payloads": "requests as a carrier sends them",
    "journals": "recorded days, folded and decided again",
    "seeds": "simulations that once failed",
}


def strangers(folders: set[str], packages: set[str]) -> list[str]:
    return sorted(folders - packages - set(OWN))


def test_every_folder_of_tests_mirrors_a_package():
    below_tests = [path.relative_to(ROOT / "tests").parts for path in files() if (ROOT / "tests") in path.parents]
    folders = {parts[0] for parts in below_tests if len(parts) > 1}
    below_cti = [path.relative_to(ROOT / "cti").parts for path in files() if (ROOT / "cti") in path.parents]
    packages = {parts[0].removesuffix(".py") for parts in below_cti}
    assert strangers(folders, packages) == []


def test_a_folder_without_a_package_is_found():
    assert strangers({"acd", "house", "engin"}, {"acd", "engine"}) == ["engin"]
