"""A search gives the same, whichever way it takes: collected from the shelves, or met in an order's index."""

from typing import Any
from uuid import UUID

import pytest
from tests.factories.accounts import a_person

from veza.context import Context
from veza.db.pool import Database
from veza.kit.page import PageRequest
from veza.products.catalogue import list_products
from veza.products.domain import ProductType
from veza.products.list_queries import SHELF_SIZE
from veza.products.listing import PRICE_STEPS, Sort, parse_filters

COUNT, BATCH, ON_A_SHELF = 4_000, 250, 100
FEW, SOME, MANY, ALL = "seldom", "third", "often", "always"


@pytest.fixture
async def shelves(ctx: Context) -> Context:
    """Forty shelves: one word on every product, one on every second, third and twentieth.

    By `few` of a search, what every third has is collected, and what every second has is met in an order's index.
    """
    seller = await a_person(ctx.db)
    async with ctx.db.connection() as connection:
        for start in range(0, COUNT, BATCH):  # each row counts up the totals, which makes long transactions slow
            await connection.execute(
                """
            insert into products (id, seller_id, seller_username, type, status, title, price_cents, search, title_key,
                published_at, rating_counts, shelf)
            select gen_random_uuid(), $1, 'ada', case n % 7 when 0 then 'beat' else 'track' end, 'published', 'A title',
                   50 + 37 * (n % 300),
                   concat_ws(' ', 'always:1', case when n % 2 = 0 then 'often:1A' end,
                             case when n % 3 = 0 then 'third:1C' end,
                             case when n % 20 = 0 then 'seldom:1B' end)::tsvector,
                   'a title ' || n % 11, timestamptz '2026-01-01' + n / 2 * interval '1 s',
                   array[0, 0, 0, n % 3, n % 2], n / $3::int
            from generate_series($2::int, $2 + $4::int - 1) n
            """,
                seller.user_id,
                start,
                ON_A_SHELF,
                BATCH,
            )
        await connection.execute("update product_totals set shelved = $1", COUNT // ON_A_SHELF * SHELF_SIZE)
    return ctx


ORDERS = {
    Sort.NEWEST: "published_at desc, id desc",
    Sort.OLDEST: "published_at, id",
    Sort.PRICE_ASC: "price_cents, id",
    Sort.PRICE_DESC: "price_cents desc, id desc",
    Sort.RATING: "rating_rank desc, id desc",
    Sort.TITLE: "title_key, id",
}


SEARCHES: list[tuple[str, dict[str, Any], str]] = [
    (FEW, {}, "search @@ 'seldom'"),
    (SOME, {}, "search @@ 'third'"),
    (MANY, {}, "search @@ 'often'"),
    ("al", {}, "true"),
    ("alw of", {"type": ProductType.BEAT}, "search @@ 'often' and type = 'beat'"),
    (MANY, {"min_price": 180, "max_price": 5_017}, "search @@ 'often' and price_cents between 180 and 5017"),
    (ALL, {"max_price": 99}, "price_cents <= 99"),
    (f"{MANY} {FEW} nothing", {}, "false"),
]


async def every_id(ctx: Context, sort: Sort, total: int, **asked: Any) -> list[UUID]:
    """All pages, by cursor."""
    found, cursor = [], None
    while True:
        page = await list_products(ctx, parse_filters(**asked), sort, PageRequest(100, 0), cursor)
        assert (page.total, page.is_capped) == (min(total, 1_001), total > 1_000)
        found += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found


async def test_all_pages_together_are_what_matches(shelves: Context) -> None:
    for search, asked, where in SEARCHES:
        for sort, order in ORDERS.items():
            async with shelves.db.connection() as connection:
                rows = await connection.fetch(f"select id from products where {where} order by {order}")
            found = await every_id(shelves, sort, len(rows), search=search, **asked)
            assert found == [row["id"] for row in rows], (search, asked, sort)


async def test_relevance_ranks_the_newest_thousand(shelves: Context) -> None:
    for search, total in ((FEW, 200), (SOME, 1_334), (MANY, 2_000), (ALL, 4_000)):
        async with shelves.db.connection() as connection:
            rows = await connection.fetch(
                """
                select id from products where search @@ $1::text::tsquery
                order by published_at desc, id desc limit 1000
                """,
                search,
            )
        found = await every_id(shelves, Sort.RELEVANCE, total, search=search)
        assert len(found) == len(rows)
        assert set(found) == {row["id"] for row in rows}


async def test_what_is_published_is_put_on_the_last_shelf_and_stays_there(database: Database) -> None:
    seller = await a_person(database)
    async with database.connection() as connection:
        await connection.execute("update product_totals set shelved = $1", 3 * SHELF_SIZE - 1)
        insert = """
            insert into products (id, seller_id, seller_username, type, title, price_cents, search, title_key)
            values (gen_random_uuid(), $1, 'ada', 'track', 'A title', 0, '', 'a title') returning id
        """
        ids = [await connection.fetchval(insert, seller.user_id) for _ in range(2)]
        for product_id in ids:
            for status in ("published", "archived", "published"):
                await connection.execute(
                    "update products set status = $2, published_at = coalesce(published_at, now()) where id = $1",
                    product_id,
                    status,
                )
        shelves = [await connection.fetchval("select shelf from products where id = $1", found) for found in ids]
        assert shelves == [3, 3]
        assert await connection.fetchval("select shelved from product_totals") == 3 * SHELF_SIZE + 1


async def test_prices_have_the_same_steps_here_and_in_the_database(database: Database) -> None:
    prices = sorted({0, *PRICE_STEPS, *(step - 1 for step in PRICE_STEPS), *(step + 1 for step in PRICE_STEPS)})
    async with database.connection() as connection:
        for price in prices:
            keys = await connection.fetchval("select product_keys('', 'beat', $1, 10)::text", price)
            filters = parse_filters(search="x", min_price=price, max_price=price)
            assert filters.keys is not None
            asked = filters.keys.rpartition("$")[2].rstrip("')")
            assert f"'000a${asked}'" in keys
