"""Covers and avatars: taken in, re-encoded by a child with limits, and stored in two sizes.

Nothing of the sender's file stays: no metadata, no second format hidden behind the first.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID
from weakref import WeakKeyDictionary

import anyio

from veza.context import Context
from veza.db.pool import Database
from veza.files import service
from veza.files.domain import IMAGE_BYTES_MAX, ObjectKind, StoredObject, too_large
from veza.kit.errors import Invalid, UnsupportedMedia
from veza.processing.failures import TooHeavy, Unreadable
from veza.processing.image import render_image
from veza.processing.sniff import HEAD_BYTES, Kind, is_suspicious, sniff
from veza.processing.wire import Rendition

LARGE_PX = 1400
SMALL_PX = 480
_AT_ONCE = 2

_turns: WeakKeyDictionary[Database, asyncio.Semaphore] = WeakKeyDictionary()


async def receive_picture(
    ctx: Context, owner_id: UUID, kind: ObjectKind, chunks: AsyncIterator[bytes]
) -> tuple[StoredObject, StoredObject]:
    """A picture in a large and a small square-edged size, both `receiving` until the caller keeps them.

    Raises `UnsupportedMedia` (no JPEG, PNG, WebP or GIF, or one that cannot be read), `TooLarge`, `Invalid` (empty).
    """
    await service.require_free_disk(ctx)
    with TemporaryDirectory(prefix="veza-") as name:
        folder = Path(name)
        source, large, small = folder / "source", folder / "large.webp", folder / "small.webp"
        await _save(source, chunks)
        async with _turns.setdefault(ctx.db, asyncio.Semaphore(_AT_ONCE)):
            try:
                await render_image(
                    source, [Rendition(path=str(large), max_px=LARGE_PX), Rendition(path=str(small), max_px=SMALL_PX)]
                )
            except (Unreadable, TooHeavy) as error:
                raise UnsupportedMedia(str(error), code="unreadable_image") from None
        first = await service.receive_file(ctx, owner_id, kind, large, filename="large.webp", content_type="image/webp")
        try:
            second = await service.receive_file(
                ctx, owner_id, kind, small, filename="small.webp", content_type="image/webp"
            )
        except Exception:
            await service.abandon(ctx, first.id)
            raise
    return first, second


async def _save(source: Path, chunks: AsyncIterator[bytes]) -> None:
    size_bytes, head = 0, b""
    async with await anyio.open_file(source, "wb") as file:
        async for chunk in chunks:
            size_bytes += len(chunk)
            if size_bytes > IMAGE_BYTES_MAX:
                raise too_large(IMAGE_BYTES_MAX)
            if len(head) < HEAD_BYTES:
                head += chunk
            await file.write(chunk)
    if not head:
        raise Invalid("The file is empty.", code="empty_file")
    if sniff(head, "").kind is not Kind.IMAGE or is_suspicious(head):
        raise UnsupportedMedia("A picture must be JPEG, PNG, WebP or GIF.")
