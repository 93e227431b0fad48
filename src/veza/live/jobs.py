"""The worker's part of live streaming: the sweep. One call to a use case per job."""

from collections.abc import Mapping

from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job
from veza.live import on_air

SWEEP = "live.sweep"


def periodic(ctx: Context) -> list[Periodic]:
    """The sweep, twice within the silence that it looks for."""
    return [Periodic(SWEEP, every_s=max(1.0, ctx.settings.live_sweep_after_s / 2))]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def sweep(_: Job) -> None:
        await on_air.sweep(ctx)

    return {SWEEP: sweep}
