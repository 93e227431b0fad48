"""The bundled server starts whatever happened to the one before it, and never twice on one folder."""

import asyncio
import os
import signal
import stat
from pathlib import Path

import asyncpg
import pytest

from veza.db.embedded_postgres import EmbeddedPostgres, PostgresError, find_running


async def query(dsn: str, sql: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_keeps_what_was_written_and_is_found_while_it_runs(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    assert await find_running(tmp_path / "pg") is None
    dsn = await server.start()
    try:
        assert await find_running(tmp_path / "pg") == dsn
        await query(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert await query(dsn, "SELECT lower('ÄÖ')") == "äö"
        for private in ("pg", "pg/run", "pg/data"):
            assert stat.S_IMODE((tmp_path / private).stat().st_mode) == 0o700
    finally:
        await server.stop()
    assert await find_running(tmp_path / "pg") is None
    try:
        assert await query(await server.start(), "SELECT answer FROM kept") == 42
    finally:
        await server.stop()


async def test_a_second_starter_is_refused_and_disturbs_nothing(tmp_path: Path) -> None:
    first, second = (EmbeddedPostgres(tmp_path / "pg", durable=False) for _ in range(2))
    dsn = await first.start()
    try:
        with pytest.raises(PostgresError, match=f"Another Veza \\(process {os.getpid()}\\) already runs"):
            await second.start()
        assert await query(dsn, "SELECT 1") == 1
    finally:
        await first.stop()


async def test_starts_again_after_the_postmaster_was_killed(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    dsn = await server.start()
    try:
        await query(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)  # noqa: ASYNC222 - dead, and not yet reaped
        assert await query(await server.start(), "SELECT answer FROM kept") == 42
    finally:
        await server.stop()
    assert not server.is_running()


async def test_a_stale_pid_file_of_a_living_process_does_not_stop_it(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    await server.start()
    await server.stop()
    (tmp_path / "pg/data/postmaster.pid").write_text(f"{os.getpid()}\n\n\n\n\n\n\nready\n")
    try:
        assert await query(await server.start(), "SELECT 1") == 1
    finally:
        await server.stop()


async def test_a_folder_with_a_long_name_works(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 30) / "pg", durable=False)
    try:
        assert await query(await server.start(), "SELECT 1") == 1
    finally:
        await server.stop()


async def test_half_a_cluster_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "pg/data.unfinished").mkdir(parents=True)
    (tmp_path / "pg/data.unfinished/PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    try:
        assert await query(await server.start(), "SELECT 1") == 1
    finally:
        await server.stop()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("16\n", "was made by PostgreSQL 16, and this Veza brings PostgreSQL 18"), (None, "is not a PostgreSQL database")],
)
async def test_refuses_a_folder_that_is_not_its_own(tmp_path: Path, content: str | None, sentence: str) -> None:
    (tmp_path / "pg/data").mkdir(parents=True)
    if content is not None:
        (tmp_path / "pg/data/PG_VERSION").write_text(content)
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    with pytest.raises(PostgresError, match=sentence):
        await server.start()
    assert not server.is_running()


async def test_cancelled_while_it_starts_leaves_nothing_running(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", durable=False)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await server.start()
    assert not server.is_running()
    try:
        assert await query(await server.start(), "SELECT 1") == 1
    finally:
        await server.stop()
