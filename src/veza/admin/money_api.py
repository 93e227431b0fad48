"""Routes of the admins about money: transfers, the ledger, and what the providers told us."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from veza.admin import service
from veza.admin.money_check import check_money
from veza.admin.queries import EventRow
from veza.admin.schemas import (
    BooksView,
    LedgerBalanceView,
    LedgerCheckView,
    LedgerDifferenceView,
    LedgerReportView,
    RetriedTransferView,
    WebhookEventDetailView,
    WebhookEventsView,
    WebhookEventView,
)
from veza.auth.domain import Principal
from veza.auth.guard import admin_only
from veza.context import Context
from veza.http import idempotency
from veza.http.envelope import IdempotencyKey, Limit, Offset, Ok, Since, Until, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.kit.period import parse_period
from veza.ledger.domain import Check
from veza.sellers import transfers
from veza.sellers.domain import Transfer, TransferFilter, TransferStatus
from veza.sellers.schemas import TransfersView
from veza.sellers.views import transfer_view
from veza.webhooks.domain import EventStatus, Provider

TAGS = ["Admin"]
LIMIT = 50
ASK_FOR_S = 10.0
"""How long somebody who waits for the answer waits for the providers; the hourly comparison asks on."""


@get(
    "/admin/transfers",
    operation_id="listAllTransfers",
    summary="List transfers",
    description="Of all sellers, the newest first. `from` and `to` are inclusive, and compared with `created_at`.",
    tags=TAGS,
    responses=documented(401, 403),
    **admin_only,
)
async def list_transfers(
    *,
    ctx: NamedDependency[Context],
    status: FromQuery[TransferStatus | None] = None,
    seller_id: FromQuery[UUID | None] = None,
    since: FromQuery[Since] = None,
    until: FromQuery[Until] = None,
    limit: FromQuery[Limit] = LIMIT,
    offset: FromQuery[Offset] = 0,
) -> Ok[TransfersView]:
    """A page of transfers."""
    period = parse_period(since, until)
    wanted = TransferFilter(status, seller_id, period.since, period.last)
    page = await transfers.list_transfers(ctx, wanted, PageRequest(limit, offset))
    return ok(TransfersView([transfer_view(found) for found in page.items], page.total, limit, offset))


@post(
    "/admin/transfers/{transfer_id:uuid}/retry",
    operation_id="retryTransfer",
    summary="Try a transfer again, now",
    description="Answers how it ended. 409 `not_retryable` unless it failed, or for good; of two at once one tries.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 404, 409),
    **admin_only,
)
async def retry_transfer(
    request: Request[Any, Any, Any],
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    transfer_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[Ok[RetriedTransferView]]:
    """Really tries, and waits for the provider."""
    async with idempotency.claimed(
        ctx.db,
        user_id=principal.user_id,
        route=f"retry:{transfer_id}",
        key=idempotency_key,
        body=await request.body(),
    ) as claim:
        if claim is not None and claim.resource_id is not None:
            return _retried(await transfers.get_transfer(ctx, claim.resource_id), is_replay=True)
        return _retried(await transfers.retry_transfer(ctx, principal, transfer_id, claim), is_replay=False)


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
) -> Ok[WebhookEventsView]:
    """A page of the inbox."""
    page = await service.list_events(ctx, provider, status, PageRequest(limit, offset))
    return ok(WebhookEventsView([_event_view(row) for row in page.items], page.total, limit, offset))


@get(
    "/admin/webhooks/{event_id:uuid}",
    operation_id="getProviderEvent",
    summary="What one event said",
    description="With its `body`, secrets masked; null when it is no longer kept.",
    tags=TAGS,
    responses=documented(401, 403, 404),
    **admin_only,
)
async def get_event(ctx: NamedDependency[Context], event_id: FromPath[UUID]) -> Ok[WebhookEventDetailView]:
    """An event with its body."""
    row, body = await service.get_event(ctx, event_id)
    shown = _event_view(row)
    return ok(
        WebhookEventDetailView(**{name: getattr(shown, name) for name in WebhookEventView.__struct_fields__}, body=body)
    )


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
) -> Ok[WebhookEventView]:
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
    balances = [LedgerBalanceView(account, currency, cents) for (account, currency), cents in books.balances.items()]
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
async def check_ledger(ctx: NamedDependency[Context]) -> Ok[LedgerReportView]:
    """As the worker does once an hour."""
    report = await check_money(ctx, ask_providers=True, ask_for_s=ASK_FOR_S)
    shown = _check_view(report.check)
    return ok(LedgerReportView(shown.checked_at, shown.is_balanced, shown.differences, report.asked, report.unanswered))


def _retried(transfer: Transfer, *, is_replay: bool) -> Response[Ok[RetriedTransferView]]:
    headers = {"Idempotent-Replayed": "true"} if is_replay else {}
    view = RetriedTransferView(transfer.id, transfer.status, transfer.retry_count)
    return Response(ok(view), status_code=200, headers=headers)


def _event_view(row: EventRow) -> WebhookEventView:
    return msgspec.convert(row, WebhookEventView, from_attributes=True)


def _check_view(check: Check) -> LedgerCheckView:
    differences = [msgspec.convert(found, LedgerDifferenceView, from_attributes=True) for found in check.differences]
    return LedgerCheckView(check.checked_at, check.is_balanced, differences)


routes: list[BaseRouteHandler] = [
    list_transfers,
    retry_transfer,
    list_events,
    get_event,
    replay_event,
    get_ledger,
    check_ledger,
]
