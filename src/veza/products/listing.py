"""What may be asked of the public list, and the cursor that goes on from a page's last row. Pure.

A cursor is opaque to clients and unsigned: nothing in it gives access to anything, and each part is checked.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from veza.kit.errors import FieldProblem, Invalid
from veza.kit.text import lexeme, prefix_query
from veza.products.domain import SEARCH_WORDS_MAX, ProductType, tag_key

CURSOR_MAX = 1_000


class Sort(StrEnum):
    """Orders of the list. Ties are decided by id."""

    NEWEST = "newest"
    OLDEST = "oldest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"
    RATING = "rating"
    TITLE = "title"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort key and id of its last row, and the total that its first page counted.

    `began_at`: when the first page was asked for; what came later is no candidate of a ranked list.
    """

    sort: Sort
    key: datetime | int | str
    id: UUID
    total: int
    began_at: datetime


class _Wire(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    sort: Sort
    key: int | str
    id: UUID
    total: int
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. `words` is a tsquery of the search and the tag; None leaves a filter out.

    `finds_nothing`: something was searched for that holds no word.
    """

    words: str | None = None
    type: ProductType | None = None
    seller_id: UUID | None = None
    min_price: int | None = None
    max_price: int | None = None
    finds_nothing: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Filters()


def parse_filters(
    *,
    search: str = "",
    tag: str = "",
    type: ProductType | None = None,  # noqa: A002
    seller_id: UUID | None = None,
    min_price: int | None = None,
    max_price: int | None = None,
) -> Filters:
    """What a caller asks for. Raises `Invalid` when the prices exclude each other."""
    if min_price is not None and max_price is not None and min_price > max_price:
        raise Invalid(
            "Some query parameters are not right.", FieldProblem("max_price", "must not be less than min_price")
        )
    words = prefix_query(search, SEARCH_WORDS_MAX)
    nothing = words is None and bool(search.strip())
    wanted = [words] if words else []
    if tag.strip():
        wanted.append(lexeme(tag_key(tag)))
    return Filters(" & ".join(wanted) or None, type, seller_id, min_price, max_price, nothing)


def choose_sort(sort: Sort | None, *, is_search: bool) -> Sort:
    """The order of a list. Raises `Invalid` for relevance without a search."""
    if sort is Sort.RELEVANCE and not is_search:
        raise Invalid("Some query parameters are not right.", FieldProblem("sort", "relevance needs a search"))
    return sort or Sort.NEWEST


def write_cursor(cursor: Cursor) -> str:
    """A cursor as clients carry it."""
    key = cursor.key.isoformat() if isinstance(cursor.key, datetime) else cursor.key
    raw = msgspec.json.encode(_Wire(cursor.sort, key, cursor.id, cursor.total, cursor.began_at))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(text: str, sort: Sort) -> Cursor:
    """A cursor of a list in this order. Raises `Invalid` for anything that `write_cursor` did not make."""
    try:
        raw = base64.b64decode(text[:CURSOR_MAX] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        wire = msgspec.json.decode(raw, type=_Wire)
        return Cursor(_same(wire.sort, sort), _key(sort, wire.key), wire.id, _within(wire.total), _zoned(wire.began_at))
    except (ValueError, msgspec.DecodeError, OverflowError):
        raise Invalid(
            "Some query parameters are not right.", FieldProblem("cursor", "is not a cursor of this list")
        ) from None


def _same(found: Sort, wanted: Sort) -> Sort:
    if found is not wanted:
        raise ValueError("of another order")
    return found


def _key(sort: Sort, key: int | str) -> Any:
    if sort in {Sort.NEWEST, Sort.OLDEST}:
        if not isinstance(key, str):
            raise ValueError("no time")
        return _zoned(datetime.fromisoformat(key))
    if sort is Sort.TITLE:
        if not isinstance(key, str) or "\0" in key:
            raise ValueError("no title")
        return key
    largest = 2**31 if sort in {Sort.PRICE_ASC, Sort.PRICE_DESC} else 2**63
    if not isinstance(key, int) or not 0 <= key < largest:
        raise ValueError("no number of this order")
    return key


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None or not 2000 <= moment.year <= 9000:
        raise ValueError("no moment of ours")
    return moment


def _within(total: int) -> int:
    if not 0 <= total < 2**53:
        raise ValueError("out of range")
    return total
