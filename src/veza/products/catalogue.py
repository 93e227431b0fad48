"""The public list: a statement for each page, and for a common search two. What may be asked: `listing.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from veza.context import Context
from veza.db.pool import Connection
from veza.kit.page import PageRequest
from veza.products import list_queries
from veza.products.list_queries import TOTAL_MAX, ListedRow, Shape
from veza.products.listing import Cursor, Filters, Sort, read_cursor, write_cursor


@dataclass(frozen=True, slots=True)
class Listing:
    """A page. `total` is exact up to 1,000, then 1,001 and `is_capped`; unfiltered it is always exact."""

    rows: Sequence[ListedRow]
    total: int
    is_capped: bool
    next_cursor: str | None


async def list_products(
    ctx: Context, filters: Filters, sort: Sort, page: PageRequest, cursor_text: str | None
) -> Listing:
    """A page of what is published. A cursor goes on where its page ended; `offset` then counts from there.

    Raises `Invalid` for a cursor that is none of this list.
    """
    cursor = None if cursor_text is None else read_cursor(cursor_text, sort)
    if filters.finds_nothing:
        return Listing([], 0, is_capped=False, next_cursor=None)
    began_at = cursor.began_at if cursor else ctx.clock.now()
    asked = _ask(filters, sort, page, cursor)
    async with ctx.db.connection() as connection:
        if asked.shape.is_on_shelves:
            rows, total, reach = await _search(connection, asked, filters, sort, cursor)
        else:
            rows = await list_queries.page(sort, asked.shape).list(connection, *asked.values, *asked.edge)
            total, reach = await _total(connection, asked, cursor, rows, page.offset), None
    capped = not filters.is_empty and total >= TOTAL_MAX
    shown = rows[: page.limit]
    following = None
    if len(rows) > page.limit:
        last = shown[-1]
        following = write_cursor(Cursor(sort, last.sort_key, last.id, total, began_at, reach))
    return Listing(shown, total, capped, following)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A statement's arguments: the filters' values first, at the end where the page begins and how far it goes."""

    shape: Shape
    values: list[Any]
    edge: list[Any]


def _ask(filters: Filters, sort: Sort, page: PageRequest, cursor: Cursor | None) -> _Asked:
    wanted = (filters.words, filters.type, filters.seller_id, filters.min_price, filters.max_price)
    words, product_type, seller, lowest, highest = (value is not None for value in wanted)
    shape = Shape(words, product_type, seller, lowest, highest, cursor is not None)
    after: list[Any] = [] if cursor is None else [cursor.key, cursor.id]
    if cursor is not None and sort is Sort.RELEVANCE:
        after.insert(0, cursor.began_at)
    # One row more than the page holds says whether there is another page.
    return _Asked(shape, [value for value in wanted if value is not None], [*after, page.limit + 1, page.offset])


async def _search(
    connection: Connection, asked: _Asked, filters: Filters, sort: Sort, cursor: Cursor | None
) -> tuple[Sequence[ListedRow], int, int | None]:
    """Rows, total and reach. The first page counts; those that follow know from their cursor how it went."""
    prices = [price for price in (filters.min_price, filters.max_price) if price is not None]
    keys = [filters.keys, *([filters.words] if sort is Sort.RELEVANCE else []), *prices]
    if cursor is not None:
        total, reach = cursor.total, cursor.reach
    else:
        rows = await list_queries.searched(sort, asked.shape).list(connection, *keys, *asked.edge)
        total, reach = rows[0].total or 0, rows[0].reach_for(sort)
        if rows[0].is_whole_for(sort):
            return [row for row in rows if row.is_product], total, reach
    if reach is None:
        return await list_queries.page(sort, asked.shape).list(connection, *asked.values, *asked.edge), total, None
    return await list_queries.collected(sort, asked.shape).list(connection, *keys, reach, *asked.edge), total, reach


async def _total(
    connection: Connection, asked: _Asked, cursor: Cursor | None, rows: Sequence[ListedRow], offset: int
) -> int:
    if cursor is not None:
        return cursor.total
    if rows:
        return rows[0].total or 0
    return 0 if offset == 0 else await list_queries.count(asked.shape).find(connection, *asked.values) or 0
