"""Sends webhooks until they are taken: at least once, 16 at a time, 5 s each, with growing waits for up to a day.

A delivery stays in the store until its receiver said 2xx, so a SIGKILL repeats at most what was on its way.
Each retry sends the same bytes. Never follows a redirect, never uses a proxy.
"""

import asyncio
import contextlib
import sqlite3

import httpx

from veza.kit.tasks import TaskSet
from veza.sandbox.box import Box
from veza.sandbox.events import signature_headers, webhook_url

AT_ONCE = 16
TIMEOUT_S = 5.0
GIVE_UP_AFTER_MS = 24 * 3600 * 1000
SHUFFLED_AT_ONCE = 4
"""So many held events go out together, the last one first; or those that are there after `HELD_MS`."""
HELD_MS = 1000

_DUE = """
SELECT * FROM deliveries AS d WHERE state = 'waiting' AND due_ms <= ? AND NOT EXISTS (
    SELECT 1 FROM deliveries AS p WHERE p.id = d.after_id AND p.attempts = 0 AND p.state = 'waiting')
ORDER BY due_ms, id LIMIT ?
"""


class Delivery:
    """The sender of one sandbox. `tick` starts what is due; `wake` is set whenever that may have changed."""

    def __init__(self, box: Box, tasks: TaskSet) -> None:
        self._box = box
        self._tasks = tasks
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._flushes: list[tuple[set[int], asyncio.Event]] = []
        self.wake = asyncio.Event()
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        addresses = (box.options.hyperswitch_webhook_url, box.options.stripe_webhook_url)
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_S,
            follow_redirects=False,
            trust_env=False,
            limits=limits,
            verify=any(address.startswith("https:") for address in addresses),  # loading certificates takes a while
        )

    async def close(self) -> None:
        """What is on its way may arrive (`TIMEOUT_S` at most); nothing new sets out."""
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        await self._client.aclose()

    def tick(self) -> int | None:
        """Start all that is due and has room. Answers when the next one is due (ms since 1970), or None."""
        now_ms = self._box.now_ms()
        self._release_held(now_ms)
        room = AT_ONCE - len(self._under_way)
        if room > 0:
            for row in self._box.store.rows(_DUE, now_ms, AT_ONCE + room):
                if row["id"] not in self._under_way and room > 0:
                    room -= 1
                    self._under_way[row["id"]] = self._tasks.spawn(self._deliver(row), "webhook")
        return self._next_due_ms(now_ms)

    async def flush(self, *, withheld: bool) -> dict[str, int]:
        """Try all that waits now, once, and answer when that is done. `withheld`: also what was never to arrive."""
        store, now_ms = self._box.store, self._box.now_ms()
        with store.transaction():
            if withheld:
                store.run("UPDATE deliveries SET state = 'waiting', due_ms = ? WHERE state = 'withheld'", now_ms)
            self._chain(store.rows("SELECT id FROM deliveries WHERE state = 'held' ORDER BY id DESC"), now_ms)
            store.run("UPDATE deliveries SET due_ms = min(due_ms, ?) WHERE state = 'waiting'", now_ms)
        delivered_before = self.delivered()
        left = {row["id"] for row in store.rows("SELECT id FROM deliveries WHERE state = 'waiting'")}
        attempted = len(left)
        if left:
            done = asyncio.Event()
            self._flushes.append((left, done))
            self.wake.set()
            await done.wait()
        return {"attempted": attempted, "delivered": self.delivered() - delivered_before}

    def delivered(self) -> int:
        """How many deliveries were ever taken."""
        return int(self._box.store.value("SELECT value FROM counters WHERE name = 'webhooks_delivered'") or 0)

    async def _deliver(self, row: sqlite3.Row) -> None:
        problem = await self._post(row)
        store, now_ms, attempts = self._box.store, self._box.now_ms(), row["attempts"] + 1
        with store.transaction():
            if problem is None:
                store.run("DELETE FROM deliveries WHERE id = ?", row["id"])
                store.count("webhooks_delivered")
            else:
                delays_s = self._box.options.retry_delays_s
                due_ms = now_ms + round(delays_s[min(attempts, len(delays_s)) - 1] * 1000)
                state = "given_up" if due_ms - row["created_ms"] > GIVE_UP_AFTER_MS else "waiting"
                store.run(
                    "UPDATE deliveries SET attempts = ?, due_ms = ?, state = ?, problem = ? WHERE id = ?",
                    attempts, due_ms, state, problem, row["id"],
                )  # fmt: skip
                store.count("webhooks_refused")
        del self._under_way[row["id"]]
        for left, done in self._flushes:
            left.discard(row["id"])
            if not left:
                done.set()
        self._flushes = [flush for flush in self._flushes if flush[0]]
        self.wake.set()

    async def _post(self, row: sqlite3.Row) -> str | None:
        """None when it was taken, else why not, in a few words."""
        headers = {"Content-Type": "application/json", "User-Agent": "Veza-Sandbox"}
        headers |= signature_headers(self._box, row["hook"], row["body"])
        try:
            async with asyncio.timeout(TIMEOUT_S):
                address = webhook_url(self._box, row["hook"])
                async with self._client.stream("POST", address, content=row["body"], headers=headers) as answer:
                    with contextlib.suppress(httpx.HTTPError):  # the status is all that counts
                        await anext(answer.aiter_raw(1024), b"")
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return type(error).__name__
        return None if answer.is_success else f"status {answer.status_code}"

    def _release_held(self, now_ms: int) -> None:
        """What was held goes out, newest first, each after the one before it was tried."""
        store = self._box.store
        held = store.rows("SELECT id, created_ms FROM deliveries WHERE state = 'held' ORDER BY id DESC")
        if held and (len(held) >= SHUFFLED_AT_ONCE or held[-1]["created_ms"] + HELD_MS <= now_ms):
            with store.transaction():
                self._chain(held, now_ms)

    def _chain(self, rows: list[sqlite3.Row], now_ms: int) -> None:
        before = None
        for row in rows:
            self._box.store.run(
                "UPDATE deliveries SET state = 'waiting', due_ms = max(due_ms, ?), after_id = ? WHERE id = ?",
                now_ms, before, row["id"],
            )  # fmt: skip
            before = row["id"]

    def _next_due_ms(self, now_ms: int) -> int | None:
        """What is due already has no room, or waits for another: the end of a delivery wakes us for those."""
        found = self._box.store.value(
            "SELECT min(at) FROM (SELECT min(due_ms) AS at FROM deliveries WHERE state = 'waiting' AND due_ms > ? "
            "UNION ALL SELECT min(created_ms) + ? FROM deliveries WHERE state = 'held')", now_ms, HELD_MS,
        )  # fmt: skip
        return None if found is None else int(found)
