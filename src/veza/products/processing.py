"""What the worker does with a file that was taken in: look into it, cut its preview, say how it ended.

Run twice, it ends the same: only a file that is `processing` is touched, and a preview that loses is thrown away.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import structlog

from veza.context import Context
from veza.files import service as files
from veza.files.domain import ObjectKind, StoredObject
from veza.jobs.queue import defer
from veza.processing.archive import check_archive
from veza.processing.audio import process_audio
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.wire import AudioFacts
from veza.products import domain, file_queries, queries, service
from veza.products.domain import PROCESS_FILE, FileStatus

log = structlog.get_logger()

STUCK_AFTER_S = 2 * 3600.0
_GAVE_UP = "The file could not be looked into. Try again, or send it again."


async def process_file(ctx: Context, file_id: UUID, *, is_last_try: bool) -> None:
    """Make a file ready, or say why it cannot be. Raises what may be different at the next try."""
    async with ctx.db.connection() as connection:
        row = await file_queries.file.find(connection, file_id)
        if row is None or row.status != FileStatus.PROCESSING or row.removed_at is not None:
            return
        stored = await files.get_kept(connection, row.object_id)
        product = await queries.product.find(connection, row.product_id)
    assert product is not None
    try:
        if row.format == "zip":
            await _look_into_archive(ctx, row.product_id, file_id, stored)
        else:
            await _look_into_audio(ctx, product.seller_id, row.product_id, file_id, stored)
    except (Unreadable, TooHeavy) as error:
        log.info("file_unreadable", file_id=str(file_id), code=error.code, detail=error.detail)
        await _fail(ctx, row.product_id, file_id, error.sentence)
    except Exception:
        if is_last_try:
            await _fail(ctx, row.product_id, file_id, _GAVE_UP)
        raise


async def _look_into_archive(ctx: Context, product_id: UUID, file_id: UUID, stored: StoredObject) -> None:
    async with files.local_copy(ctx, stored) as source:
        facts = await check_archive(source)
    async with ctx.db.transaction() as tx:
        await queries.lock_product.find(tx, product_id)
        await file_queries.mark_archive_ready.run(tx, file_id, facts.entries)
        await service.files_changed(tx, product_id)


async def _look_into_audio(
    ctx: Context, seller_id: UUID, product_id: UUID, file_id: UUID, stored: StoredObject
) -> None:
    with TemporaryDirectory(prefix="veza-") as folder:
        preview = Path(folder) / "preview.mp4"
        async with files.local_copy(ctx, stored) as source:
            facts = await process_audio(source, preview)
        cut = await files.receive_file(
            ctx, seller_id, ObjectKind.PREVIEW, preview, filename="preview.mp4", content_type="audio/mp4"
        )
    try:
        async with ctx.db.transaction() as tx:
            product = await queries.lock_product.find(tx, product_id)
            row = await file_queries.file.find(tx, file_id)
            if row is None or row.status != FileStatus.PROCESSING or row.removed_at is not None:
                await files.discard(tx, [cut.id])
                return
            await files.keep(tx, cut)
            if product is not None and product.status == domain.ProductStatus.TAKEN_DOWN:
                await files.set_public(tx, [cut.id], is_public=False)
            await file_queries.mark_ready.run(tx, file_id, *_columns(facts, cut.id), domain.title_of(row.filename))
            await service.files_changed(tx, product_id)
    except Exception:
        await files.abandon(ctx, cut.id)
        raise
    log.info("file_ready", file_id=str(file_id), duration_ms=facts.duration_ms)


def _columns(facts: AudioFacts, preview_id: UUID) -> tuple[object, ...]:
    tags = facts.tags
    return (
        facts.duration_ms,
        facts.loudness_lufs,
        facts.sample_rate_hz,
        facts.channels,
        facts.bit_rate_bps,
        bytes(facts.peaks),
        preview_id,
        facts.preview_start_ms,
        min(facts.preview_duration_ms, domain.PREVIEW_MAX_MS),
        tags.artist[: domain.FILE_TITLE_MAX],
        tags.isrc or "",
        tags.bpm,
        (tags.musical_key or "")[: domain.TAG_MAX],
        tags.title[: domain.FILE_TITLE_MAX] or None,
    )


async def _fail(ctx: Context, product_id: UUID, file_id: UUID, sentence: str) -> None:
    async with ctx.db.transaction() as tx:
        await queries.lock_product.find(tx, product_id)
        await file_queries.mark_failed.run(tx, file_id, sentence[: domain.REASON_MAX])


async def rescue(ctx: Context) -> int:
    """Begin again with files whose job was lost with its worker. Answers how many there were."""
    async with ctx.db.transaction() as tx:
        rows = await file_queries.stuck.list(tx, STUCK_AFTER_S)
        for row in rows:
            await defer(tx, PROCESS_FILE, {"file_id": str(row.id)}, unique_key=f"{PROCESS_FILE}:{row.id}")
    return len(rows)
