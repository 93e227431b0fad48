"""Routes of the admins: people, orders, and who did what. Money and the providers' events are `money_api.py`."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from veza.admin import service
from veza.admin.domain import SEARCH_MAX, UserFilter
from veza.admin.queries import OrderRow, UserRow
from veza.admin.schemas import (
    AdminAccountView,
    AdminAuditEntryView,
    AdminAuditView,
    AdminOrdersView,
    AdminOrderView,
    AdminUsersView,
    AdminUserView,
    RoleChange,
    Suspension,
)
from veza.admin.service import Account, OrderFilter
from veza.audit.service import EntryFilter
from veza.auth.domain import Principal, Role
from veza.auth.guard import admin_only
from veza.context import Context
from veza.http.envelope import Limit, Offset, Ok, Since, Until, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.kit.period import parse_period
from veza.orders.domain import OrderStatus

TAGS = ["Admin"]
LIMIT = 50
Search = Annotated[str, QueryParameter(max_length=SEARCH_MAX)]
Word = Annotated[str | None, QueryParameter(max_length=100, pattern=r"^[\w.-]+$")]


@get(
    "/admin/users",
    operation_id="listUsers",
    summary="List accounts",
    description="The newest first. `search`: part of a username or an e-mail address.",
    tags=TAGS,
    responses=documented(401, 403),
    **admin_only,
)
async def list_users(
    *,
    ctx: NamedDependency[Context],
    search: FromQuery[Search] = "",
    role: FromQuery[Role | None] = None,
    suspended: FromQuery[bool | None] = None,
    limit: FromQuery[Limit] = LIMIT,
    offset: FromQuery[Offset] = 0,
) -> Ok[AdminUsersView]:
    """A page of accounts."""
    page = await service.list_users(ctx, UserFilter(search, role, suspended), PageRequest(limit, offset))
    return ok(AdminUsersView([_user_view(row) for row in page.items], page.total, limit, offset))


@get(
    "/admin/users/{user_id:uuid}",
    operation_id="getUser",
    summary="Get an account",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **admin_only,
)
async def get_user(ctx: NamedDependency[Context], user_id: FromPath[UUID]) -> Ok[AdminAccountView]:
    """With its suspension, if there is one."""
    return ok(_account_view(await service.get_user(ctx, user_id)))


@put(
    "/admin/users/{user_id:uuid}/role",
    operation_id="changeRole",
    summary="Give somebody a role",
    description="Bites within 5 s. Not one's own (403 `own_account`), nor that of the last admin (409 `last_admin`).",
    tags=TAGS,
    responses=documented(401, 403, 404, 409),
    **admin_only,
)
async def change_role(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[RoleChange],
) -> Ok[AdminAccountView]:
    """Change what somebody may do."""
    return ok(_account_view(await service.change_role(ctx, principal, user_id, data.role)))


@post(
    "/admin/users/{user_id:uuid}/suspend",
    operation_id="suspendUser",
    summary="Shut somebody out",
    description="Their sessions and sockets end and their broadcast is cut. Not oneself (403 `own_account`), nor the "
    "last admin (409 `last_admin`). Again changes nothing.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **admin_only,
)
async def suspend_user(
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    user_id: FromPath[UUID],
    data: JSONBody[Suspension],
) -> Ok[AdminAccountView]:
    """With a reason, for the audit."""
    return ok(_account_view(await service.suspend(ctx, principal, user_id, data.reason)))


@post(
    "/admin/users/{user_id:uuid}/reinstate",
    operation_id="reinstateUser",
    summary="Let somebody in again",
    description="They log in anew. Again changes nothing.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **admin_only,
)
async def reinstate_user(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], user_id: FromPath[UUID]
) -> Ok[AdminAccountView]:
    """End a suspension."""
    return ok(_account_view(await service.reinstate(ctx, principal, user_id)))


@post(
    "/admin/users/{user_id:uuid}/totp/reset",
    operation_id="resetTotp",
    summary="Turn somebody's two-step log-in off",
    description="For who lost phone and recovery codes: be sure who asks. They are told by mail. Not one's own (403 "
    "`own_account`). Again changes nothing.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404),
    **admin_only,
)
async def reset_totp(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], user_id: FromPath[UUID]
) -> Ok[AdminAccountView]:
    """Let somebody log in with their password alone."""
    return ok(_account_view(await service.reset_totp(ctx, principal, user_id)))


@get(
    "/admin/orders",
    operation_id="listAllOrders",
    summary="List orders",
    description="The newest first. `search`: part of a number or of the buyer's username. `from` and `to`: when it was "
    "placed, inclusive. One order is `GET /marketplace/orders/{id}`.",
    tags=TAGS,
    responses=documented(401, 403),
    **admin_only,
)
async def list_orders(
    *,
    ctx: NamedDependency[Context],
    status: FromQuery[OrderStatus | None] = None,
    buyer_id: FromQuery[UUID | None] = None,
    seller_id: FromQuery[UUID | None] = None,
    search: FromQuery[Search] = "",
    since: FromQuery[Since] = None,
    until: FromQuery[Until] = None,
    limit: FromQuery[Limit] = LIMIT,
    offset: FromQuery[Offset] = 0,
) -> Ok[AdminOrdersView]:
    """A page of orders."""
    wanted = OrderFilter(status, buyer_id, seller_id, search, parse_period(since, until))
    page = await service.list_orders(ctx, wanted, PageRequest(limit, offset))
    return ok(AdminOrdersView([_order_view(row) for row in page.items], page.total, limit, offset))


@get(
    "/admin/audit",
    operation_id="listAudit",
    summary="Who did what",
    description="The newest first. Entries are never changed.",
    tags=TAGS,
    responses=documented(401, 403),
    **admin_only,
)
async def list_audit(
    *,
    ctx: NamedDependency[Context],
    actor_id: FromQuery[UUID | None] = None,
    action: FromQuery[Word] = None,
    subject_kind: FromQuery[Word] = None,
    subject_id: FromQuery[Word] = None,
    limit: FromQuery[Limit] = LIMIT,
    offset: FromQuery[Offset] = 0,
) -> Ok[AdminAuditView]:
    """A page of the audit."""
    wanted = EntryFilter(actor_id, action, subject_kind, subject_id)
    page = await service.list_audit(ctx, wanted, PageRequest(limit, offset))
    entries = [msgspec.convert(row, AdminAuditEntryView, from_attributes=True) for row in page.items]
    return ok(AdminAuditView(entries, page.total, limit, offset))


def _user_view(row: UserRow) -> AdminUserView:
    return msgspec.convert(row, AdminUserView, from_attributes=True)


def _account_view(account: Account) -> AdminAccountView:
    return AdminAccountView(
        **{name: getattr(_user_view(account.row), name) for name in AdminUserView.__struct_fields__},
        suspended_at=account.suspended_at,
        suspension_reason=account.suspension_reason,
        totp_enabled=account.totp_enabled,
    )


def _order_view(row: OrderRow) -> AdminOrderView:
    return msgspec.convert(row, AdminOrderView, from_attributes=True)


routes: list[BaseRouteHandler] = [
    list_users,
    get_user,
    change_role,
    suspend_user,
    reinstate_user,
    reset_totp,
    list_orders,
    list_audit,
]
