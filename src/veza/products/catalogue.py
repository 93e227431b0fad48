"""The public list: one statement a page. What may be asked and how cursors look is `listing.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
    shape, args = _ask(filters, sort, cursor)
    async with ctx.db.connection() as connection:
        # One row more than the page holds says whether there is another page.
        rows = await list_queries.page(sort, shape).list(connection, *args, page.limit + 1, page.offset)
        total = await _total(connection, filters, cursor, rows, page.offset)
    capped = not filters.is_empty and total >= TOTAL_MAX
    shown = rows[: page.limit]
    following = None
    if len(rows) > page.limit:
        last = shown[-1]
        following = write_cursor(Cursor(sort, last.sort_key, last.id, total, began_at))
    return Listing(shown, total, capped, following)


def _ask(filters: Filters, sort: Sort, cursor: Cursor | None) -> tuple[Shape, list[Any]]:
    wanted = (filters.words, filters.type, filters.seller_id, filters.min_price, filters.max_price)
    words, product_type, seller, lowest, highest = (value is not None for value in wanted)
    shape = Shape(words, product_type, seller, lowest, highest, cursor is not None)
    args: list[Any] = [value for value in wanted if value is not None]
    if cursor is not None:
        moment: list[datetime] = [cursor.began_at] if sort is Sort.RELEVANCE else []
        args += [*moment, cursor.key, cursor.id]
    return shape, args


async def _total(
    connection: Connection, filters: Filters, cursor: Cursor | None, rows: Sequence[ListedRow], offset: int
) -> int:
    if cursor is not None:
        return cursor.total
    if rows:
        return rows[0].total or 0
    if offset == 0:
        return 0
    shape, args = _ask(filters, Sort.NEWEST, None)
    return await list_queries.count(shape).find(connection, *args) or 0
