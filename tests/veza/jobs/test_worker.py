"""Every job ends once for each way it can end, whatever happens to its worker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from veza.db.pool import Database
from veza.jobs import queries
from veza.jobs.queue import defer
from veza.jobs.schedule import Periodic
from veza.jobs.worker import GiveUp, Handler, Job, RetryLater, Worker, WorkerOptions
from veza.kit.errors import Unavailable

FAST = WorkerOptions(lease_s=30.0, poll_s=0.02, backoff_base_s=0.0, drain_s=10.0)


class Ends:
    """Hears how jobs end, so that a test can wait for it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self._more = asyncio.Event()

    def __call__(self, name: str, result: str) -> None:
        self.heard.append((name, result))
        self._more.set()

    async def wait_for(self, *wanted: tuple[str, str]) -> None:
        while self.heard[: len(wanted)] != list(wanted):
            assert len(self.heard) < len(wanted), self.heard
            self._more.clear()
            await self._more.wait()


@contextlib.asynccontextmanager
async def running(
    database: Database, handlers: Mapping[str, Handler], options: WorkerOptions = FAST, **more: Any
) -> AsyncIterator[tuple[Worker, Ends]]:
    ends = Ends()
    worker = Worker(database, handlers, options=options, observe=ends, **more)
    async with asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        try:
            yield worker, ends
        finally:
            worker.stop()


async def enqueue(database: Database, name: str, **more: Any) -> None:
    async with database.transaction() as tx:
        await defer(tx, name, more.pop("payload", {}), **more)


async def rows(database: Database) -> list[tuple[Any, ...]]:
    async with database.connection() as connection:
        return [tuple(row) for row in await connection.fetch("SELECT name, status, attempts FROM jobs ORDER BY id")]


async def test_a_job_runs_with_its_payload_and_is_gone(database: Database) -> None:
    seen: list[Job] = []

    async def greet(job: Job) -> None:
        seen.append(job)

    async with running(database, {"greet": greet}) as (worker, ends):
        await enqueue(database, "greet", payload={"to": ["you", 1, None]})
        await ends.wait_for(("greet", "done"))
    assert [(job.payload, job.attempt, job.max_attempts) for job in seen] == [({"to": ["you", 1, None]}, 1, 8)]
    assert await rows(database) == []
    assert worker.counts.done == 1


async def test_it_wakes_at_once_and_not_by_polling(database: Database) -> None:
    async def greet(_: Job) -> None:
        pass

    async with running(database, {"greet": greet}, WorkerOptions(poll_s=1_000.0)) as (_, ends):
        await enqueue(database, "greet")
        await ends.wait_for(("greet", "done"))
        await enqueue(database, "greet")
        await ends.wait_for(("greet", "done"), ("greet", "done"))


async def test_a_failure_is_tried_again_until_the_tries_are_used_up(database: Database) -> None:
    attempts: list[int] = []

    async def fail(job: Job) -> None:
        attempts.append(job.attempt)
        raise ValueError("no\0luck")

    async with running(database, {"fail": fail}) as (_, ends):
        await enqueue(database, "fail", max_attempts=3)
        await ends.wait_for(("fail", "retried"), ("fail", "retried"), ("fail", "dead"))
    assert attempts == [1, 2, 3]
    assert await rows(database) == [("fail", "dead", 3)]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT last_error FROM jobs") == "ValueError: noluck"


async def test_a_handler_may_name_the_wait_or_give_up(database: Database) -> None:
    async def later(_: Job) -> None:
        raise RetryLater("not yet", delay_s=3600)

    async def never(_: Job) -> None:
        raise GiveUp("cannot be")

    async with running(database, {"later": later, "never": never}) as (_, ends):
        await enqueue(database, "later")
        await ends.wait_for(("later", "retried"))
        await enqueue(database, "never")
        await ends.wait_for(("later", "retried"), ("never", "dead"))
    assert await rows(database) == [("later", "queued", 1), ("never", "dead", 1)]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT run_at > now() + interval '50 min' FROM jobs WHERE name = 'later'")


async def test_a_job_that_takes_too_long_is_a_failure(database: Database) -> None:
    async def hang(_: Job) -> None:
        await asyncio.Event().wait()

    async with running(database, {"hang": hang}, WorkerOptions(poll_s=0.02, timeout_s=0.01)) as (_, ends):
        await enqueue(database, "hang", max_attempts=1)
        await ends.wait_for(("hang", "dead"))


async def test_a_job_that_kills_its_worker_ends_as_dead(database: Database) -> None:
    """Its tries are counted when it is taken: here each worker vanished without a word, so the lease is over."""
    ran = asyncio.Event()

    async def poison(_: Job) -> None:
        ran.set()

    await enqueue(database, "poison", max_attempts=2)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE jobs SET status = 'running', attempts = 2, lease = gen_random_uuid(), lease_until = now()"
        )
    async with running(database, {"poison": poison}) as (_, ends):
        await ends.wait_for(("poison", "dead"))
    assert not ran.is_set()
    assert await rows(database) == [("poison", "dead", 2)]


