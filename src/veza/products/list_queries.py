"""SQL of the public list: one statement for each order and each set of filters, so that each meets its index.

A page is chosen by keys that stand in an index alone; only its rows are read. A cursor goes on after a key, so what
it costs does not grow with how deep it is. A search takes what matches from shelf after shelf (`searched`), up to
1,001: that is all there is, or few enough that it goes on and collects the rest too, or so common that an order's index
meets it soon (`page`). The pages that follow do the same by what their cursor says (`collected`). Relevance ranks the
newest 1,000 that match. What one seller has is never many, and is looked through as it is.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import product as combinations
from typing import Any
from uuid import UUID

import msgspec

from veza.db.query import Query, Value
from veza.products.listing import Sort

TOTAL_MAX = 1_001
CANDIDATES_MAX = 1_000
SHELF_SIZE = 8_192
"""As in 0007_shop.sql."""


class ListedRow(msgspec.Struct, frozen=True):
    """A product of the list. `licenses`: JSON as it is sent; `sort_key`: what the order goes by."""

    id: UUID
    seller_id: UUID
    seller_username: str
    title: str
    description: str
    type: str
    price_cents: int
    tags: list[str]
    cover_id: UUID | None
    cover_small_id: UUID | None
    preview_id: UUID | None
    duration_ms: int | None
    licenses: str | None
    rating_average: float | None
    rating_count: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime
    sort_key: Any
    total: int | None


class SearchedRow(ListedRow, frozen=True):
    """A row of a search's first page, or, where it is better read from an order's index, of nothing but the count.

    `total` and what follows are the same in all rows, and stand in a row of nothing else when there is no product.
    `reach`: the shelf where counting ended. `few`: to collect all that match is cheaper than to meet them in an index.
    """

    reach: int
    few: bool

    @property
    def is_product(self) -> bool:
        """Not the row that stands where there is none."""
        return self.sort_key is not None

    def is_whole_for(self, sort: Sort) -> bool:
        """Whether the page is here. Otherwise `page` reads it."""
        return self.few or sort is Sort.RELEVANCE

    def reach_for(self, sort: Sort) -> int | None:
        """Down to which shelf what follows is `collected`; None: it is met in the order's index (`page`)."""
        if sort is Sort.RELEVANCE and self.total == TOTAL_MAX:
            return self.reach
        return 0 if self.few else None


class Shape(msgspec.Struct, frozen=True):
    """Which filters a statement has. Its arguments are theirs in this order, then limit and offset."""

    words: bool = False
    type: bool = False
    seller: bool = False
    min_price: bool = False
    max_price: bool = False
    after: bool = False

    @property
    def is_on_shelves(self) -> bool:
        """A search through everything: taken from the shelves. What one seller has is looked through as it is."""
        return self.words and not self.seller


_KEYS: dict[Sort, tuple[str, str, str]] = {
    Sort.NEWEST: ("published_at", "desc", "timestamptz"),
    Sort.OLDEST: ("published_at", "asc", "timestamptz"),
    Sort.PRICE_ASC: ("price_cents", "asc", "integer"),
    Sort.PRICE_DESC: ("price_cents", "desc", "integer"),
    Sort.RATING: ("rating_rank", "desc", "bigint"),
    Sort.TITLE: ("title_key", "asc", "text"),
}
_RANK = "(ts_rank(search, ${words}::text::tsquery) * 1000000)::bigint"
_COLUMNS = """
    p.id, p.seller_id, p.seller_username, p.title, p.description, p.type, p.price_cents, p.tags, p.cover_id,
    p.cover_small_id, p.preview_id, p.duration_ms,
    case when p.license_count > 0 then (
        select json_agg(json_build_object('id', l.id, 'name', l.name, 'price_cents', l.price_cents,
            'exclusive', l.exclusive, 'terms', l.terms, 'file_ids', l.file_ids) order by l.position, l.id)::text
        from product_licenses l where l.product_id = p.id and l.retired_at is null) end as licenses,
    p.rating_average, p.rating_count, p.created_at, p.updated_at, p.published_at"""


_PRODUCT = "(select * from products whole where whole.id = page.id offset 0)"
"""The rows of a page, each by its id. The fence keeps a plan that does not know the limit (PostgreSQL changes to one
after five executions) from expecting a tenth of all, and reading every product in the order of ids: 400 ms."""


