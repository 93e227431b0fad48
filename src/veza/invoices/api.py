"""Routes of invoices and credit notes (orders.md, invoices)."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from veza.auth.domain import Principal
from veza.auth.guard import signed_in
from veza.context import Context
from veza.files.api import object_response
from veza.files.domain import StoredObject
from veza.http.errors import documented
from veza.invoices import service
from veza.kit.text import disposition

TAGS = ["Orders"]


@get(
    "/marketplace/orders/{order_id:uuid}/invoice",
    operation_id="getInvoice",
    summary="The invoice of an order",
    description=(
        "A PDF/A for the buyer and admins, the same bytes for ever. 404 until the order is completed; 503 "
        "`document_pending` with `Retry-After` for the moment in which it is being made."
    ),
    tags=TAGS,
    media_type="application/pdf",
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_invoice(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], order_id: FromPath[UUID]
) -> Response[Any]:
    """The paper."""
    return _attachment(ctx, *await service.get_invoice(ctx, principal, order_id))


@get(
    "/marketplace/orders/{order_id:uuid}/refunds/{refund_id:uuid}/credit-note",
    operation_id="getCreditNote",
    summary="The credit note of a refund",
    description="As the invoice is; 404 until the refund succeeded.",
    tags=TAGS,
    media_type="application/pdf",
    responses=documented(401, 403, 404),
    **signed_in,
)
async def get_credit_note(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    order_id: FromPath[UUID],
    refund_id: FromPath[UUID],
) -> Response[Any]:
    """The paper."""
    return _attachment(ctx, *await service.get_credit_note(ctx, principal, order_id, refund_id))


def _attachment(ctx: Context, stored: StoredObject, filename: str) -> Response[Any]:
    """Always from us, wherever the store is: a link of the store would outlive who may read it."""
    headers = {
        "content-disposition": disposition(filename),
        # Kept by the reader alone, and asked about each time: another may sign in there.
        "cache-control": "private, no-cache",
        "vary": "Authorization, Cookie",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return object_response(ctx, stored, headers)


routes: list[BaseRouteHandler] = [get_invoice, get_credit_note]
