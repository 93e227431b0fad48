"""Limits shared by all processes: counted in PostgreSQL, never failing open."""

import anyio
import pytest

from veza.db.pool import Database
from veza.http import queries
from veza.http.rate_limit import PostgresCounters, RateLimits, Rule
from veza.kit.errors import TooMany, Unavailable

RULE = Rule("login", amount=3, window_s=900)


async def test_the_event_past_the_limit_is_refused_with_a_wait(database: Database) -> None:
    limits = RateLimits(database)
    for _ in range(3):
        await limits.hit(RULE, "ada", "203.0.113.9")
    with pytest.raises(TooMany) as caught:
        await limits.hit(RULE, "ada", "203.0.113.9")
    assert 1 <= caught.value.retry_after_s <= 900
    await limits.hit(RULE, "ada", "198.51.100.1")


async def test_asking_counts_nothing_and_forgiving_begins_anew(database: Database) -> None:
    limits = RateLimits(database)
    for _ in range(9):
        await limits.require(RULE, "ada")
    for _ in range(3):
        await limits.hit(RULE, "ada")
    with pytest.raises(TooMany):
        await limits.require(RULE, "ada")
    await limits.forgive(RULE, "ada")
    await limits.require(RULE, "ada")


async def test_parallel_events_are_all_counted(database: Database) -> None:
    limits = RateLimits(database)
    refused = 0

    async def one() -> None:
        nonlocal refused
        try:
            await limits.hit(Rule("many", amount=20, window_s=60), "x")
        except TooMany:
            refused += 1

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(one)
    assert refused == 30


async def test_an_ended_window_counts_from_one(database: Database) -> None:
    counters = PostgresCounters(database)
    assert await counters.incr("k", 60) == 1
    async with database.connection() as connection:
        await connection.execute("update rate_counters set expires_at = now() - interval '1 second'")
    assert await counters.get("k") == 0
    assert await counters.incr("k", 60) == 1
    async with database.connection() as connection:
        assert await queries.forget_old_counters.run(connection) == 0
    assert await counters.reset() == 1


async def test_a_lost_database_does_not_open_the_door(database: Database) -> None:
    limits = RateLimits(database)
    await database.close()
    with pytest.raises(Unavailable):
        await limits.hit(RULE, "ada")
