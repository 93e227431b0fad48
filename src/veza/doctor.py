"""`veza doctor`: looks at what a start needs and says, one sentence each, what is missing or wrong. Changes nothing."""

import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from veza.db.embedded_postgres import find_running
from veza.db.file_lock import FileLock, Locked
from veza.db.migrate import MigrationError, pending
from veza.db.postgres_home import PostgresError, find_binaries
from veza.listeners import CannotListen, open_listener
from veza.settings import Settings

_DISK_LOW_BYTES = 2 << 30
_CONNECT_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `ok` False makes the doctor fail; `text` says what was found, or what to do."""

    name: str
    ok: bool
    text: str


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Every check, in the order in which a start would meet them."""
    for check in _CHECKS:
        yield check(settings)
    running = await find_running(settings.data_dir / "postgres")
    yield await _database(settings, settings.database_url or running)
    for finding in _ports(settings, is_running=running is not None or _is_locked(settings)):
        yield finding


def _python(_: Settings) -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", sys.version_info >= (3, 11), f"{found} (3.11 or newer is needed)")


def _data_dir(settings: Settings) -> Finding:
    folder = settings.data_dir.absolute()
    existing = _nearest_existing(folder)
    if not os.access(existing, os.W_OK | os.X_OK):
        return Finding("Data folder", ok=False, text=f"{existing} cannot be written. Set VEZA_DATA_DIR to another.")
    return Finding("Data folder", ok=True, text=str(folder) if folder.exists() else f"{folder} will be made")


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(_nearest_existing(settings.data_dir.absolute())).free
    enough = free >= _DISK_LOW_BYTES
    advice = "" if enough else f" Less than {_DISK_LOW_BYTES >> 30} GB: make room."
    return Finding("Disk", enough, f"{free / 1e9:.1f} GB are free.{advice}")


def _secret(settings: Settings) -> Finding:
    path = settings.data_dir / "secret_key"
    if settings.secret_key:
        return Finding("Secret", ok=True, text="set by VEZA_SECRET_KEY")
    if not path.exists():
        return Finding("Secret", ok=True, text="will be made at the first start")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding("Secret", ok=False, text=f"{path} can be read by others: chmod 600 {path}")
    return Finding("Secret", ok=True, text=f"kept in {path}")


def _web(_: Settings) -> Finding:
    built = (Path(__file__).parent / "web_dist" / "index.html").exists()
    return Finding("Web app", built, "built" if built else "not built yet: `make run` builds it")


async def _database(settings: Settings, dsn: str | None) -> Finding:
    if dsn is None:
        try:
            find_binaries()
        except PostgresError as error:
            return Finding("Database", ok=False, text=str(error))
        return Finding("Database", ok=True, text="the bundled PostgreSQL 18; `veza serve` starts it")
    try:
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_WITHIN_S)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return Finding(
            "Database", ok=False, text=f"VEZA_DATABASE_URL cannot be reached ({type(error).__name__}: {error})."
        )
    try:
        behind = await pending(connection)
    except MigrationError as error:
        return Finding("Database", ok=False, text=str(error))
    finally:
        await connection.close()
    if behind and settings.database_url:
        return Finding("Database", ok=False, text=f"{len(behind)} migrations are missing: run `veza migrate`.")
    return Finding("Database", ok=True, text=f"PostgreSQL {connection.get_server_version().major}, migrated")


def _ports(settings: Settings, *, is_running: bool) -> Iterator[Finding]:
    for name in ("http_addr", "rtmp_addr", "hls_addr", *(("sandbox_addr",) if settings.uses_sandbox else ())):
        address, variable = getattr(settings, name), f"VEZA_{name.upper()}"
        if is_running:
            yield Finding(variable, ok=True, text=f"{address}, and Veza runs")
            continue
        try:
            open_listener(address, setting=variable).close()
            yield Finding(variable, ok=True, text=f"{address} is free")
        except CannotListen as error:
            yield Finding(variable, ok=False, text=str(error))


def _is_locked(settings: Settings) -> bool:
    """Whether `veza serve` runs on this data folder."""
    lock = FileLock(settings.data_dir / "lock")
    if not lock.path.exists():
        return False
    try:
        lock.acquire()
    except Locked:
        return True
    lock.release()
    return False


def _nearest_existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


_CHECKS = (_python, _data_dir, _disk, _secret, _web)
