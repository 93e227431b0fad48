"""The worker process: the jobs of all slices. Wiring only."""

import asyncio
from collections.abc import Mapping

import veza.housekeeping
import veza.live.jobs
from veza import metrics
from veza.context import Context
from veza.jobs.worker import Handler, Worker
from veza.roles import role_tasks

JOB_SLICES = (veza.live.jobs, veza.housekeeping)
"""Modules with `handlers(ctx)` and `periodic(ctx)`."""


async def run_worker(ctx: Context, stop: asyncio.Event) -> None:
    """Jobs until `stop`; then those that run may end."""
    worker = Worker(
        ctx.db,
        job_handlers(ctx),
        periodic=[entry for slice_jobs in JOB_SLICES for entry in slice_jobs.periodic(ctx)],
        observe=lambda name, result: metrics.jobs_finished.labels(name, result).inc(),
    )
    tasks = role_tasks()

    async def watch() -> None:
        await stop.wait()
        worker.stop()

    tasks.spawn(watch(), "watch-for-stop")
    try:
        await worker.run()
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
