"""Arithmetic with money: integers of minor units, never floats. Rounding is half up, and parts add up to the whole.

Sources: the fee of the API document (2999 at 0.10 is 300, the rest 2699); Hamilton's method of largest remainders.
"""

from collections.abc import Sequence
from decimal import Decimal

BPS = 10_000


def to_bps(rate: Decimal) -> int:
    """A share such as 0.10 in hundredths of a percent (1,000). At most four decimals count."""
    return int(rate * BPS)


def fee_of(gross_cents: int, rate_bps: int) -> int:
    """`rate_bps` of an amount ≥ 0, half up: between 0 and the amount."""
    return (gross_cents * rate_bps + BPS // 2) // BPS


def split_by_largest_remainder(total_cents: int, weights: Sequence[int]) -> list[int]:
    """`total_cents` ≥ 0 in parts that are as `weights` (≥ 0) are to each other, and sum to it exactly.

    A part never passes its weight while the total does not pass their sum. Weights that are all 0 raise `ValueError`
    unless the total is 0.
    """
    whole = sum(weights)
    if whole == 0:
        if total_cents:
            raise ValueError("nothing to split by")
        return [0] * len(weights)
    parts = [total_cents * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total_cents * weights[place] % whole), place))
    for place in by_remainder[: total_cents - sum(parts)]:
        parts[place] += 1
    return parts


# ISO 4217, column "minor unit": the currencies that have other than 2 digits.
_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
# As English writes them (Unicode CLDR, en).
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥"} | {
    "HKD": "HK$", "ILS": "₪", "INR": "₹", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "VND": "₫"
}  # fmt: skip


def format_money(cents: int, currency: str) -> str:
    """An amount as English writes it: (123456, "EUR") → "€1,234.56", (500, "JPY") → "¥500", ("CHF") → "CHF 5.00".

    `cents` are minor units of the currency (ISO 4217). What has no sign of its own is joined to its code by U+00A0.
    """
    digits = next((digits for digits, codes in _DIGITS.items() if currency in codes.split()), 2)
    whole, part = divmod(abs(cents), 10**digits)
    number = f"{whole:,}.{part:0{digits}}" if digits else f"{whole:,}"
    return ("-" if cents < 0 else "") + _SIGNS.get(currency, f"{currency}\u00a0") + number
