"""SQL of the public list: one statement for each order and each set of filters, so that each meets its index.

A page is chosen by keys that stand in an index alone; only its rows are read. A cursor goes on after a key, so what
it costs does not grow with how deep it is. Relevance ranks the newest 1,000 that match: ranking all of a common word
costs half a second over a million products (measured), and the total is counted no further than 1,001 for the same
reason.
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


class Shape(msgspec.Struct, frozen=True):
    """Which filters a statement has. Its arguments are theirs in this order, then limit and offset."""

    words: bool = False
    type: bool = False
    seller: bool = False
    min_price: bool = False
    max_price: bool = False
    after: bool = False


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


@cache
def page(sort: Sort, shape: Shape) -> Query[ListedRow]:
    """The statement of a page; with a cursor (`after`) it leaves the total out."""
    where, count = _conditions(shape)
    total = "null::bigint" if shape.after else _total(where, any_filter=where != _PUBLISHED)
    if sort is Sort.RELEVANCE:
        return Query(ListedRow, _ranked(shape, where, count, total))
    key, direction, kind = _KEYS[sort]
    if shape.after:
        sign = "<" if direction == "desc" else ">"
        where += f" and ({key}, id) {sign} (${count + 1}::{kind}, ${count + 2}::uuid)"
        count += 2
    sql = f"""
    select {_COLUMNS}, page.sort_key, {total} as total
    from (select id, {key} as sort_key from products where {where}
          order by {key} {direction}, id {direction} limit ${count + 1} offset ${count + 2}) page
    join products p on p.id = page.id
    order by page.sort_key {direction}, page.id {direction}
    """  # noqa: S608 - every piece is a constant of this file
    return Query(ListedRow, sql)


@cache
def count(shape: Shape) -> Value[int]:
    """The statement of the total alone, for a page behind the last one."""
    where, _ = _conditions(shape)
    return Value(int, f"select {_total(where, any_filter=where != _PUBLISHED)}")


def every_statement() -> Iterator[Query[ListedRow] | Value[int]]:
    """All there can be, for the test that prepares them."""
    for flags in combinations((False, True), repeat=6):
        shape = Shape(*flags)
        if not shape.after:
            yield count(shape)
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


def _total(where: str, *, any_filter: bool) -> str:
    if not any_filter:
        return "(select published from product_totals)"
    return f"(select count(*) from (select from products where {where} limit {TOTAL_MAX}) counted)"  # noqa: S608


def _ranked(shape: Shape, where: str, count: int, total: str) -> str:
    """The words are the first argument. A cursor brings the moment of the first page, then rank and id."""
    rank, candidates, after = _RANK.format(words=1), where, ""
    if shape.after:
        candidates += f" and published_at <= ${count + 1}::timestamptz"
        after = f"where (sort_key, id) < (${count + 2}::bigint, ${count + 3}::uuid)"
        count += 3
    return f"""
    select {_COLUMNS}, page.sort_key, {total} as total
    from (select id, sort_key from (
              select id, {rank} as sort_key from (
                  select id, search from products where {candidates}
                  order by published_at desc, id desc limit {CANDIDATES_MAX}) newest) ranked
          {after} order by sort_key desc, id desc limit ${count + 1} offset ${count + 2}) page
    join products p on p.id = page.id
    order by page.sort_key desc, page.id desc
    """  # noqa: S608 - every piece is a constant of this file
