"""Orders as people may see them: buyer and admins all of one, a seller in it their own lines, nobody else anything."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from veza.auth.domain import Principal, Role
from veza.auth.service import usernames
from veza.context import Context
from veza.db.pool import Connection
from veza.entitlements.service import Link, link_to_file, list_of_order
from veza.invoices.service import credit_note_numbers, invoice_numbers
from veza.kit.page import Page, PageRequest
from veza.kit.signing import Sealed, unseal
from veza.orders import domain, payment_queries, queries, refund_queries, settlement
from veza.orders.domain import (
    Billing,
    Event,
    Line,
    Order,
    OrderDispute,
    OrderRefund,
    OrderStatus,
    Payment,
    PaymentStatus,
    RefundPart,
)
from veza.orders.payment_queries import PaymentRow
from veza.orders.queries import OrderRow

log = structlog.get_logger()


async def get_order(ctx: Context, caller: Principal, order_id: UUID) -> Order:
    """An order as the caller may see it: the buyer and admins all of it, a seller in it their own lines.

    Raises `NotFound`, also for whoever has nothing to do with it.
    """
    async with ctx.db.connection() as connection:
        row = await queries.order.find(connection, order_id)
        if row is None:
            raise domain.order_not_found()
        order = (await _complete_rows(connection, [row]))[0]
        is_buyer = row.buyer_id == caller.user_id
        if not is_buyer and caller.role is not Role.ADMIN:
            return await _sellers_view(connection, order, caller.user_id)
        payment = await payment_queries.newest_payment.find(connection, order_id) if is_buyer else None
        timeline, refunds = await _timeline(connection, order_id), await _refunds(connection, order_id)
        dispute = await _dispute(connection, order_id)
    return domain.with_details(order, timeline, _payment_view(ctx, order, payment), refunds, dispute)


async def _sellers_view(connection: Connection, order: Order, seller_id: UUID) -> Order:
    own = tuple(line for line in order.lines if line.seller_id == seller_id)
    if not own or not order.status.is_paid:
        raise domain.order_not_found()
    ids = {line.id for line in own}
    found = [domain.only_parts(refund, ids, seller_id) for refund in await _refunds(connection, order.id)]
    refunds = {str(refund.id): refund for refund in found if refund is not None}
    steps = [domain.event_of_seller(event, seller_id, refunds) for event in await _timeline(connection, order.id)]
    timeline = tuple(step for step in steps if step is not None)
    dispute = await _dispute(connection, order.id)
    return domain.with_details(domain.only_lines(order, own), timeline, None, tuple(refunds.values()), dispute)


async def _timeline(connection: Connection, order_id: UUID) -> tuple[Event, ...]:
    events = await queries.events.list(connection, order_id)
    return tuple(Event(event.kind, event.created_at, event.seller_id, event.details) for event in events)


async def _refunds(connection: Connection, order_id: UUID) -> tuple[OrderRefund, ...]:
    rows = await refund_queries.refunds.list(connection, order_id)
    parts: dict[UUID, list[RefundPart]] = {}
    for item in await refund_queries.items.list(connection, [row.id for row in rows]) if rows else []:
        parts.setdefault(item.refund_id, []).append(RefundPart(item.order_item_id, item.amount_cents))
    papers = await credit_note_numbers(connection, parts)
    return tuple(
        OrderRefund(
            id=row.id,
            status=row.status,
            amount_cents=row.amount_cents,
            currency=row.currency,
            reason=row.reason,
            details=row.details,
            requested_by=row.requested_by,
            actor_id=row.actor_id,
            parts=tuple(parts[row.id]),
            created_at=row.created_at,
            settled_at=row.settled_at,
            credit_note_number=papers.get(row.id),
        )
        for row in rows
    )


async def _dispute(connection: Connection, order_id: UUID) -> OrderDispute | None:
    row = await refund_queries.dispute.find(connection, order_id)
    return None if row is None else OrderDispute(row.status, row.amount_cents, row.opened_at)


def _payment_view(ctx: Context, order: Order, payment: PaymentRow | None) -> Payment | None:
    if payment is None or not order.status.is_payable or order.expires_at <= ctx.clock.now():
        return None
    secret = None
    if payment.client_secret is not None:
        try:
            secret = unseal(ctx.keys.payment_secret, payment.client_secret, bound_to=payment.id.bytes)
        except Sealed:
            log.warning("client_secret_unreadable", order_id=str(order.id))  # the install's secret was changed
    return Payment(payment.provider_payment_id, PaymentStatus(payment.status), secret, payment.checkout_url)


async def list_orders(ctx: Context, buyer: Principal, page: PageRequest) -> Page[Order]:
    """What the caller ordered, the newest first."""
    async with ctx.db.connection() as connection:
        rows = await queries.of_buyer.list(connection, buyer.user_id, page.limit, page.offset)
        total = await queries.count_of_buyer.find(connection, buyer.user_id) or 0
        return Page(await _complete_rows(connection, rows), total, page.limit, page.offset)


async def list_sales(ctx: Context, seller: Principal, page: PageRequest) -> Page[Order]:
    """Orders that hold something of the caller's and were paid, with their own lines, the newest first."""
    async with ctx.db.connection() as connection:
        rows = await queries.sales_of.list(connection, seller.user_id, page.limit, page.offset)
        total = await queries.count_sales.find(connection, seller.user_id) or 0
        orders = await _complete_rows(connection, rows)
    own = [
        domain.only_lines(order, tuple(line for line in order.lines if line.seller_id == seller.user_id))
        for order in orders
    ]
    return Page(own, total, page.limit, page.offset)


async def names_in(ctx: Context, orders: Sequence[Order]) -> dict[UUID, str]:
    """The usernames of everybody in these orders."""
    people = {order.buyer_id for order in orders} | {line.seller_id for order in orders for line in order.lines}
    async with ctx.db.connection() as connection:
        return await usernames(connection, people)


async def download(ctx: Context, buyer: Principal, order_id: UUID, line_id: UUID) -> list[tuple[str, Link]]:
    """Links to the files that a line gives, with their names. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.order.find(connection, order_id)
        lines = await queries.lines.list(connection, [order_id])
        line = next((found for found in lines if found.id == line_id), None)
        if row is None or row.buyer_id != buyer.user_id or line is None:
            raise domain.order_not_found()
        items = await list_of_order(connection, order_id, line.product_id, line.license_id)
    links = [
        (file.filename, await link_to_file(ctx, buyer, item.entitlement.id, file.id))
        for item in items
        for file in item.files
    ]
    if not links:
        raise domain.nothing_to_download()
    return links


async def _complete_rows(connection: Connection, rows: Sequence[OrderRow]) -> list[Order]:
    if not rows:
        return []
    invoices = await invoice_numbers(connection, [row.id for row in rows])
    lines: dict[UUID, list[Line]] = {}
    for line in await queries.lines.list(connection, [row.id for row in rows]):
        lines.setdefault(line.order_id, []).append(settlement.line_of(line))
    return [
        Order(
            id=row.id,
            number=row.number,
            buyer_id=row.buyer_id,
            status=OrderStatus(row.status),
            lines=tuple(lines[row.id]),
            total_cents=row.total_cents,
            refunded_cents=row.refunded_cents,
            currency=row.currency,
            billing=Billing(row.billing_name, row.billing_address, row.billing_country, row.billing_vat_id),
            expires_at=row.expires_at,
            created_at=row.created_at,
            completed_at=row.completed_at,
            invoice_number=invoices.get(row.id),
        )
        for row in rows
    ]
