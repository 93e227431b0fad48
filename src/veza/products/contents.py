"""Use cases of what a product holds: its files and its cover. What a file is is found out by its bytes.

An upload is three steps: the product is looked at, the bytes go into the store, and one transaction names them. So
the product is locked for no longer than that, and an upload that dies leaves nothing that anybody sees.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import structlog

from veza.auth.domain import Principal
from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.files import pictures, service as files
from veza.files.domain import ObjectKind, StoredObject
from veza.http.rate_limit import RateLimits, Rule
from veza.jobs.queue import defer
from veza.kit.errors import Conflict, FieldProblem, Invalid
from veza.kit.ids import new_id
from veza.processing.sniff import Kind, Sniffed, safe_name
from veza.products import accepted, domain, file_queries, queries, service
from veza.products.domain import PROCESS_FILE, FileStatus, ProductFile, ProductStatus, ProductType
from veza.products.file_queries import FileRow

log = structlog.get_logger()

UPLOAD_RULE = Rule("upload", domain.UPLOADS_PER_HOUR, 3600)
_LOOKED_INTO = {Kind.AUDIO, Kind.ARCHIVE}
"""Kinds that the worker looks into before they can be sold."""


async def list_files(ctx: Context, product_id: UUID, caller: Principal | None) -> tuple[list[ProductFile], bool]:
    """The files of a product that the caller may see, and whether it is theirs. Others see only what is ready."""
    async with ctx.db.connection() as connection:
        product = await service.visible(connection, product_id, caller)
        rows = await file_queries.files.list(connection, product_id)
    is_own = caller is not None and (caller.user_id == product.seller_id or caller.role.is_staff)
    return [product_file(row) for row in rows if is_own or row.status == FileStatus.READY], is_own


async def add_file(
    ctx: Context, seller: Principal, product_id: UUID, filename: str, chunks: AsyncIterator[bytes], *, bytes_max: int
) -> tuple[ProductFile, bool]:
    """Take a file into a product; answers it and whether it is new. The same content again is the file that is there.

    Raises `NotFound`, `Forbidden`, `Conflict` (`taken_down`, `too_many_files`, `storage_full`), `TooMany`,
    `UnsupportedMedia`, `TooLarge`, `Invalid` (empty).
    """
    await RateLimits(ctx.db).hit(UPLOAD_RULE, str(seller.user_id))
    product_type = await _require_room(ctx, seller, product_id)
    name = safe_name(filename)
    seen: list[Sniffed] = []

    def judge(head: bytes) -> str:
        seen.append(accepted.require_accepted(product_type, head, name))
        return seen[0].content_type

    stored = await files.receive(
        ctx, seller.user_id, ObjectKind.FILE, chunks, filename=name, bytes_max=bytes_max, judge=judge
    )
    try:
        async with ctx.db.transaction() as tx:
            await service.lock_own(tx, seller, product_id)
            return await _name_file(tx, product_id, name, stored, seen[0])
    except Exception:
        await files.abandon(ctx, stored.id)
        raise


async def _require_room(ctx: Context, seller: Principal, product_id: UUID) -> ProductType:
    async with ctx.db.transaction() as tx:
        row = await service.lock_own(tx, seller, product_id)
        await _require_fewer_files(tx, product_id)
        return ProductType(row.type)


async def _require_fewer_files(tx: Tx, product_id: UUID) -> None:
    if (await file_queries.count_files.find(tx, product_id) or 0) >= domain.FILES_MAX:
        raise Conflict(f"A product holds at most {domain.FILES_MAX} files.", code="too_many_files")


async def _name_file(
    tx: Tx, product_id: UUID, name: str, stored: StoredObject, what: Sniffed
) -> tuple[ProductFile, bool]:
    """Make what was received a file of the product, which is locked."""
    same = await file_queries.same_content.find(tx, product_id, stored.sha256)
    if same is not None:
        await files.discard(tx, [stored.id])
        return product_file(same), False
    await _require_fewer_files(tx, product_id)
    await files.keep(tx, stored)
    file_id = new_id()
    status = FileStatus.PROCESSING if what.kind in _LOOKED_INTO else FileStatus.READY
    await file_queries.insert_file.run(
        tx,
        file_id,
        product_id,
        stored.id,
        name,
        domain.title_of(name),
        what.format,
        stored.content_type,
        stored.size_bytes,
        stored.sha256,
        status,
    )
    if status is FileStatus.PROCESSING:
        await defer(tx, PROCESS_FILE, {"file_id": str(file_id)}, unique_key=f"{PROCESS_FILE}:{file_id}")
    await service.files_changed(tx, product_id)
    log.info("file_added", product_id=str(product_id), file_id=str(file_id), size_bytes=stored.size_bytes)
    return await _read(tx, file_id), True


async def rename_file(ctx: Context, seller: Principal, product_id: UUID, file_id: UUID, title: str) -> ProductFile:
    """Say what a file is called in the product. Raises `NotFound`, `Forbidden`, `Conflict`, `Invalid`."""
    checked = domain.parse_file_title(title)
    async with ctx.db.transaction() as tx:
        await service.lock_own(tx, seller, product_id)
        await _own_file(tx, product_id, file_id)
        await file_queries.set_title.run(tx, file_id, checked)
        await service.files_changed(tx, product_id)
        return await _read(tx, file_id)


async def order_files(ctx: Context, seller: Principal, product_id: UUID, file_ids: list[UUID]) -> list[ProductFile]:
    """Put the files of a product in this order. Raises `Invalid` unless each of them stands in it once."""
    async with ctx.db.transaction() as tx:
        await service.lock_own(tx, seller, product_id)
        there = {row.id for row in await file_queries.files.list(tx, product_id)}
        if set(file_ids) != there or len(file_ids) != len(there):
            raise Invalid(
                "Some fields are not right.", FieldProblem("file_ids", "must be all files of this product, each once")
            )
        await file_queries.set_positions.run(tx, product_id, file_ids)
        await service.files_changed(tx, product_id)
        return [product_file(row) for row in await file_queries.files.list(tx, product_id)]


async def remove_file(ctx: Context, seller: Principal, product_id: UUID, file_id: UUID) -> None:
    """Take a file out of a product. Who owned it before keeps it; of a draft that was never on sale it is deleted.

    Raises `NotFound`, `Forbidden`, `Conflict` (`not_ready`: the last file of what is on sale).
    """
    async with ctx.db.transaction() as tx:
        product = await service.lock_own(tx, seller, product_id)
        row = await _own_file(tx, product_id, file_id)
        await queries.drop_file_from_licenses.run(tx, product_id, file_id)
        if product.published_at is None:
            await file_queries.delete.run(tx, file_id)
            await service.files_changed(tx, product_id)
            await files.discard(tx, [row.object_id, row.preview_id])
            return
        await file_queries.remove.run(tx, file_id)
        await service.files_changed(tx, product_id)
        if product.status == ProductStatus.PUBLISHED and ProductType(product.type).is_digital:
            left = await file_queries.count_ready.find(tx, product_id) or 0
            if left < 1:
                raise Conflict(
                    "This is the last file of a product on sale. Add another one first, or archive the product.",
                    code="not_ready",
                )


async def process_again(ctx: Context, seller: Principal, product_id: UUID, file_id: UUID) -> ProductFile:
    """Look into a file once more that could not be read. Raises `NotFound`, `Forbidden`, `Conflict` (`not_failed`)."""
    async with ctx.db.transaction() as tx:
        await service.lock_own(tx, seller, product_id)
        await _own_file(tx, product_id, file_id)
        if not await file_queries.try_again.run(tx, file_id):
            raise Conflict("Only a file that failed can be tried again.", code="not_failed")
        await defer(tx, PROCESS_FILE, {"file_id": str(file_id)}, unique_key=f"{PROCESS_FILE}:{file_id}")
        return await _read(tx, file_id)


async def set_cover(ctx: Context, seller: Principal, product_id: UUID, chunks: AsyncIterator[bytes]) -> domain.Product:
    """Replace the cover, re-encoded. Raises `NotFound`, `Forbidden`, `Conflict`, `UnsupportedMedia`, `TooLarge`."""
    await RateLimits(ctx.db).hit(UPLOAD_RULE, str(seller.user_id))
    async with ctx.db.transaction() as tx:
        await service.lock_own(tx, seller, product_id)
    sizes_px = (pictures.LARGE_PX, pictures.SMALL_PX)
    large, small = await pictures.receive_picture(ctx, seller.user_id, ObjectKind.COVER, chunks, sizes_px)
    try:
        async with ctx.db.transaction() as tx:
            row = await service.lock_own(tx, seller, product_id)
            await files.keep(tx, large)
            await files.keep(tx, small)
            await queries.set_cover.run(tx, product_id, large.id, small.id)
            await files.discard(tx, [row.cover_id, row.cover_small_id])
    except Exception:
        await files.abandon(ctx, large.id, small.id)
        raise
    return await service.get_product(ctx, product_id, seller)


async def remove_cover(ctx: Context, seller: Principal, product_id: UUID) -> domain.Product:
    """Take the cover off; again changes nothing. Raises `NotFound`, `Forbidden`, `Conflict`."""
    async with ctx.db.transaction() as tx:
        row = await service.lock_own(tx, seller, product_id)
        await queries.set_cover.run(tx, product_id, None, None)
        await files.discard(tx, [row.cover_id, row.cover_small_id])
    return await service.get_product(ctx, product_id, seller)


async def _own_file(tx: Tx, product_id: UUID, file_id: UUID) -> FileRow:
    row = await file_queries.file.find(tx, file_id)
    if row is None or row.product_id != product_id or row.removed_at is not None:
        raise domain.file_not_found()
    return row


async def _read(tx: Tx, file_id: UUID) -> ProductFile:
    row = await file_queries.file.find(tx, file_id)
    if row is None:
        raise domain.file_not_found()
    return product_file(row)


# --- the door --------------------------------------------------------------------------------------------------


async def find_file(connection: Connection, file_id: UUID) -> ProductFile | None:
    """Any file by its id."""
    row = await file_queries.file.find(connection, file_id)
    return None if row is None else product_file(row)


async def sellable_files(connection: Connection, product_ids: list[UUID]) -> dict[UUID, list[ProductFile]]:
    """The files that may be downloaded, by product, in order; also those taken out since (`removed_at`)."""
    found: dict[UUID, list[ProductFile]] = {}
    for row in await file_queries.ready_files.list(connection, product_ids):
        found.setdefault(row.product_id, []).append(product_file(row))
    return found


def product_file(row: FileRow) -> ProductFile:
    """A row as other slices may see it."""
    values = {name: getattr(row, name) for name in FileRow.__struct_fields__}
    return ProductFile(**(values | {"status": FileStatus(row.status)}))
