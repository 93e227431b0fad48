"""Links by mail: their rows, their tokens, and the jobs that have them written. What a link does is `recovery.py`.

A token is an HMAC of its row's id, so no row and no job holds one; it is made at the moment when the mail is written,
and found again by its hash. A newer link closes the older one of the same purpose.
"""

import base64
from datetime import timedelta
from uuid import UUID

from veza.auth import link_queries
from veza.auth.domain import LINK_LIFE, WRITE_MAIL, DeferredNotice, LinkPurpose, Notice, link_expired
from veza.auth.link_queries import OpenLinkRow
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.jobs.queue import defer
from veza.kit.ids import new_id
from veza.kit.signing import keyed_hash, plain_hash

LINKS_PER_HOUR = 5
"""Of one purpose, to one person, whoever asks for them."""
_KEPT = timedelta(days=7)
_NOTICE_OF = {LinkPurpose.VERIFY_EMAIL: Notice.VERIFY_EMAIL, LinkPurpose.RESET_PASSWORD: Notice.RESET_PASSWORD}


async def send_link(ctx: Context, tx: Tx, user_id: UUID, purpose: LinkPurpose) -> None:
    """Have a fresh link written to somebody once this transaction commits; older ones are dead with it."""
    now, link_id = ctx.clock.now(), new_id()
    if await link_queries.hold_user.find(tx, user_id) is None:
        return
    await link_queries.close_open.run(tx, user_id, purpose, now)
    token_hash = plain_hash(_token(ctx, purpose, link_id))
    await link_queries.insert.run(tx, link_id, user_id, purpose, token_hash, now, now + LINK_LIFE[purpose])
    await send_notice(tx, _NOTICE_OF[purpose], user_id, link_id=link_id)


async def has_had_enough(ctx: Context, connection: Connection, user_id: UUID, purpose: LinkPurpose) -> bool:
    """Whether somebody was sent as many in the last hour as one is sent."""
    since = ctx.clock.now() - timedelta(hours=1)
    return (await link_queries.count_since.find(connection, user_id, purpose, since) or 0) >= LINKS_PER_HOUR


async def send_notice(
    tx: Tx,
    notice: Notice,
    user_id: UUID,
    *,
    link_id: UUID | None = None,
    sealed_to: bytes | None = None,
    name: str = "",
) -> None:
    """Have somebody told about their account once this transaction commits.

    `sealed_to` and `name`: where and as whom to write to, when the account will not say it any more.
    """
    await defer(tx, WRITE_MAIL, DeferredNotice(notice, user_id, new_id(), link_id, sealed_to, name))


async def token_of_open_link(ctx: Context, link_id: UUID) -> str | None:
    """The token of a link that can still be used, for the mail that carries it: never to be kept or logged."""
    async with ctx.db.connection() as connection:
        row = await link_queries.open_by_id.find(connection, link_id, ctx.clock.now())
    return None if row is None else _token(ctx, LinkPurpose(row.purpose), row.id)


async def find_open_link(ctx: Context, connection: Connection, token: str, purpose: LinkPurpose) -> OpenLinkRow | None:
    """The link of a token, if it can be used."""
    return await link_queries.open_by_token.find(connection, plain_hash(token), purpose, ctx.clock.now())


async def use_link(ctx: Context, tx: Tx, token: str, purpose: LinkPurpose) -> UUID:
    """Use a link up, once for all who try; answers whose it is. Raises `Gone` (`link_expired`)."""
    user_id = await link_queries.use.find(tx, plain_hash(token), purpose, ctx.clock.now())
    if user_id is None:
        raise link_expired()
    return user_id


async def close_links(ctx: Context, tx: Tx, user_id: UUID, purpose: LinkPurpose) -> None:
    """None that was sent before can be used any more."""
    await link_queries.close_open.run(tx, user_id, purpose, ctx.clock.now())


async def forget_old_links(ctx: Context) -> int:
    """Delete what can no longer be used or counted. For the schedule; answers how many."""
    async with ctx.db.connection() as connection:
        return await link_queries.forget_before.run(connection, ctx.clock.now() - _KEPT)


def _token(ctx: Context, purpose: LinkPurpose, link_id: UUID) -> str:
    digest = keyed_hash(ctx.keys.email_link, f"{purpose.value}:{link_id}")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
