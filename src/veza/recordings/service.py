"""Use cases of recordings: with a broadcast they begin and end; they are listed, published and deleted.

Media's own words are `authority.py`'s, playing is `playing.py`'s. A recording's pieces lie in one folder of the store;
which of them are there stands in rows, so nothing is assembled at the end of a broadcast (ADR 0019).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog

from veza.auth.domain import Principal
from veza.chat.domain import Message
from veza.chat.service import last_seq, said_between
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.files import service as files
from veza.files.domain import ObjectKind, object_key
from veza.jobs.queue import defer
from veza.kit.errors import NotFound
from veza.kit.page import Page, PageRequest
from veza.recordings import domain, queries
from veza.recordings.domain import SETTLE, SETTLE_AFTER_S, Mp4Status, Recording, RecordingProblem
from veza.streaming.archive import segment_name

log = structlog.get_logger()

_ANY_SEQ = 2**53


# --- with the broadcast (doors of live) ------------------------------------------------------------------------


async def begin(tx: Tx, *, broadcast_id: UUID, stream_id: UUID, user_id: UUID, title: str) -> None:
    """A broadcast that is to be recorded begins: its rows stand before media stores the first byte."""
    await files.open_folder(tx, broadcast_id, user_id, ObjectKind.RECORDING)
    await queries.insert.run(tx, broadcast_id, stream_id, user_id, title, await last_seq(tx, stream_id))


async def close(tx: Tx, stream_id: UUID, *, at: datetime | None = None, is_lost: bool = False) -> None:
    """Whatever this stream records is over. `is_lost`: with the media process, which will say no more of it."""
    for row in await queries.close_of_stream.list(tx, stream_id, at, await last_seq(tx, stream_id)):
        delay_s = 0.0 if is_lost else SETTLE_AFTER_S
        await defer(tx, SETTLE, {"id": str(row.id)}, unique_key=f"{SETTLE}:{row.id}", delay_s=delay_s)


async def delete_of_stream(tx: Tx, stream_id: UUID) -> None:
    """A stream is being deleted: its recordings go with it."""
    await _discard(tx, await queries.delete_of_stream.list(tx, stream_id))


async def settle(ctx: Context, recording_id: UUID) -> None:
    """Finish what media did not: it was killed, or is still at it long after the end.

    A segment whose row stands and whose bytes are there is kept: a `kill -9` costs the open segment.
    """
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, recording_id)
        expected = await queries.expected.list(connection, recording_id)
    if row is None or row.ended_at is None or row.finished_at is not None:
        return
    for segment in expected:
        key = f"{object_key(ObjectKind.RECORDING, recording_id)}/{segment_name(segment.msn)}"
        is_there = await _is_there(ctx, key, segment.size_bytes)
        async with ctx.db.connection() as connection:
            if is_there:
                await queries.stored.run(connection, recording_id, segment.msn)
            else:
                await queries.lost.run(connection, recording_id, segment.msn, RecordingProblem.INTERRUPTED)
    async with ctx.db.connection() as connection:
        await queries.finish.run(connection, recording_id, 0, None)
    log.info("recording_settled", recording_id=str(recording_id), looked_at=len(expected))


async def _is_there(ctx: Context, key: str, size_bytes: int) -> bool:
    """Whether all of a segment is in the store. Objects are there whole or not at all."""
    try:
        return len(await ctx.files.read(key, size_bytes - 1, size_bytes)) == 1
    except NotFound:
        return False


async def sweep(ctx: Context) -> int:
    """Delete what has expired, settle what was forgotten; answers how many recordings went."""
    async with ctx.db.connection() as connection:
        unsettled = await queries.unsettled.list(connection, SETTLE_AFTER_S)
    for row in unsettled:
        await settle(ctx, row.id)
    keep_days, removed = ctx.settings.recordings_keep_days, 0
    while keep_days:
        async with ctx.db.transaction() as tx:
            expired = [row.id for row in await queries.expired.list(tx, keep_days)]
            await _delete(tx, expired)
        removed += len(expired)
        if not expired:
            break
    return removed


# --- reading ---------------------------------------------------------------------------------------------------


async def list_of_stream(ctx: Context, stream_id: UUID, caller: Principal | None, page: PageRequest) -> Page[Recording]:
    """The recordings of a stream, the newest first: all of them for their owner, for others what is published."""
    caller_id = caller.user_id if caller is not None else None
    async with ctx.db.connection() as connection:
        rows = await queries.of_stream.list(connection, stream_id, caller_id, page.limit, page.offset)
        total = await queries.count_of_stream.find(connection, stream_id, caller_id) or 0
    return Page([recording_of(row) for row in rows], total, page.limit, page.offset)


async def get_recording(ctx: Context, recording_id: UUID, caller: Principal | None) -> Recording:
    """One that the caller may play. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, recording_id)
    if row is None:
        raise domain.recording_not_found()
    found = recording_of(row)
    if not found.is_open and (caller is None or caller.user_id != found.user_id):
        raise domain.recording_not_found()
    return found


