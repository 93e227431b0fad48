"""A buyer's quarrel with their bank, by the provider's words: the order stands still until it is over.

Lost, the money is gone, and goes back through the same books as a refund; nobody has to be asked for it.
"""

from uuid import UUID

import structlog

from veza import metrics
from veza.audit.service import record
from veza.context import Context
from veza.db.pool import Tx
from veza.kit.ids import new_id
from veza.orders import refunding
from veza.orders.payment_queries import PaymentRow
from veza.orders.queries import OrderRow
from veza.orders.settlement import Applied, Outcome, flag
from veza.ports import payments as port
from veza.ports.payments import DisputeState
from veza.refunds import domain, queries, settlement
from veza.refunds.queries import DisputeRow

log = structlog.get_logger()


async def prepare_dispute(ctx: Context, word: port.Dispute) -> None:
    """What is disputed was paid: where we were not told yet, ask. Raises `ProviderError`, `Unavailable`."""
    async with ctx.db.connection() as connection:
        payment = await refunding.find_payment(connection, word.payment_id)
    if payment is not None:
        await refunding.hear_payment(ctx, payment)


async def apply_dispute(ctx: Context, tx: Tx, word: port.Dispute) -> Applied:
    """Take the provider's word about a dispute. Any number of times, in any order: the end is the same."""
    found = await refunding.find_payment(tx, word.payment_id)
    if found is None:
        return await flag(tx, "unknown_payment", word.payment_id)
    order = await refunding.lock_order(tx, found.order_id)
    payment = await refunding.paid_payment(tx, found.order_id)
    assert order is not None
    if payment is None or payment.id != found.id:
        return await flag(tx, "disputed_unpaid", word.payment_id)
    held = await queries.dispute_by_provider_id.find(tx, word.dispute_id)
    if not _is_believable(payment, held, word):
        return await flag(tx, "amount_mismatch", word.payment_id)
    is_new = held is None
    if held is None:
        held = await _open(ctx, tx, order, payment.id, word)
    before = DisputeState(held.status)
    after = domain.judge_dispute(before, word.state)
    if before in domain.COSTLY and word.state in {DisputeState.WON, DisputeState.CANCELLED}:
        return await flag(tx, "dispute_won_late", word.payment_id)
    if after is before and not is_new:
        return Applied(Outcome.IGNORED, "nothing new")
    if after is not before:
        await _move(ctx, tx, order, held, after)
    await settlement.finish(ctx, tx, order.id)
    return Applied(Outcome.APPLIED)


def _is_believable(payment: PaymentRow, held: DisputeRow | None, word: port.Dispute) -> bool:
    if not 0 < word.amount_cents <= payment.amount_cents or word.currency != payment.currency:
        return False
    return held is None or (held.payment_id, held.amount_cents) == (payment.id, word.amount_cents)


async def _open(ctx: Context, tx: Tx, order: OrderRow, payment_id: UUID, word: port.Dispute) -> DisputeRow:
    """A dispute that we hear of for the first time. A refund that the provider cannot know of yet is given up."""
    now = ctx.clock.now()
    row = DisputeRow(new_id(), order.id, payment_id, DisputeState.OPENED, word.amount_cents, word.currency)
    await queries.insert_dispute.run(
        tx, row.id, row.order_id, row.payment_id, word.dispute_id, row.status, row.amount_cents, row.currency, now
    )
    unsent_id = await queries.drop_unsent.find(tx, order.id, now)
    unsent = None if unsent_id is None else await queries.refund.find(tx, unsent_id)
    if unsent is not None:
        await settlement.fail(ctx, tx, order, unsent, "order_disputed")
    await _tell(tx, order, row, "opened")
    return row


async def _move(ctx: Context, tx: Tx, order: OrderRow, held: DisputeRow, after: DisputeState) -> None:
    """What it costs is booked by `settlement.finish`, as soon as nothing else is under way."""
    before = DisputeState(held.status)
    if (before in domain.OPEN, before in domain.COSTLY) == (after in domain.OPEN, after in domain.COSTLY):
        await queries.set_dispute_word.run(tx, held.id, after)
        return
    is_costly = after in domain.COSTLY
    await queries.set_dispute.run(tx, held.id, after, None if is_costly else ctx.clock.now())
    await _tell(tx, order, held, "lost" if is_costly else "won")


async def _tell(tx: Tx, order: OrderRow, dispute: DisputeRow, what: str) -> None:
    details = {"amount_cents": dispute.amount_cents}
    await refunding.add_event(tx, order.id, f"dispute_{what}", details)
    await record(tx, f"dispute.{what}", subject=("order", order.id), details=details)
    metrics.disputes.labels(what).inc()
    log.warning("dispute", what=what, order_id=str(order.id), amount_cents=dispute.amount_cents)
