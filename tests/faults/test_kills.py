"""Whole platforms under kill -9, stop and hurry: nothing acknowledged is lost, nothing stays behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest
from tests.factories.platform import Platform, running_platform
from tests.factories.processes import adopting_orphans, descendants, eventually, wait_for_orphans

from veza.db.embedded_postgres import EmbeddedPostgres
from veza.db.pool import open_database
from veza.kit.errors import Unavailable

pytestmark = pytest.mark.faults


def answers(platform: Platform) -> bool:
    try:
        return httpx.get(f"{platform.base_url}/api/v1/readyz", timeout=30).is_success
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("role", ["api", "media", "worker"])
def test_a_role_that_dies_again_and_again_comes_back_each_time(role: str, tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        for _ in range(4):
            eventually(lambda: role_of(platform, role) is not None)
            killed = platform.role(role)
            killed.send_signal(signal.SIGKILL)
            eventually(lambda killed=killed: role_of(platform, role) not in {None, killed})  # type: ignore[misc]
        eventually(lambda: answers(platform))
        everything = descendants(platform.process)
    wait_for_orphans(everything)


def role_of(platform: Platform, role: str) -> psutil.Process | None:
    try:
        return platform.role(role)
    except (LookupError, psutil.Error):
        return None


def test_a_stopped_role_is_ended_within_the_drain_time(tmp_path: Path) -> None:
    """SIGSTOP: it can hear nothing. The supervisor kills it when the drain time is over, and still ends in order."""
    with running_platform(tmp_path) as platform:
        everything = descendants(platform.process)
        platform.role("worker").send_signal(signal.SIGSTOP)
    wait_for_orphans(everything)


def test_a_second_interrupt_hurries(tmp_path: Path) -> None:
    with running_platform(tmp_path) as platform:
        everything = descendants(platform.process)
        platform.role("worker").send_signal(signal.SIGSTOP)
        platform.process.send_signal(signal.SIGINT)
        eventually(lambda: b"Stopping." in bytes(platform.log))
        platform.process.send_signal(signal.SIGINT)
        wait_for_orphans(everything, within_s=10)


def test_a_data_folder_with_a_very_long_name(tmp_path: Path) -> None:
    with running_platform(tmp_path / ("a long name " * 15)) as platform:
        assert answers(platform)


def test_killed_while_it_starts_it_starts_the_next_time(tmp_path: Path) -> None:
    """Killed at a different moment each time: in initdb, in the migrations, while roles load."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VEZA_")} | {
        f"VEZA_{name}_ADDR": "127.0.0.1:0" for name in ("HTTP", "RTMP", "HLS")
    }
    environ["VEZA_DATA_DIR"] = str(tmp_path / "data")
    with adopting_orphans():
        for within_s in (0.4, 0.7, 1.0, 1.5, 2.5):
            process = subprocess.Popen([sys.executable, "-m", "veza", "serve"], env=environ, stdout=subprocess.DEVNULL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(within_s)
            left = descendants(psutil.Process(process.pid))
            process.kill()
            process.wait()
            wait_for_orphans(left)
    with running_platform(tmp_path) as platform:
        assert answers(platform)


async def test_postgres_killed_under_writes_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "pg", max_connections=40)
    database = await open_database(await server.start(), connections=8, application="test")
    acknowledged: set[int] = set()
    stop = asyncio.Event()
    numbers = iter(range(10_000_000))
    more = asyncio.Event()

    async def write_more(count: int) -> None:
        wanted = len(acknowledged) + count
        while len(acknowledged) < wanted:
            more.clear()
            await more.wait()

    async def write() -> None:
        while not stop.is_set():
            number = next(numbers)
            try:
                async with database.transaction() as tx:
                    await tx.execute("INSERT INTO kept VALUES ($1)", number)
            except Unavailable:  # and nothing else
                await asyncio.sleep(0)
                continue
            acknowledged.add(number)
            more.set()

    try:
        async with database.transaction() as tx:
            await tx.execute("CREATE TABLE kept (n bigint)")
        async with asyncio.TaskGroup() as group:
            for _ in range(8):
                group.create_task(write())
            for _ in range(4):
                await write_more(200)
                assert server.pid is not None
                os.kill(server.pid, signal.SIGKILL)
                await server.wait_ended()
                await server.start()
            await write_more(200)
            stop.set()
        async with database.connection() as connection:
            found = {row[0] for row in await connection.fetch("SELECT n FROM kept")}
        assert acknowledged <= found
        assert len(found - acknowledged) <= 8 * 4, "at most what each writer had under way at each kill"
    finally:
        stop.set()
        await database.close()
        await server.stop()
