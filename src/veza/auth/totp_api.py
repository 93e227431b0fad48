"""Routes of the second factor. Answers with a secret or with codes are never kept (`no-store`, as all answers are)."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from veza.auth import second_factor
from veza.auth.domain import Principal
from veza.auth.guard import device_of, signed_in
from veza.auth.schemas import (
    RecoveryCodesAnswer,
    TotpAnswer,
    TotpCode,
    TotpProof,
    TotpSetup,
    TotpSetupAnswer,
)
from veza.context import Context
from veza.http.envelope import Nothing, Ok, nothing, ok
from veza.http.errors import documented

_AnyRequest = Request[Any, Any, Any]
TAGS = ["Authentication"]


@get(
    "/auth/totp",
    **signed_in,
    operation_id="getTotp",
    summary="How one's two-step log-in stands",
    tags=TAGS,
    responses=documented(401, 403, 503),
)
async def get_totp(principal: NamedDependency[Principal], ctx: NamedDependency[Context]) -> Ok[TotpAnswer]:
    """Whether it is on, and must be."""
    found = await second_factor.get_status(ctx, principal)
    return ok(TotpAnswer(found.is_enabled, found.is_required, found.recovery_codes_left))


@post(
    "/auth/totp/setup",
    **signed_in,
    status_code=200,
    operation_id="setUpTotp",
    summary="Get a secret for an authenticator app",
    description="It counts once `enableTotp` saw a code of it; asking again makes another. 401 `invalid_credentials`; "
    "409 `totp_enabled`.",
    tags=TAGS,
    responses=documented(400, 401, 403, 409, 415, 429, 503),
)
async def set_up_totp(
    data: JSONBody[TotpSetup],
    principal: NamedDependency[Principal],
    ctx: NamedDependency[Context],
    request: _AnyRequest,
) -> Ok[TotpSetupAnswer]:
    """Begin."""
    network = device_of(request, ctx).network
    made = await second_factor.begin(ctx, principal, password=data.password, network=network)
    return ok(TotpSetupAnswer(made.secret, made.otpauth_uri))


@post(
    "/auth/totp/enable",
    **signed_in,
    status_code=200,
    operation_id="enableTotp",
    summary="Turn two-step log-in on",
    description="Answers ten recovery codes, this once. 400 `invalid_totp`; 409 `totp_enabled`, `totp_not_begun`.",
    tags=TAGS,
    responses=documented(400, 401, 403, 409, 415, 503),
)
async def enable_totp(
    data: JSONBody[TotpCode], principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[RecoveryCodesAnswer]:
    """With a code of the app, so that nobody locks themselves out."""
    return ok(RecoveryCodesAnswer(await second_factor.enable(ctx, principal, data.code)))


@post(
    "/auth/totp/recovery-codes",
    **signed_in,
    status_code=200,
    operation_id="renewRecoveryCodes",
    summary="Make new recovery codes",
    description="The old ones are dead. 401 `invalid_credentials`, `invalid_totp`; 409 `totp_not_enabled`.",
    tags=TAGS,
    responses=documented(400, 401, 403, 409, 415, 429, 503),
)
async def renew_recovery_codes(
    data: JSONBody[TotpProof],
    principal: NamedDependency[Principal],
    ctx: NamedDependency[Context],
    request: _AnyRequest,
) -> Ok[RecoveryCodesAnswer]:
    """Ten of them, this once."""
    network = device_of(request, ctx).network
    codes = await second_factor.renew_recovery_codes(
        ctx, principal, password=data.password, code=data.code, network=network
    )
    return ok(RecoveryCodesAnswer(codes))


@post(
    "/auth/totp/disable",
    **signed_in,
    status_code=200,
    operation_id="disableTotp",
    summary="Turn two-step log-in off",
    description="401 `invalid_credentials`, `invalid_totp`; 409 `totp_not_enabled`, `totp_required_for_staff`.",
    tags=TAGS,
    responses=documented(400, 401, 403, 409, 415, 429, 503),
)
async def disable_totp(
    data: JSONBody[TotpProof],
    principal: NamedDependency[Principal],
    ctx: NamedDependency[Context],
    request: _AnyRequest,
) -> Ok[Nothing]:
    """With the password and a code, of the app or a recovery code."""
    network = device_of(request, ctx).network
    await second_factor.disable(ctx, principal, password=data.password, code=data.code, network=network)
    return nothing()


routes: list[BaseRouteHandler] = [get_totp, set_up_totp, enable_totp, renew_recovery_codes, disable_totp]
"""Paths are relative to /api/v1."""
