"""SQL of invoices and credit notes."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from veza.db.query import Command, Query


class TakenRow(msgspec.Struct, frozen=True):
    """A number that was taken, and the date that goes with it."""

    last_number: int
    last_issued_at: datetime


class InvoiceRow(msgspec.Struct, frozen=True):
    """A document as it is stored."""

    id: UUID
    kind: str
    order_id: UUID
    refund_id: UUID | None
    buyer_id: UUID
    number: str
    snapshot: dict[str, Any]
    document_id: UUID | None


class NumberRow(msgspec.Struct, frozen=True):
    """The number of what belongs to something else."""

    id: UUID
    number: str


class IdRow(msgspec.Struct, frozen=True):
    """An id."""

    id: UUID


take_number = Query(
    TakenRow,
    """
    insert into invoice_counters as held (series, year, last_number, last_issued_at) values ($1, $2, 1, $3)
    on conflict (series, year) do update set last_number = held.last_number + 1,
        last_issued_at = greatest(held.last_issued_at, excluded.last_issued_at)
    returning last_number, last_issued_at
    """,
)
"""Everybody else who wants a number of this series waits from here to the commit: take it last."""
insert = Command(
    """
    insert into invoices (id, kind, order_id, refund_id, invoice_id, buyer_id, series, year, sequence, number, currency,
        total_cents, vat_cents, snapshot, issued_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """
)

of_order = Query(
    InvoiceRow,
    """
    select id, kind, order_id, refund_id, buyer_id, number, snapshot, document_id
    from invoices where order_id = $1 and kind = 'invoice'
    """,
)
lock_of_order = Query(
    InvoiceRow,
    """
    select id, kind, order_id, refund_id, buyer_id, number, snapshot, document_id
    from invoices where order_id = $1 and kind = 'invoice' for update
    """,
)
"""Credit notes of one invoice one at a time."""
of_refund = Query(
    InvoiceRow,
    """
    select id, kind, order_id, refund_id, buyer_id, number, snapshot, document_id
    from invoices where order_id = $1 and refund_id = $2
    """,
)
credit_notes = Query(
    InvoiceRow,
    """
    select id, kind, order_id, refund_id, buyer_id, number, snapshot, document_id
    from invoices where order_id = $1 and kind = 'credit_note' order by sequence
    """,
)
numbers_of_orders = Query(
    NumberRow, "select order_id as id, number from invoices where order_id = any($1::uuid[]) and kind = 'invoice'"
)
numbers_of_refunds = Query(NumberRow, "select refund_id as id, number from invoices where refund_id = any($1::uuid[])")

# --- paper -----------------------------------------------------------------------------------------------------

without_paper = Query(
    InvoiceRow,
    """
    select id, kind, order_id, refund_id, buyer_id, number, snapshot, document_id
    from invoices where document_id is null order by id = $1 desc, issued_at limit $2
    """,
)
"""The one that is asked for, if it waits, and those that wait longest."""
set_paper = Command("update invoices set document_id = $2, rendered_at = $3 where id = $1 and document_id is null")
forgotten = Query(
    IdRow, "select id from invoices where document_id is null and issued_at < $1 order by issued_at limit $2"
)
