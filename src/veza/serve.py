"""`veza serve`: the database, the schema, and one child process for each role. Restarts what dies, drains, ends.

Holds the listening sockets of the api and of the sandbox, so that a restart of these refuses nobody. Never does the
work of a role.
Whatever happens to this process, its children end by themselves (`processes.py`).
"""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from prometheus_client.multiprocess import mark_process_dead
from rich.console import Console

from veza.bootstrap import ROLES, CannotStart, embedded_postgres, load_secret
from veza.db.embedded_postgres import EmbeddedPostgres, PostgresError
from veza.db.file_lock import FileLock, Locked
from veza.db.migrate import migrate
from veza.kit.retry import backoff_s
from veza.kit.tasks import TaskSet
from veza.listeners import bound_address, open_listener
from veza.processes import bound_to_parent, wait_ended
from veza.settings import Address, Settings

log = structlog.get_logger()

DRAIN_S = 25.0
_STEADY_AFTER_S = 30.0
_RESTART_BASE_S = 0.2
_RESTART_CAP_S = 10.0
_PORT_WITHIN_S = 2.0
_ASK_EVERY_S = 0.05
_READY_NOTICE_S = 60.0
_LATER = {"worker", "sandbox"}
_LATER_WITHIN_S = 5.0


@dataclass(slots=True)
class Served:
    """What runs, for the lines that are printed and for tests."""

    settings: Settings
    dsn: str = ""
    restarts: dict[str, int] = field(default_factory=dict)
    pids: dict[str, int] = field(default_factory=dict)


