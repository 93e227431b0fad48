"""What the admins see and do, through the application's own door: who may, people, orders, the audit."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.chat import chat_server, member
from tests.factories.sales import a_sale, an_order

import veza.admin.api
from veza.auth.domain import Principal, Role
from veza.auth.service import change_role
from veza.context import Context
from veza.kit.ids import new_id

NOBODY = "01890000-0000-7000-8000-000000000000"
ROUTES = [
    ("GET", "/admin/users"),
    ("GET", f"/admin/users/{NOBODY}"),
    ("PUT", f"/admin/users/{NOBODY}/role"),
    ("POST", f"/admin/users/{NOBODY}/suspend"),
    ("POST", f"/admin/users/{NOBODY}/reinstate"),
    ("POST", f"/admin/users/{NOBODY}/totp/reset"),
    ("GET", "/admin/orders"),
    ("GET", "/admin/audit"),
]
BODIES = {"role": {"role": "user"}, "suspend": {"reason": "spam"}}


@pytest.fixture
async def admin(ctx: Context, client: httpx.AsyncClient) -> Person:
    """An admin."""
    person = await join(client, "root")
    await change_role(ctx, person.id, Role.ADMIN)
    return person


async def ask(client: httpx.AsyncClient, route: tuple[str, str], headers: dict[str, str]) -> httpx.Response:
    method, path = route
    return await client.request(method, path, json=BODIES.get(path.rpartition("/")[2]), headers=headers)


async def users(client: httpx.AsyncClient, admin: Person, **asked: Any) -> list[str]:
    data = data_of(await client.get("/admin/users", params=asked, headers=admin.headers))
    assert data["total"] == len(data["users"])
    return [user["username"] for user in data["users"]]


# --- who may -----------------------------------------------------------------------------------------------------


async def test_every_route_is_for_admins_alone(
    ctx: Context, client: httpx.AsyncClient, admin: Person, ada: Person, bob: Person
) -> None:
    await change_role(ctx, bob.id, Role.MODERATOR)
    for route in ROUTES:
        assert refusal_of(await ask(client, route, {})) == (401, "unauthenticated"), route
        for person in (ada, bob):
            assert refusal_of(await ask(client, route, person.headers)) == (403, "forbidden"), route
        assert (await ask(client, route, admin.headers)).status_code == (404 if NOBODY in route[1] else 200), route


def test_the_matrix_holds_every_route_of_the_admins() -> None:
    paths = {
        (method, path.replace("{user_id:uuid}", NOBODY))
        for route in veza.admin.api.routes
        if isinstance(route, HTTPRouteHandler)
        for path in route.paths
        for method in route.http_methods
        if method != "OPTIONS"
    }
    assert paths <= set(ROUTES)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/admin/users?role=king", "role"),
        ("/admin/users?suspended=perhaps", "suspended"),
        ("/admin/users?limit=0", "limit"),
        ("/admin/users?limit=101", "limit"),
        ("/admin/users?offset=10001", "offset"),
        ("/admin/users?search=" + "x" * 101, "search"),
        ("/admin/orders?status=lost", "status"),
        ("/admin/orders?buyer_id=me", "buyer_id"),
        ("/admin/orders?seller_id=1", "seller_id"),
        ("/admin/orders?from=yesterday", "from"),
        ("/admin/orders?to=2026-02-30", "to"),
        ("/admin/orders?from=2026-02-24&to=2026-02-23", "to"),
        ("/admin/audit?actor_id=x", "actor_id"),
        ("/admin/audit?action=a%20b", "action"),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, admin: Person, path: str, field: str
) -> None:
    answer = await client.get(path, headers=admin.headers)
    assert refusal_of(answer) == (400, "validation_error")
    assert [problem["field"] for problem in answer.json()["fields"]] == [field]


# --- people ------------------------------------------------------------------------------------------------------


async def test_accounts_are_listed_searched_and_counted(
    ctx: Context, client: httpx.AsyncClient, admin: Person, ada: Person, bob: Person
) -> None:
    assert await users(client, admin) == ["bob", "ada", "root"]
    assert await users(client, admin, search="AD") == ["ada"]
    assert await users(client, admin, search="bob@EXAMPLE") == ["bob"]
    assert await users(client, admin, search="%") == []
    assert await users(client, admin, role="admin") == ["root"]
    assert await users(client, admin, suspended=True) == []
    assert await users(client, admin, suspended=False, role="user") == ["bob", "ada"]
    await a_sale(ctx.db, bob.id, (ada.id, 2_999))
    await an_order(ctx.db, bob.id, (ada.id, 500))
    page = data_of(await client.get("/admin/users", params={"limit": 1, "offset": 1}, headers=admin.headers))
    assert (page["total"], page["limit"], page["offset"]) == (3, 1, 1)
    assert {**page["users"][0], "created_at": ""} == {
        "id": str(ada.id),
        "username": "ada",
        "email": "ada@example.com",
        "role": "user",
        "email_verified": False,
        "is_suspended": False,
        "created_at": "",
        "orders": 0,
        "products": 2,
    }
    found = data_of(await client.get(f"/admin/users/{bob.id}", headers=admin.headers))
    assert (found["orders"], found["products"], found["suspended_at"], found["suspension_reason"]) == (2, 0, None, None)


async def test_a_role_bites_at_once_and_is_written_down(client: httpx.AsyncClient, admin: Person, ada: Person) -> None:
    path = f"/admin/users/{ada.id}/role"
    assert data_of(await client.put(path, json={"role": "admin"}, headers=admin.headers))["role"] == "admin"
    assert data_of(await client.get("/admin/users", headers=ada.headers))["total"] == 2
    for _ in range(2):  # again changes nothing
        assert data_of(await client.put(path, json={"role": "moderator"}, headers=admin.headers))["role"] == "moderator"
    assert refusal_of(await client.get("/admin/users", headers=ada.headers)) == (403, "forbidden")
    for wrong in ({"role": "king"}, {}, {"role": "user", "id": NOBODY}):
        assert refusal_of(await client.put(path, json=wrong, headers=admin.headers))[0] == 400
    query = {"actor_id": str(admin.id), "action": "user.role_changed"}
    data = data_of(await client.get("/admin/audit", params=query, headers=admin.headers))
    assert [entry["details"] for entry in data["entries"]] == [
        {"before": "admin", "role": "moderator"},
        {"before": "user", "role": "admin"},
    ]


async def test_one_does_not_judge_oneself(client: httpx.AsyncClient, admin: Person) -> None:
    path = f"/admin/users/{admin.id}"
    refused = (403, "own_account")
    assert refusal_of(await client.put(f"{path}/role", json={"role": "user"}, headers=admin.headers)) == refused
    assert refusal_of(await client.post(f"{path}/suspend", json={"reason": "x"}, headers=admin.headers)) == refused


async def test_of_many_admins_who_demote_each_other_at_once_one_remains(
    ctx: Context, client: httpx.AsyncClient
) -> None:
    people = [await join(client, f"admin_{number}") for number in range(20)]
    for person in people:
        await change_role(ctx, person.id, Role.ADMIN)

    async def act(place: int) -> tuple[int, str]:
        by, whom = people[place - 1], people[place]
        if place % 2:
            answer = await client.put(f"/admin/users/{whom.id}/role", json={"role": "user"}, headers=by.headers)
        else:
            answer = await client.post(f"/admin/users/{whom.id}/suspend", json={"reason": "x"}, headers=by.headers)
        return (200, "") if answer.status_code == 200 else refusal_of(answer)

    answers = await asyncio.gather(*(act(place) for place in range(20)))
    assert set(answers) <= {(200, ""), (409, "last_admin"), (403, "forbidden"), (403, "account_suspended")}
    async with ctx.db.connection() as connection:
        left = await connection.fetchval("select count(*) from users where role = 'admin' and suspended_at is null")
    assert left == 20 - answers.count((200, "")) >= 1


async def test_the_last_admin_stays_under_twenty_demotions_by_the_operator(
    ctx: Context, client: httpx.AsyncClient
) -> None:
    people = [await join(client, f"admin_{number}") for number in range(20)]
    for person in people:
        await change_role(ctx, person.id, Role.ADMIN)
    done = await asyncio.gather(*(change_role(ctx, p.id, Role.USER) for p in people), return_exceptions=True)
    assert [error.code for error in done if isinstance(error, Exception)] == ["last_admin"]  # type: ignore[attr-defined]


async def test_who_is_suspended_is_out_everywhere_until_they_are_reinstated(
    client: httpx.AsyncClient, admin: Person, ada: Person
) -> None:
    path = f"/admin/users/{ada.id}"
    for wrong in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "x" * 1_001}):
        assert refusal_of(await client.post(f"{path}/suspend", json=wrong, headers=admin.headers))[0] == 400
    found = data_of(await client.post(f"{path}/suspend", json={"reason": " spam "}, headers=admin.headers))
    assert (found["is_suspended"], found["suspension_reason"]) == (True, "spam")
    assert found["suspended_at"] is not None
    again = data_of(await client.post(f"{path}/suspend", json={"reason": "more"}, headers=admin.headers))
    assert (again["suspended_at"], again["suspension_reason"]) == (found["suspended_at"], "spam")
    assert refusal_of(await client.get("/auth/me", headers=ada.headers)) == (403, "account_suspended")
    assert await users(client, admin, suspended=True) == ["ada"]
    back = data_of(await client.post(f"{path}/reinstate", headers=admin.headers))
    assert (back["is_suspended"], back["suspended_at"], back["suspension_reason"]) == (False, None, None)
    assert refusal_of(await client.get("/auth/me", headers=ada.headers)) == (401, "unauthenticated")
    data_of(await client.post(f"{path}/reinstate", headers=admin.headers))
    entries = data_of(await client.get("/admin/audit", params={"subject_id": str(ada.id)}, headers=admin.headers))
    assert [(entry["action"], entry["details"]) for entry in entries["entries"]] == [
        ("user.reinstated", {}),
        ("user.suspended", {"reason": "spam"}),
    ]


async def test_a_suspension_closes_the_sockets_of_the_chat(
    ctx: Context, client: httpx.AsyncClient, admin: Person, ada: Person
) -> None:
    sessions = data_of(await client.get("/auth/sessions", headers=ada.headers))["sessions"]
    behind = Principal(ada.id, UUID(sessions[0]["id"]), "ada", Role.USER, email_verified=False)
    async with chat_server(ctx) as server, member(server, behind) as socket:
        path = f"/admin/users/{ada.id}/suspend"
        data_of(await client.post(path, json={"reason": "spam"}, headers=admin.headers))
        assert await socket.closed() == 4003


# --- orders and the audit ------------------------------------------------------------------------------------------


async def test_orders_are_found_by_status_people_number_and_time(
    ctx: Context, client: httpx.AsyncClient, admin: Person, ada: Person, bob: Person
) -> None:
    sale = await a_sale(ctx.db, bob.id, (ada.id, 2_999), (admin.id, 500))
    pending = await an_order(ctx.db, ada.id, (bob.id, 100))

    async def found(**asked: Any) -> list[str]:
        data = data_of(await client.get("/admin/orders", params=asked, headers=admin.headers))
        assert data["total"] == len(data["orders"])
        return [order["id"] for order in data["orders"]]

    first, second = str(sale.order_id), str(pending)
    assert await found() == [second, first]
    order = data_of(await client.get("/admin/orders?status=completed", headers=admin.headers))["orders"][0]
    assert order == {
        "id": first,
        "number": "V-1",
        "buyer_id": str(bob.id),
        "buyer_username": "bob",
        "status": "completed",
        "total_cents": 3_499,
        "refunded_cents": 0,
        "currency": "EUR",
        "items": 2,
        "sellers": 2,
        "created_at": "2026-02-23T12:00:00Z",
        "completed_at": "2026-02-23T12:00:00Z",
    }
    assert await found(buyer_id=str(bob.id)) == await found(seller_id=str(admin.id)) == [first]
    assert await found(seller_id=str(bob.id)) == await found(status="pending") == [second]
    assert await found(search="v-2") == await found(search="AD") == [second]
    assert await found(search="%") == await found(seller_id=NOBODY) == await found(status="refunded") == []
    both = {"from": "2026-02-23T12:00:00Z", "to": "2026-02-23T12:00:00Z"}
    assert await found(**both) == await found(**{"from": "2026-02-23", "to": "2026-02-23"}) == [second, first]
    assert await found(**{"from": "2026-02-23T12:00:01Z"}) == await found(to="2026-02-22") == []
    assert await found(**{"from": "2026-02-23T14:00:00+02:00"}) == [second, first]


async def test_the_audit_is_filtered_and_never_changed(
    ctx: Context, client: httpx.AsyncClient, admin: Person, ada: Person
) -> None:
    await client.put(f"/admin/users/{ada.id}/role", json={"role": "moderator"}, headers=admin.headers)

    async def found(**asked: Any) -> list[str]:
        data = data_of(await client.get("/admin/audit", params=asked, headers=admin.headers))
        assert data["total"] == len(data["entries"])
        return [entry["action"] for entry in data["entries"]]

    assert await found() == ["user.role_changed", "user.role_changed"]
    assert await found(actor_id=str(admin.id)) == await found(subject_id=str(ada.id)) == ["user.role_changed"]
    assert await found(actor_id=str(new_id())) == await found(action="user.suspended") == []
    assert await found(subject_kind="order") == []
    entry = data_of(await client.get("/admin/audit?limit=1", headers=admin.headers))["entries"][0]
    assert (entry["actor_username"], entry["subject_kind"], entry["subject_id"]) == ("root", "user", str(ada.id))
    assert entry["request_id"]
