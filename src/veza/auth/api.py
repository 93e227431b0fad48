"""Routes under /auth: parse, call one use case, answer. The refresh cookie is made and read only here.

A cookie is sent by the browser on its own, so what it may do needs more: a page of ours as Origin and, to refresh, a
JSON body (which no foreign page can send without asking). A token in the body needs neither: who sends it knows it.
"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody

from veza.auth import rotation, service
from veza.auth.domain import Principal, unauthenticated
from veza.auth.guard import bearer_token, device_of, public, signed_in
from veza.auth.schemas import (
    Login,
    Logout,
    MeAnswer,
    Refresh,
    Registration,
    SessionsAnswer,
    TokensAnswer,
    me_answer,
    session_answer,
    tokens_answer,
)
from veza.auth.service import Tokens
from veza.context import Context
from veza.http.envelope import Limit, Nothing, Offset, Ok, nothing, ok
from veza.http.errors import documented
from veza.http.origin import is_allowed_origin
from veza.kit.errors import Forbidden, UnsupportedMedia
from veza.kit.page import PageRequest

_AnyRequest = Request[Any, Any, Any]

COOKIE = "veza_refresh"
COOKIE_PATH = "/api/v1/auth"
_MAX_COOKIE = 256


@post(
    "/auth/register",
    **public,
    status_code=201,
    operation_id="register",
    summary="Register",
    tags=["Authentication"],
    responses=documented(400, 409, 415, 429, 503),
)
async def register(
    data: JSONBody[Registration], ctx: NamedDependency[Context], request: _AnyRequest
) -> Response[Ok[TokensAnswer]]:
    """Make an account and log in. 409 `username_taken` or `email_taken`."""
    tokens = await service.register(
        ctx, username=data.username, email=data.email, password=data.password, device=device_of(request, ctx)
    )
    return _logged_in(tokens, ctx, status_code=201)


@post(
    "/auth/login",
    **public,
    status_code=200,
    operation_id="login",
    summary="Log in",
    tags=["Authentication"],
    responses=documented(400, 401, 403, 415, 429, 503),
)
async def login(
    data: JSONBody[Login], ctx: NamedDependency[Context], request: _AnyRequest
) -> Response[Ok[TokensAnswer]]:
    """Log in with e-mail and password. 401 `invalid_credentials` says not which of the two is wrong.

    With two-step log-in on, the right password alone is 401 `totp_required`, a wrong code 401 `invalid_totp`; both
    count as failed log-ins.
    """
    tokens = await service.log_in(
        ctx,
        email=data.email,
        password=data.password,
        totp_code=data.totp_code,
        remember_me=data.remember_me,
        device=device_of(request, ctx),
    )
    return _logged_in(tokens, ctx)


@post(
    "/auth/refresh",
    **public,
    status_code=200,
    operation_id="refresh",
    summary="Refresh the tokens",
    tags=["Authentication"],
    responses=documented(400, 401, 403, 415, 503),
)
async def refresh(
    ctx: NamedDependency[Context], request: _AnyRequest, data: JSONBody[Refresh | None] = None
) -> Response[Ok[TokensAnswer]]:
    """Change a refresh token for the next pair. Each is good once; a replay ends the session (401 `refresh_reused`).

    With the cookie instead of a body: `Content-Type: application/json` and an Origin of this install are needed, and
    the answer leaves `refresh_token` out.
    """
    token = data.refresh_token if data is not None else None
    if token is not None:
        return _logged_in(await rotation.refresh(ctx, token), ctx)
    token = _cookie(request, ctx)
    if token is None:
        raise unauthenticated()
    if request.content_type[0] != "application/json":
        raise UnsupportedMedia("Send the body as application/json.")
    if not is_allowed_origin(request.headers.get("origin"), ctx.settings):
        raise Forbidden("This page may not use your login.", code="origin_not_allowed")
    return _logged_in(await rotation.refresh(ctx, token), ctx, with_refresh_token=False)


@post(
    "/auth/logout",
    **public,
    status_code=200,
    operation_id="logout",
    summary="Log out",
    tags=["Authentication"],
    responses=documented(400, 415, 503),
)
async def logout(
    ctx: NamedDependency[Context], request: _AnyRequest, data: JSONBody[Logout | None] = None
) -> Response[Ok[Nothing]]:
    """End the session of the Bearer token, of the refresh token in body or cookie, or of both. 200 without any."""
    token = data.refresh_token if data is not None else None
    origin = request.headers.get("origin")
    from_here = origin is None or is_allowed_origin(origin, ctx.settings)
    if token is None and from_here:
        token = _cookie(request, ctx)
    await service.log_out(ctx, access_token=bearer_token(request), refresh_token=token)
    return Response(nothing(), status_code=200, cookies=[_set_cookie(ctx, "", max_age_s=0)] if from_here else [])


@get(
    "/auth/me",
    **signed_in,
    status_code=200,
    operation_id="getMe",
    summary="The account behind the token",
    tags=["Authentication"],
    responses=documented(401, 403, 503),
)
async def me(principal: NamedDependency[Principal], ctx: NamedDependency[Context]) -> Ok[MeAnswer]:
    """One's own account."""
    user, has_totp = await service.own_account_of(ctx, principal.user_id)
    return ok(me_answer(user, totp_enabled=has_totp))


