"""Each policy lets in exactly whom it names, and the person comes from the database."""

from typing import Any

import httpx
import pytest
from litestar import Litestar, get
from litestar.di import NamedDependency, Provide
from tests.factories.api import PASSWORD, bearer
from tests.factories.clock import TurnableClock

from veza.auth import service
from veza.auth.domain import Principal, Role
from veza.auth.guard import (
    POLICIES,
    admin_only,
    optional_user,
    provide_caller,
    provide_principal,
    public,
    signed_in,
    staff,
)
from veza.auth.service import Device, Tokens
from veza.auth.sessions import MAX_AGE_S
from veza.context import Context
from veza.http.errors import on_error

DEVICE = Device(network="203.0.113.7", user_agent="a test")


@get("/public", **public)
async def open_to_all() -> str:
    return "anyone"


@get("/optional_user", **optional_user)
async def open_and_personal(caller: NamedDependency[Principal | None]) -> str:
    return caller.username if caller is not None else "anyone"


@get("/signed_in", **signed_in)
async def personal(principal: NamedDependency[Principal]) -> str:
    return principal.username


@get("/staff", **staff)
async def for_staff(principal: NamedDependency[Principal]) -> str:
    return principal.username


@get("/admin_only", **admin_only)
async def for_admins(principal: NamedDependency[Principal]) -> str:
    return principal.username


def client_of(ctx: Context) -> httpx.AsyncClient:
    handlers: list[Any] = [open_to_all, open_and_personal, personal, for_staff, for_admins]
    assert {handler.opt["policy"] for handler in handlers} == POLICIES
    app: Any = Litestar(
        handlers,
        dependencies={
            "principal": Provide(provide_principal, sync_to_thread=False),
            "caller": Provide(provide_caller, sync_to_thread=False),
        },
        exception_handlers={Exception: on_error},
        logging_config=None,
        openapi_config=None,
    )

    async def with_its_world(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = {"ctx": ctx}  # as `app.py` does
        await app(scope, receive, send)

    return httpx.AsyncClient(transport=httpx.ASGITransport(with_its_world), base_url="http://localhost")


async def someone(ctx: Context, role: Role) -> Tokens:
    name = f"the-{role.value}"
    email = f"{role.value}@example.com"
    await service.create_user(ctx, username=name, email=email, password=PASSWORD, role=role)
    return await service.log_in(ctx, email=email, password=PASSWORD, remember_me=False, device=DEVICE)


MATRIX = {
    #                 nobody bad  user mod  admin suspended
    "public":        (200, 200, 200, 200, 200, 200),
    "optional_user": (200, 200, 200, 200, 200, 200),
    "signed_in":     (401, 401, 200, 200, 200, 403),
    "staff":         (401, 401, 403, 200, 200, 403),
    "admin_only":    (401, 401, 403, 403, 200, 403),
}  # fmt: skip


async def test_who_may_do_what(ctx: Context) -> None:
    user, moderator, admin = [(await someone(ctx, role)).access_token for role in Role]
    await service.create_user(ctx, username="gone", email="gone@example.com", password=PASSWORD, role=Role.ADMIN)
    gone = await service.log_in(ctx, email="gone@example.com", password=PASSWORD, remember_me=False, device=DEVICE)
    await service.suspend_user(ctx, gone.user.id)
    headers = [{}, bearer("nonsense"), bearer(user), bearer(moderator), bearer(admin), bearer(gone.access_token)]
    async with client_of(ctx) as client:
        found = {
            policy: tuple([(await client.get(f"/{policy}", headers=header)).status_code for header in headers])
            for policy in MATRIX
        }
        assert found == MATRIX
        named = [(await client.get("/optional_user", headers=header)).text for header in headers]
    assert named == ["anyone", "anyone", "the-user", "the-moderator", "the-admin", "anyone"]


@pytest.mark.parametrize("change", ["role", "suspended"])
async def test_what_another_process_changed_bites_within_seconds(
    ctx: Context, clock: TurnableClock, change: str
) -> None:
    admin = await someone(ctx, Role.ADMIN)
    header = bearer(admin.access_token)
    async with client_of(ctx) as client:
        assert (await client.get("/admin_only", headers=header)).status_code == 200
        async with ctx.db.connection() as connection:  # behind the back of this process' memory
            if change == "role":
                await connection.execute("update users set role = 'user'")
            else:
                await connection.execute("update users set suspended_at = now()")
        clock.turn(MAX_AGE_S)
        assert (await client.get("/admin_only", headers=header)).status_code == 403
    assert MAX_AGE_S <= 5
