"""The worker's part of products: looking into files. Heavy, so it has a worker of its own in the worker process."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.products import processing
from veza.products.domain import PROCESS_FILE

RESCUE = "products.rescue"


def periodic(_: Context) -> list[Periodic]:
    """Once in half an hour."""
    return [Periodic(RESCUE, every_s=1800.0)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def process_file(job: Job) -> None:
        await processing.process_file(ctx, UUID(job.payload["file_id"]), is_last_try=job.attempt >= job.max_attempts)

    async def rescue(_: Job) -> None:
        await processing.rescue(ctx)

    return {PROCESS_FILE: process_file, RESCUE: rescue}
