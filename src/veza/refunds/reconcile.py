"""Sending refunds to the provider, and asking about those of which nobody spoke for too long.

No transaction is open while the provider is asked, and its answer is applied by the same code as a webhook's. How often
it is asked, and how long is waited in between, stands with the refund: a worker that dies changes nothing about it.
"""

import asyncio
from uuid import UUID

import structlog

from veza.context import Context
from veza.kit.errors import Unavailable
from veza.ports import payments as port
from veza.ports.payments import Payments
from veza.ports.provider_errors import ProviderError, Refused, Unauthorized
from veza.refunds import queries, settlement
from veza.refunds.queries import RefundRow

log = structlog.get_logger()

BATCH = 50
_AT_ONCE = 8
_LONGEST_WAIT_S = 3600.0


async def reconcile(ctx: Context) -> int:
    """Ask about the refunds that are silent for too long. Answers how many were asked about."""
    if ctx.payments is None:
        return 0
    after_s = ctx.settings.reconcile_after_s
    async with ctx.db.connection() as connection:
        found = await queries.due.list(connection, after_s, max(after_s, _LONGEST_WAIT_S), BATCH)
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(refund_id: UUID) -> None:
        async with limit:
            try:
                await send_refund(ctx, refund_id)
            except Unavailable as error:
                log.warning("reconcile_failed", subject=str(refund_id), error=str(error))

    await asyncio.gather(*(one(row.id) for row in found))
    return len(found)


async def send_refund(ctx: Context, refund_id: UUID) -> None:
    """Have the provider give money back, or hear how it went. What is not known yet is asked about again, later."""
    if ctx.payments is None:
        return
    async with ctx.db.connection() as connection:
        times = await queries.begin_call.find(connection, refund_id)
        refund = None if times is None else await queries.refund.find(connection, refund_id)
    if refund is None:
        return
    try:
        word = await _ask(ctx.payments, refund)
    except ProviderError as error:
        write = log.error if isinstance(error, Unauthorized) else log.warning
        write("refund_not_known", refund_id=str(refund_id), code=error.code, ask_count=refund.ask_count)
        return
    async with ctx.db.transaction() as tx:
        await settlement.apply_refund(ctx, tx, word)


async def _ask(payments: Payments, refund: RefundRow) -> port.Refund:
    """What the provider says of a refund, which it makes if it does not have it. Raises `ProviderError`."""
    assert refund.provider_refund_id is not None
    if refund.ask_count > 1:
        known = await payments.find_refund(refund.provider_refund_id)
        if known is not None:
            return known
    request = port.RefundRequest(
        refund_id=refund.provider_refund_id,
        payment_id=refund.provider_payment_id,
        amount_cents=refund.amount_cents,
        currency=refund.currency,
        reason="requested_by_customer",
    )
    try:
        return await payments.refund(request)
    except Unauthorized:
        raise
    except Refused as error:
        # A try before this one may have had its effect: then that is what it is refused for.
        known = await payments.find_refund(refund.provider_refund_id)
        return known or port.Refund(
            refund_id=refund.provider_refund_id,
            payment_id=refund.provider_payment_id,
            state=port.RefundState.FAILED,
            amount_cents=refund.amount_cents,
            currency=refund.currency,
            error_code=error.code,
        )
