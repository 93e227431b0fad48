"""SQL of the ledger. There is nothing here that changes an entry, and the database would refuse it."""

from datetime import datetime
from typing import Any

import msgspec

from veza.db.query import Command, Query, Value


class BalanceRow(msgspec.Struct, frozen=True):
    """What an account holds, over all sellers: debits less credits."""

    account: str
    currency: str
    amount_cents: int


class CheckRow(msgspec.Struct, frozen=True):
    """What a comparison found; each difference as `ledger.domain.Difference`."""

    checked_at: datetime
    differences: list[dict[str, Any]]


insert_transaction = Command(
    """
    insert into ledger_transactions (id, kind, subject_id, order_id) values ($1, $2, $3, $4)
    on conflict (kind, subject_id) do nothing
    """
)
insert_entries = Command(
    """
    insert into ledger_entries (transaction_id, account, seller_id, amount_cents, currency)
    select $1, account, seller_id, amount_cents, $5
    from unnest($2::text[], $3::uuid[], $4::bigint[]) entry (account, seller_id, amount_cents)
    """
)
balances = Query(
    BalanceRow,
    """
    select account, currency, sum(amount_cents)::bigint as amount_cents from ledger_entries
    group by account, currency order by account, currency
    """,
)
owed_to_seller = Value(
    int,
    """
    select coalesce(-sum(amount_cents), 0)::bigint from ledger_entries
    where seller_id = $1 and account = 'seller_payable' and currency = $2
    """,
)
"""What is owed to a seller and was not sent."""
debt_of_seller = Value(
    int,
    """
    select coalesce(sum(amount_cents), 0)::bigint from ledger_entries
    where seller_id = $1 and account = 'seller_debt' and currency = $2
    """,
)
insert_check = Command("insert into ledger_checks (id, checked_at, is_balanced, differences) values ($1, $2, $3, $4)")
last_check = Query(
    CheckRow, "select checked_at, differences from ledger_checks order by checked_at desc, id desc limit 1"
)
forget_checks = Command(
    """
    delete from ledger_checks where is_balanced and checked_at < $1
    and id <> (select id from ledger_checks order by checked_at desc, id desc limit 1)
    """
)
