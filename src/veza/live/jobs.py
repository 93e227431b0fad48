"""The worker's part of live streaming: the sweep, and word to followers. One call to a use case per job."""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.live import announcing, on_air
from veza.live.domain import ANNOUNCE

SWEEP = "live.sweep"


def periodic(ctx: Context) -> list[Periodic]:
    """The sweep, twice within the silence that it looks for."""
    return [Periodic(SWEEP, every_s=max(1.0, ctx.settings.live_sweep_after_s / 2))]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def sweep(_: Job) -> None:
        await on_air.sweep(ctx)

    async def announce(job: Job) -> None:
        await announcing.announce(ctx, UUID(job.payload["stream_id"]), UUID(job.payload["broadcast_id"]))

    return {SWEEP: sweep, ANNOUNCE: announce}
