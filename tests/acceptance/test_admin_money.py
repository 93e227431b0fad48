"""What the admins see and do about money, through the application's own door: the ledger, the providers' events."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from litestar.handlers import HTTPRouteHandler
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.sales import a_sale, an_order

import veza.admin.money_api
from veza.auth.domain import Role
from veza.auth.service import change_role
from veza.context import Context
from veza.kit.ids import new_id
from veza.webhooks.domain import APPLY

NOBODY = "01890000-0000-7000-8000-000000000000"
ROUTES = [
    ("GET", "/admin/webhooks"),
    ("GET", f"/admin/webhooks/{NOBODY}"),
    ("POST", f"/admin/webhooks/{NOBODY}/replay"),
    ("GET", "/admin/ledger"),
    ("GET", "/admin/transfers"),
    ("POST", f"/admin/transfers/{NOBODY}/retry"),
    ("POST", "/admin/ledger/check"),
]
SECRET = "pay_01J0000000000000000000000_secret_abc123XYZ"


@pytest.fixture
async def admin(ctx: Context, client: httpx.AsyncClient) -> Person:
    """An admin."""
    person = await join(client, "root")
    await change_role(ctx, person.id, Role.ADMIN)
    return person


async def an_event(ctx: Context, body: bytes | None, **fields: Any) -> UUID:
    """An event as the inbox keeps it."""
    event_id = new_id()
    values = {"provider": "hyperswitch", "kind": "payment_succeeded", "status": "flagged", "note": "amount_mismatch"}
    values |= fields
    async with ctx.db.connection() as connection:
        await connection.execute(
            """
            insert into webhook_events (id, provider, event_id, kind, body, status, note, received_at, handled_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
            """,
            event_id,
            values["provider"],
            f"evt_{event_id.hex}",
            values["kind"],
            body,
            values["status"],
            values["note"],
            datetime(2026, 2, 24, 10, tzinfo=UTC),
        )
    return event_id


async def test_every_route_is_for_admins_alone(
    ctx: Context, client: httpx.AsyncClient, admin: Person, ada: Person, bob: Person
) -> None:
    await change_role(ctx, bob.id, Role.MODERATOR)
    for method, path in ROUTES:
        assert refusal_of(await client.request(method, path)) == (401, "unauthenticated"), path
        for person in (ada, bob):
            assert refusal_of(await client.request(method, path, headers=person.headers)) == (403, "forbidden"), path
        answer = await client.request(method, path, headers=admin.headers)
        assert answer.status_code == (404 if NOBODY in path else 200), path


def test_the_matrix_holds_every_route() -> None:
    paths = {
        (method, path.replace("{event_id:uuid}", NOBODY).replace("{transfer_id:uuid}", NOBODY))
        for route in veza.admin.money_api.routes
        if isinstance(route, HTTPRouteHandler)
        for path in route.paths
        for method in route.http_methods
        if method != "OPTIONS"
    }
    assert paths <= set(ROUTES)


@pytest.mark.parametrize("query", ["provider=paypal", "status=lost", "limit=0", "offset=10001"])
async def test_a_filter_that_makes_no_sense_is_refused(client: httpx.AsyncClient, admin: Person, query: str) -> None:
    answer = await client.get(f"/admin/webhooks?{query}", headers=admin.headers)
    assert refusal_of(answer) == (400, "validation_error")
    assert [problem["field"] for problem in answer.json()["fields"]] == [query.partition("=")[0]]


# --- events ----------------------------------------------------------------------------------------------------


async def test_events_are_listed_filtered_and_shown_without_secrets(
    ctx: Context, client: httpx.AsyncClient, admin: Person
) -> None:
    body = {"content": {"object": {"client_secret": SECRET, "payment_id": "pay_1", "link": f"https://pay/{SECRET}"}}}
    first = await an_event(ctx, json.dumps(body).encode())
    second = await an_event(
        ctx, b"payment " + SECRET.encode() + b" \xff", provider="stripe", status="applied", note=None
    )

    async def listed(**asked: Any) -> list[str]:
        data = data_of(await client.get("/admin/webhooks", params=asked, headers=admin.headers))
        assert data["total"] == len(data["events"])
        return [event["id"] for event in data["events"]]

    assert await listed() == [str(second), str(first)]
    assert await listed(provider="stripe") == await listed(status="applied") == [str(second)]
    assert await listed(provider="stripe", status="flagged") == []
    shown = data_of(await client.get(f"/admin/webhooks/{first}", headers=admin.headers))
    said = json.loads(shown.pop("body"))["content"]["object"]
    assert said["client_secret"] == "***"
    assert said["payment_id"] == "pay_1"
    assert shown == {
        "id": str(first),
        "provider": "hyperswitch",
        "event_id": f"evt_{first.hex}",
        "kind": "payment_succeeded",
        "status": "flagged",
        "note": "amount_mismatch",
        "deliveries": 1,
        "received_at": "2026-02-24T10:00:00Z",
        "handled_at": "2026-02-24T10:00:00Z",
    }
    for event_id in (first, second):
        assert "abc123" not in (await client.get(f"/admin/webhooks/{event_id}", headers=admin.headers)).text


async def test_an_event_is_applied_anew_by_the_worker(ctx: Context, client: httpx.AsyncClient, admin: Person) -> None:
    event_id = await an_event(ctx, b"{}")
    path = f"/admin/webhooks/{event_id}/replay"
    for _ in range(2):  # a second click while it waits is no second job
        replayed = data_of(await client.post(path, headers=admin.headers))
        assert (replayed["id"], replayed["status"], replayed["note"]) == (str(event_id), "received", None)
        assert replayed["handled_at"] is None
    async with ctx.db.connection() as connection:
        jobs = await connection.fetch("select payload from jobs where name = $1", APPLY)
        acts = await connection.fetch(
            "select actor_id, subject_id from audit_entries where action = 'webhook.replayed'"
        )
    assert [job["payload"] for job in jobs] == [{"id": str(event_id)}]
    assert {tuple(act) for act in acts} == {(admin.id, str(event_id))}


async def test_an_event_whose_body_was_forgotten_stays_as_it_is(
    ctx: Context, client: httpx.AsyncClient, admin: Person
) -> None:
    event_id = await an_event(ctx, None)
    answer = await client.post(f"/admin/webhooks/{event_id}/replay", headers=admin.headers)
    assert refusal_of(answer) == (409, "body_forgotten")
    shown = data_of(await client.get(f"/admin/webhooks/{event_id}", headers=admin.headers))
    assert (shown["status"], shown["body"]) == ("flagged", None)
    audit = data_of(await client.get("/admin/audit?action=webhook.replayed", headers=admin.headers))
    assert audit["entries"] == []


# --- the ledger ------------------------------------------------------------------------------------------------


async def test_the_books_are_shown_and_compared(
    ctx: Context, client: httpx.AsyncClient, admin: Person, ada: Person, bob: Person
) -> None:
    assert data_of(await client.get("/admin/ledger", headers=admin.headers)) == {"balances": [], "last_check": None}
    await a_sale(ctx.db, bob.id, (ada.id, 2_999), transfer="pending")
    checked = data_of(await client.post("/admin/ledger/check", headers=admin.headers))
    assert {**checked, "checked_at": ""} == {
        "checked_at": "",
        "is_balanced": True,
        "differences": [],
        "asked": 0,
        "unanswered": 0,
    }
    order_id = await an_order(ctx.db, bob.id, (ada.id, 500), status="completed")
    differences = data_of(await client.post("/admin/ledger/check", headers=admin.headers))["differences"]
    assert {one["code"] for one in differences} == {"order_not_settled", "share_differs", "fee_differs"}
    shown = data_of(await client.get("/admin/ledger", headers=admin.headers))
    assert shown["balances"] == [
        {"account": "payments", "currency": "EUR", "amount_cents": 0},
        {"account": "platform_fee", "currency": "EUR", "amount_cents": -300},
        {"account": "provider_clearing", "currency": "EUR", "amount_cents": 2_999},
        {"account": "seller_payable", "currency": "EUR", "amount_cents": -2_699},
    ]
    assert shown["last_check"]["is_balanced"] is False
    assert shown["last_check"]["differences"] == differences
    assert differences[0] == {
        "code": "order_not_settled",
        "sentence": "An order was paid with 500 cents EUR, and this was not split in the ledger.",
        "difference_cents": -500,
        "subject_id": str(order_id),
    }


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("ledger_entries", "amount_cents"),
        ("ledger_transactions", "kind"),
        ("order_events", "details"),
        ("audit_entries", "details"),
    ],
)
async def test_what_was_written_once_cannot_be_changed(
    *, ctx: Context, ada: Person, bob: Person, admin: Person, table: str, column: str
) -> None:
    sale = await a_sale(ctx.db, bob.id, (ada.id, 2_999))
    async with ctx.db.connection() as connection:
        await connection.execute(
            "insert into order_events (id, order_id, kind) values ($1, $2, 'completed')", new_id(), sale.order_id
        )
        before = await connection.fetch(f"select * from {table}")
        assert before
        for act in (f"update {table} set {column} = {column}", f"delete from {table}", f"truncate {table} cascade"):
            with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
                await connection.execute(act)
        assert await connection.fetch(f"select * from {table}") == before
