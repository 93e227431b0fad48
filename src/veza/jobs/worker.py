"""Takes due jobs, runs their handlers, and says how each ended. One per process.

A job runs at least once. A try counts when it is taken, so that a job which kills its worker ends as dead. Every end
is fenced by the lease: a worker that was paused while another took over changes nothing. Two runs at the same time
are still possible then, so handlers must bear being run twice.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import structlog

from veza.db.listen import listen
from veza.db.pool import Database
from veza.jobs import queries
from veza.jobs.queries import CHANNEL, PickedJob
from veza.jobs.schedule import Periodic, claim_due
from veza.kit.errors import Unavailable
from veza.kit.retry import backoff_s
from veza.kit.tasks import TaskSet

log = structlog.get_logger()

_ERROR_TEXT_MAX = 500
_AWAY_S = 0.5
_AWAY_BASE_S = 2.0
_CLAIM_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """What a handler receives. `attempt` counts from 1."""

    id: int
    name: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int


Handler: TypeAlias = Callable[[Job], Awaitable[None]]
"""Raises to be tried again after a backoff; `RetryLater` names the wait, `GiveUp` asks for none."""


class RetryLater(Exception):
    """Try again after `delay_s` seconds, in place of the usual backoff."""

    def __init__(self, reason: str, *, delay_s: float) -> None:
        super().__init__(reason)
        self.delay_s = delay_s


class GiveUp(Exception):
    """Trying again cannot help: the job is kept as dead at once."""


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """Times in seconds. `lease_s`: how long a silent worker keeps a job; it is prolonged three times as often."""

    concurrency: int = 10
    lease_s: float = 30.0
    poll_s: float = 2.0
    timeout_s: float = 300.0
    drain_s: float = 20.0
    backoff_base_s: float = 60.0
    backoff_factor: float = 4.0
    backoff_cap_s: float = 86_400.0


@dataclass(slots=True)
class WorkerCounts:
    """What this worker did since it began."""

    done: int = 0
    retried: int = 0
    dead: int = 0
    lost: int = 0
    given_back: int = 0


class Worker:
    """Runs `handlers` (by job name) until `stop`. `observe` hears (name, result) of each end, for metrics."""

    def __init__(
        self,
        db: Database,
        handlers: Mapping[str, Handler],
        *,
        periodic: Sequence[Periodic] = (),
        options: WorkerOptions | None = None,
        observe: Callable[[str, str], None] = lambda _name, _result: None,
    ) -> None:
        unknown = [entry.name for entry in periodic if entry.name not in handlers]
        if unknown:
            raise ValueError(f"periodic jobs without a handler: {unknown}")
        self.counts = WorkerCounts()
        self._db = db
        self._handlers = handlers
        self._names = sorted(handlers)
        self._periodic = periodic
        self._options = options or WorkerOptions()
        self._observe = observe
        self._wake = asyncio.Event()
        self._stopping = False
        self._claim_again_at = 0.0
        self._held: dict[asyncio.Task[Any], tuple[int, uuid.UUID]] = {}
        self._tasks = TaskSet(lambda name, error: log.error("job_task_failed", job=name, exc_info=error))

    def stop(self) -> None:
        """Take no more; `run` ends once those that run ended, or were given back after the drain time."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop`. Survives a database that goes away."""
        helpers = TaskSet(lambda name, error: log.error("worker_helper_failed", helper=name, exc_info=error))
        helpers.spawn(listen(self._db.dsn, CHANNEL, lambda _: self._wake.set(), connected=self._wake.set), "listen")
        helpers.spawn(self._keep_leases(), "leases")
        try:
            while not self._stopping:
                self._wake.clear()
                wait_s = await self._round()
                if wait_s > 0 and not self._stopping:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(wait_s):
                            await self._wake.wait()
            if self._held:
                await asyncio.wait(self._held, timeout=self._options.drain_s)
        finally:
            self._stopping = True
            await self._tasks.close()
            await helpers.close()

    async def _round(self) -> float:
        """Take what is due and start it. Answers how long to wait before the next round, 0 for at once."""
        free = self._options.concurrency - len(self._held)
        if free <= 0:
            return self._options.poll_s
        lease = uuid.uuid4()
        try:
            await self._claim_periodic()
            async with self._db.connection() as connection:
                picked = await queries.pick.list(connection, free, lease, self._options.lease_s, self._names)
                self._start(picked, lease)
                if len(picked) == free:  # there may be more
                    return 0.0
                until_next_s = await queries.seconds_to_next.find(connection, self._names)
        except Unavailable:
            return min(_AWAY_S, self._options.poll_s)
        return min(self._options.poll_s, until_next_s if until_next_s is not None else self._options.poll_s)

    async def _claim_periodic(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._claim_again_at:
            self._claim_again_at = now + min(_CLAIM_EVERY_S, self._options.poll_s)
            await claim_due(self._db, self._periodic)

    def _start(self, picked: Sequence[PickedJob], lease: uuid.UUID) -> None:
        for found in picked:
            if found.status == "dead":
                self._ended(found.name, "dead")
                log.error("job_dead", job=found.name, job_id=found.id, attempts=found.attempts)
                continue
            job = Job(found.id, found.name, found.payload, found.attempts, found.max_attempts)
            task = self._tasks.spawn(self._run_one(job, lease), found.name)
            self._held[task] = (job.id, lease)
            task.add_done_callback(self._released)

    def _released(self, task: asyncio.Task[Any]) -> None:
        self._held.pop(task, None)
        self._wake.set()

    async def _run_one(self, job: Job, lease: uuid.UUID) -> None:
        try:
            async with asyncio.timeout(self._options.timeout_s):
                await self._handlers[job.name](job)
        except asyncio.CancelledError:
            if self._stopping:
                await self._end(queries.give_back.run, job, lease)
                self._ended(job.name, "given_back")
            raise
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is the job's failure, not ours
            await self._failed(job, lease, error)
        else:
            touched = await self._end(queries.finish.run, job, lease)
            self._ended(job.name, "done" if touched else "lost")

    async def _failed(self, job: Job, lease: uuid.UUID, error: Exception) -> None:
        options = self._options
        # Where something that we need was away, the job itself is not to blame: it comes back sooner.
        base_s = _AWAY_BASE_S if isinstance(error, Unavailable) else options.backoff_base_s
        delay_s = (
            error.delay_s
            if isinstance(error, RetryLater)
            else backoff_s(job.attempt, base_s=base_s, factor=options.backoff_factor, cap_s=options.backoff_cap_s)
        )
        text = f"{type(error).__name__}: {error}"[:_ERROR_TEXT_MAX].replace("\0", "")
        status = await self._end(queries.fail.find, job, lease, delay_s, text, isinstance(error, GiveUp))
        result = {"queued": "retried", "dead": "dead"}.get(status or "", "lost")
        self._ended(job.name, result)
        write = log.error if result == "dead" else log.warning
        write("job_failed", job=job.name, job_id=job.id, attempt=job.attempt, result=result, exc_info=error)

    async def _end(self, statement: Callable[..., Awaitable[Any]], job: Job, lease: uuid.UUID, *args: Any) -> Any:
        """Say how it ended, again and again while the database is away, for as long as the lease can still be ours."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._options.lease_s):
                while True:
                    try:
                        async with self._db.connection() as connection:
                            return await statement(connection, job.id, lease, *args)
                    except Unavailable:
                        await asyncio.sleep(0.25)
        return None

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self._options.lease_s / 3)
            held = dict(self._held)
            if not held:
                continue
            ids, leases = zip(*held.values(), strict=True)
            try:
                async with self._db.connection() as connection:
                    kept = await queries.prolong.list(connection, ids, leases, self._options.lease_s)
            except Unavailable:
                continue
            ours = {(lease.id, lease.lease) for lease in kept}
            for task, pair in held.items():
                if pair not in ours and task in self._held:
                    task.cancel("another worker took this job")
                    self._ended(task.get_name(), "lost")

    def _ended(self, name: str, result: str) -> None:
        setattr(self.counts, result, getattr(self.counts, result) + 1)
        self._observe(name, result)
