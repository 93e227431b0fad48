"""The api process: HTTP, the web app, later sockets. Wiring only."""

import asyncio
import socket

import uvicorn

from veza.app import create_app
from veza.context import Context
from veza.http.protocol import DeadlineProtocol
from veza.listeners import open_listener
from veza.roles import SignalFreeServer, role_tasks

_GRACEFUL_S = 10


async def run_api(ctx: Context, stop: asyncio.Event, *, listener_fd: int | None = None) -> None:
    """HTTP until `stop`; then not ready, no new connections, and what is being answered is answered.

    `listener_fd`: a listening socket that `veza serve` handed down.
    """
    app = create_app(ctx)
    listener = (
        open_listener(ctx.settings.http_addr, setting="VEZA_HTTP_ADDR")
        if listener_fd is None
        else socket.socket(fileno=listener_fd)
    )
    config = uvicorn.Config(
        app,
        http=DeadlineProtocol,
        ws="websockets-sansio",
        ws_max_size=8192,
        loop="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # http/client.py decides whom to believe
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACEFUL_S,
    )
    server = SignalFreeServer(config)
    tasks = role_tasks()

    async def watch() -> None:
        await stop.wait()
        app.health.draining = True
        server.should_exit = True

    tasks.spawn(watch(), "watch-for-stop")
    try:
        await server.serve(sockets=[listener])
    finally:
        await tasks.close()
