"""The worker's part of the staff's work: comparing money, once an hour."""

from collections.abc import Mapping

from veza.admin.domain import CHECK_MONEY, CHECK_MONEY_EVERY_S
from veza.admin.money_check import check_money
from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import Handler, Job


def periodic(_: Context) -> list[Periodic]:
    """Once an hour."""
    return [Periodic(CHECK_MONEY, every_s=CHECK_MONEY_EVERY_S)]


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def check(_: Job) -> None:
        await check_money(ctx, ask_providers=True)

    return {CHECK_MONEY: check}
