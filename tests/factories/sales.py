"""Orders, payments, transfers and their books, put into the database as a sale leaves them. No provider is asked.

For tests whose subject is what is read of them; how a sale really happens has its own.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from veza.db.pool import Connection, Database
from veza.kit.ids import new_id
from veza.kit.money import fee_of
from veza.ledger.domain import Earned, Kind, order_settled, payment_received, payment_returned, transfer_sent
from veza.ledger.service import book

PAID_AT = datetime(2026, 2, 23, 12, tzinfo=UTC)
FEE_BPS = 1_000
CURRENCY = "EUR"


@dataclass
class Sale:
    """An order that was paid. `transfers`: by seller."""

    order_id: UUID
    payment_id: UUID
    total_cents: int
    transfers: dict[UUID, UUID] = field(default_factory=dict)


async def a_product(connection: Connection, seller_id: UUID) -> UUID:
    """A draft, of which nothing matters."""
    product_id = new_id()
    await connection.execute(
        """
        insert into products (id, seller_id, seller_username, type, title, price_cents, search, title_key)
        select $1, id, username, 'service', 'Night drive', 499, '', 'night drive' from users where id = $2
        """,
        product_id,
        seller_id,
    )
    return product_id


async def an_order(
    db: Database, buyer_id: UUID, *lines: tuple[UUID, int], status: str = "pending", **fields: Any
) -> UUID:
    """An order with a line for each (seller, cents). Nothing is booked."""
    order_id = new_id()
    is_paid = status in {"completed", "refund_pending", "partially_refunded", "refunded", "disputed"}
    ended_by = "buyer" if status in {"cancelled", "expired"} else None
    async with db.transaction() as tx:
        await tx.execute(
            """
            insert into orders (id, number, buyer_id, status, currency, total_cents, fee_rate_bps, expires_at,
                ended_by, completed_at, created_at)
            values ($1, 'V-' || nextval('order_numbers'), $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            order_id,
            buyer_id,
            status,
            CURRENCY,
            sum(cents for _, cents in lines),
            FEE_BPS,
            PAID_AT,
            ended_by,
            PAID_AT if is_paid else None,
            fields.get("created_at", PAID_AT),
        )
        for position, (seller_id, cents) in enumerate(lines):
            await tx.execute(
                """
                insert into order_items (id, order_id, position, product_id, seller_id, title, product_type, quantity,
                    unit_price_cents, total_cents, fee_cents)
                values ($1, $2, $3, $4, $5, 'Night drive', 'service', 1, $6, $6, $7)
                """,
                new_id(),
                order_id,
                position,
                await a_product(tx, seller_id),
                seller_id,
                cents,
                fee_of(cents, FEE_BPS),
            )
    return order_id


async def a_payment(db: Database, order_id: UUID, cents: int, *, attempt: int = 1, status: str = "succeeded") -> UUID:
    """A payment; one that succeeded is booked as received."""
    payment_id = new_id()
    async with db.transaction() as tx:
        await tx.execute(
            """
            insert into payments (id, order_id, attempt, provider_payment_id, status, amount_cents, currency, paid_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            payment_id,
            order_id,
            attempt,
            f"pay_{payment_id.hex[:26]}",
            status,
            cents,
            CURRENCY,
            PAID_AT if status == "succeeded" else None,
        )
        if status == "succeeded":
            postings = payment_received(cents)
            await book(tx, Kind.PAYMENT_RECEIVED, payment_id, postings, currency=CURRENCY, order_id=order_id)
    return payment_id


async def a_return(db: Database, payment_id: UUID, cents: int, status: str = "pending") -> UUID:
    """Money that goes back; booked when it went."""
    return_id = new_id()
    async with db.transaction() as tx:
        await tx.execute(
            """
            insert into payment_returns (id, payment_id, provider_refund_id, amount_cents, currency, reason, status,
                settled_at)
            values ($1, $2, $3, $4, $5, 'sold_out', $6, $7)
            """,
            return_id,
            payment_id,
            f"ref_{return_id.hex[:26]}",
            cents,
            CURRENCY,
            status,
            None if status == "pending" else PAID_AT,
        )
        if status == "succeeded":
            await book(tx, Kind.PAYMENT_RETURNED, return_id, payment_returned(cents), currency=CURRENCY)
    return return_id


async def a_transfer(db: Database, order_id: UUID, seller_id: UUID, cents: int, *, status: str = "completed") -> UUID:
    """A seller's share on its way; booked as sent when it was. `cents`: gross."""
    transfer_id, is_sent = new_id(), status in {"completed", "reversal_pending", "reversed", "partially_reversed"}
    net = cents - fee_of(cents, FEE_BPS)
    async with db.transaction() as tx:
        await tx.execute(
            """
            insert into transfers (id, seller_id, order_id, amount_cents, platform_fee_cents, currency, status,
                stripe_transfer_id, completed_at, account_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            transfer_id,
            seller_id,
            order_id,
            net,
            cents - net,
            CURRENCY,
            status,
            f"tr_{transfer_id.hex}" if is_sent else None,
            PAID_AT if is_sent else None,
            f"acct_{seller_id.hex}" if is_sent else None,
        )
        if is_sent:
            postings = transfer_sent(seller_id, net)
            await book(tx, Kind.TRANSFER_SENT, transfer_id, postings, currency=CURRENCY, order_id=order_id)
    return transfer_id


async def a_sale(db: Database, buyer_id: UUID, *lines: tuple[UUID, int], transfer: str = "completed") -> Sale:
    """A paid order with everything that follows: one line for each (seller, cents), each seller once."""
    order_id = await an_order(db, buyer_id, *lines, status="completed")
    total = sum(cents for _, cents in lines)
    sale = Sale(order_id, await a_payment(db, order_id, total), total)
    earned = [Earned(seller_id, c - fee_of(c, FEE_BPS), fee_of(c, FEE_BPS)) for seller_id, c in lines]
    async with db.transaction() as tx:
        await book(tx, Kind.ORDER_SETTLED, order_id, order_settled(earned), currency=CURRENCY, order_id=order_id)
    for seller_id, cents in lines:
        sale.transfers[seller_id] = await a_transfer(db, order_id, seller_id, cents, status=transfer)
    return sale
