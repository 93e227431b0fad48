"""Invoices as values, and orders for them to be issued for."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from tests.factories.sales import CURRENCY, an_order

from veza.db.pool import Database
from veza.invoices.domain import BilledTo, Document, DocumentLine, Kind, Party, SoldLine, SoldOrder, vat_rows
from veza.kit.ids import new_id

DAY = datetime(2026, 11, 26, 12, tzinfo=UTC)
ISSUER = Party("Northern Lights Records", "1 Canal Street\nParis 75010", "FR", "FR12345678901")
BUYER = Party("Åsa Lindqvist", "Storgatan 1", "SE")


def a_document(*titles: str, rate_bps: int | None = 2_000, buyer: Party = BUYER, cents: int = 2_999) -> Document:
    """An invoice with a line for each title."""
    lines = tuple(DocumentLine(new_id(), title, "Lease · by mara", 1, cents, cents, rate_bps) for title in titles)
    return Document(
        kind=Kind.INVOICE,
        number="INV-2026-000042",
        issued_at=DAY,
        supplied_at=DAY,
        currency=CURRENCY,
        order_number="V26-000123",
        issuer=ISSUER,
        buyer=buyer,
        lines=lines,
        total_cents=sum(line.total_cents for line in lines),
        vat=vat_rows(lines),
        footer="Registered in Paris, 123 456 789",
    )


def a_credit_note(invoice: Document) -> Document:
    """All of an invoice, given back."""
    return msgspec.structs.replace(
        invoice,
        kind=Kind.CREDIT_NOTE,
        number="CN-2026-000007",
        corrects_number=invoice.number,
        corrects_issued_at=invoice.issued_at,
    )


async def a_sold_order(
    database: Database, buyer_id: UUID, seller_id: UUID, *cents: int, billing: BilledTo | None = None
) -> SoldOrder:
    """A completed order with a line for each price, and no invoice yet."""
    order_id = await an_order(database, buyer_id, *((seller_id, each) for each in cents), status="completed")
    async with database.connection() as connection:
        number = await connection.fetchval("select number from orders where id = $1", order_id)
        rows = await connection.fetch(
            "select id, total_cents from order_items where order_id = $1 order by position", order_id
        )
    lines = tuple(
        SoldLine(row["id"], "Night drive", None, seller_id, 1, row["total_cents"], row["total_cents"]) for row in rows
    )
    return SoldOrder(order_id, number, buyer_id, CURRENCY, billing or BilledTo(), lines, DAY)
