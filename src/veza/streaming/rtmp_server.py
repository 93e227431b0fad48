"""The RTMP listener: accepts sockets, keeps limits and counts, closes with grace. Bytes are `rtmp_connection.py`'s."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog

from veza.kit.tasks import TaskSet
from veza.streaming.ingest import Ingest
from veza.streaming.read_batching import TICK_S
from veza.streaming.rtmp_connection import RtmpConnection
from veza.streaming.rtmp_limits import RefusedKeys, RtmpCounters, RtmpLimits

log = structlog.get_logger()

_BACKLOG = 1024
"""Sockets that wait to be accepted: with the usual 100, a crowd of half-open ones delays honest encoders by seconds."""


class RtmpServer:
    """A running listener; made by `start_rtmp`."""

    def __init__(self, ingest: Ingest, limits: RtmpLimits) -> None:
        self.ingest = ingest
        self.limits = limits
        self.counters = RtmpCounters()
        self.refused_keys = RefusedKeys(limits)
        self.port = 0
        self._tasks = TaskSet(_task_failed)
        self._connections: dict[RtmpConnection, str] = {}
        self._undecided: Counter[str] = Counter()
        self._all_closed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._closing = False
        self._ticker: asyncio.TimerHandle | None = None

    async def listen(self, host: str, port: int) -> None:
        """Begin to accept. Raises OSError when the address cannot be had."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: RtmpConnection(self), host, port, backlog=_BACKLOG)
        self.port = int(self._server.sockets[0].getsockname()[1])
        self._tick()

    async def close(self) -> None:
        """Accept no more, tell every encoder, and wait for them up to `limits.shutdown_s`."""
        self._closing = True
        if self._ticker is not None:
            self._ticker.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.stop()
        if self._connections:
            self._all_closed.clear()
            try:
                async with asyncio.timeout(self.limits.shutdown_s):
                    await self._all_closed.wait()
            except TimeoutError:
                for connection in list(self._connections):
                    connection.abort()
        await self._tasks.close()
        if self._server is not None:
            with suppress(TimeoutError):  # waits for every socket, also one that was accepted while we closed
                async with asyncio.timeout(self.limits.shutdown_s):
                    await self._server.wait_closed()

    # ---- what connections say (rtmp_connection.Listener) ----

    def opened(self, connection: RtmpConnection, network: str) -> bool:
        full = len(self._connections) >= self.limits.max_connections
        crowded = self._undecided[network] >= self.limits.max_undecided_per_network
        if full or crowded or self._closing:
            return False
        self._connections[connection] = network
        self._undecided[network] += 1
        return True

    def decided(self, connection: RtmpConnection) -> None:
        self._no_longer_undecided(self._connections[connection])
        self._connections[connection] = ""

    def closed(self, connection: RtmpConnection) -> None:
        network = self._connections.pop(connection, "")
        if network:
            self._no_longer_undecided(network)
        if not self._connections:
            self._all_closed.set()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.spawn(work, name)

    def _tick(self) -> None:
        for connection in self._connections:
            connection.tick()
        self._ticker = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _no_longer_undecided(self, network: str) -> None:
        self._undecided[network] -= 1
        if not self._undecided[network]:
            del self._undecided[network]


async def start_rtmp(host: str, port: int, ingest: Ingest, limits: RtmpLimits | None = None) -> RtmpServer:
    """Listen for encoders on `host`:`port` (0: any free one; see `.port`). Raises OSError when it cannot be had."""
    server = RtmpServer(ingest, limits or RtmpLimits())
    await server.listen(host, port)
    log.info("rtmp_listening", host=host, port=server.port)
    return server


def _task_failed(name: str, error: BaseException) -> None:
    log.error("rtmp_task_failed", task=name, exc_info=error)
