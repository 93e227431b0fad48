"""The same for many rows that a sweep found: some at once, and what fails now is due again by its row."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import structlog

from veza.kit.errors import Unavailable
from veza.ports.provider_errors import ProviderError

log = structlog.get_logger()

_AT_ONCE = 8


async def for_each(ids: Sequence[UUID], act: Callable[[UUID], Awaitable[None]]) -> None:
    """Await `act` for all of them. What a provider or the database refuses is logged, and keeps nobody else."""
    limit = asyncio.Semaphore(_AT_ONCE)

    async def one(found: UUID) -> None:
        async with limit:
            try:
                await act(found)
            except (ProviderError, Unavailable) as error:
                log.warning("reconcile_failed", subject=str(found), error=str(error))

    await asyncio.gather(*(one(found) for found in ids))
