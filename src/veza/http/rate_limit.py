"""Limits by a kept library (`limits`), with its counters in PostgreSQL so that all processes share them.

A limit never fails open: when the counters cannot be read the request gets 503. The windows are the library's fixed
windows; keys are hashed by the caller if they hold anything personal.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime

from limits import RateLimitItemPerSecond
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter

from veza.db.pool import Database
from veza.http import queries
from veza.kit.errors import TooMany


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `amount` in `window_s` seconds, counted under `name` (part of the key, and of the metric)."""

    name: str
    amount: int
    window_s: int


class PostgresCounters(Storage):
    """Storage of `limits` on the table rate_counters. Writes are single statements of their own."""

    STORAGE_SCHEME = ["veza-postgres"]  # noqa: RUF012 - the library's registry reads it from the class

    def __init__(self, db: Database) -> None:
        super().__init__(uri=None, wrap_exceptions=False)
        self._db = db

    @property
    def base_exceptions(self) -> type[Exception]:
        return OSError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        async with self._db.connection() as connection:
            found = await queries.count_up.find(connection, key, amount, float(expiry))
        assert found is not None
        return found.count

    async def decr(self, key: str) -> None:
        """Count one down, while its window lasts (not part of the library's storage)."""
        async with self._db.connection() as connection:
            await queries.count_down.run(connection, key)

    async def get(self, key: str) -> int:
        found = await self._counter(key)
        return found.count if found else 0

    async def get_expiry(self, key: str) -> float:
        found = await self._counter(key)
        return found.expires_at.timestamp() if found else datetime.now(UTC).timestamp()

    async def check(self) -> bool:
        await self._counter("")
        return True

    async def reset(self) -> int | None:
        async with self._db.connection() as connection:
            return await queries.forget_all_counters.run(connection)

    async def clear(self, key: str) -> None:
        async with self._db.connection() as connection:
            await queries.forget_counter.run(connection, key)

    async def _counter(self, key: str) -> queries.Counter | None:
        async with self._db.connection() as connection:
            return await queries.counter.find(connection, key)


class RateLimits:
    """The limits of this process. All calls may raise `Unavailable`."""

    def __init__(self, db: Database) -> None:
        self._counters = PostgresCounters(db)
        self._limiter = FixedWindowRateLimiter(self._counters)

    async def hit(self, rule: Rule, *who: str) -> None:
        """Count one event. Raises `TooMany` when it is past the limit; it then counts all the same."""
        item = RateLimitItemPerSecond(rule.amount, rule.window_s, namespace=rule.name)
        if not await self._limiter.hit(item, *who):
            raise await self._too_many(item, *who)

    async def require(self, rule: Rule, *who: str) -> None:
        """Raise `TooMany` when the limit is used up; counts nothing."""
        item = RateLimitItemPerSecond(rule.amount, rule.window_s, namespace=rule.name)
        if not await self._limiter.test(item, *who):
            raise await self._too_many(item, *who)

    async def forgive(self, rule: Rule, *who: str) -> None:
        """Forget what was counted (a right password after wrong ones)."""
        item = RateLimitItemPerSecond(rule.amount, rule.window_s, namespace=rule.name)
        await self._limiter.clear(item, *who)

    async def take_back(self, rule: Rule, *who: str) -> None:
        """Undo one `hit` that turned out not to count (a right password among a network's wrong ones)."""
        item = RateLimitItemPerSecond(rule.amount, rule.window_s, namespace=rule.name)
        await self._counters.decr(item.key_for(*who))

    async def _too_many(self, item: RateLimitItemPerSecond, *who: str) -> TooMany:
        stats = await self._limiter.get_window_stats(item, *who)
        wait_s = math.ceil(stats.reset_time - datetime.now(UTC).timestamp())
        return TooMany("Too many tries. Wait a little and try again.", retry_after_s=max(1, wait_s))
