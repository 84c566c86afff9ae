"""The servers that the tests start are real, and each test has a clean one."""

import asyncpg
import pytest
from redis.asyncio import Redis


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_has_an_empty_postgresql_database(postgres_url, attempt):
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE TABLE here (attempt integer)")
    assert await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 1
    await connection.close()


@pytest.mark.parametrize("attempt", [1, 2])
async def test_each_test_has_an_empty_redis(redis_url, attempt):
    async with Redis.from_url(redis_url) as redis:
        assert await redis.dbsize() == 0
        await redis.set("attempt", attempt)
