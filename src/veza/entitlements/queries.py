"""SQL of who owns what."""

from datetime import datetime
from uuid import UUID

import msgspec

from veza.db.query import Command, Query, Value


class EntitlementRow(msgspec.Struct, frozen=True):
    """An entitlement that holds."""

    id: UUID
    user_id: UUID
    product_id: UUID
    license_id: UUID | None
    order_id: UUID | None
    granted_at: datetime


grant = Query(
    EntitlementRow,
    """
    insert into entitlements as e (id, user_id, product_id, license_id, order_id) values ($1, $2, $3, $4, $5)
    on conflict (user_id, product_id, license_id, order_id) do update set
        granted_at = case when e.revoked_at is null then e.granted_at else now() end, revoked_at = null
    returning id, user_id, product_id, license_id, order_id, granted_at
    """,
)
revoke = Command("update entitlements set revoked_at = now() where id = $1 and revoked_at is null")
revoke_of_order = Command(
    """
    update entitlements set revoked_at = now()
    where order_id = $1 and revoked_at is null and ($2::uuid[] is null or product_id = any($2))
    """
)
entitlement = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at from entitlements
    where id = $1 and user_id = $2 and revoked_at is null
    """,
)
owned = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at from entitlements
    where user_id = $1 and revoked_at is null order by granted_at desc, id desc limit $2 offset $3
    """,
)
count_owned = Value(int, "select count(*) from entitlements where user_id = $1 and revoked_at is null")
of_product = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at from entitlements
    where user_id = $1 and product_id = $2 and revoked_at is null order by granted_at, id limit 100
    """,
)
of_products = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at from entitlements
    where user_id = $1 and product_id = any($2::uuid[]) and revoked_at is null
    """,
)
of_order = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at from entitlements
    where order_id = $1 and product_id = $2 and license_id is not distinct from $3 and revoked_at is null
    """,
)
hold_of_product = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at from entitlements
    where user_id = $1 and product_id = $2 and revoked_at is null and order_id is not null
    order by granted_at, id limit 1 for share
    """,
)
"""Held until the transaction ends: nobody is refunded between being allowed to review and having reviewed."""
