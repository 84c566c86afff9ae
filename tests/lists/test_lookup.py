"""Looking into lists in a running server."""

import gc

import pytest

from cti.lists.errors import ListDamaged, ListError
from cti.lists.lookup import OpenLists
from tests.lists.test_builder import base_of

ONE, TWO = 12_025_550_100, 12_025_550_101


@pytest.fixture
def lists(folder):
    opened = OpenLists(folder)
    yield opened
    opened.close()


def test_a_number_is_looked_for_in_the_version_that_is_asked(folder, lists):
    first, second = base_of(folder, [ONE]), base_of(folder, [TWO])
    assert lists.holds("us_national", first, f"+{ONE}")
    assert not lists.holds("us_national", first, f"+{TWO}")
    assert lists.holds("us_national", second, f"+{TWO}")


def test_a_version_that_is_not_there_is_said_in_words(folder, lists):
    with pytest.raises(LookupError, match=r"our copy of us_national is not there: import it again"):
        lists.holds("us_national", "0" * 64, f"+{ONE}")
    base_of(folder, [ONE])
    with pytest.raises(LookupError):
        lists.holds("us_national", "../../etc/passwd", f"+{ONE}")


def test_a_damaged_version_is_said_in_words(folder, lists):
    version = base_of(folder, [ONE])
    (folder / version).write_bytes(b"rubbish")
    with pytest.raises(LookupError, match="damaged"):
        lists.holds("us_national", version, f"+{ONE}")


def test_what_is_no_number_is_on_no_list_and_off_none(folder, lists):
    version = base_of(folder, [ONE])
    with pytest.raises(LookupError):
        lists.holds("us_national", version, "anonymous")


def test_a_list_that_is_open_outlives_its_file_but_is_missed(folder, lists):
    version = base_of(folder, [ONE])
    assert lists.missing({"us_national": version}) == {}
    (folder / version).unlink()
    assert lists.holds("us_national", version, f"+{ONE}")
    assert list(lists.missing({"us_national": version})) == ["us_national"]


def test_lists_that_are_not_kept_are_let_go_of_and_opened_again_if_need_be(folder, lists):
    version = base_of(folder, [ONE])
    assert lists.holds("us_national", version, f"+{ONE}")
    lists.keep([version])
    lists.keep([])
    lists.keep([])
    gc.collect()
    assert lists.holds("us_national", version, f"+{ONE}")


def test_a_version_is_counted_only_if_all_of_it_is_as_it_was_written(folder, lists):
    version = base_of(folder, [ONE, TWO])
    assert lists.count(version) == 2
    content = bytearray((folder / version).read_bytes())
    content[20] ^= 1
    (folder / version).write_bytes(content)
    with pytest.raises(ListDamaged):
        lists.count(version)
    with pytest.raises(ListError):
        lists.count("0" * 64)
