"""The door of orders for refunds: the order locked, its lines and its payment, and what was given back of them.

Who may give back what, and what else moves with it, is decided above (`refunds/`); nothing here asks the provider.
"""

from collections.abc import Mapping
from uuid import UUID

from veza.context import Context
from veza.db.pool import Connection, Tx
from veza.orders import payment_queries, queries, reconcile, settlement
from veza.orders.domain import Line, OrderStatus, PaymentStatus
from veza.orders.payment_queries import PaymentRow
from veza.orders.queries import OrderRow


async def find_order(connection: Connection, order_id: UUID) -> OrderRow | None:
    """An order as it is stored."""
    return await queries.order.find(connection, order_id)


async def lock_order(tx: Tx, order_id: UUID) -> OrderRow | None:
    """The same, held until `tx` ends: whatever changes its money waits."""
    return await queries.lock_order.find(tx, order_id)


async def lines_of(connection: Connection, order_id: UUID) -> tuple[Line, ...]:
    """The lines of an order, in its order."""
    return tuple(settlement.line_of(row) for row in await queries.lines.list(connection, [order_id]))


async def paid_payment(connection: Connection, order_id: UUID) -> PaymentRow | None:
    """The payment that completed an order: one that succeeded and does not go back whole."""
    return await payment_queries.kept_payment.find(connection, order_id)


async def find_payment(connection: Connection, provider_payment_id: str) -> PaymentRow | None:
    """A payment of ours, by its id at the provider."""
    return await payment_queries.payment_by_provider_id.find(connection, provider_payment_id)


async def hear_payment(ctx: Context, payment: PaymentRow) -> None:
    """Ask the provider how a payment stands that we do not know to be paid. Raises `ProviderError`, `Unavailable`."""
    if ctx.payments is not None and PaymentStatus(payment.status).is_open:
        await reconcile.check_payment(ctx, payment.id)


async def add_refunded(tx: Tx, order_id: UUID, cents_by_line: Mapping[UUID, int]) -> None:
    """Money of these lines went back. The order is locked; more than there is fails."""
    await queries.add_refunded_lines.run(tx, order_id, list(cents_by_line), list(cents_by_line.values()))
    await queries.add_refunded.run(tx, order_id, sum(cents_by_line.values()))


async def restate(tx: Tx, order: OrderRow, status: OrderStatus) -> None:
    """Where a paid order stands now."""
    if order.status != status:
        await queries.set_status.run(tx, order.id, status, None)


async def add_event(tx: Tx, order_id: UUID, kind: str, details: Mapping[str, object]) -> None:
    """A step of the timeline; of a refund a seller sees their own part."""
    await settlement.add_event(tx, order_id, kind, details=dict(details))
