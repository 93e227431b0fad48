"""What the provider says of a payment becomes what it means for the order: one transaction, in whatever order it comes.

Everything that follows from a sale is written here together or not at all: the books, who owns what, what each seller
is sent, the mail. Nobody calls the provider from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog

from veza import metrics
from veza.audit.service import record
from veza.context import Context
from veza.db.pool import Tx
from veza.entitlements import service as entitlements
from veza.invoices.domain import BilledTo, SoldLine, SoldOrder
from veza.invoices.service import issue_invoice
from veza.jobs.queue import defer
from veza.kit.ids import id_for_provider, new_id
from veza.ledger import service as ledger
from veza.ledger.domain import Earned, Kind, order_settled, payment_received, payment_returned
from veza.mail.domain import BoughtLine, MailKind, PaymentReturned, Receipt, ReturnReason, Sale
from veza.mail.service import defer_mail
from veza.orders import domain, payment_queries, queries
from veza.orders.cart import shares_of
from veza.orders.domain import Line, OrderStatus, PaymentStatus, Verdict
from veza.orders.payment_queries import PaymentRow
from veza.orders.queries import OrderRow
from veza.ports import payments as port
from veza.products.domain import ProductStatus
from veza.products.service import products_among, sell_exclusive
from veza.sellers.service import create_transfer

log = structlog.get_logger()


class Outcome(StrEnum):
    """What a word of the provider did. `flagged`: it is genuine, and wrong; a person must look."""

    APPLIED = "applied"
    IGNORED = "ignored"
    FLAGGED = "flagged"


@dataclass(frozen=True, slots=True)
class Applied:
    """What a word did, and why if it did nothing."""

    outcome: Outcome
    note: str | None = None


# --- payments --------------------------------------------------------------------------------------------------


async def apply_payment(ctx: Context, tx: Tx, word: port.Payment) -> Applied:
    """Take the provider's word about a payment. Any number of times, in any order: the end is the same."""
    found = await payment_queries.payment_by_provider_id.find(tx, word.payment_id)
    if found is None:
        return await flag(tx, "unknown_payment", word.payment_id)
    order = await queries.lock_order.find(tx, found.order_id)
    held = await payment_queries.payment.find(tx, found.id)
    assert order is not None
    assert held is not None
    if (word.amount_cents, word.currency) != (held.amount_cents, held.currency):
        return await flag(tx, "amount_mismatch", word.payment_id)
    status = domain.judge_word(
        PaymentStatus(held.status), held.provider_updated_at, PaymentStatus(word.state), word.updated_at
    )
    if status == held.status and not _is_newer(word.updated_at, held.provider_updated_at):
        return Applied(Outcome.IGNORED, "nothing new")
    now = ctx.clock.now()
    await payment_queries.set_payment_status.run(
        tx, held.id, status, _newest(word.updated_at, held.provider_updated_at), word.error_code, now
    )
    if status == held.status:
        return Applied(Outcome.APPLIED)
    if status is PaymentStatus.SUCCEEDED:
        await _money_came(ctx, tx, order, held, now)
    else:
        await _not_paid(tx, order, held, status)
    return Applied(Outcome.APPLIED)


def _is_newer(at: datetime | None, held_at: datetime | None) -> bool:
    return at is not None and (held_at is None or at > held_at)


def _newest(at: datetime | None, held_at: datetime | None) -> datetime | None:
    return max((found for found in (at, held_at) if found is not None), default=None)


async def _money_came(ctx: Context, tx: Tx, order: OrderRow, payment: PaymentRow, now: datetime) -> None:
    await ledger.book(
        tx,
        Kind.PAYMENT_RECEIVED,
        payment.id,
        payment_received(payment.amount_cents),
        currency=payment.currency,
        order_id=order.id,
    )
    lines = await lines_of(tx, order.id)
    ended_by = None if order.ended_by is None else domain.EndedBy(order.ended_by)
    status = OrderStatus(order.status)
    why_not = await _hold_all(tx, order, lines)
    if domain.judge_money(status, ended_by, all_to_be_had=why_not is None) is Verdict.COMPLETE:
        await complete(ctx, tx, order, lines, now)
        return
    if status.is_paid:
        why_not = "paid_twice"
    elif ended_by is domain.EndedBy.BUYER:
        why_not = "cancelled"
    await _give_back(tx, order, payment, why_not or "unavailable")


