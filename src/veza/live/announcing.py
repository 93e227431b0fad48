"""Telling followers by mail that somebody went live: in batches, each follower once, and only while it is still true.

How far it got stands in a row that each batch locks and moves on, in the transaction that defers the batch's mail: a
worker that dies in the middle goes on where it was.
"""

from uuid import UUID

import structlog

from veza.auth.service import suspended_among, usernames
from veza.context import Context
from veza.live import queries
from veza.live.domain import ANNOUNCE_BATCH, ANNOUNCE_EVERY_S
from veza.mail.domain import MailKind, StreamLive
from veza.mail.preferences import stream_live_wanted_among
from veza.mail.service import defer_mail
from veza.users.service import followers_after

log = structlog.get_logger()


async def announce(ctx: Context, stream_id: UUID, broadcast_id: UUID) -> None:
    """Write to the followers who asked for it, until all were looked at or the broadcast is over."""
    while await _next_batch(ctx, stream_id, broadcast_id):
        pass


async def _next_batch(ctx: Context, stream_id: UUID, broadcast_id: UUID) -> bool:
    """Look at the next followers. Answers whether there are more."""
    async with ctx.db.transaction() as tx:
        stream = await queries.announced.find(tx, stream_id, broadcast_id)
        if stream is None or await suspended_among(tx, {stream.user_id}):
            return False  # off air again, or shut out
        await queries.lock_user.run(tx, str(stream.user_id))
        await queries.begin_announcement.run(tx, broadcast_id, stream.user_id, ANNOUNCE_EVERY_S)
        progress = await queries.lock_announcement.find(tx, broadcast_id)
        if progress is None or progress.is_done:
            return False  # followers heard of this person not long ago
        followers = await followers_after(tx, stream.user_id, progress.after_id, ANNOUNCE_BATCH)
        wanting = await stream_live_wanted_among(tx, followers)
        streamer = (await usernames(tx, {stream.user_id}))[stream.user_id]
        facts = StreamLive(stream.id, streamer, stream.title)
        for follower_id in sorted(wanting):
            await defer_mail(tx, MailKind.STREAM_LIVE, follower_id, facts, unique_key=f"live:{broadcast_id}")
        is_done = len(followers) < ANNOUNCE_BATCH
        after_id = followers[-1] if followers else progress.after_id
        await queries.move_announcement.run(tx, broadcast_id, after_id, len(wanting), is_done)
    if is_done:
        log.info("stream_announced", stream_id=str(stream.id), broadcast_id=str(broadcast_id))
    return not is_done
