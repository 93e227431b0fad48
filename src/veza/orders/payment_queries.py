"""SQL of payments: the attempts to have an order paid, and money that goes back whole."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query


class PaymentRow(msgspec.Struct, frozen=True):
    """An attempt to have an order paid."""

    id: UUID
    order_id: UUID
    attempt: int
    provider_payment_id: str
    status: str
    amount_cents: int
    currency: str
    client_secret: bytes | None
    checkout_url: str | None
    provider_updated_at: datetime | None


class ReturnRow(msgspec.Struct, frozen=True):
    """Money that goes back."""

    id: UUID
    payment_id: UUID
    provider_payment_id: str
    provider_refund_id: str
    order_id: UUID
    amount_cents: int
    currency: str
    reason: str
    status: str


class AskRow(msgspec.Struct, frozen=True):
    """Something that the provider is to be asked about."""

    id: UUID


insert_payment = Command(
    """
    insert into payments (id, order_id, attempt, provider_payment_id, amount_cents, currency)
    values ($1, $2, $3, $4, $5, $6)
    """
)
newest_payment = Query(
    PaymentRow,
    """
    select id, order_id, attempt, provider_payment_id, status, amount_cents, currency, client_secret, checkout_url,
           provider_updated_at
    from payments where order_id = $1 order by attempt desc limit 1
    """,
)
payment = Query(
    PaymentRow,
    """
    select id, order_id, attempt, provider_payment_id, status, amount_cents, currency, client_secret, checkout_url,
           provider_updated_at
    from payments where id = $1
    """,
)
payment_by_provider_id = Query(
    PaymentRow,
    """
    select id, order_id, attempt, provider_payment_id, status, amount_cents, currency, client_secret, checkout_url,
           provider_updated_at
    from payments where provider_payment_id = $1
    """,
)
kept_payment = Query(
    PaymentRow,
    """
    select id, order_id, attempt, provider_payment_id, status, amount_cents, currency, client_secret, checkout_url,
           provider_updated_at
    from payments p where order_id = $1 and status = 'succeeded'
      and not exists (select 1 from payment_returns r where r.payment_id = p.id)
    order by attempt limit 1
    """,
)
"""What an order was paid with: not what came for it in vain, and goes back whole."""
started = Command(
    """
    update payments set status = case when status = 'creating' then 'pending' else status end,
        client_secret = coalesce($2, client_secret), checkout_url = coalesce($3, checkout_url), updated_at = now()
    where id = $1
    """
)
"""The provider has it. Its state comes by `apply` alone."""
set_payment_status = Command(
    """
    update payments set status = $2, provider_updated_at = coalesce($3, provider_updated_at), error_code = $4,
        paid_at = case when $2 = 'succeeded' then coalesce(paid_at, $5) end, updated_at = now()
    where id = $1
    """
)
due_payments = Query(
    AskRow,
    """
    update payments set asked_at = now(), ask_count = ask_count + 1
    where id in (
        select p.id from payments p where p.status in ('creating', 'pending', 'failed')
        and coalesce(p.asked_at, p.created_at)
            < now() - make_interval(secs => $1::float8 * least(2 ^ least(p.ask_count, 10), $2::float8 / $1::float8))
        order by coalesce(p.asked_at, p.created_at) limit $3 for update skip locked)
    returning id
    """,
)
"""Those that waited for $1 seconds, doubled each time they were asked in vain up to $2: claimed as they are read."""

insert_return = Command(
    """
    insert into payment_returns (id, payment_id, provider_refund_id, amount_cents, currency, reason)
    values ($1, $2, $3, $4, $5, $6) on conflict (payment_id) do nothing
    """
)
money_return = Query(
    ReturnRow,
    """
    select r.id, r.payment_id, p.provider_payment_id, r.provider_refund_id, p.order_id, r.amount_cents, r.currency,
           r.reason, r.status
    from payment_returns r join payments p on p.id = r.payment_id where r.id = $1
    """,
)
lock_return = Query(
    ReturnRow,
    """
    select r.id, r.payment_id, p.provider_payment_id, r.provider_refund_id, p.order_id, r.amount_cents, r.currency,
           r.reason, r.status
    from payment_returns r join payments p on p.id = r.payment_id where r.id = $1 for update of r
    """,
)
return_by_provider_id = Query(
    ReturnRow,
    """
    select r.id, r.payment_id, p.provider_payment_id, r.provider_refund_id, p.order_id, r.amount_cents, r.currency,
           r.reason, r.status
    from payment_returns r join payments p on p.id = r.payment_id where r.provider_refund_id = $1
    """,
)
settle_return = Command(
    """
    update payment_returns set status = $2, error_code = $3, settled_at = $4 where id = $1 and status = 'pending'
    """
)
due_returns = Query(
    AskRow,
    """
    update payment_returns set asked_at = now()
    where id in (
        select id from payment_returns where status = 'pending'
        and coalesce(asked_at, created_at) < now() - make_interval(secs => $1)
        order by coalesce(asked_at, created_at) limit $2 for update skip locked)
    returning id
    """,
)
