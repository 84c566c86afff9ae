"""What every test may ask for."""

import gc

import pytest

from tests.servers import own_redis, postgres_server, postgres_url, redis_server, redis_url

__all__ = ["own_redis", "postgres_server", "postgres_url", "redis_server", "redis_url"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs PostgreSQL, so that `-m 'not postgres'` leaves it out."""
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests stay to the end: the garbage collector need not walk through them, nor look after each one."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