async def on_air_among(connection: Connection, stream_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The recordings of broadcasts that these streams have on air, where there is something to go back to."""
    if not stream_ids:
        return {}
    return {row.stream_id: row.id for row in await queries.on_air_of_streams.list(connection, list(stream_ids))}


async def said_meanwhile(
    ctx: Context, recording_id: UUID, caller: Principal | None, *, since: datetime | None, after: int, limit: int
) -> list[Message]:
    """What was said in the chat meanwhile: written at `since` or later, with seqs above `after`. Raises `NotFound`."""
    found = await get_recording(ctx, recording_id, caller)
    async with ctx.db.connection() as connection:
        said = await queries.said.find(connection, recording_id)
        if said is None:
            raise domain.recording_not_found()
        return await said_between(
            connection,
            found.stream_id,
            after=max(after, said.chat_after_seq),
            until=_ANY_SEQ if said.chat_until_seq is None else said.chat_until_seq,
            since=since or found.started_at,
            limit=limit,
        )


# --- changing --------------------------------------------------------------------------------------------------


async def change(
    ctx: Context, owner: Principal, recording_id: UUID, *, title: str | None, is_published: bool | None
) -> Recording:
    """Change what is not None. Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict` (`on_air`)."""
    async with ctx.db.transaction() as tx:
        now = await lock(tx, recording_id)
        domain.require_owner(now, owner.user_id)
        if is_published:
            domain.require_ended(now)
        new_title = now.title if title is None else domain.parse_title(title)
        published = now.published_at is not None if is_published is None else is_published
        await queries.change.run(tx, recording_id, new_title, published)
        return await lock(tx, recording_id)


async def delete_recording(ctx: Context, caller: Principal, recording_id: UUID) -> None:
    """For good; its owner, and the staff for what is published. Raises `NotFound`, `Forbidden`, `Conflict`."""
    async with ctx.db.transaction() as tx:
        now = await lock(tx, recording_id)
        if not (caller.role.is_staff and now.is_open):
            domain.require_owner(now, caller.user_id)
        domain.require_ended(now)
        await _delete(tx, [recording_id])
    log.info("recording_deleted", recording_id=str(recording_id), user_id=str(caller.user_id))


async def _delete(tx: Tx, recording_ids: Sequence[UUID]) -> None:
    """Rows, and after the commit the bytes: as `files.discard` does it."""
    if recording_ids:
        await _discard(tx, await queries.delete.list(tx, list(recording_ids)))


async def _discard(tx: Tx, rows: Sequence[queries.DeletedRow]) -> None:
    await files.discard(tx, [object_id for row in rows for object_id in (row.id, row.mp4_object_id)])


async def lock(tx: Tx, recording_id: UUID) -> Recording:
    """A recording, locked until the end of the transaction. Raises `NotFound`."""
    row = await queries.lock.find(tx, recording_id)
    if row is None:
        raise domain.recording_not_found()
    return recording_of(row)


def recording_of(row: queries.RecordingRow) -> Recording:
    """A row as it is shown."""
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    fields["problem"] = RecordingProblem(row.problem) if row.problem else None
    fields["mp4_status"] = Mp4Status(row.mp4_status) if row.mp4_status else None
    return Recording(**fields)
