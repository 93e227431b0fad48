"""When to stop asking a provider that does not answer. Decides only: it calls nobody and waits for nobody.

Closed: every call goes. Open: none goes, until a pause has passed; then one may try each pause, and the first that is
answered closes it.
"""

from collections.abc import Callable

from veza.kit.clock import Clock


class Breaker:
    """The standing of one provider, as this process has seen it. `on_change` hears of each opening and closing."""

    def __init__(
        self, clock: Clock, *, failures_max: int = 5, pause_s: float = 15.0, on_change: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._failures_max = failures_max
        self._pause_s = pause_s
        self._on_change = on_change
        self._failures = 0
        self._next_try_at_s: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls are being refused. Stays true until one of the tries is answered."""
        return self._next_try_at_s is not None

    def wait_s(self) -> float:
        """0: call now, and report how it went. Otherwise seconds until it may be worth asking again."""
        if self._next_try_at_s is None:
            return 0.0
        now = self._clock.monotonic_s()
        if now < self._next_try_at_s:
            return self._next_try_at_s - now
        # This one tries. One that is cancelled and never reports costs a pause, not the breaker.
        self._next_try_at_s = now + self._pause_s
        return 0.0

    def answered(self) -> None:
        """The provider said something that is its own, be it a refusal."""
        self._failures = 0
        if self._next_try_at_s is not None:
            self._next_try_at_s = None
            self._on_change()

    def failed(self) -> None:
        """No connection, or no answer that can be its own."""
        self._failures += 1
        if self._failures >= self._failures_max or self.is_open:
            self.open()

    def open(self) -> None:
        """Refuse calls from now on: also what a rejected key does, since no call can succeed before it is changed."""
        was_open = self.is_open
        self._next_try_at_s = self._clock.monotonic_s() + self._pause_s
        if not was_open:
            self._on_change()
