"""A server for each test, and an end for a test that waits for what never comes."""

import pytest

from tests.api.house import open_house, out_of_patience


@pytest.fixture(autouse=True)
def patience():
    with out_of_patience(after_s=30):
        yield


@pytest.fixture
async def house():
    async with open_house() as opened:
        yield opened
