"""Routes of the end of an account, and of the copy of what is known of somebody."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody

from veza.accounts import exporting, service
from veza.accounts.domain import EXPORT_FILENAME
from veza.accounts.schemas import (
    AccountDeletion,
    ExportDownloadView,
    ExportView,
    NewestExportView,
    export_view,
)
from veza.auth.domain import Principal
from veza.auth.guard import device_of, public, signed_in
from veza.context import Context
from veza.files.api import attachment
from veza.http.envelope import Nothing, Ok, nothing, ok
from veza.http.errors import documented

TAGS = ["Users"]


@delete(
    "/users/me",
    **signed_in,
    status_code=200,
    operation_id="deleteAccount",
    summary="Delete one's own account",
    description="For good, with password and, where two-step log-in is on, a code. 401 `invalid_credentials`, "
    "`totp_required`, `invalid_totp`; 409 `on_air`, `last_admin`, `money_pending`, with a sentence that says what to "
    "do.",
    tags=TAGS,
    responses=documented(400, 401, 403, 409, 413, 415, 429, 503),
)
async def delete_account(
    data: JSONBody[AccountDeletion],
    principal: NamedDependency[Principal],
    ctx: NamedDependency[Context],
    request: Request[Any, Any, Any],
) -> Ok[Nothing]:
    """What stays, and what goes, stands in docs/reference/accounts.md."""
    network = device_of(request, ctx).network
    await service.delete_account(ctx, principal, password=data.password, totp_code=data.totp_code, network=network)
    return nothing()


@post(
    "/users/me/export",
    **signed_in,
    status_code=201,
    operation_id="askForExport",
    summary="Ask for a copy of what is known of oneself",
    description="Made by the worker, kept for 7 days. 409 `export_in_progress`; five a day.",
    tags=TAGS,
    responses=documented(401, 403, 409, 429, 503),
)
async def ask_for_export(principal: NamedDependency[Principal], ctx: NamedDependency[Context]) -> Ok[ExportView]:
    """Have it made."""
    return ok(export_view(await exporting.ask(ctx, principal)))


@get(
    "/users/me/export",
    **signed_in,
    operation_id="getExport",
    summary="How one's newest copy stands",
    tags=TAGS,
    responses=documented(401, 403, 503),
)
async def get_export(principal: NamedDependency[Principal], ctx: NamedDependency[Context]) -> Ok[NewestExportView]:
    """Or null."""
    export = await exporting.find(ctx, principal)
    return ok(NewestExportView(None if export is None else export_view(export)))


@get(
    "/users/me/export/download",
    **signed_in,
    operation_id="getExportDownload",
    summary="Get a link to one's newest copy",
    description="Good for 15 minutes, and no longer than the copy. 404 unless it is ready.",
    tags=TAGS,
    responses=documented(401, 403, 404, 503),
)
async def get_export_download(
    principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[ExportDownloadView]:
    """A link that needs no log-in: hand it to nobody."""
    link = await exporting.link_to(ctx, principal)
    return ok(ExportDownloadView(f"{ctx.settings.public_url}/api/v1/exports/{link.word}", link.expires_at))


@get(
    "/exports/{word:str}",
    **public,
    operation_id="downloadExport",
    summary="Download a copy",
    description="By a link of `getExportDownload`. It takes ranges. 410 `link_expired` when link or copy have run out.",
    tags=TAGS,
    media_type="application/octet-stream",
    responses=documented(404, 410, 503),
)
async def download_export(word: FromPath[str], ctx: NamedDependency[Context]) -> Response[Any]:
    """The archive itself."""
    return await attachment(ctx, await exporting.follow_link(ctx, word), EXPORT_FILENAME)


routes: list[BaseRouteHandler] = [delete_account, ask_for_export, get_export, get_export_download, download_export]
"""Paths are relative to /api/v1."""
