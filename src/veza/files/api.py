"""Routes of what is public in the file store: covers, previews, avatars. And the one way to answer with an object."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from veza.auth.guard import public
from veza.context import Context
from veza.files import service
from veza.files.domain import StoredObject
from veza.http.errors import documented
from veza.http.file_response import FileResponse
from veza.kit.text import disposition

_YEAR_S = 365 * 24 * 3600
_LINK_S = 60


@get(
    "/media/{object_id:uuid}",
    operation_id="getMedia",
    summary="A cover, preview or avatar",
    description="Immutable under its address, with ranges.",
    tags=["Files"],
    media_type="application/octet-stream",
    responses=documented(404),
    **public,
)
async def get_media(ctx: NamedDependency[Context], object_id: FromPath[UUID]) -> Response[Any]:
    """The object itself."""
    stored = await service.get_public(ctx, object_id)
    headers = {"cache-control": f"public, max-age={_YEAR_S}, immutable", "cross-origin-resource-policy": "same-origin"}
    return object_response(ctx, stored, headers)


async def attachment(ctx: Context, stored: StoredObject, filename: str) -> Response[Any]:
    """An answer that gives a file for sale away, under its name: by us, by nginx, or by a link of the store.

    Whoever calls it has decided that the caller may have it.
    """
    link = await ctx.files.link(stored.key, _LINK_S)
    if link is not None:
        return Response(b"", status_code=307, headers={"location": link, "cache-control": "no-store"})
    headers = {
        "content-disposition": disposition(filename),
        "cache-control": "private, no-store",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    if ctx.settings.accel_prefix:
        headers["x-accel-redirect"] = f"{ctx.settings.accel_prefix}/{stored.key}"
        return Response(b"", headers=headers, media_type=stored.content_type)
    return object_response(ctx, stored, headers)


def object_response(ctx: Context, stored: StoredObject, headers: dict[str, str]) -> FileResponse:
    """The bytes of an object, or a range of them."""

    async def read(start: int, end: int) -> bytes:
        return await ctx.files.read(stored.key, start, end)

    return FileResponse(
        read,
        size_bytes=stored.size_bytes,
        etag=stored.sha256.hex()[:32],
        content_type=stored.content_type,
        headers=headers,
        path=ctx.files.path(stored.key),
    )


routes: list[BaseRouteHandler] = [get_media]
