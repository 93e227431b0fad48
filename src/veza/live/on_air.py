"""Use cases of the media side: a broadcast begins, is interrupted, beats, ends; and the sweep for what went silent.

Each changes the stream in one transaction that also notifies. Media's own words for this are `authority.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from veza.auth.service import suspended_among
from veza.context import Context
from veza.db.listen import notify
from veza.db.pool import Connection, Tx
from veza.jobs.queue import defer
from veza.kit.signing import keyed_hash
from veza.live import domain, queries
from veza.live.domain import ANNOUNCE, CUT_CHANNEL, STATUS_CHANNEL, EndReason, OnAir, Refusal, Status, Verdict
from veza.recordings import service as recordings
from veza.streaming.authority import Beat, Grant

log = structlog.get_logger()


async def authorise(ctx: Context, key: str, node: str) -> Grant | Refusal:
    """Judge a stream key. Changes nothing."""
    if not domain.is_key(key):
        return domain.INVALID_KEY
    async with ctx.db.connection() as connection:
        row = await queries.on_air_by_key.find(
            connection, keyed_hash(ctx.keys.stream_key_lookup, key), ctx.settings.live_sweep_after_s
        )
        if row is None:
            return domain.INVALID_KEY
        refusal = domain.refuse_publisher(_on_air(row), is_suspended=await _is_suspended(connection, row), node=node)
    return refusal or Grant(row.stream_id, row.key_version)


async def go_live(
    ctx: Context, grant: Grant, *, broadcast_id: UUID, node: str, resumed: bool, audio_only: bool
) -> Refusal | None:
    """Put a stream on air, or back on air. Saying it again changes nothing."""
    async with ctx.db.transaction() as tx:
        row = await queries.lock_on_air.find(tx, grant.stream_id, ctx.settings.live_sweep_after_s)
        if row is None:
            return domain.INVALID_KEY
        stream, known = _on_air(row), row.broadcast_id == broadcast_id
        refusal = domain.refuse_media(
            stream, key_version=grant.key_version, broadcast_id=broadcast_id, resumed=resumed or known
        ) or domain.refuse_publisher(stream, is_suspended=await _is_suspended(tx, row), node=node)
        if refusal is not None:
            return refusal
        if known:
            await queries.resume_broadcast.run(tx, grant.stream_id, node, audio_only)
        else:
            await queries.close_replaced.run(tx, grant.stream_id, EndReason.REPLACED)
            await recordings.close(tx, grant.stream_id, is_lost=True)
            await queries.insert_broadcast.run(tx, grant.stream_id, broadcast_id, node, audio_only)
            await queries.begin_broadcast.run(tx, grant.stream_id, broadcast_id, node, audio_only)
            await _begin_recording(ctx, tx, grant.stream_id, broadcast_id)
            await defer(
                tx,
                ANNOUNCE,
                {"stream_id": str(grant.stream_id), "broadcast_id": str(broadcast_id)},
                unique_key=f"{ANNOUNCE}:{broadcast_id}",
                delay_s=ctx.settings.live_announce_after_s,
            )
        await _notify_status(tx, grant.stream_id, Status.LIVE)
    log.info("stream_live", stream_id=str(grant.stream_id), broadcast_id=str(broadcast_id), resumed=known)
    return None


async def _begin_recording(ctx: Context, tx: Tx, stream_id: UUID, broadcast_id: UUID) -> None:
    wanted = await queries.to_record.find(tx, stream_id) if ctx.settings.recordings else None
    if wanted is not None:
        await recordings.begin(
            tx, broadcast_id=broadcast_id, stream_id=stream_id, user_id=wanted.user_id, title=wanted.title
        )


async def interrupt(ctx: Context, stream_id: UUID, broadcast_id: UUID) -> None:
    """The encoder left; the grace runs. A word about another broadcast changes nothing."""
    async with ctx.db.transaction() as tx:
        if await queries.interrupt.run(tx, stream_id, broadcast_id):
            await _notify_status(tx, stream_id, Status.INTERRUPTED)


async def end(ctx: Context, stream_id: UUID, broadcast_id: UUID) -> None:
    """The broadcast is over. Again, or for another broadcast, it changes nothing."""
    async with ctx.db.transaction() as tx:
        row = await queries.lock_on_air.find(tx, stream_id, ctx.settings.live_sweep_after_s)
        if row is None or row.broadcast_id != broadcast_id or not Status(row.status).is_live:
            return
        await end_in(tx, stream_id, EndReason.ENCODER)


async def end_in(tx: Tx, stream_id: UUID, reason: EndReason, *, at: datetime | None = None) -> None:
    """End what is on air, in a transaction that holds the stream's lock. `at`: when it really ended, else now."""
    await queries.end_broadcast.run(tx, stream_id, reason, at)
    await recordings.close(tx, stream_id, at=at, is_lost=reason is EndReason.LOST)
    await _notify_status(tx, stream_id, Status.ENDED)
    log.info("stream_ended", stream_id=str(stream_id), reason=reason.value)


