"""The door for refunds: a seller's part of money that goes back. For now out of what was not sent, else a debt."""

from dataclasses import dataclass
from uuid import UUID

from veza.context import Context
from veza.db.pool import Tx
from veza.sellers import reversal_queries


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Where a seller's part came from."""

    from_payable_cents: int
    from_debt_cents: int


async def take_back(
    tx: Tx, _: Context, *, refund_id: UUID, order_id: UUID, seller_id: UUID, amount_cents: int, currency: str
) -> TakenBack:
    """Take a seller's part of a refund back, in the transaction that settles it."""
    del refund_id, currency
    if await reversal_queries.shrink.run(tx, order_id, seller_id, amount_cents):
        return TakenBack(amount_cents, 0)
    if await reversal_queries.drop.run(tx, order_id, seller_id, amount_cents):
        return TakenBack(amount_cents, 0)
    return TakenBack(0, amount_cents)
