"""SQL of the health checks: each one row, each cheap enough to ask every five seconds."""

import msgspec

from veza.db.query import Query, Value


class Backlog(msgspec.Struct, frozen=True):
    """Jobs that should have run, and how long the oldest has waited (seconds)."""

    due: int
    oldest_due_s: float


class LedgerRow(msgspec.Struct, frozen=True):
    """How the books stand. `differences`: of the last comparison, None when there was none."""

    sums_to_zero: bool
    differences: int | None


ping = Value(int, "select 1")
can_write = Value(bool, "select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean")
backlog = Query(
    Backlog,
    """
    select count(*)::int, coalesce(extract(epoch from now() - min(run_at)), 0)::float8
    from (select run_at from jobs where status = 'queued' and run_at <= now() limit 1000) as due (run_at)
    """,
)
ledger = Query(
    LedgerRow,
    """
    select not exists (
               select from ledger_entries where transaction_id in (
                   select id from ledger_transactions order by id desc limit 1000)
               group by transaction_id, currency having sum(amount_cents) <> 0) as sums_to_zero,
           (select jsonb_array_length(differences) from ledger_checks order by checked_at desc limit 1) as differences
    """,
)
"""The newest transactions; the hourly comparison sums up all of them (admin/money_check.py)."""
