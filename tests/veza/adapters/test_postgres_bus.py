"""The bus on a real PostgreSQL: with the commit, never without it, in order, and again after the line was cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest

from veza.adapters.postgres_bus import PostgresBus
from veza.db.pool import Database
from veza.kit.tasks import TaskSet
from veza.ports.bus import NOTE_BYTES_MAX

WITHIN_S = 10.0
NEWS, OTHER = "news", "other"


class Ear:
    """What one process hears, in order, whatever the topic."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue(1_000)
        self.connected: asyncio.Queue[None] = asyncio.Queue(10)

    def on(self, topic: str) -> Callable[[str], None]:
        return lambda payload: self.heard.put_nowait((topic, payload))

    async def next(self) -> tuple[str, str]:
        return await asyncio.wait_for(self.heard.get(), WITHIN_S)

    async def is_connected(self) -> None:
        await asyncio.wait_for(self.connected.get(), WITHIN_S)


@asynccontextmanager
async def listening(database: Database, *topics: str) -> AsyncIterator[Ear]:
    ear, errors = Ear(), list[BaseException]()
    tasks = TaskSet(lambda _, error: errors.append(error))
    bus = PostgresBus(database.dsn)
    tasks.spawn(bus.listen({topic: ear.on(topic) for topic in topics}, lambda: ear.connected.put_nowait(None)), "ear")
    try:
        await ear.is_connected()
        yield ear
    finally:
        await tasks.close()
    assert errors == []


@pytest.fixture
def bus(database: Database) -> PostgresBus:
    return PostgresBus(database.dsn)


async def say(database: Database, bus: PostgresBus, *payloads: str, topic: str = NEWS) -> None:
    async with database.transaction() as tx:
        for payload in payloads:
            await bus.announce(tx, topic, payload)


async def test_a_note_is_heard_with_the_commit_by_everybody_also_by_who_said_it(
    database: Database, bus: PostgresBus
) -> None:
    async with listening(database, NEWS) as one, listening(database, NEWS) as other:
        async with database.transaction() as tx:
            await bus.announce(tx, NEWS, "late")
            await say(database, bus, "first")  # another transaction, which commits before
            for ear in (one, other):
                assert await ear.next() == (NEWS, "first")
                assert ear.heard.empty()
        for ear in (one, other):
            assert await ear.next() == (NEWS, "late")


async def test_with_a_rollback_nothing_is_said(database: Database, bus: PostgresBus) -> None:
    async def say_and_fail() -> None:
        async with database.transaction() as tx:
            await bus.announce(tx, NEWS, "never")
            raise ZeroDivisionError

    async with listening(database, NEWS) as ear:
        with pytest.raises(ZeroDivisionError):
            await say_and_fail()
        await say(database, bus, "marker")
        assert await ear.next() == (NEWS, "marker")


async def test_topics_are_apart_and_in_the_order_of_commits(database: Database, bus: PostgresBus) -> None:
    async with listening(database, NEWS, OTHER) as both, listening(database, OTHER) as one:
        expected = []
        for number in range(50):
            topic = NEWS if number % 2 else OTHER
            await say(database, bus, f"{number}a", f"{number}b", topic=topic)
            expected += [(topic, f"{number}a"), (topic, f"{number}b")]
        assert [await both.next() for _ in expected] == expected
        others = [found for found in expected if found[0] == OTHER]
        assert [await one.next() for _ in others] == others
        assert one.heard.empty()


async def test_many_writers_at_once_are_heard_by_all_in_one_order(database: Database, bus: PostgresBus) -> None:
    async with listening(database, NEWS) as one, listening(database, NEWS) as other:
        await asyncio.gather(*(say(database, bus, f"{n}a", f"{n}b") for n in range(40)))
        heard = [await one.next() for _ in range(80)]
        assert [await other.next() for _ in range(80)] == heard
        payloads = [payload for _, payload in heard]
        assert sorted(payloads) == sorted(f"{n}{part}" for n in range(40) for part in "ab")
        assert payloads[1::2] == [f"{payload[:-1]}b" for payload in payloads[::2]]  # a commit's notes stay together


async def test_a_lost_connection_is_told_and_made_again(database: Database, bus: PostgresBus) -> None:
    async with listening(database, NEWS, OTHER) as ear:
        for number in range(3):
            async with database.connection() as connection:
                cut = await connection.fetchval(
                    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    " where application_name = 'veza-listen-news,other' and datname = current_database()"
                )
            assert cut == 1
            await ear.is_connected()
            for topic in (NEWS, OTHER):
                await say(database, bus, f"after {number}", topic=topic)
                assert await ear.next() == (topic, f"after {number}")
        assert ear.heard.empty()


async def test_what_was_said_while_nobody_listened_is_lost_not_repeated(database: Database, bus: PostgresBus) -> None:
    await say(database, bus, "unheard")
    async with listening(database, NEWS) as ear:
        await say(database, bus, "heard")
        assert await ear.next() == (NEWS, "heard")


@pytest.mark.parametrize("payload", ["x" * NOTE_BYTES_MAX, "🎵" * (NOTE_BYTES_MAX // 4), "' \"\\ {}\u2028é", ""])
async def test_any_payload_up_to_the_limit_arrives_whole(database: Database, bus: PostgresBus, payload: str) -> None:
    async with listening(database, NEWS) as ear:
        await say(database, bus, payload)
        assert await ear.next() == (NEWS, payload)


async def test_the_limit_leaves_room_below_the_databases_own(database: Database, bus: PostgresBus) -> None:
    await say(database, bus, "x" * 7_999)
    with pytest.raises(asyncpg.InvalidParameterValueError):
        await say(database, bus, "x" * 8_000)
    assert NOTE_BYTES_MAX <= 7_999


async def test_the_same_note_twice_in_one_transaction_is_heard_once(database: Database, bus: PostgresBus) -> None:
    """PostgreSQL's own doing, which callers must know: a note is news, not a count."""
    async with listening(database, NEWS) as ear:
        await say(database, bus, "same", "same")
        await say(database, bus, "same")
        await say(database, bus, "end")
        assert [await ear.next() for _ in range(3)] == [(NEWS, "same"), (NEWS, "same"), (NEWS, "end")]
