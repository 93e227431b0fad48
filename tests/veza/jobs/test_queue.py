"""What is enqueued exists when its transaction commits, and only then."""

import msgspec
import pytest

from veza.db.pool import Database
from veza.jobs.queue import defer


class Greeting(msgspec.Struct):
    to: str


async def names(database: Database) -> list[str]:
    async with database.connection() as connection:
        return [row[0] for row in await connection.fetch("SELECT name FROM jobs ORDER BY id")]


async def test_a_job_shares_the_fate_of_its_transaction(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await defer(tx, "lost", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with database.transaction() as tx:
        await defer(tx, "kept", Greeting("you"))
    assert await names(database) == ["kept"]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT payload FROM jobs") == {"to": "you"}


async def test_of_one_key_at_most_one_waits(database: Database) -> None:
    async with database.transaction() as tx:
        first = await defer(tx, "a", {}, unique_key="k")
        assert first is not None
        assert await defer(tx, "a", {}, unique_key="k") is None
        assert await tx.fetchval("SELECT 1") == 1, "the transaction goes on"
        await tx.execute("UPDATE jobs SET status = 'dead'")
        assert await defer(tx, "a", {}, unique_key="k") is not None
