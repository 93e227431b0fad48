"""Routes of passwords and of links by mail. A token comes in a body, never in an address.

What a wrong token is answered stands in `domain.link_expired`; who asks for a link learns nothing of accounts.
"""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from veza.auth import recovery
from veza.auth.domain import Principal
from veza.auth.guard import device_of, public, signed_in
from veza.auth.schemas import (
    ForgottenPassword,
    MailedToken,
    PasswordChange,
    PasswordReset,
    VerifiedAnswer,
    user_answer,
)
from veza.context import Context
from veza.http.envelope import Nothing, Ok, nothing, ok
from veza.http.errors import documented

_AnyRequest = Request[Any, Any, Any]
TAGS = ["Authentication"]


@post(
    "/auth/password/change",
    **signed_in,
    status_code=200,
    operation_id="changePassword",
    summary="Change the password",
    tags=TAGS,
    responses=documented(400, 401, 403, 415, 429, 503),
)
async def change_password(
    data: JSONBody[PasswordChange],
    principal: NamedDependency[Principal],
    ctx: NamedDependency[Context],
    request: _AnyRequest,
) -> Ok[Nothing]:
    """Set a new password; all other sessions end. 401 `invalid_credentials` when the current one is wrong."""
    await recovery.change_password(
        ctx, principal, current=data.current_password, new=data.new_password, device=device_of(request, ctx)
    )
    return nothing()


@post(
    "/auth/password/forgot",
    **public,
    status_code=200,
    operation_id="forgotPassword",
    summary="Ask for a link to set a new password",
    description="Answers the same whether or not the address has an account. The link is good for an hour and once; a "
    "newer one replaces it.",
    tags=TAGS,
    responses=documented(400, 415, 429, 503),
)
async def forgot_password(
    data: JSONBody[ForgottenPassword], ctx: NamedDependency[Context], request: _AnyRequest
) -> Ok[Nothing]:
    """Have a link sent, if there is somebody to send it to."""
    await recovery.ask_for_reset(ctx, data.email, device_of(request, ctx))
    return nothing()


@post(
    "/auth/password/reset",
    **public,
    status_code=200,
    operation_id="resetPassword",
    summary="Set a new password by a link",
    description="All sessions end, open sockets too. 410 `link_expired`: unknown, used, older than an hour, or "
    "followed by a newer one.",
    tags=TAGS,
    responses=documented(400, 410, 415, 429, 503),
)
async def reset_password(
    data: JSONBody[PasswordReset], ctx: NamedDependency[Context], request: _AnyRequest
) -> Ok[Nothing]:
    """Use the link up."""
    await recovery.reset_password(ctx, token=data.token, new=data.new_password, device=device_of(request, ctx))
    return nothing()


@post(
    "/auth/email/verify",
    **public,
    status_code=200,
    operation_id="verifyEmail",
    summary="Confirm an e-mail address by its link",
    description="410 `link_expired`: unknown, used, older than 48 hours, or followed by a newer one.",
    tags=TAGS,
    responses=documented(400, 410, 415, 429, 503),
)
async def verify_email(
    data: JSONBody[MailedToken], ctx: NamedDependency[Context], request: _AnyRequest
) -> Ok[VerifiedAnswer]:
    """Use the link up. No log-in is needed: who has the link reads the mailbox."""
    return ok(VerifiedAnswer(user_answer(await recovery.verify_email(ctx, data.token, device_of(request, ctx)))))


@post(
    "/auth/email/resend",
    **signed_in,
    status_code=200,
    operation_id="resendVerification",
    summary="Send the link that confirms one's address again",
    description="Five an hour. 409 `already_verified`.",
    tags=TAGS,
    responses=documented(401, 403, 409, 429, 503),
)
async def resend_verification(
    principal: NamedDependency[Principal], ctx: NamedDependency[Context], request: _AnyRequest
) -> Ok[Nothing]:
    """The link that was sent before is dead."""
    await recovery.resend_verification(ctx, principal, device_of(request, ctx))
    return nothing()


routes: list[BaseRouteHandler] = [change_password, forgot_password, reset_password, verify_email, resend_verification]
"""Paths are relative to /api/v1."""
