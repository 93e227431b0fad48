"""The worker's part of refunds. One call to a use case per job."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.refunds import domain, reconcile


def periodic(ctx: Context) -> list[Periodic]:
    """Asking about silent refunds."""
    return [Periodic(domain.RECONCILE, every_s=max(1.0, min(30.0, ctx.settings.reconcile_after_s / 2)))]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def send(job: Job) -> None:
        await reconcile.send_refund(ctx, UUID(job.payload["id"]))

    async def ask(_: Job) -> None:
        await reconcile.reconcile(ctx)

    return {domain.SEND: send, domain.RECONCILE: ask}
