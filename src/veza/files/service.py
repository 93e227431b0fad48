"""Use cases of stored objects: receive, keep, discard, give away, sweep. Whoever names an object is another slice.

The order is what makes it safe: row, then bytes, then (in the transaction of whoever names it) `keep`. At whatever
point it dies, the sweep finds a row whose object nobody names.
"""

import hashlib
import shutil
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import anyio
import structlog

from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.files import domain, queries
from veza.files.domain import DELETE_OBJECT, ObjectKind, StoredObject, object_key
from veza.jobs.queue import defer
from veza.kit.errors import Invalid, Unavailable
from veza.kit.fields import file_too_large
from veza.kit.ids import new_id

log = structlog.get_logger()

HEAD_BYTES = 64 * 1024
COPY_BYTES = 4 * 1024 * 1024
FREE_SHARE_MIN = 0.05
"""Uploads stop while less than this share of the disk is free: the database lives there too."""

Judge = Callable[[bytes], str]
"""From the first `HEAD_BYTES` of a file (or all of it): its content type. Raises to refuse the rest."""


async def receive(
    ctx: Context,
    owner_id: UUID | None,
    kind: ObjectKind,
    chunks: AsyncIterator[bytes],
    *,
    filename: str,
    bytes_max: int,
    judge: Judge,
) -> StoredObject:
    """Take a file in, without holding it in memory. It stays `receiving` until the caller keeps it.

    Without an owner it is the platform's own, and counts as nobody's room.

    Raises `TooLarge`, `Invalid` (empty), `Conflict` (`storage_full`), `Unavailable`, and whatever `judge` raises.
    Nothing of a file that is refused or cut off stays.
    """
    head = await _read_head(chunks)
    if not head:
        raise Invalid("The file is empty.", code="empty_file")
    content_type = judge(head)
    await require_free_disk(ctx)
    object_id = new_id()
    is_counted = owner_id is not None and kind.is_counted
    allowed_bytes = ctx.settings.storage_per_person_bytes if is_counted else bytes_max
    async with ctx.db.transaction() as tx:
        used = (await queries.used_bytes.find(tx, owner_id) or 0) if is_counted else 0
        domain.require_room(used + len(head), allowed_bytes)
        await queries.insert.run(tx, object_id, kind, owner_id, content_type, kind.is_public)
    counted = _Counted(head, chunks, bytes_max, used, allowed_bytes)
    key = object_key(kind, object_id)
    try:
        await ctx.files.put(key, counted.chunks(), filename=filename, content_type=content_type)
    except Exception:
        await abandon(ctx, object_id)
        raise
    return StoredObject(object_id, kind, content_type, counted.size_bytes, counted.sha256.digest())


async def receive_file(
    ctx: Context,
    owner_id: UUID | None,
    kind: ObjectKind,
    source: Path,
    *,
    filename: str,
    content_type: str,
    bytes_max: int = domain.FILE_BYTES_MAX,
) -> StoredObject:
    """Take in a file of this machine that we made ourselves (a cover, a preview, a document)."""
    return await receive(
        ctx,
        owner_id,
        kind,
        _file_chunks(source),
        filename=filename,
        bytes_max=bytes_max,
        judge=lambda _: content_type,
    )


async def open_folder(tx: Tx, object_id: UUID, owner_id: UUID, kind: ObjectKind) -> str:
    """A place in the store for many pieces, which whoever names it writes and reads; its key. Kept until discarded."""
    await queries.insert_folder.run(tx, object_id, kind, owner_id)
    return object_key(kind, object_id)


async def keep(tx: Tx, stored: StoredObject) -> None:
    """Say that something names this object from now on. Raises `Unavailable` when the sweep took it meanwhile."""
    if not await queries.keep.run(tx, stored.id, stored.size_bytes, stored.sha256):
        raise Unavailable("The upload took too long. Send it again.")


async def discard(tx: Tx, object_ids: Iterable[UUID | None]) -> None:
    """Say that nothing names these objects any more: their bytes go after the commit."""
    wanted = [object_id for object_id in object_ids if object_id is not None]
    for row in await queries.discard.list(tx, wanted) if wanted else []:
        await defer(tx, DELETE_OBJECT, {"id": str(row.id), "kind": row.kind}, unique_key=f"{DELETE_OBJECT}:{row.id}")


async def abandon(ctx: Context, *object_ids: UUID) -> None:
    """`discard` in a transaction of its own, for objects that never came to be named."""
    async with ctx.db.transaction() as tx:
        await discard(tx, object_ids)


async def set_public(tx: Tx, object_ids: Iterable[UUID | None], *, is_public: bool) -> None:
    """Show these to everybody, or to nobody any more."""
    await queries.publish.run(tx, [object_id for object_id in object_ids if object_id is not None], is_public)


