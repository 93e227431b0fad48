"""The api process: HTTP, the web app, chat sockets. Wiring only."""

import asyncio
import gc
import socket
from functools import partial
from typing import Any, cast

import uvicorn

from veza.app import create_app
from veza.chat.gate import ChatGate
from veza.context import Context
from veza.http.protocol import DeadlineProtocol
from veza.http.websocket import websocket_class
from veza.listeners import open_listener
from veza.live.audience import subjects, tell_rooms
from veza.processes import raise_file_limit
from veza.roles import SignalFreeServer, role_tasks

_GRACEFUL_S = 10


def _spare_the_collector() -> None:
    """Ten thousand sockets are a million objects and no garbage; by default every 700 new ones begin a look for it.

    What is there when the work begins (routes, schemas, modules) stays as long as the process, and is not looked at.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)


async def run_api(ctx: Context, stop: asyncio.Event, *, listener_fd: int | None = None) -> None:
    """HTTP until `stop`; then not ready, no new connections, and what is being answered is answered.

    `listener_fd`: a listening socket that `veza serve` handed down.
    """
    raise_file_limit()
    app = create_app(ctx)
    tasks = role_tasks()
    chat = ChatGate(ctx, partial(subjects, ctx), tasks)
    listener = (
        open_listener(ctx.settings.http_addr, setting="VEZA_HTTP_ADDR")
        if listener_fd is None
        else socket.socket(fileno=listener_fd)
    )
    config = uvicorn.Config(
        app,
        http=DeadlineProtocol,
        ws=cast("Any", websocket_class(chat.admit, tasks)),  # uvicorn only calls it
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

    async def watch() -> None:
        await stop.wait()
        app.health.draining = True
        chat.drain()
        server.should_exit = True

    tasks.spawn(watch(), "watch-for-stop")
    tasks.spawn(chat.run(), "chat")
    tasks.spawn(tell_rooms(ctx, chat.hub), "live-audience")
    _spare_the_collector()
    try:
        await server.serve(sockets=[listener])
    finally:
        await tasks.close()
