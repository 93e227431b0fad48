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
    downloaded_at: datetime | None
    suspended_at: datetime | None


grant = Query(
    EntitlementRow,
    """
    insert into entitlements as e (id, user_id, product_id, license_id, order_id) values ($1, $2, $3, $4, $5)
    on conflict (user_id, product_id, license_id, order_id) do update set
        granted_at = case when e.revoked_at is null then e.granted_at else now() end, revoked_at = null
    returning id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    """,
)
revoke = Command("update entitlements set revoked_at = now() where id = $1 and revoked_at is null")
revoke_lines = Command(
    """
    update entitlements e set revoked_at = now()
    from unnest($2::uuid[], $3::uuid[]) line (product_id, license_id)
    where e.order_id = $1 and e.revoked_at is null and e.product_id = line.product_id
      and e.license_id is not distinct from line.license_id
    """
)
suspend_lines = Command(
    """
    update entitlements e set suspended_at = case when e.suspended_at is null then now() end
    where e.order_id = $1 and e.revoked_at is null and (e.suspended_at is null) = exists (
        select 1 from unnest($2::uuid[], $3::uuid[]) line (product_id, license_id)
        where line.product_id = e.product_id and line.license_id is not distinct from e.license_id)
    """
)
"""These lines of an order and no others are suspended then."""
downloaded = Command(
    """
    update entitlements set downloaded_at = now()
    where id = $1 and downloaded_at is null and revoked_at is null and suspended_at is null
    """
)
of_whole_order = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements where order_id = $1 and revoked_at is null
    """,
)
lock_of_order = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements where order_id = $1 and revoked_at is null order by id for update
    """,
)
"""Nobody downloads for the first time between being counted out and being suspended."""
entitlement = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements
    where id = $1 and user_id = $2 and revoked_at is null
    """,
)
owned = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements
    where user_id = $1 and revoked_at is null order by granted_at desc, id desc limit $2 offset $3
    """,
)
count_owned = Value(int, "select count(*) from entitlements where user_id = $1 and revoked_at is null")
of_product = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements
    where user_id = $1 and product_id = $2 and revoked_at is null order by granted_at, id limit 100
    """,
)
of_products = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements
    where user_id = $1 and product_id = any($2::uuid[]) and revoked_at is null
    """,
)
of_order = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements
    where order_id = $1 and product_id = $2 and license_id is not distinct from $3 and revoked_at is null
    """,
)
hold_of_product = Query(
    EntitlementRow,
    """
    select id, user_id, product_id, license_id, order_id, granted_at, downloaded_at, suspended_at
    from entitlements
    where user_id = $1 and product_id = $2 and revoked_at is null and suspended_at is null and order_id is not null
    order by granted_at, id limit 1 for share
    """,
)
"""Held until the transaction ends: nobody is refunded between being allowed to review and having reviewed."""
