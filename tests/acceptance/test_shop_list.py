"""The public list through the application's own door: words, filters, orders, cursors, totals, hostile questions."""

from typing import Any

import httpx
import pytest
from tests.factories.api import Person, data_of, join, refusal_of
from tests.factories.shop import on_sale

from veza.context import Context
from veza.db.pool import Database
from veza.kit.ids import new_id

SORTS = ["newest", "oldest", "price_asc", "price_desc", "rating", "title"]


async def titles(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    data = data_of(await client.get("/marketplace/products", params=asked))
    assert data["total"] == len(data["products"])
    return [product["title"] for product in data["products"]]


async def every_page(client: httpx.AsyncClient, **asked: Any) -> list[str]:
    """All ids, page after page."""
    found: list[str] = []
    while True:
        data = data_of(await client.get("/marketplace/products", params=asked))
        found += [product["id"] for product in data["products"]]
        if data["next_cursor"] is None:
            return found
        asked["cursor"] = data["next_cursor"]


async def make_many(db: Database, seller: Person, count: int, *, word: str = "song") -> None:
    """Published products without going through the door; every third price and rating is the same."""
    async with db.connection() as connection:
        await connection.execute(
            """
            insert into products (id, seller_id, seller_username, type, status, title, price_cents, search, title_key,
                published_at, rating_counts)
            select gen_random_uuid(), $1, $2, 'track', 'published', $3 || ' ' || n, 50 + (n % 3),
                   array_to_tsvector(array[$3]), $3 || ' ' || (n % 5),
                   timestamptz '2026-01-01' + (n / 2) * interval '1 s',
                   array[0, 0, 0, n % 3, n % 2]
            from generate_series(1, $4::int) n
            """,
            seller.id,
            seller.username,
            word,
            count,
        )


async def test_words_prefixes_and_accents_find_title_seller_tags_and_description(
    client: httpx.AsyncClient, ada: Person
) -> None:
    zoe = await join(client, "zoe_martin")
    await on_sale(client, ada, title="Été à Lyon", tags=["Électro"], description="Recorded outdoors")
    await on_sale(client, ada, title="Winter", tags=["ambient"], description="Snow and strings")
    await on_sale(client, zoe, title="Straße", tags=[], description="")
    for search, expected in {
        "ete": ["Été à Lyon"],
        "ÉTÉ lyon": ["Été à Lyon"],
        "ly et": ["Été à Lyon"],
        "electro": ["Été à Lyon"],
        "outdoor": ["Été à Lyon"],
        "strasse": ["Straße"],
        "zoe": ["Straße"],
        "str": ["Straße", "Winter"],
        "winter snow": ["Winter"],
        "winter lyon": [],
        "nothing": [],
    }.items():
        assert await titles(client, search=search) == expected, search


async def test_a_title_counts_more_than_a_description(client: httpx.AsyncClient, ada: Person) -> None:
    await on_sale(client, ada, title="Rain", tags=[])
    await on_sale(client, ada, title="Other", description="About rain", tags=[])
    await on_sale(client, ada, title="Third", tags=["rain"])
    assert await titles(client, search="rain", sort="relevance") == ["Rain", "Third", "Other"]
    assert await titles(client, search="rain") == ["Third", "Other", "Rain"]


async def test_filters_narrow_together(client: httpx.AsyncClient, ada: Person) -> None:
    bob = await join(client, "bob")
    await on_sale(client, ada, title="A", price_cents=0, tags=["Deep House"])
    await on_sale(client, ada, title="B", price_cents=500, tags=["deep house", "dub"])
    await on_sale(client, bob, title="C", price_cents=900, tags=["house"])
    assert await titles(client, tag="DEEP  house") == ["B", "A"]
    assert await titles(client, tag="house") == ["C"]
    assert await titles(client, search="house") == ["C", "B", "A"]
    assert await titles(client, min_price=500) == ["C", "B"]
    assert await titles(client, max_price=500) == ["B", "A"]
    assert await titles(client, min_price=1, max_price=899) == ["B"]
    assert await titles(client, seller_id=str(bob.id)) == ["C"]
    assert await titles(client, type="service") == ["C", "B", "A"]
    assert await titles(client, type="track") == []
    assert await titles(client, type="service", tag="dub", max_price=500, search="b", seller_id=str(ada.id)) == ["B"]
    stored = data_of(await client.get("/users/BOB/products"))
    assert ([product["title"] for product in stored["products"]], stored["total"]) == (["C"], 1)
    assert refusal_of(await client.get("/users/nobody/products")) == (404, "not_found")


async def test_each_order_is_what_it_says(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    made = [
        await on_sale(client, ada, title=title, price_cents=price)
        for title, price in (("éclair", 300), ("Zebra", 100), ("apple", 200))
    ]
    async with ctx.db.connection() as connection:
        for product, counts in zip(made, ([0, 0, 0, 0, 1], [1, 0, 0, 0, 0], [0, 0, 0, 0, 3]), strict=True):
            await connection.execute("update products set rating_counts = $2 where id = $1", product["id"], counts)
    assert await titles(client) == ["apple", "Zebra", "éclair"]
    assert await titles(client, sort="oldest") == ["éclair", "Zebra", "apple"]
    assert await titles(client, sort="price_asc") == ["Zebra", "apple", "éclair"]
    assert await titles(client, sort="price_desc") == ["éclair", "apple", "Zebra"]
    assert await titles(client, sort="rating") == ["apple", "éclair", "Zebra"]
    assert await titles(client, sort="title") == ["apple", "éclair", "Zebra"]


@pytest.mark.parametrize("asked", [{"sort": sort} for sort in SORTS] + [{"sort": "relevance", "search": "song"}])
@pytest.mark.parametrize("more", [{}, {"search": "so"}, {"type": "track", "min_price": 51}])
async def test_cursors_reach_every_product_once(
    ctx: Context, client: httpx.AsyncClient, ada: Person, asked: dict[str, Any], more: dict[str, Any]
) -> None:
    await make_many(ctx.db, ada, 47)
    whole = data_of(await client.get("/marketplace/products", params={**more, **asked, "limit": 100}))
    expected = [product["id"] for product in whole["products"]]
    assert (len(expected), whole["next_cursor"]) == (whole["total"], None)
    assert await every_page(client, **{**more, **asked, "limit": 7}) == expected
    by_offset = [
        product["id"]
        for offset in range(0, 50, 10)
        for product in data_of(
            await client.get("/marketplace/products", params={**more, **asked, "limit": 10, "offset": offset})
        )["products"]
    ]
    assert by_offset == expected


@pytest.mark.parametrize("sort", SORTS)
async def test_what_comes_and_goes_meanwhile_moves_nothing(
    ctx: Context, client: httpx.AsyncClient, ada: Person, sort: str
) -> None:
    await make_many(ctx.db, ada, 30)
    expected = await every_page(client, sort=sort, limit=100)
    first = data_of(await client.get("/marketplace/products", params={"sort": sort, "limit": 10}))
    gone = expected[15]
    async with ctx.db.connection() as connection:
        await connection.execute("update products set status = 'archived' where id = $1", gone)
        await connection.execute("update products set status = 'archived' where id = $1", expected[3])
    await make_many(ctx.db, ada, 5, word="another")
    rest = await every_page(client, sort=sort, limit=10, cursor=first["next_cursor"])
    still_there = [found for found in rest if found in expected]
    assert still_there == [found for found in expected[10:] if found != gone]
    assert len(rest) == len(set(rest))


async def test_totals_stop_at_a_thousand_unless_nothing_is_filtered(
    ctx: Context, client: httpx.AsyncClient, ada: Person
) -> None:
    await make_many(ctx.db, ada, 1_000)
    exact = data_of(await client.get("/marketplace/products", params={"search": "song"}))
    assert (exact["total"], "total_capped" in exact) == (1_000, False)
    await make_many(ctx.db, ada, 500)
    capped = data_of(await client.get("/marketplace/products", params={"search": "song"}))
    assert (capped["total"], capped["total_capped"]) == (1_001, True)
    beyond = data_of(await client.get("/marketplace/products", params={"search": "song", "offset": 5_000}))
    assert (beyond["products"], beyond["total"], beyond["total_capped"]) == ([], 1_001, True)
    whole = data_of(await client.get("/marketplace/products"))
    assert (whole["total"], "total_capped" in whole) == (1_500, False)
    behind = data_of(await client.get("/marketplace/products", params={"offset": 5_000}))
    assert (behind["products"], behind["total"]) == ([], 1_500)


@pytest.mark.parametrize(
    "search",
    ["' & | ! <-> :* ()", "🎹", "\\", "%", "'; drop table products; --", "a:* | b", "!" * 200, "\u202e", "ﷺ" * 50],
)
async def test_a_search_of_signs_is_only_a_search(client: httpx.AsyncClient, ada: Person, search: str) -> None:
    await on_sale(client, ada, title="Song")
    data = data_of(await client.get("/marketplace/products", params={"search": search}))
    assert (data["products"], data["total"], data["next_cursor"]) == ([], 0, None)


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": "newest; drop table products"},
        {"sort": "relevance"},
        {"sort": ""},
        {"type": "cassette"},
        {"seller_id": "ada"},
        {"min_price": -1},
        {"max_price": "cheap"},
        {"max_price": 10**30},
        {"min_price": 600, "max_price": 500},
        {"limit": 0},
        {"limit": 101},
        {"offset": -1},
        {"offset": 10_001},
        {"search": "x" * 201},
        {"search": "x" * 10_000},
        {"tag": "x" * 31},
        {"search": "a\0b"},
        {"cursor": "x"},
        {"cursor": ""},
        {"cursor": "x" * 1_001},
        {"cursor": "WzEsMl0"},
        {"cursor": "AAAA", "sort": "price_asc"},
    ],
)
async def test_a_question_that_is_not_right_is_refused(client: httpx.AsyncClient, asked: dict[str, Any]) -> None:
    assert refusal_of(await client.get("/marketplace/products", params=asked)) == (400, "validation_error")


