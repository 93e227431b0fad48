"""A recording as one MP4: asked for by its owner, made by the worker, given away by a link.

The worker joins the stored segments on its own disk and has a child make an MP4 of them. It is kept as long as the
recording. Segments of another format than the longest (the encoder was changed on air) do not fit into one file.
"""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import anyio
import msgspec
import structlog

from veza.auth.domain import Principal
from veza.context import Context
from veza.files import service as files
from veza.files.domain import DOWNLOAD_EXPIRES_S, ObjectKind, StoredObject, object_key
from veza.jobs.queue import defer
from veza.kit.errors import NotFound, Unavailable
from veza.kit.signing import Forged, read_signed_word, sign_word
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.mp4 import make_mp4
from veza.recordings import domain, queries, service
from veza.recordings.domain import MAKE_MP4, Mp4Status, Recording
from veza.streaming.archive import segment_name

log = structlog.get_logger()

_WORD_MAX = 400
_BYTES_MAX = 2**40


class _Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What a link says: this person's recording may be fetched until then, as MP4."""

    recording_id: UUID
    user_id: UUID
    expires_s: int
    what: str = "mp4"


class Link(msgspec.Struct, frozen=True):
    """What goes into the address, and until when it is good."""

    word: str
    expires_at: datetime


async def ask(ctx: Context, owner: Principal, recording_id: UUID) -> Recording:
    """Have an MP4 made; again changes nothing. Raises `NotFound`, `Forbidden`, `Conflict`."""
    async with ctx.db.transaction() as tx:
        found = await service.lock(tx, recording_id)
        domain.require_owner(found, owner.user_id)
        domain.require_ready(found)
        if found.mp4_status is not Mp4Status.READY:  # also one whose job was lost: a second job is no job
            await queries.want_mp4.run(tx, recording_id)
            await defer(tx, MAKE_MP4, {"id": str(recording_id)}, unique_key=f"{MAKE_MP4}:{recording_id}")
        return await service.lock(tx, recording_id)


async def link_to(ctx: Context, owner: Principal, recording_id: UUID) -> Link:
    """A link to the MP4, good for 15 minutes. Raises `NotFound`, `Forbidden`, `Conflict` (`not_ready`)."""
    async with ctx.db.transaction() as tx:
        found = await service.lock(tx, recording_id)
    domain.require_owner(found, owner.user_id)
    if found.mp4_object_id is None:
        raise domain.mp4_not_ready()
    expires_at = (ctx.clock.now() + timedelta(seconds=DOWNLOAD_EXPIRES_S)).replace(microsecond=0)
    claim = _Claim(recording_id, owner.user_id, int(expires_at.timestamp()))
    return Link(sign_word(ctx.keys.recording_link, msgspec.json.encode(claim)), expires_at)


async def follow_link(ctx: Context, word: str) -> tuple[StoredObject, str]:
    """The MP4 behind a link, and what it is called. Raises `NotFound` for no link of ours, `Gone` for a dead one."""
    try:
        said = read_signed_word(ctx.keys.recording_link, word, characters_max=_WORD_MAX)
        claim = msgspec.json.decode(said, type=_Claim)
    except (Forged, msgspec.DecodeError) as error:
        raise NotFound("There is no such link.") from error
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, claim.recording_id)
        is_good = claim.what == "mp4" and ctx.clock.now().timestamp() < claim.expires_s
        if row is None or row.mp4_object_id is None or row.user_id != claim.user_id or not is_good:
            raise domain.link_is_dead()
        return await files.get_kept(connection, row.mp4_object_id), f"{row.title}.mp4"


# --- the worker's part -----------------------------------------------------------------------------------------


async def make(ctx: Context, recording_id: UUID, *, is_last_try: bool) -> None:
    """Make the MP4 that was asked for. Raises what may be different at the next try."""
    async with ctx.db.connection() as connection:
        row = await queries.recording.find(connection, recording_id)
        segments = await queries.segments.list(connection, recording_id)
        inits = await queries.inits.list(connection, recording_id)
    if row is None or row.mp4_status != Mp4Status.MAKING:
        return
    try:
        await _make(ctx, row, *_longest(segments, inits))
    except (Unreadable, TooHeavy) as error:
        log.info("mp4_not_made", recording_id=str(recording_id), code=error.code, detail=error.detail)
        await _fail(ctx, recording_id)
    except Exception:
        if is_last_try:
            await _fail(ctx, recording_id)
        raise


async def _make(ctx: Context, row: queries.RecordingRow, init: bytes, names: Sequence[tuple[str, int]]) -> None:
    folder_key = object_key(ObjectKind.RECORDING, row.id)
    async with _workshop(ctx, row.id, 2 * row.size_bytes) as folder:
        source, target = folder / "joined.mp4", folder / "recording.mp4"
        async with await anyio.open_file(source, "wb") as file:
            await file.write(init)
            for name, size_bytes in names:
                await file.write(await ctx.files.read(f"{folder_key}/{name}", 0, size_bytes))
        await make_mp4(source, target)
        await anyio.to_thread.run_sync(source.unlink)
        stored = await files.receive_file(
            ctx,
            row.user_id,
            ObjectKind.EXPORT,
            target,
            filename="recording.mp4",
            content_type="video/mp4",
            bytes_max=_BYTES_MAX,
        )
    try:
        async with ctx.db.transaction() as tx:
            await files.keep(tx, stored)
            if not await queries.finish_mp4.run(tx, row.id, stored.id):  # deleted meanwhile, or another was quicker
                await files.discard(tx, [stored.id])
    except Exception:
        await files.abandon(ctx, stored.id)
        raise


async def _fail(ctx: Context, recording_id: UUID) -> None:
    async with ctx.db.connection() as connection:
        await queries.fail_mp4.run(connection, recording_id)


@asynccontextmanager
async def _workshop(ctx: Context, recording_id: UUID, needed_bytes: int) -> AsyncIterator[Path]:
    """A folder with room, beside the data rather than in a small /tmp; what a crash left there is gone first."""
    folder = ctx.settings.data_dir.absolute() / "tmp" / f"mp4-{recording_id}"
    await anyio.to_thread.run_sync(_clear, folder)
    folder.mkdir(parents=True)
    try:
        usage = await anyio.to_thread.run_sync(shutil.disk_usage, folder)
        if usage.free - needed_bytes < usage.total * files.FREE_SHARE_MIN:
            raise Unavailable("There is no room to make this file. The people who run this server know.")
        yield folder
    finally:
        await anyio.to_thread.run_sync(_clear, folder)


def _clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _longest(
    segments: Sequence[queries.SegmentRow], inits: Sequence[queries.InitBytesRow]
) -> tuple[bytes, list[tuple[str, int]]]:
    """The init segment that most of it was played with, and the segments that go with it, by name and size."""
    data = {init.number: init.data for init in inits}
    ticks: dict[bytes, int] = {}
    for segment in segments:
        ticks[data[segment.init]] = ticks.get(data[segment.init], 0) + segment.duration_ticks
    if not ticks:
        raise Unreadable("There is nothing in this recording.")
    chosen = max(ticks, key=lambda init: ticks[init])
    fitting = [segment for segment in segments if data[segment.init] == chosen]
    return chosen, [(segment_name(segment.msn), segment.size_bytes) for segment in fitting]
