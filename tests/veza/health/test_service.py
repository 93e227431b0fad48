"""The checks against real parts: a database that goes away, a disk, an address where nobody listens."""

import asyncio
from dataclasses import replace

from tests.factories.clock import TurnableClock

from veza.context import Context
from veza.health.domain import CheckStatus, OverallStatus, Readiness
from veza.health.service import HealthService
from veza.settings import Address


async def accepting() -> tuple[asyncio.Server, Address]:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    return server, Address("127.0.0.1", server.sockets[0].getsockname()[1])


async def test_everything_up_is_healthy_and_ready(ctx: Context) -> None:
    server, address = await accepting()
    async with server:
        service = HealthService(replace(ctx, settings=replace(ctx.settings, rtmp_addr=address)))
        found = await service.deep()
        assert found.status is OverallStatus.HEALTHY
        assert {name for name, check in found.checks.items() if check.status is CheckStatus.OK} == {
            "database", "disk", "rtmp", "jobs", "storage", "ledger",
        }  # fmt: skip
        assert await service.readiness() is Readiness.READY


async def test_no_media_is_degraded(ctx: Context) -> None:
    service = HealthService(ctx)
    assert (await service.deep()).status is OverallStatus.DEGRADED
    assert await service.readiness() is Readiness.DEGRADED


async def test_no_database_is_unhealthy_and_not_ready_until_it_is_back(ctx: Context, clock: TurnableClock) -> None:
    service = HealthService(ctx)
    async with ctx.db.connection() as connection:
        await connection.execute("alter table jobs rename to jobs_away")
    assert (await service.deep()).checks["jobs"].status is CheckStatus.ERROR
    await ctx.db.close()
    clock.turn(6)
    found = await service.deep()
    assert found.status is OverallStatus.UNHEALTHY
    assert found.checks["database"].details == {}
    assert await service.readiness() is Readiness.NOT_READY


async def test_a_schema_that_is_behind_is_not_ready(ctx: Context) -> None:
    async with ctx.db.connection() as connection:
        await connection.execute(
            "delete from schema_migrations where number = (select max(number) from schema_migrations)"
        )
    assert await HealthService(ctx).readiness() is Readiness.NOT_READY


async def test_answers_are_shared_for_a_while(ctx: Context, clock: TurnableClock) -> None:
    service = HealthService(ctx)
    first = await service.deep()
    assert await service.deep() is first
    clock.turn(6)
    assert await service.deep() is not first


async def test_draining_is_not_ready_at_once(ctx: Context) -> None:
    service = HealthService(ctx)
    service.draining = True
    assert await service.readiness() is Readiness.NOT_READY


async def test_a_file_store_that_is_gone_is_an_error_and_degrades(ctx: Context) -> None:
    health = HealthService(ctx)
    assert (await health.deep()).checks["storage"].status is CheckStatus.OK
    folder = ctx.files.path("")
    assert folder is not None
    await asyncio.to_thread(folder.rmdir)
    found = await HealthService(ctx).deep()
    assert found.checks["storage"].status is CheckStatus.ERROR
