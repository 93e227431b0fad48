"""The end of an account through the real doors: what goes and what stays, who may not go yet, a death in the middle."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.factories.accounts import log_in_as
from tests.factories.api import PASSWORD, Person, api_client, bearer, data_of, join, log_in, refusal_of
from tests.factories.chat import chat_server, guest, member, rest
from tests.factories.clock import TurnableClock
from tests.factories.mailbox import Mailbox, open_mailbox
from tests.factories.market import run_jobs
from tests.factories.sales import a_sale, a_transfer, an_order
from tests.factories.second_factor import set_up_phone
from tests.factories.shop import add_file, give, new_product, on_sale, png, published

from veza.accounts import service
from veza.auth.domain import Principal, Role
from veza.auth.service import change_role, reinstate_user, suspend_user
from veza.context import Context
from veza.kit.ids import new_id
from veza.live import on_air
from veza.products.service import lock_some_of
from veza.streaming.authority import Grant


@pytest.fixture
async def mailbox(ctx: Context) -> AsyncIterator[Mailbox]:
    async with open_mailbox(ctx) as found:
        yield found


@pytest.fixture
async def client(mailbox: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client(mailbox.ctx) as found:
        yield found


async def leave(client: httpx.AsyncClient, person: Person, **body: Any) -> httpx.Response:
    sent = json.dumps({"password": PASSWORD, **body})
    headers = {**person.headers, "Content-Type": "application/json"}
    return await client.request("DELETE", "/users/me", content=sent, headers=headers)


async def value(ctx: Context, statement: str, *args: Any) -> Any:
    async with ctx.db.connection() as connection:
        return await connection.fetchval(statement, *args)


async def everything_about(ctx: Context, *words: str) -> list[str]:
    """The tables in which one of these words stands."""
    async with ctx.db.connection() as connection:
        names = await connection.fetch(
            "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'"
        )
        found = []
        for name in sorted(row["tablename"] for row in names):
            texts = await connection.fetch(f"select t::text as text from {name} t")
            if any(word in row["text"].lower() for row in texts for word in words):
                found.append(name)
    return found


# --- what goes -------------------------------------------------------------------------------------------------


async def test_nothing_of_who_somebody_was_stays_but_in_orders(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ctx = mailbox.ctx
    zoe, bob = await join(client, "zoe-zabriskie"), await join(client, "bob")
    profile = {"display_name": "Zoe Zabriskie", "bio": "I am zabriskie", "links": ["https://zabriskie.example"]}
    await client.put("/users/me", json=profile, headers=zoe.headers)
    await client.put("/users/me/avatar", content=png(), headers=zoe.headers)
    await client.put("/users/me/notifications", json={"stream_live": True}, headers=zoe.headers)
    for one, other in ((zoe, "bob"), (bob, "zoe-zabriskie")):
        data_of(await client.put(f"/users/{other}/follow", headers=one.headers))
    await client.post("/live/streams", json={"title": "On air"}, headers=zoe.headers)
    await client.post("/auth/password/forgot", json={"email": "zoe-zabriskie@example.com"})
    await mailbox.arrived()
    mailbox.forget()
    assert data_of(await leave(client, zoe)) == {}
    goodbye = await mailbox.arrived()
    assert [(mail["To"], mail["Subject"]) for mail in goodbye] == [
        ("zoe-zabriskie@example.com", "Your account was deleted")
    ]
    assert await everything_about(ctx, "zabriskie") == []
    assert await value(ctx, "select count(*) from jobs") == 0
    assert await value(ctx, "select count(*) from stored_objects") == 0
    for table in ("sessions where user_id", "email_links where user_id", "follows where follower_id"):
        assert await value(ctx, f"select count(*) from {table} = $1", zoe.id) == 0
    data_of(await client.get("/users/bob"), 200)
    assert data_of(await client.get("/users/bob"))["follower_count"] == 0


async def test_every_way_in_is_closed_and_the_names_are_free(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ada = await join(client, "ada")
    again = await log_in(client, "ada")
    await client.post("/auth/password/forgot", json={"email": "ada@example.com"})
    token = await mailbox.token("reset-password")
    data_of(await leave(client, ada))
    assert refusal_of(await client.get("/auth/me", headers=ada.headers)) == (401, "unauthenticated")
    assert refusal_of(await client.get("/auth/me", headers=bearer(again["access_token"]))) == (401, "unauthenticated")
    answer = await client.post("/auth/refresh", json={"refresh_token": again["refresh_token"]})
    assert refusal_of(answer) == (401, "unauthenticated")
    answer = await client.post("/auth/login", json={"email": "ada@example.com", "password": PASSWORD})
    assert refusal_of(answer) == (401, "invalid_credentials")
    answer = await client.post("/auth/login", json={"email": f"{ada.id}@deleted.invalid", "password": "deleted"})
    assert refusal_of(answer) == (401, "invalid_credentials")
    body = {"token": token, "new_password": "another pass phrase"}
    assert refusal_of(await client.post("/auth/password/reset", json=body)) == (410, "link_expired")
    assert (await client.get("/users/ada")).status_code == 404
    new = await join(client, "ada")
    assert new.id != ada.id
    assert refusal_of(await client.put("/users/deleted-x/follow", headers=new.headers))[0] == 404


async def test_nobody_is_called_like_somebody_deleted(client: httpx.AsyncClient) -> None:
    for name in ("deleted-ada", "Deleted-1234"):
        body = {"username": name, "email": "x@example.com", "password": PASSWORD}
        assert refusal_of(await client.post("/auth/register", json=body)) == (400, "validation_error")


async def test_sockets_close_and_what_was_said_bears_another_name(ctx: Context) -> None:
    async with chat_server(ctx) as server, rest(server) as http:
        host, zoe = await join(http, "host"), await join(http, "zoe")
        stream = data_of(await http.post("/live/streams", json={"title": "Late"}, headers=host.headers), 201)
        room = UUID(stream["id"])
        me = Principal(zoe.id, new_id(), "zoe", Role.USER, email_verified=False)
        await log_in_as(ctx, me)
        async with member(server, me) as client, guest(server) as other:
            await client.join(room)
            await other.join(room)
            await client.say(room, "hello")
            await other.push("message", room=room)
            headers = {**zoe.headers, "Content-Type": "application/json"}
            data_of(await http.request("DELETE", "/users/me", content=f'{{"password": "{PASSWORD}"}}', headers=headers))
            assert await client.closed() == 4001

            async def shown_to_who_comes_now() -> str:
                async with guest(server) as late:
                    name: str = (await late.join(room))["messages"][0]["user"]["username"]
                    return name

            async with asyncio.timeout(10):
                while not (await shown_to_who_comes_now()).startswith("deleted-"):
                    await other.ask("ping")
            history = data_of(await http.get(f"/live/streams/{room}/chat/messages"))["messages"]
            assert history[0]["content"] == "hello"
            assert history[0]["user"]["username"].startswith("deleted-")


async def test_streams_and_their_keys_are_dead(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    ada = await join(client, "ada")
    key = data_of(await client.get("/live/streams/me/key", headers=ada.headers))
    data_of(await leave(client, ada))
    assert (await client.get(f"/live/streams/{key['stream_id']}")).status_code == 404
    refused = await on_air.authorise(mailbox.ctx, key["stream_key"], "node")
    assert not isinstance(refused, Grant)


# --- what stays ------------------------------------------------------------------------------------------------


async def test_what_was_bought_stays_with_its_buyer_and_what_was_not_is_removed(
    mailbox: Mailbox, client: httpx.AsyncClient
) -> None:
    ctx = mailbox.ctx
    zoe, bob = await join(client, "zoe"), await join(client, "bob")
    sold = await published(ctx, client, zoe, title="Sold")
    unsold = await published(ctx, client, zoe, title="Unsold")
    await client.put(f"/marketplace/products/{unsold['id']}/cover", content=png(), headers=zoe.headers)
    draft = await new_product(client, zoe, title="Draft")
    await add_file(ctx, client, zoe, draft["id"])
    await give(ctx, bob, sold["id"])
    data_of(await leave(client, zoe))
    await run_jobs(ctx)
    for product in (sold, unsold, draft):
        assert (await client.get(f"/marketplace/products/{product['id']}")).status_code == 404
    assert data_of(await client.get("/marketplace/products"))["total"] == 0
    (item,) = data_of(await client.get("/marketplace/library", headers=bob.headers))["items"]
    assert item["product"]["id"] == sold["id"]
    assert "zoe" not in json.dumps(item)
    path = f"/marketplace/library/{item['id']}/files/{item['files'][0]['id']}/download"
    link = data_of(await client.get(path, headers=bob.headers))["url"]
    assert (await client.get(link.partition("/api/v1")[2])).status_code == 200
    names = await value(ctx, "select array_agg(title) from products")
    assert names == ["Sold"]
    assert await value(ctx, "select count(*) from product_files") == 1
    kept = await value(ctx, "select count(*) from stored_objects")
    assert kept == await value(ctx, "select 1 + count(preview_id) from product_files")
    assert await value(ctx, "select published from product_totals") == 0
    files = [path for path in (ctx.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert len(files) == kept, "the bytes are gone, too"


async def test_orders_the_books_and_reviews_stay(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ctx = mailbox.ctx
    seller, buyer, other = await join(client, "seller"), await join(client, "buyer"), await join(client, "other")
    sale = await a_sale(ctx.db, buyer.id, (seller.id, 2_000))
    product = await on_sale(client, other)
    await give(ctx, buyer, product["id"])
    review = {"rating": 5, "comment": "Fine work"}
    data_of(
        await client.post(f"/marketplace/products/{product['id']}/reviews", json=review, headers=buyer.headers), 201
    )
    tables = ("orders", "order_items", "payments", "transfers", "ledger_transactions", "ledger_entries")
    before = [await value(ctx, f"select json_agg(t order by t)::text from {name} t") for name in tables]
    for person in (buyer, seller):
        data_of(await leave(client, person))
    await run_jobs(ctx)
    after = [await value(ctx, f"select json_agg(t order by t)::text from {name} t") for name in tables]
    assert after == before
    found = data_of(await client.get(f"/marketplace/products/{product['id']}/reviews"))
    assert (found["reviews"][0]["rating"], found["reviews"][0]["comment"]) == (5, "Fine work")
    assert found["reviews"][0]["buyer"]["username"].startswith("deleted-")
    root = await join(client, "root")
    await change_role(ctx, root.id, Role.ADMIN)
    order = data_of(await client.get(f"/marketplace/orders/{sale.order_id}", headers=root.headers))
    assert order["total_cents"] == 2_000
    account = data_of(await client.get(f"/admin/users/{buyer.id}", headers=root.headers))
    assert account["username"].startswith("deleted-")
    assert "buyer@" not in json.dumps(account)
    audit = data_of(await client.get("/admin/audit?action=user.deleted", headers=root.headers))
    assert {entry["subject_id"] for entry in audit["entries"]} == {str(buyer.id), str(seller.id)}


async def test_it_cannot_be_undone(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    ctx = mailbox.ctx
    ada, root = await join(client, "ada"), await join(client, "root")
    await change_role(ctx, root.id, Role.ADMIN)
    data_of(await leave(client, ada))
    assert (await reinstate_user(ctx, ada.id)).is_suspended
    answer = await client.put(f"/admin/users/{ada.id}/role", json={"role": "admin"}, headers=root.headers)
    assert answer.status_code in {200, 404}
    assert await value(ctx, "select role from users where id = $1", ada.id) == "user"


# --- who may not go yet ----------------------------------------------------------------------------------------


async def test_it_takes_the_password(client: httpx.AsyncClient) -> None:
    ada = await join(client, "ada")
    assert refusal_of(await leave(client, ada, password="not the password")) == (401, "invalid_credentials")
    assert (await client.request("DELETE", "/users/me", headers=ada.headers)).status_code == 400
    wrong: list[dict[str, Any]] = [{"password": 1}, {"user_id": str(ada.id)}, {"totp_code": ""}, {"password": None}]
    for body in wrong:
        assert (await leave(client, ada, **body)).status_code == 400
    tries = [(await leave(client, ada, password="not the password")).status_code for _ in range(10)]
    assert tries == [401] * 9 + [429]
    data_of(await client.get("/auth/me", headers=ada.headers))


async def test_it_takes_a_code_where_there_is_a_second_factor(client: httpx.AsyncClient, clock: TurnableClock) -> None:
    ada = await join(client, "ada")
    phone = await set_up_phone(client, clock, ada.headers)
    assert refusal_of(await leave(client, ada)) == (401, "totp_required")
    assert refusal_of(await leave(client, ada, totp_code=phone.wrong_code())) == (401, "invalid_totp")
    assert refusal_of(await leave(client, ada, password="not it", totp_code=phone.code(1))) == (
        401,
        "invalid_credentials",
    )
    assert data_of(await leave(client, ada, totp_code=phone.next_code())) == {}


async def test_who_is_on_air_stays(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    ada = await join(client, "ada")
    key = data_of(await client.get("/live/streams/me/key", headers=ada.headers))
    grant = await on_air.authorise(mailbox.ctx, key["stream_key"], "node")
    assert isinstance(grant, Grant)
    await on_air.go_live(mailbox.ctx, grant, broadcast_id=new_id(), node="node", resumed=False, audio_only=False)
    assert refusal_of(await leave(client, ada)) == (409, "on_air")
    data_of(await client.post(f"/live/streams/{key['stream_id']}/end", headers=ada.headers))
    assert data_of(await leave(client, ada)) == {}


async def test_the_last_admin_stays(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    root, second = await join(client, "root"), await join(client, "second")
    for person in (root, second):
        await change_role(mailbox.ctx, person.id, Role.ADMIN)
    answers = await asyncio.gather(leave(client, root), leave(client, second))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert [refusal_of(answer) for answer in answers if answer.status_code == 409] == [(409, "last_admin")]
    assert await value(mailbox.ctx, "select count(*) from users where role = 'admin' and suspended_at is null") == 1


@pytest.mark.parametrize("status", ["pending", "failed", "refund_pending", "disputed"])
async def test_money_of_an_order_holds_its_buyer(client: httpx.AsyncClient, mailbox: Mailbox, status: str) -> None:
    seller, buyer = await join(client, "seller"), await join(client, "buyer")
    await an_order(mailbox.ctx.db, buyer.id, (seller.id, 500), status=status)
    answer = await leave(client, buyer)
    assert refusal_of(answer) == (409, "money_pending")
    assert "order" in answer.json()["error"]
    data_of(await client.get("/auth/me", headers=buyer.headers))
    assert data_of(await leave(client, seller)) == {}


@pytest.mark.parametrize(
    "status", ["waiting_for_seller", "pending", "failed", "permanently_failed", "reversal_pending"]
)
async def test_money_on_its_way_holds_its_seller(client: httpx.AsyncClient, mailbox: Mailbox, status: str) -> None:
    seller, buyer = await join(client, "seller"), await join(client, "buyer")
    order_id = await an_order(mailbox.ctx.db, buyer.id, (seller.id, 500), status="completed")
    await a_transfer(mailbox.ctx.db, order_id, seller.id, 500, status=status)
    answer = await leave(client, seller)
    assert refusal_of(answer) == (409, "money_pending")
    assert "sales" in answer.json()["error"]
    assert data_of(await leave(client, buyer)) == {}


async def test_a_refusal_changes_nothing(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    seller, ada = await join(client, "seller"), await join(client, "ada")
    key = data_of(await client.get("/live/streams/me/key", headers=ada.headers))
    await an_order(mailbox.ctx.db, ada.id, (seller.id, 500))
    assert (await leave(client, ada)).status_code == 409
    assert data_of(await client.get("/live/streams/me/key", headers=ada.headers)) == key
    assert data_of(await client.get("/users/ada"))["username"] == "ada"


# --- twice, at once, and in the middle -------------------------------------------------------------------------


async def test_of_many_calls_one_deletes(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    ada = await join(client, "ada")
    await mailbox.arrived()
    mailbox.forget()
    answers = await asyncio.gather(*(leave(client, ada) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[401] * 5]
    assert await mailbox.subjects() == ["Your account was deleted"]


async def test_the_rest_may_die_and_begin_again(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    """The first pass ends after some batches; the second does what is left, and a third nothing."""
    ctx = mailbox.ctx
    zoe = await join(client, "zoe")
    async with ctx.db.connection() as connection:
        await connection.execute(
            """
            with fans as (
                insert into users (id, username, email, email_key, password_hash, created_at, updated_at)
                select gen_random_uuid(), 'fan' || n, n || '@x.org', n || '@x.org', 'none', now(), now()
                from generate_series(1, 2500) n returning id
            )
            insert into follows (follower_id, followed_id, created_at) select id, $1, now() from fans
            """,
            zoe.id,
        )
        await connection.execute(
            """
            insert into products (id, seller_id, seller_username, type, title, price_cents, search, title_key)
            select gen_random_uuid(), $1, 'zoe', 'service', 'Nr ' || n, 500, '', n::text from generate_series(1, 120) n
            """,
            zoe.id,
        )
    data_of(await leave(client, zoe))
    name = await value(ctx, "select payload ->> 'name' from jobs where name = 'accounts.finish_deletion'")
    async with ctx.db.transaction() as tx:
        await lock_some_of(tx, zoe.id, name, 50)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await service.finish_deletion(ctx, zoe.id, name)
    await asyncio.gather(*(service.finish_deletion(ctx, zoe.id, name) for _ in range(2)))
    await run_jobs(ctx)
    assert await value(ctx, "select count(*) from products") == 0
    assert await value(ctx, "select count(*) from follows") == 0
    assert await value(ctx, "select follower_count from users where id = $1", zoe.id) == 0


async def test_who_is_suspended_cannot_ask_for_it(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    ada = await join(client, "ada")
    await suspend_user(mailbox.ctx, ada.id)
    assert refusal_of(await leave(client, ada)) == (403, "account_suspended")
