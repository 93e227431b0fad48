"""Money is whole minor units, and is written as its currency is."""

import pytest
from hypothesis import given, strategies as st

from veza.kit.money import format_money


@pytest.mark.parametrize(
    ("cents", "currency", "text"),
    [
        (2999, "EUR", "€29.99"),
        (5, "USD", "$0.05"),
        (0, "GBP", "£0.00"),
        (-300, "EUR", "-€3.00"),
        (123456789, "EUR", "€1,234,567.89"),
        (500, "JPY", "¥500"),
        (1234, "KWD", "KWD\u00a01.234"),
        (500, "CHF", "CHF\u00a05.00"),
        (9_007_199_254_740_993, "EUR", "€90,071,992,547,409.93"),
    ],
)
def test_an_amount_as_english_writes_it(cents: int, currency: str, text: str) -> None:
    assert format_money(cents, currency) == text


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD", "CLF", "CHF"]))
def test_no_cent_is_lost(cents: int, currency: str) -> None:
    digits = "".join(c for c in format_money(cents, currency) if c in "-0123456789")
    assert int(digits) == cents
