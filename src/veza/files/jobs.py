"""The worker's part of the file store: what is discarded goes, and the sweep."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.files import service
from veza.files.domain import DELETE_OBJECT, ObjectKind
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job

SWEEP = "files.sweep"


def periodic(_: Context) -> list[Periodic]:
    """Once an hour."""
    return [Periodic(SWEEP, every_s=3600.0)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def delete_object(job: Job) -> None:
        await service.delete_object(ctx, UUID(job.payload["id"]), ObjectKind(job.payload["kind"]))

    async def sweep(_: Job) -> None:
        await service.sweep(ctx)

    return {DELETE_OBJECT: delete_object, SWEEP: sweep}
