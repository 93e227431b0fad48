"""Money back from sellers: the door for refunds (`take_back`), and asking the provider for what was sent already.

As with transfers: claim, call outside of any transaction with the row's own key, outcome. What the provider cannot get
becomes a debt of the seller, which later transfers pay; before that it is looked whether it came back after all, since
what was recovered must never be reversed too.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from veza import metrics
from veza.audit.service import record
from veza.context import Context
from veza.db.pool import Tx
from veza.kit.ids import new_id
from veza.kit.retry import backoff_s
from veza.ledger import service as ledger
from veza.ledger.domain import Kind, transfer_reversed
from veza.ports.payouts import Payouts, ReversalRequest, SentReversal, SentTransfer
from veza.ports.provider_errors import (
    InsufficientBalance,
    NotFoundAtProvider,
    ProviderError,
    RecipientGone,
    Refused,
    Unauthorized,
)
from veza.sellers import debts, domain, queries, reversal_queries
from veza.sellers.domain import ReversalStatus, TakenBack, TransferStatus, reversal_key
from veza.sellers.reversal_queries import ClaimedReversalRow, DueReversalRow

log = structlog.get_logger()

_SWEPT = 500


@dataclass(frozen=True, slots=True)
class _Held:
    """A reversal and the claim by which it may be tried."""

    row: ClaimedReversalRow
    claim: UUID


# --- the door --------------------------------------------------------------------------------------------------


async def take_back(
    tx: Tx, ctx: Context, *, refund_id: UUID, order_id: UUID, seller_id: UUID, amount_cents: int, currency: str
) -> TakenBack:
    """Take the seller's part of a refund back, in the transaction that settles it. Again it answers the same.

    What was not sent yet is sent no more; what was, or may have been, is owed until it came back. The caller books
    the refund by the answer; everything after that is booked here. It locks the transfer, and waits for nothing else.

    Raises `ValueError` for more than is left of the seller's share, or another amount than before.
    """
    transfer = await reversal_queries.lock_transfer.find(tx, order_id, seller_id)
    if transfer is None or transfer.currency != currency or amount_cents < 0:
        if amount_cents == 0:
            return TakenBack(0, 0)
        raise ValueError("there is no such share of a seller to take from")
    known = await reversal_queries.of_refund.find(tx, refund_id, transfer.id)
    if known is not None:
        if known.amount_cents != amount_cents:
            raise ValueError("this refund took another amount before")
        return TakenBack(known.payable_cents, amount_cents - known.payable_cents)
    if amount_cents == 0:
        return TakenBack(0, 0)
    taken = await reversal_queries.taken.find(tx, transfer.id)
    assert taken is not None
    share_cents = transfer.amount_cents + taken.payable_cents + taken.reduced_cents
    if taken.taken_cents + amount_cents > share_cents:
        raise ValueError("more than is left of the seller's share")
    status = TransferStatus(transfer.status)
    plan = domain.plan_take_back(
        amount_cents,
        status,
        is_under_way=transfer.is_under_way,
        left_cents=transfer.amount_cents - transfer.recovered_cents,
        asked_cents=taken.asked_cents,
    )
    reversal_id = new_id()
    await reversal_queries.insert.run(
        tx,
        reversal_id,
        refund_id,
        transfer.id,
        seller_id,
        order_id,
        amount_cents,
        currency,
        plan.payable_cents,
        plan.reverse_cents,
        plan.owed_cents,
        plan.status,
    )
    if plan.payable_cents:
        await reversal_queries.shrink.run(tx, transfer.id, 0, plan.payable_cents, ctx.clock.now())
    if plan.status is ReversalStatus.PENDING:
        await reversal_queries.restate.run(tx, transfer.id, 0)
        await debts.send_all(tx, [DueReversalRow(reversal_id, 0)])
    return TakenBack(plan.payable_cents, amount_cents - plan.payable_cents)


# --- asking the provider ---------------------------------------------------------------------------------------


async def send_reversal(ctx: Context, reversal_id: UUID) -> None:
    """Ask for a reversal if it is due and nobody else does. How it ended is in its row; nothing is raised for that."""
    payouts = ctx.payouts
    if payouts is None:
        return
    claim = uuid.uuid4()
    async with ctx.db.transaction() as tx:
        await reversal_queries.lock_of_reversal.find(tx, reversal_id)
        row = await reversal_queries.claim.find(tx, reversal_id, claim, domain.CLAIM_S, ctx.clock.now())
    if row is None:
        return
    held = _Held(row, claim)
    try:
        sent = await _send(ctx, payouts, held)
    except ProviderError as error:
        await _refused(ctx, payouts, held, error)
    else:
        if sent is not None:
            await _came_back(ctx, held, sent)


async def sweep(ctx: Context) -> int:
    """Have every reversal tried that is due, or was left by who tried it."""
    if ctx.payouts is None:
        return 0
    async with ctx.db.transaction() as tx:
        found = await reversal_queries.due.list(tx, ctx.clock.now(), _SWEPT)
        await debts.send_all(tx, found)
    return len(found)


async def is_ours(ctx: Context, transfer: SentTransfer) -> bool | None:
    """Whether we asked for every reversal that the provider holds of a transfer. None: the transfer is not ours.

    Raises `ProviderError`.
    """
    if transfer.transfer_id is None or ctx.payouts is None:
        return None
    async with ctx.db.connection() as connection:
        if (
            await reversal_queries.transfer_at_provider.find(connection, transfer.transfer_id, transfer.provider_id)
            is None
        ):
            return None
    made = await ctx.payouts.find_reversals(transfer.provider_id)
    async with ctx.db.connection() as connection:
        rows = await reversal_queries.refunds_of_transfer.list(connection, transfer.transfer_id)
    return {found.refund_id for found in made} <= {row.id for row in rows}


async def _send(ctx: Context, payouts: Payouts, held: _Held) -> SentReversal | None:
    """Look first where a new key could double what an old one did, then ask. None: another took over meanwhile.

    Raises `ProviderError`.
    """
    row = held.row
    now = domain.next_try(row.generation, row.unknown_since, ctx.clock.now())
    if now.must_look:
        found = await _find(payouts, row)
        if found is not None:
            return found
    async with ctx.db.connection() as connection:
        begun = (now.generation, ctx.clock.now(), domain.CLAIM_S)
        if not await reversal_queries.begin_call.run(connection, row.id, held.claim, *begun):
            return None
    return await payouts.reverse(
        ReversalRequest(
            key=reversal_key(row.refund_id, row.transfer_id, now.generation),
            provider_transfer_id=row.provider_transfer_id,
            refund_id=row.refund_id,
            amount_cents=row.reverse_cents,
            currency=row.currency,
        )
    )


async def _find(payouts: Payouts, row: ClaimedReversalRow) -> SentReversal | None:
    made = await payouts.find_reversals(row.provider_transfer_id)
    return next((found for found in made if found.refund_id == row.refund_id), None)


async def _refused(ctx: Context, payouts: Payouts, held: _Held, error: ProviderError) -> None:
    """Ask again later while it may have happened; else what cannot be had is owed."""
    row = held.row
    if not isinstance(error, Refused) or isinstance(error, Unauthorized):
        await _later(ctx, held, error)
        return
    # An earlier try may have had its effect though this one was refused.
    try:
        found = await _find(payouts, row)
    except NotFoundAtProvider:
        found = None
    except ProviderError as unclear:
        await _later(ctx, held, unclear)
        return
    if found is not None:
        await _came_back(ctx, held, found)
        return
    there_cents = await _what_is_there(payouts, row) if isinstance(error, InsufficientBalance) else 0
    if 0 < there_cents < row.reverse_cents:
        await _less(ctx, held, there_cents, error)
        return
    await _owed(ctx, held, error)


async def _what_is_there(payouts: Payouts, row: ClaimedReversalRow) -> int:
    """What the seller's account holds; nothing when that is not to be known."""
    try:
        return (await payouts.balance(row.account_id)).available_cents
    except ProviderError as error:
        log.warning("seller_balance_not_known", reversal_id=str(row.id), code=error.code)
        return 0


