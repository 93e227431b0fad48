"""One job per slot, however many workers ask."""

import asyncio

from veza.db.pool import Database
from veza.jobs.schedule import Periodic, claim_due

SWEEP = Periodic("sweep", 3600.0)


async def count(database: Database) -> int:
    async with database.connection() as connection:
        found: int = await connection.fetchval("SELECT count(*) FROM jobs")
        return found


async def test_each_slot_is_claimed_once(database: Database) -> None:
    claimed = await asyncio.gather(*(claim_due(database, [SWEEP]) for _ in range(5)))
    assert sum(claimed) == await count(database) == 1
    async with database.connection() as connection:
        await connection.execute("DELETE FROM jobs")
    assert await claim_due(database, [SWEEP]) == 0, "its job ended, the slot is still the same"
    async with database.connection() as connection:
        await connection.execute("UPDATE job_slots SET started_at = started_at - interval '1 hour'")
    assert await claim_due(database, [SWEEP]) == 1


async def test_a_run_that_outlasts_its_slot_is_not_overtaken(database: Database) -> None:
    await claim_due(database, [SWEEP])
    async with database.connection() as connection:
        await connection.execute("UPDATE job_slots SET started_at = started_at - interval '1 hour'")
    assert await claim_due(database, [SWEEP]) == 0
    assert await count(database) == 1
