"""Runs the checks: all at once, each bounded to a second, the answer shared for five (single flight).

Liveness never looks outside; readiness asks the database and the schema; only deep health asks the rest.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from veza.context import Context
from veza.db.migrate import pending
from veza.health import queries
from veza.health.domain import (
    DISABLED,
    CheckResult,
    CheckStatus,
    OverallStatus,
    Readiness,
    judge_disk,
    judge_jobs,
    judge_ledger,
    overall,
)
from veza.kit.errors import NotFound

log = structlog.get_logger()

CHECK_TIMEOUT_S = 1.0
READY_TIMEOUT_S = 0.5
DEEP_CACHE_S = 5.0
READY_CACHE_S = 1.0

Check = Callable[[Context], Awaitable[CheckResult]]


@dataclass(frozen=True, slots=True)
class DeepHealth:
    """The answer of one round of checks."""

    status: OverallStatus
    checks: dict[str, CheckResult]


class HealthService:
    """The checks of one process, with their caches. `draining` is set by the server when it is told to stop."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._deep: tuple[float, DeepHealth] | None = None
        self._ready: tuple[float, Readiness] | None = None
        self._deep_lock = asyncio.Lock()
        self._ready_lock = asyncio.Lock()
        self.draining = False

    async def readiness(self) -> Readiness:
        """Whether to send traffic here. At most 0.5 s of asking, shared for a second."""
        if self.draining:
            return Readiness.NOT_READY
        async with self._ready_lock:
            now = self._ctx.clock.monotonic_s()
            if self._ready is None or now - self._ready[0] > READY_CACHE_S:
                self._ready = (now, await self._ask_readiness())
            return self._ready[1]

    async def deep(self) -> DeepHealth:
        """Every check. At most a second of asking, shared for five."""
        async with self._deep_lock:
            now = self._ctx.clock.monotonic_s()
            if self._deep is None or now - self._deep[0] > DEEP_CACHE_S:
                names = list(CHECKS)
                results = await asyncio.gather(*(self._bounded(name, CHECKS[name]) for name in names))
                checks = dict(zip(names, results, strict=True))
                self._deep = (now, DeepHealth(overall(checks), checks))
            return self._deep[1]

    async def _ask_readiness(self) -> Readiness:
        try:
            async with asyncio.timeout(READY_TIMEOUT_S):
                async with self._ctx.db.connection() as connection:
                    behind = await pending(connection)
                if behind:
                    return Readiness.NOT_READY
        except Exception as error:  # noqa: BLE001 - whatever it is, we are not ready
            log.warning("not_ready", error=type(error).__name__)
            return Readiness.NOT_READY
        soft = await self._bounded("rtmp", check_rtmp, READY_TIMEOUT_S / 2)
        return Readiness.READY if soft.status in {CheckStatus.OK, CheckStatus.DISABLED} else Readiness.DEGRADED

    async def _bounded(self, name: str, check: Check, timeout_s: float = CHECK_TIMEOUT_S) -> CheckResult:
        started = self._ctx.clock.monotonic_s()
        try:
            async with asyncio.timeout(timeout_s):
                found = await check(self._ctx)
        except Exception as error:  # noqa: BLE001 - a check that fails is an answer
            log.warning("health_check_failed", check=name, error=type(error).__name__)
            found = CheckResult(CheckStatus.ERROR)
        if found.status is CheckStatus.DISABLED:
            return found
        latency_ms = round((self._ctx.clock.monotonic_s() - started) * 1000, 1)
        return CheckResult(found.status, latency_ms, found.details)


async def check_database(ctx: Context) -> CheckResult:
    """Answers, and can be written to."""
    async with ctx.db.connection() as connection:
        writable = await queries.can_write.find(connection)
    return CheckResult(CheckStatus.OK if writable else CheckStatus.ERROR)


async def check_disk(ctx: Context) -> CheckResult:
    """Free space where the data folder is (or will be)."""
    folder = ctx.settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    usage = await asyncio.to_thread(shutil.disk_usage, folder)
    return judge_disk(usage.free, usage.total)


async def check_storage(ctx: Context) -> CheckResult:
    """The file store answers: an object that cannot be there is not there. A folder can also be written to."""
    folder = ctx.files.path("")
    if folder is not None and not await asyncio.to_thread(os.access, folder, os.W_OK | os.X_OK):
        return CheckResult(CheckStatus.ERROR)
    try:
        await ctx.files.read("health/none", 0, 1)
    except NotFound:
        return CheckResult(CheckStatus.OK)
    return CheckResult(CheckStatus.ERROR)


async def check_rtmp(ctx: Context) -> CheckResult:
    """Something accepts encoders on the RTMP address."""
    address = ctx.settings.rtmp_addr
    _, writer = await asyncio.open_connection(address.reachable_host, address.port)
    writer.close()
    return CheckResult(CheckStatus.OK)


async def check_jobs(ctx: Context) -> CheckResult:
    """The worker keeps up."""
    async with ctx.db.connection() as connection:
        found = await queries.backlog.find(connection)
    assert found is not None
    return judge_jobs(found.oldest_due_s, found.due)


async def check_ledger(ctx: Context) -> CheckResult:
    """The books sum to zero, and agree with orders and providers."""
    async with ctx.db.connection() as connection:
        found = await queries.ledger.find(connection)
    assert found is not None
    return judge_ledger(sums_to_zero=found.sums_to_zero, differences=found.differences)


async def check_payments(ctx: Context) -> CheckResult:
    """The payment provider answers, and takes our key."""
    if ctx.payments is None:
        return DISABLED
    return await _probe(ctx, ctx.payments.probe)


async def check_payouts(ctx: Context) -> CheckResult:
    """The payout provider answers, and takes our key."""
    if ctx.payouts is None:
        return DISABLED
    return await _probe(ctx, ctx.payouts.probe)


async def _probe(ctx: Context, probe: Callable[[], Awaitable[None]]) -> CheckResult:
    await probe()
    return CheckResult(CheckStatus.OK, details={"sandbox": True} if ctx.settings.uses_sandbox else {})


async def _disabled(_: Context) -> CheckResult:
    return DISABLED


CHECKS: dict[str, Check] = {
    "database": check_database,
    "redis": _disabled,
    "storage": check_storage,
    "disk": check_disk,
    "rtmp": check_rtmp,
    "jobs": check_jobs,
    "ledger": check_ledger,
    "payments": check_payments,
    "payouts": check_payouts,
}
"""Every check there will be. Redis is not part of this release: `disabled`."""
