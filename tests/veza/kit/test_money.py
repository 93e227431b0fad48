"""Money is whole minor units, and is written as its currency is."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from veza.kit.money import BPS, fee_of, format_money, split_by_largest_remainder, to_bps

CENTS = st.integers(0, 10_000_000)


def test_the_fee_of_the_api_document() -> None:
    assert to_bps(Decimal("0.10")) == 1_000
    assert fee_of(2_999, 1_000) == 300
    assert 2_999 - fee_of(2_999, 1_000) == 2_699


@pytest.mark.parametrize(("gross", "fee"), [(0, 0), (4, 0), (5, 1), (2_985, 299), (15, 2)])
def test_halves_are_rounded_up(gross: int, fee: int) -> None:
    assert fee_of(gross, 1_000) == fee


@given(CENTS, st.integers(0, BPS - 1))
def test_a_fee_is_never_more_than_the_amount_and_half_a_cent_off_at_most(gross: int, rate: int) -> None:
    fee = fee_of(gross, rate)
    assert 0 <= fee <= gross
    assert abs(2 * (fee * BPS - gross * rate)) <= BPS


@given(st.lists(CENTS, min_size=1, max_size=20), st.integers(0, BPS))
def test_parts_add_up_to_the_whole_and_never_pass_their_weight(weights: list[int], share: int) -> None:
    total = sum(weights) * share // BPS
    parts = split_by_largest_remainder(total, weights)
    assert sum(parts) == total
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))
    exact = [total * weight / max(1, sum(weights)) for weight in weights]
    assert all(abs(part - ideal) < 1 for part, ideal in zip(parts, exact, strict=True))


def test_equal_weights_give_the_odd_cent_to_the_first() -> None:
    assert split_by_largest_remainder(10, [1, 1, 1]) == [4, 3, 3]


def test_there_must_be_something_to_split_by() -> None:
    assert split_by_largest_remainder(0, [0, 0]) == [0, 0]
    with pytest.raises(ValueError, match="nothing to split by"):
        split_by_largest_remainder(1, [0])


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
