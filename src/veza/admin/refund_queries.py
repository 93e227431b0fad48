"""SQL that compares refunds and disputes with orders and the books; `money_queries.py` does the rest.

Each answers what does not agree, 100 rows at most, in the snapshot that the caller opened.
"""

from uuid import UUID

import msgspec

from veza.admin.money_queries import FoundRow
from veza.db.query import Query


class AskedRefund(msgspec.Struct, frozen=True):
    """A refund that succeeded, of which the provider is asked."""

    id: UUID
    provider_refund_id: str
    amount_cents: int
    currency: str


refunds_settled = Query(
    FoundRow,
    """
    with due as (
        select id, currency, amount_cents as cents from refunds where status = 'succeeded'
    ), booked as (
        select t.subject_id, e.currency, -sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'refund_settled' and e.account = 'provider_clearing' group by 1, 2
    )
    select case when d.id is null then 'refund_booked_unsent' when b.subject_id is null then 'refund_not_booked'
                else 'refund_booked_differently' end as code,
           coalesce(d.id, b.subject_id) as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.subject_id = d.id and b.currency = d.currency
    where d.cents is distinct from b.cents limit 100
    """,
)
refunds_of_orders = Query(
    FoundRow,
    """
    select 'order_refunded_differently' as code, o.id as subject_id, o.currency, o.refunded_cents as expected_cents,
           coalesce(r.cents, 0) as found_cents, count(*) over () as total
    from orders o
    left join (select order_id, sum(amount_cents)::bigint as cents from refunds
               where status = 'succeeded' group by 1) r on r.order_id = o.id
    where o.refunded_cents <> coalesce(r.cents, 0) limit 100
    """,
)
refunds_of_lines = Query(
    FoundRow,
    """
    select 'line_refunded_differently' as code, i.id as subject_id, o.currency, i.refunded_cents as expected_cents,
           coalesce(t.cents, 0) as found_cents, count(*) over () as total
    from order_items i join orders o on o.id = i.order_id
    left join (select p.order_item_id, sum(p.amount_cents)::bigint as cents
               from refund_items p join refunds r on r.id = p.refund_id
               where r.status = 'succeeded' group by 1) t on t.order_item_id = i.id
    where i.refunded_cents <> coalesce(t.cents, 0) limit 100
    """,
)
refund_parts = Query(
    FoundRow,
    """
    select 'refund_parts_differ' as code, r.id as subject_id, r.currency, r.amount_cents as expected_cents,
           coalesce(t.cents, 0) as found_cents, count(*) over () as total
    from refunds r
    left join (select refund_id, sum(amount_cents)::bigint as cents from refund_items group by 1) t
        on t.refund_id = r.id
    where r.amount_cents <> coalesce(t.cents, 0) limit 100
    """,
)
fees_given_back = Query(
    FoundRow,
    """
    with share as (
        select order_id, seller_id, sum(total_cents) as gross, sum(fee_cents) as fee, sum(refunded_cents) as refunded
        from order_items group by 1, 2 having sum(refunded_cents) > 0
    ), due as (
        select order_id, sum(div(2 * fee * refunded + gross, 2 * gross))::bigint as cents from share group by 1
    ), booked as (
        select t.order_id, sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'refund_settled' and e.account = 'platform_fee' group by 1
    )
    select 'fee_given_back_differently' as code, coalesce(d.order_id, b.order_id) as subject_id, o.currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.order_id = d.order_id
    join orders o on o.id = coalesce(d.order_id, b.order_id)
    where coalesce(d.cents, 0) <> coalesce(b.cents, 0) limit 100
    """,
)
order_statuses = Query(
    FoundRow,
    """
    select 'order_status_differs' as code, o.id as subject_id, o.currency, null::bigint as expected_cents,
           null::bigint as found_cents, count(*) over () as total
    from orders o
    where o.status in ('completed', 'refund_pending', 'partially_refunded', 'refunded', 'disputed')
      and o.status <> case
        when exists (select 1 from disputes d where d.order_id = o.id and d.settled_at is null) then 'disputed'
        when exists (select 1 from refunds r where r.order_id = o.id and r.status = 'pending') then 'refund_pending'
        when o.refunded_cents = 0 then 'completed'
        when o.refunded_cents = o.total_cents then 'refunded' else 'partially_refunded' end
    limit 100
    """,
)

COMPARISONS = (refunds_settled, refunds_of_orders, refunds_of_lines, refund_parts, fees_given_back, order_statuses)

refunds_to_ask = Query(
    AskedRefund,
    """
    (select id, provider_refund_id, amount_cents, currency from refunds
     where status = 'succeeded' and provider_refund_id is not null and settled_at > $1
     order by settled_at desc limit 500)
    union all
    (select id, provider_refund_id, amount_cents, currency from refunds
     where status = 'succeeded' and provider_refund_id is not null and settled_at <= $1
     order by random() limit 100)
    """,
)
