"""The worker's part of recordings: what media left unfinished, and what has expired."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.recordings import download, service
from veza.recordings.domain import MAKE_MP4, SETTLE

SWEEP = "recordings.sweep"


def periodic(_: Context) -> list[Periodic]:
    """Every ten minutes."""
    return [Periodic(SWEEP, every_s=600.0)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def settle(job: Job) -> None:
        await service.settle(ctx, UUID(job.payload["id"]))

    async def sweep(_: Job) -> None:
        await service.sweep(ctx)

    async def make_mp4(job: Job) -> None:
        await download.make(ctx, UUID(job.payload["id"]), is_last_try=job.attempt >= job.max_attempts)

    return {SETTLE: settle, SWEEP: sweep, MAKE_MP4: make_mp4}
