"""Addresses to return to, and times that are written and read."""

import pytest

from veza.sandbox.box import is_web_address, parse_timestamp, timestamp, with_query


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example", "https://a.example?status=ok"),
        ("https://a.example/b?c=d#e", "https://a.example/b?c=d&status=ok#e"),
        ("https://a.example/?status=old&x=", "https://a.example/?x=&status=ok"),
        ("https://a.example/?q=%26&q=2", "https://a.example/?q=%26&q=2&status=ok"),
    ],
)
def test_parameters_are_added_to_those_that_are_there(address: str, expected: str) -> None:
    assert with_query(address, status="ok") == expected


@pytest.mark.parametrize(
    "text", ["", "javascript:alert(1)", "//a.example", "https://", "https://a b", "https://[", "https://a/\n", 5, None]
)
def test_what_is_no_address_to_send_a_browser_to(text: object) -> None:
    assert not is_web_address(text)


def test_a_time_survives_its_writing() -> None:
    assert timestamp(1_771_848_000_123) == "2026-02-23T12:00:00.123Z"
    assert parse_timestamp("2026-02-23T12:00:00.123Z") == 1_771_848_000_123
