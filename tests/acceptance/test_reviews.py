"""The Reviews section of the API reference through the application's own door, and its rules."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.shop import give, on_sale

from veza.auth.domain import Role
from veza.auth.service import change_role
from veza.context import Context
from veza.entitlements.service import revoke

BODY = {"rating": 5, "comment": "Amazing track!"}


async def path_of_sold(ctx: Context, client: httpx.AsyncClient, seller: Person, *buyers: Person) -> str:
    product = await on_sale(client, seller)
    for buyer in buyers:
        await give(ctx, buyer, product["id"])
    return f"/marketplace/products/{product['id']}/reviews"


async def ratings(client: httpx.AsyncClient, path: str) -> tuple[Any, ...]:
    product = data_of(await client.get(path.removesuffix("/reviews")))
    listed = data_of(await client.get(path))
    assert (listed["rating_average"], listed["total"]) == (product["rating_average"], product["rating_count"])
    assert sum(listed["histogram"].values()) == listed["total"]
    return product["rating_average"], product["rating_count"], list(listed["histogram"].values())


async def test_a_buyer_reviews_once(ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
    path = await path_of_sold(ctx, client, ada, bob)
    review = data_of(await client.post(path, json=BODY, headers=bob.headers), 201)
    assert review.keys() == {
        "id", "product_id", "buyer_id", "buyer", "order_id", "rating", "comment", "created_at", "updated_at",
    }  # fmt: skip
    assert (review["buyer"], review["rating"], review["comment"]) == (
        {"id": str(bob.id), "username": "bob"},
        5,
        "Amazing track!",
    )
    assert data_of(await client.get(path))["reviews"] == [review]
    assert refusal_of(await client.post(path, json=BODY, headers=bob.headers)) == (409, "already_reviewed")
    assert await ratings(client, path) == (5.0, 1, [0, 0, 0, 0, 1])


async def test_who_did_not_buy_cannot_review(ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person) -> None:
    path = await path_of_sold(ctx, client, ada)
    assert refusal_of(await client.post(path, json=BODY)) == (401, "unauthenticated")
    assert refusal_of(await client.post(path, json=BODY, headers=bob.headers)) == (403, "purchase_required")
    assert refusal_of(await client.post(path, json=BODY, headers=ada.headers)) == (403, "own_product")
    product_id = path.split("/")[3]
    gift = await give(ctx, bob, product_id, bought=False)
    assert refusal_of(await client.post(path, json=BODY, headers=bob.headers)) == (403, "purchase_required")
    bought = await give(ctx, bob, product_id)
    async with ctx.db.transaction() as tx:
        await revoke(tx, bought.id)
    assert refusal_of(await client.post(path, json=BODY, headers=bob.headers)) == (403, "purchase_required")
    assert gift.order_id is None
    other = await path_of_sold(ctx, client, ada, bob)
    assert refusal_of(await client.post(path, json=BODY, headers=bob.headers)) == (403, "purchase_required")
    assert data_of(await client.post(other, json=BODY, headers=bob.headers), 201)


async def test_authors_change_and_delete_and_the_numbers_follow(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    eve = await join(client, "eve")
    path = await path_of_sold(ctx, client, ada, bob, eve)
    his = data_of(await client.post(path, json={"rating": 2, "comment": "Hm."}, headers=bob.headers), 201)
    hers = data_of(await client.post(path, json={"rating": 5, "comment": "Yes!"}, headers=eve.headers), 201)
    assert await ratings(client, path) == (3.5, 2, [0, 1, 0, 0, 1])
    own = f"{path}/{his['id']}"
    assert refusal_of(await client.put(own, json={"rating": 1}, headers=eve.headers)) == (403, "forbidden")
    assert refusal_of(await client.delete(own, headers=ada.headers)) == (403, "forbidden")
    changed = data_of(await client.put(own, json={"rating": 4}, headers=bob.headers))
    assert (changed["rating"], changed["comment"], changed["created_at"]) == (4, "Hm.", his["created_at"])
    assert await ratings(client, path) == (4.5, 2, [0, 0, 0, 1, 1])
    assert data_of(await client.put(own, json={"comment": "Grew on me."}, headers=bob.headers))["rating"] == 4
    assert data_of(await client.put(own, json={}, headers=bob.headers))["comment"] == "Grew on me."
    assert data_of(await client.delete(own, headers=bob.headers)) == {}
    assert refusal_of(await client.delete(own, headers=bob.headers)) == (404, "not_found")
    assert await ratings(client, path) == (5.0, 1, [0, 0, 0, 0, 1])
    again = data_of(await client.post(path, json=BODY, headers=bob.headers), 201)
    assert [review["id"] for review in data_of(await client.get(path))["reviews"]] == [again["id"], hers["id"]]
    await change_role(ctx, ada.id, Role.MODERATOR)
    assert data_of(await client.delete(f"{path}/{again['id']}", headers=ada.headers)) == {}


async def test_a_review_of_another_product_is_not_found(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    first, second = await path_of_sold(ctx, client, ada, bob), await path_of_sold(ctx, client, ada, bob)
    review = data_of(await client.post(first, json=BODY, headers=bob.headers), 201)
    answer = await client.put(f"{second}/{review['id']}", json={"rating": 1}, headers=bob.headers)
    assert refusal_of(answer) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rating": 0, "comment": "x"}, "rating"),
        ({"rating": 6, "comment": "x"}, "rating"),
        ({"rating": 4.5, "comment": "x"}, "rating"),
        ({"rating": "5", "comment": "x"}, "rating"),
        ({"rating": True, "comment": "x"}, "rating"),
        ({"comment": "x"}, "rating"),
        ({"rating": 5}, "comment"),
        ({"rating": 5, "comment": ""}, "comment"),
        ({"rating": 5, "comment": " \n "}, "comment"),
        ({"rating": 5, "comment": "x" * 2_001}, "comment"),
        ({"rating": 5, "comment": "a\u0007"}, "comment"),
        ({"rating": 5, "comment": "x", "order_id": "mine"}, "order_id"),
    ],
)
async def test_a_review_that_is_not_right_is_refused(
    ctx: Context, client: httpx.AsyncClient, bob: Person, body: dict[str, Any], field: str
) -> None:
    path = await path_of_sold(ctx, client, await join(client, "ada"), bob)
    answer = await client.post(path, json=body, headers=bob.headers)
    assert refusal_of(answer) == (400, "validation_error")
    assert answer.json()["fields"][0]["field"] == field
    assert await ratings(client, path) == (None, 0, [0, 0, 0, 0, 0])


async def test_fifty_equal_reviews_at_once_are_one(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    path = await path_of_sold(ctx, client, ada, bob)
    answers = await asyncio.gather(*(client.post(path, json=BODY, headers=bob.headers) for _ in range(50)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * 49
    assert await ratings(client, path) == (5.0, 1, [0, 0, 0, 0, 1])


async def test_reviews_come_newest_first_in_pages(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    buyers = [await join(client, f"buyer{number}") for number in range(5)]
    path = await path_of_sold(ctx, client, ada, *buyers)
    made = [data_of(await client.post(path, json=BODY, headers=buyer.headers), 201)["id"] for buyer in buyers]
    pages = [data_of(await client.get(path, params={"limit": 2, "offset": offset})) for offset in (0, 2, 4)]
    assert [review["id"] for page in pages for review in page["reviews"]] == made[::-1]
    assert {page["total"] for page in pages} == {5}


async def test_what_a_product_offers_the_caller(
    ctx: Context, client: httpx.AsyncClient, ada: Person, bob: Person
) -> None:
    path = await path_of_sold(ctx, client, ada, bob)
    standing = path.removesuffix("reviews") + "standing"
    nobody = {"is_seller": False, "is_owned": False, "owned_license_ids": [], "can_review": False, "review": None}
    stranger = await join(client, "stranger")
    assert data_of(await client.get(standing, headers=stranger.headers)) == nobody
    assert data_of(await client.get(standing, headers=ada.headers)) == {**nobody, "is_seller": True}
    assert data_of(await client.get(standing, headers=bob.headers)) == {**nobody, "is_owned": True, "can_review": True}
    review = data_of(await client.post(path, json=BODY, headers=bob.headers), 201)
    shown = data_of(await client.get(standing, headers=bob.headers))
    assert (shown["can_review"], shown["review"]) == (False, review)
    assert refusal_of(await client.get(standing))[0] == 401
    await client.delete(path.removesuffix("/reviews"), headers=ada.headers)
    assert data_of(await client.get(standing, headers=bob.headers))["is_owned"] is True
    assert refusal_of(await client.get(standing, headers=stranger.headers)) == (404, "not_found")
