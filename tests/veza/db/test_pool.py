"""Connections that are lent on without a way through the driver's pool, and that none is lost or passed on unclean."""

import asyncio
import contextlib

import pytest

from veza.db.pool import Database, open_database
from veza.kit.errors import Unavailable


async def pid_of(database: Database) -> int:
    async with database.connection() as connection:
        found: int = await connection.fetchval("select pg_backend_pid()")
        return found


async def test_the_next_who_asks_has_the_same_connection(database: Database) -> None:
    assert await pid_of(database) == await pid_of(database)
    async with database.transaction() as tx:
        first = await tx.fetchval("select pg_backend_pid()")
    assert first == await pid_of(database)


async def test_more_tasks_than_connections_all_have_their_turn(dsn: str) -> None:
    database = await open_database(dsn, connections=2, application="test")
    found = await asyncio.gather(*(pid_of(database) for _ in range(40)))
    assert len(found) == 40
    assert len(set(found)) == 2
    await asyncio.wait_for(database.close(), 5)


async def test_a_transaction_that_was_left_open_is_not_passed_on(database: Database) -> None:
    async with database.connection() as connection:
        await connection.execute("begin")
    async with database.connection() as connection:
        assert not connection.is_in_transaction()


async def test_after_an_error_the_connection_is_good(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await tx.execute("create table half (made int)")
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with database.connection() as connection:
        assert await connection.fetchval("select to_regclass('half')") is None


async def test_a_cancelled_statement_leaves_no_connection_behind(dsn: str) -> None:
    database = await open_database(dsn, connections=1, application="test")

    async def wait_long() -> None:
        async with database.connection() as connection:
            began.set()
            await connection.execute("select pg_sleep(60)")

    for _ in range(2):
        began = asyncio.Event()
        task = asyncio.create_task(wait_long())
        await began.wait()
        task.cancel()
        with pytest.raises((asyncio.CancelledError, Unavailable)):  # the latter when the server was asked too early
            await task
        assert await pid_of(database) > 0
    await database.close()


async def test_a_connection_that_was_cut_is_replaced(dsn: str, database: Database) -> None:
    before = await pid_of(database)
    other = await open_database(dsn, connections=1, application="test")
    async with other.connection() as connection:
        await connection.execute("select pg_terminate_backend($1, 5000)", before)
    await other.close()
    with contextlib.suppress(Unavailable):  # once, unless the driver has heard of it already
        await pid_of(database)
    assert await pid_of(database) != before


async def test_a_closed_database_is_unavailable(database: Database) -> None:
    await pid_of(database)
    await database.close()
    with pytest.raises(Unavailable):
        await pid_of(database)
