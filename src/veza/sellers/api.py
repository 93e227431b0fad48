"""Routes of sellers' money (api.md, orders)."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from veza.auth.domain import Principal
from veza.auth.guard import signed_in
from veza.context import Context
from veza.http.envelope import Limit, Offset, Ok, Since, Until, ok
from veza.http.errors import documented
from veza.kit.page import PageRequest
from veza.kit.period import parse_period
from veza.sellers import service, transfers
from veza.sellers.domain import STATS_DAYS_MAX, TransferFilter, TransferStatus
from veza.sellers.schemas import BalanceView, ConnectionView, OnboardingView, StatsView, TransfersView
from veza.sellers.views import connection_view, csv_head, csv_lines, stats_view, transfer_view

TAGS = ["Seller"]
PRIVATE = {"Cache-Control": "no-store"}
Days = Annotated[int, QueryParameter(ge=1, le=STATS_DAYS_MAX)]


@get(
    "/sell/balance",
    operation_id="getBalance",
    summary="Your balance at the payout provider",
    description="Zeros before onboarding. `pending` includes what we have not sent yet; `debt` is what later transfers "
    "keep back.",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def get_balance(ctx: NamedDependency[Context], principal: NamedDependency[Principal]) -> Ok[BalanceView]:
    """Asked of the provider each time."""
    found = await service.get_balance(ctx, principal)
    return ok(
        BalanceView(
            found.connected,
            found.available_cents,
            found.pending_cents,
            found.debt_cents,
            ctx.settings.currency,
            found.onboarding,
        )
    )


@get(
    "/sell/transfers",
    operation_id="listTransfers",
    summary="Your transfers",
    description="`from` and `to` are inclusive, and compared with `created_at`.",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def list_transfers(
    *,
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    status: FromQuery[TransferStatus | None] = None,
    since: FromQuery[Since] = None,
    until: FromQuery[Until] = None,
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[TransfersView]:
    """The newest first."""
    period = parse_period(since, until)
    wanted = TransferFilter(status, principal.user_id, period.since, period.last)
    page = await transfers.list_transfers(ctx, wanted, PageRequest(limit, offset))
    return ok(TransfersView([transfer_view(found) for found in page.items], page.total, limit, offset))


@get(
    "/sell/transfers.csv",
    operation_id="downloadTransfers",
    summary="Your transfers as a spreadsheet reads them",
    tags=TAGS,
    media_type="text/csv",
    responses=documented(401, 403),
    **signed_in,
)
async def download_transfers(
    *,
    ctx: NamedDependency[Context],
    principal: NamedDependency[Principal],
    status: FromQuery[TransferStatus | None] = None,
    since: FromQuery[Since] = None,
    until: FromQuery[Until] = None,
) -> Response[Any]:
    """All that the filter finds."""
    period = parse_period(since, until)
    wanted = TransferFilter(status, principal.user_id, period.since, period.last)

    async def lines() -> AsyncIterator[bytes]:
        yield csv_head()
        async for page in transfers.stream_transfers(ctx, wanted):
            yield csv_lines(page)

    headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="transfers.csv"'}
    return Stream(lines(), media_type="text/csv; charset=utf-8", headers=headers)


@post(
    "/sell/connect/onboard",
    operation_id="onboardSeller",
    summary="Get the address of the provider's onboarding",
    description="Good for one visit and some minutes; fresh at each call. 409 `payouts_disabled` where nobody is paid.",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403, 409),
    **signed_in,
)
async def onboard_seller(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal]
) -> Response[Ok[OnboardingView]]:
    """A secret of the seller's: in this answer and nowhere else."""
    return Response(ok(OnboardingView(await service.onboard(ctx, principal))), status_code=200, headers=PRIVATE)


@get(
    "/sell/connect",
    operation_id="getConnection",
    summary="How far you are at the payout provider",
    description="As we know it; `POST /sell/connect/refresh` asks.",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def get_connection(ctx: NamedDependency[Context], principal: NamedDependency[Principal]) -> Ok[ConnectionView]:
    """Asks nobody."""
    return ok(connection_view(await service.find_account(ctx, principal.user_id)))


@post(
    "/sell/connect/refresh",
    operation_id="refreshConnection",
    summary="Ask the payout provider how your account stands",
    tags=TAGS,
    status_code=200,
    responses=documented(401, 403),
    **signed_in,
)
async def refresh_connection(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal]
) -> Ok[ConnectionView]:
    """Where one comes back from onboarding: coming back proves nothing."""
    return ok(connection_view(await service.refresh_own(ctx, principal)))


@get(
    "/sell/stats",
    operation_id="getStats",
    summary="What you sold, day by day",
    tags=TAGS,
    responses=documented(401, 403),
    **signed_in,
)
async def get_stats(
    ctx: NamedDependency[Context], principal: NamedDependency[Principal], days: FromQuery[Days] = 30
) -> Ok[StatsView]:
    """Days are UTC; today is the last one."""
    return ok(stats_view(await service.get_stats(ctx, principal, days), ctx.settings.currency))


routes: list[BaseRouteHandler] = [
    get_balance,
    list_transfers,
    download_transfers,
    onboard_seller,
    get_connection,
    refresh_connection,
    get_stats,
]
