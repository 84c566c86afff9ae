"""A server for each test, and an end for a test that hangs."""

import pytest

from tests.api.house import open_house, out_of_patience
from tests.terminal.sitting import CENTRE


@pytest.fixture(autouse=True)
def patience():
    with out_of_patience(after_s=60):
        yield


@pytest.fixture
async def house():
    async with open_house(CENTRE) as house:
        yield house
