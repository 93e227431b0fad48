"""What may be asked of the public list, and the cursor that goes on from a page's last row. Pure.

A cursor is opaque to clients and unsigned: nothing in it gives access to anything, and each part is checked.
"""

import base64
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from veza.kit.errors import FieldProblem, Invalid
from veza.kit.text import lexeme, search_words
from veza.products.domain import SEARCH_WORDS_MAX, ProductType, tag_key

CURSOR_MAX = 1_000
SHELF = "\x01"
"""No word or tag holds it."""
KEY_LETTERS = 20
"""What follows in a word is not looked at."""
PRICE_STEPS = (1, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
"""As in `product_keys` of 0007_shop.sql."""
DEAR_STEP = 8
"""From here on prices are rare."""


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

    `began_at`: when the first page was asked for; what came later is no candidate of a ranked list. `reach`: the shelf
    down to which its rows were collected; None when the order's index was walked.
    """

    sort: Sort
    key: datetime | int | str
    id: UUID
    total: int
    began_at: datetime
    reach: int | None = None


class _Wire(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    sort: Sort
    key: int | str
    id: UUID
    total: int
    began_at: datetime
    reach: int | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to. `words` is a tsquery of the search and the tag; None leaves a filter out.

    `keys`: the same for the index of keys (0007_shop.sql), with type and prices; `SHELF` stands for a shelf's digits.
    `finds_nothing`: something was searched for that holds no word.
    """

    words: str | None = None
    type: ProductType | None = None
    seller_id: UUID | None = None
    min_price: int | None = None
    max_price: int | None = None
    keys: str | None = None
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
    words = list(dict.fromkeys(word[:KEY_LETTERS] for word in search_words([search], SEARCH_WORDS_MAX)))
    keys = words.copy()
    wanted = [f"{lexeme(word)}:*" for word in words]
    if tag.strip():
        wanted.append(lexeme(tag_key(tag)))
        keys.append(tag_key(tag))
    asked = " & ".join([*(_key_of(key) for key in keys), *_facets(type, min_price, max_price)]) if wanted else None
    nothing = not words and bool(search.strip())
    return Filters(" & ".join(wanted) or None, type, seller_id, min_price, max_price, asked, nothing)


def _key_of(word: str) -> str:
    return lexeme(SHELF + word.replace(SHELF, " "))


def _facets(product_type: ProductType | None, min_price: int | None, max_price: int | None) -> Iterator[str]:
    """What is a key besides words. Prices only roughly: exactly is the statement's part."""
    if product_type is not None:
        yield _key_of(f"@{product_type}")
    if min_price is not None or max_price is not None:
        lowest = bisect_right(PRICE_STEPS, min_price or 0)
        highest = len(PRICE_STEPS) if max_price is None else bisect_right(PRICE_STEPS, max_price)
        if highest - lowest <= 1 or lowest >= DEAR_STEP:  # for a broad range, more keys cost more than they save
            yield f"({' | '.join(_key_of(f'${step}') for step in range(lowest, highest + 1))})"


def choose_sort(sort: Sort | None, *, is_search: bool) -> Sort:
    """The order of a list. Raises `Invalid` for relevance without a search."""
    if sort is Sort.RELEVANCE and not is_search:
        raise Invalid("Some query parameters are not right.", FieldProblem("sort", "relevance needs a search"))
    return sort or Sort.NEWEST


def write_cursor(cursor: Cursor) -> str:
    """A cursor as clients carry it."""
    key = cursor.key.isoformat() if isinstance(cursor.key, datetime) else cursor.key
    raw = msgspec.json.encode(_Wire(cursor.sort, key, cursor.id, cursor.total, cursor.began_at, cursor.reach))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(text: str, sort: Sort) -> Cursor:
    """A cursor of a list in this order. Raises `Invalid` for anything that `write_cursor` did not make."""
    try:
        raw = base64.b64decode(text[:CURSOR_MAX] + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        wire = msgspec.json.decode(raw, type=_Wire)
        moment, reach = _zoned(wire.began_at), None if wire.reach is None else _shelf(wire.reach)
        return Cursor(_same(wire.sort, sort), _key(sort, wire.key), wire.id, _within(wire.total), moment, reach)
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


def _shelf(number: int) -> int:
    if not 0 <= number < 2**16:
        raise ValueError("no shelf")
    return number


def _within(total: int) -> int:
    if not 0 <= total < 2**53:
        raise ValueError("out of range")
    return total