class Supervisor:
    """One run of `veza serve`. `drain` asks it to end; a second `drain` hurries."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._draining = asyncio.Event()
        self._hurry = asyncio.Event()
        self._ready = asyncio.Event()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._addresses: dict[str, Address] = {}
        self._tasks = TaskSet(lambda name, error: log.error("supervisor_failed", task=name, exc_info=error))
        self.served = Served(settings)

    def drain(self) -> None:
        """End: first in order, at the second call at once."""
        if self._draining.is_set():
            self._hurry.set()
        else:
            self._console.print("Stopping. Press Ctrl-C again to hurry.")
        self._draining.set()

    async def run(self) -> None:
        """Start everything, keep it running until `drain`, stop everything.

        Raises `CannotStart`, `CannotListen`, `PostgresError` or `MigrationError` when it cannot begin.
        """
        settings = self.served.settings
        with _exclusive(settings.data_dir):
            listener = await asyncio.to_thread(
                open_listener, settings.http_addr, setting="VEZA_HTTP_ADDR", within_s=_PORT_WITHIN_S
            )
            with contextlib.closing(listener), contextlib.ExitStack() as held:
                listeners = {"api": listener}
                if settings.uses_sandbox:
                    listeners["sandbox"] = held.enter_context(
                        open_listener(settings.sandbox_addr, setting="VEZA_SANDBOX_ADDR", within_s=_PORT_WITHIN_S)
                    )
                await asyncio.to_thread(self._fix_addresses, listeners)
                load_secret(settings)
                async with self._database() as dsn:
                    self.served.dsn = dsn
                    applied = await migrate(dsn)
                    if applied:
                        log.info("migrated", applied=applied)
                    await self._run_roles(listeners, dsn)
        self._console.print("Stopped.")

    def _fix_addresses(self, listeners: Mapping[str, socket.socket]) -> None:
        """Learn what port 0 became, and hear now, in one sentence, of ports that media could not have."""
        fixed = {"VEZA_HTTP_ADDR": bound_address(listeners["api"])}
        settings = self.served.settings
        for name, wanted in (("VEZA_RTMP_ADDR", settings.rtmp_addr), ("VEZA_HLS_ADDR", settings.hls_addr)):
            with open_listener(wanted, setting=name, within_s=_PORT_WITHIN_S) as probe:
                fixed[name] = bound_address(probe)
        if "sandbox" in listeners:
            fixed["VEZA_SANDBOX_ADDR"] = bound_address(listeners["sandbox"])
        self._addresses = fixed

    @contextlib.asynccontextmanager
    async def _database(self) -> AsyncIterator[str]:
        settings = self.served.settings
        if settings.database_url:
            yield settings.database_url
            return
        server = embedded_postgres(settings)
        dsn = await server.start()
        try:
            self._note("postgres", server.pid)
            keeper = self._tasks.spawn(self._keep_postgres(server), "postgres")
            try:
                yield dsn
            finally:
                keeper.cancel()
                await asyncio.gather(keeper, return_exceptions=True)
        finally:
            await server.stop()

    async def _keep_postgres(self, server: EmbeddedPostgres) -> None:
        attempt = 0
        while True:
            began = time.monotonic()
            if server.is_running():
                code = await server.wait_ended()
                attempt = 1 if time.monotonic() - began > _STEADY_AFTER_S else attempt + 1
                log.error("database_ended", code=code)
            self.served.restarts["postgres"] = self.served.restarts.get("postgres", 0) + 1
            try:
                await server.start()
            except PostgresError as error:
                attempt += 1
                log.error("database_did_not_start", reason=str(error))  # noqa: TRY400 - the sentence says it all
                await asyncio.sleep(backoff_s(attempt, base_s=_RESTART_BASE_S, cap_s=_RESTART_CAP_S))
            else:
                self._note("postgres", server.pid)
                log.info("database_restarted")

    async def _run_roles(self, listeners: Mapping[str, socket.socket], dsn: str) -> None:
        environment = self._environment(dsn)
        roles = (*ROLES, "sandbox") if "sandbox" in listeners else ROLES
        keepers = [self._tasks.spawn(self._keep(role, listeners.get(role), environment), role) for role in roles]
        self._tasks.spawn(self._announce(), "announce")
        await self._draining.wait()
        for listener in listeners.values():
            listener.close()  # from here on a new connection is refused, not kept waiting
        for process in self._children.values():
            process.terminate()
        await _first(self._hurry.wait(), _all(keepers), within_s=DRAIN_S)
        for process in self._children.values():
            process.kill()
        await _all(keepers)

    async def _keep(self, role: str, listener: socket.socket | None, environment: Mapping[str, str]) -> None:
        attempt = 0
        if role in _LATER:  # nobody waits for them, and whoever opens the page waits for the others
            await _first(self._draining.wait(), self._ready.wait(), within_s=_LATER_WITHIN_S)
        while not self._draining.is_set():
            began = time.monotonic()
            process = self._children[role] = _spawn(role, listener, environment)
            self._note(role, process.pid)
            code = await wait_ended(process)
            del self._children[role]
            mark_process_dead(process.pid, environment["PROMETHEUS_MULTIPROC_DIR"])  # type: ignore[no-untyped-call]
            if self._draining.is_set():
                return
            attempt = 1 if time.monotonic() - began > _STEADY_AFTER_S else attempt + 1
            delay_s = 0.0 if attempt == 1 else backoff_s(attempt, base_s=_RESTART_BASE_S, cap_s=_RESTART_CAP_S)
            self.served.restarts[role] = self.served.restarts.get(role, 0) + 1
            log.error("role_ended", ended=role, code=code, restart_in_s=round(delay_s, 2))
            await _first(self._draining.wait(), within_s=delay_s)

    def _note(self, name: str, pid: int | None) -> None:
        if pid is not None:
            self.served.pids[name] = pid
            log.debug("started", started=name, pid=pid)

    def _environment(self, dsn: str) -> dict[str, str]:
        settings = self.served.settings
        metrics = settings.data_dir.absolute() / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(mode=0o700)
        environment = {name: value for name, value in os.environ.items() if name not in self._addresses}
        environment |= {name: str(address) for name, address in self._addresses.items()}
        environment |= {"VEZA_DATABASE_URL": dsn, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        if settings.http_addr.port == 0:
            environment["VEZA_PUBLIC_URL"] = f"http://localhost:{self._addresses['VEZA_HTTP_ADDR'].port}"
        return environment

    async def _announce(self) -> None:
        http, rtmp, hls, *sandbox = self._addresses.values()
        notice_at = self._began + _READY_NOTICE_S
        while not (await _is_ready(http) and await _accepts(rtmp) and await _accepts(hls)):
            if time.monotonic() > notice_at:
                self._console.print("[yellow]Not ready yet. The log lines above say why; it keeps trying.[/]")
                notice_at += _READY_NOTICE_S
            await asyncio.sleep(_ASK_EVERY_S)
        self._ready.set()
        settings = self.served.settings
        web = settings.public_url if settings.http_addr.port else f"http://localhost:{http.port}"
        server = settings.rtmp_base_url if settings.rtmp_addr.port else f"rtmp://localhost:{rtmp.port}/live"
        for line in (
            f"[green]Ready[/] in {time.monotonic() - self._began:.1f} s",
            f"  Web app and API  [bold]{web}[/]   (listens on {http})",
            f"  OBS server       [bold]{server}[/]   (listens on {rtmp})",
            f"  Live video       listens on {hls}",
            *(
                f"  Sandbox          [bold]{self._sandbox_page(address)}[/]   (listens on {address}): payments are "
                "simulated, no money moves"
                for address in sandbox
            ),
            "",
            f"  1. Open {web} and register.",
            "  2. Choose “Go live”, copy server and stream key into OBS (Settings, Stream, Custom), start streaming.",
            f"  3. Make the first admin:  {_veza()} user create --admin",
            "  Ctrl-C stops everything.",
        ):
            self._console.print(line, highlight=False, soft_wrap=True)

    def _sandbox_page(self, address: Address) -> str:
        settings = self.served.settings
        return settings.sandbox_base_url if settings.sandbox_addr.port else f"http://localhost:{address.port}"


async def serve(settings: Settings) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP. See `Supervisor.run` for what it raises."""
    supervisor = Supervisor(settings, Console(highlight=False))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.drain)
    await supervisor.run()