async def _came_back(ctx: Context, held: _Held, sent: SentReversal) -> None:
    row, back_cents = held.row, min(sent.amount_cents, held.row.reverse_cents)
    if sent.amount_cents != row.reverse_cents:
        log.error("reversal_differs", reversal_id=str(row.id), asked=row.reverse_cents, found=sent.amount_cents)
    async with ctx.db.transaction() as tx:
        if not await _end(tx, held, back_cents, sent.provider_id, None):
            return  # another took over; what was asked has one key, and they will hear of it
        postings = transfer_reversed(row.seller_id, back_cents)
        await ledger.book(tx, Kind.TRANSFER_REVERSED, row.id, postings, currency=row.currency, order_id=row.order_id)
    metrics.reversals_tried.labels("reversed").inc()
    log.info("transfer_reversed", reversal_id=str(row.id), amount_cents=back_cents)


async def _owed(ctx: Context, held: _Held, error: ProviderError) -> None:
    """Nothing comes back: the seller owes it."""
    row = held.row
    async with ctx.db.transaction() as tx:
        if not await _end(tx, held, 0, None, error.code):
            return
        if isinstance(error, RecipientGone):
            await queries.lose_account.run(tx, row.account_id)
        details = {"refund_id": str(row.refund_id), "amount_cents": row.reverse_cents, "code": error.code}
        await record(tx, "reversal.owed", subject=("transfer", row.transfer_id), details=details)
    metrics.reversals_tried.labels("owed").inc()
    log.error("reversal_owed", reversal_id=str(row.id), code=error.code, amount_cents=row.reverse_cents)


