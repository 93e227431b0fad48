"""A platform with one chat room and people in it, for the chat benches; and what a process used meanwhile.

People are put into the database, since registering a thousand through the door would measure argon2. Everything else
goes through the real doors of a real `veza serve`, with default settings where a bench does not say otherwise.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import asyncpg
import psutil
from tests.factories.accounts import a_person, log_in_as
from tests.factories.platform import Platform, running_platform

from bench.ports import free_port, wait_until_listening
from veza.auth.domain import Principal
from veza.bootstrap import database_dsn, open_context
from veza.chat import service
from veza.context import Context
from veza.settings import load_settings

_Found = TypeVar("_Found")
ROUNDS, ROUNDS_MAX, QUIET = 3, 10, 0.1
TALKERS = 40
"""Enough for 20 messages a second within the default of 20 in 30 s each."""
SETTLE_S = 11.0
"""An idle connection of PostgreSQL hands in what it counted after 10 s at the latest."""


@dataclass(frozen=True, slots=True)
class ChatRoom:
    """A running platform and the id of one stream, which is its room's."""

    platform: Platform
    data_dir: Path
    id: str

    @property
    def port(self) -> int:
        port = urlsplit(self.platform.base_url).port
        assert port is not None
        return port

    @property
    def api(self) -> psutil.Process:
        return self.platform.role("api")

    def new_people(self, count: int) -> list[Principal]:
        """Accounts that are logged in."""

        async def make(ctx: Context) -> list[Principal]:
            people = [await a_person(ctx.db) for _ in range(count)]
            for person in people:
                await log_in_as(ctx, person)
            return people

        return self._in_context(make)

    def tickets(self, people: list[Principal]) -> list[str]:
        """One for each, good for 30 s."""

        async def make(ctx: Context) -> list[str]:
            return [await service.give_ticket(ctx, person) for person in people]

        return self._in_context(make)

    def reads_of(self, *tables: str) -> Counter[str]:
        """How often statements have looked into each table so far (scans of it and of its indexes)."""

        async def read(ctx: Context) -> Counter[str]:
            connection = await asyncpg.connect(ctx.db.dsn)
            try:
                rows = await connection.fetch(
                    """
                    select relname, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) as scans
                    from pg_stat_user_tables where relname = any($1::text[])
                    """,
                    list(tables),
                )
            finally:
                await connection.close()
            return Counter({str(row["relname"]): int(row["scans"]) for row in rows})

        time.sleep(SETTLE_S)
        return self._in_context(read)

    @contextlib.contextmanager
    def second_api(self) -> Iterator[int]:
        """One more api process on the same database while the block runs; yields its port."""
        port = free_port()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("VEZA_")}
        environ |= {"VEZA_HTTP_ADDR": f"127.0.0.1:{port}", "VEZA_DATA_DIR": str(self.data_dir)}
        process = subprocess.Popen([sys.executable, "-m", "veza", "api"], env=environ | {"VEZA_LOG_LEVEL": "warning"})
        try:
            wait_until_listening(port)
            yield port
        finally:
            process.terminate()
            process.wait(40)

    def _in_context(self, work: Callable[[Context], Awaitable[_Found]]) -> _Found:
        async def run() -> _Found:
            settings = load_settings({"VEZA_DATA_DIR": str(self.data_dir)})
            async with (
                database_dsn(settings, may_start=False) as dsn,
                open_context(settings, role="bench", dsn=dsn) as ctx,
            ):
                return await work(ctx)

        return asyncio.run(run())


@contextlib.contextmanager
def chat_room(**settings: str) -> Iterator[ChatRoom]:
    """A platform with a room while the block runs. `settings` are `VEZA_` names without the prefix."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_platform(Path(folder), LOG_LEVEL="warning", **settings) as platform,
        platform.streamer("bench") as streamer,
    ):
        yield ChatRoom(platform, Path(folder) / "data", streamer.new_stream("bench").stream_id)


class Use:
    """CPU and memory of a process from now on."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._began_s = time.monotonic()
        self._cpu_s = self._cpu_so_far_s()
        self._waited_s = self._waited_so_far_s()
        self._rss = process.memory_info().rss

    @property
    def cpu_s(self) -> float:
        return self._cpu_so_far_s() - self._cpu_s

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began_s

    @property
    def cores(self) -> float:
        return self.cpu_s / self.elapsed_s

    @property
    def waiting(self) -> float:
        """The share of the time that it could have worked and had no core: what a busy machine adds to delays."""
        return (self._waited_so_far_s() - self._waited_s) / self.elapsed_s

    @property
    def rss_bytes(self) -> int:
        """How much it grew."""
        return int(self._process.memory_info().rss - self._rss)

    def _cpu_so_far_s(self) -> float:
        return float(sum(self._process.cpu_times()[:2]))

    def _waited_so_far_s(self) -> float:
        """Of its first thread, from the kernel's own accounts (0 where it keeps none)."""
        accounts = Path(f"/proc/{self._process.pid}/schedstat")
        return int(accounts.read_text().split()[1]) / 1e9 if accounts.exists() else 0.0


def rounds(
    measure: Callable[[], _Found],
    waiting: Callable[[_Found], float],
    at_least: int = ROUNDS,
    at_most: int = ROUNDS_MAX,
) -> list[_Found]:
    """Measure a delay several times, and go on while no round was quiet: while the server always `waiting`, as a share
    of the time, for a core that somebody else had. Whoever reads the figures takes the best round.
    """
    found: list[_Found] = []
    while len(found) < at_least or (len(found) < at_most and min(map(waiting, found)) > QUIET):
        found.append(measure())
    return found


def verdict(name: str, held: bool) -> bool:
    """Print that a claim does not hold, if so; answers whether it does."""
    if not held:
        print(f"  NOT HELD: {name}")
    return held
