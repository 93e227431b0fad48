"""Routes of the shop window, for everybody (api.md, marketplace). What sellers do is `selling_api.py`."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, QueryParameter

from veza.auth.domain import Principal
from veza.auth.guard import optional_user, public
from veza.auth.service import user_id_of
from veza.context import Context
from veza.http.envelope import Limit, Offset, Ok, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.products import catalogue, contents, domain, service
from veza.products.catalogue import Listing
from veza.products.domain import ProductType
from veza.products.listing import CURSOR_MAX, Filters, Sort, choose_sort, parse_filters
from veza.products.schemas import FilesView, ProductsView, ProductView
from veza.products.views import file_view, listed_view, product_view

TAGS = ["Marketplace"]
Search = Annotated[str, QueryParameter(max_length=domain.SEARCH_MAX, description="Words and beginnings of words.")]
Tag = Annotated[str, QueryParameter(max_length=domain.TAG_MAX, description="One whole tag, without regard to case.")]
Price = Annotated[int | None, QueryParameter(ge=0, le=domain.PRICE_MAX_CENTS, description="In cents, inclusive.")]
Order = Annotated[Sort | None, QueryParameter(description="Default `newest`; `relevance` only with `search`.")]
After = Annotated[str | None, QueryParameter(max_length=CURSOR_MAX, description="`next_cursor` of the page before.")]


@get(
    "/marketplace/products",
    operation_id="listProducts",
    summary="List marketplace products",
    description="What is published. `total` is exact up to 1,000, then 1,001 with `total_capped`; without filters it "
    "is always exact. Go on with `cursor`: it costs the same however deep, and what is published meanwhile moves "
    "nothing.",
    tags=TAGS,
    **public,
)
async def list_products(
    *,
    ctx: NamedDependency[Context],
    search: FromQuery[Search] = "",
    sort: FromQuery[Order] = None,
    type: FromQuery[ProductType | None] = None,  # noqa: A002 - the parameter's name
    tag: FromQuery[Tag] = "",
    seller_id: FromQuery[UUID | None] = None,
    min_price: FromQuery[Price] = None,
    max_price: FromQuery[Price] = None,
    cursor: FromQuery[After] = None,
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[ProductsView]:
    """A page of the public list."""
    filters = parse_filters(
        search=search, tag=tag, type=type, seller_id=seller_id, min_price=min_price, max_price=max_price
    )
    chosen = choose_sort(sort, is_search=bool(search.strip()))
    return await _page(ctx, filters, chosen, PageRequest(limit, offset), cursor)


@get(
    "/users/{username:str}/products",
    operation_id="listProductsOfUser",
    summary="A seller's storefront",
    description="What somebody has published, by the rules of the whole list.",
    tags=TAGS,
    responses=documented(404),
    **public,
)
async def list_products_of_user(
    *,
    ctx: NamedDependency[Context],
    username: FromPath[str],
    search: FromQuery[Search] = "",
    sort: FromQuery[Order] = None,
    type: FromQuery[ProductType | None] = None,  # noqa: A002 - the parameter's name
    tag: FromQuery[Tag] = "",
    min_price: FromQuery[Price] = None,
    max_price: FromQuery[Price] = None,
    cursor: FromQuery[After] = None,
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[ProductsView]:
    """A page of one seller's products."""
    seller_id = await user_id_of(ctx, username)
    filters = parse_filters(
        search=search, tag=tag, type=type, seller_id=seller_id, min_price=min_price, max_price=max_price
    )
    chosen = choose_sort(sort, is_search=bool(search.strip()))
    return await _page(ctx, filters, chosen, PageRequest(limit, offset), cursor)


@get(
    "/marketplace/products/{product_id:uuid}",
    operation_id="getProduct",
    summary="Get a product",
    description="What is published; its seller and the staff also see it otherwise.",
    tags=TAGS,
    responses=documented(404),
    **optional_user,
)
async def get_product(
    ctx: NamedDependency[Context], caller: NamedDependency[Principal | None], product_id: FromPath[UUID]
) -> Ok[ProductView]:
    """One product."""
    return ok(product_view(await service.get_product(ctx, product_id, caller), ctx.settings.currency))


@get(
    "/marketplace/products/{product_id:uuid}/files",
    operation_id="listProductFiles",
    summary="What a product holds",
    description="Its files in order, with waveforms and previews, without their bytes. Its seller also sees those that "
    "are not ready.",
    tags=TAGS,
    responses=documented(404),
    **optional_user,
)
async def list_product_files(
    ctx: NamedDependency[Context], caller: NamedDependency[Principal | None], product_id: FromPath[UUID]
) -> Ok[FilesView]:
    """All files of a product."""
    files, is_own = await contents.list_files(ctx, product_id, caller)
    return ok(FilesView([file_view(file, is_own=is_own) for file in files], len(files)))


async def _page(ctx: Context, filters: Filters, sort: Sort, page: PageRequest, cursor: str | None) -> Ok[ProductsView]:
    return ok(_listing_view(ctx, await catalogue.list_products(ctx, filters, sort, page, cursor), page))


def _listing_view(ctx: Context, found: Listing, page: PageRequest) -> ProductsView:
    currency = ctx.settings.currency
    return ProductsView(
        [listed_view(row, currency) for row in found.rows],
        found.total,
        page.limit,
        page.offset,
        found.next_cursor,
        found.is_capped,
    )


routes: list[BaseRouteHandler] = [list_products, list_products_of_user, get_product, list_product_files]
