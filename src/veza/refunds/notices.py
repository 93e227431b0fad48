"""Who is written to about a refund: its buyer, the sellers that it touches, and whoever asked for it in vain."""

from collections.abc import Sequence
from uuid import UUID

from veza.db.pool import Tx
from veza.mail.domain import BoughtLine, MailKind, MoneyBack, MoneyBackTo
from veza.mail.service import defer_mail
from veza.orders.domain import Line
from veza.orders.queries import OrderRow
from veza.refunds.domain import Leg, RequestedBy
from veza.refunds.queries import RefundRow


async def tell_succeeded(
    tx: Tx, order: OrderRow, refund: RefundRow, given: Sequence[tuple[Line, int]], legs: Sequence[Leg]
) -> None:
    """The buyer has all of it back, each seller gives their part. `given`: the lines with what goes back of each."""
    is_disputed = refund.requested_by == RequestedBy.DISPUTE

    def told(audience: MoneyBackTo, amount_cents: int, net_cents: int, seller_id: UUID | None) -> MoneyBack:
        rows = tuple(
            BoughtLine(line.title, line.license_name, 1, cents, cents)
            for line, cents in given
            if seller_id in {None, line.seller_id}
        )
        return MoneyBack(
            audience, order.id, order.number, order.currency, rows, amount_cents, net_cents, refund.reason, is_disputed
        )

    await _send(tx, refund, order.buyer_id, told(MoneyBackTo.BUYER, refund.amount_cents, 0, None))
    for leg in legs:
        seen = told(MoneyBackTo.SELLER, leg.gross_cents, leg.net_cents, leg.seller_id)
        await _send(tx, refund, leg.seller_id, seen)


async def tell_failed(tx: Tx, order: OrderRow, refund: RefundRow) -> None:
    """Nothing came of it: its buyer, and whoever asked for it."""
    for user_id in dict.fromkeys([order.buyer_id, refund.actor_id]):
        if user_id is not None:
            to = MoneyBackTo.BUYER if user_id == order.buyer_id else MoneyBackTo.ASKER
            told = MoneyBack(
                to, order.id, order.number, order.currency, (), refund.amount_cents, 0, refund.reason,
                is_disputed=False, has_failed=True,
            )  # fmt: skip
            await _send(tx, refund, user_id, told)


async def _send(tx: Tx, refund: RefundRow, user_id: UUID, told: MoneyBack) -> None:
    end = "failed" if told.has_failed else "succeeded"
    await defer_mail(tx, MailKind.REFUND, user_id, told, unique_key=f"refund:{refund.id}:{end}")
