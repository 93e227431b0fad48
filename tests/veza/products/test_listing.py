"""Cursors survive the journey and nothing else passes for one; filters become a query that nothing can break out of."""

import base64
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, strategies as st

from veza.db.pool import Database
from veza.kit.errors import Invalid
from veza.kit.ids import new_id
from veza.products.domain import vector_of
from veza.products.listing import Cursor, Sort, choose_sort, parse_filters, read_cursor, write_cursor

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
KEYS: dict[Sort, datetime | int | str] = {
    Sort.NEWEST: NOW,
    Sort.OLDEST: NOW,
    Sort.PRICE_ASC: 499,
    Sort.PRICE_DESC: 0,
    Sort.RATING: 5_000_000_000_003,
    Sort.TITLE: "ete à lyon 🎹",
    Sort.RELEVANCE: 607_927,
}


@pytest.mark.parametrize("sort", Sort)
def test_a_cursor_survives_the_journey(sort: Sort) -> None:
    cursor = Cursor(sort, KEYS[sort], new_id(), 42, NOW)
    assert read_cursor(write_cursor(cursor), sort) == cursor


@pytest.mark.parametrize("sort", Sort)
@given(text=st.text(max_size=80))
def test_nothing_else_is_a_cursor(sort: Sort, text: str) -> None:
    with pytest.raises(Invalid):
        read_cursor(text, sort)


@pytest.mark.parametrize("sort", Sort)
@given(raw=st.binary(max_size=120))
def test_no_bytes_are_a_cursor(sort: Sort, raw: bytes) -> None:
    with pytest.raises(Invalid):
        read_cursor(base64.urlsafe_b64encode(raw).decode().rstrip("="), sort)


@pytest.mark.parametrize(
    ("sort", "key", "total", "began_at"),
    [
        ("newest", 5, 1, "2026-03-01T12:00:00Z"),
        ("newest", "yesterday", 1, "2026-03-01T12:00:00Z"),
        ("newest", "2026-03-01T12:00:00", 1, "2026-03-01T12:00:00Z"),
        ("newest", "0001-01-01T00:00:00+00:00", 1, "2026-03-01T12:00:00Z"),
        ("price_asc", "5", 1, "2026-03-01T12:00:00Z"),
        ("price_asc", 2**31, 1, "2026-03-01T12:00:00Z"),
        ("price_asc", -1, 1, "2026-03-01T12:00:00Z"),
        ("rating", 2**63, 1, "2026-03-01T12:00:00Z"),
        ("title", 5, 1, "2026-03-01T12:00:00Z"),
        ("title", "a\0b", 1, "2026-03-01T12:00:00Z"),
        ("title", "a", -1, "2026-03-01T12:00:00Z"),
        ("title", "a", 2**60, "2026-03-01T12:00:00Z"),
        ("title", "a", 1, "9999-12-31T23:59:59-12:00"),
        ("title", "a", 1, "2026-03-01T12:00:00"),
    ],
)
def test_a_cursor_that_was_tampered_with_is_none(sort: str, key: object, total: int, began_at: str) -> None:
    raw = msgspec.json.encode([sort, key, str(new_id()), total, began_at])
    with pytest.raises(Invalid):
        read_cursor(base64.urlsafe_b64encode(raw).decode().rstrip("="), Sort(sort))


def test_relevance_needs_words() -> None:
    assert choose_sort(Sort.RELEVANCE, is_search=True) is Sort.RELEVANCE
    assert choose_sort(None, is_search=True) is Sort.NEWEST
    with pytest.raises(Invalid):
        choose_sort(Sort.RELEVANCE, is_search=False)


@given(search=st.text(max_size=100), tag=st.text(max_size=30))
def test_filters_never_hold_a_sign_that_asks(search: str, tag: str) -> None:
    filters = parse_filters(search=search, tag=tag)
    if filters.words is None:
        assert filters.finds_nothing or not (search.strip() or tag.strip())
    else:
        assert filters.words.startswith("'")


@pytest.mark.parametrize("tag", ["it's", "a\\b", "''", "\\'", "x & !y", "♥", "Déjà vu", "#1", "a:*"])
async def test_a_tag_finds_itself_whatever_it_holds(database: Database, tag: str) -> None:
    vector = vector_of([("A", ["A title"]), ("B", [tag])], [tag])
    words = parse_filters(tag=tag.upper()).words
    async with database.connection() as connection:
        found = await connection.fetchval("select $1::text::tsvector @@ $2::text::tsquery", vector, words)
        other = await connection.fetchval(
            "select $1::text::tsvector @@ $2::text::tsquery", vector, parse_filters(tag=tag + "x").words
        )
    assert (found, other) == (True, False)
