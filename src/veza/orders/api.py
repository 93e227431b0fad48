"""Routes of orders (api.md, orders)."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from veza.auth.domain import Principal, Role
from veza.auth.guard import signed_in
from veza.context import Context
from veza.http import idempotency
from veza.http.envelope import IdempotencyKey, Limit, Offset, Ok, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.orders import reading, service
from veza.orders.domain import Billing, CartItem, Order
from veza.orders.schemas import (
    CartBody,
    CartItemBody,
    DownloadsView,
    FileLinkView,
    NewOrder,
    OrdersView,
    OrderView,
    QuoteView,
    SalesView,
)
from veza.orders.views import order_view, quote_view, sale_view, summary_view

TAGS = ["Orders"]
PRIVATE = {"Cache-Control": "no-store"}


@post(
    "/marketplace/orders/quote",
    operation_id="quoteCart",
    summary="What a cart costs now",
    description="Each item with its price, or with what is in the way of buying it.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403),
    **signed_in,
)
async def quote_cart(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], data: JSONBody[CartBody]
) -> Ok[QuoteView]:
    """Nothing is held or ordered by this."""
    return ok(quote_view(await service.quote(ctx, principal, _cart(data.items)), ctx.settings.currency))


@post(
    "/marketplace/orders",
    operation_id="createOrder",
    summary="Place an order",
    description=(
        "Prices, fees and sellers are read here, not sent. Pay on `payment.checkout_url`; only the provider's word "
        "completes an order. The same `Idempotency-Key` and body go on with the same order."
    ),
    tags=TAGS,
    status_code=201,
    responses=documented(401, 403, 409, 429, 503),
    **signed_in,
)
async def create_order(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    data: JSONBody[NewOrder],
    idempotency_key: IdempotencyKey = None,
) -> Response[Ok[OrderView]]:
    """A cart becomes an order."""
    asked = data.billing
    billing = Billing() if asked is None else Billing(asked.name, asked.address, asked.country, asked.vat_id)
    body = await request.body()
    async with idempotency.claimed(
        ctx.db, user_id=principal.user_id, route="orders", key=idempotency_key, body=body
    ) as claim:
        order = await service.place(ctx, principal, _cart(data.items), billing, claim)
    is_replay = claim is not None and claim.resource_id is not None
    headers = {**PRIVATE, "Idempotent-Replayed": "true"} if is_replay else PRIVATE
    return Response(await _view(ctx, principal, order), status_code=201, headers=headers)


@get(
    "/marketplace/orders",
    operation_id="listOrders",
    summary="What you ordered",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def list_orders(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[OrdersView]:
    """The newest first."""
    page = await reading.list_orders(ctx, principal, PageRequest(limit, offset))
    names = await reading.names_in(ctx, page.items)
    return ok(OrdersView([summary_view(order, names) for order in page.items], page.total, limit, offset))


@get(
    "/marketplace/orders/{order_id:uuid}",
    operation_id="getOrder",
    summary="An order",
    description="For its buyer, for a seller in it (own lines only, once it is paid) and for admins.",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_order(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], order_id: FromPath[UUID]
) -> Response[Ok[OrderView]]:
    """With its timeline, and while it is not paid with its payment."""
    order = await reading.get_order(ctx, principal, order_id)
    return Response(await _view(ctx, principal, order), headers=PRIVATE)


@post(
    "/marketplace/orders/{order_id:uuid}/pay",
    operation_id="payOrder",
    summary="Pay, or pay again",
    description="A fresh checkout for an order that is not paid: 409 `already_paid` or `not_payable` otherwise.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409, 503),
    **signed_in,
)
async def pay_order(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], order_id: FromPath[UUID]
) -> Response[Ok[OrderView]]:
    """The provider is asked first how the last attempt stands."""
    order = await service.pay(ctx, principal, order_id)
    return Response(await _view(ctx, principal, order), headers=PRIVATE)


@post(
    "/marketplace/orders/{order_id:uuid}/cancel",
    operation_id="cancelOrder",
    summary="Give up an order that is not paid",
    description="Money that is on its way all the same goes back. 409 `not_cancellable` once it is paid.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def cancel_order(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], order_id: FromPath[UUID]
) -> Ok[OrderView]:
    """Again changes nothing."""
    return await _view(ctx, principal, await service.cancel(ctx, principal, order_id))


@get(
    "/marketplace/orders/{order_id:uuid}/items/{item_id:uuid}/download",
    operation_id="downloadItem",
    summary="Get links to what a line gives",
    description=(
        "Good for 15 minutes, and no longer than you own it. `url` is the first file's. 409 `download_suspended` while "
        "the money for it may be on its way back."
    ),
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def download_item(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    order_id: FromPath[UUID],
    item_id: FromPath[UUID],
) -> Ok[DownloadsView]:
    """For the buyer alone."""
    found = await reading.download(ctx, principal, order_id, item_id)
    files = [FileLinkView(name, f"{ctx.settings.public_url}/api/v1/downloads/{link.word}") for name, link in found]
    return ok(DownloadsView(files[0].url, found[0][1].expires_at, files))


@get(
    "/sell/orders",
    operation_id="listSales",
    summary="What you sold",
    description="Orders with something of yours that were paid: your lines, and what they earned.",
    tags=["Selling"],
    responses=documented(401, 403),
    **signed_in,
)
async def list_sales(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[SalesView]:
    """The newest first."""
    page = await reading.list_sales(ctx, principal, PageRequest(limit, offset))
    names = await reading.names_in(ctx, page.items)
    return ok(SalesView([sale_view(order, names) for order in page.items], page.total, limit, offset))


def _cart(items: list[CartItemBody]) -> list[CartItem]:
    return [CartItem(item.product_id, item.quantity, item.license_id) for item in items]


async def _view(ctx: Context, caller: Principal, order: Order) -> Ok[OrderView]:
    is_whole = caller.user_id == order.buyer_id or caller.role is Role.ADMIN
    return ok(order_view(order, await reading.names_in(ctx, [order]), is_whole=is_whole))


routes: list[BaseRouteHandler] = [
    quote_cart,
    create_order,
    list_orders,
    get_order,
    pay_order,
    cancel_order,
    download_item,
    list_sales,
]