@cache
def page(sort: Sort, shape: Shape) -> Query[ListedRow]:
    """The statement of a page; with a cursor (`after`), and of a search that was counted, it leaves the total out."""
    where, count = _conditions(shape)
    total = "null::bigint" if shape.after or shape.is_on_shelves else _total(where, any_filter=where != _PUBLISHED)
    if sort is Sort.RELEVANCE:
        return Query(ListedRow, _ranked(shape, (where, count), total, "products"))
    return Query(ListedRow, _ordered(sort, shape, (where, count), total, "products"))


@cache
def count(shape: Shape) -> Value[int]:
    """The statement of the total alone, for a page behind the last one."""
    where, _ = _conditions(shape)
    return Value(int, f"select {_total(where, any_filter=where != _PUBLISHED)}")


@cache
def searched(sort: Sort, shape: Shape) -> Query[SearchedRow]:
    """The first page of a search, and how many match.

    Its arguments are the keys, the words (for `RELEVANCE` alone), the prices, limit and offset.
    `few`: on v of n shelves 1,001 were found. An order's index meets 21 of them within v * 172 rows; all of them are
    some n / v * 1,001, and each costs twice as much (to collect sooner was tried: rare beginnings of three words, each
    of them common, took 21 ms instead of 6). Counting ends in the middle of a shelf, which `rest` reads whole.
    """
    where, count = _narrowed(sort, shape)
    key, direction, _ = _KEYS.get(sort, (_RANK.format(words=2), "desc", ""))
    is_ranked = sort is Sort.RELEVANCE
    goes_on, lowest = ("", "counted.reach") if is_ranked else ("counted.few and ", "0")
    source = f"(select * from everything order by published_at desc, id desc limit {CANDIDATES_MAX}) newest"  # noqa: S608
    columns = "id, search, published_at" if is_ranked else f"id, {key}"
    sql = f"""
    with found as materialized (
        select {columns}, shelf, newest from {_on_shelves("0")} where {where} limit {TOTAL_MAX}),
    counted as materialized (
        select count(*)::int as total, coalesce(min(shelf), 0) as reach,
               count(*) < {TOTAL_MAX} or power(min(newest) - min(shelf) + 1, 2) >= 12 * (min(newest) + 1) as few
        from found),
    rest as (
        select {columns}
        from counted,
             generate_series(case when {goes_on}total = {TOTAL_MAX} then reach else -1 end, {lowest}, -1) shelf,
             lateral {_MATCHING} matching
        where {where}),
    everything as (
        select {columns} from found, counted where total < {TOTAL_MAX} or shelf > reach
        union all select {columns} from rest)
    select {_COLUMNS}, page.sort_key, counted.total, counted.reach, counted.few
    from counted
    left join lateral (
        select id, {key} as sort_key from {source if is_ranked else "everything where counted.few"}
        order by 2 {direction}, 1 {direction} limit ${count + 1} offset ${count + 2}) page on true
    left join lateral {_PRODUCT} p on true
    order by page.sort_key {direction}, page.id {direction}
    """  # noqa: S608 - every piece is a constant of this file
    return Query(SearchedRow, sql)


@cache
def collected(sort: Sort, shape: Shape) -> Query[ListedRow]:
    """The page of a search, out of all that match down to a shelf.

    Its arguments are those of `searched`, with the shelf and what a cursor brings before limit and offset.
    """
    where, count = _narrowed(sort, shape)
    source = _on_shelves(f"${count + 1}")
    if sort is Sort.RELEVANCE:
        return Query(ListedRow, _ranked(shape, (where, count + 1), "null::bigint", source, words=2))
    return Query(ListedRow, _ordered(sort, shape, (where, count + 1), "null::bigint", source))


def every_statement() -> Iterator[Query[ListedRow] | Query[SearchedRow] | Value[int]]:
    """All there can be, for the test that prepares them."""
    for flags in combinations((False, True), repeat=6):
        shape = Shape(*flags)
        if not shape.after:
            yield count(shape)
        if shape.is_on_shelves:
            yield from (searched(sort, shape) for sort in Sort)
            yield from (collected(sort, shape) for sort in Sort)
        yield from (page(sort, shape) for sort in Sort if shape.words or sort is not Sort.RELEVANCE)


