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
