"""SQL of the HTTP layer: rate counters and idempotency keys."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class Counter(msgspec.Struct, frozen=True):
    """One counter of a rate limit; `expires_at` ends its window."""

    count: int
    expires_at: datetime


class KeptKey(msgspec.Struct, frozen=True):
    """An idempotency key as it stands. `resource_id` is None while the first request runs."""

    body_sha256: bytes
    resource_id: UUID | None
    is_locked: bool


count_up = Query(
    Counter,
    """
    insert into rate_counters as c (key, count, expires_at)
    values ($1, $2, now() + make_interval(secs => $3))
    on conflict (key) do update set
        count = case when c.expires_at <= now() then excluded.count else c.count + excluded.count end,
        expires_at = case when c.expires_at <= now() then excluded.expires_at else c.expires_at end
    returning count, expires_at
    """,
)
count_down = Command("update rate_counters set count = count - 1 where key = $1 and count > 0 and expires_at > now()")
counter = Query(Counter, "select count, expires_at from rate_counters where key = $1 and expires_at > now()")
forget_counter = Command("delete from rate_counters where key = $1")
forget_all_counters = Command("delete from rate_counters")
forget_old_counters = Command("delete from rate_counters where expires_at <= now()")

claim_key = Value(
    bool,
    """
    insert into idempotency_keys as k (user_id, route, key, body_sha256, locked_until, expires_at)
    values ($1, $2, $3, $4, now() + make_interval(secs => $5), now() + interval '24 hours')
    on conflict (user_id, route, key) do update set
        body_sha256 = excluded.body_sha256, locked_until = excluded.locked_until,
        expires_at = case when k.expires_at <= now() then excluded.expires_at else k.expires_at end,
        resource_id = case when k.expires_at <= now() then null else k.resource_id end
    where k.expires_at <= now()
       or (k.resource_id is null and k.locked_until <= now() and k.body_sha256 = excluded.body_sha256)
    returning true
    """,
)
kept_key = Query(
    KeptKey,
    """
    select body_sha256, resource_id, locked_until > now() as is_locked
    from idempotency_keys where user_id = $1 and route = $2 and key = $3
    """,
)
finish_key = Command(
    """
    update idempotency_keys set resource_id = $4
    where user_id = $1 and route = $2 and key = $3 and (resource_id is null or resource_id = $4)
    """
)
release_key = Command(
    "delete from idempotency_keys where user_id = $1 and route = $2 and key = $3 and resource_id is null"
)
forget_old_keys = Command("delete from idempotency_keys where expires_at <= now()")
