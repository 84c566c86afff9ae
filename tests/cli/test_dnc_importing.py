"""What is made of a registry's file, before a server hears of it."""

import pytest

from cti.cli.dialer.site import Site
from cti.cli.dnc.importing import build
from cti.cli.dnc.plausible import doubt
from cti.configuration.load import load
from cti.lists.number_list import NumberList
from cti.settings import LISTS
from tests.cli.dnc_side import settings_of
from tests.cli.test_check import EXAMPLE
from tests.lists.made import list_of

US = {"registry_id": "us_national", "jurisdiction": "US", "version": "", "example": False, "name": "National"}


def test_words_are_no_numbers_though_telephones_have_letters_on_their_keys(tmp_path):
    settings = settings_of(tmp_path)
    file = tmp_path / "registry.csv"
    file.write_text("area,number\n202,5550100\n202,5550101\n305,FLOWERS\n")
    built = build(settings, US, file, changes=False, column="")
    with NumberList.open(settings.data_dir / LISTS / built.digest) as numbers:
        assert list(numbers) == [12025550100, 12025550101]
    assert [(each.line, each.reason) for each in built.rejections] == [(4, "it has letters in it")]


@pytest.fixture(scope="module")
def site():
    return Site(load(EXAMPLE), "the example", None)


MIAMI, NEW_YORK, LONDON, OTTAWA = 13052000000, 12122000000, 442079460000, 16132000000


@pytest.mark.parametrize(
    ("jurisdiction", "numbers", "words"),
    [
        ("US", range(MIAMI, MIAMI + 3_000), ""),
        ("US-FL", range(MIAMI, MIAMI + 3_000), ""),
        ("US-FL", [*range(MIAMI, MIAMI + 600), *range(NEW_YORK, NEW_YORK + 400)], ""),
        (
            "US-FL",
            [*range(MIAMI, MIAMI + 400), *range(NEW_YORK, NEW_YORK + 600)],
            "60 % of its numbers cannot",
        ),
        ("US-FL", range(OTTAWA, OTTAWA + 300), "100 % of its numbers cannot be of US: they were read as +1 613-200-00"),
        ("GB", range(LONDON, LONDON + 3_000), ""),
        ("GB", range(442122000000, 442122003000), "100 % of its numbers cannot be of GB"),
        ("GB", [*range(LONDON, LONDON + 95), *range(442122000000, 442122000005)], ""),
        ("*", range(LONDON, LONDON + 3_000), ""),
    ],
)
def test_a_list_of_another_country_or_state_is_doubted_and_shown(site, tmp_path, jurisdiction, numbers, words):
    found = doubt(site, jurisdiction, list_of(tmp_path / "list", sorted(numbers)))
    assert found.startswith(words)
    assert bool(found) == bool(words)
