"""The worker process: the jobs of all slices. Wiring only."""

import asyncio
import os
from collections.abc import Mapping

import veza.accounts.jobs
import veza.admin.jobs
import veza.auth.jobs
import veza.files.jobs
import veza.housekeeping
import veza.invoices.jobs
import veza.live.jobs
import veza.mail.jobs
import veza.orders.jobs
import veza.products.jobs
import veza.recordings.jobs
import veza.refunds.jobs
import veza.sellers.jobs
import veza.webhooks.jobs
from veza import metrics
from veza.auth.domain import WRITE_MAIL
from veza.context import Context
from veza.invoices.domain import RENDER
from veza.jobs.worker import Handler, Worker, WorkerOptions
from veza.mail.domain import SEND, SEND_BULK
from veza.products.domain import PROCESS_FILE
from veza.recordings.domain import MAKE_MP4
from veza.roles import role_tasks

JOB_SLICES = (
    veza.accounts.jobs,
    veza.auth.jobs,
    veza.live.jobs,
    veza.files.jobs,
    veza.recordings.jobs,
    veza.products.jobs,
    veza.mail.jobs,
    veza.orders.jobs,
    veza.refunds.jobs,
    veza.sellers.jobs,
    veza.invoices.jobs,
    veza.webhooks.jobs,
    veza.admin.jobs,
    veza.housekeeping,
)
"""Modules with `handlers(ctx)` and `periodic(ctx)`."""
HEAVY = frozenset({PROCESS_FILE, MAKE_MP4})
"""Jobs that each keep a core busy, for minutes: as many at once as there are cores to spare, and in no one's way."""
HEAVY_TIMEOUT_S = 1800.0
OUTWARD = frozenset({WRITE_MAIL, SEND})
"""Jobs that wait for a mail server, which may take minutes to say nothing: they hold up each other and nobody else."""
OUTWARD_AT_ONCE = 4
BULK = frozenset({SEND_BULK})
"""The same for mail to many, which has its own way out: who waits for a link does not wait for it."""
BULK_AT_ONCE = 2

PAPER = frozenset({RENDER})
"""Jobs that set documents in a child: one at a time, and the next finds that the last one did its work, too."""


async def run_worker(ctx: Context, stop: asyncio.Event) -> None:
    """Jobs until `stop`; then those that run may end."""

    def observe(name: str, result: str) -> None:
        metrics.jobs_finished.labels(name, result).inc()

    handlers = job_handlers(ctx)
    apart = HEAVY | OUTWARD | BULK | PAPER
    light = Worker(
        ctx.db,
        {name: handler for name, handler in handlers.items() if name not in apart},
        periodic=[entry for slice_jobs in JOB_SLICES for entry in slice_jobs.periodic(ctx)],
        observe=observe,
    )
    heavy = Worker(
        ctx.db,
        {name: handlers[name] for name in HEAVY},
        options=WorkerOptions(concurrency=max(1, (os.cpu_count() or 2) - 1), timeout_s=HEAVY_TIMEOUT_S),
        observe=observe,
    )
    outward = Worker(
        ctx.db,
        {name: handlers[name] for name in OUTWARD},
        options=WorkerOptions(concurrency=OUTWARD_AT_ONCE),
        observe=observe,
    )
    bulk = Worker(
        ctx.db,
        {name: handlers[name] for name in BULK},
        options=WorkerOptions(concurrency=BULK_AT_ONCE),
        observe=observe,
    )
    paper = Worker(
        ctx.db,
        {name: handlers[name] for name in PAPER},
        options=WorkerOptions(concurrency=1),
        observe=observe,
    )
    workers = (light, heavy, outward, bulk, paper)
    tasks = role_tasks()

    async def watch() -> None:
        await stop.wait()
        for worker in workers:
            worker.stop()

    tasks.spawn(watch(), "watch-for-stop")
    try:
        await asyncio.gather(*(worker.run() for worker in workers))
    finally:
        await tasks.close()


def job_handlers(ctx: Context) -> Mapping[str, Handler]:
    """The handlers of all slices, by job name. Raises `ValueError` when two slices name the same job."""
    found: dict[str, Handler] = {}
    for slice_jobs in JOB_SLICES:
        for name, handler in slice_jobs.handlers(ctx).items():
            if name in found:
                raise ValueError(f"two handlers for the job {name}")
            found[name] = handler
    return found
