"""What every test may ask for."""

import pytest

from tests.servers import own_redis, postgres_server, postgres_url, redis_server, redis_url

__all__ = ["own_redis", "postgres_server", "postgres_url", "redis_server", "redis_url"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs PostgreSQL, so that `-m 'not postgres'` leaves it out."""
    for item in items:
        if "postgres_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)
