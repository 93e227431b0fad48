"""Orders from the cart to the library, with the provider's real wire between."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.clock import TurnableClock
from tests.factories.market import Market, run_jobs
from tests.factories.shop import published

from veza.context import Context
from veza.kit.ids import new_id
from veza.orders import reconcile


async def exclusive_beat(market: Market, seller: Person) -> tuple[str, str]:
    """A beat with a lease and an exclusive licence; answers its id and the exclusive one's."""
    licenses = [
        {"name": "Lease", "price_cents": 2_000},
        {"name": "Exclusive", "price_cents": 90_000, "exclusive": True, "terms": "Yours alone."},
    ]
    beat = await published(market.ctx, market.client, seller, type="beat", licenses=licenses)
    return beat["id"], next(found["id"] for found in beat["licenses"] if found["exclusive"])


# --- the document's own sample ---------------------------------------------------------------------------------


async def test_the_documents_order(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    answer = await market.client.post(
        "/marketplace/orders",
        json={"items": [{"product_id": service["id"], "quantity": 1}], "payment_method": "card"},
        headers=buyer.headers,
    )
    order = data_of(answer, 201)
    assert order["status"] == "pending"
    assert (order["total_cents"], order["currency"], order["buyer_id"]) == (2_999, "EUR", str(buyer.id))
    assert order["items"][0]["title"] == service["title"]
    assert order["payment"]["client_secret"].startswith(order["payment"]["id"])
    assert order["payment"]["checkout_url"].startswith("http://")
    assert answer.headers["cache-control"] == "no-store"


async def test_from_the_cart_to_the_library(market: Market, seller: Person, buyer: Person) -> None:
    track = await published(market.ctx, market.client, seller, price_cents=2_999)
    order = await market.order(buyer, track["id"])
    page = await market.check_out(order)
    assert page.status_code == 303
    assert page.headers["location"].startswith(f"{market.ctx.settings.public_url}/orders/{order['id']}?")
    # The browser is back, and nobody believes it: the provider has not spoken yet.
    assert (await market.seen(buyer, order["id"]))["status"] == "pending"
    await market.deliver()
    done = await market.seen(buyer, order["id"])
    assert (done["status"], done["payment"]) == ("completed", None)
    assert done["completed_at"] is not None
    assert [event["kind"] for event in done["timeline"]] == ["placed", "completed"]
    library = data_of(await market.client.get("/marketplace/library", headers=buyer.headers))
    assert library["items"][0]["order_id"] == order["id"]
    path = f"/marketplace/orders/{order['id']}/items/{order['items'][0]['id']}/download"
    link = data_of(await market.client.get(path, headers=buyer.headers))
    assert (await market.client.get(link["url"].partition("/api/v1")[2])).content.startswith(b"RIFF")
    assert refusal_of(await market.client.get(path, headers=seller.headers)) == (404, "not_found")
    review = {"rating": 5, "comment": "On repeat."}
    data_of(
        await market.client.post(f"/marketplace/products/{track['id']}/reviews", json=review, headers=buyer.headers),
        201,
    )


async def test_what_each_seller_is_owed_reaches_them(market: Market, seller: Person, buyer: Person) -> None:
    other = await market.seller("cleo")
    mine, theirs = await market.service(seller, 2_999), await market.service(other, 1_005)
    order = await market.buy(buyer, mine["id"], {"product_id": theirs["id"], "quantity": 3})
    assert (order["status"], order["total_cents"]) == ("completed", 2_999 + 3 * 1_005)
    state = await market.state()
    assert sorted(found["amount"] for found in state["transfers"]["all"]) == [2_699, 2_713]
    assert await market.value("select sum(amount_cents) from ledger_entries") == 0
    assert await market.value("select -sum(amount_cents) from ledger_entries where account = 'platform_fee'") == 602
    sales = data_of(await market.client.get("/sell/orders", headers=other.headers))
    assert sales["total"] == 1
    assert [item["product_id"] for item in sales["orders"][0]["items"]] == [theirs["id"]]
    assert (sales["orders"][0]["gross_cents"], sales["orders"][0]["fee_cents"]) == (3_015, 302)
    seen = await market.seen(other, order["id"])
    assert [item["product_id"] for item in seen["items"]] == [theirs["id"]]
    assert seen["billing"] is None
    assert refusal_of(
        await market.client.get(
            f"/marketplace/orders/{order['id']}", headers=(await join(market.client, "dora")).headers
        )
    ) == (404, "not_found")


async def test_what_is_free_is_complete_at_once(market: Market, seller: Person, buyer: Person) -> None:
    gift = await published(market.ctx, market.client, seller, price_cents=0)
    order = await market.order(buyer, gift["id"])
    assert (order["status"], order["payment"], order["total_cents"]) == ("completed", None, 0)
    assert await market.value("select count(*) from transfers") == 0
    assert refusal_of(await market.place(buyer, gift["id"])) == (409, "already_owned")


# --- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", [0, -1, 10**9, 1.5, "1", None, True])
async def test_a_quantity_that_cannot_be(market: Market, seller: Person, buyer: Person, quantity: Any) -> None:
    service = await market.service(seller)
    answer = await market.place(buyer, {"product_id": service["id"], "quantity": quantity})
    assert refusal_of(answer)[0] == 400
    assert await market.value("select count(*) from orders") == 0


@pytest.mark.parametrize(
    "field", ["price_cents", "total_cents", "seller_id", "currency", "status", "fee_cents", "buyer_id"]
)
async def test_what_the_server_decides_is_refused_in_a_body(
    market: Market, seller: Person, buyer: Person, field: str
) -> None:
    service = await market.service(seller)
    item = {"product_id": service["id"], "quantity": 1}
    assert refusal_of(await market.place(buyer, {**item, field: 1}))[0] == 400
    extra: dict[str, Any] = {field: 1}
    assert refusal_of(await market.place(buyer, item, **extra))[0] == 400


async def test_what_cannot_be_bought_is_named_by_its_place(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    answer = await market.place(buyer, service["id"], str(new_id()))
    assert answer.json()["fields"] == [{"field": "items.1", "message": "This is not on sale."}]
    assert refusal_of(await market.place(seller, service["id"])) == (403, "own_product")
    assert refusal_of(await market.place(buyer))[0] == 400
    draft = data_of(
        await market.client.post("/marketplace/products", json={"title": "Draft"}, headers=seller.headers), 201
    )
    assert refusal_of(await market.place(buyer, draft["id"])) == (400, "validation_error")


async def test_a_quote_says_what_is_in_the_way(market: Market, seller: Person, buyer: Person) -> None:
    service, gift = await market.service(seller, 700), await published(market.ctx, market.client, seller, price_cents=0)
    await market.order(buyer, gift["id"])
    items = [{"product_id": found, "quantity": 1} for found in (service["id"], gift["id"], str(new_id()))]
    quote = data_of(await market.client.post("/marketplace/orders/quote", json={"items": items}, headers=buyer.headers))
    problems = [None if item["problem"] is None else item["problem"]["code"] for item in quote["items"]]
    assert problems == [None, "already_owned", "unavailable"]
    assert (quote["total_cents"], quote["currency"], quote["items"][0]["seller_username"]) == (700, "EUR", "ada")
    assert await market.value("select count(*) from orders where status = 'pending'") == 0


# --- keys, and a provider that fails ---------------------------------------------------------------------------


async def test_the_same_key_is_the_same_order(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    first = await market.place(buyer, service["id"], key="k")
    again = await market.place(buyer, service["id"], key="k")
    assert data_of(first, 201) == data_of(again, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    other = await market.place(buyer, {"product_id": service["id"], "quantity": 2}, key="k")
    assert refusal_of(other) == (409, "idempotency_conflict")
    assert refusal_of(await market.place(buyer, str(new_id()), key="k2"))[0] == 400
    data_of(await market.place(buyer, str(service["id"]), key="k3"), 201)


async def test_fifty_at_once_with_one_key_are_one_order(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    answers = await asyncio.gather(*(market.place(buyer, service["id"], key="k") for _ in range(50)))
    made = {answer.json()["data"]["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    refused = {refusal_of(answer) for answer in answers if answer.status_code != 201}
    assert refused <= {(409, "idempotency_in_progress")}
    assert await market.value("select count(*) from orders") == 1


@pytest.mark.parametrize(
    "fault", ["lost_answer", "refused", "html_answer", "empty_answer", "redirect_answer", "huge_answer"]
)
async def test_a_provider_that_fails_keeps_the_order_and_the_key_resumes_it(
    market: Market, seller: Person, buyer: Person, fault: str
) -> None:
    service = await market.service(seller)
    await market.faults(hyperswitch={fault: 1.0})
    assert refusal_of(await market.place(buyer, service["id"], key="k")) == (503, "provider_unavailable")
    await market.faults()
    # What was refused opened no door: the breaker lets somebody try again after a while.
    order = await resumed(market, buyer, service["id"])
    assert await market.value("select count(*) from orders") == 1
    await market.check_out(order)
    await market.deliver()
    assert (await market.seen(buyer, order["id"]))["status"] == "completed"
    assert len((await market.state())["payments"]["succeeded"]) == 1


async def resumed(market: Market, buyer: Person, product_id: str) -> Any:
    for _ in range(100):
        answer = await market.place(buyer, product_id, key="k")
        if answer.status_code == 201:
            return answer.json()["data"]
        assert refusal_of(answer) == (503, "provider_unavailable")
    raise AssertionError("the key never resumed its order")


async def test_a_webhook_that_never_comes_is_asked_for(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    await market.faults(webhooks={"never": 1.0})
    order = await market.order(buyer, service["id"])
    await market.check_out(order)
    await market.deliver()
    assert (await market.seen(buyer, order["id"]))["status"] == "pending"
    await age_payments(market)
    assert await reconcile.reconcile(market.ctx) == 1
    assert (await market.seen(buyer, order["id"]))["status"] == "completed"


async def age_payments(market: Market) -> None:
    """An hour of silence."""
    async with market.ctx.db.connection() as connection:
        await connection.execute("update payments set created_at = created_at - interval '2 hours', asked_at = null")


# --- failing, paying again, giving up --------------------------------------------------------------------------


async def test_declined_then_paid(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    order = await market.order(buyer, service["id"])
    await market.check_out(order, "decline")
    await market.deliver()
    failed = await market.seen(buyer, order["id"])
    assert (failed["status"], failed["payment"]["status"]) == ("failed", "failed")
    again = data_of(await market.client.post(f"/marketplace/orders/{order['id']}/pay", headers=buyer.headers))
    await market.check_out(again)
    await market.deliver()
    done = await market.seen(buyer, order["id"])
    assert done["status"] == "completed"
    assert [event["kind"] for event in done["timeline"]][:2] == ["placed", "payment_failed"]
    answer = await market.client.post(f"/marketplace/orders/{order['id']}/pay", headers=buyer.headers)
    assert refusal_of(answer) == (409, "already_paid")


async def test_paid_while_nobody_heard_of_it_asking_to_pay_tells(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    order = await market.order(buyer, service["id"])
    await market.check_out(order)
    answer = await market.client.post(f"/marketplace/orders/{order['id']}/pay", headers=buyer.headers)
    assert refusal_of(answer) == (409, "already_paid")
    assert (await market.seen(buyer, order["id"]))["status"] == "completed"


async def test_given_up_and_paid_all_the_same_the_money_goes_back(
    market: Market, seller: Person, buyer: Person
) -> None:
    service = await market.service(seller)
    order = await market.order(buyer, service["id"])
    await market.check_out(order)
    cancelled = data_of(await market.client.post(f"/marketplace/orders/{order['id']}/cancel", headers=buyer.headers))
    assert (cancelled["status"], cancelled["payment"]) == ("cancelled", None)
    await market.deliver()
    await market.deliver()
    seen = await market.seen(buyer, order["id"])
    assert seen["status"] == "cancelled"
    assert [event["kind"] for event in seen["timeline"]] == [
        "placed", "cancelled", "payment_returning", "payment_returned",
    ]  # fmt: skip
    state = await market.state()
    assert state["payments"]["succeeded"][0]["amount_refunded"] == 2_999
    assert await market.value("select count(*) from transfers") == 0
    assert set(await balances(market)) == {0}


async def balances(market: Market) -> list[int]:
    async with market.ctx.db.connection() as connection:
        rows = await connection.fetch("select sum(amount_cents)::bigint as left from ledger_entries group by account")
    return [row["left"] for row in rows]


async def test_a_cancelled_order_can_no_longer_be_paid(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    order = await market.order(buyer, service["id"])
    path = f"/marketplace/orders/{order['id']}"
    for _ in range(2):
        assert data_of(await market.client.post(f"{path}/cancel", headers=buyer.headers))["status"] == "cancelled"
    await market.deliver()
    assert refusal_of(await market.client.post(f"{path}/pay", headers=buyer.headers)) == (409, "not_payable")
    assert (await market.state())["payments"]["by_status"] == {"cancelled": {"count": 1, "amount": 2_999}}
    stranger = await join(market.client, "dora")
    for act in ("pay", "cancel"):
        assert refusal_of(await market.client.post(f"{path}/{act}", headers=stranger.headers)) == (404, "not_found")


async def test_what_runs_out_of_time_ends_and_late_money_completes_it(
    market: Market, seller: Person, buyer: Person, clock: TurnableClock
) -> None:
    service = await market.service(seller)
    order = await market.order(buyer, service["id"])
    await market.check_out(order)
    async with market.ctx.db.connection() as connection:
        await connection.execute("update orders set expires_at = $1", clock.now() - timedelta(seconds=1))
    assert await reconcile.expire(market.ctx) == 1
    expired = await market.seen(buyer, order["id"])
    assert (expired["status"], expired["payment"]) == ("expired", None)
    await market.deliver()
    assert (await market.seen(buyer, order["id"]))["status"] == "completed"


# --- what can be sold once -------------------------------------------------------------------------------------


async def test_an_exclusive_licence_is_held_sold_once_and_gone(market: Market, seller: Person, buyer: Person) -> None:
    beat, exclusive = await exclusive_beat(market, seller)
    item = {"product_id": beat, "license_id": exclusive, "quantity": 1}
    rivals = [await join(market.client, f"rival_{number}") for number in range(3)]
    order = await market.order(buyer, item)
    assert refusal_of(await market.place(rivals[0], item)) == (409, "sold_out")
    data_of(await market.client.post(f"/marketplace/orders/{order['id']}/cancel", headers=buyer.headers))
    done = await market.buy(rivals[1], item)
    assert done["status"] == "completed"
    assert done["items"][0]["license"]["terms"] == "Yours alone."
    assert refusal_of(await market.place(rivals[2], item)) == (409, "sold_out")
    shown = data_of(await market.client.get(f"/marketplace/products/{beat}"))
    assert [found["name"] for found in shown["licenses"]] == ["Lease"]


async def test_of_fifty_who_want_it_at_once_one_gets_it(market: Market, seller: Person) -> None:
    beat, exclusive = await exclusive_beat(market, seller)
    item = {"product_id": beat, "license_id": exclusive, "quantity": 1}
    people = [await join(market.client, f"rival_{number}") for number in range(10)]
    answers = await asyncio.gather(*(market.place(people[number % 10], item) for number in range(50)))
    assert sum(answer.status_code == 201 for answer in answers) == 1
    refused = {refusal_of(answer) for answer in answers if answer.status_code != 201}
    assert refused <= {(409, "sold_out"), (503, "unavailable")}
    assert await market.value("select count(*) from order_items where holds_license") == 1


async def test_late_money_for_what_somebody_else_bought_goes_back(
    market: Market, seller: Person, buyer: Person, clock: TurnableClock
) -> None:
    beat, exclusive = await exclusive_beat(market, seller)
    item = {"product_id": beat, "license_id": exclusive, "quantity": 1}
    order = await market.order(buyer, item)
    await market.check_out(order)
    async with market.ctx.db.connection() as connection:
        await connection.execute("update orders set expires_at = $1", clock.now() - timedelta(seconds=1))
    await reconcile.expire(market.ctx)
    rival = await join(market.client, "cleo")
    taken = data_of(await market.place(rival, item), 201)
    await market.check_out(taken)
    await market.deliver()
    await market.deliver()
    states = {(await market.seen(who, found["id"]))["status"] for who, found in ((buyer, order), (rival, taken))}
    assert "completed" in states
    assert len(states) == 2
    assert await market.value("select count(*) from entitlements where revoked_at is null") == 1
    assert await market.value("select count(*) from payment_returns where status = 'succeeded'") == 1


async def test_the_same_bought_twice_in_two_orders_is_paid_once(market: Market, seller: Person, buyer: Person) -> None:
    track = await published(market.ctx, market.client, seller)
    orders = [await market.order(buyer, track["id"]) for _ in range(2)]
    for order in orders:
        await market.check_out(order)
    await market.deliver()
    await market.deliver()
    states = sorted([(await market.seen(buyer, order["id"]))["status"] for order in orders])
    assert states == ["cancelled", "completed"]
    refunded = [found["amount_refunded"] for found in (await market.state())["payments"]["succeeded"]]
    assert sorted(refunded) == [0, 499]


async def test_without_a_provider_nothing_is_sold_but_gifts(
    client: Any, ctx: Context, ada: Person, bob: Person
) -> None:
    track = await published(ctx, client, ada)
    body = {"items": [{"product_id": track["id"], "quantity": 1}], "payment_method": "card"}
    answer = await client.post("/marketplace/orders", json=body, headers=bob.headers)
    assert refusal_of(answer) == (503, "payments_disabled")
    gift = await published(ctx, client, ada, price_cents=0, title="Gift")
    body["items"] = [{"product_id": gift["id"], "quantity": 1}]
    assert (
        data_of(await client.post("/marketplace/orders", json=body, headers=bob.headers), 201)["status"] == "completed"
    )
    assert await run_jobs(ctx) > 0
