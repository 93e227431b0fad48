"""Routes by which sellers make and change products, and the staff take them down (api.md, marketplace)."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from veza.auth.domain import Principal
from veza.auth.guard import signed_in, staff
from veza.context import Context
from veza.files.domain import IMAGE_BYTES_MAX
from veza.http.envelope import Limit, Nothing, Offset, Ok, nothing, ok
from veza.http.errors import documented
from veza.http.upload import FILENAME_MAX, open_upload
from veza.kit.page import PageRequest
from veza.products import contents, domain, service
from veza.products.api import Search
from veza.products.domain import Offer, Product, ProductStatus
from veza.products.schemas import (
    FileChanges,
    FileOrder,
    FilesView,
    FileView,
    LicenseBody,
    NewProduct,
    OwnProductsView,
    OwnProductView,
    ProductChanges,
    Takedown,
)
from veza.products.views import file_view, own_product_view

TAGS = ["Selling"]
Filename = Annotated[str | None, QueryParameter(max_length=FILENAME_MAX, description="What the file is called.")]
UPLOAD = (
    "The body is the file itself (`curl --data-binary @track.wav …?filename=track.wav`), or a multipart form with it."
)


@get(
    "/sell/products",
    operation_id="listOwnProducts",
    summary="List your products",
    description="In whatever state, the newest first.",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def list_own_products(
    *,
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    status: FromQuery[ProductStatus | None] = None,
    search: FromQuery[Search] = "",
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[OwnProductsView]:
    """A page of one's own products."""
    page = await service.list_own(ctx, principal, PageRequest(limit, offset), status=status, search=search)
    counts = await service.file_counts(ctx, [product.id for product in page.items])
    views = [own_product_view(product, ctx.settings.currency, counts.get(product.id)) for product in page.items]
    return ok(OwnProductsView(views, page.total, limit, offset))


@post(
    "/marketplace/products",
    operation_id="createProduct",
    summary="Make a product",
    description="A draft. Add files and a cover, then publish.",
    tags=TAGS,
    status_code=201,
    responses=documented(401, 403, 409),
    **signed_in,
)
async def create_product(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], data: JSONBody[NewProduct]
) -> Ok[OwnProductView]:
    """Make a draft."""
    details = domain.parse_details(
        type=data.type,
        title=data.title,
        description=data.description,
        tags=data.tags,
        price_cents=data.price_cents,
    )
    return await _own(ctx, await service.create_product(ctx, principal, details, _offers(data.licenses)))