async def _not_paid(tx: Tx, order: OrderRow, payment: PaymentRow, status: PaymentStatus) -> None:
    """A payment failed, ended or began: its order follows, while it is unpaid and this is its newest attempt."""
    if status is PaymentStatus.CONFLICTED:
        await flag(tx, "payment_conflicted", payment.provider_payment_id)
    newest = await payment_queries.newest_payment.find(tx, order.id)
    is_over = OrderStatus(order.status).is_paid or order.ended_by in {domain.EndedBy.BUYER, domain.EndedBy.TIME}
    if is_over or newest is None or newest.id != payment.id:
        return
    after, ended_by = domain.status_after(status)
    if after == order.status:
        return
    await queries.set_status.run(tx, order.id, after, ended_by)
    if ended_by is not None:
        await queries.release_licenses.run(tx, order.id)
    elif order.ended_by is not None:
        await _hold_all(tx, order, await lines_of(tx, order.id))
    kind = {OrderStatus.FAILED: "payment_failed", OrderStatus.PENDING: "payment_reopened"}.get(after, str(after))
    await add_event(tx, order.id, kind)


async def _hold_all(tx: Tx, order: OrderRow, lines: Sequence[Line]) -> str | None:
    """Hold what can be sold once. Answers what is no longer to be had, or None; then all of it is held."""
    if OrderStatus(order.status).is_paid:
        return "paid_twice"
    await queries.lock_buyer.run(tx, str(order.buyer_id))
    exclusive = [line.license_id for line in lines if line.license_exclusive]
    if exclusive:
        await queries.lock_licenses.list(tx, exclusive)
        if await queries.held_licenses.list(tx, exclusive, order.id):
            return "sold_out"
    owned = {
        (held.product_id, held.license_id)
        for held in await entitlements.owned_among(tx, order.buyer_id, [line.product_id for line in lines])
    }
    if any((line.product_id, line.license_id) in owned for line in lines if line.product_type != "service"):
        return "already_owned"
    products = await products_among(tx, [line.product_id for line in lines])
    gone = {ProductStatus.TAKEN_DOWN} if order.ended_by is None else {ProductStatus.TAKEN_DOWN, ProductStatus.ARCHIVED}
    if any(products[line.product_id].status in gone for line in lines):
        return "unavailable"
    if exclusive:
        await queries.hold_licenses.run(tx, order.id)
    return None


async def complete(ctx: Context, tx: Tx, order: OrderRow, lines: Sequence[Line], now: datetime) -> None:
    """Everything that follows from a sale. The order is locked, and its money (if any) was booked as received."""
    await queries.complete.run(tx, order.id, now)
    await add_event(tx, order.id, "completed")
    for line in sorted(lines, key=lambda line: line.product_id):
        await entitlements.grant(tx, order.buyer_id, line.product_id, license_id=line.license_id, order_id=order.id)
        if line.license_exclusive and line.license_id is not None:
            await sell_exclusive(tx, line.product_id, line.license_id)
    shares = shares_of(lines)
    if shares:
        earned = [Earned(share.seller_id, share.net_cents, share.fee_cents) for share in shares]
        await ledger.book(
            tx, Kind.ORDER_SETTLED, order.id, order_settled(earned), currency=order.currency, order_id=order.id
        )
    for share in sorted(shares, key=lambda share: share.seller_id):
        await create_transfer(
            tx,
            ctx,
            seller_id=share.seller_id,
            order_id=order.id,
            amount_cents=share.net_cents,
            platform_fee_cents=share.fee_cents,
            currency=order.currency,
        )
    await _send_mails(tx, order, lines)
    await issue_invoice(tx, ctx, _sold(order, lines), now)  # last: from here to the commit nobody else gets a number
    metrics.orders_completed.inc()
    log.info("order_completed", order_id=str(order.id), buyer_id=str(order.buyer_id), total_cents=order.total_cents)


def _sold(order: OrderRow, lines: Sequence[Line]) -> SoldOrder:
    billing = BilledTo(order.billing_name, order.billing_address, order.billing_country, order.billing_vat_id)
    sold = tuple(
        SoldLine(
            line.id,
            line.title,
            line.license_name,
            line.seller_id,
            line.quantity,
            line.unit_price_cents,
            line.total_cents,
        )
        for line in lines
    )
    return SoldOrder(order.id, order.number, order.buyer_id, order.currency, billing, sold, order.created_at)


async def _send_mails(tx: Tx, order: OrderRow, lines: Sequence[Line]) -> None:
    bought = {
        line.id: BoughtLine(line.title, line.license_name, line.quantity, line.unit_price_cents, line.total_cents)
        for line in lines
    }
    receipt = Receipt(order.id, order.number, order.currency, tuple(bought.values()), order.total_cents)
    await defer_mail(tx, MailKind.RECEIPT, order.buyer_id, receipt, unique_key=f"order:{order.id}")
    for seller_id in dict.fromkeys(line.seller_id for line in lines):
        own = [line for line in lines if line.seller_id == seller_id]
        gross_cents, fee_cents = sum(line.total_cents for line in own), sum(line.fee_cents for line in own)
        sale = Sale(
            order.number,
            order.currency,
            tuple(bought[line.id] for line in own),
            gross_cents,
            fee_cents,
            gross_cents - fee_cents,
        )
        await defer_mail(tx, MailKind.SALE, seller_id, sale, unique_key=f"order:{order.id}")


