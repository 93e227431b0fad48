"""Covers and avatars: taken in, re-encoded by a child with limits, and stored in the sizes that are shown.

Nothing of the sender's file stays: no metadata, no second format hidden behind the first.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from weakref import WeakKeyDictionary

import anyio

from veza.context import Context
from veza.db.pool import Database
from veza.files import service
from veza.files.domain import IMAGE_BYTES_MAX, ObjectKind, StoredObject
from veza.kit.errors import Invalid, UnsupportedMedia
from veza.kit.fields import file_too_large
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.image import render_image
from veza.processing.sniff import HEAD_BYTES, Kind, is_suspicious, sniff
from veza.processing.wire import Rendition

LARGE_PX = 1400
SMALL_PX = 480
_AT_ONCE = 2

_turns: WeakKeyDictionary[Database, asyncio.Semaphore] = WeakKeyDictionary()


async def receive_picture(
    ctx: Context, owner_id: UUID, kind: ObjectKind, chunks: AsyncIterator[bytes], sizes_px: Sequence[int]
) -> list[StoredObject]:
    """A picture, its longer side at most each of `sizes_px`; all `receiving` until the caller keeps them.

    Raises `UnsupportedMedia` (no JPEG, PNG, WebP or GIF, or one that cannot be read), `TooLarge`, `Invalid` (empty).
    """
    await service.require_free_disk(ctx)
    with TemporaryDirectory(prefix="veza-") as name:
        folder = Path(name)
        source = folder / "source"
        renditions = [Rendition(path=str(folder / f"{max_px}.webp"), max_px=max_px) for max_px in sizes_px]
        await _save(source, chunks)
        async with _turns.setdefault(ctx.db, asyncio.Semaphore(_AT_ONCE)):
            try:
                await render_image(source, renditions)
            except (Unreadable, TooHeavy) as error:
                raise UnsupportedMedia(str(error), code="unreadable_image") from None
        return await _store(ctx, owner_id, kind, [Path(rendition.path) for rendition in renditions])


async def _store(ctx: Context, owner_id: UUID, kind: ObjectKind, drawn: Sequence[Path]) -> list[StoredObject]:
    stored: list[StoredObject] = []
    try:
        for path in drawn:
            one = await service.receive_file(ctx, owner_id, kind, path, filename=path.name, content_type="image/webp")
            stored.append(one)
    except Exception:
        await service.abandon(ctx, *(found.id for found in stored))
        raise
    return stored


async def _save(source: Path, chunks: AsyncIterator[bytes]) -> None:
    size_bytes, head = 0, b""
    async with await anyio.open_file(source, "wb") as file:
        async for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > IMAGE_BYTES_MAX:
                raise file_too_large(IMAGE_BYTES_MAX)
            if len(head) < HEAD_BYTES:
                head += chunk
            await file.write(chunk)
    if not head:
        raise Invalid("The file is empty.", code="empty_file")
    if sniff(head, "").kind is not Kind.IMAGE or is_suspicious(head):
        raise UnsupportedMedia("A picture must be JPEG, PNG, WebP or GIF.")
