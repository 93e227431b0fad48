"""Use cases of the people side: make, show, change, end and delete streams; keys. What media says is `on_air.py`.

A stream key leaves this file only as `StreamKey`, for its owner. Whatever takes a publisher's right away notifies
`CUT_CHANNEL` in the same transaction, so that media cuts it within a second.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec
import structlog

import veza.chat.service
from veza.auth.domain import Principal, require_verified_email
from veza.auth.service import usernames
from veza.context import Context
from veza.db.pool import Connection, Database, Tx
from veza.kit.ids import new_id
from veza.kit.page import Page, PageRequest
from veza.kit.signing import Sealed, keyed_hash, seal, unseal
from veza.kit.text import prefix_query
from veza.live import domain, on_air, queries
from veza.live.domain import Category, Details, EndReason, OnAirCounts, RtmpHealth, Status, Stream, StreamKey
from veza.live.signal import Signal, judge
from veza.media.health import IngestHealth
from veza.recordings import service as recordings
from veza.recordings.domain import Recording
from veza.users.service import followed_by

log = structlog.get_logger()

RTMP_CHECK_TIMEOUT_S = 0.8
RTMP_CHECK_CACHE_S = 5.0


# --- reading ---------------------------------------------------------------------------------------------------


async def get_stream(ctx: Context, stream_id: UUID) -> Stream:
    """Any stream by its id, drafts included. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        return await _read(connection, stream_id)


async def list_streams(
    ctx: Context, page: PageRequest, *, is_live: bool | None, category: Category | None, search: str
) -> Page[Stream]:
    """The public list: on air first by viewers, then the newest. Drafts are not in it."""
    words = prefix_query(search, domain.SEARCH_WORDS_MAX)
    if words is None and search.strip():
        return Page([], 0, page.limit, page.offset)
    wanted = (is_live, category, words)
    async with ctx.db.connection() as connection:
        rows = await queries.listed.list(connection, *wanted, page.limit, page.offset)
        total = await queries.count_listed.find(connection, *wanted) or 0
        return Page(await _complete(connection, rows), total, page.limit, page.offset)


async def list_followed(ctx: Context, follower: Principal, page: PageRequest) -> Page[Stream]:
    """What the people whom the caller follows have on air, by viewers, then the newest."""
    async with ctx.db.connection() as connection:
        people = list(await followed_by(connection, follower.user_id))
        rows = await queries.on_air_of_many.list(connection, people, page.limit, page.offset)
        total = await queries.count_on_air_of_many.find(connection, people) or 0
        return Page(await _complete(connection, rows), total, page.limit, page.offset)


async def list_own(ctx: Context, owner: Principal, page: PageRequest) -> Page[tuple[Stream, StreamKey]]:
    """The caller's own streams with their keys: on air first, then the newest."""
    async with ctx.db.connection() as connection:
        rows = await queries.own.list(connection, owner.user_id, page.limit, page.offset)
        total = await queries.count_own.find(connection, owner.user_id) or 0
        streams = await _complete(connection, rows)
        sealed = await queries.keys_of.list(connection, [stream.id for stream in streams])
    keys = {row.id: _open_key(ctx, row) or await _renew_key(ctx, owner, row.id) for row in sealed}
    return Page([(stream, keys[stream.id]) for stream in streams], total, page.limit, page.offset)


async def get_viewer_count(ctx: Context, stream_id: UUID) -> int:
    """How many people watch. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        found = await queries.viewer_count.find(connection, stream_id)
    if found is None:
        raise domain.stream_not_found()
    return found


async def list_recordings(
    ctx: Context, stream_id: UUID, caller: Principal | None, page: PageRequest
) -> Page[Recording]:
    """The recordings of a stream that the caller may play, the newest first. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        if await queries.viewer_count.find(connection, stream_id) is None:
            raise domain.stream_not_found()
    return await recordings.list_of_stream(ctx, stream_id, caller, page)