# --- money that goes back --------------------------------------------------------------------------------------


async def _give_back(tx: Tx, order: OrderRow, payment: PaymentRow, reason: str) -> None:
    """Send a payment back whole: nothing was delivered for it."""
    return_id = new_id()
    await payment_queries.insert_return.run(
        tx,
        return_id,
        payment.id,
        id_for_provider("ref_", return_id),
        payment.amount_cents,
        payment.currency,
        reason,
    )
    await defer(tx, domain.RETURN_PAYMENT, {"id": str(return_id)}, unique_key=f"return:{return_id}")
    if OrderStatus(order.status).is_payable:
        await queries.release_licenses.run(tx, order.id)
        await queries.set_status.run(tx, order.id, OrderStatus.CANCELLED, domain.EndedBy.PROVIDER)
    await add_event(tx, order.id, "payment_returning", details={"reason": reason})
    await record(tx, "payment.returned", subject=("order", order.id), details={"reason": reason})
    metrics.payments_returned.labels(reason).inc()
    log.warning("payment_goes_back", order_id=str(order.id), reason=reason, amount_cents=payment.amount_cents)


async def apply_return(ctx: Context, tx: Tx, word: port.Refund) -> Applied:
    """Take the provider's word about money that goes back whole, because there was nothing to be had for it."""
    found = await payment_queries.return_by_provider_id.find(tx, word.refund_id)
    if found is None:
        return await flag(tx, "unknown_refund", word.refund_id)
    await queries.lock_order.find(tx, found.order_id)
    held = await payment_queries.lock_return.find(tx, found.id)
    assert held is not None
    if (word.amount_cents, word.currency) != (held.amount_cents, held.currency):
        return await flag(tx, "amount_mismatch", word.refund_id)
    if word.state is port.RefundState.PENDING or held.status != "pending":
        return Applied(Outcome.IGNORED, "nothing new")
    await payment_queries.settle_return.run(tx, held.id, word.state, word.error_code, ctx.clock.now())
    details = {"amount_cents": held.amount_cents, "reason": held.reason}
    if word.state is port.RefundState.FAILED:
        await add_event(tx, held.order_id, "return_failed", details=details)
        await record(tx, "payment.return_failed", subject=("order", held.order_id), details=details)
        log.error("payment_return_failed", order_id=str(held.order_id), code=word.error_code)
        return Applied(Outcome.APPLIED)
    await ledger.book(
        tx,
        Kind.PAYMENT_RETURNED,
        held.id,
        payment_returned(held.amount_cents),
        currency=held.currency,
        order_id=held.order_id,
    )
    await add_event(tx, held.order_id, "payment_returned", details=details)
    order = await queries.order.find(tx, held.order_id)
    assert order is not None
    reason = ReturnReason(held.reason)
    returned = PaymentReturned(order.id, order.number, held.currency, held.amount_cents, reason)
    await defer_mail(tx, MailKind.PAYMENT_RETURNED, order.buyer_id, returned, unique_key=f"return:{held.id}")
    return Applied(Outcome.APPLIED)


# --- shared ----------------------------------------------------------------------------------------------------


async def add_event(
    tx: Tx,
    order_id: UUID,
    kind: str,
    *,
    seller_id: UUID | None = None,
    details: dict[str, object] | None = None,
) -> None:
    """A step of the timeline."""
    await queries.insert_event.run(tx, new_id(), order_id, kind, seller_id, details or {})


async def lines_of(tx: Tx, order_id: UUID) -> tuple[Line, ...]:
    """The lines of an order."""
    return tuple(line_of(row) for row in await queries.lines.list(tx, [order_id]))


def line_of(row: queries.LineRow) -> Line:
    """A stored line."""
    return Line(*(getattr(row, name) for name in Line.__slots__))


async def flag(tx: Tx, note: str, subject: str) -> Applied:
    """A word that is genuine and cannot be true: it has no effect, and a person must look."""
    await record(tx, "webhook.flagged", subject=("payment", subject), details={"reason": note})
    metrics.provider_words_flagged.labels(note).inc()
    log.error("provider_word_flagged", reason=note, subject=subject)
    return Applied(Outcome.FLAGGED, note)
