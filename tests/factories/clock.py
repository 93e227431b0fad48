"""A clock that tests turn by hand."""

from datetime import UTC, datetime, timedelta


class TurnableClock:
    """Stands still until `turn`. Starts at a whole second in 2026, so that texts of times are easy to read."""

    def __init__(self, start: datetime = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic_s = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return self._monotonic_s

    def turn(self, seconds: float) -> None:
        """Let time pass, for both clocks."""
        self._now += timedelta(seconds=seconds)
        self._monotonic_s += seconds
