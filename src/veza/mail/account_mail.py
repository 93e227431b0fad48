"""Sending what people are told about their own account. The token of a link is made here, and stays in the mail.

What is told was put into the queue by `auth`, with the act; nothing here logs an address, a token or a word of a mail.
"""

import structlog

from veza.auth.domain import DeferredNotice, Notice
from veza.auth.links import token_of_open_link
from veza.auth.service import find_user
from veza.context import Context
from veza.kit.signing import Sealed, unseal
from veza.mail.account_letters import write_account_letter
from veza.mail.rendering import write_message

log = structlog.get_logger()

_WITH_LINK = frozenset({Notice.VERIFY_EMAIL, Notice.RESET_PASSWORD})


async def send_notice(ctx: Context, deferred: DeferredNotice) -> None:
    """Write to somebody now. Raises what `ports.mail.Mail.send` does.

    Nobody is written to who is suspended or gone, and no link is sent that was used or replaced meanwhile.
    """
    told = {"kind": deferred.notice.value, "user_id": str(deferred.user_id), "mail_id": deferred.mail_id.hex}
    reached = await _reached(ctx, deferred)
    if reached is None:
        log.info("mail_skipped", **told, reason="gone or suspended")
        return
    to, username = reached
    link = None
    if deferred.notice in _WITH_LINK:
        link = None if deferred.link_id is None else await token_of_open_link(ctx, deferred.link_id)
        if link is None:
            log.info("mail_skipped", **told, reason="link closed")
            return
    letter = write_account_letter(
        deferred.notice, username=username, public_url=ctx.settings.public_url, token=link or ""
    )
    message_id = f"<{deferred.notice.value}.{deferred.mail_id.hex}@{ctx.settings.mail_domain}>"
    await ctx.mail.send(write_message(letter, to=to, message_id=message_id))
    log.info("mail_sent", **told)


async def _reached(ctx: Context, deferred: DeferredNotice) -> tuple[str, str] | None:
    """Where and as whom somebody is written to."""
    if deferred.sealed_to is not None:
        try:
            address = unseal(ctx.keys.mail_address, deferred.sealed_to, bound_to=deferred.user_id.bytes)
        except Sealed:  # the secret of the install has changed since
            return None
        return address, deferred.name
    async with ctx.db.connection() as connection:
        user = await find_user(connection, deferred.user_id)
    return None if user is None or user.is_suspended else (user.email, user.username)
