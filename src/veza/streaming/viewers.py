"""Counts who watches a stream: playback sessions that fetched its playlist lately. Bounded against inflation.

A session is the random value that a player sends with each playlist; it is never stored longer than it counts,
never logged, and says nothing about a person. Time is handed in.
"""

import ipaddress
from collections import Counter, OrderedDict
from functools import lru_cache


@lru_cache(maxsize=4096)
def is_loopback(address: str) -> bool:
    """Whether an address is this machine: then it is a proxy of ours, and stands for many people."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


class ViewerSessions:
    """The sessions of one stream.

    Args:
        window_s: a session counts for this long after its last fetch.
        limit: sessions at once, at most; more are not counted.
        limit_per_address: of one address, at most; loopback is exempt, since a proxy may stand there.
    """

    def __init__(self, *, window_s: float = 10.0, limit: int = 100_000, limit_per_address: int = 200) -> None:
        self._window_s = window_s
        self._limit = limit
        self._limit_per_address = limit_per_address
        self._seen: OrderedDict[str, tuple[float, str]] = OrderedDict()
        self._per_address: Counter[str] = Counter()
        self.peak = 0
        self.uncounted = 0

    def seen(self, session: str, address: str, now_s: float) -> None:
        """A session fetched a playlist at `now_s` (monotonic seconds)."""
        known = self._seen.get(session)
        if known is not None:
            self._seen[session] = (now_s, known[1])
            self._seen.move_to_end(session)
            return
        self._forget_old(now_s)
        crowded = self._per_address[address] >= self._limit_per_address and not is_loopback(address)
        if crowded or len(self._seen) >= self._limit:
            self.uncounted += 1
            return
        self._seen[session] = (now_s, address)
        self._per_address[address] += 1
        self.peak = max(self.peak, len(self._seen))

    def count(self, now_s: float) -> int:
        """How many watch at `now_s`."""
        self._forget_old(now_s)
        return len(self._seen)

    def _forget_old(self, now_s: float) -> None:
        while self._seen:
            session, (last_s, address) = next(iter(self._seen.items()))
            if now_s - last_s <= self._window_s:
                return
            del self._seen[session]
            self._per_address[address] -= 1
            if not self._per_address[address]:
                del self._per_address[address]