@put(
    "/marketplace/products/{product_id:uuid}",
    operation_id="updateProduct",
    summary="Change a product",
    description="Only the fields that are sent change. `licenses` is the whole list: one that is left out is no longer "
    "offered, and stays with those who bought it.",
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def update_product(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    data: JSONBody[ProductChanges],
) -> Ok[OwnProductView]:
    """Change what was sent."""
    product = await service.change_product(
        ctx,
        principal,
        product_id,
        title=None if data.title is msgspec.UNSET else data.title,
        description=None if data.description is msgspec.UNSET else data.description,
        type=None if data.type is msgspec.UNSET else data.type,
        tags=None if data.tags is msgspec.UNSET else data.tags,
        price_cents=None if data.price_cents is msgspec.UNSET else data.price_cents,
        offers=None if data.licenses is msgspec.UNSET else _offers(data.licenses),
    )
    return await _own(ctx, product)


@delete(
    "/marketplace/products/{product_id:uuid}",
    operation_id="archiveProduct",
    summary="Take a product off sale",
    description="It is archived: nobody finds it any more, who bought it keeps it, and it can be published again.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def archive_product(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], product_id: FromPath[UUID]
) -> Ok[Nothing]:
    """Archive it."""
    await service.archive(ctx, principal, product_id)
    return nothing()


@post(
    "/marketplace/products/{product_id:uuid}/publish",
    operation_id="publishProduct",
    summary="Put a product on sale",
    description="409 `not_ready` while a digital product has no file that is ready.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def publish_product(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], product_id: FromPath[UUID]
) -> Ok[OwnProductView]:
    """Publish it."""
    return await _own(ctx, await service.publish(ctx, principal, product_id))


@put(
    "/marketplace/products/{product_id:uuid}/cover",
    operation_id="setProductCover",
    summary="Replace the cover",
    description=f"JPEG, PNG, WebP or GIF, up to 20 MiB and 64 megapixels; it is re-encoded. {UPLOAD}",
    tags=TAGS,
    responses=documented(401, 403, 404, 409, 413, 415, 429),
    request_max_body_size=None,
    **signed_in,
)
async def set_product_cover(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
) -> Ok[OwnProductView]:
    """Take in a picture."""
    upload = await open_upload(request, None, bytes_max=IMAGE_BYTES_MAX)
    return await _own(ctx, await contents.set_cover(ctx, principal, product_id, upload.chunks))


@delete(
    "/marketplace/products/{product_id:uuid}/cover",
    operation_id="removeProductCover",
    summary="Remove the cover",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def remove_product_cover(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], product_id: FromPath[UUID]
) -> Ok[OwnProductView]:
    """Take it off."""
    return await _own(ctx, await contents.remove_cover(ctx, principal, product_id))


@post(
    "/marketplace/products/{product_id:uuid}/files",
    operation_id="addProductFile",
    summary="Add a file",
    description=f"Up to 2 GiB. {UPLOAD} What it is is found out by its content (415 for what this type of product does "
    "not take). The same content again answers the file that is there, with 200. Audio and archives are `processing` "
    "until the worker has looked into them.",
    tags=TAGS,
    status_code=201,
    responses=documented(401, 403, 404, 409, 413, 415, 429),
    request_max_body_size=None,
    **signed_in,
)
async def add_product_file(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    filename: FromQuery[Filename] = None,
) -> Response[Ok[FileView]]:
    """Take in a file."""
    bytes_max = ctx.settings.upload_bytes_max
    upload = await open_upload(request, filename, bytes_max=bytes_max)
    file, is_new = await contents.add_file(
        ctx, principal, product_id, upload.filename, upload.chunks, bytes_max=bytes_max
    )
    return Response(ok(file_view(file, is_own=True)), status_code=201 if is_new else 200)


@put(
    "/marketplace/products/{product_id:uuid}/files/order",
    operation_id="orderProductFiles",
    summary="Put the files in order",
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def order_product_files(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    data: JSONBody[FileOrder],
) -> Ok[FilesView]:
    """Say the order of all files."""
    files = await contents.order_files(ctx, principal, product_id, data.file_ids)
    return ok(FilesView([file_view(file, is_own=True) for file in files], len(files)))


@put(
    "/marketplace/products/{product_id:uuid}/files/{file_id:uuid}",
    operation_id="renameProductFile",
    summary="Say what a file is called",
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def rename_product_file(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    file_id: FromPath[UUID],
    data: JSONBody[FileChanges],
) -> Ok[FileView]:
    """Rename it in the product."""
    return ok(file_view(await contents.rename_file(ctx, principal, product_id, file_id, data.title), is_own=True))


@post(
    "/marketplace/products/{product_id:uuid}/files/{file_id:uuid}/retry",
    operation_id="retryProductFile",
    summary="Look into a file once more",
    description="409 `not_failed` for any other than a failed one.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def retry_product_file(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    file_id: FromPath[UUID],
) -> Ok[FileView]:
    """Try again."""
    return ok(file_view(await contents.process_again(ctx, principal, product_id, file_id), is_own=True))


@delete(
    "/marketplace/products/{product_id:uuid}/files/{file_id:uuid}",
    operation_id="removeProductFile",
    summary="Take a file out",
    description="Who bought the product before keeps it. 409 `not_ready` for the last file of what is on sale.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def remove_product_file(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    file_id: FromPath[UUID],
) -> Ok[Nothing]:
    """Remove it."""
    await contents.remove_file(ctx, principal, product_id, file_id)
    return nothing()


@post(
    "/admin/products/{product_id:uuid}/takedown",
    operation_id="takeDownProduct",
    summary="Take a product down",
    description="Nobody but its seller and the staff sees it any more, nor its cover and previews. Buyers keep it.",
    tags=["Admin"],
    status_code=200,
    responses=documented(401, 403, 404),
    **staff,
)
async def take_down_product(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    product_id: FromPath[UUID],
    data: JSONBody[Takedown],
) -> Ok[OwnProductView]:
    """Hide it, with a reason for its seller."""
    return await _own(ctx, await service.take_down(ctx, principal, product_id, data.reason))


@post(
    "/admin/products/{product_id:uuid}/restore",
    operation_id="restoreProduct",
    summary="Give a product back that was taken down",
    description="Archived: its seller may publish it again. 409 `not_taken_down` otherwise.",
    tags=["Admin"],
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **staff,
)
async def restore_product(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], product_id: FromPath[UUID]
) -> Ok[OwnProductView]:
    """Undo a takedown."""
    return await _own(ctx, await service.restore(ctx, principal, product_id))


def _offers(bodies: list[LicenseBody]) -> list[Offer]:
    return [
        Offer(body.name, body.price_cents, body.id, body.exclusive, body.terms, tuple(body.file_ids)) for body in bodies
    ]


async def _own(ctx: Context, product: Product) -> Ok[OwnProductView]:
    counts = await service.file_counts(ctx, [product.id])
    return ok(own_product_view(product, ctx.settings.currency, counts.get(product.id)))


routes: list[BaseRouteHandler] = [
    list_own_products,
    create_product,
    update_product,
    archive_product,
    publish_product,
    set_product_cover,
    remove_product_cover,
    add_product_file,
    order_product_files,
    rename_product_file,
    retry_product_file,
    remove_product_file,
    take_down_product,
    restore_product,
]
