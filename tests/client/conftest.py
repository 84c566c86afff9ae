"""A server for each test, quick returns after a lost connection, and an end for a test that hangs."""

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


@pytest.fixture
def at_once():
    """A backoff that hardly waits."""
    return lambda attempt: 0.001 * min(attempt, 20)
