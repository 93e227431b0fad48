"""Saying NOTIFY with a commit, and hearing it on a connection of its own, through restarts of the server.

Notes that came while the connection was gone are lost: `connected` is called after each (re)connect, so that the
caller can look for itself.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import asyncpg
import structlog

from veza.db.pool import Tx
from veza.db.query import Command
from veza.kit.retry import backoff_s

log = structlog.get_logger()

_CONNECT_WITHIN_S = 2.0
_PROBE_EVERY_S = 15.0
_PROBE_WITHIN_S = 5.0
_notify = Command("select pg_notify($1, $2)")


async def notify(tx: Tx, channel: str, payload: str) -> None:
    """Say `payload` with the commit of `tx`; with its rollback nothing is said. In the order of commits."""
    await _notify.run(tx, channel, payload)


async def listen(
    dsn: str, channel: str, heard: Callable[[str], None], *, connected: Callable[[], None] = lambda: None
) -> NoReturn:
    """`listen_to` with one channel."""
    await listen_to(dsn, {channel: heard}, connected=connected)


async def listen_to(
    dsn: str, channels: Mapping[str, Callable[[str], None]], *, connected: Callable[[], None] = lambda: None
) -> NoReturn:
    """Call a channel's function with the payload of each of its notes, all on one connection.

    Runs until it is cancelled; none of the calls may wait.
    """
    attempt = 0
    name = ",".join(channels)
    while True:
        try:
            connection = await asyncpg.connect(
                dsn, timeout=_CONNECT_WITHIN_S, server_settings={"application_name": f"veza-listen-{name}"[:63]}
            )
            try:
                attempt = 0
                await _hear(connection, channels, connected)
            finally:
                connection.terminate()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.debug("listen_lost", channel=name, error=type(error).__name__)
        attempt += 1
        await asyncio.sleep(0.05 + backoff_s(attempt, base_s=0.2, cap_s=2.0))


async def _hear(
    connection: "asyncpg.Connection[Any]",
    channels: Mapping[str, Callable[[str], None]],
    connected: Callable[[], None],
) -> None:
    gone = asyncio.Event()
    connection.add_termination_listener(lambda _: gone.set())
    for channel, heard in channels.items():
        await connection.add_listener(channel, _caller(heard))
    connected()
    while not gone.is_set():
        try:
            async with asyncio.timeout(_PROBE_EVERY_S):
                await gone.wait()
        except TimeoutError:  # a peer that vanished without a word is found by asking
            await connection.execute("SELECT 1", timeout=_PROBE_WITHIN_S)


def _caller(heard: Callable[[str], None]) -> Callable[..., None]:
    return lambda _connection, _pid, _channel, payload: heard(str(payload))
