"""SQL of orders and their lines. Payments are `payment_queries.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class OrderRow(msgspec.Struct, frozen=True):
    """An order as it is stored."""

    id: UUID
    number: str
    buyer_id: UUID
    status: str
    currency: str
    total_cents: int
    refunded_cents: int
    fee_rate_bps: int
    billing_name: str
    billing_address: str
    billing_country: str
    billing_vat_id: str
    expires_at: datetime
    ended_by: str | None
    created_at: datetime
    completed_at: datetime | None


class LineRow(msgspec.Struct, frozen=True):
    """A line as it is stored, in its order's order."""

    order_id: UUID
    id: UUID
    product_id: UUID
    license_id: UUID | None
    seller_id: UUID
    title: str
    product_type: str
    license_name: str | None
    license_exclusive: bool
    license_terms: str | None
    quantity: int
    unit_price_cents: int
    total_cents: int
    fee_cents: int
    refunded_cents: int


class EventRow(msgspec.Struct, frozen=True):
    """A step of an order's timeline."""

    kind: str
    seller_id: UUID | None
    details: dict[str, Any]
    created_at: datetime


class IdRow(msgspec.Struct, frozen=True):
    """An id."""

    id: UUID


next_number = Value(int, "select nextval('order_numbers')")

insert_order = Command(
    """
    insert into orders (id, number, buyer_id, currency, total_cents, fee_rate_bps, expires_at,
        billing_name, billing_address, billing_country, billing_vat_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    """
)
insert_line = Command(
    """
    insert into order_items (id, order_id, position, product_id, license_id, seller_id, title, product_type,
        license_name, license_exclusive, license_terms, quantity, unit_price_cents, total_cents, fee_cents,
        holds_license)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $10)
    """
)
insert_event = Command("insert into order_events (id, order_id, kind, seller_id, details) values ($1, $2, $3, $4, $5)")

order = Query(
    OrderRow,
    """
    select id, number, buyer_id, status, currency, total_cents, refunded_cents, fee_rate_bps, billing_name,
           billing_address, billing_country, billing_vat_id, expires_at, ended_by, created_at, completed_at
    from orders where id = $1
    """,
)
has_open = Value(
    bool,
    """
    select exists (select from orders where buyer_id = $1
                   and status in ('pending', 'failed', 'refund_pending', 'disputed'))
        or exists (select from orders o join payments p on p.order_id = o.id
                   join payment_returns r on r.payment_id = p.id
                   where o.buyer_id = $1 and r.status = 'pending')
    """,
)
"""Whether money of a buyer is still to move."""
lock_order = Query(
    OrderRow,
    """
    select id, number, buyer_id, status, currency, total_cents, refunded_cents, fee_rate_bps, billing_name,
           billing_address, billing_country, billing_vat_id, expires_at, ended_by, created_at, completed_at
    from orders where id = $1 for update
    """,
)
of_buyer = Query(
    OrderRow,
    """
    select id, number, buyer_id, status, currency, total_cents, refunded_cents, fee_rate_bps, billing_name,
           billing_address, billing_country, billing_vat_id, expires_at, ended_by, created_at, completed_at
    from orders where buyer_id = $1 order by id desc limit $2 offset $3
    """,
)
count_of_buyer = Value(int, "select count(*) from orders where buyer_id = $1")
sales_of = Query(
    OrderRow,
    """
    select id, number, buyer_id, status, currency, total_cents, refunded_cents, fee_rate_bps, billing_name,
           billing_address, billing_country, billing_vat_id, expires_at, ended_by, created_at, completed_at
    from orders
    where completed_at is not null and id in (select order_id from order_items where seller_id = $1)
    order by id desc limit $2 offset $3
    """,
)
"""What of theirs was paid for, the newest first."""
count_sales = Value(
    int,
    """
    select count(*) from orders
    where completed_at is not null and id in (select order_id from order_items where seller_id = $1)
    """,
)

lines = Query(
    LineRow,
    """
    select order_id, id, product_id, license_id, seller_id, title, product_type, license_name, license_exclusive,
           license_terms, quantity, unit_price_cents, total_cents, fee_cents, refunded_cents
    from order_items where order_id = any($1::uuid[]) order by order_id, position
    """,
)
events = Query(
    EventRow,
    """
    select kind, seller_id, details, created_at from order_events where order_id = $1 order by id limit 500
    """,
)

set_status = Command(
    """
    update orders set status = $2, ended_by = $3, updated_at = now() where id = $1
    """
)
complete = Command(
    """
    update orders set status = 'completed', ended_by = null, completed_at = $2, updated_at = now() where id = $1
    """
)

# --- what was given back -----------------------------------------------------------------------------------

add_refunded = Command("update orders set refunded_cents = refunded_cents + $2, updated_at = now() where id = $1")
add_refunded_lines = Command(
    """
    update order_items i set refunded_cents = i.refunded_cents + part.cents
    from unnest($2::uuid[], $3::bigint[]) part (id, cents) where i.order_id = $1 and i.id = part.id
    """
)

# --- exclusive licences ------------------------------------------------------------------------------------

lock_buyer = Command("select pg_advisory_xact_lock(hashtextextended('veza.buyer:' || $1, 0))")
"""Of one buyer's orders one at a time finds out what they own already."""
lock_licenses = Query(
    IdRow, "select id from product_licenses where id = any($1::uuid[]) and exclusive order by id for update"
)
"""Who orders the same exclusive licence waits here for whoever came first."""
held_licenses = Query(
    IdRow,
    """
    select license_id as id from order_items
    where license_id = any($1::uuid[]) and holds_license and order_id is distinct from $2
    """,
)
"""Those of these licences that another order holds or has bought."""
release_licenses = Command("update order_items set holds_license = false where order_id = $1 and holds_license")
hold_licenses = Command(
    "update order_items set holds_license = true where order_id = $1 and license_exclusive and not holds_license"
)

# --- time ------------------------------------------------------------------------------------------------------

expired = Query(
    IdRow,
    """
    select id from orders where status in ('pending', 'failed') and expires_at < $1 order by expires_at limit $2
    """,
)
