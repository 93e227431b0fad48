"""SQL of the staff's lists, over the tables of all slices. Reads only: what changes goes through the slices' doors."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Query, Value


class UserRow(msgspec.Struct, frozen=True):
    """An account with how much it bought and sells: orders placed, and products of any status."""

    id: UUID
    username: str
    email: str
    role: str
    email_verified: bool
    is_suspended: bool
    created_at: datetime
    orders: int
    products: int


class SuspensionRow(msgspec.Struct, frozen=True):
    """Since when an account is shut out, and what the audit says why."""

    suspended_at: datetime | None
    reason: str | None


class OrderRow(msgspec.Struct, frozen=True):
    """An order in the list. `items`: its lines; `sellers`: whose they are."""

    id: UUID
    number: str
    buyer_id: UUID
    buyer_username: str
    status: str
    total_cents: int
    refunded_cents: int
    currency: str
    items: int
    sellers: int
    created_at: datetime
    completed_at: datetime | None


class EventRow(msgspec.Struct, frozen=True):
    """An event of a provider, without what it said."""

    id: UUID
    provider: str
    event_id: str
    kind: str
    status: str
    note: str | None
    deliveries: int
    received_at: datetime
    handled_at: datetime | None


# --- users: $1 search, $2 role, $3 suspended -------------------------------------------------------------------

users = Query(
    UserRow,
    """
    select u.id, u.username, u.email, u.role, u.email_verified, u.suspended_at is not null as is_suspended,
           u.created_at, (select count(*) from orders o where o.buyer_id = u.id) as orders,
           (select count(*) from products p where p.seller_id = u.id) as products
    from (select * from users
          where ($1 = '' or strpos(lower(username), lower($1)) > 0 or strpos(email_key, lower($1)) > 0)
            and ($2::text is null or role = $2) and ($3::boolean is null or (suspended_at is not null) = $3)
          order by id desc limit $4 offset $5) u
    order by u.id desc
    """,
)
count_users = Value(
    int,
    """
    select count(*) from users
    where ($1 = '' or strpos(lower(username), lower($1)) > 0 or strpos(email_key, lower($1)) > 0)
      and ($2::text is null or role = $2) and ($3::boolean is null or (suspended_at is not null) = $3)
    """,
)
user = Query(
    UserRow,
    """
    select u.id, u.username, u.email, u.role, u.email_verified, u.suspended_at is not null as is_suspended,
           u.created_at, (select count(*) from orders o where o.buyer_id = u.id) as orders,
           (select count(*) from products p where p.seller_id = u.id) as products
    from users u where u.id = $1
    """,
)
suspension = Query(
    SuspensionRow,
    """
    select u.suspended_at,
           case when u.suspended_at is not null then (
               select a.details ->> 'reason' from audit_entries a
               where a.subject_kind = 'user' and a.subject_id = u.id::text and a.action = 'user.suspended'
               order by a.id desc limit 1) end as reason
    from users u where u.id = $1
    """,
)

# --- orders: $1 status, $2 buyer, $3 seller, $4 search, $5 from, $6 before ---------------------------------------

orders = Query(
    OrderRow,
    """
    select o.id, o.number, o.buyer_id, o.buyer_username, o.status, o.total_cents, o.refunded_cents, o.currency,
           l.items, l.sellers, o.created_at, o.completed_at
    from (select o.*, u.username as buyer_username from orders o join users u on u.id = o.buyer_id
          where ($1::text is null or o.status = $1) and ($2::uuid is null or o.buyer_id = $2)
            and ($3::uuid is null or o.id in (select order_id from order_items where seller_id = $3))
            and ($4 = '' or strpos(lower(o.number), lower($4)) > 0 or strpos(lower(u.username), lower($4)) > 0)
            and ($5::timestamptz is null or o.created_at >= $5) and ($6::timestamptz is null or o.created_at < $6)
          order by o.id desc limit $7 offset $8) o
    cross join lateral (
        select count(*) as items, count(distinct seller_id) as sellers from order_items where order_id = o.id) l
    order by o.id desc
    """,
)
count_orders = Value(
    int,
    """
    select count(*) from orders o join users u on u.id = o.buyer_id
    where ($1::text is null or o.status = $1) and ($2::uuid is null or o.buyer_id = $2)
      and ($3::uuid is null or o.id in (select order_id from order_items where seller_id = $3))
      and ($4 = '' or strpos(lower(o.number), lower($4)) > 0 or strpos(lower(u.username), lower($4)) > 0)
      and ($5::timestamptz is null or o.created_at >= $5) and ($6::timestamptz is null or o.created_at < $6)
    """,
)

# --- events of providers: $1 provider, $2 status -----------------------------------------------------------------

events = Query(
    EventRow,
    """
    select id, provider, event_id, kind, status, note, deliveries, received_at, handled_at from webhook_events
    where ($1::text is null or provider = $1) and ($2::text is null or status = $2)
    order by id desc limit $3 offset $4
    """,
)
count_events = Value(
    int,
    """
    select count(*) from webhook_events
    where ($1::text is null or provider = $1) and ($2::text is null or status = $2)
    """,
)
event = Query(
    EventRow,
    """
    select id, provider, event_id, kind, status, note, deliveries, received_at, handled_at
    from webhook_events where id = $1
    """,
)
event_body = Value(bytes, "select body from webhook_events where id = $1")
