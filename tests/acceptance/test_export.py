"""The copy of what is known of somebody: asked for, made by the worker, read by its owner alone, gone after a week."""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest
from structlog.testing import capture_logs
from tests.factories.api import PASSWORD, Person, api_client, bearer, data_of, join, log_in, refusal_of
from tests.factories.clock import TurnableClock
from tests.factories.market import run_jobs
from tests.factories.sales import a_sale
from tests.factories.second_factor import set_up_phone
from tests.factories.shop import add_file, give, new_product, on_sale

from veza.accounts import exporting, service
from veza.accounts.domain import EXPORT_LINK_LIFE, MAKE_EXPORT, ExportStatus
from veza.accounts.export_queries import AREAS
from veza.accounts.jobs import handlers
from veza.auth.domain import Principal, Role
from veza.context import Context
from veza.jobs.worker import Job
from veza.kit.errors import Unavailable
from veza.kit.ids import new_id, parse_id

DAY_S = 24 * 3600


async def ask(client: httpx.AsyncClient, person: Person) -> httpx.Response:
    return await client.post("/users/me/export", headers=person.headers)


async def newest(client: httpx.AsyncClient, person: Person) -> Any:
    return data_of(await client.get("/users/me/export", headers=person.headers))["export"]


async def download(client: httpx.AsyncClient, person: Person) -> bytes:
    link = data_of(await client.get("/users/me/export/download", headers=person.headers))["url"]
    answer = await client.get(link.partition("/api/v1")[2])
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    return answer.content


async def copy_of(ctx: Context, client: httpx.AsyncClient, person: Person) -> dict[str, Any]:
    """Have a copy made; its files by name, read."""
    data_of(await ask(client, person), 201)
    await run_jobs(ctx)
    with zipfile.ZipFile(io.BytesIO(await download(client, person))) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    return {name: text if name.endswith(".txt") else json.loads(text) for name, text in texts.items()}


# --- what stands in it -----------------------------------------------------------------------------------------


