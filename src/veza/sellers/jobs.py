"""The worker's part of sellers. One call to a use case per job."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.sellers import domain, reversals, transfers


def periodic(ctx: Context) -> list[Periodic]:
    """Looking for transfers and reversals that are due."""
    every_s = ctx.settings.transfer_sweep_s
    return [Periodic(domain.SWEEP_TRANSFERS, every_s=every_s), Periodic(domain.SWEEP_REVERSALS, every_s=every_s)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def send(job: Job) -> None:
        await transfers.send_transfer(ctx, UUID(job.payload["id"]))

    async def sweep(_: Job) -> None:
        await transfers.sweep(ctx)

    async def send_reversal(job: Job) -> None:
        await reversals.send_reversal(ctx, UUID(job.payload["id"]))

    async def sweep_reversals(_: Job) -> None:
        await reversals.sweep(ctx)

    return {
        domain.SEND_TRANSFER: send,
        domain.SWEEP_TRANSFERS: sweep,
        domain.SEND_REVERSAL: send_reversal,
        domain.SWEEP_REVERSALS: sweep_reversals,
    }
