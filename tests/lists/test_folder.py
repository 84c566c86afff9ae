"""The folder of the lists: what is in it, and what goes."""

import os

import pytest

from cti.lists.builder import ListBuilder
from cti.lists.checkpoint import holding
from cti.lists.errors import ListDamaged, ListError
from cti.lists.folder import ListFolder
from tests.lists.made import SMALL, list_of, text
from tests.lists.test_builder import base_of

DAY_S = 86_400


@pytest.fixture
def lists(folder):
    return ListFolder(folder)


def test_a_folder_that_is_not_there_yet_has_no_lists(tmp_path):
    lists = ListFolder(tmp_path / "lists")
    assert (lists.digests(), lists.sweep([]), lists.forget_unfinished()) == ([], [], 0)


def test_a_list_is_opened_by_its_hash(folder, lists):
    digest = base_of(folder, [12_025_550_100])
    assert lists.digests() == [digest]
    with lists.open(digest) as numbers:
        assert 12_025_550_100 in numbers


def test_a_list_under_another_name_is_not_opened(folder, lists):
    list_of(folder / ("0" * 64), [12_025_550_100])
    with pytest.raises(ListDamaged, match="another list"):
        lists.open("0" * 64)


@pytest.mark.parametrize("digest", ["", "../secret", "0" * 63, "0" * 64 + "\n", "g" * 64])
def test_a_name_that_is_no_hash_reaches_no_file(lists, digest):
    with pytest.raises(ListError, match="64 hexadecimal digits"):
        lists.open(digest)


def test_what_nothing_refers_to_is_found_and_removed_when_it_is_old(folder, lists):
    used, old, young = (base_of(folder, [12_025_550_100 + number]) for number in range(3))
    for digest in (used, old):
        os.utime(folder / digest, (0, 0))
    text(folder / "note", "not a list")
    assert lists.unreferenced([used]) == [old]
    assert lists.digests() == sorted([used, old, young])
    assert lists.sweep([used]) == [old]
    assert lists.digests() == sorted([used, young])
    assert lists.sweep([used], older_s=-DAY_S) == [young]
    assert (folder / "note").exists()


def test_who_has_a_list_open_keeps_it_when_it_is_swept(folder, lists):
    digest = base_of(folder, [12_025_550_100])
    with lists.open(digest) as numbers:
        lists.sweep([], older_s=-DAY_S)
        assert 12_025_550_100 in numbers
        numbers.verify()


def test_imports_that_nobody_finishes_can_be_forgotten_but_none_that_runs(tmp_path, folder, lists):
    def interrupt(written):
        raise KeyboardInterrupt

    for name in ("one", "two"):
        with pytest.raises(KeyboardInterrupt):
            ListBuilder(folder, interrupt, limits=SMALL).build(text(tmp_path / name, "+12025550100\n"))
    one, two = (folder / "unfinished").iterdir()
    with holding(one):
        assert lists.forget_unfinished() == 1
        assert one.exists()
        assert not two.exists()
    assert lists.forget_unfinished() == 1
