"""Notes are heard, and again after the connection was cut."""

import asyncio

from veza.db.listen import listen
from veza.db.pool import Database
from veza.kit.tasks import TaskSet


async def test_notes_are_heard_also_after_a_cut(database: Database) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue(10)
    connected: asyncio.Queue[None] = asyncio.Queue(10)
    tasks = TaskSet(lambda _name, error: heard.put_nowait(repr(error)))
    tasks.spawn(listen(database.dsn, "news", heard.put_nowait, connected=lambda: connected.put_nowait(None)), "listen")
    try:
        async with database.connection() as connection:
            for text in ("first", "second"):
                await connected.get()
                await connection.execute("SELECT pg_notify('news', $1)", text)
                assert await heard.get() == text
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'veza-listen-news'"
                )
    finally:
        await tasks.close()
