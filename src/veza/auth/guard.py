"""Who may call a route: each declares one policy, `@get("/x", **signed_in)`. Decided from headers, before any body.

    public         anyone; a token is not looked at
    optional_user  anyone; `caller` is the person behind a good token, else None (a bad token is no error)
    signed_in      a live session of an account that is not suspended; `principal` is its person
    staff          signed_in, as moderator or admin
    admin_only     signed_in, as admin

The application refuses to start with a route that has none.
"""

from typing import Any, TypedDict

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import Guard

from veza.auth.domain import Principal, Role, suspended, totp_setup_required, unauthenticated
from veza.auth.service import Device
from veza.auth.sessions import principal_of, session_memory
from veza.auth.tokens import read_access_token
from veza.context import Context
from veza.http.client import client_address, network_of
from veza.kit.errors import Forbidden, Unauthenticated

_AnyConnection = ASGIConnection[Any, Any, Any, Any]
_MAX_USER_AGENT = 256


class Policy(TypedDict):
    """Keyword arguments of a route decorator."""

    guards: list[Guard]
    opt: dict[str, Any]


async def authenticate(ctx: Context, token: str) -> Principal:
    """The person behind an access token. Raises `Unauthenticated`, `Forbidden` (suspended), `Unavailable`."""
    claims = read_access_token(ctx, token)
    session = await session_memory(ctx.db).find(ctx, claims.session_id)
    if session is None or session.user_id != claims.user_id:
        raise unauthenticated()
    if session.is_suspended:
        raise suspended()
    if ctx.clock.now() >= session.expires_at:
        raise Unauthenticated("Your session has run out. Log in again.", code="token_expired")
    return principal_of(ctx, session)


def bearer_token(connection: _AnyConnection) -> str | None:
    """The token of the one Authorization header; None when there is none, or another scheme, or more than one."""
    values = connection.headers.getall("authorization", [])
    if len(values) != 1:
        return None
    scheme, _, token = values[0].partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def _perhaps(connection: _AnyConnection, _: BaseRouteHandler) -> None:
    token = bearer_token(connection)
    if token is not None:
        try:
            connection.scope["state"]["principal"] = await authenticate(connection.scope["state"]["ctx"], token)
        except (Unauthenticated, Forbidden):
            return


async def _signed_in(connection: _AnyConnection, _: BaseRouteHandler) -> None:
    await _identify(connection)


async def _staff(connection: _AnyConnection, _: BaseRouteHandler) -> None:
    principal = await _identify(connection)
    if principal.withheld_role is not None:
        raise totp_setup_required()
    if not principal.role.is_staff:
        raise Forbidden("Only the staff may do this.")


async def _admin_only(connection: _AnyConnection, _: BaseRouteHandler) -> None:
    principal = await _identify(connection)
    if principal.withheld_role is Role.ADMIN:
        raise totp_setup_required()
    if principal.role is not Role.ADMIN:
        raise Forbidden("Only an admin may do this.")


async def _identify(connection: _AnyConnection) -> Principal:
    token = bearer_token(connection)
    if token is None:
        raise unauthenticated()
    principal = await authenticate(connection.scope["state"]["ctx"], token)
    connection.scope["state"]["principal"] = principal
    return principal


public: Policy = {"guards": [], "opt": {"policy": "public"}}
"""No guard at all: for each one Litestar copies the whole handler on every request (12 µs)."""
optional_user: Policy = {"guards": [_perhaps], "opt": {"policy": "optional_user"}}
signed_in: Policy = {"guards": [_signed_in], "opt": {"policy": "signed_in"}}
staff: Policy = {"guards": [_staff], "opt": {"policy": "staff"}}
admin_only: Policy = {"guards": [_admin_only], "opt": {"policy": "admin_only"}}


POLICIES = frozenset({"public", "optional_user", "signed_in", "staff", "admin_only"})
"""The names in `opt["policy"]`. The application refuses to start with a route that has none of them."""


def provide_principal(request: Request[Any, Any, Any]) -> Principal:
    """The dependency `principal`, for routes that are signed_in, staff or admin_only."""
    principal = request.scope["state"]["principal"]
    assert isinstance(principal, Principal)
    return principal


def provide_caller(request: Request[Any, Any, Any]) -> Principal | None:
    """The dependency `caller`, for routes that are optional_user."""
    found = request.scope["state"].get("principal")
    return found if isinstance(found, Principal) else None


def device_of(request: Request[Any, Any, Any], ctx: Context) -> Device:
    """Where a request comes from, as sessions keep it and limits count it."""
    user_agent = "".join(character for character in request.headers.get("user-agent", "") if character.isprintable())
    network = network_of(client_address(request.scope, ctx.settings))
    return Device(network=network, user_agent=user_agent[:_MAX_USER_AGENT])
