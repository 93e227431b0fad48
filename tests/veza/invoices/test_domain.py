"""VAT adds up to the cent, in any invoice and over any steps of giving it back; numbers read as they should."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from veza.invoices.domain import (
    DocumentLine,
    Kind,
    VatRow,
    credited_rows,
    filename_of,
    number_of,
    rate_for,
    sum_by_rate,
    vat_rows,
    vat_within,
)
from veza.kit.ids import new_id

CENTS = st.integers(0, 10_000_000)
RATES = st.integers(0, 10_000)


def line(cents: int, rate_bps: int | None) -> DocumentLine:
    return DocumentLine(new_id(), "Night drive", "", 1, cents, cents, rate_bps)


@pytest.mark.parametrize(
    ("cents", "rate_bps", "vat_cents"),
    [
        (12_000, 2_000, 2_000),
        (2_999, 2_000, 500),
        (2_999, 1_900, 479),
        (50, 550, 3),
        (1, 2_000, 0),
        (0, 2_000, 0),
        (99, 0, 0),
    ],
)
def test_the_vat_within_a_price(cents: int, rate_bps: int, vat_cents: int) -> None:
    assert vat_within(cents, rate_bps) == vat_cents


@given(cents=CENTS, rate_bps=RATES)
def test_it_is_the_exact_share_rounded_half_up(cents: int, rate_bps: int) -> None:
    exact = Decimal(cents) * rate_bps / (10_000 + rate_bps)
    assert vat_within(cents, rate_bps) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(lines=st.lists(st.tuples(CENTS, RATES), min_size=1, max_size=50))
def test_net_and_vat_are_the_gross_in_every_row_and_in_all(lines: list[tuple[int, int]]) -> None:
    rows = vat_rows([line(cents, rate) for cents, rate in lines])
    assert all(row.net_cents + row.vat_cents == row.gross_cents for row in rows)
    assert all(0 <= row.vat_cents <= row.gross_cents for row in rows)
    assert sum(row.net_cents + row.vat_cents for row in rows) == sum(cents for cents, _ in lines)
    rates = [row.rate_bps for row in rows]
    assert rates == sorted({rate for _, rate in lines}, reverse=True), "one row for a rate, the highest first"


def test_it_is_rounded_once_per_rate_not_per_line() -> None:
    """Three lines of 1 cent hold none each, and together half a cent."""
    rows = vat_rows([line(1, 2_000) for _ in range(3)])
    assert [(row.gross_cents, row.vat_cents) for row in rows] == [(3, 1)]


def test_lines_without_a_rate_are_in_no_row() -> None:
    assert vat_rows([line(500, None)]) == ()


@given(
    lines=st.lists(
        st.tuples(st.integers(1, 1_000_000), st.sampled_from([0, 550, 1_900, 2_000])), min_size=1, max_size=6
    ),
    cuts=st.lists(st.tuples(st.integers(0, 5), st.floats(0, 1)), max_size=10),
)
def test_credit_notes_of_any_steps_hold_exactly_the_vat_of_the_invoice(
    lines: list[tuple[int, int]], cuts: list[tuple[int, float]]
) -> None:
    """However a whole invoice is given back, line by line and part by part."""
    invoiced = vat_rows([line(*one) for one in lines])
    steps: dict[int, list[int]] = {place: [0, cents] for place, (cents, _) in enumerate(lines)}
    for place, share in cuts:
        if place < len(lines):
            steps[place].append(int(lines[place][0] * share))
    pieces = [
        (after - before, lines[place][1])
        for place, ends in steps.items()
        for before, after in pairwise(sorted(ends))
        if after > before
    ]
    done: list[VatRow] = []
    for cents, rate in pieces:
        rows = credited_rows([line(cents, rate)], invoiced, sum_by_rate(done))
        assert all(row.net_cents + row.vat_cents == row.gross_cents for row in rows)
        assert all(row.net_cents >= 0 and row.vat_cents >= 0 for row in rows)
        done += rows
    net, vat = Counter[int](), Counter[int]()
    for row in done:
        net[row.rate_bps] += row.net_cents
        vat[row.rate_bps] += row.vat_cents
    for row in invoiced:
        assert (net[row.rate_bps], vat[row.rate_bps]) == (row.net_cents, row.vat_cents)


def test_more_than_was_invoiced_is_not_given_back() -> None:
    invoiced = vat_rows([line(100, 2_000)])
    with pytest.raises(ValueError, match="more would be given back"):
        credited_rows([line(60, 2_000)], invoiced, {2_000: 41})


def test_the_rate_is_the_buyers_countrys() -> None:
    rates = {"FR": 2_000, "DE": 1_900}
    assert rate_for(rates, "DE", "FR") == 1_900
    assert rate_for(rates, "", "FR") == 2_000, "who named none counts as being in the issuer's"
    assert rate_for(rates, "US", "FR") is None
    assert rate_for({}, "DE", "") is None


def test_numbers_and_names_of_files() -> None:
    assert number_of(Kind.INVOICE, 2026, 42) == "INV-2026-000042"
    assert number_of(Kind.CREDIT_NOTE, 2027, 1_234_567) == "CN-2027-1234567"
    assert filename_of(Kind.CREDIT_NOTE, "CN-2026-000007") == "credit-note-CN-2026-000007.pdf"
