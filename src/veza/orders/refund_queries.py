"""SQL of the refunds and disputes that an order shows. They are written by the slice `refunds` alone."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Query


class OrderRefundRow(msgspec.Struct, frozen=True):
    """A refund of an order."""

    id: UUID
    status: str
    amount_cents: int
    currency: str
    reason: str
    details: str
    requested_by: str
    actor_id: UUID | None
    created_at: datetime
    settled_at: datetime | None


class OrderRefundItemRow(msgspec.Struct, frozen=True):
    """What of a line a refund gives back."""

    refund_id: UUID
    order_item_id: UUID
    amount_cents: int


class OrderDisputeRow(msgspec.Struct, frozen=True):
    """A dispute about an order's payment."""

    status: str
    amount_cents: int
    opened_at: datetime


refunds = Query(
    OrderRefundRow,
    """
    select id, status, amount_cents, currency, reason, details, requested_by, actor_id, created_at, settled_at
    from refunds where order_id = $1 order by id limit 500
    """,
)
items = Query(
    OrderRefundItemRow,
    """
    select t.refund_id, t.order_item_id, t.amount_cents
    from refund_items t join order_items i on i.id = t.order_item_id
    where t.refund_id = any($1::uuid[]) order by i.position
    """,
)
dispute = Query(
    OrderDisputeRow,
    """
    select status, amount_cents, opened_at from disputes
    where order_id = $1 order by settled_at is null desc, id desc limit 1
    """,
)
"""One that is open before those that are over, then the newest."""