@contextlib.contextmanager
def _exclusive(data_dir: Path) -> Iterator[None]:
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(data_dir / "lock")
        lock.acquire()
    except Locked as error:
        raise CannotStart(
            f"Veza already runs on {data_dir.absolute()} (process {error.holder}). "
            "Stop it first, or set VEZA_DATA_DIR to another folder."
        ) from None
    except OSError as error:
        raise CannotStart(
            f"The data folder {data_dir.absolute()} cannot be used ({error.strerror}). Set VEZA_DATA_DIR to another."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _spawn(role: str, listener: socket.socket | None, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "veza", role]
    if listener is not None:
        command += ["--listener", str(listener.fileno())]
    return subprocess.Popen(  # noqa: S603
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        pass_fds=() if listener is None else (listener.fileno(),),
        preexec_fn=bound_to_parent(signal.SIGTERM),  # noqa: PLW1509
        start_new_session=True,  # a terminal's Ctrl-C is for the supervisor, which drains in order
    )


async def _all(tasks: "list[asyncio.Task[None]]") -> None:
    await asyncio.wait(tasks)


async def _first(*waits: Coroutine[Any, Any, Any], within_s: float) -> None:
    """Until the first of them ends, or the time is over. The others are cancelled."""
    tasks = TaskSet(lambda name, error: log.error("wait_failed", task=name, exc_info=error))
    await asyncio.wait([tasks.spawn(wait, "wait") for wait in waits], timeout=within_s, return_when="FIRST_COMPLETED")
    await tasks.close()


async def _is_ready(address: Address) -> bool:
    """Whether the api says so. A listening socket alone means nothing: it is ours."""
    try:
        async with asyncio.timeout(2.0):
            reader, writer = await asyncio.open_connection(address.reachable_host, address.port)
            with contextlib.closing(writer):
                writer.write(f"GET /api/v1/readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n".encode())
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
    except (OSError, TimeoutError):
        return False


async def _accepts(address: Address) -> bool:
    try:
        async with asyncio.timeout(2.0):
            _, writer = await asyncio.open_connection(address.reachable_host, address.port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


def _veza() -> str:
    """How this program is called from here."""
    script = Path(sys.executable).with_name("veza")
    with contextlib.suppress(ValueError):
        script = script.relative_to(Path.cwd())
    return str(script) if script.exists() else f"{sys.executable} -m veza"
