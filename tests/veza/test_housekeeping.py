"""What has expired goes; what has not stays."""

from veza.context import Context
from veza.housekeeping import FORGET_EXPIRED, handlers
from veza.jobs.worker import Job


async def test_expired_rows_are_deleted(ctx: Context) -> None:
    async with ctx.db.connection() as connection:
        await connection.execute(
            "INSERT INTO rate_counters (key, count, expires_at) "
            "VALUES ('old', 1, now() - interval '1 minute'), ('new', 1, now() + interval '1 minute')"
        )
    await handlers(ctx)[FORGET_EXPIRED](Job(1, FORGET_EXPIRED, {}, 1, 1))
    async with ctx.db.connection() as connection:
        assert [row[0] for row in await connection.fetch("SELECT key FROM rate_counters")] == ["new"]
