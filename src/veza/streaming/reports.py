"""Tells the rest of the product what became of a broadcast: in order, again and again until it was heard.

Media goes on while the database is away; what it has to say then waits here, bounded. No stream key passes through.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

import structlog

from veza.kit.tasks import TaskSet
from veza.streaming.ingest import PublishRefused

log = structlog.get_logger()

_QUEUE_MAX = 16


class ReportKind(Enum):
    WENT_LIVE = "went_live"
    RESUMED = "resumed"
    INTERRUPTED = "interrupted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Report:
    """One change of state. `call` may run several times; `heard` and `refused` (with a sentence) run once at most."""

    kind: ReportKind
    call: Callable[[], Awaitable[None]]
    heard: Callable[[], None] = lambda: None
    refused: Callable[[str], None] = lambda _sentence: None


class StateReports:
    """One queue per stream, drained by one task while it is not empty."""

    def __init__(self, tasks: TaskSet, *, timeout_s: float, backoff_s: float, backoff_max_s: float) -> None:
        self._tasks = tasks
        self._timeout_s = timeout_s
        self._backoff_s = backoff_s
        self._backoff_max_s = backoff_max_s
        self._queues: dict[UUID, deque[Report]] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    def add(self, stream_id: UUID, report: Report) -> None:
        """Say it after all that was said of this stream before."""
        queue = self._queues.get(stream_id)
        if queue is None:
            queue = self._queues[stream_id] = deque()
            queue.append(report)
            self._idle.clear()
            self._tasks.spawn(self._drain(stream_id, queue), f"reports-{stream_id}")
            return
        if len(queue) >= _QUEUE_MAX:  # the first one is being said; of the others the oldest matters least
            log.warning("state_report_dropped", stream_id=str(stream_id), kind=queue[1].kind.value)
            del queue[1]
        queue.append(report)

    async def drained(self, timeout_s: float) -> bool:
        """Wait until everything was heard; False when it was not in time."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def _drain(self, stream_id: UUID, queue: deque[Report]) -> None:
        try:
            while queue:
                await self._say(stream_id, queue[0])
                queue.popleft()
        finally:
            del self._queues[stream_id]
            if not self._queues:
                self._idle.set()

    async def _say(self, stream_id: UUID, report: Report) -> None:
        backoff_s = self._backoff_s
        while True:
            try:
                async with asyncio.timeout(self._timeout_s):
                    await report.call()
            except PublishRefused as refusal:
                report.refused(refusal.sentence)
                return
            except Exception as error:  # noqa: BLE001 -- whatever the database's driver raises: try again
                log.warning(
                    "state_report_failed", stream_id=str(stream_id), kind=report.kind.value, error=type(error).__name__
                )
                await asyncio.sleep(backoff_s)
                backoff_s = min(backoff_s * 2, self._backoff_max_s)
            else:
                report.heard()
                return
