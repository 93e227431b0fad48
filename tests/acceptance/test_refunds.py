"""Money back, from the request to every leg of it, with the provider's real wire between."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.market import Market, open_market
from tests.factories.refund_rush import a_crowd, rush
from tests.factories.refunds import age, an_admin, ask, refundable, refunded, require_right
from tests.factories.shop import published

from veza.context import Context
from veza.kit.ids import new_id


@pytest.fixture
async def market(ctx: Context, tmp_path: Path) -> AsyncIterator[Market]:
    async with open_market(ctx, tmp_path) as found:
        yield found


@pytest.fixture
async def seller(market: Market) -> Person:
    return await market.seller("ada")


@pytest.fixture
async def buyer(market: Market) -> Person:
    return await join(market.client, "bob")


@pytest.fixture
async def admin(market: Market) -> Person:
    return await an_admin(market)


@pytest.fixture
async def order(market: Market, seller: Person, buyer: Person) -> Any:
    """A service of ada's for 29.99, and three of cleo's for 10.05 each."""
    other = await market.seller("cleo")
    mine, theirs = await market.service(seller, 2_999), await market.service(other, 1_005)
    return await market.buy(buyer, mine["id"], {"product_id": theirs["id"], "quantity": 3})


async def download(market: Market, buyer: Person, order: Any, place: int = 0) -> Any:
    """Ask for links to what a line gives."""
    item = order["items"][place]["id"]
    return await market.client.get(f"/marketplace/orders/{order['id']}/items/{item}/download", headers=buyer.headers)


async def fetch(market: Market, link: Any) -> int:
    """Follow a link; answers the status."""
    return (await market.client.get(link["url"].partition("/api/v1")[2])).status_code


# --- the document's own sample ---------------------------------------------------------------------------------


async def test_the_documents_refund(market: Market, seller: Person, buyer: Person) -> None:
    order = await market.buy(buyer, (await market.service(seller))["id"])
    answer = await market.client.post(
        f"/marketplace/orders/{order['id']}/refund",
        json={"reason": "Not as described", "details": "optional details"},
        headers=buyer.headers,
    )
    data = data_of(answer)
    assert data["message"] == "Refund initiated"
    assert (data["refund"]["status"], data["refund"]["amount_cents"], data["refund"]["currency"]) == (
        "pending",
        2_999,
        "EUR",
    )
    assert (await market.seen(buyer, order["id"]))["status"] == "refund_pending"
    await market.deliver()
    seen = await market.seen(buyer, order["id"])
    assert (seen["status"], seen["refunded_cents"]) == ("refunded", 2_999)
    refund = seen["refunds"][0]
    assert (refund["id"], refund["status"], refund["requested_by"]) == (data["refund"]["id"], "succeeded", "buyer")
    assert (refund["reason"], refund["details"]) == ("Not as described", "optional details")
    assert refund["items"] == [{"item_id": order["items"][0]["id"], "amount_cents": 2_999}]
    assert refund["settled_at"] is not None
    assert refund["credit_note_number"] is not None
    assert await market.value("select total_cents from invoices where refund_id = $1", refund["id"]) == 2_999
    kinds = [event["kind"] for event in seen["timeline"]]
    assert kinds == ["placed", "completed", "refund_requested", "refund_succeeded"]
    await require_right(market)


# --- by whom, and of what --------------------------------------------------------------------------------------


async def test_every_leg_moves_with_the_last_cent(market: Market, seller: Person, buyer: Person, order: Any) -> None:
    cleo = Person(order["items"][1]["seller_id"], "cleo", {})
    admin = await an_admin(market)
    for cents in (1, 333, 2_000, 665):
        await refunded(market, admin, order, (0, cents))
        await require_right(market)
    seen = await market.seen(buyer, order["id"])
    assert (seen["status"], seen["refunded_cents"]) == ("partially_refunded", 2_999)
    assert [line["refunded_cents"] for line in seen["items"]] == [2_999, 0]
    await refunded(market, buyer, order)
    assert (await market.seen(buyer, order["id"]))["status"] == "refunded"
    await require_right(market)
    for account in ("platform_fee", "seller_payable", "provider_clearing", "payments", "refunds"):
        statement = "select coalesce(sum(amount_cents), 0) from ledger_entries where account = $1"
        assert await market.value(statement, account) == 0, account
    given_back = "select sum(amount_cents) from reversals where seller_id = $1"
    assert await market.value(given_back, seller.id) == 2_699
    assert await market.value(given_back, cleo.id) == 2_713


async def test_a_seller_gives_their_own_lines_and_sees_no_more(
    market: Market, seller: Person, buyer: Person, order: Any
) -> None:
    await age(market, order, 14)
    assert refusal_of(await ask(market, buyer, order)) == (409, "refund_too_late")
    found = await refundable(market, seller, order)
    assert (found["refundable_cents"], found["until"], len(found["items"])) == (2_999, None, 1)
    refusal = await ask(market, seller, order, (1, 1_005))
    assert refusal_of(refusal) == (400, "validation_error")
    assert refusal.json()["fields"][0]["field"] == "items.0.item_id"
    await refunded(market, seller, order, details="between us")
    seen = await market.seen(seller, order["id"])
    assert [refund["amount_cents"] for refund in seen["refunds"]] == [2_999]
    assert seen["refunds"][0]["details"] == "between us"
    admin = await an_admin(market)
    await refunded(market, admin, order, details="not theirs")
    seen = await market.seen(seller, order["id"])
    assert len(seen["refunds"]) == 1
    kinds = [event["kind"] for event in seen["timeline"]]
    assert kinds == ["placed", "completed", "refund_requested", "refund_succeeded"]
    assert (await market.seen(admin, order["id"]))["refunds"][1]["details"] == "not theirs"
    assert await market.value("select count(*) from audit_entries where action = 'refund.requested'") == 1


async def test_what_was_downloaded_needs_its_seller(market: Market, seller: Person, buyer: Person) -> None:
    tracks = [await published(market.ctx, market.client, seller, price_cents=cents) for cents in (700, 300)]
    order = await market.buy(buyer, *(track["id"] for track in tracks))
    link = data_of(await download(market, buyer, order))
    # A link alone is no download.
    assert (await refundable(market, buyer, order))["refundable_cents"] == 1_000
    assert await fetch(market, link) == 200
    assert await fetch(market, link) == 200
    found = await refundable(market, buyer, order)
    assert found["refundable_cents"] == 300
    assert [item["refused"] and item["refused"]["code"] for item in found["items"]] == ["already_downloaded", None]
    assert refusal_of(await ask(market, buyer, order, (0, 700))) == (409, "already_downloaded")
    spare = data_of(await download(market, buyer, order, 1))
    assert data_of(await ask(market, buyer, order))["refund"]["amount_cents"] == 300
    # While its money is on the way, what goes back is not to be had; the rest is.
    assert refusal_of(await download(market, buyer, order, 1)) == (409, "download_suspended")
    assert await fetch(market, spare) == 410
    assert await fetch(market, link) == 200
    await market.deliver()
    assert refusal_of(await download(market, buyer, order, 1)) == (404, "not_found")
    assert refusal_of(await ask(market, buyer, order)) == (409, "already_downloaded")
    await refunded(market, seller, order)
    assert await fetch(market, link) == 410
    assert data_of(await market.client.get("/marketplace/library", headers=buyer.headers))["total"] == 0
    assert data_of(await market.place(buyer, tracks[0]["id"]), 201)["status"] == "pending"


async def test_in_part_a_line_stays_and_can_be_reviewed(
    market: Market, seller: Person, buyer: Person, admin: Person
) -> None:
    track = await published(market.ctx, market.client, seller, price_cents=1_000)
    order = await market.buy(buyer, track["id"])
    refusal = await ask(market, buyer, order, (0, 999))
    assert refusal_of(refusal) == (400, "validation_error")
    assert refusal.json()["fields"][0]["field"] == "items.0.amount_cents"
    await refunded(market, seller, order, (0, 999))
    assert (await market.seen(buyer, order["id"]))["status"] == "partially_refunded"
    assert (await download(market, buyer, order)).status_code == 200
    review = {"rating": 5, "comment": "On repeat."}
    path = f"/marketplace/products/{track['id']}/reviews"
    review_id = data_of(await market.client.post(path, json=review, headers=buyer.headers), 201)["id"]
    await market.client.delete(f"{path}/{review_id}", headers=buyer.headers)
    await refunded(market, admin, order)
    assert refusal_of(await market.client.post(path, json=review, headers=buyer.headers)) == (403, "purchase_required")


# --- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": ""},
        {"reason": "x" * 201},
        {"reason": "x", "details": "x" * 2_001},
        {"reason": "x", "items": []},
        {"reason": "x", "items": [{"item_id": "LINE", "amount_cents": 0}]},
        {"reason": "x", "items": [{"item_id": "LINE", "amount_cents": -1}]},
        {"reason": "x", "items": [{"item_id": "LINE", "amount_cents": 1.5}]},
        {"reason": "x", "items": [{"item_id": "LINE", "amount_cents": "1"}]},
        {"reason": "x", "items": [{"item_id": "LINE", "amount_cents": 10**18}]},
        {"reason": "x", "items": [{"item_id": "LINE"}]},
        {"reason": "x", "items": [{"item_id": "LINE", "amount_cents": 1}] * 2},
        {"reason": "x", "items": [{"item_id": "LINE", "amount_cents": 1}] * 51},
        {"reason": "x", "items": [{"item_id": "STRANGE", "amount_cents": 1}]},
        {"reason": "x", "items": [{"item_id": "no id", "amount_cents": 1}]},
        {"reason": "x", "amount_cents": 1},
        {"reason": "x", "status": "succeeded"},
        {"reason": "a\x00b"},
    ],
)
async def test_a_body_that_cannot_be(market: Market, seller: Person, buyer: Person, body: Any) -> None:
    order = await market.buy(buyer, (await market.service(seller))["id"])
    for item in body.get("items", []):
        item["item_id"] = {"LINE": order["items"][0]["id"], "STRANGE": str(new_id())}.get(
            item["item_id"], item["item_id"]
        )
    answer = await market.client.post(f"/marketplace/orders/{order['id']}/refund", json=body, headers=buyer.headers)
    assert refusal_of(answer)[0] == 400
    assert await market.value("select count(*) from refunds") == 0


async def test_what_is_refused_says_why(market: Market, seller: Person, buyer: Person, order: Any) -> None:
    assert refusal_of(await ask(market, buyer, order, (0, 3_000))) == (409, "refund_exceeds_payment")
    stranger = await join(market.client, "dora")
    assert refusal_of(await ask(market, stranger, order)) == (404, "not_found")
    absent = {"id": str(new_id()), "items": []}
    assert refusal_of(await ask(market, buyer, absent)) == (404, "not_found")
    path = f"/marketplace/orders/{order['id']}/refund"
    assert refusal_of(await market.client.get(path, headers=stranger.headers)) == (404, "not_found")
    assert refusal_of(await market.client.post(path, json={"reason": "x"}))[0] == 401
    unpaid = await market.order(buyer, order["items"][0]["product_id"])
    assert refusal_of(await ask(market, buyer, unpaid)) == (409, "not_refundable")
    assert refusal_of(await ask(market, seller, unpaid)) == (404, "not_found")
    assert (await refundable(market, buyer, unpaid))["refundable_cents"] == 0
    gift = await published(market.ctx, market.client, seller, price_cents=0)
    free = await market.order(buyer, gift["id"])
    assert refusal_of(await ask(market, buyer, free)) == (409, "not_refundable")
    data_of(await ask(market, buyer, order, (1, 5)))
    assert refusal_of(await ask(market, seller, order)) == (409, "refund_in_progress")
    found = await refundable(market, seller, order)
    assert found["items"][0]["refused"]["code"] == "refund_in_progress"
    await market.deliver()
    await age(market, order, 13)
    assert (await refundable(market, buyer, order))["refundable_cents"] == 2_999 + 3 * 1_005 - 5
    await age(market, order, 1)
    assert (await refundable(market, buyer, order))["refundable_cents"] == 0
    await refunded(market, seller, order)
    assert refusal_of(await ask(market, seller, order)) == (409, "not_refundable")


async def test_a_key_is_one_refund_of_one_order(market: Market, seller: Person, buyer: Person) -> None:
    service = await market.service(seller)
    orders = [await market.buy(buyer, service["id"]) for _ in range(2)]
    first = await ask(market, buyer, orders[0], (0, 100), key="k")
    again = await ask(market, buyer, orders[0], (0, 100), key="k")
    assert data_of(again) == data_of(first)
    assert again.headers["idempotent-replayed"] == "true"
    assert refusal_of(await ask(market, buyer, orders[0], (0, 101), key="k")) == (409, "idempotency_conflict")
    other = {**orders[1], "items": orders[0]["items"]}
    assert refusal_of(await ask(market, buyer, other, (0, 100), key="k")) == (409, "idempotency_conflict")
    await market.deliver()
    settled = data_of(await ask(market, buyer, orders[0], (0, 100), key="k"))["refund"]
    assert (settled["id"], settled["status"]) == (data_of(first)["refund"]["id"], "succeeded")
    # A refusal makes nothing, and gives the key back.
    assert refusal_of(await ask(market, buyer, orders[1], (0, 9_999), key="l")) == (409, "refund_exceeds_payment")
    data_of(await ask(market, buyer, orders[1], (0, 99), key="l"))


# --- at once ---------------------------------------------------------------------------------------------------


async def test_fifty_at_once_are_one_refund(
    market: Market, seller: Person, buyer: Person, admin: Person, order: Any
) -> None:
    people = [buyer, seller, admin] * 17
    answers = await asyncio.gather(*(ask(market, person, order) for person in people[:50]))
    codes = Counter(answer.status_code for answer in answers)
    assert codes == {200: 1, 409: 49}, codes
    await market.deliver()
    for person in (seller, buyer):
        await ask(market, person, order)
        await market.deliver()
    seen = await market.seen(buyer, order["id"])
    assert (seen["status"], seen["refunded_cents"]) == ("refunded", seen["total_cents"])
    state = await market.state()
    assert {name: found["amount"] for name, found in state["refunds"]["by_status"].items()} == {
        "succeeded": seen["total_cents"]
    }
    revoked = "select count(*) from entitlements where revoked_at is not null"
    assert await market.value(revoked) == 2
    await require_right(market)


async def test_in_parts_by_everybody_at_once_until_nothing_is_left(market: Market) -> None:
    codes = await rush(market, await a_crowd(market), random.Random(20_261_127), at_once=12)
    assert codes[200] >= 1
