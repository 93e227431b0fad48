"""Routes of the admins about money: the ledger, and what the providers told us."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from veza.admin import service
from veza.admin.money_check import check_money
from veza.admin.queries import EventRow
from veza.admin.schemas import (
    BalanceView,
    BooksView,
    CheckView,
    DifferenceView,
    EventsView,
    EventView,
    EventWithBody,
    ReportView,
)
from veza.auth.domain import Principal
from veza.auth.guard import admin_only
from veza.context import Context
from veza.http.envelope import Limit, Offset, Ok, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.ledger.domain import Check
from veza.webhooks.domain import EventStatus, Provider

TAGS = ["Admin"]
LIMIT = 50
ASK_FOR_S = 10.0
"""How long somebody who waits for the answer waits for the providers; the hourly comparison asks on."""


@get(
    "/admin/webhooks",
    operation_id="listProviderEvents",
    summary="What the providers told us",
    description="The newest first. `flagged`: genuine, and wrong; look at these.",
    tags=TAGS,
    responses=documented(401, 403),
    **admin_only,
)
async def list_events(
    *,
    ctx: NamedDependency[Context],
    provider: FromQuery[Provider | None] = None,
    status: FromQuery[EventStatus | None] = None,
    limit: FromQuery[Limit] = LIMIT,
    offset: FromQuery[Offset] = 0,
) -> Ok[EventsView]:
    """A page of the inbox."""
    page = await service.list_events(ctx, provider, status, PageRequest(limit, offset))
    return ok(EventsView([_event_view(row) for row in page.items], page.total, limit, offset))


@get(
    "/admin/webhooks/{event_id:uuid}",
    operation_id="getProviderEvent",
    summary="What one event said",
    description="With its `body`, secrets masked; null when it is no longer kept.",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **admin_only,
)
async def get_event(ctx: NamedDependency[Context], event_id: FromPath[UUID]) -> Ok[EventWithBody]:
    """An event with its body."""
    row, body = await service.get_event(ctx, event_id)
    shown = _event_view(row)
    return ok(EventWithBody(**{name: getattr(shown, name) for name in EventView.__struct_fields__}, body=body))


@post(
    "/admin/webhooks/{event_id:uuid}/replay",
    operation_id="replayProviderEvent",
    summary="Apply an event anew",
    description="The worker does it; what was applied already has no effect again. 409 `body_forgotten` when what it "
    "said is no longer kept.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **admin_only,
)
async def replay_event(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], event_id: FromPath[UUID]
) -> Ok[EventView]:
    """Put it back into the queue."""
    return ok(_event_view(await service.replay_event(ctx, principal, event_id)))


@get(
    "/admin/ledger",
    operation_id="getLedger",
    summary="How the books stand",
    description="What each account holds, and what the last comparison with orders, payments, transfers and the "
    "providers found.",
    tags=TAGS,
    responses=documented(401, 403),
    **admin_only,
)
async def get_ledger(ctx: NamedDependency[Context]) -> Ok[BooksView]:
    """Balances and the last comparison."""
    books = await service.get_books(ctx)
    balances = [BalanceView(account, currency, cents) for (account, currency), cents in books.balances.items()]
    return ok(BooksView(balances, None if books.last_check is None else _check_view(books.last_check)))


@post(
    "/admin/ledger/check",
    operation_id="checkLedger",
    summary="Compare the books now",
    description="The providers are asked for 10 s at most; what they did not answer counts as `unanswered`.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403),
    **admin_only,
)
async def check_ledger(ctx: NamedDependency[Context]) -> Ok[ReportView]:
    """As the worker does once an hour."""
    report = await check_money(ctx, ask_providers=True, ask_for_s=ASK_FOR_S)
    shown = _check_view(report.check)
    return ok(ReportView(shown.checked_at, shown.is_balanced, shown.differences, report.asked, report.unanswered))


def _event_view(row: EventRow) -> EventView:
    return msgspec.convert(row, EventView, from_attributes=True)


def _check_view(check: Check) -> CheckView:
    differences = [msgspec.convert(found, DifferenceView, from_attributes=True) for found in check.differences]
    return CheckView(check.checked_at, check.is_balanced, differences)


routes: list[BaseRouteHandler] = [list_events, get_event, replay_event, get_ledger, check_ledger]
