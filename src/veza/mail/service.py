"""Mail to people: put into the queue with the act that it tells of, sent by the worker.

The table of jobs is the outbox: what is rolled back is never mailed, and what is committed is mailed at least once.
Nothing here logs an address or a word of a mail.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
import structlog

from veza.auth.service import find_user
from veza.context import Context
from veza.db.pool import Tx
from veza.jobs.queue import defer
from veza.mail import preferences
from veza.mail.domain import (
    OPTIONAL_KINDS,
    SEND,
    SEND_BULK,
    DeferredMail,
    Facts,
    MailKind,
    mail_id_of,
    one_click_address,
    parse_facts,
)
from veza.mail.letters import write_letter
from veza.mail.rendering import write_html, write_text
from veza.ports.mail import Message

log = structlog.get_logger()


async def defer_mail(
    tx: Tx,
    kind: MailKind,
    user_id: UUID,
    facts: Facts | Mapping[str, Any],
    *,
    unique_key: str | None = None,
) -> int | None:
    """Have somebody written to once this transaction commits.

    Args:
        tx: the transaction of what happened.
        kind: which mail.
        user_id: to whom. Where they are reached is read when it is sent.
        facts: what it tells: the struct of this kind, or the same as a mapping.
        unique_key: names the event (an order's id), so that while its mail waits a second is not queued, and so that
            whatever is sent of it again carries the same Message-ID. One key may serve several kinds and people.

    Returns:
        The job's id; None when the mail of this event waits already.

    Raises:
        msgspec.ValidationError: the facts are not those of this kind.
    """
    kind = MailKind(kind)
    parsed = parse_facts(kind, facts)
    deferred = DeferredMail(kind, user_id, mail_id_of(kind, user_id, parsed, unique_key), msgspec.to_builtins(parsed))
    key = None if unique_key is None else f"{SEND}:{deferred.mail_id}"
    return await defer(tx, SEND_BULK if kind in OPTIONAL_KINDS else SEND, deferred, unique_key=key)


async def send_mail(ctx: Context, deferred: DeferredMail) -> None:
    """Write to somebody now; who is suspended or gone is not. Raises what `ports.mail.Mail.send` does.

    What can be turned off goes to who wants it still, at a confirmed address.
    """
    told = {"kind": deferred.kind.value, "user_id": str(deferred.user_id), "mail_id": deferred.mail_id}
    async with ctx.db.connection() as connection:
        user = await find_user(connection, deferred.user_id)
    if user is None or user.is_suspended:
        log.info("mail_skipped", **told, reason="gone" if user is None else "suspended")
        return
    word = ""
    if deferred.kind in OPTIONAL_KINDS:
        if not user.email_verified or not await preferences.wants_stream_live(ctx, user.id):
            log.info("mail_skipped", **told, reason="not wanted")
            return
        word = preferences.write_word(ctx, user.id, deferred.kind)
    facts, site = parse_facts(deferred.kind, deferred.facts), ctx.settings.public_url
    letter = write_letter(facts, username=user.username, public_url=site, unsubscribe_word=word)
    await ctx.mail.send(
        Message(
            to=user.email,
            subject=letter.subject,
            text=write_text(letter),
            html=write_html(letter),
            message_id=f"<{deferred.kind.value}.{deferred.mail_id}@{ctx.settings.mail_domain}>",
            list_unsubscribe=one_click_address(site, word) if word else None,
        )
    )
    log.info("mail_sent", **told)
