"""Migrations run once each, whoever asks and however often, and never after they were edited."""

import asyncio

import asyncpg
import pytest

from veza.db.migrate import Migration, MigrationError, migrate, pending, read_migrations

FIRST = Migration(1, "0001_a.sql", "CREATE TABLE a (id int); INSERT INTO a VALUES (1);")
SECOND = Migration(2, "0002_b.sql", "CREATE TABLE b (id int);")


async def names(dsn: str, *migrations: Migration) -> list[str]:
    connection = await asyncpg.connect(dsn)
    try:
        return await pending(connection, migrations)
    finally:
        await connection.close()


async def test_applies_what_is_missing_in_order(empty_dsn: str) -> None:
    assert await names(empty_dsn, FIRST, SECOND) == ["0001_a.sql", "0002_b.sql"]
    assert await migrate(empty_dsn, [FIRST]) == ["0001_a.sql"]
    assert await names(empty_dsn, FIRST, SECOND) == ["0002_b.sql"]
    assert await migrate(empty_dsn, [FIRST, SECOND]) == ["0002_b.sql"]
    assert await migrate(empty_dsn, [FIRST, SECOND]) == []
    assert await names(empty_dsn, FIRST, SECOND) == []


async def test_many_starters_at_once_apply_each_file_once(empty_dsn: str) -> None:
    answers = await asyncio.gather(*(migrate(empty_dsn, [FIRST, SECOND]) for _ in range(4)))
    assert sorted(answers, key=len) == [[], [], [], ["0001_a.sql", "0002_b.sql"]]


async def test_refuses_a_file_that_was_edited(empty_dsn: str) -> None:
    await migrate(empty_dsn, [FIRST])
    with pytest.raises(MigrationError, match=r"0001_a\.sql was changed after it was applied"):
        await migrate(empty_dsn, [Migration(1, "0001_a.sql", FIRST.sql + " ")])


async def test_refuses_a_database_of_a_newer_version(empty_dsn: str) -> None:
    await migrate(empty_dsn, [FIRST, SECOND])
    with pytest.raises(MigrationError, match="ahead of this Veza"):
        await migrate(empty_dsn, [FIRST])


async def test_a_file_that_fails_leaves_nothing_and_can_be_mended(empty_dsn: str) -> None:
    broken = Migration(2, "0002_b.sql", "CREATE TABLE b (id int); SELECT 1/0;")
    with pytest.raises(MigrationError, match=r"0002_b\.sql failed: division by zero"):
        await migrate(empty_dsn, [FIRST, broken])
    assert await migrate(empty_dsn, [FIRST, SECOND]) == ["0002_b.sql"]


def test_the_files_are_numbered_without_a_gap() -> None:
    assert [migration.number for migration in read_migrations()] == list(range(1, len(read_migrations()) + 1))