async def test_a_paused_worker_changes_nothing_when_it_wakes(database: Database) -> None:
    begun, wake = asyncio.Event(), asyncio.Event()

    async def slow(job: Job) -> None:
        if job.attempt == 1:
            begun.set()
            await wake.wait()

    async with running(database, {"slow": slow}) as (_, ends):
        await enqueue(database, "slow")
        await begun.wait()
        async with database.connection() as connection:
            await connection.execute("UPDATE jobs SET lease_until = now() - interval '1 second'")
        await ends.wait_for(("slow", "done"))  # taken over, second try
        wake.set()
        await ends.wait_for(("slow", "done"), ("slow", "lost"))


async def test_a_worker_that_lost_its_lease_stops_the_job(database: Database) -> None:
    begun = asyncio.Event()

    async def slow(_: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with running(database, {"slow": slow}, WorkerOptions(poll_s=0.02, lease_s=0.3)) as (_, ends):
        await enqueue(database, "slow")
        await begun.wait()
        async with database.connection() as connection:
            await connection.execute("DELETE FROM jobs")
        await ends.wait_for(("slow", "lost"))


async def test_a_long_job_keeps_its_lease(database: Database) -> None:
    begun, prolonged = asyncio.Event(), asyncio.Event()

    async def slow(_: Job) -> None:
        begun.set()
        await prolonged.wait()

    async with running(database, {"slow": slow}, WorkerOptions(poll_s=0.02, lease_s=0.3)) as (_, ends):
        await enqueue(database, "slow")
        await begun.wait()
        async with database.connection() as connection:
            first = await connection.fetchval("SELECT lease_until FROM jobs")
            while await connection.fetchval("SELECT lease_until FROM jobs") == first:
                await connection.execute("SELECT pg_sleep(0.01)")
        prolonged.set()
        await ends.wait_for(("slow", "done"))


async def test_told_to_stop_it_gives_back_what_does_not_end(database: Database) -> None:
    begun = asyncio.Event()

    async def slow(_: Job) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with running(database, {"slow": slow}, WorkerOptions(poll_s=0.02, drain_s=0.0)) as (_, ends):
        await enqueue(database, "slow")
        await begun.wait()
    assert ends.heard == [("slow", "given_back")]
    assert await rows(database) == [("slow", "queued", 0)]


async def test_told_to_stop_it_waits_for_what_ends(database: Database) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Job) -> None:
        begun.set()
        await go_on.wait()

    async with running(database, {"slow": slow}) as (worker, _):
        await enqueue(database, "slow")
        await begun.wait()
        worker.stop()
        go_on.set()
    assert worker.counts.done == 1
    assert await rows(database) == []


async def test_names_it_does_not_know_are_left_to_others(database: Database) -> None:
    async def mine(_: Job) -> None:
        pass

    async with running(database, {"mine": mine}) as (_, ends):
        await enqueue(database, "of a newer version")
        await enqueue(database, "mine")
        await ends.wait_for(("mine", "done"))
    assert await rows(database) == [("of a newer version", "queued", 0)]


async def test_two_workers_share_without_running_anything_twice(database: Database) -> None:
    seen: list[int] = []
    everything = asyncio.Event()

    async def count(job: Job) -> None:
        seen.append(job.payload["n"])
        if len(seen) == 100:
            everything.set()

    async with database.transaction() as tx:
        for n in range(100):
            await defer(tx, "count", {"n": n})
    async with running(database, {"count": count}), running(database, {"count": count}):
        await everything.wait()
    assert sorted(seen) == list(range(100))
    assert await rows(database) == []


async def test_what_comes_back_runs_in_each_slot(database: Database) -> None:
    async def sweep(_: Job) -> None:
        pass

    periodic = [Periodic("sweep", 0.05)]
    async with running(database, {"sweep": sweep}, periodic=periodic) as (_, ends):
        await ends.wait_for(("sweep", "done"), ("sweep", "done"), ("sweep", "done"))


async def test_with_nothing_to_do_it_rests(database: Database) -> None:
    """Told by the statement that decides how long: nothing waits, or the next job is so far away."""
    async with database.connection() as connection:
        assert await queries.seconds_to_next.find(connection, ["greet"]) is None
        await enqueue(database, "greet", delay_s=60)
        await enqueue(database, "of a newer version")
        seconds = await queries.seconds_to_next.find(connection, ["greet"])
    assert seconds is not None
    assert 50 < seconds <= 60


async def test_it_outlives_connections_that_are_cut(database: Database) -> None:
    async def greet(_: Job) -> None:
        pass

    async with running(database, {"greet": greet}) as (_, ends):
        for turn in range(1, 3):
            while True:  # the pool, too, may meet a connection that was just cut
                with contextlib.suppress(Unavailable):
                    await enqueue(database, "greet")
                    break
            await ends.wait_for(*[("greet", "done")] * turn)
            async with database.connection() as connection:
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


def test_a_periodic_job_without_a_handler_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="without a handler"):
        Worker(database, {}, periodic=[Periodic("sweep", 1.0)])
