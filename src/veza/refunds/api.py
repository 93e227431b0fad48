"""Routes of refunds (docs/reference/orders.md)."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody

from veza.auth.domain import Principal
from veza.auth.guard import signed_in
from veza.context import Context
from veza.http import idempotency
from veza.http.envelope import Ok, ok
from veza.http.errors import documented
from veza.kit.errors import Unavailable, VezaError
from veza.refunds import service
from veza.refunds.domain import Part, Refund, Refundable
from veza.refunds.schemas import (
    RefundableItemView,
    RefundableView,
    RefundBody,
    RefundInitiatedView,
    RefundRefusalView,
    RefundView,
)
from veza.refunds.service import Wish

TAGS = ["Orders"]
PRIVATE = {"Cache-Control": "no-store"}


@post(
    "/marketplace/orders/{order_id:uuid}/refund",
    operation_id="refundOrder",
    summary="Ask for money back",
    description=(
        "By the buyer within 14 days, by a seller for their own lines, by an admin. Settled by the provider's word "
        "alone. 409 `already_downloaded`, `refund_too_late`, `refund_exceeds_payment`, `refund_in_progress`, "
        "`not_refundable` or `order_disputed`. Takes an `Idempotency-Key`."
    ),
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **signed_in,
)
async def refund_order(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    order_id: FromPath[UUID],
    data: JSONBody[RefundBody],
) -> Response[Ok[RefundInitiatedView]]:
    """Everything left that the caller may give back, or what `items` names."""
    key = request.headers.get("idempotency-key")
    body = order_id.bytes + await request.body()  # one key is one refund of one order
    claim = await idempotency.claim(ctx.db, user_id=principal.user_id, route="refunds", key=key, body=body)
    parts = None if data.items is None else tuple(Part(item.item_id, item.amount_cents) for item in data.items)
    try:
        refund = await service.refund(ctx, principal, order_id, Wish(data.reason, data.details, parts), claim)
    except VezaError as error:
        if claim is not None and claim.resource_id is None and not isinstance(error, Unavailable):
            await idempotency.release(ctx.db, claim)
        raise
    is_replay = claim is not None and claim.resource_id is not None
    headers = {**PRIVATE, "Idempotent-Replayed": "true"} if is_replay else PRIVATE
    return Response(ok(RefundInitiatedView("Refund initiated", _refund_view(refund))), headers=headers)


@get(
    "/marketplace/orders/{order_id:uuid}/refund",
    operation_id="getRefundable",
    summary="What of an order you may give back now",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_refundable(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], order_id: FromPath[UUID]
) -> Response[Ok[RefundableView]]:
    """By line, with what is in the way."""
    found, currency = await service.refundable(ctx, principal, order_id)
    return Response(ok(_refundable_view(found, currency)), headers=PRIVATE)


def _refund_view(refund: Refund) -> RefundView:
    return RefundView(refund.id, refund.status, refund.amount_cents, refund.currency)


def _refundable_view(found: Refundable, currency: str) -> RefundableView:
    items = [
        RefundableItemView(
            line.item_id,
            line.left_cents if line.refused is None else 0,
            None if line.refused is None else RefundRefusalView(line.refused.code, line.refused.sentence),
        )
        for line in found.lines
    ]
    return RefundableView(found.total_cents, currency, found.until, items)


routes: list[BaseRouteHandler] = [refund_order, get_refundable]