_PUBLISHED = "status = 'published'"


def _conditions(shape: Shape) -> tuple[str, int]:
    """The filters as SQL, and how many arguments they take."""
    filters = [
        (shape.words, "search @@ ${}::text::tsquery"),
        (shape.type, "type = ${}"),
        (shape.seller, "seller_id = ${}"),
        (shape.min_price, "price_cents >= ${}"),
        (shape.max_price, "price_cents <= ${}"),
    ]
    wanted = [text for is_there, text in filters if is_there]
    parts = [_PUBLISHED, *(text.format(place) for place, text in enumerate(wanted, start=1))]
    return " and ".join(parts), len(wanted)


def _narrowed(sort: Sort, shape: Shape) -> tuple[str, int]:
    """What keys do not say for sure, the prices; and how many arguments there are so far."""
    count = 2 if sort is Sort.RELEVANCE else 1
    parts = [_PUBLISHED]
    for is_there, text in ((shape.min_price, "price_cents >= ${}"), (shape.max_price, "price_cents <= ${}")):
        if is_there:
            count += 1
            parts.append(text.format(count))
    return " and ".join(parts), count


def _total(where: str, *, any_filter: bool) -> str:
    if not any_filter:
        return "(select published from product_totals)"
    return f"(select count(*) from (select from products where {where} limit {TOTAL_MAX}) counted)"  # noqa: S608


_MATCHING = f"""
    (select id, price_cents, published_at, rating_rank, title_key, search, status
     from products
     where {_PUBLISHED} and product_keys(search, type, price_cents, products.shelf)
         @@ replace($1::text, chr(1), lpad(to_hex(shelf.shelf), 4, '0'))::tsquery
     offset 0)"""  # noqa: S608 - every piece is a constant of this file
"""What has the keys of the first argument on one shelf.

The fence (`offset 0`) keeps the other conditions from offering a way that passes the index of keys by.
"""


def _on_shelves(lowest: str) -> str:
    """What has the keys of the first argument, shelf after shelf, the newest first."""
    return f"""
    (select shelved / {SHELF_SIZE} as newest from product_totals) totals,
    generate_series(newest, {lowest}::bigint, -1) shelf,
    lateral {_MATCHING} matching"""  # noqa: S608 - every piece is a constant of this file


def _ordered(sort: Sort, shape: Shape, conditions: tuple[str, int], total: str, source: str) -> str:
    where, count = conditions
    key, direction, kind = _KEYS[sort]
    if shape.after:
        sign = "<" if direction == "desc" else ">"
        where += f" and ({key}, id) {sign} (${count + 1}::{kind}, ${count + 2}::uuid)"
        count += 2
    return f"""
    select {_COLUMNS}, page.sort_key, {total} as total
    from (select id, {key} as sort_key from {source} where {where}
          order by {key} {direction}, id {direction} limit ${count + 1} offset ${count + 2}) page
    cross join lateral {_PRODUCT} p
    order by page.sort_key {direction}, page.id {direction}
    """  # noqa: S608 - every piece is a constant of this file


def _ranked(shape: Shape, conditions: tuple[str, int], total: str, source: str, words: int = 1) -> str:
    """A cursor brings the moment of the first page, then rank and id."""
    candidates, count = conditions
    rank, after = _RANK.format(words=words), ""
    if shape.after:
        candidates += f" and published_at <= ${count + 1}::timestamptz"
        after = f"where (sort_key, id) < (${count + 2}::bigint, ${count + 3}::uuid)"
        count += 3
    return f"""
    select {_COLUMNS}, page.sort_key, {total} as total
    from (select id, sort_key from (
              select id, {rank} as sort_key from (
                  select id, search from {source} where {candidates}
                  order by published_at desc, id desc limit {CANDIDATES_MAX}) newest) ranked
          {after} order by sort_key desc, id desc limit ${count + 1} offset ${count + 2}) page
    cross join lateral {_PRODUCT} p
    order by page.sort_key desc, page.id desc
    """  # noqa: S608 - every piece is a constant of this file
