"""The worker's part of invoices: making paper. Jobs that come together are one batch, since a child costs its start."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.invoices import pdf
from veza.invoices.domain import RENDER, SWEEP
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job


def periodic(_: Context) -> list[Periodic]:
    """Once in five minutes."""
    return [Periodic(SWEEP, every_s=300.0)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def render(job: Job) -> None:
        await pdf.render(ctx, UUID(job.payload["id"]))

    async def sweep(_: Job) -> None:
        await pdf.sweep(ctx)

    return {RENDER: render, SWEEP: sweep}
