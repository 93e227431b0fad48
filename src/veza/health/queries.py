"""SQL of the health checks: each one row, each cheap enough to ask every five seconds."""

import msgspec

from veza.db.query import Query, Value


class Backlog(msgspec.Struct, frozen=True):
    """Jobs that should have run, and how long the oldest has waited (seconds)."""

    due: int
    oldest_due_s: float


ping = Value(int, "select 1")
can_write = Value(bool, "select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean")
backlog = Query(
    Backlog,
    """
    select count(*)::int, coalesce(extract(epoch from now() - min(run_at)), 0)::float8
    from (select run_at from jobs where status = 'queued' and run_at <= now() limit 1000) as due (run_at)
    """,
)