async def _end(tx: Tx, held: _Held, back_cents: int, provider_id: str | None, code: str | None) -> bool:
    """Write how it ended, and let the transfer and its other reversals go on. False: another took over."""
    row = held.row
    await reversal_queries.lock_of_reversal.find(tx, row.id)
    if not await reversal_queries.ended.run(tx, row.id, held.claim, back_cents, provider_id, code):
        return False
    await reversal_queries.restate.run(tx, row.transfer_id, back_cents)
    await debts.send_all(tx, await reversal_queries.others_pending.list(tx, row.transfer_id, row.id))
    return True


async def _less(ctx: Context, held: _Held, there_cents: int, error: ProviderError) -> None:
    """The account holds a part: ask for that; the rest is owed."""
    row = held.row
    async with ctx.db.transaction() as tx:
        if not await reversal_queries.lessened.run(tx, row.id, held.claim, there_cents, error.code):
            return
        details = {
            "refund_id": str(row.refund_id),
            "amount_cents": row.reverse_cents - there_cents,
            "code": error.code,
        }
        await record(tx, "reversal.owed", subject=("transfer", row.transfer_id), details=details)
        await debts.send_all(tx, [DueReversalRow(row.id, row.retry_count + 1)])
    metrics.reversals_tried.labels("short").inc()
    log.warning("reversal_short", reversal_id=str(row.id), amount_cents=row.reverse_cents, there_cents=there_cents)


async def _later(ctx: Context, held: _Held, error: ProviderError) -> None:
    """The same again after a while, for as long as it takes: nobody knows whether it happened, or it did not yet."""
    row, base_s = held.row, ctx.settings.transfer_retry_base_s
    retry_count, wait_s = row.retry_count, domain.BACKOFF_FACTOR * base_s
    if not isinstance(error, Unauthorized):
        retry_count += 1
        wait_s = backoff_s(retry_count, base_s=base_s, factor=domain.BACKOFF_FACTOR, cap_s=domain.BACKOFF_CAP_S)
    due_at = ctx.clock.now() + timedelta(seconds=wait_s)
    async with ctx.db.transaction() as tx:
        if not await reversal_queries.not_ended.run(tx, row.id, held.claim, retry_count, due_at, error.code):
            return
        if retry_count == ctx.settings.transfer_tries > row.retry_count:
            await record(tx, "reversal.stuck", subject=("transfer", row.transfer_id), details={"code": error.code})
    metrics.reversals_tried.labels("failed").inc()
    log.warning("reversal_failed", reversal_id=str(row.id), code=error.code, retry_count=retry_count)
