"""What sellers owe: what of their transfers is kept back for it, and what becomes of refunds that waited for one.

All within the caller's transaction, which holds the transfer's row; the rows of debts are locked after it, the oldest
first, so that several transfers at once never pay the same debt.
"""

from datetime import datetime
from uuid import UUID

import structlog

from veza import metrics
from veza.db.pool import Tx
from veza.jobs.queue import defer
from veza.kit.ids import new_id
from veza.ledger import service as ledger
from veza.ledger.domain import Kind, debt_recovered
from veza.sellers import domain, reversal_queries
from veza.sellers.reversal_queries import DueReversalRow, LockedTransferRow
from veza.sellers.transfer_queries import ClaimedRow

log = structlog.get_logger()

_DEBTS_AT_ONCE = 100


async def keep_back(
    tx: Tx, transfer_id: UUID, *, seller_id: UUID, order_id: UUID, free_cents: int, currency: str, now: datetime
) -> int:
    """Let a transfer of which nothing was sent pay what its seller owes. Answers how much of `free_cents` it keeps.

    One that has nothing left to send is completed.
    """
    kept_cents = 0
    for debt in await reversal_queries.owed.list(tx, seller_id, currency, _DEBTS_AT_ONCE):
        part_cents = min(debt.cents, free_cents - kept_cents)
        if part_cents == 0:
            break
        await reversal_queries.recover.run(tx, debt.id, part_cents)
        await _recovered(tx, debt.id, (transfer_id, seller_id, order_id), part_cents, currency, reduced=False)
        kept_cents += part_cents
    if kept_cents:
        await reversal_queries.shrink.run(tx, transfer_id, kept_cents, 0, now)
        log.info("debt_recovered", transfer_id=str(transfer_id), amount_cents=kept_cents)
    return kept_cents


async def was_sent(tx: Tx, transfer_id: UUID) -> None:
    """A transfer that was under way is completed: what refunds wait for of it is reversed now."""
    begun = await reversal_queries.begin_waiting.list(tx, transfer_id)
    if begun:
        await reversal_queries.restate.run(tx, transfer_id, 0)
        await send_all(tx, begun)


async def was_not_sent(tx: Tx, transfer: LockedTransferRow | ClaimedRow, now: datetime) -> int:
    """A transfer that was under way was certainly not sent: what refunds wait for is taken off it instead.

    Answers how much that was.
    """
    reduced_cents = 0
    of = (transfer.id, transfer.seller_id, transfer.order_id)
    for waiting in await reversal_queries.waiting.list(tx, transfer.id):
        await reversal_queries.reduce.run(tx, waiting.id, waiting.cents)
        await _recovered(tx, waiting.id, of, waiting.cents, transfer.currency, reduced=True)
        reduced_cents += waiting.cents
    if reduced_cents:
        await reversal_queries.shrink.run(tx, transfer.id, 0, reduced_cents, now)
    return reduced_cents


async def send_all(tx: Tx, reversals: list[DueReversalRow]) -> None:
    """Have the worker ask for these; a try that waits already is not doubled."""
    for row in reversals:
        await defer(
            tx,
            domain.SEND_REVERSAL,
            {"id": str(row.id)},
            unique_key=f"reversal:{row.id}:{row.retry_count}",
            max_attempts=2,
        )


async def _recovered(
    tx: Tx, reversal_id: UUID, of: tuple[UUID, UUID, UUID], amount_cents: int, currency: str, *, reduced: bool
) -> None:
    """Write down and book what a transfer (its id, seller and order) pays of a debt."""
    transfer_id, seller_id, order_id = of
    recovery_id = new_id()
    await reversal_queries.insert_recovery.run(tx, recovery_id, reversal_id, transfer_id, amount_cents, reduced)
    postings = debt_recovered(seller_id, amount_cents)
    await ledger.book(tx, Kind.DEBT_RECOVERED, recovery_id, postings, currency=currency, order_id=order_id)
    metrics.debt_recovered.inc(amount_cents)
