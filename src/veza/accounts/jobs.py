"""The worker's part of the end of an account and of copies."""

from collections.abc import Mapping
from uuid import UUID

from veza.accounts import exporting, service
from veza.accounts.domain import FINISH_DELETION, MAKE_EXPORT, SWEEP_EXPORTS, SWEEP_EXPORTS_EVERY_S
from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job


def periodic(_: Context) -> list[Periodic]:
    """Copies that were kept long enough, once an hour."""
    return [Periodic(SWEEP_EXPORTS, every_s=SWEEP_EXPORTS_EVERY_S)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def finish_deletion(job: Job) -> None:
        await service.finish_deletion(ctx, UUID(job.payload["user_id"]), job.payload["name"])

    async def make_export(job: Job) -> None:
        export_id = UUID(job.payload["id"])
        try:
            await exporting.make(ctx, export_id)
        except Exception:
            if job.attempt >= job.max_attempts:
                await exporting.give_up(ctx, export_id)
            raise

    async def sweep_exports(_: Job) -> None:
        await exporting.sweep(ctx)

    return {FINISH_DELETION: finish_deletion, MAKE_EXPORT: make_export, SWEEP_EXPORTS: sweep_exports}