async def beat(ctx: Context, beats: Sequence[Beat]) -> list[tuple[UUID, Verdict]]:
    """Write down what is alive, in one statement; answer what must go."""
    if not beats:
        return []
    async with ctx.db.connection() as connection:
        rows = await queries.beat.list(
            connection,
            [said.stream_id for said in beats],
            [said.broadcast_id for said in beats],
            [said.viewer_count for said in beats],
            [said.audio_only for said in beats],
            [said.thumbnail_version for said in beats],
            [None if said.health is None else msgspec.json.encode(said.health).decode() for said in beats],
        )
        owners = {row.user_id for row in rows if row.user_id is not None}
        suspended = await suspended_among(connection, owners)
    found = {row.stream_id: row for row in rows}
    verdicts: list[tuple[UUID, Verdict]] = []
    for said in beats:
        row = found[said.stream_id]
        verdict = domain.judge_beat(
            _beaten(row),
            key_version=said.key_version,
            broadcast_id=said.broadcast_id,
            is_suspended=row.user_id in suspended,
        )
        if verdict is not None:
            verdicts.append((said.stream_id, verdict))
    return verdicts


async def streams_of(ctx: Context, user_id: UUID) -> list[UUID]:
    """What this person has on air."""
    async with ctx.db.connection() as connection:
        return [row.id for row in await queries.on_air_of_user.list(connection, user_id)]


async def sweep(ctx: Context) -> int:
    """End what no media process speaks for any more; answers how many.

    On air: silent for `live_sweep_after_s`. Interrupted: silent, and past the grace by that much again. A row whose
    media beats is never touched, nor one that could not have beaten because the database was away.
    """
    silence_s, swept = ctx.settings.live_sweep_after_s, 0
    while True:
        async with ctx.db.transaction() as tx:
            rows = await queries.silent.list(tx, silence_s, ctx.settings.live_grace_s + silence_s)
            for row in rows:
                await end_in(tx, row.stream_id, EndReason.LOST, at=row.last_beat_at)
                await notify_cut(tx, row.stream_id)
        swept += len(rows)
        if not rows:
            return swept


async def notify_cut(tx: Tx, stream_id: UUID) -> None:
    """Tell media, with the commit, to ask again whether this stream's publisher may go on."""
    await notify(tx, CUT_CHANNEL, str(stream_id))


async def _notify_status(tx: Tx, stream_id: UUID, status: Status) -> None:
    note = msgspec.json.encode({"stream_id": stream_id, "status": status}).decode()
    await notify(tx, STATUS_CHANNEL, note)


async def _is_suspended(connection: Connection, row: queries.OnAirRow) -> bool:
    return bool(await suspended_among(connection, {row.user_id}))


def _on_air(row: queries.OnAirRow) -> OnAir:
    return OnAir(
        stream_id=row.stream_id,
        status=Status(row.status),
        key_version=row.key_version,
        is_deleted=row.is_deleted,
        broadcast_id=row.broadcast_id,
        node=row.node,
        is_beating=row.is_beating,
    )


def _beaten(row: queries.BeatRow) -> OnAir | None:
    if row.status is None or row.key_version is None or row.is_deleted is None:
        return None
    return OnAir(
        stream_id=row.stream_id,
        status=Status(row.status),
        key_version=row.key_version,
        is_deleted=row.is_deleted,
        broadcast_id=row.broadcast_id,
        node="",
        is_beating=True,
    )
