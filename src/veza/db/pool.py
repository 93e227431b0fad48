"""The connections of one process, and the one way to open a transaction.

Inside a transaction no network call may wait: `outside_transaction` is what adapters call first, and it raises
while one is open in the same task (ARCHITECTURE.md).
"""

import contextlib
import json
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any, TypeAlias

import asyncpg
import msgspec

from veza.kit.errors import Unavailable

Connection: TypeAlias = "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]"
"""What statements run on. Outside a transaction each statement is its own."""

_Lent: TypeAlias = "asyncpg.pool.PoolConnectionProxy[Any]"

Tx: TypeAlias = Connection
"""A connection with an open transaction. A function that takes `tx` joins it, and must not wait for the network."""

ACQUIRE_TIMEOUT_S = 2.5
"""Below 3 s, within which a request is answered whatever the database does; above what a burst of log-ins takes."""

UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection cut in the middle of a statement (seen under kill -9)
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
)
"""What asyncpg raises while the database is away or too busy (measured: a Unix socket gives FileNotFoundError)."""

_in_transaction: ContextVar[bool] = ContextVar("veza_in_transaction", default=False)


class NetworkInTransaction(RuntimeError):
    """A programming error: something waited for the network while a transaction was open."""


def outside_transaction() -> None:
    """Raise `NetworkInTransaction` if this task has a transaction open."""
    if _in_transaction.get():
        raise NetworkInTransaction("no network inside a transaction: defer a job, or call before or after it")


class Database:
    """A pool of connections. Raises `Unavailable` when the server does not answer in time.

    What is given back in good order waits here for the next who asks, and not in asyncpg's pool: the way through that
    costs a task, a timer and a turn of the loop each time (17 µs; 2 µs so). It goes there as soon as somebody waits.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]", dsn: str) -> None:
        self.pool = pool
        self.dsn = dsn
        self._spare: list[_Lent] = []
        self._waiting = 0
        self._is_open = True

    def connection(self) -> "_Borrowed":
        """A connection for reads and single statements."""
        return _Borrowed(self)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """One `async with` is one transaction: committed at its end, rolled back when anything is raised."""
        async with _Borrowed(self) as connection:
            with translate_unreachable():
                async with connection.transaction():
                    token = _in_transaction.set(True)
                    try:
                        yield connection
                    finally:
                        _in_transaction.reset(token)

    async def close(self) -> None:
        """Wait for statements that run (bounded by the pool's own command timeout), then close all."""
        self._is_open = False
        while self._spare:
            await self.pool.release(self._spare.pop())
        await self.pool.close()

    async def take(self) -> "_Lent":
        """A connection for whoever gives it back. The one that was used last is the warmest."""
        while self._spare:
            found = self._spare.pop()
            if not found.is_closed():
                return found
            await self.pool.release(found)
        self._waiting += 1
        try:
            return await self.pool.acquire(timeout=ACQUIRE_TIMEOUT_S)
        finally:
            self._waiting -= 1

    async def give_back(self, connection: "_Lent", *, is_clean: bool) -> None:
        """`is_clean`: nothing was raised. Everything else asyncpg's pool knows how to clear up."""
        if (
            is_clean
            and self._is_open
            and not (self._waiting or connection.is_closed() or connection.is_in_transaction())
        ):
            self._spare.append(connection)
        else:
            await self.pool.release(connection)


class _Borrowed:
    """`async with` a connection of the pool. Every request passes here, so it is no generator."""

    __slots__ = ("_connection", "_database")

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __aenter__(self) -> Connection:
        try:
            self._connection = await self._database.take()
        except UNREACHABLE as error:
            raise _unavailable() from error
        return self._connection

    async def __aexit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        try:
            await self._database.give_back(self._connection, is_clean=error is None)
        except UNREACHABLE as failed:
            raise _unavailable() from failed
        if isinstance(error, UNREACHABLE):
            raise _unavailable() from error


def _unavailable() -> Unavailable:
    return Unavailable("The database does not answer right now. Try again in a moment.")


@contextlib.contextmanager
def translate_unreachable() -> Any:
    """Turn what the driver raises while the server is away into `Unavailable`; anything else passes."""
    try:
        yield
    except UNREACHABLE as error:
        raise _unavailable() from error


async def open_database(dsn: str, *, connections: int, application: str) -> Database:
    """Open a pool; `application` is shown in pg_stat_activity. Connects once, so that a bad DSN fails here."""
    pool = await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=connections,
        command_timeout=10.0,
        timeout=2.0,
        max_inactive_connection_lifetime=300.0,
        init=prepare_connection,
        reset=_keep,
        server_settings={
            "application_name": f"veza-{application}",
            "statement_timeout": "3000",
            "lock_timeout": "1000",
            "idle_in_transaction_session_timeout": "5000",
            "timezone": "UTC",
            "jit": "off",  # no statement of ours runs for so long that compiling it first would pay
        },
    )
    return Database(pool, dsn)


async def _keep(_: Connection) -> None:
    """What a connection that comes back is asked: nothing. asyncpg has rolled back what was open.

    Its default then asks the server to forget settings, cursors, listeners and session locks: a round trip after each
    use, and we leave none of these (`set local`, `pg_advisory_xact_lock`; listeners have connections of their own).
    """


async def prepare_connection(connection: Connection) -> None:
    """Teach a connection our codecs: jsonb as Python values (binary form: a version byte, then JSON)."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda raw: json.loads(raw[1:]),
        format="binary",
    )
