"""The worker's part of mail. A refusal for good ends the job; all else is tried again with the queue's backoff."""

from collections.abc import Mapping

import msgspec

from veza.auth.domain import WRITE_MAIL, DeferredNotice
from veza.context import Context
from veza.jobs.schedule import Periodic
from veza.jobs.worker import GiveUp, Handler, Job
from veza.mail import account_mail, service
from veza.mail.domain import SEND, SEND_BULK, DeferredMail
from veza.ports.mail import MailRefused


def periodic(_: Context) -> list[Periodic]:
    """Nothing."""
    return []


def handlers(ctx: Context) -> Mapping[str, Handler]:
    """By job name, for the worker."""

    async def send(job: Job) -> None:
        try:
            await service.send_mail(ctx, msgspec.convert(job.payload, DeferredMail))
        except MailRefused as error:
            raise GiveUp(str(error)) from None

    async def write_mail(job: Job) -> None:
        try:
            await account_mail.send_notice(ctx, msgspec.convert(job.payload, DeferredNotice))
        except MailRefused as error:
            raise GiveUp(str(error)) from None

    return {SEND: send, SEND_BULK: send, WRITE_MAIL: write_mail}
