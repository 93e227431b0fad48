"""SQL of transfers. Who tries one holds its claim, and only the holder of the claim says how the try ended."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class TransferRow(msgspec.Struct, frozen=True):
    """A transfer as lists show it."""

    id: UUID
    seller_id: UUID
    seller_username: str
    order_id: UUID
    order_number: str
    amount_cents: int
    platform_fee_cents: int
    currency: str
    status: str
    retry_count: int
    next_retry_at: datetime | None
    error: str | None
    stripe_transfer_id: str | None
    created_at: datetime
    completed_at: datetime | None
    reversed_cents: int
    recovered_cents: int


class ClaimedRow(msgspec.Struct, frozen=True):
    """A transfer that the holder of the claim may send. `amount_cents`: what is to be sent of it."""

    id: UUID
    seller_id: UUID
    order_id: UUID
    amount_cents: int
    currency: str
    retry_count: int
    generation: int
    unknown_since: datetime | None
    account_id: str | None


class DueRow(msgspec.Struct, frozen=True):
    """A transfer that somebody should try. `retry_count` tells one try from the next."""

    id: UUID
    retry_count: int


has_open = Value(
    bool,
    """
    select exists (select from transfers where seller_id = $1
                   and status in ('waiting_for_seller', 'pending', 'failed', 'permanently_failed', 'reversal_pending'))
    """,
)
"""Whether money is still to move to a seller, or back."""
insert = Value(
    UUID,
    """
    insert into transfers (id, seller_id, order_id, amount_cents, platform_fee_cents, currency, status)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (order_id, seller_id) do nothing returning id
    """,
)
claim = Query(
    ClaimedRow,
    """
    update transfers set claim = $2, claimed_until = now() + make_interval(secs => $3), status = 'pending',
        next_retry_at = null, updated_at = now()
    where id = $1 and (claim is null or claimed_until < now())
      and (status = 'pending' or (status = 'failed' and coalesce(next_retry_at, now()) <= $4))
    returning id, seller_id, order_id, amount_cents - recovered_cents as amount_cents, currency, retry_count,
        generation, unknown_since, account_id
    """,
)
claim_by_hand = Query(
    ClaimedRow,
    """
    update transfers set claim = $2, claimed_until = now() + make_interval(secs => $3), status = 'pending',
        next_retry_at = null, updated_at = now()
    where id = $1 and (claim is null or claimed_until < now()) and status in ('failed', 'permanently_failed')
    returning id, seller_id, order_id, amount_cents - recovered_cents as amount_cents, currency, retry_count,
        generation, unknown_since, account_id
    """,
)
begin_call = Command(
    """
    update transfers set account_id = $3, generation = $4, updated_at = now(),
        unknown_since = case when generation = $4 then coalesce(unknown_since, $5) else $5 end,
        claimed_until = now() + make_interval(secs => $6)
    where id = $1 and claim = $2
    """
)
"""Before the call: from now on the key may have had its effect, whoever dies. No row: another took over."""
completed = Command(
    """
    update transfers set status = 'completed', stripe_transfer_id = $3, completed_at = $4, retry_count = $5,
        account_id = $6, error = null, error_code = null, unknown_since = null, claim = null,
        claimed_until = null, updated_at = now()
    where id = $1 and claim = $2
    """
)
not_completed = Command(
    """
    update transfers set status = $3, retry_count = $4, generation = generation + $5, next_retry_at = $6,
        error_code = $7, error = $8,
        unknown_since = case when $5 = 0 then unknown_since end, account_id = case when $5 = 0 then account_id end,
        claim = null, claimed_until = null, updated_at = now()
    where id = $1 and claim = $2
    """
)
"""$5 1 for a new key, which may go to another account and of which everything is known."""
wake_waiting = Query(
    DueRow,
    """
    update transfers set status = 'pending', updated_at = now()
    where seller_id = $1 and status = 'waiting_for_seller' returning id, retry_count
    """,
)
due = Query(
    DueRow,
    """
    select id, retry_count from transfers
    where status in ('pending', 'failed') and coalesce(next_retry_at, created_at) <= $1
      and (claim is null or claimed_until < now())
    order by coalesce(next_retry_at, created_at) limit $2
    """,
)
forgotten_waiting = Query(
    DueRow,
    """
    update transfers set status = 'pending', updated_at = now()
    where id in (select t.id from transfers t join seller_accounts a on a.user_id = t.seller_id
                 where t.status = 'waiting_for_seller' and a.can_receive limit $1)
    returning id, retry_count
    """,
)
"""Of sellers who are ready: their waking was missed."""

transfer = Query(
    TransferRow,
    """
    select t.id, t.seller_id, u.username as seller_username, t.order_id, o.number as order_number, t.amount_cents,
           t.platform_fee_cents, t.currency, t.status, t.retry_count, t.next_retry_at, t.error, t.stripe_transfer_id,
           t.created_at, t.completed_at, t.reversed_cents, t.recovered_cents
    from transfers t join users u on u.id = t.seller_id join orders o on o.id = t.order_id where t.id = $1
    """,
)
listed = Query(
    TransferRow,
    """
    select t.id, t.seller_id, u.username as seller_username, t.order_id, o.number as order_number, t.amount_cents,
           t.platform_fee_cents, t.currency, t.status, t.retry_count, t.next_retry_at, t.error, t.stripe_transfer_id,
           t.created_at, t.completed_at, t.reversed_cents, t.recovered_cents
    from transfers t join users u on u.id = t.seller_id join orders o on o.id = t.order_id
    where ($1::text is null or t.status = $1) and ($2::uuid is null or t.seller_id = $2)
      and ($3::timestamptz is null or t.created_at >= $3) and ($4::timestamptz is null or t.created_at <= $4)
    order by t.id desc limit $5 offset $6
    """,
)
listed_before = Query(
    TransferRow,
    """
    select t.id, t.seller_id, u.username as seller_username, t.order_id, o.number as order_number, t.amount_cents,
           t.platform_fee_cents, t.currency, t.status, t.retry_count, t.next_retry_at, t.error, t.stripe_transfer_id,
           t.created_at, t.completed_at, t.reversed_cents, t.recovered_cents
    from transfers t join users u on u.id = t.seller_id join orders o on o.id = t.order_id
    where ($1::text is null or t.status = $1) and ($2::uuid is null or t.seller_id = $2)
      and ($3::timestamptz is null or t.created_at >= $3) and ($4::timestamptz is null or t.created_at <= $4)
      and ($5::uuid is null or t.id < $5)
    order by t.id desc limit $6
    """,
)
count = Value(
    int,
    """
    select count(*) from transfers
    where ($1::text is null or status = $1) and ($2::uuid is null or seller_id = $2)
      and ($3::timestamptz is null or created_at >= $3) and ($4::timestamptz is null or created_at <= $4)
    """,
)
