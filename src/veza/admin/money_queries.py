"""SQL that compares the books with everything else, in sets: each statement answers what does not agree, and no more.

At most 100 rows come of each, with the number of all. To be run in one snapshot (`begin_comparison`). An order is
paid when it was completed once, whatever came after.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query


class FoundRow(msgspec.Struct, frozen=True):
    """One thing that does not agree. `total`: how many of its statement there are. Cents are None without amounts."""

    code: str
    subject_id: UUID | None
    currency: str | None
    expected_cents: int | None
    found_cents: int | None
    total: int


class AskedPayment(msgspec.Struct, frozen=True):
    """A payment that succeeded, of which the provider is asked."""

    id: UUID
    provider_payment_id: str
    amount_cents: int
    currency: str


class AskedTransfer(msgspec.Struct, frozen=True):
    """A transfer of which the provider is asked. `amount_cents`: what was or is to be sent of it.

    `is_under_way`: it may be sent, or be reversed, without our knowing it yet.
    """

    id: UUID
    order_id: UUID
    amount_cents: int
    reversed_cents: int
    currency: str
    is_sent: bool
    is_under_way: bool
    stripe_transfer_id: str | None
    account_id: str | None
    updated_at: datetime


class ChangedRow(msgspec.Struct, frozen=True):
    """When a transfer changed last."""

    id: UUID
    updated_at: datetime


begin_comparison = Command("set transaction isolation level repeatable read, read only")
allow_time = Command("select set_config('statement_timeout', '60000', true), set_config('work_mem', '65536', true)")

transactions_unbalanced = Query(
    FoundRow,
    """
    select 'transaction_unbalanced' as code, transaction_id as subject_id, currency, 0::bigint as expected_cents,
           sum(amount_cents)::bigint as found_cents, count(*) over () as total
    from ledger_entries group by transaction_id, currency having sum(amount_cents) <> 0 limit 100
    """,
)
transactions_too_short = Query(
    FoundRow,
    """
    select 'transaction_too_short' as code, t.id as subject_id, null as currency, null::bigint as expected_cents,
           null::bigint as found_cents, count(*) over () as total
    from ledger_transactions t
    left join (select transaction_id, count(*) as entries from ledger_entries group by transaction_id) e
        on e.transaction_id = t.id
    where e.entries is null or e.entries < 2 limit 100
    """,
)
orders_settled = Query(
    FoundRow,
    """
    with due as (
        select id, currency, total_cents as cents from orders
        where status not in ('pending', 'failed', 'cancelled', 'expired') and total_cents > 0
    ), booked as (
        select coalesce(t.order_id, t.subject_id) as order_id, e.currency, sum(e.amount_cents)::bigint as cents,
               count(*) as times
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'order_settled' and e.account = 'payments' group by 1, 2
    )
    select case when d.id is null then 'order_settled_unpaid' when b.order_id is null then 'order_not_settled'
                when b.times > 1 then 'order_settled_twice' else 'order_settled_differently' end as code,
           coalesce(d.id, b.order_id) as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.order_id = d.id and b.currency = d.currency
    where d.cents is distinct from b.cents or b.times > 1 limit 100
    """,
)
order_lines = Query(
    FoundRow,
    """
    select 'order_lines_differ' as code, o.id as subject_id, o.currency, o.total_cents as expected_cents,
           coalesce(i.cents, 0) as found_cents, count(*) over () as total
    from orders o
    left join (select order_id, sum(total_cents)::bigint as cents from order_items group by order_id) i
        on i.order_id = o.id
    where o.total_cents is distinct from i.cents limit 100
    """,
)
shares = Query(
    FoundRow,
    """
    with due as (
        select i.order_id, i.seller_id, o.currency, sum(i.total_cents - i.fee_cents)::bigint as cents
        from order_items i join orders o on o.id = i.order_id
        where o.status not in ('pending', 'failed', 'cancelled', 'expired') group by 1, 2, 3
    ), booked as (
        select coalesce(t.order_id, t.subject_id) as order_id, e.seller_id, e.currency,
               -sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'order_settled' and e.account = 'seller_payable' group by 1, 2, 3
    )
    select 'share_differs' as code, coalesce(d.order_id, b.order_id) as subject_id,
           coalesce(d.currency, b.currency) as currency, coalesce(d.cents, 0) as expected_cents,
           coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d
    full join booked b on b.order_id = d.order_id and b.seller_id = d.seller_id and b.currency = d.currency
    where coalesce(d.cents, 0) <> coalesce(b.cents, 0) limit 100
    """,
)
fees = Query(
    FoundRow,
    """
    with due as (
        select i.order_id, o.currency, sum(i.fee_cents)::bigint as cents
        from order_items i join orders o on o.id = i.order_id
        where o.status not in ('pending', 'failed', 'cancelled', 'expired') group by 1, 2
    ), booked as (
        select coalesce(t.order_id, t.subject_id) as order_id, e.currency, -sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'order_settled' and e.account = 'platform_fee' group by 1, 2
    )
    select 'fee_differs' as code, coalesce(d.order_id, b.order_id) as subject_id,
           coalesce(d.currency, b.currency) as currency, coalesce(d.cents, 0) as expected_cents,
           coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.order_id = d.order_id and b.currency = d.currency
    where coalesce(d.cents, 0) <> coalesce(b.cents, 0) limit 100
    """,
)
payments_received = Query(
    FoundRow,
    """
    with due as (
        select id, currency, amount_cents as cents from payments where status = 'succeeded'
    ), booked as (
        select t.subject_id, e.currency, sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'payment_received' and e.account = 'provider_clearing' group by 1, 2
    )
    select case when d.id is null then 'payment_booked_unpaid' when b.subject_id is null then 'payment_not_booked'
                else 'payment_booked_differently' end as code,
           coalesce(d.id, b.subject_id) as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.subject_id = d.id and b.currency = d.currency
    where d.cents is distinct from b.cents limit 100
    """,
)
payments_returned = Query(
    FoundRow,
    """
    with due as (
        select id, currency, amount_cents as cents from payment_returns where status = 'succeeded'
    ), booked as (
        select t.subject_id, e.currency, -sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'payment_returned' and e.account = 'provider_clearing' group by 1, 2
    )
    select case when d.id is null then 'return_booked_unsent' when b.subject_id is null then 'return_not_booked'
                else 'return_booked_differently' end as code,
           coalesce(d.id, b.subject_id) as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.subject_id = d.id and b.currency = d.currency
    where d.cents is distinct from b.cents limit 100
    """,
)
transfers_sent = Query(
    FoundRow,
    """
    with due as (
        select id, currency, amount_cents - recovered_cents as cents from transfers
        where status in ('completed', 'reversal_pending', 'reversed', 'partially_reversed')
          and amount_cents > recovered_cents
    ), booked as (
        select t.subject_id, e.currency, sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'transfer_sent' and e.account = 'seller_payable' group by 1, 2
    )
    select case when d.id is null then 'transfer_booked_unsent' when b.subject_id is null then 'transfer_not_booked'
                else 'transfer_booked_differently' end as code,
           coalesce(d.id, b.subject_id) as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.subject_id = d.id and b.currency = d.currency
    where d.cents is distinct from b.cents limit 100
    """,
)
owed_to_sellers = Query(
    FoundRow,
    """
    with due as (
        select seller_id, currency, sum(amount_cents - recovered_cents)::bigint as cents from transfers
        where status in ('waiting_for_seller', 'pending', 'failed', 'permanently_failed') group by 1, 2
    ), booked as (
        select seller_id, currency, -sum(amount_cents)::bigint as cents from ledger_entries
        where account = 'seller_payable' group by 1, 2
    )
    select 'seller_owed_differently' as code, coalesce(d.seller_id, b.seller_id) as subject_id,
           coalesce(d.currency, b.currency) as currency, coalesce(d.cents, 0) as expected_cents,
           coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.seller_id = d.seller_id and b.currency = d.currency
    where coalesce(d.cents, 0) <> coalesce(b.cents, 0) limit 100
    """,
)
to_be_split = Query(
    FoundRow,
    """
    with due as (
        select currency, sum(amount_cents)::bigint as cents from payment_returns where status <> 'succeeded' group by 1
    ), booked as (
        select currency, -sum(amount_cents)::bigint as cents from ledger_entries where account = 'payments' group by 1
    )
    select 'payments_account_differs' as code, null::uuid as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.currency = d.currency
    where coalesce(d.cents, 0) <> coalesce(b.cents, 0) limit 100
    """,
)
held_by_providers = Query(
    FoundRow,
    """
    with due as (
        select currency, sum(cents)::bigint as cents from (
            select currency, sum(amount_cents) as cents from payments where status = 'succeeded' group by 1
            union all
            select currency, -sum(amount_cents) from payment_returns where status = 'succeeded' group by 1
            union all
            select currency, -sum(amount_cents) from refunds where status = 'succeeded' group by 1
            union all
            select currency, -sum(amount_cents - recovered_cents) from transfers
            where status in ('completed', 'reversal_pending', 'reversed', 'partially_reversed') group by 1
            union all
            select currency, sum(reversed_cents) from reversals group by 1
        ) moved group by 1
    ), booked as (
        select currency, sum(amount_cents)::bigint as cents from ledger_entries
        where account = 'provider_clearing' group by 1
    )
    select 'clearing_differs' as code, null::uuid as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.currency = d.currency
    where coalesce(d.cents, 0) <> coalesce(b.cents, 0) limit 100
    """,
)

COMPARISONS = (
    transactions_unbalanced,
    transactions_too_short,
    orders_settled,
    order_lines,
    shares,
    fees,
    payments_received,
    payments_returned,
    transfers_sent,
    owed_to_sellers,
    to_be_split,
    held_by_providers,
)
"""All of them, in the order in which a person would look."""

# --- of what the providers are asked: the newest that changed, and some of the older, by chance -------------------

payments_to_ask = Query(
    AskedPayment,
    """
    (select id, provider_payment_id, amount_cents, currency from payments
     where status = 'succeeded' and updated_at > $1 order by updated_at desc limit 500)
    union all
    (select id, provider_payment_id, amount_cents, currency from payments
     where status = 'succeeded' and updated_at <= $1 order by random() limit 100)
    """,
)
transfers_to_ask = Query(
    AskedTransfer,
    """
    (select id, order_id, amount_cents - recovered_cents as amount_cents, reversed_cents, currency,
            stripe_transfer_id is not null as is_sent,
            claim is not null or unknown_since is not null or status = 'reversal_pending' as is_under_way,
            stripe_transfer_id, account_id, updated_at
     from transfers where updated_at > $1 order by updated_at desc limit 500)
    union all
    (select id, order_id, amount_cents - recovered_cents, reversed_cents, currency, stripe_transfer_id is not null,
            claim is not null or unknown_since is not null or status = 'reversal_pending',
            stripe_transfer_id, account_id, updated_at
     from transfers where updated_at <= $1 order by random() limit 100)
    """,
)
changed_transfers = Query(ChangedRow, "select id, updated_at from transfers where id = any($1::uuid[])")
