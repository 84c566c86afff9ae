"""A server for each test."""

import pytest

from tests.api.house import open_house
from tests.terminal.sitting import CENTRE


@pytest.fixture
async def house():
    async with open_house(CENTRE) as house:
        yield house