async def get_signal(ctx: Context, owner: Principal, stream_id: UUID) -> tuple[Signal, datetime | None]:
    """How well the encoder of one's own stream sends, and when that was measured. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.connection() as connection:
        row = await queries.health.find(connection, stream_id)
    if row is None:
        raise domain.stream_not_found()
    domain.require_owner(row.user_id, owner.user_id)
    health = None if row.health is None else msgspec.json.decode(row.health, type=IngestHealth)
    return judge(health), row.health_at


async def counts(ctx: Context) -> OnAirCounts:
    """How many streams are on air and how many people watch, over the whole install."""
    async with ctx.db.connection() as connection:
        found = await queries.counts.find(connection)
    return OnAirCounts(found.streams_live, found.viewers) if found else OnAirCounts(0, 0)


async def _read(connection: Connection, stream_id: UUID) -> Stream:
    row = await queries.stream.find(connection, stream_id)
    if row is None:
        raise domain.stream_not_found()
    return (await _complete(connection, [row]))[0]


async def _complete(connection: Connection, rows: Sequence[queries.StreamRow]) -> list[Stream]:
    """Add what other slices know: who streams, and how the chat room is set."""
    if not rows:
        return []
    names = await usernames(connection, {row.user_id for row in rows})
    live_ids = [row.id for row in rows if Status(row.status).is_live]
    recorded = await recordings.on_air_among(connection, live_ids)
    rooms = await veza.chat.service.room_settings(connection, [row.id for row in rows])
    return [
        Stream(
            id=row.id,
            user_id=row.user_id,
            username=names[row.user_id],
            details=Details(row.title, row.description, Category(row.category), tuple(row.tags), row.record),
            status=Status(row.status),
            viewer_count=row.viewer_count,
            peak_viewers=row.peak_viewers,
            started_at=row.started_at,
            ended_at=row.ended_at,
            audio_only=row.audio_only,
            recording_id=recorded.get(row.id),
            thumbnail_version=row.thumbnail_version if Status(row.status).is_live else None,
            chat=rooms[row.id],
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
        for row in rows
    ]


# --- writing ---------------------------------------------------------------------------------------------------


async def create_stream(ctx: Context, owner: Principal, details: Details) -> Stream:
    """Make a draft, its key and its chat room. Raises `Forbidden`, `Conflict` (`too_many_streams`)."""
    async with ctx.db.transaction() as tx:
        key = await _insert(ctx, tx, owner, details)
        return await _read(tx, key.stream_id)


async def _insert(ctx: Context, tx: Tx, owner: Principal, details: Details) -> StreamKey:
    require_verified_email(owner, required=ctx.settings.require_verified_email)
    await queries.lock_user.run(tx, str(owner.user_id))
    if (await queries.count_own.find(tx, owner.user_id) or 0) >= domain.STREAMS_PER_USER_MAX:
        raise domain.too_many_streams()
    key = StreamKey(new_id(), domain.new_key())
    await veza.chat.service.create_room(tx, key.stream_id, owner.user_id)
    await queries.insert_stream.run(
        tx,
        key.stream_id,
        owner.user_id,
        details.title,
        details.description,
        details.category,
        list(details.tags),
        details.record,
        details.words(owner.username),
        *_hide_key(ctx, key),
    )
    log.info("stream_created", stream_id=str(key.stream_id), user_id=str(owner.user_id))
    return key


async def change_details(
    ctx: Context,
    owner: Principal,
    stream_id: UUID,
    *,
    title: str | None = None,
    description: str | None = None,
    category: Category | None = None,
    tags: list[str] | None = None,
    record: bool | None = None,
) -> Stream:
    """Change what is not None. Raises `NotFound`, `Forbidden`, `Invalid`."""
    async with ctx.db.transaction() as tx:
        await _lock_own(ctx, tx, owner, stream_id)
        now = (await _read(tx, stream_id)).details
        new = domain.parse_details(
            now.title if title is None else title,
            now.description if description is None else description,
            category or now.category,
            now.tags if tags is None else tags,
            record=now.record if record is None else record,
        )
        await queries.update_details.run(
            tx,
            stream_id,
            new.title,
            new.description,
            new.category,
            list(new.tags),
            new.record,
            new.words(owner.username),
        )
        return await _read(tx, stream_id)


async def end_stream(ctx: Context, owner: Principal, stream_id: UUID) -> Stream:
    """Take a stream off air; again changes nothing. Raises `NotFound`, `Forbidden`, `Conflict` (`not_live`)."""
    async with ctx.db.transaction() as tx:
        row = await _lock_own(ctx, tx, owner, stream_id)
        if domain.can_end(Status(row.status)):
            await on_air.end_in(tx, stream_id, EndReason.OWNER)
            await on_air.notify_cut(tx, stream_id)
        return await _read(tx, stream_id)


async def delete_stream(ctx: Context, owner: Principal, stream_id: UUID) -> None:
    """Remove a stream for good; on air it is ended first. Raises `NotFound`, `Forbidden`."""
    async with ctx.db.transaction() as tx:
        row = await _lock_own(ctx, tx, owner, stream_id)
        if Status(row.status).is_live:
            await on_air.end_in(tx, stream_id, EndReason.DELETED)
        await queries.mark_deleted.run(tx, stream_id)
        await recordings.delete_of_stream(tx, stream_id)
        await veza.chat.service.close_room(ctx, tx, stream_id)
        await on_air.notify_cut(tx, stream_id)
    log.info("stream_deleted", stream_id=str(stream_id), user_id=str(owner.user_id))


async def retire_streams(ctx: Context, tx: Tx, user_id: UUID) -> None:
    """Somebody's account is being deleted: their streams go, with keys and rooms. Raises `Conflict` (`on_air`)."""
    rows = await queries.lock_streams_of.list(tx, user_id)
    if any(Status(row.status).is_live for row in rows):
        raise domain.still_on_air()
    for row in rows:
        await queries.mark_deleted.run(tx, row.id)
        await recordings.delete_of_stream(tx, row.id)
        await veza.chat.service.close_room(ctx, tx, row.id)
        await on_air.notify_cut(tx, row.id)
    await queries.erase_streams_of.run(tx, user_id)


