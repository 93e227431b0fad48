"""Runs a sandbox: opens its memory, listens, lets time pass in it, and ends in order."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import structlog
import uvicorn

from veza.kit.clock import SystemClock
from veza.kit.tasks import TaskSet
from veza.sandbox.app import SandboxApp
from veza.sandbox.box import Box
from veza.sandbox.control import restore_faults
from veza.sandbox.delivery import Delivery
from veza.sandbox.faults import Faults
from veza.sandbox.http import SandboxProtocol
from veza.sandbox.options import SandboxOptions
from veza.sandbox.payments import expire_sessions
from veza.sandbox.refunds import settle_due_refunds
from veza.sandbox.store import Store

log = structlog.get_logger()

_GRACEFUL_S = 5
_HARD_STOP_S = 15
_REST_S = 60.0
_BACKLOG = 2048


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that answers. `port` is the one it listens on in truth; `failed` is set if it can go no further."""

    port: int
    public_url: str
    failed: asyncio.Event


async def serve_sandbox(options: SandboxOptions, *, listener_fd: int | None = None) -> None:
    """Run until SIGTERM or SIGINT; what is being answered or delivered then may end. A second signal hurries.

    Raises `OSError` when the address cannot be had, `RuntimeError` when it broke while running.

    Args:
        options: all that it needs to know.
        listener_fd: a listening socket that was handed down, instead of the address of the options.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _told_to_stop, stop)
    listener = None if listener_fd is None else socket.socket(fileno=listener_fd)
    async with running_sandbox(options, listener) as sandbox:
        log.info("sandbox_started", address=sandbox.public_url)
        tasks = TaskSet(_report)
        waits = [tasks.spawn(stop.wait(), "stop"), tasks.spawn(sandbox.failed.wait(), "failed")]
        await asyncio.wait(waits, return_when="FIRST_COMPLETED")
        await tasks.close()
    log.info("sandbox_ended")
    if sandbox.failed.is_set():
        raise RuntimeError("the sandbox failed; the log says why")


def _told_to_stop(stop: asyncio.Event) -> None:
    signal.alarm(1 if stop.is_set() else _HARD_STOP_S)
    stop.set()


@contextlib.asynccontextmanager
async def running_sandbox(
    options: SandboxOptions, listener: socket.socket | None = None
) -> AsyncIterator[RunningSandbox]:
    """A sandbox that answers while the block runs. Raises `OSError` when the address cannot be had."""
    listener = listener or _listen(options)
    port = listener.getsockname()[1]
    failed = asyncio.Event()

    def on_error(name: str, error: BaseException) -> None:
        _report(name, error)
        failed.set()

    with contextlib.closing(listener), contextlib.closing(Store(options.state_file)) as store:
        public_url = (options.public_url or f"http://localhost:{port}").rstrip("/")
        box = Box(options, public_url, store, SystemClock(), Faults(options.seed))
        restore_faults(box)
        tasks = TaskSet(on_error)
        delivery = Delivery(box, tasks)
        store.on_commit = delivery.wake.set
        server = _Server(_config(SandboxApp(box, delivery)))
        serving = tasks.spawn(server.serve(sockets=[listener]), "http")
        time_passes = tasks.spawn(_let_time_pass(box, delivery), "time")
        await server.ready.wait()
        try:
            yield RunningSandbox(port, public_url, failed)
        finally:
            server.should_exit = True
            await asyncio.wait([serving])
            time_passes.cancel()
            await asyncio.wait([time_passes])
            await delivery.close()
            await tasks.close()


def _listen(options: SandboxOptions) -> socket.socket:
    family, _, _, _, target = socket.getaddrinfo(
        options.host, options.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.create_server(target[:2], family=family, backlog=_BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the standard library has no name for it
    return listener


def _report(name: str, error: BaseException) -> None:
    log.error("sandbox_task_failed", task=name, exc_info=error)


async def _let_time_pass(box: Box, delivery: Delivery) -> None:
    """Do what is due, sleep until the next thing is, or until something was written."""
    while True:
        delivery.wake.clear()
        with box.store.transaction():
            settle_due_refunds(box)
            expire_sessions(box)
        due_ms = [at for at in (_next_ms(box), delivery.tick()) if at is not None]
        rest_s = min([_REST_S, *((at - box.now_ms()) / 1000 for at in due_ms)])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(rest_s, 0.001)):
                await delivery.wake.wait()


def _next_ms(box: Box) -> int | None:
    found = box.store.value(
        "SELECT min(at) FROM (SELECT min(settle_at_ms) AS at FROM refunds WHERE settle_at_ms IS NOT NULL "
        "UNION ALL SELECT min(open_until_ms) FROM payments WHERE open_until_ms IS NOT NULL)"
    )
    return None if found is None else int(found)


def _config(app: SandboxApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=SandboxProtocol,
        ws="none",
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACEFUL_S,
    )


class _Server(uvicorn.Server):
    """Leaves signals to `serve_sandbox`, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()
