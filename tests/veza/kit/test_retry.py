"""Waits grow, never past their cap, and are spread."""

import hypothesis.strategies as st
from hypothesis import given

from veza.kit.retry import backoff_s, ceiling_s


@given(attempt=st.integers(-5, 10_000), base_s=st.floats(0, 100), factor=st.floats(1, 9), cap_s=st.floats(0, 1e6))
def test_stays_within_its_bounds(attempt: int, base_s: float, factor: float, cap_s: float) -> None:
    ceiling = ceiling_s(attempt, base_s=base_s, factor=factor, cap_s=cap_s)
    assert 0 <= ceiling <= cap_s
    assert 0 <= backoff_s(attempt, base_s=base_s, factor=factor, cap_s=cap_s) <= ceiling


def test_the_ceiling_grows_by_the_factor() -> None:
    assert [ceiling_s(n, base_s=60, factor=4, cap_s=86_400) for n in (1, 2, 3, 4, 9)] == [60, 240, 960, 3840, 86_400]


def test_those_who_failed_together_do_not_come_back_together() -> None:
    assert len({backoff_s(3, base_s=1, cap_s=60) for _ in range(20)}) > 10
