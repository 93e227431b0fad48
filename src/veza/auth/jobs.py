"""The worker's part of accounts."""

from collections.abc import Mapping

from veza.auth import recovery
from veza.auth.domain import SEND_RESET_LINK
from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job


def periodic(_: Context) -> list[Periodic]:
    """Nothing; what is old is deleted by `housekeeping`."""
    return []


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker. `WRITE_MAIL` is the slice `mail`'s."""

    async def send_reset_link(job: Job) -> None:
        await recovery.send_reset_link(ctx, bytes.fromhex(job.payload["sealed"]))

    return {SEND_RESET_LINK: send_reset_link}
