"""How long to wait before the next try. One of the homes of chance; it waits for nobody itself."""

import random


def backoff_s(attempt: int, *, base_s: float, factor: float = 2.0, cap_s: float) -> float:
    """Seconds until try `attempt` + 1 (attempt ≥ 1): evenly between 0 and min(cap, base·factor^(attempt-1)).

    Full jitter: those who failed together do not come back together (AWS Architecture Blog, "Exponential Backoff And
    Jitter", 2015).
    """
    return random.random() * ceiling_s(attempt, base_s=base_s, factor=factor, cap_s=cap_s)  # noqa: S311 - not a secret


def ceiling_s(attempt: int, *, base_s: float, factor: float = 2.0, cap_s: float) -> float:
    """The longest that `backoff_s` can answer. Grows without overflow, however many tries there were."""
    return min(cap_s, base_s * factor ** min(max(attempt, 1) - 1, 64))
