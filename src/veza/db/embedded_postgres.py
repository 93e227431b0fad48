"""The bundled PostgreSQL as a child of ours: made, started, found ready, stopped. Knows nothing of schemas.

It ends with us, however we end, and starts again after anything that a process can die of. Traps that this file
answers: a stale `ready` line, a killed postmaster that PID 1 has not reaped, a process id in use again.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

import asyncpg

from veza.db.file_lock import FileLock, Locked
from veza.db.postgres_home import SOCKET_NAME, PostgresError, PostgresHome, prepare_home
from veza.db.postgres_memory import memory_bytes, memory_settings
from veza.processes import wait_ended

__all__ = ["EmbeddedPostgres", "PostgresError", "find_running"]

_NEW_CLUSTER_BYTES = 300 << 20
_OLD_CLUSTER_BYTES = 64 << 20
_LOG_KEEP_BYTES = 10 << 20
_READY_WITHIN_S = 120.0
_ORPHANS_LEAVE_WITHIN_S = 20.0
_STOP_WITHIN_S = 20.0
_POLL_S = 0.01
_BASE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class EmbeddedPostgres:
    """One cluster under `state` (DATA_DIR/postgres). Start it from the main thread: it ends with the thread.

    Args:
        state: the folder of lock, log, socket and data; made when absent.
        max_connections: what all processes of ours may hold together.
        durable: False turns fsync off, for tests only.
        home: where and as whom it runs; found out when absent.
    """

    def __init__(
        self, state: Path, *, max_connections: int = 100, durable: bool = True, home: PostgresHome | None = None
    ) -> None:
        self.state = state
        self.max_connections = max_connections
        self.durable = durable
        self._home = home
        self._lock: FileLock | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        """How to connect. Only after `start`."""
        assert self._home is not None
        return self._home.dsn

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, None when there is none."""
        return None if self._process is None else self._process.pid

    def is_running(self) -> bool:
        """Whether the postmaster lives. Reaps it when it ended."""
        return self._process is not None and self._process.poll() is None

    async def wait_ended(self) -> int:
        """Wait until the postmaster ended by itself, and answer its code. Only after `start`."""
        assert self._process is not None
        return await wait_ended(self._process)

    async def start(self) -> str:
        """Take the lock, make the cluster if there is none, start, wait until it accepts. Answers the DSN.

        Call it again after the postmaster died. Raises `PostgresError` with a sentence; nothing is left running then.
        """
        if self._home is None:
            self._home = await asyncio.to_thread(prepare_home, self.state)
        home: PostgresHome = self._home
        if self.is_running():
            return home.dsn
        self._take_lock(home)
        try:
            _check_disk(home)
            await self._initialise(home)
            _check_version(home)
            await _wait_for_orphans(home)
            self._process = self._spawn(home)
            await self._wait_until_ready(home)
            _write_private(home.state / "dsn", home.dsn)
        except BaseException:
            await self.stop()
            raise
        return home.dsn

    def _take_lock(self, home: PostgresHome) -> None:
        if self._lock is None:
            lock = FileLock(home.state / "lock")
            try:
                lock.acquire()
            except Locked as error:
                raise PostgresError(
                    f"Another Veza (process {error.holder}) already runs the database in {self.state}."
                ) from None
            self._lock = lock

    async def stop(self) -> None:
        """Fast shutdown: open transactions roll back, everything acknowledged is kept. Twice is harmless."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                await _wait(process, _STOP_WITHIN_S)
            except TimeoutError:
                process.send_signal(signal.SIGQUIT)
                await _wait(process, _STOP_WITHIN_S)
        if self._lock is not None:
            if self._home is not None:
                (self._home.state / "dsn").unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    async def _initialise(self, home: PostgresHome) -> None:
        """Initdb beside its final place, then rename: a kill in the middle leaves no half cluster."""
        if home.data.exists():
            return
        unfinished = home.data.with_name("data.unfinished")
        await asyncio.to_thread(shutil.rmtree, unfinished, ignore_errors=True)
        command: list[str | Path] = [home.binaries / "initdb", "-D", unfinished, "-U", "veza"]
        command += ["--auth=trust", "-E", "UTF8"]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions"]
        command += [] if self.durable else ["--no-sync"]
        process = self._popen(home, command)
        await _wait(process, _READY_WITHIN_S)
        if process.returncode != 0:
            raise PostgresError(f"The database could not be made. {_last_words(home)}")
        unfinished.rename(home.data)

    def _spawn(self, home: PostgresHome) -> subprocess.Popen[bytes]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(home.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": str(self.max_connections),
            **memory_settings(memory_bytes()),
            # Its default hands reads to three processes of its own: on few cores, two more switches for each page.
            "io_method": "sync",
            # The log never holds what people typed: no statements, no row contents.
            "log_min_messages": "log",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
        }
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return self._popen(home, [home.binaries / "postgres", "-D", home.data, *settings])

    def _popen(self, home: PostgresHome, command: list[str | Path]) -> subprocess.Popen[bytes]:
        with _open_log(home.state / "postgres.log") as log:
            return subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home.data.parent,
                env=_BASE_ENVIRONMENT,
                user=None if home.owner is None else home.owner[0],
                group=None if home.owner is None else home.owner[1],
                extra_groups=None if home.owner is None else [],
                preexec_fn=home.enter,  # noqa: PLW1509
                start_new_session=True,  # Ctrl-C in a terminal is ours to handle
            )

    async def _wait_until_ready(self, home: PostgresHome) -> None:
        process = self._process
        assert process is not None
        deadline = time.monotonic() + _READY_WITHIN_S
        while not _says_ready(home.data / "postmaster.pid", process.pid):
            if process.poll() is not None:
                raise PostgresError(f"The database did not start. {_last_words(home)}")
            if time.monotonic() > deadline:
                raise PostgresError(f"The database was not ready after {_READY_WITHIN_S:.0f} s. {_last_words(home)}")
            await asyncio.sleep(_POLL_S)


async def find_running(state: Path) -> str | None:
    """The DSN of the bundled PostgreSQL that another process runs on `state`, if it accepts connections now."""
    try:
        dsn = await asyncio.to_thread((state / "dsn").read_text, encoding="utf-8")
        connection = await asyncpg.connect(dsn, timeout=2.0)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None
    await connection.close()
    return dsn


def _says_ready(pid_file: Path, pid: int) -> bool:
    """Its eighth line reads "ready", and its first names this process: a file left by an earlier one does not count."""
    try:
        lines = pid_file.read_text(encoding="utf-8", errors="replace").split("\n")
        return int(lines[0]) == pid and lines[7].strip() == "ready"
    except (OSError, ValueError, IndexError):
        return False


async def _wait_for_orphans(home: PostgresHome) -> None:
    """A killed starter's postmaster shuts down on its own, and a killed postmaster's backends leave within ms.

    Once no process has the data folder as its working folder, files that claim otherwise are stale.
    """
    if sys.platform != "linux":
        return
    deadline = time.monotonic() + _ORPHANS_LEAVE_WITHIN_S
    while found := _processes_inside(home.data):
        if time.monotonic() > deadline:
            raise PostgresError(f"Another PostgreSQL (process {found[0]}) still runs on {home.data}. Stop it first.")
        await asyncio.sleep(_POLL_S)
    for stale in (home.data / "postmaster.pid", home.sockets / SOCKET_NAME, home.sockets / f"{SOCKET_NAME}.lock"):
        stale.unlink(missing_ok=True)


def _processes_inside(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it ended, is a zombie, or is not ours
                if (entry / "cwd").readlink() == folder:
                    found.append(int(entry.name))
    return found


def _check_disk(home: PostgresHome) -> None:
    needed = _OLD_CLUSTER_BYTES if home.data.exists() else _NEW_CLUSTER_BYTES
    free = shutil.disk_usage(home.data.parent).free
    if free < needed:
        raise PostgresError(
            f"Only {free >> 20} MB are free for the database in {home.data.parent}; it needs {needed >> 20} MB."
        )


def _check_version(home: PostgresHome) -> None:
    try:
        found = (home.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError:
        raise PostgresError(f"{home.data} is not a PostgreSQL database. Move it away, or set VEZA_DATA_DIR.") from None
    if found != "18":
        raise PostgresError(
            f"The database in {home.data} was made by PostgreSQL {found}, and this Veza brings PostgreSQL 18. "
            "Dump it with the old version and load it into a new data folder."
        )


def _open_log(path: Path) -> BinaryIO:
    with contextlib.suppress(OSError):
        if path.stat().st_size > _LOG_KEEP_BYTES:
            path.replace(path.with_suffix(".log.1"))
    return path.open("ab")


def _last_words(home: PostgresHome) -> str:
    path = home.state / "postgres.log"
    try:
        lines = path.read_text(encoding="utf-8", errors="replace")[-2000:].strip().splitlines()
    except OSError:
        lines = []
    return f"Its log ({path}) ends with: {' / '.join(lines[-2:])}" if lines else f"Its log is {path}."


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


async def _wait(process: "subprocess.Popen[bytes]", within_s: float) -> None:
    async with asyncio.timeout(within_s):
        await wait_ended(process)
