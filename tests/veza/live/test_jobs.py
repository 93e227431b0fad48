"""The sweep is on the worker's schedule, and does what it is there for."""

from dataclasses import replace

from tests.factories.accounts import a_person

from veza.context import Context
from veza.jobs.worker import Job
from veza.kit.ids import new_id
from veza.live import on_air, service
from veza.live.domain import ANNOUNCE, Status
from veza.live.jobs import SWEEP, handlers, periodic
from veza.streaming.authority import Grant


async def test_each_scheduled_job_has_a_handler(ctx: Context) -> None:
    assert [entry.name for entry in periodic(ctx)] == [SWEEP]
    assert set(handlers(ctx)) == {SWEEP, ANNOUNCE}
    assert periodic(ctx)[0].every_s <= ctx.settings.live_sweep_after_s


async def test_the_job_ends_a_broadcast_that_nobody_speaks_for(ctx: Context) -> None:
    ctx = replace(ctx, settings=replace(ctx.settings, live_sweep_after_s=0.2))
    key = await service.get_key(ctx, await a_person(ctx.db), None)
    grant = await on_air.authorise(ctx, key.key, "n")
    assert isinstance(grant, Grant)
    await on_air.go_live(ctx, grant, broadcast_id=new_id(), node="n", resumed=False, audio_only=False)
    async with ctx.db.connection() as connection:
        await connection.execute("update streams set last_beat_at = now() - interval '1 minute'")
    await handlers(ctx)[SWEEP](Job(id=1, name=SWEEP, payload={}, attempt=1, max_attempts=8))
    assert (await service.get_stream(ctx, key.stream_id)).status is Status.ENDED