async def test_it_holds_what_somebody_did_and_said(
    ctx: Context, client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    zoe, bob = await join(client, "zoe"), await join(client, "bob")
    await client.put("/users/me", json={"bio": "Ünïcode “bio”\nof two lines"}, headers=zoe.headers)
    await set_up_phone(client, clock, zoe.headers)
    await client.put("/users/bob/follow", headers=zoe.headers)
    draft = await new_product(client, zoe, title="A draft")
    file = await add_file(ctx, client, zoe, draft["id"])
    bought = await on_sale(client, bob, title="Bought of bob")
    entitlement = await give(ctx, zoe, bought["id"])
    review = {"rating": 4, "comment": "Good"}
    await client.post(f"/marketplace/products/{bought['id']}/reviews", json=review, headers=zoe.headers)
    await client.post("/live/streams", json={"title": "On air"}, headers=zoe.headers)
    key = data_of(await client.get("/live/streams/me/key", headers=zoe.headers))["stream_key"]
    await a_sale(ctx.db, zoe.id, (bob.id, 1_500))
    await a_sale(ctx.db, bob.id, (zoe.id, 700))
    found = await copy_of(ctx, client, zoe)
    assert set(found) == {"README.txt", "account.json", *(area.filename for area in AREAS)}
    for name in found:
        assert name == "README.txt" or name in found["README.txt"]
    account = found["account.json"]
    assert (account["username"], account["email"]) == ("zoe", "zoe@example.com")
    assert account["bio"] == "Ünïcode “bio”\nof two lines"
    assert account["two_step_login_since"] is not None
    assert [row["username"] for row in found["following.json"]] == ["bob"]
    assert [row["total_cents"] for row in found["orders.json"]] == [1_500]
    assert found["orders.json"][0]["items"][0]["title"] == "Night drive"
    assert [row["total_cents"] for row in found["sales.json"]] == [700]
    assert [row["amount_cents"] for row in found["transfers.json"]] == [630]
    assert [row["comment"] for row in found["reviews.json"]] == ["Good"]
    assert [row["title"] for row in found["streams.json"]] == ["On air"]
    assert {row["action"] for row in found["audit.json"]} == {"user.totp_enabled"}
    (uploaded,) = next(row for row in found["products.json"] if row["title"] == "A draft")["files"]
    assert uploaded["how_to_get_it"] == f"GET /api/v1/marketplace/products/{draft['id']}/files/{file['id']}/download"
    path = uploaded["how_to_get_it"].removeprefix("GET /api/v1")
    data_of(await client.get(path, headers=zoe.headers))
    assert str(entitlement.id) in {row["id"] for row in found["library.json"]}
    everything = json.dumps(found)
    for private in ("bob@example.com", key, "$argon2", "client_secret", "totp_secret"):
        assert private not in everything


async def test_one_with_nothing_is_whole_too(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    found = await copy_of(ctx, client, ada)
    assert {name for name, rows in found.items() if rows == []} == {
        area.filename for area in AREAS if area.filename != "sessions.json"
    }
    assert len(found["sessions.json"]) == 1


async def test_many_rows_come_each_once_in_order_and_in_pieces(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    """1,203 messages of three moments, so that pages end amid equal times."""
    stream = data_of(await client.post("/live/streams", json={"title": "Talk"}, headers=ada.headers), 201)
    async with ctx.db.connection() as connection:
        await connection.execute(
            """
            insert into chat_messages (room_id, seq, id, user_id, nonce, content, created_at)
            select $1, n, gen_random_uuid(), $2, n::text, 'message ' || n || repeat(' and so on', 30),
                   timestamptz '2026-01-01' + (n / 401) * interval '1 hour'
            from generate_series(0 + 1, 1203) n
            """,
            parse_id(stream["id"]),
            ada.id,
        )
    found = await copy_of(ctx, client, ada)
    rows = found["chat_messages.json"]
    assert len({row["content"] for row in rows}) == len(rows) == 1_203
    assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)


# --- whose it is -----------------------------------------------------------------------------------------------


async def test_it_is_shown_at_each_step(ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
    assert await newest(client, ada) is None
    assert refusal_of(await client.get("/users/me/export/download", headers=ada.headers)) == (404, "not_found")
    made = data_of(await ask(client, ada), 201)
    assert (made["status"], made["size_bytes"], made["expires_at"]) == ("pending", None, None)
    assert refusal_of(await ask(client, ada)) == (409, "export_in_progress")
    assert refusal_of(await client.get("/users/me/export/download", headers=ada.headers)) == (404, "not_found")
    await run_jobs(ctx)
    ready = await newest(client, ada)
    assert (ready["id"], ready["status"]) == (made["id"], "ready")
    assert ready["size_bytes"] == len(await download(client, ada))
    assert await newest(client, bob) is None
    assert refusal_of(await client.get("/users/me/export/download", headers=bob.headers)) == (404, "not_found")
    for method, path in (("POST", "export"), ("GET", "export"), ("GET", "export/download")):
        assert refusal_of(await client.request(method, f"/users/me/{path}")) == (401, "unauthenticated")


async def test_a_link_is_good_for_a_while_and_no_longer_than_the_copy(
    ctx: Context, client: httpx.AsyncClient, clock: TurnableClock, ada: Person
) -> None:
    data_of(await ask(client, ada), 201)
    await run_jobs(ctx)
    path = "/users/me/export/download"
    link = data_of(await client.get(path, headers=ada.headers))["url"].partition("/api/v1")[2]
    part = await client.get(link, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PK\x03\x04")
    clock.turn(EXPORT_LINK_LIFE.total_seconds())
    assert refusal_of(await client.get(link)) == (410, "link_expired")
    headers = bearer((await log_in(client, "ada"))["access_token"])
    link = data_of(await client.get(path, headers=headers))["url"].partition("/api/v1")[2]
    data_of(await client.post("/users/me/export", headers=headers), 201)
    await run_jobs(ctx)
    assert refusal_of(await client.get(link)) == (410, "link_expired"), "a newer copy took its place"


async def test_a_link_that_is_not_ours_opens_nothing(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    data_of(await ask(client, ada), 201)
    await run_jobs(ctx)
    link = data_of(await client.get("/users/me/export/download", headers=ada.headers))["url"]
    word = link.rpartition("/")[2]
    for wrong in ("x", "é", word[:-4], word[:40] + "AAAA" + word[44:], word + "AAAA", "A" * 299):
        assert refusal_of(await client.get(f"/exports/{wrong}")) == (404, "not_found")
    with capture_logs() as logs:
        assert (await client.get(f"/exports/{word}")).status_code == 200
        await client.get(f"/exports/{word}x")
    assert word not in json.dumps(logs, default=str)


# --- its end ---------------------------------------------------------------------------------------------------


async def test_after_a_week_it_is_gone(
    ctx: Context, client: httpx.AsyncClient, clock: TurnableClock, ada: Person
) -> None:
    data_of(await ask(client, ada), 201)
    await run_jobs(ctx)
    clock.turn(7 * DAY_S - 1)
    assert await exporting.sweep(ctx) == 0
    clock.turn(1)
    headers = bearer((await log_in(client, "ada"))["access_token"])
    assert refusal_of(await client.get("/users/me/export/download", headers=headers)) == (404, "not_found")
    assert await exporting.sweep(ctx) == 1
    await run_jobs(ctx)
    export = data_of(await client.get("/users/me/export", headers=headers))["export"]
    assert export["status"] == "expired"
    assert [path for path in (ctx.settings.data_dir / "files").rglob("*") if path.is_file()] == []


async def test_who_asks_too_often_waits(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    for _ in range(5):
        data_of(await ask(client, ada), 201)
        await run_jobs(ctx)
    assert refusal_of(await ask(client, ada)) == (429, "rate_limited")
    async with ctx.db.connection() as connection:
        assert await connection.fetchval("select count(*) from stored_objects") == 1, "one copy is kept"


async def test_of_many_who_ask_at_once_one_is_made(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    answers = await asyncio.gather(*(ask(client, ada) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    async with ctx.db.connection() as connection:
        assert await connection.fetchval("select count(*) from jobs where name = $1", MAKE_EXPORT) == 1


async def test_a_copy_goes_with_its_account(ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
    """One that is ready is discarded, and one that is being made comes to nothing."""
    for person in (ada, bob):
        data_of(await ask(client, person), 201)
    await run_jobs(ctx)
    link = data_of(await client.get("/users/me/export/download", headers=ada.headers))["url"].partition("/api/v1")[2]
    pending = data_of(await ask(client, bob), 201)["id"]
    for person in (ada, bob):
        me = Principal(person.id, new_id(), person.username, Role.USER, email_verified=False)
        await service.delete_account(ctx, me, password=PASSWORD, totp_code=None, network="test")
    assert refusal_of(await client.get(link)) == (410, "link_expired")
    found = parse_id(pending)
    assert found is not None
    await exporting.make(ctx, found)
    await run_jobs(ctx)
    assert [path for path in (ctx.settings.data_dir / "files").rglob("*") if path.is_file()] == []


async def test_what_cannot_be_made_can_be_asked_for_again(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    made = data_of(await ask(client, ada), 201)["id"]
    shelf = ctx.settings.data_dir / "files" / "export"
    shelf.parent.mkdir(parents=True, exist_ok=True)
    await anyio.Path(shelf).write_bytes(b"a file where a folder must be")
    job = handlers(ctx)[MAKE_EXPORT]
    for attempt in (1, 8):
        with pytest.raises((Unavailable, OSError)):
            await job(Job(1, MAKE_EXPORT, {"id": made}, attempt, 8))
        assert (await newest(client, ada))["status"] == ("pending" if attempt == 1 else "failed")
    await anyio.Path(shelf).unlink()
    data_of(await ask(client, ada), 201)
    await run_jobs(ctx)
    assert (await newest(client, ada))["status"] == ExportStatus.READY


async def test_who_may_keep_no_more_gets_a_copy_all_the_same(ctx: Context) -> None:
    full = replace(ctx, settings=replace(ctx.settings, storage_per_person_bytes=1))
    async with api_client(full) as client:
        ada = await join(client, "ada")
        for _ in range(2):
            assert "account.json" in await copy_of(full, client, ada)


@pytest.fixture
async def stranger(ctx: Context) -> AsyncIterator[httpx.AsyncClient]:
    """Another browser: no cookie, no token."""
    async with api_client(ctx, address="198.51.100.9") as found:
        yield found


async def test_a_link_needs_no_log_in(
    ctx: Context, client: httpx.AsyncClient, stranger: httpx.AsyncClient, ada: Person
) -> None:
    data_of(await ask(client, ada), 201)
    await run_jobs(ctx)
    link = data_of(await client.get("/users/me/export/download", headers=ada.headers))["url"].partition("/api/v1")[2]
    answer = await stranger.get(link)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
