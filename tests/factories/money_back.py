"""What a settled refund does to a seller, without the refund: their part is taken back and booked in a transaction."""

from uuid import UUID

from veza.context import Context
from veza.kit.ids import new_id
from veza.ledger.domain import Account, Kind, Posting
from veza.ledger.service import book
from veza.sellers.domain import TakenBack
from veza.sellers.reversals import take_back


async def taken_back(
    ctx: Context, order_id: UUID, seller_id: UUID, cents: int, *, refund_id: UUID | None = None
) -> TakenBack:
    """Take so much of a seller's share of an order back, for a refund (a new one, unless given)."""
    refund_id = new_id() if refund_id is None else refund_id
    async with ctx.db.transaction() as tx:
        await tx.execute("select from orders where id = $1 for update", order_id)
        found = await take_back(
            tx,
            ctx,
            refund_id=refund_id,
            order_id=order_id,
            seller_id=seller_id,
            amount_cents=cents,
            currency=ctx.settings.currency,
        )
        postings = [
            Posting(Account.SELLER_PAYABLE, found.from_payable_cents, seller_id),
            Posting(Account.SELLER_DEBT, found.from_debt_cents, seller_id),
            Posting(Account.REFUNDS, -cents),
        ]
        kept = [posting for posting in postings if posting.amount_cents]
        await book(tx, _ON_ITS_WAY, refund_id, kept, currency=ctx.settings.currency, order_id=order_id)
    return found


_ON_ITS_WAY = Kind.PAYMENT_RETURNED
"""Stands for what the slice of refunds books; here only the seller's side matters."""
