"""Routes of the library and of downloads (api.md, marketplace)."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from veza.auth.domain import Principal
from veza.auth.guard import public, signed_in
from veza.context import Context
from veza.entitlements import service
from veza.entitlements.domain import LibraryItem
from veza.entitlements.schemas import (
    DownloadView,
    LibraryItemView,
    LibraryView,
    OwnedFileView,
    OwnedLicenseView,
    OwnedProductView,
)
from veza.entitlements.service import Link
from veza.files.api import attachment
from veza.files.domain import media_url
from veza.http.envelope import Limit, Offset, Ok, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.products.domain import ProductStatus

TAGS = ["Library"]


@get(
    "/marketplace/library",
    operation_id="listLibrary",
    summary="What you own",
    description="The newest first, each with the files it gives. Off sale or not makes no difference.",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def list_library(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[LibraryView]:
    """A page of the library."""
    page = await service.list_library(ctx, principal, PageRequest(limit, offset))
    return ok(LibraryView([_item_view(item) for item in page.items], page.total, limit, offset))


@get(
    "/marketplace/library/{item_id:uuid}/files/{file_id:uuid}/download",
    operation_id="getDownload",
    summary="Get a download link",
    description=(
        "Good for 15 minutes, and no longer than you own it. It takes ranges. 409 `download_suspended` while its money "
        "may be on its way back."
    ),
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def get_download(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    item_id: FromPath[UUID],
    file_id: FromPath[UUID],
) -> Ok[DownloadView]:
    """A link to a file that the caller owns."""
    return ok(_link_view(ctx, await service.link_to_file(ctx, principal, item_id, file_id)))


@get(
    "/marketplace/products/{product_id:uuid}/files/{file_id:uuid}/download",
    operation_id="getOwnFileDownload",
    summary="Get a link to a file of your own product",
    tags=["Selling"],
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_own_file_download(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    file_id: FromPath[UUID],
) -> Ok[DownloadView]:
    """A link for the seller."""
    return ok(_link_view(ctx, await service.link_to_own_file(ctx, principal, product_id, file_id)))


@get(
    "/downloads/{word:str}",
    operation_id="download",
    summary="Download a file",
    description="By a link of `getDownload`. 410 when it has run out or what it gives is no longer owned.",
    tags=TAGS,
    media_type="application/octet-stream",
    responses=documented(404, 410),
    **public,
)
async def download(ctx: NamedDependency[Context], word: FromPath[str]) -> Response[Any]:
    """The file itself."""
    stored, file = await service.follow_link(ctx, word)
    return await attachment(ctx, stored, file.filename)


def _link_view(ctx: Context, link: Link) -> DownloadView:
    return DownloadView(f"{ctx.settings.public_url}/api/v1/downloads/{link.word}", link.expires_at)


def _item_view(item: LibraryItem) -> LibraryItemView:
    product, bought = item.product, item.license
    return LibraryItemView(
        id=item.entitlement.id,
        product=OwnedProductView(
            product.id,
            product.details.title,
            product.details.type,
            product.seller_username,
            media_url(product.cover_small_id),
            product.status is ProductStatus.PUBLISHED,
        ),
        license=None if bought is None else OwnedLicenseView(bought.id, bought.name, bought.exclusive, bought.terms),
        order_id=item.entitlement.order_id,
        granted_at=item.entitlement.granted_at,
        files=[
            OwnedFileView(
                file.id,
                file.title,
                file.filename,
                file.format,
                file.size_bytes,
                None if file.duration_ms is None else file.duration_ms / 1000,
            )
            for file in item.files
        ],
    )


routes: list[BaseRouteHandler] = [list_library, get_download, get_own_file_download, download]