async def _lock_own(ctx: Context, tx: Tx, owner: Principal, stream_id: UUID) -> queries.OnAirRow:
    row = await queries.lock_on_air.find(tx, stream_id, ctx.settings.live_sweep_after_s)
    if row is None or row.is_deleted:
        raise domain.stream_not_found()
    domain.require_owner(row.user_id, owner.user_id)
    return row


# --- keys ------------------------------------------------------------------------------------------------------


async def get_key(ctx: Context, owner: Principal, stream_id: UUID | None) -> StreamKey:
    """The key of this stream; without an id: of the one on air, else the newest, else of a new draft.

    Raises `NotFound` when the stream is absent or not the caller's, `Forbidden` (`email_unverified`).
    """
    require_verified_email(owner, required=ctx.settings.require_verified_email)
    async with ctx.db.connection() as connection:
        row = await queries.key_of_user.find(connection, owner.user_id, stream_id)
    if row is None:
        return await _first_key(ctx, owner, stream_id)
    return _open_key(ctx, row) or await _renew_key(ctx, owner, row.id)


async def regenerate_key(ctx: Context, owner: Principal, stream_id: UUID | None) -> StreamKey:
    """A new key for the stream that `get_key` would choose. The old one is dead with the commit. Raises likewise."""
    require_verified_email(owner, required=ctx.settings.require_verified_email)
    if stream_id is None:
        async with ctx.db.connection() as connection:
            row = await queries.key_of_user.find(connection, owner.user_id, None)
        if row is None:
            return await _first_key(ctx, owner, None)
        stream_id = row.id
    return await _renew_key(ctx, owner, stream_id)


async def _first_key(ctx: Context, owner: Principal, stream_id: UUID | None) -> StreamKey:
    """Make the caller's first stream, once, however many ask at the same time."""
    if stream_id is not None:
        raise domain.stream_not_found()
    async with ctx.db.transaction() as tx:
        await queries.lock_user.run(tx, str(owner.user_id))
        row = await queries.key_of_user.find(tx, owner.user_id, None)
        if row is None:
            return await _insert(ctx, tx, owner, domain.default_details(owner.username))
    return _open_key(ctx, row) or await _renew_key(ctx, owner, row.id)


async def _renew_key(ctx: Context, owner: Principal, stream_id: UUID) -> StreamKey:
    key = StreamKey(stream_id, domain.new_key())
    async with ctx.db.transaction() as tx:
        row = await queries.lock_on_air.find(tx, stream_id, ctx.settings.live_sweep_after_s)
        if row is None or row.is_deleted or row.user_id != owner.user_id:
            raise domain.stream_not_found()
        await queries.replace_key.run(tx, stream_id, *_hide_key(ctx, key))
        await on_air.notify_cut(tx, stream_id)
    log.info("stream_key_replaced", stream_id=str(stream_id), user_id=str(owner.user_id))
    return key


def _hide_key(ctx: Context, key: StreamKey) -> tuple[bytes, bytes]:
    """What is stored of a key: its keyed hash, and itself sealed and bound to its stream."""
    hashed = keyed_hash(ctx.keys.stream_key_lookup, key.key)
    return hashed, seal(ctx.keys.stream_key_seal, key.key, bound_to=key.stream_id.bytes)


def _open_key(ctx: Context, row: queries.KeyRow) -> StreamKey | None:
    """The key in the clear; None when the install's secret has changed since (the key is then dead anyway)."""
    try:
        return StreamKey(row.id, unseal(ctx.keys.stream_key_seal, row.key_sealed, bound_to=row.id.bytes))
    except Sealed:
        log.warning("stream_key_unreadable", stream_id=str(row.id))
        return None


# --- can encoders reach us? ------------------------------------------------------------------------------------


class RtmpProbe:
    """Connects to the RTMP address at most every five seconds, whoever asks and however often."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._last: tuple[float, RtmpHealth] | None = None

    async def check(self, ctx: Context) -> RtmpHealth:
        """The last answer, or a fresh one. Takes at most 0.8 s; raises nothing of the network."""
        async with self._lock:
            now_s = ctx.clock.monotonic_s()
            if self._last is None or now_s - self._last[0] >= RTMP_CHECK_CACHE_S:
                self._last = (now_s, await _connect(ctx))
            return self._last[1]


async def _connect(ctx: Context) -> RtmpHealth:
    address, error = ctx.settings.rtmp_addr, None
    try:
        async with asyncio.timeout(RTMP_CHECK_TIMEOUT_S):
            _, writer = await asyncio.open_connection(address.reachable_host, address.port)
            writer.close()
    except TimeoutError:
        error = "The RTMP server does not answer in time."
    except OSError:
        error = "Nothing accepts encoders at the RTMP address."
    return RtmpHealth(error is None, str(address), error, ctx.clock.now())


_probes: WeakKeyDictionary[Database, RtmpProbe] = WeakKeyDictionary()


async def check_rtmp(ctx: Context) -> RtmpHealth:
    """Whether encoders can reach us, from this process's memory of at most five seconds."""
    return await _probes.setdefault(ctx.db, RtmpProbe()).check(ctx)
