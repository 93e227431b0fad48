"""SQL of copies made for people, and of what of a deleted seller's products somebody has."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class ExportRow(msgspec.Struct, frozen=True):
    """A copy as it stands."""

    id: UUID
    user_id: UUID
    status: str
    object_id: UUID | None
    size_bytes: int | None
    created_at: datetime
    expires_at: datetime | None


class ObjectRow(msgspec.Struct, frozen=True):
    """A copy that is over, and its object in the file store."""

    id: UUID
    object_id: UUID | None


class IdRow(msgspec.Struct, frozen=True):
    """A product's id."""

    id: UUID


insert = Value(
    UUID,
    """
    insert into account_exports (id, user_id) values ($1, $2)
    on conflict (user_id) where status = 'pending' do nothing returning id
    """,
)
export = Query(
    ExportRow,
    """
    select id, user_id, status, object_id, size_bytes, created_at, expires_at from account_exports where id = $1
    """,
)
newest = Query(
    ExportRow,
    """
    select id, user_id, status, object_id, size_bytes, created_at, expires_at from account_exports
    where user_id = $1 order by id desc limit 1
    """,
)
finish = Value(
    UUID,
    """
    update account_exports set status = 'ready', object_id = $2, size_bytes = $3, finished_at = $4, expires_at = $5
    where id = $1 and status = 'pending' returning user_id
    """,
)
fail = Command("update account_exports set status = 'failed', finished_at = now() where id = $1 and status = 'pending'")
fail_lost = Command(
    """
    update account_exports set status = 'failed', finished_at = now()
    where status = 'pending' and created_at < now() - make_interval(secs => $1::float8)
    """
)
over = Query(
    ObjectRow,
    """
    select id, object_id from account_exports
    where status = 'ready' and expires_at <= $1 order by expires_at limit 100 for update skip locked
    """,
)
of_person = Query(
    ObjectRow,
    "select id, object_id from account_exports where user_id = $1 and status in ('pending', 'ready') for update",
)
older = Query(
    ObjectRow,
    "select id, object_id from account_exports where user_id = $1 and status = 'ready' and id <> $2 for update",
)
expire = Command(
    """
    update account_exports set status = 'expired', object_id = null, finished_at = coalesce(finished_at, now())
    where id = any($1::uuid[])
    """
)

# Of these products, those that something outside of the product names: who bought them has them still.
named_products = Query(
    IdRow,
    """
    select p.id from unnest($1::uuid[]) as p (id)
    where exists (select from order_items i where i.product_id = p.id)
       or exists (select from entitlements e where e.product_id = p.id)
       or exists (select from reviews r where r.product_id = p.id)
    """,
)
