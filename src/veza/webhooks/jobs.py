"""The worker's part of the inbox. One call to a use case per job."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.webhooks import domain, service

_DAY_S = 86_400.0


def periodic(_: Context) -> list[Periodic]:
    """Forgetting what old events said."""
    return [Periodic(domain.FORGET, every_s=_DAY_S)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def apply(job: Job) -> None:
        await service.apply_event(ctx, UUID(job.payload["id"]))

    async def forget(_: Job) -> None:
        await service.forget_bodies(ctx)

    return {domain.APPLY: apply, domain.FORGET: forget}
