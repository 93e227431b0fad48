"""Runs one role in this process until it is told to stop. Starts no process and migrates nothing.

What a role is made of stands in `role_api.py`, `role_media.py` and `role_worker.py`: a process loads only its own.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Iterator

import structlog
import uvicorn
import uvloop

from veza import metrics
from veza.bootstrap import database_dsn, open_context
from veza.context import Context
from veza.kit.tasks import TaskSet
from veza.logs import configure_logs
from veza.settings import Settings

log = structlog.get_logger()

HARD_STOP_S = 30
"""A role that has not ended so long after it was told to is ended by the kernel (SIGALRM)."""

Work = Callable[[Context, asyncio.Event], Awaitable[None]]
"""A role: works until the event is set, then ends in order."""


def run_role(role: str, settings: Settings, work: Work) -> None:
    """Run `work` until SIGTERM or SIGINT. Raises `CannotStart` or `CannotListen` when it cannot begin.

    Args:
        role: api, media or worker; names log lines and database connections.
        settings: checked settings.
        work: the role.
    """
    configure_logs(settings.log_level, role=role)
    uvloop.run(_run(role, settings, work))


async def _run(role: str, settings: Settings, work: Work) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _told_to_stop, stop)
    async with (
        database_dsn(settings, may_start=False) as dsn,
        open_context(settings, role=role, dsn=dsn) as ctx,
    ):
        metrics.process_role.labels(role).set(1)
        log.info("role_started")
        await work(ctx, stop)
    log.info("role_ended")


def _told_to_stop(stop: asyncio.Event) -> None:
    signal.alarm(1 if stop.is_set() else HARD_STOP_S)
    stop.set()


def role_tasks() -> TaskSet:
    """Tasks of a role; their failures are logged."""

    def report(name: str, error: BaseException) -> None:
        log.error("role_task_failed", task=name, exc_info=error)

    return TaskSet(report)


class SignalFreeServer(uvicorn.Server):
    """A uvicorn that leaves signals to `_run`: it would raise them again at its end, and lose the exit code."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