async def get_public(ctx: Context, object_id: UUID) -> StoredObject:
    """An object that anybody may see. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        return _found(await queries.public.find(connection, object_id))


async def get_kept(connection: Connection, object_id: UUID) -> StoredObject:
    """Any object that is kept. Raises `NotFound`."""
    return _found(await queries.kept.find(connection, object_id))


@asynccontextmanager
async def local_copy(ctx: Context, stored: StoredObject) -> AsyncIterator[Path]:
    """The object as a file of this machine, to be read only: itself, or a copy that is gone afterwards."""
    here = ctx.files.path(stored.key)
    if here is not None:
        yield here
        return
    with TemporaryDirectory(prefix="veza-") as folder:
        copy = Path(folder) / "object"
        async with await anyio.open_file(copy, "wb") as file:
            for start in range(0, stored.size_bytes, COPY_BYTES):
                await file.write(await ctx.files.read(stored.key, start, min(stored.size_bytes, start + COPY_BYTES)))
        yield copy


async def require_free_disk(ctx: Context) -> None:
    """Raise `Unavailable` while the disk that uploads go to is nearly full. A bucket is never full."""
    folder = ctx.files.path("")
    if folder is None:
        return
    usage = await anyio.to_thread.run_sync(shutil.disk_usage, folder)
    if usage.free < usage.total * FREE_SHARE_MIN:
        log.error("uploads_refused_disk_full", free_mib=usage.free // domain.MIB)
        raise Unavailable("There is no room left for files. The people who run this server know.", retry_after_s=300)


# --- the worker's part -----------------------------------------------------------------------------------------


async def delete_object(ctx: Context, object_id: UUID, kind: ObjectKind) -> None:
    """Remove a discarded object: its row first, which fails while anything still names it, then its bytes."""
    async with ctx.db.connection() as connection:
        await queries.forget.run(connection, object_id)
    key = object_key(kind, object_id)
    if not kind.is_folder:
        await ctx.files.delete(key)
        return
    async for piece in ctx.files.list(f"{key}/"):
        await ctx.files.delete(piece.key)


async def sweep(ctx: Context) -> int:
    """Remove what was never finished, and what a crash left behind on either side. Answers how many objects went."""
    async with ctx.db.transaction() as tx:
        rows = await queries.unfinished.list(tx, domain.UNFINISHED_AFTER_S)
        await discard(tx, [row.id for row in rows if row.state == "receiving"])
    removed = 0
    for row in rows:
        try:
            await delete_object(ctx, row.id, ObjectKind(row.kind))
        except Exception as error:  # noqa: BLE001 - one that cannot go must not keep the others
            log.warning("object_not_removed", object_id=str(row.id), error=type(error).__name__)
        else:
            removed += 1
    return removed + await _sweep_store(ctx)


async def _sweep_store(ctx: Context) -> int:
    """Objects without a row: of a database that was restored to an earlier day."""
    removed, batch = 0, []
    async for found in ctx.files.list():
        object_id = domain.object_of_key(found.key)
        if object_id is None or (ctx.clock.now() - found.modified_at).total_seconds() < domain.UNFINISHED_AFTER_S:
            continue
        batch.append((object_id, found.key))
        if len(batch) >= 500:
            removed += await _remove_unknown(ctx, batch)
            batch = []
    return removed + await _remove_unknown(ctx, batch)


async def _remove_unknown(ctx: Context, keys: Sequence[tuple[UUID, str]]) -> int:
    if not keys:
        return 0
    async with ctx.db.connection() as connection:
        named = list({object_id for object_id, _ in keys})
        known = {row.id for row in await queries.known_among.list(connection, named)}
    unknown = [key for object_id, key in keys if object_id not in known]
    for key in unknown:
        await ctx.files.delete(key)
        log.warning("orphan_object_removed", stored_as=key)
    return len(unknown)


# --- bytes -----------------------------------------------------------------------------------------------------


class _Counted:
    """The bytes on their way into the store, counted and summed up."""

    def __init__(
        self, head: bytes, rest: AsyncIterator[bytes], bytes_max: int, used_bytes: int, allowed_bytes: int
    ) -> None:
        self.size_bytes = 0
        self.sha256 = hashlib.sha256()
        self._head = head
        self._rest = rest
        self._bytes_max = bytes_max
        self._used_bytes = used_bytes
        self._allowed_bytes = allowed_bytes

    async def chunks(self) -> AsyncIterator[bytes]:
        yield self._count(self._head)
        async for chunk in self._rest:
            yield self._count(chunk)

    def _count(self, chunk: bytes) -> bytes:
        self.size_bytes += len(chunk)
        if self.size_bytes > self._bytes_max:
            raise file_too_large(self._bytes_max)
        domain.require_room(self._used_bytes + self.size_bytes, self._allowed_bytes)
        self.sha256.update(chunk)
        return chunk


async def _read_head(chunks: AsyncIterator[bytes]) -> bytes:
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    return head


async def _file_chunks(source: Path) -> AsyncIterator[bytes]:
    async with await anyio.open_file(source, "rb") as file:
        while chunk := await file.read(COPY_BYTES):
            yield chunk


def _found(row: queries.ObjectRow | None) -> StoredObject:
    if row is None:
        raise domain.object_not_found()
    return StoredObject(row.id, ObjectKind(row.kind), row.content_type, row.size_bytes, row.sha256)
