"""Range headers as RFC 9110 §14 has them: what we serve, what we ignore, what cannot be."""

import pytest
from hypothesis import given, strategies as st

from veza.http.ranges import ByteRange, RangeNotSatisfiable, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-0", (0, 1)),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes = 5 - 6", (5, 7)),
        ("bytes=9-5", None),
        ("bytes=0-1,5-6", None),
        ("bytes=-", None),
        ("items=0-5", None),
        ("bytes=a-b", None),
        ("bytes=" + "9" * 200 + "-", None),
        ("", None),
    ],
)
def test_a_header_gives_a_range_or_the_whole(header: str | None, expected: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == (None if expected is None else ByteRange(*expected))


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_behind_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        parse_range(header, 100)


@given(st.text(max_size=60), st.integers(0, 2**40))
def test_whatever_is_sent_stays_inside_the_object(header: str, size_bytes: int) -> None:
    try:
        found = parse_range("bytes=" + header, size_bytes)
    except RangeNotSatisfiable:
        return
    assert found is None or 0 <= found.start < found.end <= size_bytes
