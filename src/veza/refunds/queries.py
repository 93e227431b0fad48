"""SQL of refunds and disputes. All that changes what an order is worth runs with the order locked."""

from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class RefundRow(msgspec.Struct, frozen=True):
    """A refund as it is stored. `provider_refund_id` None: a dispute took it."""

    id: UUID
    order_id: UUID
    payment_id: UUID
    provider_payment_id: str
    provider_refund_id: str | None
    requested_by: str
    actor_id: UUID | None
    amount_cents: int
    currency: str
    reason: str
    status: str
    ask_count: int


class PartRow(msgspec.Struct, frozen=True):
    """What of a line goes back."""

    item_id: UUID
    amount_cents: int


class DisputeRow(msgspec.Struct, frozen=True):
    """A dispute as it is stored."""

    id: UUID
    order_id: UUID
    payment_id: UUID
    status: str
    amount_cents: int
    currency: str


class UnderWayRow(msgspec.Struct, frozen=True):
    """What is under way with an order."""

    is_refunding: bool
    is_disputed: bool


class DueRow(msgspec.Struct, frozen=True):
    """A refund that the provider should be asked about."""

    id: UUID


under_way = Query(
    UnderWayRow,
    """
    select exists (select 1 from refunds where order_id = $1 and status = 'pending') as is_refunding,
           exists (select 1 from disputes where order_id = $1 and settled_at is null) as is_disputed
    """,
)

# --- refunds -------------------------------------------------------------------------------------------------

insert = Command(
    """
    insert into refunds (id, order_id, payment_id, provider_refund_id, dispute_id, requested_by, actor_id, amount_cents,
        currency, reason, details, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """
)
insert_items = Command(
    """
    insert into refund_items (refund_id, order_item_id, amount_cents)
    select $1, item_id, amount_cents from unnest($2::uuid[], $3::bigint[]) part (item_id, amount_cents)
    """
)
refund = Query(
    RefundRow,
    """
    select r.id, r.order_id, r.payment_id, p.provider_payment_id, r.provider_refund_id, r.requested_by, r.actor_id,
           r.amount_cents, r.currency, r.reason, r.status, r.ask_count
    from refunds r join payments p on p.id = r.payment_id where r.id = $1
    """,
)
by_provider_id = Query(
    RefundRow,
    """
    select r.id, r.order_id, r.payment_id, p.provider_payment_id, r.provider_refund_id, r.requested_by, r.actor_id,
           r.amount_cents, r.currency, r.reason, r.status, r.ask_count
    from refunds r join payments p on p.id = r.payment_id where r.provider_refund_id = $1
    """,
)
pending_of_order = Query(
    RefundRow,
    """
    select r.id, r.order_id, r.payment_id, p.provider_payment_id, r.provider_refund_id, r.requested_by, r.actor_id,
           r.amount_cents, r.currency, r.reason, r.status, r.ask_count
    from refunds r join payments p on p.id = r.payment_id where r.order_id = $1 and r.status = 'pending'
    """,
)
parts = Query(
    PartRow,
    """
    select t.order_item_id as item_id, t.amount_cents
    from refund_items t join order_items i on i.id = t.order_item_id where t.refund_id = $1 order by i.position
    """,
)
settle = Command("update refunds set status = $2, error_code = $3, settled_at = $4 where id = $1")
begin_call = Value(
    int,
    """
    update refunds set asked_at = now(), ask_count = ask_count + 1 where id = $1 and status = 'pending'
    returning ask_count
    """,
)
"""Before the call: from now on the provider may have it, whoever dies."""
drop_unsent = Value(
    UUID,
    """
    update refunds set status = 'failed', error_code = 'order_disputed', settled_at = $2
    where order_id = $1 and status = 'pending' and asked_at is null returning id
    """,
)
due = Query(
    DueRow,
    """
    select id from refunds where status = 'pending'
    and coalesce(asked_at, created_at)
        < now() - make_interval(secs => $1::float8 * least(2 ^ least(ask_count, 10), $2::float8 / $1::float8))
    order by coalesce(asked_at, created_at) limit $3
    """,
)
"""Those that were silent for $1 seconds, doubled each time they were asked in vain up to $2."""

# --- disputes ------------------------------------------------------------------------------------------------

dispute_by_provider_id = Query(
    DisputeRow,
    """
    select id, order_id, payment_id, status, amount_cents, currency from disputes where provider_dispute_id = $1
    """,
)
insert_dispute = Command(
    """
    insert into disputes (id, order_id, payment_id, provider_dispute_id, status, amount_cents, currency, opened_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """
)
set_dispute = Command("update disputes set status = $2, settled_at = $3 where id = $1")
set_dispute_word = Command("update disputes set status = $2 where id = $1")
"""Another word for the same: what followed from it stays as it is."""
dispute_taken = Command("update disputes set taken_cents = $2, settled_at = $3 where id = $1")
losses_to_take = Query(
    DisputeRow,
    """
    select id, order_id, payment_id, status, amount_cents, currency from disputes
    where order_id = $1 and settled_at is null and status in ('expired', 'accepted', 'lost') order by id
    """,
)
"""Disputes that cost money which was not booked yet."""