@get(
    "/auth/sessions",
    **signed_in,
    status_code=200,
    operation_id="listSessions",
    summary="One's own sessions",
    tags=["Authentication"],
    responses=documented(400, 401, 403, 503),
)
async def list_sessions(
    principal: NamedDependency[Principal],
    ctx: NamedDependency[Context],
    limit: FromQuery[Limit] = 20,
    offset: FromQuery[Offset] = 0,
) -> Ok[SessionsAnswer]:
    """Where one is logged in, the last used first."""
    page = await service.list_sessions(ctx, principal.user_id, PageRequest(limit, offset))
    sessions = [session_answer(row, current=principal.session_id) for row in page.items]
    return ok(SessionsAnswer(sessions, page.total, page.limit, page.offset))


@delete(
    "/auth/sessions/{session_id:uuid}",
    **signed_in,
    status_code=200,
    operation_id="endSession",
    summary="End one of one's own sessions",
    tags=["Authentication"],
    responses=documented(401, 403, 404, 503),
)
async def end_session(
    session_id: FromPath[UUID], principal: NamedDependency[Principal], ctx: NamedDependency[Context]
) -> Ok[Nothing]:
    """Log out elsewhere (or here). 404 for a session that is not one's own."""
    await service.end_session(ctx, principal.user_id, session_id)
    return nothing()


def _logged_in(
    tokens: Tokens, ctx: Context, *, status_code: int = 200, with_refresh_token: bool = True
) -> Response[Ok[TokensAnswer]]:
    rests_s = int((tokens.refresh_idle_until - ctx.clock.now()).total_seconds())
    cookie = _set_cookie(ctx, tokens.refresh_token, max_age_s=rests_s if tokens.remember_me else None)
    answer = ok(tokens_answer(tokens, with_refresh_token=with_refresh_token))
    return Response(answer, status_code=status_code, cookies=[cookie])


def _set_cookie(ctx: Context, value: str, *, max_age_s: int | None) -> Cookie:
    return Cookie(
        _cookie_name(ctx),
        value=value,
        path=COOKIE_PATH,
        max_age=max_age_s,
        httponly=True,
        secure=ctx.settings.is_https,
        samesite="strict",
    )


def _cookie(request: _AnyRequest, ctx: Context) -> str | None:
    value = request.cookies.get(_cookie_name(ctx), "")
    return value if 0 < len(value) <= _MAX_COOKIE else None


def _cookie_name(ctx: Context) -> str:
    return f"__Secure-{COOKIE}" if ctx.settings.is_https else COOKIE


routes: list[BaseRouteHandler] = [
    register,
    login,
    refresh,
    logout,
    me,
    list_sessions,
    end_session,
]
"""Paths are relative to /api/v1."""
