"""What nobody asks for: payments that waited too long are asked about, orders end with their time, money goes back.

The provider is asked outside of any transaction, and its answer is applied by the same code as a webhook's. Whatever
fails is due again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog

from veza.context import Context
from veza.kit.errors import Unavailable
from veza.orders import domain, payment_queries, queries, service, settlement
from veza.orders.domain import OrderStatus, PaymentStatus
from veza.ports import payments as port
from veza.ports.provider_errors import ProviderError, Refused, Unauthorized

log = structlog.get_logger()

BATCH = 50
_AT_ONCE = 8
_LONGEST_WAIT_S = 3600.0


async def reconcile(ctx: Context) -> int:
    """Ask the provider about what has been silent for too long. Answers how many were asked about."""
    if ctx.payments is None:
        return 0
    after_s = ctx.settings.reconcile_after_s
    async with ctx.db.transaction() as tx:
        payments = await payment_queries.due_payments.list(tx, after_s, max(after_s, _LONGEST_WAIT_S), BATCH)
        returns = await payment_queries.due_returns.list(tx, after_s, BATCH)
    await _each(ctx, [row.id for row in payments], check_payment)
    await _each(ctx, [row.id for row in returns], return_payment)
    return len(payments) + len(returns)


async def _each(ctx: Context, ids: Sequence[UUID], act: Callable[[Context, UUID], Awaitable[None]]) -> None:
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(found: UUID) -> None:
        async with limit:
            try:
                await act(ctx, found)
            except (ProviderError, Unavailable) as error:
                log.warning("reconcile_failed", subject=str(found), error=str(error))

    await asyncio.gather(*(one(found) for found in ids))


async def check_payment(ctx: Context, payment_id: UUID) -> None:
    """Ask how a payment stands, and apply the answer. Raises `ProviderError`, `Unavailable`."""
    assert ctx.payments is not None
    async with ctx.db.connection() as connection:
        payment = await payment_queries.payment.find(connection, payment_id)
        order = None if payment is None else await queries.order.find(connection, payment.order_id)
    if payment is None or order is None or not PaymentStatus(payment.status).is_open:
        return
    if not OrderStatus(order.status).is_payable:
        await service.cancel_payment(ctx, payment_id)
        await _forget_unmade(ctx, payment_id)
        return
    word = await ctx.payments.find(payment.provider_payment_id)
    if word is None:
        await service.make_payment(ctx, payment)
        return
    await service.take_answer(ctx, payment, word)


async def _forget_unmade(ctx: Context, payment_id: UUID) -> None:
    """A payment that never reached the provider, of an order that is over, is over too."""
    assert ctx.payments is not None
    async with ctx.db.connection() as connection:
        payment = await payment_queries.payment.find(connection, payment_id)
    if payment is None or not PaymentStatus(payment.status).is_open:
        return
    if await ctx.payments.find(payment.provider_payment_id) is None:
        async with ctx.db.transaction() as tx:
            await payment_queries.set_payment_status.run(
                tx, payment_id, PaymentStatus.EXPIRED, None, None, ctx.clock.now()
            )


async def expire(ctx: Context) -> int:
    """End the orders whose time is over. Answers how many."""
    now = ctx.clock.now()
    async with ctx.db.connection() as connection:
        found = await queries.expired.list(connection, now, BATCH)
    ended = 0
    for row in found:
        async with ctx.db.transaction() as tx:
            order = await queries.lock_order.find(tx, row.id)
            if order is not None and OrderStatus(order.status).is_payable and order.expires_at < now:
                await service.end(tx, order, OrderStatus.EXPIRED, domain.EndedBy.TIME)
                ended += 1
    return ended


async def return_payment(ctx: Context, return_id: UUID) -> None:
    """Send money back, or hear how it went. Raises `ProviderError` when that must be tried again."""
    async with ctx.db.connection() as connection:
        found = await payment_queries.money_return.find(connection, return_id)
    if found is None or found.status != "pending" or ctx.payments is None:
        return
    request = port.RefundRequest(
        refund_id=found.provider_refund_id,
        payment_id=found.provider_payment_id,
        amount_cents=found.amount_cents,
        currency=found.currency,
        reason="requested_by_customer",
    )
    try:
        word = await ctx.payments.refund(request)
    except Unauthorized:
        raise
    except Refused as error:
        word = port.Refund(
            refund_id=found.provider_refund_id,
            payment_id=found.provider_payment_id,
            state=port.RefundState.FAILED,
            amount_cents=found.amount_cents,
            currency=found.currency,
            error_code=error.code,
        )
    async with ctx.db.transaction() as tx:
        await settlement.apply_return(ctx, tx, word)
