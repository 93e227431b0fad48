"""SQL of sellers' accounts and of what they sold. Transfers are `transfer_queries.py`."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class AccountRow(msgspec.Struct, frozen=True):
    """A seller's account."""

    user_id: UUID
    account_id: str | None
    generation: int
    can_receive: bool
    details_submitted: bool
    disabled_reason: str | None
    requirements_due: int
    is_gone: bool


class DayRow(msgspec.Struct, frozen=True):
    """What was sold on a day (UTC). `taken_back_cents`: of the seller's share, by refunds whenever they came."""

    day: date
    orders: int
    gross_cents: int
    fee_cents: int
    refunded_cents: int
    taken_back_cents: int


class TopRow(msgspec.Struct, frozen=True):
    """A product and what it sold."""

    product_id: UUID
    title: str
    quantity: int
    gross_cents: int


account = Query(
    AccountRow,
    """
    select user_id, account_id, generation, can_receive, details_submitted, disabled_reason, requirements_due, is_gone
    from seller_accounts where user_id = $1
    """,
)
account_by_provider_id = Query(
    AccountRow,
    """
    select user_id, account_id, generation, can_receive, details_submitted, disabled_reason, requirements_due, is_gone
    from seller_accounts where account_id = $1
    """,
)
clock = Value(datetime, "select clock_timestamp()")
"""One clock for all processes."""
begin_account = Query(
    AccountRow,
    """
    insert into seller_accounts as a (user_id) values ($1)
    on conflict (user_id) do update set
        account_id = case when a.is_gone then null else a.account_id end,
        generation = a.generation + a.is_gone::int, is_gone = false,
        can_receive = a.can_receive and not a.is_gone, checked_at = case when not a.is_gone then a.checked_at end
    returning user_id, account_id, generation, can_receive, details_submitted, disabled_reason, requirements_due,
        is_gone
    """,
)
"""One that is gone makes room for a new one, with another key."""
set_account = Query(
    AccountRow,
    """
    update seller_accounts set account_id = coalesce(account_id, $2), can_receive = $3, payouts_enabled = $4,
        details_submitted = $5, disabled_reason = $6, requirements_due = $7, checked_at = $8, updated_at = now()
    where user_id = $1 and not is_gone and (account_id is null or account_id = $2)
      and (checked_at is null or checked_at <= $8)
    returning user_id, account_id, generation, can_receive, details_submitted, disabled_reason, requirements_due,
        is_gone
    """,
)
"""$8: when the provider was asked; of two answers that of the later question stays."""
lose_account = Command(
    """
    update seller_accounts set is_gone = true, can_receive = false, payouts_enabled = false, updated_at = now()
    where account_id = $1
    """
)
raise_generation = Command(
    "update seller_accounts set generation = generation + 1 where user_id = $1 and generation = $2"
)

sold_by_day = Query(
    DayRow,
    """
    with sold as (
        select o.id, (o.completed_at at time zone 'utc')::date as day, sum(i.total_cents) as gross_cents,
               sum(i.fee_cents) as fee_cents, sum(i.refunded_cents) as refunded_cents
        from order_items i join orders o on o.id = i.order_id
        where i.seller_id = $1 and o.completed_at >= $2 group by 1, 2
    ), taken as (
        select order_id, sum(amount_cents) as cents from reversals where seller_id = $1 group by 1
    )
    select s.day, count(*)::int as orders, sum(s.gross_cents)::bigint as gross_cents,
           sum(s.fee_cents)::bigint as fee_cents, sum(s.refunded_cents)::bigint as refunded_cents,
           coalesce(sum(t.cents), 0)::bigint as taken_back_cents
    from sold s left join taken t on t.order_id = s.id group by 1 order by 1
    """,
)
top_products = Query(
    TopRow,
    """
    select i.product_id, (array_agg(i.title order by o.completed_at desc))[1] as title,
           sum(i.quantity)::bigint as quantity, sum(i.total_cents)::bigint as gross_cents
    from order_items i join orders o on o.id = i.order_id
    where i.seller_id = $1 and o.completed_at >= $2
    group by i.product_id order by sum(i.total_cents - i.refunded_cents) desc, i.product_id limit 10
    """,
)
unsent_cents = Value(
    int,
    """
    select coalesce(sum(amount_cents - recovered_cents), 0)::bigint from transfers
    where seller_id = $1 and status in ('waiting_for_seller', 'pending', 'failed', 'permanently_failed')
    """,
)
