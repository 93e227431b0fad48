"""What the staff look up, and the acts that are theirs alone. Each act goes through the door of the slice it changes.

An act and its entry in the audit are one transaction. Comparing money is `money_check.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from veza.admin import domain, queries
from veza.admin.domain import UserFilter
from veza.admin.queries import EventRow, OrderRow, UserRow
from veza.audit import service as audit
from veza.audit.service import Entry, EntryFilter
from veza.auth import second_factor, service as auth
from veza.auth.domain import Principal, Role
from veza.context import Context
from veza.kit.errors import NotFound
from veza.kit.page import Page, PageRequest
from veza.kit.period import EVER, Period
from veza.ledger import service as ledger
from veza.ledger.domain import Check
from veza.orders.domain import OrderStatus
from veza.webhooks import service as webhooks
from veza.webhooks.domain import EventStatus, Provider, event_not_found


@dataclass(frozen=True, slots=True)
class Account:
    """An account as an admin sees it. `suspension_reason`: what was said when it was shut out."""

    row: UserRow
    suspended_at: datetime | None
    suspension_reason: str | None
    totp_enabled: bool


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders; None: all. `search`: part of a number or of a buyer's name."""

    status: OrderStatus | None = None
    buyer_id: UUID | None = None
    seller_id: UUID | None = None
    search: str = ""
    period: Period = EVER


@dataclass(frozen=True, slots=True)
class Books:
    """What each account holds by (account, currency), debits less credits; and what the last comparison found."""

    balances: dict[tuple[str, str], int]
    last_check: Check | None


# --- people ----------------------------------------------------------------------------------------------------


async def list_users(ctx: Context, wanted: UserFilter, page: PageRequest) -> Page[UserRow]:
    """Accounts, the newest first."""
    chosen = (wanted.search.strip(), wanted.role, wanted.is_suspended)
    async with ctx.db.connection() as connection:
        rows = await queries.users.list(connection, *chosen, page.limit, page.offset)
        total = await queries.count_users.find(connection, *chosen) or 0
    return Page(rows, total, page.limit, page.offset)


async def get_user(ctx: Context, user_id: UUID) -> Account:
    """An account. Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.user.find(connection, user_id)
        suspension = await queries.suspension.find(connection, user_id)
        totp_enabled = await second_factor.is_enabled(connection, user_id)
    if row is None or suspension is None:
        raise NotFound("There is no such user.")
    return Account(row, suspension.suspended_at, suspension.reason, totp_enabled)


async def change_role(ctx: Context, admin: Principal, user_id: UUID, role: Role) -> Account:
    """Give a role. Raises `NotFound`, `Forbidden` (`own_account`), `Conflict` (`last_admin`)."""
    await auth.change_role(ctx, user_id, role, by=admin.user_id)
    return await get_user(ctx, user_id)


async def suspend(ctx: Context, admin: Principal, user_id: UUID, reason: str) -> Account:
    """Shut somebody out at once, wherever they are. Raises as `change_role`."""
    await auth.suspend_user(ctx, user_id, by=admin.user_id, reason=reason.strip())
    return await get_user(ctx, user_id)


async def reinstate(ctx: Context, admin: Principal, user_id: UUID) -> Account:
    """Let somebody in again. Raises `NotFound`."""
    await auth.reinstate_user(ctx, user_id, by=admin.user_id)
    return await get_user(ctx, user_id)


async def reset_totp(ctx: Context, admin: Principal, user_id: UUID) -> Account:
    """Turn somebody's second factor off. Raises `NotFound`, `Forbidden` (`own_account`)."""
    await get_user(ctx, user_id)
    await second_factor.reset_for(ctx, user_id, by=admin.user_id)
    return await get_user(ctx, user_id)


async def list_audit(ctx: Context, wanted: EntryFilter, page: PageRequest) -> Page[Entry]:
    """Who did what, the newest first."""
    async with ctx.db.connection() as connection:
        return await audit.list_entries(connection, wanted, page)


# --- money -----------------------------------------------------------------------------------------------------


async def list_orders(ctx: Context, wanted: OrderFilter, page: PageRequest) -> Page[OrderRow]:
    """Orders, the newest first."""
    period = wanted.period
    chosen = (wanted.status, wanted.buyer_id, wanted.seller_id, wanted.search.strip(), period.since, period.until)
    async with ctx.db.connection() as connection:
        rows = await queries.orders.list(connection, *chosen, page.limit, page.offset)
        total = await queries.count_orders.find(connection, *chosen) or 0
    return Page(rows, total, page.limit, page.offset)


async def get_books(ctx: Context) -> Books:
    """How the ledger stands."""
    async with ctx.db.connection() as connection:
        return Books(await ledger.balances(connection), await ledger.last_check(connection))


# --- events of providers ---------------------------------------------------------------------------------------


async def list_events(
    ctx: Context, provider: Provider | None, status: EventStatus | None, page: PageRequest
) -> Page[EventRow]:
    """What the providers told us, the newest first."""
    async with ctx.db.connection() as connection:
        rows = await queries.events.list(connection, provider, status, page.limit, page.offset)
        total = await queries.count_events.find(connection, provider, status) or 0
    return Page(rows, total, page.limit, page.offset)


async def get_event(ctx: Context, event_id: UUID) -> tuple[EventRow, str | None]:
    """An event, and what it said with secrets masked (None: no longer kept). Raises `NotFound`."""
    async with ctx.db.connection() as connection:
        row = await queries.event.find(connection, event_id)
        body = await queries.event_body.find(connection, event_id)
    if row is None:
        raise event_not_found()
    return row, domain.readable_body(body)


async def replay_event(ctx: Context, admin: Principal, event_id: UUID) -> EventRow:
    """Let the worker apply an event anew. Raises `NotFound`, `Conflict` (`body_forgotten`)."""
    async with ctx.db.transaction() as tx:
        if not await webhooks.replay(tx, event_id):
            raise domain.body_forgotten()
        await audit.record(tx, "webhook.replayed", subject=("webhook_event", event_id), actor_id=admin.user_id)
        row = await queries.event.find(tx, event_id)
    assert row is not None
    return row
