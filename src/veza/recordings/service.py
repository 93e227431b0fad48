"""Use cases of recordings: with a broadcast they begin and end; they are listed, played, published and deleted.

Media's own words are `authority.py`'s. A recording's pieces lie in one folder of the file store; which of them are
there stands in rows, so nothing is assembled at the end of a broadcast (ADR 0019).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
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
from veza.kit.signing import Forged, read_signed_word, sign_word
from veza.media.hls.playlist import Variant, write_recorded, write_variant
from veza.recordings import domain, queries
from veza.recordings.domain import SETTLE, SETTLE_AFTER_S, WORD_EXPIRES_S, Mp4Status, Recording, RecordingProblem
from veza.streaming.archive import picture_name, segment_name

log = structlog.get_logger()

_WORD_MAX = 400
_ANY_SEQ = 2**53


class _Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a word in an address says: this recording may be played until then."""

    recording_id: UUID
    expires_s: int


class Piece(msgspec.Struct, frozen=True):
    """A piece to be given away: `data` itself, or the bytes under `key`."""

    key: str
    size_bytes: int
    data: bytes | None


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
    return Page([_recording(row) for row in rows], total, page.limit, page.offset)


async def get_recording(ctx: Context, recording_id: UUID, caller: Principal | None) -> Recording:
    """One that the caller may play. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, recording_id)
    if row is None:
        raise domain.recording_not_found()
    found = _recording(row)
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


# --- playing ---------------------------------------------------------------------------------------------------


def playback_word(ctx: Context, recording: Recording, caller: Principal | None) -> str:
    """What stands in the address of its playlist: for the owner of what is not published, a signed word."""
    if recording.is_open or caller is None or caller.user_id != recording.user_id:
        return domain.PUBLIC_WORD
    expires_at = ctx.clock.now() + timedelta(seconds=WORD_EXPIRES_S)
    claim = _Claim(recording.id, int(expires_at.timestamp()))
    return sign_word(ctx.keys.recording_link, msgspec.json.encode(claim))


async def index_playlist(ctx: Context, recording_id: UUID, word: str) -> str:
    """The playlist that players open first. Raises `NotFound`, also while nothing was stored yet."""
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, recording_id)
        init = await queries.newest_init.find(connection, recording_id)
    found = _playable(ctx, row, word)
    if init is None:
        raise domain.recording_not_found()
    variant = Variant(
        codecs=init.codecs,
        width=init.width,
        height=init.height,
        frame_rate=init.frame_rate,
        peak_bps=found.peak_bps,
        average_bps=found.average_bps,
    )
    return write_variant(variant, media_uri="media.m3u8")


async def media_playlist(ctx: Context, recording_id: UUID, word: str) -> str:
    """All segments that were stored; it ends when nothing more can come. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, recording_id)
        found = _playable(ctx, row, word)
        segments = await queries.segments.list(connection, recording_id)
    if not segments or found.target_duration_s is None:
        raise domain.recording_not_found()
    return write_recorded(segments, target_duration_s=found.target_duration_s, ended=found.is_complete)


async def get_segment(ctx: Context, recording_id: UUID, word: str, msn: int) -> Piece:
    """A segment's place in the store. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.segment_piece.find(connection, recording_id, msn)
    return _piece(ctx, row, recording_id, word, segment_name(msn))


async def get_init(ctx: Context, recording_id: UUID, word: str, number: int) -> Piece:
    """An init segment. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.init_piece.find(connection, recording_id, number)
    return _piece(ctx, row, recording_id, word, f"init{number}.mp4")


async def get_picture(ctx: Context, recording_id: UUID, word: str) -> Piece:
    """What it looks like. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.picture_piece.find(connection, recording_id)
    return _piece(ctx, row, recording_id, word, "" if row is None else picture_name(row.size_bytes))


def _piece(ctx: Context, row: queries.PieceRow | None, recording_id: UUID, word: str, name: str) -> Piece:
    if row is None or not (row.is_open or _is_good(ctx, recording_id, word)):
        raise domain.recording_not_found()
    return Piece(f"{object_key(ObjectKind.RECORDING, recording_id)}/{name}", row.size_bytes, row.data)


def _playable(ctx: Context, row: queries.RecordingRow | None, word: str) -> Recording:
    if row is None:
        raise domain.recording_not_found()
    found = _recording(row)
    if not found.duration_ticks or not (found.is_open or _is_good(ctx, found.id, word)):
        raise domain.recording_not_found()
    return found


def _is_good(ctx: Context, recording_id: UUID, word: str) -> bool:
    try:
        said = read_signed_word(ctx.keys.recording_link, word, characters_max=_WORD_MAX)
        claim = msgspec.json.decode(said, type=_Claim)
    except (Forged, msgspec.DecodeError):
        return False
    return claim.recording_id == recording_id and ctx.clock.now().timestamp() < claim.expires_s


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
    return _recording(row)


def _recording(row: queries.RecordingRow) -> Recording:
    fields = {name: getattr(row, name) for name in row.__struct_fields__}
    fields["problem"] = RecordingProblem(row.problem) if row.problem else None
    fields["mp4_status"] = Mp4Status(row.mp4_status) if row.mp4_status else None
    return Recording(**fields)
