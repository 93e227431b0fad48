"""Numbered SQL files, forward only: who ran what, exactly once, and never an edited file.

Each file is one transaction. A content hash tells when a file was changed after it ran. Statements that cannot run
in a transaction (CREATE INDEX CONCURRENTLY) have no place here.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import asyncpg

from veza.db.pool import Connection

_LOCK = "SELECT pg_advisory_lock(hashtext('veza.migrate'))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('veza.migrate'))"
_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
  number     integer PRIMARY KEY,
  name       text NOT NULL,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)"""
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_CONNECT_WITHIN_S = 5.0
_OLDEST_POSTGRES = 15


class MigrationError(Exception):
    """The schema cannot be brought up to date. The text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: `number` orders it, `sha256` is of its content."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read_migrations() -> tuple[Migration, ...]:
    """The files of `db/migrations`, in order. Raises `MigrationError` for two of one number or a stray name."""
    found: dict[int, Migration] = {}
    for file in files("veza.db").joinpath("migrations").iterdir():
        if not file.name.endswith(".sql"):
            continue
        match = _NAME.fullmatch(file.name)
        if match is None or int(match[1]) in found:
            raise MigrationError(f"The migration {file.name} needs a number of its own, as in 0042_what_it_does.sql.")
        found[int(match[1])] = Migration(int(match[1]), file.name, file.read_text(encoding="utf-8"))
    return tuple(found[number] for number in sorted(found))


async def migrate(dsn: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Apply what is missing, under an advisory lock. Answers the names applied, in order.

    Any number of processes may call it at once: one works, the others wait and find nothing to do.
    """
    wanted = read_migrations() if migrations is None else migrations
    try:
        connection = await asyncpg.connect(dsn, timeout=_CONNECT_WITHIN_S)
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise MigrationError(f"The database cannot be reached ({type(error).__name__}: {error}).") from error
    try:
        if connection.get_server_version() < (_OLDEST_POSTGRES,):
            raise MigrationError(
                f"This database is PostgreSQL {connection.get_server_version().major}; "
                f"Veza needs {_OLDEST_POSTGRES} or newer."
            )
        await connection.execute(_LOCK)
        try:
            await connection.execute("SET client_min_messages = warning")
            await connection.execute(_TABLE)
            missing = _missing(wanted, await _applied(connection))
            for migration in missing:
                await _apply(connection, migration)
        finally:
            if not connection.is_closed():
                await connection.execute(_UNLOCK)
    finally:
        await connection.close()
    return [migration.name for migration in missing]


async def pending(connection: Connection, migrations: Sequence[Migration] | None = None) -> list[str]:
    """The names not applied yet: not empty means not ready. Raises `MigrationError` for an edited or unknown file."""
    wanted = read_migrations() if migrations is None else migrations
    if await connection.fetchval("SELECT to_regclass('schema_migrations')") is None:
        return [migration.name for migration in wanted]
    return [migration.name for migration in _missing(wanted, await _applied(connection))]


async def _applied(connection: Connection) -> dict[int, tuple[str, str]]:
    rows = await connection.fetch("SELECT number, name, sha256 FROM schema_migrations")
    return {row[0]: (row[1], row[2]) for row in rows}


def _missing(wanted: Sequence[Migration], applied: Mapping[int, tuple[str, str]]) -> list[Migration]:
    known = {migration.number for migration in wanted}
    for number, (name, _) in sorted(applied.items()):
        if number not in known:
            raise MigrationError(f"The database is ahead of this Veza: it has {name}. Start the newer version.")
    missing = []
    for migration in wanted:
        if migration.number not in applied:
            missing.append(migration)
        elif applied[migration.number][1] != migration.sha256:
            raise MigrationError(f"The migration {migration.name} was changed after it was applied. Restore it.")
    return missing


async def _apply(connection: Connection, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.sql)  # the simple protocol: many statements, one go
            await connection.execute(
                "INSERT INTO schema_migrations (number, name, sha256) VALUES ($1, $2, $3)",
                migration.number,
                migration.name,
                migration.sha256,
            )
    except asyncpg.PostgresError as error:
        raise MigrationError(f"The migration {migration.name} failed: {error}.") from error
