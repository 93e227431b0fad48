"""Periodic jobs that belong to no slice alone: what has expired is deleted, a little at a time."""

from collections.abc import Mapping

import veza.auth.links
import veza.auth.service
import veza.chat.service
from veza.context import Context
from veza.http import queries as http_queries
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job

FORGET_EXPIRED = "housekeeping.forget_expired"


def periodic(_: Context) -> list[Periodic]:
    """Once in ten minutes."""
    return [Periodic(FORGET_EXPIRED, every_s=600.0)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def forget_expired(_: Job) -> None:
        async with ctx.db.connection() as connection:
            await http_queries.forget_old_keys.run(connection)
            await http_queries.forget_old_counters.run(connection)
        await veza.auth.service.forget_old_sessions(ctx)
        await veza.auth.links.forget_old_links(ctx)
        await veza.chat.service.forget_old(ctx)

    return {FORGET_EXPIRED: forget_expired}