async def test_a_cursor_belongs_to_its_order(ctx: Context, client: httpx.AsyncClient, ada: Person) -> None:
    await make_many(ctx.db, ada, 5)
    for sort in SORTS:
        first = data_of(await client.get("/marketplace/products", params={"sort": sort, "limit": 2}))
        for other in SORTS:
            asked = {"sort": other, "limit": 2, "cursor": first["next_cursor"]}
            answer = await client.get("/marketplace/products", params=asked)
            if other == sort:
                assert len(data_of(answer)["products"]) == 2
            else:
                assert refusal_of(answer) == (400, "validation_error")


async def test_unknown_parameters_are_ignored(client: httpx.AsyncClient) -> None:
    assert data_of(await client.get("/marketplace/products", params={"colour": "red", "seller": str(new_id())})) == {
        "products": [],
        "total": 0,
        "limit": 20,
        "offset": 0,
        "next_cursor": None,
    }


async def test_own_products_are_found_in_any_state(client: httpx.AsyncClient, ada: Person) -> None:
    await on_sale(client, ada, title="Sold")
    product = await on_sale(client, ada, title="Put away")
    await client.delete(f"/marketplace/products/{product['id']}", headers=ada.headers)

    async def own(**asked: Any) -> list[str]:
        data = data_of(await client.get("/sell/products", params=asked, headers=ada.headers))
        return [found["title"] for found in data["products"]]

    assert await own() == ["Put away", "Sold"]
    assert await own(status="archived") == ["Put away"]
    assert await own(search="sol") == ["Sold"]
    assert await own(search="!!") == []
    assert refusal_of(await client.get("/sell/products", params={"status": "x"}, headers=ada.headers))[0] == 400
