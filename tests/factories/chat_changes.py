"""An ear on the bus for what changes in chat rooms, as open sockets' processes have one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from veza.chat.domain import CHANGES_TOPIC, Change
from veza.chat.service import announce
from veza.context import Context
from veza.kit.tasks import TaskSet

WITHIN_S = 10.0
_END = Change(UUID(int=0))


class Changes:
    """What was announced since the ear opened."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._heard: asyncio.Queue[Change] = asyncio.Queue(1_000)

    def hear(self, payload: str) -> None:
        self._heard.put_nowait(msgspec.json.decode(payload, type=Change))

    async def rest(self) -> list[Change]:
        """All up to now that was not asked for before, in the order of commits."""
        async with self._ctx.db.transaction() as tx:
            await announce(self._ctx, tx, _END)
        found: list[Change] = []
        while (change := await asyncio.wait_for(self._heard.get(), WITHIN_S)) != _END:
            found.append(change)
        return found


@asynccontextmanager
async def hearing(ctx: Context) -> AsyncIterator[Changes]:
    """Listen while the block runs."""
    found, connected, errors = Changes(ctx), asyncio.Event(), list[BaseException]()
    tasks = TaskSet(lambda _, error: errors.append(error))
    tasks.spawn(ctx.bus.listen({CHANGES_TOPIC: found.hear}, connected.set), "ear")
    try:
        await asyncio.wait_for(connected.wait(), WITHIN_S)
        yield found
    finally:
        await tasks.close()
    assert errors == []
