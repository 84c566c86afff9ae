"""A server for each test."""

import pytest

from tests.api.house import open_house


@pytest.fixture
async def house():
    async with open_house() as opened:
        yield opened
