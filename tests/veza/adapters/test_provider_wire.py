"""Fields from outside are usable values, or nothing."""

import contextlib
from datetime import UTC, datetime

import hypothesis.strategies as st
import pytest
from hypothesis import given

from veza.adapters.provider_wire import (
    find_cents,
    find_header,
    find_id,
    find_time,
    find_web_address,
    find_word,
    id_of_bytes,
    parse_object,
)
from veza.ports.provider_errors import Unreadable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        (0, 0), (2999, 2999), ("2999", 2999), (True, None), (1.0, None), ("1.0", None), (-1, None), ("-1", None),
        ("", None), ("٣", None), (2**53, 2**53), (2**53 + 1, None), ("9" * 5000, None), (None, None),
    ],
)  # fmt: skip
def test_amounts_are_whole_and_bounded(value: object, cents: int | None) -> None:
    assert find_cents(value) == cents


@pytest.mark.parametrize("value", ["2026-11-23T12:00:00.000Z", "2026-11-23T12:00:00", "2026-11-23T13:00:00+01:00"])
def test_times_are_in_utc(value: str) -> None:
    found = find_time(value)
    assert found == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert found is not None
    assert found.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize("value", ["soon", "", 10**20, True, None, [], 1.5, "0001-01-01T00:00:00+23:00"])
def test_what_is_no_time_is_none(value: object) -> None:
    assert find_time(value) is None


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "data:text/html,x", "//elsewhere", "https://", "https://[", "/path", "https://a b", "",
     "https://x/\n", "https://x/" + "y" * 3000, None, 7],
)  # fmt: skip
def test_a_browser_is_sent_to_pages_only(value: object) -> None:
    assert find_web_address(value) is None


def test_an_address_of_a_page_stays_as_it_is() -> None:
    assert find_web_address("https://pay.example/a?b=c#d") == "https://pay.example/a?b=c#d"


@given(JSON)
def test_anything_is_a_value_or_nothing(value: object) -> None:
    word, name, cents, at, page = (
        find(value) for find in (find_word, find_id, find_cents, find_time, find_web_address)
    )
    assert word is None or (isinstance(word, str) and word.isascii() and 0 < len(word) <= 64)
    assert name is None or (isinstance(name, str) and name.isascii() and 0 < len(name) <= 255)
    assert cents is None or (isinstance(cents, int) and cents >= 0)
    assert at is None or (isinstance(at, datetime) and at.tzinfo is not None)
    assert page is None or isinstance(page, str)


@given(st.binary(max_size=200))
def test_a_body_is_an_object_or_unreadable(body: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(parse_object(body), dict)


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 200_000, b"1" * 100_000, b'{"a":"\xff"}', b"null", b""])
def test_hostile_bodies_are_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse_object(body)


def test_headers_are_found_in_any_case() -> None:
    assert find_header({"X-Some-Thing": "a"}, "x-some-thing") == "a"
    assert find_header({}, "x-some-thing") is None


def test_the_same_bytes_are_the_same_event() -> None:
    assert id_of_bytes(b"a") == id_of_bytes(b"a") != id_of_bytes(b"b")
    assert len(id_of_bytes(b"a")) == 64
