"""The worker's part of orders. One call to a use case per job."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.orders import domain, reconcile, service

_EXPIRE_EVERY_S = 5.0


def periodic(ctx: Context) -> list[Periodic]:
    """Asking about silent payments, and ending what ran out of time."""
    return [
        Periodic(domain.RECONCILE, every_s=max(1.0, min(30.0, ctx.settings.reconcile_after_s / 2))),
        Periodic(domain.EXPIRE, every_s=_EXPIRE_EVERY_S),
    ]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def ask(_: Job) -> None:
        await reconcile.reconcile(ctx)

    async def expire(_: Job) -> None:
        await reconcile.expire(ctx)

    async def cancel_payment(job: Job) -> None:
        await service.cancel_payment(ctx, UUID(job.payload["id"]))

    async def return_payment(job: Job) -> None:
        await reconcile.return_payment(ctx, UUID(job.payload["id"]))

    return {
        domain.RECONCILE: ask,
        domain.EXPIRE: expire,
        domain.CANCEL_PAYMENT: cancel_payment,
        domain.RETURN_PAYMENT: return_payment,
    }
