"""A server for each test, and quick returns after a lost connection."""

import pytest

from tests.api.house import open_house


@pytest.fixture
async def house():
    async with open_house() as opened:
        yield opened


@pytest.fixture
def at_once():
    """A backoff that hardly waits."""
    return lambda attempt: 0.001 * min(attempt, 20)
