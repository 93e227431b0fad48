"""A real uvicorn on a port of its own, in the test's event loop, with the protocol and settings of the api process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from veza.http.protocol import DeadlineProtocol


@contextlib.asynccontextmanager
async def serving(
    app: Any, protocol: type[HttpToolsProtocol] = DeadlineProtocol, *, ws: Any = "none"
) -> AsyncIterator[int]:
    """Serve `app` while the block runs; yields the port. `ws` makes the connections of sockets, as for the api."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, http=protocol, ws=ws, log_config=None, access_log=False, proxy_headers=False,
        server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    running = asyncio.get_running_loop().create_task(server.serve())
    await server.ready.wait()
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:  # in order, also when the test has failed: what is still connected is let go
        server.should_exit = True
        await running


class _Server(uvicorn.Server):
    """Leaves the signals of the test process alone, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.ready.set()
