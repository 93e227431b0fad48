"""SQL that compares what came back from sellers, and what they owe, with the books; `money_queries.py` does the rest.

Each answers what does not agree, 100 rows at most, in the snapshot that the caller opened.
"""

from veza.admin.money_queries import FoundRow
from veza.db.query import Query

reversals_done = Query(
    FoundRow,
    """
    with due as (
        select id, currency, reversed_cents as cents from reversals where reversed_cents > 0
    ), booked as (
        select t.subject_id, e.currency, sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'transfer_reversed' and e.account = 'provider_clearing' group by 1, 2
    )
    select case when d.id is null then 'reversal_booked_undone' when b.subject_id is null then 'reversal_not_booked'
                else 'reversal_booked_differently' end as code,
           coalesce(d.id, b.subject_id) as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.subject_id = d.id and b.currency = d.currency
    where d.cents is distinct from b.cents limit 100
    """,
)
recoveries = Query(
    FoundRow,
    """
    with due as (
        select p.id, r.currency, p.amount_cents as cents
        from debt_recoveries p join reversals r on r.id = p.reversal_id
    ), booked as (
        select t.subject_id, e.currency, sum(e.amount_cents)::bigint as cents
        from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
        where t.kind = 'debt_recovered' and e.account = 'seller_payable' group by 1, 2
    )
    select case when d.id is null then 'recovery_booked_undone' when b.subject_id is null then 'recovery_not_booked'
                else 'recovery_booked_differently' end as code,
           coalesce(d.id, b.subject_id) as subject_id, coalesce(d.currency, b.currency) as currency,
           coalesce(d.cents, 0) as expected_cents, coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.subject_id = d.id and b.currency = d.currency
    where d.cents is distinct from b.cents limit 100
    """,
)
debts = Query(
    FoundRow,
    """
    with due as (
        select seller_id, currency, sum(reverse_cents - reversed_cents + owed_cents)::bigint as cents
        from reversals group by 1, 2
    ), booked as (
        select seller_id, currency, sum(amount_cents)::bigint as cents from ledger_entries
        where account = 'seller_debt' group by 1, 2
    )
    select 'seller_debt_differs' as code, coalesce(d.seller_id, b.seller_id) as subject_id,
           coalesce(d.currency, b.currency) as currency, coalesce(d.cents, 0) as expected_cents,
           coalesce(b.cents, 0) as found_cents, count(*) over () as total
    from due d full join booked b on b.seller_id = d.seller_id and b.currency = d.currency
    where coalesce(d.cents, 0) <> coalesce(b.cents, 0) limit 100
    """,
)
debts_paid = Query(
    FoundRow,
    """
    select 'debt_paid_differently' as code, r.id as subject_id, r.currency, r.recovered_cents as expected_cents,
           coalesce(p.cents, 0) as found_cents, count(*) over () as total
    from reversals r
    left join (select reversal_id, sum(amount_cents)::bigint as cents from debt_recoveries group by 1) p
        on p.reversal_id = r.id
    where r.recovered_cents <> coalesce(p.cents, 0) limit 100
    """,
)
kept_back = Query(
    FoundRow,
    """
    select 'kept_back_differently' as code, t.id as subject_id, t.currency, t.recovered_cents as expected_cents,
           coalesce(p.cents, 0) as found_cents, count(*) over () as total
    from transfers t
    left join (select transfer_id, sum(amount_cents)::bigint as cents from debt_recoveries
               where not reduced group by 1) p on p.transfer_id = t.id
    where t.recovered_cents <> coalesce(p.cents, 0) limit 100
    """,
)
reversed_of_transfers = Query(
    FoundRow,
    """
    select 'reversed_differently' as code, t.id as subject_id, t.currency, t.reversed_cents as expected_cents,
           coalesce(r.cents, 0) as found_cents, count(*) over () as total
    from transfers t
    left join (select transfer_id, sum(reversed_cents)::bigint as cents from reversals group by 1) r
        on r.transfer_id = t.id
    where t.reversed_cents <> coalesce(r.cents, 0) limit 100
    """,
)

COMPARISONS = (reversals_done, recoveries, debts, debts_paid, kept_back, reversed_of_transfers)
