"""Orders as answers show them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from veza.files.domain import media_url
from veza.orders.cart import find_license
from veza.orders.domain import CartItem, Line, Order, OrderRefund
from veza.orders.schemas import (
    BillingBody,
    LineLicenseView,
    OrderDisputeView,
    OrderItemView,
    OrderRefundView,
    OrderSummaryView,
    OrderView,
    PaymentView,
    QuoteItemView,
    QuoteProblemView,
    QuoteView,
    RefundedItemView,
    SaleView,
    TimelineEventView,
)
from veza.orders.service import Quote

Names = Mapping[UUID, str]


def order_view(order: Order, names: Names, *, is_whole: bool) -> OrderView:
    """An order on its own page. `is_whole`: for its buyer or an admin, not for a seller in it."""
    billing = order.billing
    payment = order.payment
    return OrderView(
        id=order.id,
        number=order.number,
        buyer_id=order.buyer_id,
        buyer_username=names[order.buyer_id],
        status=order.status,
        items=_items(order.lines, names),
        total_cents=order.total_cents,
        refunded_cents=order.refunded_cents,
        currency=order.currency,
        refunds=[_refund_view(refund, is_whole=is_whole) for refund in order.refunds],
        invoice_number=order.invoice_number if is_whole else None,
        dispute=None
        if order.dispute is None
        else OrderDisputeView(order.dispute.status, order.dispute.amount_cents, order.dispute.opened_at),
        payment=None
        if payment is None
        else PaymentView(payment.id, payment.client_secret, payment.status, payment.checkout_url),
        billing=BillingBody(name=billing.name, address=billing.address, country=billing.country, vat_id=billing.vat_id)
        if is_whole
        else None,
        timeline=[TimelineEventView(event.kind, event.at, dict(event.details)) for event in order.timeline],
        expires_at=order.expires_at if order.status.is_payable else None,
        created_at=order.created_at,
        completed_at=order.completed_at,
    )


def _refund_view(refund: OrderRefund, *, is_whole: bool) -> OrderRefundView:
    return OrderRefundView(
        id=refund.id,
        status=refund.status,
        amount_cents=refund.amount_cents,
        currency=refund.currency,
        reason=refund.reason,
        details=refund.details,
        requested_by=refund.requested_by,
        items=[RefundedItemView(part.item_id, part.amount_cents) for part in refund.parts],
        credit_note_number=refund.credit_note_number if is_whole else None,
        created_at=refund.created_at,
        settled_at=refund.settled_at,
    )


def summary_view(order: Order, names: Names) -> OrderSummaryView:
    """An order in the list of its buyer."""
    return OrderSummaryView(
        order.id,
        order.number,
        order.buyer_id,
        names[order.buyer_id],
        order.status,
        _items(order.lines, names),
        order.total_cents,
        order.refunded_cents,
        order.currency,
        order.created_at,
        order.completed_at,
    )


def sale_view(order: Order, names: Names) -> SaleView:
    """An order in the list of a seller; its lines are theirs."""
    gross_cents = sum(line.total_cents for line in order.lines)
    fee_cents = sum(line.fee_cents for line in order.lines)
    return SaleView(
        order.id,
        order.number,
        order.buyer_id,
        names[order.buyer_id],
        order.status,
        _items(order.lines, names),
        gross_cents,
        fee_cents,
        gross_cents - fee_cents,
        sum(line.refunded_cents for line in order.lines),
        order.currency,
        order.created_at,
        order.completed_at,
    )


def quote_view(quote: Quote, currency: str) -> QuoteView:
    """A cart as it would be sold now."""
    items = [_quote_item(quote, index, item) for index, item in enumerate(quote.items)]
    return QuoteView(items, quote.total_cents, currency)


def _quote_item(quote: Quote, index: int, item: CartItem) -> QuoteItemView:
    product = quote.products.get(item.product_id)
    problem = quote.problems.get(index)
    line = quote.lines.get(index)
    if problem is not None and problem.code == "unavailable":
        product = None  # what is not on sale is none of the caller's business
    chosen = None if product is None else find_license(product, item.license_id)
    return QuoteItemView(
        product_id=item.product_id,
        license_id=item.license_id,
        quantity=item.quantity,
        title=None if product is None else product.details.title,
        type=None if product is None else product.details.type,
        seller_id=None if product is None else product.seller_id,
        seller_username=None if product is None else product.seller_username,
        cover_url=None if product is None else media_url(product.cover_small_id),
        license_name=None if chosen is None else chosen.name,
        unit_price_cents=None if line is None else line.unit_price_cents,
        total_cents=None if line is None else line.total_cents,
        problem=None if problem is None else QuoteProblemView(problem.code, problem.message),
    )


def _items(lines: Sequence[Line], names: Names) -> list[OrderItemView]:
    return [
        OrderItemView(
            id=line.id,
            product_id=line.product_id,
            title=line.title,
            type=line.product_type,
            seller_id=line.seller_id,
            seller_username=names[line.seller_id],
            license=None
            if line.license_name is None
            else LineLicenseView(line.license_id, line.license_name, line.license_exclusive, line.license_terms or ""),
            quantity=line.quantity,
            unit_price_cents=line.unit_price_cents,
            total_cents=line.total_cents,
            refunded_cents=line.refunded_cents,
        )
        for line in lines
    ]
